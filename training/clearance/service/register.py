"""The only place that reads the register: many people at once, from the cache, in a constant number of queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from training.clearance import store
from training.clearance.domain import END, Period, Status
from training.clearance.service.rules import rulebook
from training.clearance.store import Belief, Filter, Seat
from training.words import day

PER_PAGE: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The answer for one person in one authorisation."""

    status: Status
    may_work: bool
    grade: str | None
    load_cap: str | None
    conditions: tuple[str, ...]
    valid_through: date | None
    assessor: bool
    #: It has been so since …
    since: datetime
    #: … and changes by itself then; None when it does not.
    changes_at: datetime | None
    #: Until when or since when, in a few words.
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    """One person on the register."""

    person_id: str
    name: str
    #: The sites at that moment, or the last ones, as a line.
    sites: str
    #: When the last membership ended; None while there is one.
    left_at: datetime | None
    #: By authorisation; one that is missing means that nothing is on record.
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPage:
    """A page of the register."""

    rows: tuple[RegisterRow, ...]
    total: int
    #: From 1.
    page: int
    #: At least 1.
    pages: int
    per_page: int

    @property
    def first(self) -> int:
        """Number of the first row on the page; 0 when there is none."""
        return (self.page - 1) * self.per_page + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """Number of the last row on the page."""
        return self.first + len(self.rows) - 1 if self.rows else 0


def register_page(
    session: Session,
    *,
    sites: frozenset[str] | None,
    authorisation: str | None = None,
    status: str | None = None,
    find: str = "",
    at: datetime,
    known_at: datetime,
    zone: str = "UTC",
    page: int = 1,
    per_page: int = PER_PAGE,
) -> RegisterPage:
    """Who is cleared, of everybody who works on clients or once did at these sites (None: at all).

    ``authorisation`` narrows ``status``: without it, whoever has that status in any authorisation is shown.
    ``find`` is part of a name or address. ``zone`` is where the days in words are counted.
    """
    belief = _belief(session, at=at, known_at=known_at)
    narrow = Filter(sites=sites, authorisation=authorisation, status=status, text=find)
    page = max(1, page)
    people, total = store.list_people(session, belief, narrow, offset=(page - 1) * per_page, limit=per_page)
    if not people and page > 1:
        # Past the last page: the last one is shown instead.
        page = max(1, -(-store.count_listed(session, belief, narrow) // per_page))
        people, total = store.list_people(session, belief, narrow, offset=(page - 1) * per_page, limit=per_page)
    pages = max(1, -(-total // per_page))
    ids = [one.person_id for one in people]
    seats = store.seats_of(session, ids, belief)
    cells = store.cells_of(session, ids, belief)
    rows = tuple(
        RegisterRow(
            person_id=one.person_id,
            name=one.name,
            sites=_sites(seats.get(one.person_id, []), at),
            left_at=_left(seats.get(one.person_id, []), at),
            cells={key: _cell(period, zone) for key, period in cells.get(one.person_id, {}).items()},
        )
        for one in people
    )
    return RegisterPage(rows=rows, total=total, page=page, pages=pages, per_page=per_page)


def _belief(session: Session, *, at: datetime, known_at: datetime) -> Belief:
    editions = rulebook(session).editions
    newest = max(editions, key=lambda one: one.revision, default=None)
    asked = newest is not None and newest.published_at <= known_at
    return Belief(at=at, known_at=known_at, edition=newest.revision if newest and asked else None)


def _holds(seat: Seat, at: datetime) -> bool:
    return seat.until_at is None or at < seat.until_at


def _sites(seats: list[Seat], at: datetime) -> str:
    now = [seat.site for seat in seats if seat.site and _holds(seat, at)]
    return ", ".join(dict.fromkeys(now or [seat.site for seat in seats[-1:] if seat.site]))


def _left(seats: list[Seat], at: datetime) -> datetime | None:
    if any(_holds(seat, at) for seat in seats):
        return None
    return max((seat.until_at for seat in seats if seat.until_at), default=None)


def _cell(period: Period, zone: str) -> Cell:
    answer = period.answer
    return Cell(
        status=answer.status,
        may_work=answer.may_work,
        grade=answer.grade,
        load_cap=answer.load_cap,
        conditions=answer.conditions,
        valid_through=answer.valid_through,
        assessor=answer.assessor,
        since=period.during.start,
        changes_at=None if period.during.end == END else period.during.end,
        told=_told(period, zone),
    )


def _told(period: Period, zone: str) -> str:
    answer = period.answer
    if answer.may_work and answer.valid_through:
        return f"through {day(answer.valid_through)}"
    if answer.status in (Status.SUSPENDED, Status.REVOKED, Status.LAPSED):
        return f"since {day(period.during.start, zone)}"
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many of those who work on clients now are where; nobody is counted twice under one word."""

    therapists: int
    #: With at least one authorisation cleared and not yet due.
    cleared: int
    #: With at least one that is due for renewal.
    ending: int
    #: Suspended in at least one.
    suspended: int


def count_standings(session: Session, *, sites: frozenset[str] | None, at: datetime) -> Counts:
    """The numbers of the manager's desk, of people who work at these sites (None: anywhere) at that moment."""
    belief = _belief(session, at=at, known_at=at)
    counted = store.count_statuses(session, belief, sites)
    return Counts(
        therapists=store.count_at_work(session, belief, sites),
        cleared=counted.get(Status.CLEARED.value, 0),
        ending=counted.get(Status.RENEWAL_DUE.value, 0),
        suspended=counted.get(Status.SUSPENDED.value, 0),
    )
