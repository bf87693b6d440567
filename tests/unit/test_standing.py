"""Standing: a row for every kind of fact and every boundary, both sides; what a yes says; editions."""

from collections.abc import Callable
from datetime import date

import pytest

from tests.histories import (
    ADMIN,
    BAR,
    PUBLISHED,
    TICK,
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
    Policy,
    Status,
)
from training.evidence.domain import Kind

# ---- a row per kind × boundary

NONE, IN_TRAINING, LAPSED = Status.NONE, Status.IN_TRAINING, Status.LAPSED
RENEWAL_DUE, CLEARED, SUSPENDED = Status.RENEWAL_DUE, Status.CLEARED, Status.SUSPENDED


def _first_document() -> History:
    told = History()
    told.document("licence", utc("2026-02-01 09:00"), date(2028, 6, 30))
    return told


def _licence_ends_first() -> History:
    told = History()
    told.document("licence", utc("2026-02-01 09:00"), date(2026, 6, 30))
    told.document("insurance", utc("2026-02-01 09:05"), date(2028, 12, 31))
    told.quiz("M3", utc("2026-03-01 18:00"))
    told.quiz("M9", utc("2026-03-02 18:00"))
    told.practical(utc("2026-04-14 10:00"), recorded=utc("2026-04-14 10:34"))
    return told


def _quiz_ends_first() -> History:
    told = in_training()
    told.practical(utc("2026-12-01 10:00"))
    return told


def _suspended(*, authorisation: str | None = BAR, happened: str = "2026-05-01 12:00") -> History:
    told = cleared()
    told.suspend(utc(happened), recorded=utc("2026-05-01 15:00"), authorisation=authorisation)
    return told


def _suspended_everywhere() -> History:
    return _suspended(authorisation=None)


def _suspended_in_training() -> History:
    return _suspended(happened="2026-02-20 12:00")


def _lifted() -> History:
    told = _suspended()
    told.lift("f006", utc("2026-05-20 08:00"))
    return told


def _practical_voided(*, from_at: str | None) -> History:
    told = cleared()
    told.void("f005", utc("2026-07-01 12:00"), from_at=utc(from_at) if from_at else None)
    return told


def _practical_voided_from() -> History:
    return _practical_voided(from_at="2026-06-15 12:00")


def _lift_voided() -> History:
    told = _lifted()
    told.void("f007", utc("2026-06-05 12:00"), from_at=utc("2026-06-01 12:00"))
    return told


def _renewed() -> History:
    told = cleared()
    told.practical(utc("2026-10-01 10:00"))
    return told


BOUNDARIES: list[tuple[str, Callable[[], History], str, Status, Status]] = [
    # The end of 14 October in London is 23:00 UTC: summer time.
    (
        "document verified: something is on record",
        _first_document,
        "2026-02-01 09:00",
        NONE,
        IN_TRAINING,
    ),
    ("document expires", _licence_ends_first, "2026-06-30 23:00", RENEWAL_DUE, LAPSED),
    ("renewal due before a document expires", _licence_ends_first, "2026-05-30 23:00", CLEARED, RENEWAL_DUE),
    ("quiz passed: something is on record", in_training, "2026-02-01 09:00", NONE, IN_TRAINING),
    ("quiz term ends", _quiz_ends_first, "2027-03-02 00:00", RENEWAL_DUE, LAPSED),
    ("renewal due before a quiz ends", _quiz_ends_first, "2027-01-30 00:00", CLEARED, RENEWAL_DUE),
    (
        "practical signed: at the signature",
        cleared,
        "2026-04-14 10:34",
        IN_TRAINING,
        CLEARED,
    ),
    ("renewal due before the practical ends", cleared, "2026-09-13 23:00", CLEARED, RENEWAL_DUE),
    ("practical term ends", cleared, "2026-10-14 23:00", RENEWAL_DUE, LAPSED),
    ("renewed: due no longer", _renewed, "2026-10-01 10:00", RENEWAL_DUE, CLEARED),
    ("renewed: the term counts from its own day", _renewed, "2027-03-02 00:00", RENEWAL_DUE, LAPSED),
    (
        "suspended: from when it happened",
        _suspended,
        "2026-05-01 12:00",
        CLEARED,
        SUSPENDED,
    ),
    (
        "suspended in every authorisation",
        _suspended_everywhere,
        "2026-05-01 12:00",
        CLEARED,
        SUSPENDED,
    ),
    (
        "suspended from before she was cleared",
        _suspended_in_training,
        "2026-02-20 12:00",
        IN_TRAINING,
        SUSPENDED,
    ),
    ("suspension lifted", _lifted, "2026-05-20 08:00", SUSPENDED, CLEARED),
    ("lift voided from a moment on", _lift_voided, "2026-06-01 12:00", CLEARED, SUSPENDED),
    (
        "practical voided from a moment on",
        _practical_voided_from,
        "2026-06-15 12:00",
        RENEWAL_DUE,
        LAPSED,
    ),
    ("founding confirmed", assessor, "2026-02-02 10:00", IN_TRAINING, CLEARED),
    ("renewal due before a founding ends", assessor, "2027-01-03 00:00", CLEARED, RENEWAL_DUE),
    ("founding ends", assessor, "2027-02-03 00:00", RENEWAL_DUE, LAPSED),
]


