"""The only place for what a policy says, and for the rulebook: every published edition on one line of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from training.clearance.domain.intervals import END, Interval
from training.clearance.domain.requirements import Requirement, UnknownRequired, requirement_from_body

#: The load caps a grade may carry, lowest first (levels of domain 5.3; nobody is cleared for L4 here).
LOAD_CAPS = ("L1", "L2", "L3")


class BrokenPolicyError(ValueError):
    """A published body that is not a policy this version can judge by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """A step of entrustment within an authorisation."""

    id: str
    load_cap: str
    conditions: tuple[str, ...]
    #: Ids of the requirements that must all hold.
    requirements: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessorRule:
    """What the right to sign asks for."""

    #: The grade, or a higher one, the assessor holds there at that moment.
    grade: str
    requirements: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation:
    """A style on a support, with its grades."""

    id: str
    title: str
    style: str
    support: str
    #: The practical sheet of this support.
    sheet: str
    #: Lowest first; the highest whose requirements all hold counts.
    grades: tuple[Grade, ...]
    assessor: AssessorRule | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What each grade of each authorisation requires."""

    revision: int
    change: str
    reason: str
    #: Clearance that ends within so many days is due for renewal.
    renewal_window_days: int
    requirements: tuple[Requirement, ...]
    authorisations: tuple[Authorisation, ...]

    def find(self, authorisation: str) -> Authorisation | None:
        """The authorisation of that id, if this policy has it."""
        return next((one for one in self.authorisations if one.id == authorisation), None)

    def line(self, requirement: str) -> Requirement:
        """The requirement of that id; one that is never met when the policy does not say what it is."""
        found = next((one for one in self.requirements if one.id == requirement), None)
        return found or UnknownRequired(id=requirement, title=requirement)

    def to_body(self) -> dict[str, Any]:
        """As published."""
        return {
            "revision": self.revision,
            "change": self.change,
            "reason": self.reason,
            "renewal_window_days": self.renewal_window_days,
            "requirements": [line.to_body() for line in self.requirements],
            "authorisations": [_authorisation_body(one) for one in self.authorisations],
        }

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Policy:
        """The policy as published. A single line it cannot judge is kept as never met; BrokenPolicyError for worse."""
        try:
            policy = cls(
                revision=int(body["revision"]),
                change=str(body["change"]),
                reason=str(body["reason"]),
                renewal_window_days=int(body["renewal_window_days"]),
                requirements=tuple(requirement_from_body(line) for line in body["requirements"]),
                authorisations=tuple(_read_authorisation(one) for one in body["authorisations"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as broken:
            raise BrokenPolicyError(f"the policy cannot be read: {broken!r}") from broken
        ids = [line.id for line in policy.requirements]
        if len(set(ids)) != len(ids):
            raise BrokenPolicyError("two lines of the policy have the same id")
        return policy


def _authorisation_body(one: Authorisation) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "style": one.style,
        "support": one.support,
        "sheet": one.sheet,
        "grades": [
            {
                "id": grade.id,
                "load_cap": grade.load_cap,
                "conditions": list(grade.conditions),
                "requirements": list(grade.requirements),
            }
            for grade in one.grades
        ],
        "assessor": one.assessor and {"grade": one.assessor.grade, "requirements": list(one.assessor.requirements)},
    }


def _read_authorisation(body: Mapping[str, Any]) -> Authorisation:
    assessor = body["assessor"]
    return Authorisation(
        id=str(body["id"]),
        title=str(body["title"]),
        style=str(body["style"]),
        support=str(body["support"]),
        sheet=str(body["sheet"]),
        grades=tuple(_read_grade(grade) for grade in body["grades"]),
        assessor=assessor and AssessorRule(grade=str(assessor["grade"]), requirements=_ids(assessor["requirements"])),
    )


def _read_grade(body: Mapping[str, Any]) -> Grade:
    if body["load_cap"] not in LOAD_CAPS:
        raise ValueError(f"{body['load_cap']!r} is not a load cap")
    return Grade(
        id=str(body["id"]),
        load_cap=str(body["load_cap"]),
        conditions=tuple(str(condition) for condition in body["conditions"]),
        requirements=_ids(body["requirements"]),
    )


def _ids(ids: list[str]) -> tuple[str, ...]:
    if not ids or not isinstance(ids, list):
        # All of nothing would hold for everybody.
        raise ValueError("a grade or right that requires nothing")
    return tuple(str(one) for one in ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A policy from the moment it was published."""

    published_at: datetime
    revision: int
    digest: str
    #: None when what was published cannot be read here; then it clears nobody.
    policy: Policy | None


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Every edition, in order of publication."""

    editions: tuple[Edition, ...]

    def known(self, at: datetime) -> Rulebook:
        """Without the editions published after that moment."""
        return Rulebook(tuple(edition for edition in self.editions if edition.published_at <= at))

    def windows(self) -> tuple[tuple[Interval, Edition], ...]:
        """Each edition with the time it judges: from its publication to the next one's. Never before the first."""
        ordered = sorted(self.editions, key=lambda edition: (edition.published_at, edition.revision))
        starts = [edition.published_at for edition in ordered]
        windows = (
            (Interval(start, end), edition)
            for start, end, edition in zip(starts, [*starts, END][1:], ordered, strict=True)
        )
        return tuple((window, edition) for window, edition in windows if window.start < window.end)

    def at(self, at: datetime) -> Edition | None:
        """The edition in force at that moment."""
        return next((edition for window, edition in self.windows() if at in window), None)

    def authorisations(self) -> tuple[str, ...]:
        """Every authorisation any edition has ever had, the latest edition's order first."""
        found: dict[str, None] = {}
        for _, edition in reversed(self.windows()):
            for one in edition.policy.authorisations if edition.policy else ():
                found.setdefault(one.id)
        return tuple(found)

    def title(self, authorisation: str) -> str:
        """The name of an authorisation in the latest edition that has it; its id when none has."""
        for _, edition in reversed(self.windows()):
            known = edition.policy.find(authorisation) if edition.policy else None
            if known:
                return known.title
        return authorisation
