"""The only place for the SQL of the period cache and of the register."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, delete, exists, func, insert, or_, select, text, update
from sqlalchemy.orm import Session

from training.clearance.domain import END, Answer, Believed, Interval, Period, Status
from training.clearance.tables import ClearancePeriodRow, ClearanceStateRow
from training.db import new_id
from training.evidence import store as evidence
from training.evidence.domain import Kind, Link
from training.evidence.tables import FactRow
from training.people.store import worked_within
from training.people.tables import MembershipRow, PersonRow, SiteRow
from training.permissions import Role

#: Two keys of PostgreSQL's advisory locks: ours, and the rulebook's.
_RULEBOOK = (70_307, 1)

#: Who stands on the register: those who work on clients, or once did.
_ON_REGISTER = (Role.THERAPIST.value, Role.SENIOR.value)


# ---- locks


def share_rulebook(session: Session) -> None:
    """Let no edition come into force until this transaction ends. SQLite's write lock is already held."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock_shared(:one, :two)"), _keys())


def hold_rulebook(session: Session) -> None:
    """Let nothing be recorded until this transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:one, :two)"), _keys())


def _keys() -> dict[str, int]:
    return {"one": _RULEBOOK[0], "two": _RULEBOOK[1]}


# ---- the cache of one person


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the cached periods of a person were made from."""

    last_seq: int
    edition: int | None


def find_state(session: Session, person_id: str) -> State | None:
    """What is cached of a person, or None."""
    row = session.get(ClearanceStateRow, person_id, populate_existing=True)
    return None if row is None else State(last_seq=row.last_seq, edition=row.edition)


def set_state(session: Session, person_id: str, state: State) -> None:
    """Say what the cached periods of a person were made from."""
    session.merge(ClearanceStateRow(person_id=person_id, last_seq=state.last_seq, edition=state.edition))
    session.flush()


def believed_still(session: Session, person_id: str) -> dict[str, Believed]:
    """The periods believed now, by row id."""
    query = select(ClearancePeriodRow).where(
        ClearancePeriodRow.person_id == person_id, ClearancePeriodRow.known_until == END
    )
    return {row.id: _believed(row) for row in session.scalars(query)}


def all_believed(session: Session, person_id: str) -> tuple[Believed, ...]:
    """Every period ever believed of a person."""
    query = select(ClearancePeriodRow).where(ClearancePeriodRow.person_id == person_id)
    return tuple(_believed(row) for row in session.scalars(query))


def close_periods(session: Session, row_ids: Collection[str], *, known_until: datetime) -> None:
    """These are believed no longer; a belief that began and ended at one instant was none."""
    if not row_ids:
        return
    theirs = ClearancePeriodRow.id.in_(list(row_ids))
    session.execute(delete(ClearancePeriodRow).where(theirs, ClearancePeriodRow.known_from >= known_until))
    session.execute(update(ClearancePeriodRow).where(theirs).values(known_until=known_until))


def drop_periods(session: Session, person_id: str) -> None:
    """Empty a person's cache, to be made anew."""
    session.execute(delete(ClearancePeriodRow).where(ClearancePeriodRow.person_id == person_id))


def add_periods(session: Session, person_id: str, believed: Iterable[Believed]) -> None:
    """Put periods into the cache."""
    rows = [
        {
            "id": new_id(),
            "person_id": person_id,
            "authorisation": one.authorisation,
            "starts_at": one.period.during.start,
            "ends_at": one.period.during.end,
            "known_from": one.known_from,
            "known_until": one.known_until,
            "edition": one.period.edition,
            "status": one.period.answer.status.value,
            "may_work": one.period.answer.may_work,
            "grade": one.period.answer.grade,
            "load_cap": one.period.answer.load_cap,
            "conditions": json.dumps(one.period.answer.conditions, ensure_ascii=False),
            "valid_through": one.period.answer.valid_through,
            "assessor": one.period.answer.assessor,
        }
        for one in believed
    ]
    if rows:
        session.execute(insert(ClearancePeriodRow), rows)


def _believed(row: ClearancePeriodRow) -> Believed:
    return Believed(
        authorisation=row.authorisation,
        period=_period(row),
        known_from=row.known_from,
        known_until=row.known_until,
    )


def _period(row: Any) -> Period:  # a mapped row, or one of the columns of _CELLS
    return Period(
        during=Interval(row.starts_at, row.ends_at),
        edition=row.edition,
        answer=Answer(
            status=Status(row.status),
            may_work=row.may_work,
            grade=row.grade,
            load_cap=row.load_cap,
            conditions=tuple(json.loads(row.conditions)),
            valid_through=row.valid_through,
            assessor=row.assessor,
        ),
    )


