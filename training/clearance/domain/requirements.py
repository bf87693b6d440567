"""The only place for the kinds of requirement: what each asks of the record, and over which time a fact meets it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Protocol

from training.clearance.domain.intervals import (
    Interval,
    Spans,
    add_months,
    end_of,
    last_whole_day,
    local_day,
    union,
)
from training.clearance.domain.ledger import Ledger, by_another_hand
from training.evidence.domain import (
    DocumentVerified,
    Fact,
    FoundingConfirmed,
    FoundingProposed,
    Kind,
    PracticalSigned,
    QuizPassed,
)
from training.words import day


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The time over which one fact meets a requirement."""

    fact_id: str
    during: Interval
    #: The last day of it, inclusive, in ``zone``.
    through: date
    zone: str
    #: It ends early, because the fact was voided from a moment on.
    voided: bool

    @property
    def rank(self) -> tuple[datetime, str]:
        """Of several in force the one that lasts longest counts; ties by id."""
        return (self.during.end, self.fact_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A fact that bears on a requirement and does not meet it."""

    fact_id: str
    recorded_at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything on record that bears on one requirement."""

    coverages: tuple[Coverage, ...] = ()
    rejected: tuple[Rejected, ...] = ()

    def spans(self) -> Spans:
        """When the requirement is met."""
        return union(coverage.during for coverage in self.coverages)

    def at(self, at: datetime) -> Coverage | None:
        """The coverage in force at the instant; the one that lasts longest when there are several."""
        return max((one for one in self.coverages if at in one.during), key=lambda one: one.rank, default=None)

    def last_before(self, at: datetime) -> Coverage | None:
        """The coverage that ended last, at the instant or before it."""
        ended = (one for one in self.coverages if one.during.end <= at)
        return max(ended, key=lambda one: one.rank, default=None)

    def touched(self) -> datetime | None:
        """Since when anything on record bears on the requirement."""
        starts = [one.during.start for one in self.coverages] + [one.recorded_at for one in self.rejected]
        return min(starts, default=None)


class Requirement(Protocol):
    """One line of a policy."""

    kind: ClassVar[str]

    @property
    def id(self) -> str:
        """Never reused."""

    @property
    def title(self) -> str:
        """As the person reads it."""

    @property
    def subject(self) -> str | None:
        """What it is about: a module, a document, a sheet; None when there is nothing to name."""

    def evidence(self, ledger: Ledger, authorisation: str) -> Evidence:
        """What the record has on this line."""

    def step(self) -> str:
        """What to do when it is not met, in a sentence."""

    def to_body(self) -> dict[str, object]:
        """As published."""


def _cover(ledger: Ledger, fact: Fact, *ends_after: date | None) -> Coverage | Rejected:
    """A favourable fact over its time: from recording to the end of the earliest day given, or until it is voided."""
    counted = ledger.counted(fact)
    through = min(one for one in ends_after if one is not None)
    end = end_of(through, fact.zone)
    if counted.end <= counted.start:
        return _rejected(fact, "it was voided and never counted")
    if end <= counted.start:
        return _rejected(fact, f"it had already run out ({day(through)}) when it was recorded")
    if counted.end < end:
        during = Interval(counted.start, counted.end)
        cut_day = last_whole_day(counted.end, fact.zone)
        return Coverage(fact_id=fact.id, during=during, through=cut_day, zone=fact.zone, voided=True)
    return Coverage(fact_id=fact.id, during=Interval(counted.start, end), through=through, zone=fact.zone, voided=False)


def _term_day(fact: Fact, months: int | None) -> date | None:
    # Terms count from the calendar day it happened, wherever the fact says that was.
    return None if months is None else add_months(local_day(fact.happened_at, fact.zone), months)


def _rejected(fact: Fact, why: str) -> Rejected:
    return Rejected(fact_id=fact.id, recorded_at=fact.recorded_at, why=why)


def _gather(found: Iterator[Coverage | Rejected]) -> Evidence:
    both = sorted(found, key=lambda one: one.fact_id)
    return Evidence(
        coverages=tuple(one for one in both if isinstance(one, Coverage)),
        rejected=tuple(one for one in both if isinstance(one, Rejected)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRequired:
    """A document somebody with the right has seen, until its printed expiry or the policy's term if that is earlier."""

    kind: ClassVar[str] = "document"
    id: str
    title: str
    #: Kind of document, as in "licence".
    document: str
    term_months: int | None = None

    @property
    def subject(self) -> str | None:
        """What it is about."""
        return self.document

    def evidence(self, ledger: Ledger, authorisation: str) -> Evidence:
        """A document counts for every authorisation."""
        return _gather(self._each(ledger, authorisation))

    def _each(self, ledger: Ledger, authorisation: str) -> Iterator[Coverage | Rejected]:
        for fact in ledger.facts:
            payload = fact.payload
            if not isinstance(payload, DocumentVerified) or payload.document != self.document:
                continue
            if fact.authorisation not in (None, authorisation):
                continue
            if not by_another_hand(fact):
                yield _rejected(fact, "nobody else has seen it")
                continue
            yield _cover(ledger, fact, payload.expires_on, _term_day(fact, self.term_months))

    def step(self) -> str:
        """What to do when it is not met."""
        return f"Add your {self.document} and have a manager verify it."

    def to_body(self) -> dict[str, object]:
        """As published."""
        return {
            "id": self.id,
            "kind": self.kind,
            "title": self.title,
            "document": self.document,
            "term_months": self.term_months,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizRequired:
    """A module's quiz, passed."""

    kind: ClassVar[str] = "quiz"
    id: str
    title: str
    module: str
    term_months: int

    @property
    def subject(self) -> str | None:
        """What it is about."""
        return self.module

    def evidence(self, ledger: Ledger, authorisation: str) -> Evidence:
        """A quiz counts for every authorisation."""
        return _gather(
            _cover(ledger, fact, _term_day(fact, self.term_months))
            for fact in ledger.facts
            if isinstance(fact.payload, QuizPassed)
            and fact.payload.module == self.module
            and fact.authorisation in (None, authorisation)
        )

    def step(self) -> str:
        """What to do when it is not met."""
        return f"Pass the quiz of {self.module}."

    def to_body(self) -> dict[str, object]:
        """As published."""
        return {
            "id": self.id,
            "kind": self.kind,
            "title": self.title,
            "module": self.module,
            "term_months": self.term_months,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticalRequired:
    """A practical sheet signed as passed by somebody else, for this very authorisation."""

    kind: ClassVar[str] = "practical"
    id: str
    title: str
    sheet: str
    term_months: int

    @property
    def subject(self) -> str | None:
        """What it is about."""
        return self.sheet

    def evidence(self, ledger: Ledger, authorisation: str) -> Evidence:
        """A practical counts for its own authorisation only."""
        return _gather(self._each(ledger, authorisation))

    def _each(self, ledger: Ledger, authorisation: str) -> Iterator[Coverage | Rejected]:
        for fact in ledger.facts:
            payload = fact.payload
            if not isinstance(payload, PracticalSigned) or payload.sheet != self.sheet:
                continue
            if fact.authorisation != authorisation:
                continue
            if payload.outcome != "passed":
                when = day(local_day(fact.happened_at, fact.zone))
                yield _rejected(fact, f"the practical of {when} was not passed")
            elif not by_another_hand(fact):
                yield _rejected(fact, "it was not signed by somebody else")
            else:
                yield _cover(ledger, fact, _term_day(fact, self.term_months))

    def step(self) -> str:
        """What to do when it is not met."""
        return f"Be observed on the {self.sheet} sheet and have an assessor sign it."

    def to_body(self) -> dict[str, object]:
        """As published."""
        return {
            "id": self.id,
            "kind": self.kind,
            "title": self.title,
            "sheet": self.sheet,
            "term_months": self.term_months,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundingRequired:
    """Founding: proposed by one person and confirmed by another, neither of them the person herself."""

    kind: ClassVar[str] = "founding"
    id: str
    title: str
    term_months: int

    @property
    def subject(self) -> str | None:
        """What it is about."""
        return None

    def evidence(self, ledger: Ledger, authorisation: str) -> Evidence:
        """A founding counts for its own authorisation only, and only while its proposal counts."""
        return _gather(self._each(ledger, authorisation))

    def _each(self, ledger: Ledger, authorisation: str) -> Iterator[Coverage | Rejected]:
        for fact in ledger.facts:
            if fact.authorisation != authorisation:
                continue
            if isinstance(fact.payload, FoundingProposed) and not ledger.voided(fact):
                if not any(one.about == fact.id and one.kind == Kind.FOUNDING_CONFIRMED for one in ledger.facts):
                    yield _rejected(fact, "it is proposed and waits for a second person to confirm it")
            elif isinstance(fact.payload, FoundingConfirmed):
                yield self._confirmed(ledger, fact)

    def _confirmed(self, ledger: Ledger, fact: Fact) -> Coverage | Rejected:
        proposal = ledger.find(fact.about)
        if proposal is None or not isinstance(proposal.payload, FoundingProposed):
            return _rejected(fact, "it confirms no proposal")
        if (proposal.authorisation, proposal.recorded_at <= fact.recorded_at) != (fact.authorisation, True):
            return _rejected(fact, "it confirms another proposal than its own")
        if not by_another_hand(fact) or not by_another_hand(proposal) or fact.actor_id == proposal.actor_id:
            return _rejected(fact, "it was not proposed and confirmed by two other people")
        if ledger.voided(proposal):
            return _rejected(fact, "its proposal was voided")
        return _cover(ledger, fact, _term_day(fact, self.term_months))

    def step(self) -> str:
        """What to do when it is not met."""
        return "Be proposed as a founding assessor by one manager and confirmed by a second person."

    def to_body(self) -> dict[str, object]:
        """As published."""
        return {"id": self.id, "kind": self.kind, "title": self.title, "term_months": self.term_months}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownRequired:
    """A line this version cannot judge. It is never met."""

    kind: ClassVar[str] = "unknown"
    id: str
    title: str

    @property
    def subject(self) -> str | None:
        """What it is about."""
        return None

    def evidence(self, ledger: Ledger, authorisation: str) -> Evidence:  # noqa: ARG002 - the shape every line has
        """Nothing can meet it."""
        return Evidence()

    def step(self) -> str:
        """What to do when it is not met."""
        return "This line of the policy cannot be judged by this version of the software, so it counts as not met."

    def to_body(self) -> dict[str, object]:
        """As published."""
        return {"id": self.id, "kind": self.kind, "title": self.title}


#: Requirement kinds by the word the policy uses.
KINDS: Mapping[str, Callable[..., Requirement]] = {
    one.kind: one for one in (DocumentRequired, QuizRequired, PracticalRequired, FoundingRequired)
}


def requirement_from_body(body: Mapping[str, object]) -> Requirement:
    """The line as published; an UnknownRequired for anything that does not fit, so that it is never met by accident."""
    asked, title = str(body.get("id", "")), str(body.get("title") or body.get("id") or "")
    known = KINDS.get(str(body.get("kind")))
    if known is None:
        return UnknownRequired(id=asked, title=title)
    fields = {name: value for name, value in body.items() if name != "kind"}
    months = fields.get("term_months")
    if months is not None and (not isinstance(months, int) or isinstance(months, bool) or months < 1):
        return UnknownRequired(id=asked, title=title)
    if any(not isinstance(value, str) or not value for name, value in fields.items() if name != "term_months"):
        return UnknownRequired(id=asked, title=title)
    try:
        line = known(**fields)
    except TypeError:
        return UnknownRequired(id=asked, title=title)
    if months is None and not isinstance(line, DocumentRequired):
        return UnknownRequired(id=asked, title=title)
    return line
