"""The only place for time as clearance counts it: half-open spans of instants inside, inclusive days outside."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

#: Before and after everything. A day short of what datetime can hold, so that any zone can show them.
BEGIN = datetime(1, 1, 2, tzinfo=UTC)
END = datetime(9999, 12, 30, tzinfo=UTC)
#: The shortest stretch of time there is here.
TICK = timedelta(microseconds=1)

_MONTHS_IN_A_YEAR = 12


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """The instants from ``start`` on and before ``end``."""

    start: datetime
    end: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at < self.end


#: Intervals in order, none empty, none touching the next.
Spans = tuple[Interval, ...]

ALWAYS: Spans = (Interval(BEGIN, END),)
NEVER: Spans = ()


def union(*many: Iterable[Interval]) -> Spans:
    """The instants in any of them."""
    merged: list[Interval] = []
    for one in sorted(one for spans in many for one in spans if one.start < one.end):
        if merged and one.start <= merged[-1].end:
            merged[-1] = Interval(merged[-1].start, max(merged[-1].end, one.end))
        else:
            merged.append(one)
    return tuple(merged)


def intersection(*many: Spans) -> Spans:
    """The instants in every one of them; of none at all: always."""
    held = ALWAYS
    for spans in many:
        held = union(
            Interval(max(one.start, other.start), min(one.end, other.end))
            for one in held
            for other in spans
            if one.start < other.end and other.start < one.end
        )
    return held


def subtract(spans: Spans, taken: Spans) -> Spans:
    """The instants in ``spans`` that are not in ``taken``."""
    left: list[Interval] = []
    for one in spans:
        start = one.start
        for hole in taken:
            if hole.end <= start or one.end <= hole.start:
                continue
            if start < hole.start:
                left.append(Interval(start, hole.start))
            start = max(start, hole.end)
        if start < one.end:
            left.append(Interval(start, one.end))
    return union(left)


def contains(spans: Spans, at: datetime) -> bool:
    """Whether the instant lies in one of them."""
    return any(at in one for one in spans)


@lru_cache(maxsize=256)
def find_zone(zone: str) -> ZoneInfo | None:
    """The IANA zone of that id, or None when there is none."""
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return None


def get_zone(zone: str) -> ZoneInfo:
    """The IANA zone of that id; ValueError when there is none."""
    found = find_zone(zone)
    if found is None:
        raise ValueError(f"{zone!r} is not a time zone")
    return found


def local_day(at: datetime, zone: str) -> date:
    """The calendar day it is in the zone at that instant."""
    return at.astimezone(get_zone(zone)).date()


def start_of(day: date, zone: str) -> datetime:
    """The first instant of the day in the zone.

    Midnight may come twice or not at all when clocks change: the first of two counts, and a missing one is the
    instant of the change. Both are what ``fold=0`` gives.
    """
    if day >= END.date():
        return END
    if day <= BEGIN.date():
        return BEGIN
    return datetime.combine(day, time.min, tzinfo=get_zone(zone)).astimezone(UTC)


def end_of(day: date, zone: str) -> datetime:
    """The first instant after the day in the zone: where "valid through" that day ends."""
    return END if day >= END.date() else start_of(day + timedelta(days=1), zone)


def last_whole_day(end: datetime, zone: str) -> date:
    """The last day that lies wholly before the instant, in the zone."""
    return local_day(end, zone) - timedelta(days=1)


def add_months(anchor: date, months: int) -> date:
    """The same day of the month so many months later, or that month's last day when it is too short.

    Always counted from the anchor: 31 January gives 28 February after one month and 31 March after two.
    """
    years, month = divmod(anchor.year * _MONTHS_IN_A_YEAR + anchor.month - 1 + months, _MONTHS_IN_A_YEAR)
    if years >= END.year:
        return END.date()
    return date(years, month + 1, min(anchor.day, monthrange(years, month + 1)[1]))


def add_days(day: date, days: int) -> date:
    """So many days later (or earlier), held inside what can be shown."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return BEGIN.date() if days < 0 else END.date()