@pytest.mark.parametrize(
    ("made", "instant", "before", "after"), [row[1:] for row in BOUNDARIES], ids=[row[0] for row in BOUNDARIES]
)
def test_a_boundary_lies_exactly_where_it_should(
    made: Callable[[], History], instant: str, before: Status, after: Status
) -> None:
    told, edge = made(), utc(instant)
    assert judge(told, edge - TICK).status is before
    assert judge(told, edge).status is after
    assert judge(told, edge - TICK).changes_at == edge


def test_every_kind_of_fact_has_a_boundary_in_the_table() -> None:
    # A proposal alone changes no answer; it is in the table through its confirmation.
    kinds = {fact.kind for row in BOUNDARIES for fact in row[1]().facts}
    assert kinds == set(Kind)


def test_every_status_this_policy_can_reach_is_reached() -> None:
    reached = {status for row in BOUNDARIES for status in row[3:]}
    assert reached == set(Status) - {Status.RECHECK_DUE, Status.REVOKED}


# ---- yes


def test_cleared_says_grade_cap_conditions_and_through() -> None:
    got = judge(cleared(), utc("2026-05-01 12:00"))
    assert (got.may_work, got.grade, got.load_cap, got.conditions) == (True, "provisional", "L2", ("senior on site",))
    assert got.valid_through == date(2026, 10, 14)
    assert got.changes_at == utc("2026-09-13 23:00")
    assert [line.met for line in got.requirements] == [True] * 5
    assert got.requirements[4].through == date(2026, 10, 14)
    assert got.requirements[4].fact_id == "f005"
    assert got.sentence == (
        "May work: Ashiatsu on the bar, provisional, up to L2, senior on site, valid through 14 Oct 2026."
    )
    assert got.next_step is None
    assert not got.assessor


def test_renewal_due_may_work_and_names_what_ends_first() -> None:
    got = judge(cleared(), utc("2026-10-14 12:00"))
    assert got.may_work
    assert got.next_step is not None
    assert got.next_step.id == "practical-bar"
    assert "Renewal is due: Practical on the bar." in got.sentence
    assert got.changes_at == utc("2026-10-14 23:00")


def test_the_day_of_a_term_is_the_day_in_the_zone_of_the_fact() -> None:
    told = in_training()
    # 14 April at 23:30 in New York is already 15 April in London and in UTC.
    told.practical(utc("2026-04-15 03:30"), zone="America/New_York")
    got = judge(told, utc("2026-05-01 12:00"))
    assert got.valid_through == date(2026, 10, 14)
    assert judge(told, utc("2026-10-15 04:00") - TICK).may_work
    assert not judge(told, utc("2026-10-15 04:00")).may_work


def test_the_highest_grade_counts_and_ends_into_the_lower_one() -> None:
    told = assessor()
    told.quiz("M3", utc("2026-11-01 18:00"))
    told.quiz("M9", utc("2026-11-01 19:00"))
    told.practical(utc("2026-12-01 10:00"), by=ADMIN)
    assert judge(told, utc("2027-01-01 12:00")).grade == "certified"
    edge = utc("2027-02-03 00:00")
    assert (judge(told, edge - TICK).grade, judge(told, edge - TICK).load_cap) == ("certified", "L3")
    assert (judge(told, edge).grade, judge(told, edge).load_cap, judge(told, edge).may_work) == (
        "provisional",
        "L2",
        True,
    )


def test_of_two_facts_for_one_line_the_one_that_lasts_longer_counts_and_retaking_one_renews_no_other() -> None:
    told = cleared()
    told.quiz("M3", utc("2026-06-01 18:00"))
    got = judge(told, utc("2026-06-02 12:00"))
    assert {line.id: line.through for line in got.requirements} == {
        "licence": date(2028, 6, 30),
        "insurance": date(2028, 12, 31),
        "quiz-m3": date(2027, 6, 1),
        "quiz-m9": date(2027, 3, 2),
        "practical-bar": date(2026, 10, 14),
    }
    assert got.valid_through == date(2026, 10, 14)


# ---- editions


def _also(policy: Policy, module: str) -> Policy:
    body = policy.to_body()
    body["requirements"].append(
        {"id": "quiz-new", "kind": "quiz", "module": module, "term_months": 12, "title": "A new module"}
    )
    body["authorisations"][0]["grades"][0]["requirements"].append("quiz-new")
    return Policy.from_body(body)


def test_the_edition_in_force_at_the_moment_judges_all_evidence() -> None:
    change = utc("2026-06-01 00:00")
    rules = rulebook((PUBLISHED, shipped_policy()), (change, _also(shipped_policy(), "M5")))
    assert judge(cleared(), change - TICK, rules=rules).may_work
    got = judge(cleared(), change, rules=rules)
    assert (got.status, got.edition) == (Status.LAPSED, 2)
    assert got.next_step is not None
    assert got.next_step.id == "quiz-new"
    assert judge(cleared(), change, rules=rules, known_at=change - TICK).may_work
    assert judge(cleared(), change - TICK, rules=rules).changes_at == change


def test_a_later_edition_does_not_move_an_earlier_answer() -> None:
    told = History()
    told.quiz("M5", utc("2026-03-01 18:00"))
    change = utc("2026-06-01 00:00")
    rules = rulebook((PUBLISHED, shipped_policy()), (change, _also(shipped_policy(), "M5")))
    assert judge(told, change - TICK, rules=rules).status is Status.NONE
    assert judge(told, change, rules=rules).status is Status.IN_TRAINING
