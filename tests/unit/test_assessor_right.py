"""The right to sign: who holds it, until when, and what everybody else is told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from tests.histories import (
    BAR,
    PUBLISHED,
    SENIOR,
    History,
    assessor,
    cleared,
    in_training,
    judge,
    rulebook,
    shipped_policy,
    utc,
)
from training.clearance.domain import (
    AssessorRight,
    Authorisation,
    assessor_right_of,
    open_case,
)
from training.evidence.domain import Link, Unreadable, read


def right(told: History, at: str) -> AssessorRight:
    return assessor_right_of(open_case(rulebook(), told.facts, person_id=told.person, authorisation=BAR), utc(at))


def test_a_founding_assessor_may_sign_while_certified_there_and_is_told_until_when() -> None:
    got = right(assessor(), "2026-03-01 12:00")
    assert (got.holds, got.through) == (True, date(2027, 2, 2))
    assert got.reason == "You may sign for Ashiatsu on the bar through 2 Feb 2027."
    assert judge(assessor(), utc("2026-03-01 12:00")).assessor


@pytest.mark.parametrize(
    ("told", "at", "why"),
    [
        (cleared, "2026-05-01 12:00", "an assessor is certified there, and you are provisional"),
        (in_training, "2026-05-01 12:00", "in training"),
        (History, "2026-05-01 12:00", "none"),
        (assessor, "2026-02-02 09:59", "in training"),
        (assessor, "2027-02-03 00:00", "lapsed"),
        (assessor, "2025-12-31 00:00", "does not say who"),
    ],
)
def test_nobody_else_may_sign_and_is_told_why(told: Callable[[], History], at: str, why: str) -> None:
    got = right(told(), at)
    assert not got.holds
    assert why in got.reason


def test_a_suspended_assessor_may_not_sign() -> None:
    told = assessor()
    told.suspend(utc("2026-03-01 12:00"))
    assert right(told, "2026-03-01 11:59").holds
    assert not right(told, "2026-03-01 12:00").holds


def test_where_the_policy_names_no_assessor_nobody_may_sign() -> None:
    (bar,) = shipped_policy().authorisations
    without: Authorisation = replace(bar, assessor=None)
    rules = rulebook((PUBLISHED, replace(shipped_policy(), authorisations=(without,))))
    case = open_case(rules, assessor().facts, person_id=SENIOR, authorisation=BAR)
    assert not assessor_right_of(case, utc("2026-03-01 12:00")).holds
    assert not judge(assessor(), utc("2026-03-01 12:00"), rules=rules).assessor


def test_links_of_a_history_are_real_links() -> None:
    link = cleared().links[0]
    assert isinstance(link, Link)
    assert not isinstance(read(link).payload, Unreadable)
