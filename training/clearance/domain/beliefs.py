"""The only place for what the period cache should hold: periods, and over which time each was believed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from training.clearance.domain.case import Period, Status, open_case_of, periods_of
from training.clearance.domain.intervals import END
from training.clearance.domain.ledger import known, read_ledger
from training.clearance.domain.policy import Rulebook
from training.evidence.domain import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """A period of one authorisation, believed from one moment until before another."""

    authorisation: str
    period: Period
    known_from: datetime
    #: END while it is believed still.
    known_until: datetime = END


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a new belief does to the one before."""

    #: No longer believed.
    closed: tuple[Believed, ...]
    #: Believed now.
    opened: tuple[Believed, ...]


def told_periods(
    rulebook: Rulebook, facts: Iterable[Fact], *, person_id: str, distrust: str | None
) -> tuple[tuple[str, Period], ...]:
    """Every period that is worth a row: where nothing is on record no row is kept, and no row means no."""
    ledger = read_ledger(facts, person_id=person_id, distrust=distrust)
    return tuple(
        (authorisation, period)
        for authorisation in rulebook.authorisations()
        for period in periods_of(open_case_of(rulebook, ledger, authorisation=authorisation))
        if period.answer.status is not Status.NONE
    )


def revise(before: Collection[Believed], told: Iterable[tuple[str, Period]], *, known_from: datetime) -> Change:
    """The step from what is believed still to what is told now; what stays the same keeps its row."""
    wanted = set(told)
    present = {(one.authorisation, one.period) for one in before}
    return Change(
        closed=tuple(one for one in before if (one.authorisation, one.period) not in wanted),
        opened=tuple(
            Believed(authorisation=authorisation, period=period, known_from=known_from)
            for authorisation, period in sorted(wanted - present, key=lambda pair: (pair[0], pair[1].during.start))
        ),
    )


def beliefs(
    rulebook: Rulebook, facts: Sequence[Fact], *, person_id: str, distrust: str | None = None
) -> tuple[Believed, ...]:
    """Everything that was ever believed about a person, made anew from the whole record."""
    moments = sorted({fact.recorded_at for fact in facts} | {one.published_at for one in rulebook.editions})
    past: list[Believed] = []
    present: list[Believed] = []
    for moment in moments:
        told = told_periods(rulebook.known(moment), known(facts, moment), person_id=person_id, distrust=distrust)
        change = revise(present, told, known_from=moment)
        past += [replace(one, known_until=moment) for one in change.closed]
        present = [one for one in present if one not in change.closed] + list(change.opened)
    return tuple(one for one in (*past, *present) if one.known_from < one.known_until)
