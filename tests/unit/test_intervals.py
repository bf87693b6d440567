"""Time as clearance counts it: spans, months, days in zones, clock changes."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.clearance.domain.intervals import (
    ALWAYS,
    BEGIN,
    END,
    NEVER,
    Interval,
    Spans,
    add_days,
    add_months,
    contains,
    end_of,
    find_zone,
    intersection,
    last_whole_day,
    local_day,
    start_of,
    subtract,
    union,
)

ORIGIN = datetime(2026, 1, 1, tzinfo=UTC)


def hours(*pairs: tuple[int, int]) -> Spans:
    return tuple(Interval(ORIGIN + timedelta(hours=a), ORIGIN + timedelta(hours=b)) for a, b in pairs)


SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=5).map(lambda pairs: union(hours(*pairs)))
INSTANTS = st.integers(-1, 31).map(lambda hour: ORIGIN + timedelta(hours=hour))


def test_touching_and_overlapping_intervals_become_one() -> None:
    assert union(hours((0, 2), (2, 3)), hours((1, 2), (5, 6))) == hours((0, 3), (5, 6))
    assert union(hours((4, 4), (7, 3))) == NEVER


def test_an_interval_holds_its_start_and_not_its_end() -> None:
    (one,) = hours((1, 2))
    assert one.start in one
    assert one.end - timedelta(microseconds=1) in one
    assert one.end not in one


def test_all_of_nothing_is_always_and_any_of_nothing_is_never() -> None:
    assert intersection() == ALWAYS
    assert union() == NEVER


@given(SPANS, SPANS, INSTANTS)
def test_the_algebra_agrees_with_logic_at_every_instant(one: Spans, other: Spans, at: datetime) -> None:
    assert contains(union(one, other), at) == (contains(one, at) or contains(other, at))
    assert contains(intersection(one, other), at) == (contains(one, at) and contains(other, at))
    assert contains(subtract(one, other), at) == (contains(one, at) and not contains(other, at))


@given(SPANS, SPANS)
def test_results_are_in_order_disjoint_and_never_touching(one: Spans, other: Spans) -> None:
    for spans in (union(one, other), intersection(one, other), subtract(one, other)):
        assert all(span.start < span.end for span in spans)
        assert all(a.end < b.start for a, b in itertools.pairwise(spans))


@pytest.mark.parametrize(
    ("anchor", "months", "expected"),
    [
        (date(2026, 4, 14), 6, date(2026, 10, 14)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 1, 31), 2, date(2026, 3, 31)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 5, 15), 0, date(2026, 5, 15)),
        (date(9990, 1, 1), 240, END.date()),
    ],
)
def test_months_are_counted_from_the_anchor_by_the_one_written_rule(anchor: date, months: int, expected: date) -> None:
    assert add_months(anchor, months) == expected


@given(st.dates(date(1990, 1, 1), date(2200, 1, 1)), st.integers(0, 120))
def test_months_keep_the_day_or_take_the_last_one_of_a_shorter_month(anchor: date, months: int) -> None:
    later = add_months(anchor, months)
    assert (later.year * 12 + later.month) - (anchor.year * 12 + anchor.month) == months
    assert later.day == anchor.day or (later.day < anchor.day and (later + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("day", "zone", "start"),
    [
        (date(2026, 3, 29), "Europe/London", "2026-03-29T00:00:00+00:00"),  # clocks go forward at one o'clock
        (date(2026, 3, 30), "Europe/London", "2026-03-29T23:00:00+00:00"),
        (date(2026, 10, 25), "Europe/London", "2026-10-24T23:00:00+00:00"),  # clocks go back
        (date(2026, 10, 26), "Europe/London", "2026-10-26T00:00:00+00:00"),
        (date(2026, 3, 8), "America/New_York", "2026-03-08T05:00:00+00:00"),
        (date(2026, 3, 9), "America/New_York", "2026-03-09T04:00:00+00:00"),
        # Beirut goes forward at midnight: the day begins at one o'clock, which is the instant of the change.
        (date(2024, 3, 31), "Asia/Beirut", "2024-03-30T22:00:00+00:00"),
        # Havana goes back from one o'clock to midnight: midnight comes twice, the day begins at the first.
        (date(2025, 11, 2), "America/Havana", "2025-11-02T04:00:00+00:00"),
        (date(2025, 11, 3), "America/Havana", "2025-11-03T05:00:00+00:00"),
        # Samoa left 30 December 2011 out: it begins, and ends, where the 31st does.
        (date(2011, 12, 30), "Pacific/Apia", "2011-12-30T10:00:00+00:00"),
        (date(2011, 12, 31), "Pacific/Apia", "2011-12-30T10:00:00+00:00"),
    ],
)
def test_a_day_begins_at_its_first_instant_in_the_zone(day: date, zone: str, start: str) -> None:
    assert start_of(day, zone) == datetime.fromisoformat(start)


@given(
    st.dates(date(1975, 1, 1), date(2060, 1, 1)),
    st.sampled_from(
        ["Europe/London", "America/New_York", "America/Havana", "Asia/Beirut", "Australia/Lord_Howe", "UTC"]
    ),
)
def test_the_last_instant_through_a_day_is_still_that_day_and_the_next_is_not(day: date, zone: str) -> None:
    end = end_of(day, zone)
    assert local_day(end - timedelta(microseconds=1), zone) == day
    assert local_day(end, zone) > day
    assert local_day(start_of(day, zone), zone) == day
    assert last_whole_day(end, zone) == day


def test_the_edges_of_time_do_not_overflow() -> None:
    assert end_of(date.max, "Pacific/Kiritimati") == END
    assert start_of(date.max, "UTC") == END
    assert start_of(date.min, "Pacific/Kiritimati") == BEGIN
    assert add_days(date.min, -1) == BEGIN.date()
    assert add_days(date.max, 1) == END.date()


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "/etc/passwd", "Europe/London\x00", "é"])
def test_an_unknown_zone_is_not_found_and_never_an_error(zone: str) -> None:
    assert find_zone(zone) is None
