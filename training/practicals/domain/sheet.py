"""The only place for what a sheet is: its criteria with their described levels, and its rules for passing."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

#: The form of the published body that `Sheet.to_body` writes.
FORM = 1


class Critical(StrEnum):
    """What a low level on a criterion does to the whole practical."""

    NONE = "none"
    AT_ZERO = "cf"  # critical fail at level 0; still needs the pass level
    UNDER_STANDARD = "star"  # a must-know line: critical fail below the pass level


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One observable line of a sheet."""

    id: str
    group: str
    title: str
    detail: str | None
    critical: Critical
    objectives: tuple[str, ...]
    #: What each level looks like; the index is the level, and the last one the most this line can reach.
    levels: tuple[str, ...]
    #: The stop drill: taken by the clock.
    timed: bool

    @property
    def maximum(self) -> int:
        """The most points this line can give: 3, or 2 where level 3 does not exist."""
        return len(self.levels) - 1

    @property
    def is_critical(self) -> bool:
        """Whether it needs the pass level whatever the total."""
        return self.critical is not Critical.NONE


@dataclass(frozen=True, slots=True)
class Group:
    """A heading that criteria stand under, in the order of the floor."""

    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """When a practical is passed. House policy (domain notes 3.2), editable with the sheet."""

    pass_level: int  # what every critical line needs
    most_at_one: int  # lines at level 1; one more fails
    most_not_observed: int  # uncritical lines not seen; one more is incomplete
    drill_seconds: float  # both feet off within this time
    retake: str  # the way back after a fail, for the person


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The criteria of one practical, as published."""

    key: str
    title: str
    support: str
    revision: int
    change: str  # editorial | minor | major
    reason: str
    minutes: tuple[int, int]
    format: tuple[str, ...]
    scale: tuple[str, ...]  # what level 0, 1, 2, 3 mean on every line
    rules: Rules
    groups: tuple[Group, ...]
    criteria: tuple[Criterion, ...]

    @property
    def available(self) -> int:
        """The points available: the sum of each line's own maximum."""
        return sum(criterion.maximum for criterion in self.criteria)

    def find_criterion(self, criterion_id: str) -> Criterion | None:
        """The line with that id, or None."""
        return next((one for one in self.criteria if one.id == criterion_id), None)

    def in_group(self, group_id: str) -> tuple[Criterion, ...]:
        """The lines under a heading, in order."""
        return tuple(one for one in self.criteria if one.group == group_id)

    def to_body(self) -> dict[str, Any]:
        """The published form: plain JSON values, everything that decides included."""
        return {
            "form": FORM,
            "key": self.key,
            "title": self.title,
            "support": self.support,
            "revision": self.revision,
            "change": self.change,
            "reason": self.reason,
            "minutes": list(self.minutes),
            "format": list(self.format),
            "scale": list(self.scale),
            "rules": {
                "pass_level": self.rules.pass_level,
                "most_at_one": self.rules.most_at_one,
                "most_not_observed": self.rules.most_not_observed,
                "drill_seconds": self.rules.drill_seconds,
                "retake": self.rules.retake,
            },
            "groups": [{"id": group.id, "title": group.title} for group in self.groups],
            "criteria": [
                {
                    "id": one.id,
                    "group": one.group,
                    "title": one.title,
                    "detail": one.detail,
                    "critical": one.critical.value,
                    "objectives": list(one.objectives),
                    "levels": list(one.levels),
                    "timed": one.timed,
                }
                for one in self.criteria
            ],
        }

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> "Sheet":
        """The sheet behind a published body.

        Raises:
            ValueError: a form this program does not know; guessing could pass somebody wrongly.
        """
        if body.get("form") != FORM:
            raise ValueError(f"a sheet of form {body.get('form')!r} cannot be read")
        low, high = body["minutes"]
        return cls(
            key=body["key"],
            title=body["title"],
            support=body["support"],
            revision=body["revision"],
            change=body["change"],
            reason=body["reason"],
            minutes=(low, high),
            format=tuple(body["format"]),
            scale=tuple(body["scale"]),
            rules=Rules(**body["rules"]),
            groups=tuple(Group(**group) for group in body["groups"]),
            criteria=tuple(
                Criterion(
                    id=one["id"],
                    group=one["group"],
                    title=one["title"],
                    detail=one["detail"],
                    critical=Critical(one["critical"]),
                    objectives=tuple(one["objectives"]),
                    levels=tuple(one["levels"]),
                    timed=one["timed"],
                )
                for one in body["criteria"]
            ),
        )
