"""The only place for what a person's facts amount to once voids, lifts and unreadable facts are taken into account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from training.clearance.domain.intervals import BEGIN, END, Interval, Spans, find_zone, local_day, subtract, union
from training.evidence.domain import Fact, Suspended, SuspensionLifted, Unreadable, Voided
from training.words import day


@dataclass(frozen=True, slots=True, kw_only=True)
class Adverse:
    """A fact that stands against working."""

    fact_id: str
    kind: str
    #: The authorisation it concerns, or None for all.
    authorisation: str | None
    #: In force over these spans.
    spans: Spans
    serious: bool
    #: The day it is looked at again.
    review_on: date | None
    sentence: str

    def concerns(self, authorisation: str) -> bool:
        """Whether it stands against this authorisation."""
        return self.authorisation in (None, authorisation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """One person's facts, ready to be judged by any policy."""

    person_id: str
    #: Those that can be read, in order of recording; ties by kind and id, so that seq decides nothing.
    facts: tuple[Fact, ...]
    #: From this moment on the fact no longer counts; BEGIN means it never did.
    cuts: Mapping[str, datetime]
    suspensions: tuple[Adverse, ...]
    #: What makes everything it concerns not count: unreadable facts, a broken chain.
    blocks: tuple[Adverse, ...]

    def counted(self, fact: Fact) -> Interval:
        """When a favourable fact counts: from recording, never before it happened, until it is cut; may be empty."""
        start = max(fact.recorded_at, fact.happened_at)
        return Interval(start, max(start, self.cuts.get(fact.id, END)))

    def voided(self, fact: Fact) -> bool:
        """Whether a void has reached it."""
        return fact.id in self.cuts

    def find(self, fact_id: str | None) -> Fact | None:
        """The readable fact of that id."""
        return next((fact for fact in self.facts if fact.id == fact_id), None)


def by_another_hand(fact: Fact) -> bool:
    """Whether somebody else than the person herself recorded it; the system counts as nobody."""
    return fact.actor_id is not None and fact.actor_id != fact.person_id


def known(facts: Iterable[Fact], known_at: datetime) -> tuple[Fact, ...]:
    """The facts on record at that moment."""
    return tuple(fact for fact in facts if fact.recorded_at <= known_at)


def read_ledger(facts: Iterable[Fact], *, person_id: str, distrust: str | None = None) -> Ledger:
    """What the facts of one person amount to. ``distrust`` is why none of them may be believed.

    Raises ValueError when a fact of somebody else is among them: that is a fault in the program, never an answer.
    """
    ordered = sorted(facts, key=lambda fact: (fact.recorded_at, fact.kind, fact.id))
    if any(fact.person_id != person_id for fact in ordered):
        raise ValueError("facts of two people cannot be judged together")
    reasons = {fact.id: why for fact in ordered if (why := _unreadable(fact))}
    readable = tuple(fact for fact in ordered if fact.id not in reasons)
    cuts = _cuts(ordered, reasons)
    blocks = [_block(fact, reasons[fact.id]) for fact in ordered if fact.id in reasons]
    if distrust is not None:
        blocks.append(_distrusted(distrust))
    return Ledger(
        person_id=person_id,
        facts=readable,
        cuts=cuts,
        suspensions=tuple(
            _suspension(fact, fact.payload, readable, cuts) for fact in readable if isinstance(fact.payload, Suspended)
        ),
        blocks=tuple(blocks),
    )


def _unreadable(fact: Fact) -> str | None:
    if isinstance(fact.payload, Unreadable):
        return fact.payload.why
    if find_zone(fact.zone) is None:
        return f"its time zone is not known ({fact.zone})"
    return None


def _cuts(facts: Sequence[Fact], reasons: Mapping[str, str]) -> Mapping[str, datetime]:
    """From when each voided fact no longer counts.

    A void only ever takes away: nobody asks this about a suspension or about a void, so adding one never clears
    anybody. What cannot be read may have been a void, so the fact it names does not count either.
    """
    cuts: dict[str, datetime] = {}
    for fact in facts:
        if fact.about is None:
            continue
        if fact.id in reasons:
            cuts[fact.about] = BEGIN
        elif isinstance(fact.payload, Voided):
            cuts[fact.about] = min(fact.payload.from_at or BEGIN, cuts.get(fact.about, END))
    return cuts


def _suspension(fact: Fact, payload: Suspended, facts: Sequence[Fact], cuts: Mapping[str, datetime]) -> Adverse:
    lifted = union(Interval(lift.recorded_at, cuts.get(lift.id, END)) for lift in facts if _lifts(lift, fact, payload))
    spans = subtract((Interval(min(fact.happened_at, END), END),), lifted)
    scope = "in every authorisation" if fact.authorisation is None else "in this authorisation"
    since = day(local_day(fact.happened_at, fact.zone))
    return Adverse(
        fact_id=fact.id,
        kind=fact.kind,
        authorisation=fact.authorisation,
        spans=spans,
        serious=payload.serious,
        review_on=payload.review_on,
        sentence=f"Suspended {scope} since {since}."
        + (f" It is looked at again on {day(payload.review_on)}." if payload.review_on else ""),
    )


def _lifts(lift: Fact, suspension: Fact, payload: Suspended) -> bool:
    return (
        isinstance(lift.payload, SuspensionLifted)
        and lift.about == suspension.id
        and lift.authorisation == suspension.authorisation
        and lift.recorded_at >= suspension.recorded_at
        and by_another_hand(lift)
        and not (payload.serious and lift.actor_id == suspension.actor_id)
    )


def _block(fact: Fact, why: str) -> Adverse:
    return Adverse(
        fact_id=fact.id,
        kind=fact.kind,
        authorisation=fact.authorisation,
        # It may be adverse, and adverse facts count from when they happened.
        spans=(Interval(min(fact.happened_at, fact.recorded_at), END),),
        serious=False,
        review_on=None,
        sentence=f"Fact {fact.seq} of this record cannot be read here: {why}. Until it can, nothing counts.",
    )


def _distrusted(why: str) -> Adverse:
    return Adverse(
        fact_id="",
        kind="broken_chain",
        authorisation=None,
        spans=(Interval(BEGIN, END),),
        serious=False,
        review_on=None,
        sentence=f"This record was changed outside the application: {why} Until that is settled, nothing counts.",
    )