# ---- the register


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """A moment asked about, and what was known when; with the edition the cache must know of to be believed."""

    at: datetime
    known_at: datetime
    #: The newest revision published by ``known_at``, when it is the newest of all; else None.
    edition: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a register is narrowed to; None is no narrowing."""

    sites: frozenset[str] | None = None
    authorisation: str | None = None
    #: A word of Status; one that is no such word matches nobody.
    status: str | None = None
    #: Part of a name or an address.
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Somebody on the register."""

    person_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A membership of somebody on the register."""

    site: str | None
    site_id: str | None
    from_at: datetime
    #: None while its end is not known.
    until_at: datetime | None


def count_listed(session: Session, belief: Belief, narrow: Filter) -> int:
    """How many people the register has."""
    query = select(func.count()).select_from(PersonRow).where(*_conditions(belief, narrow))
    return session.execute(query).scalar_one()


def list_people(
    session: Session, belief: Belief, narrow: Filter, *, offset: int, limit: int
) -> tuple[tuple[Listed, ...], int]:
    """Some of the people on the register, by name, and how many there are in all; (), 0 past the last."""
    query = (
        select(PersonRow.id, PersonRow.name, func.count().over())
        .where(*_conditions(belief, narrow))
        .order_by(PersonRow.name_key, PersonRow.id)
        .offset(offset)
        .limit(limit)
    )
    rows = session.execute(query).all()
    listed = tuple(Listed(person_id=person_id, name=name) for person_id, name, _ in rows)
    return listed, rows[0][2] if rows else 0


#: Built once, as every register page asks it: putting a statement together costs more than running it.
_SEATS: Final = (
    select(
        MembershipRow.person_id,
        SiteRow.name,
        MembershipRow.site_id,
        MembershipRow.from_at,
        MembershipRow.until_at,
        MembershipRow.closed_at,
    )
    .outerjoin(SiteRow, SiteRow.id == MembershipRow.site_id)
    .where(
        MembershipRow.person_id.in_(bindparam("people", expanding=True)),
        MembershipRow.from_at <= bindparam("at"),
        MembershipRow.recorded_at <= bindparam("known_at"),
    )
    .order_by(MembershipRow.from_at, MembershipRow.id)
)


def seats_of(session: Session, person_ids: Collection[str], belief: Belief) -> dict[str, list[Seat]]:
    """The memberships of these people that had begun at the moment, as far as they were known, in one query."""
    asked = {"people": list(person_ids), "at": belief.at, "known_at": belief.known_at}
    found: dict[str, list[Seat]] = {}
    for person_id, site, site_id, from_at, until_at, closed_at in session.execute(_SEATS, asked):
        end_known = closed_at is not None and closed_at <= belief.known_at
        seat = Seat(site=site, site_id=site_id, from_at=from_at, until_at=until_at if end_known else None)
        found.setdefault(person_id, []).append(seat)
    return found


_THEN: Final = (
    ClearancePeriodRow.starts_at <= bindparam("at"),
    ClearancePeriodRow.ends_at > bindparam("at"),
    ClearancePeriodRow.known_from <= bindparam("known_at"),
    ClearancePeriodRow.known_until > bindparam("known_at"),
)
#: A cache that has not heard of the newest edition is not asked: no row means no.
_FRESH: Final = exists(
    select(ClearanceStateRow.person_id).where(
        ClearanceStateRow.person_id == ClearancePeriodRow.person_id,
        ClearanceStateRow.edition == bindparam("edition"),
    )
)
_CELLS: Final = select(
    ClearancePeriodRow.person_id,
    ClearancePeriodRow.authorisation,
    ClearancePeriodRow.starts_at,
    ClearancePeriodRow.ends_at,
    ClearancePeriodRow.edition,
    ClearancePeriodRow.status,
    ClearancePeriodRow.may_work,
    ClearancePeriodRow.grade,
    ClearancePeriodRow.load_cap,
    ClearancePeriodRow.conditions,
    ClearancePeriodRow.valid_through,
    ClearancePeriodRow.assessor,
).where(ClearancePeriodRow.person_id.in_(bindparam("people", expanding=True)), *_THEN)
_FRESH_CELLS: Final = _CELLS.where(_FRESH)


def cells_of(session: Session, person_ids: Collection[str], belief: Belief) -> dict[str, dict[str, Period]]:
    """The period each of these people is in, by person and authorisation, in one query."""
    if not person_ids:
        return {}
    asked = {"people": list(person_ids), "at": belief.at, "known_at": belief.known_at}
    if belief.edition is not None:
        asked["edition"] = belief.edition
    found: dict[str, dict[str, Period]] = {}
    for row in session.execute(_CELLS if belief.edition is None else _FRESH_CELLS, asked):
        found.setdefault(row.person_id, {})[row.authorisation] = _period(row)
    return found


def _believed_then(belief: Belief) -> tuple[ColumnElement[bool], ...]:
    row = ClearancePeriodRow
    then = (
        row.starts_at <= belief.at,
        row.ends_at > belief.at,
        row.known_from <= belief.known_at,
        row.known_until > belief.known_at,
    )
    if belief.edition is None:
        return then
    # A cache that has not heard of the newest edition is not asked: no row means no.
    fresh = exists(
        select(ClearanceStateRow.person_id).where(
            ClearanceStateRow.person_id == row.person_id, ClearanceStateRow.edition == belief.edition
        )
    )
    return (*then, fresh)


def _conditions(belief: Belief, narrow: Filter) -> tuple[ColumnElement[bool], ...]:
    found: list[ColumnElement[bool]] = [_on_register(belief, narrow.sites)]
    if narrow.text:
        part = f"%{_escaped(narrow.text.strip().casefold())}%"
        found.append(or_(PersonRow.name_key.like(part, escape="!"), PersonRow.email.like(part, escape="!")))
    if narrow.status is not None:
        theirs = [ClearancePeriodRow.person_id == PersonRow.id, *_believed_then(belief)]
        if narrow.authorisation is not None:
            theirs.append(ClearancePeriodRow.authorisation == narrow.authorisation)
        if narrow.status == Status.NONE:
            found.append(~exists(select(ClearancePeriodRow.id).where(*theirs)))
        else:
            theirs.append(ClearancePeriodRow.status == narrow.status)
            found.append(exists(select(ClearancePeriodRow.id).where(*theirs)))
    return tuple(found)


def _on_register(belief: Belief, sites: frozenset[str] | None, *, at_work: bool = False) -> ColumnElement[bool]:
    """Whoever works on clients or once did, at these sites: people who left stay, unless only those at work count."""
    mine = select(MembershipRow.id).where(
        MembershipRow.person_id == PersonRow.id,
        MembershipRow.role.in_(_ON_REGISTER),
        MembershipRow.from_at <= belief.at,
        MembershipRow.recorded_at <= belief.known_at,
    )
    if at_work:
        mine = mine.where(or_(MembershipRow.until_at.is_(None), MembershipRow.until_at > belief.at))
    if sites is not None:
        mine = mine.where(MembershipRow.site_id.in_(sites))
    return exists(mine)


def count_at_work(session: Session, belief: Belief, sites: frozenset[str] | None) -> int:
    """How many people work on clients at that moment."""
    query = select(func.count()).select_from(PersonRow).where(_on_register(belief, sites, at_work=True))
    return session.execute(query).scalar_one()


def count_statuses(session: Session, belief: Belief, sites: frozenset[str] | None) -> dict[str, int]:
    """How many of them have each status in some authorisation, in one query."""
    row = ClearancePeriodRow
    query = (
        select(row.status, func.count(row.person_id.distinct()))
        .join(PersonRow, PersonRow.id == row.person_id)
        .where(_on_register(belief, sites, at_work=True), *_believed_then(belief))
        .group_by(row.status)
    )
    return dict(session.execute(query).all())


def list_waiting_proposals(session: Session, *, sites: frozenset[str] | None, limit: int) -> tuple[Link, ...]:
    """Founding proposals of people at these sites that no fact has answered yet, the oldest first."""
    answers = select(FactRow.about).where(
        FactRow.kind.in_([Kind.FOUNDING_CONFIRMED, Kind.VOIDED]), FactRow.about.is_not(None)
    )
    query = (
        select(FactRow.person_id, FactRow.id)
        .where(
            FactRow.kind == Kind.FOUNDING_PROPOSED,
            FactRow.id.not_in(answers),
            worked_within(FactRow.__table__.c.person_id, sites),
        )
        .order_by(FactRow.recorded_at, FactRow.id)
        .limit(limit)
    )
    waiting = [(person_id, fact_id) for person_id, fact_id in session.execute(query)]
    chains = evidence.chains_of(session, {person_id for person_id, _ in waiting})
    links = {link.id: link for chain in chains.values() for link in chain}
    return tuple(links[fact_id] for _, fact_id in waiting)


def _escaped(part: str) -> str:
    return part.replace("!", "!!").replace("%", "!%").replace("_", "!_")
