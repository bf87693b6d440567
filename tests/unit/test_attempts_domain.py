"""Who may start a try, and what a set of answers amounts to: every case with its sentence."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.attempts.domain import (
    Attempt,
    Graded,
    Holding,
    Outcome,
    Refusal,
    Resume,
    Rules,
    Start,
    State,
    by_objective,
    grade,
    least,
    may_start,
    outcome_sentence,
    progress,
    start_sentence,
)

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
DAY = timedelta(hours=24)
RULES = Rules(questions=20, must_know=12, quiz_percent=85, must_know_percent=100, attempts=3, wait=DAY)


def attempt(number: int, *, cycle: int = 1, passed: bool | None = False, at: datetime = NOON) -> Attempt:
    outcome = Outcome(
        submitted_at=at,
        right=20 if passed else 10,
        available=20,
        must_know_right=12 if passed else 6,
        must_know_available=12,
        passed=bool(passed),
    )
    return Attempt(
        id=f"attempt-{cycle}-{number}",
        person_id="p",
        quiz="M3",
        cycle=cycle,
        number=number,
        limit=3,
        seed="s",
        drawn=(),
        revisions={},
        started_at=at - timedelta(hours=1),
        outcome=None if passed is None else outcome,
    )


def decide(
    *attempts: Attempt, at: datetime = NOON, holding: Holding | None = None, released: int = 0
) -> Start | Resume | Refusal:
    return may_start(attempts, at=at, rules=RULES, holding=holding, released=released, zone="Europe/London")


def test_the_first_try_is_open() -> None:
    assert decide() == Start(cycle=1, number=1)


def test_an_open_try_goes_on() -> None:
    assert decide(attempt(1), attempt(2, passed=None)) == Resume(attempt=attempt(2, passed=None))


def test_the_next_try_opens_exactly_when_the_waiting_time_is_over() -> None:
    before = decide(attempt(1), at=NOON + DAY - timedelta(microseconds=1))
    assert before == Refusal(
        state=State.WAIT,
        sentence="Your next try opens on 4 Mar 2026, 12:00. Until then, read the sections you missed.",
        opens_at=NOON + DAY,
    )
    assert decide(attempt(1), at=NOON + DAY) == Start(cycle=1, number=2)


def test_a_round_that_is_used_up_says_the_way_back() -> None:
    used = [attempt(number, at=NOON + number * DAY) for number in (1, 2, 3)]
    later = NOON + timedelta(days=400)
    refused = decide(*used, at=later)
    assert isinstance(refused, Refusal)
    assert refused.state is State.EXHAUSTED
    assert "ask your manager to open a new round" in refused.sentence
    assert decide(*used, at=later, released=1) == Start(cycle=2, number=1)


def test_a_release_opens_the_next_round_at_once() -> None:
    used = [attempt(number) for number in (1, 2, 3)]
    assert decide(*used, at=NOON, released=1) == Start(cycle=2, number=1)


@pytest.mark.parametrize(
    ("holding", "sentence"),
    [
        (None, "You passed on 3 Mar 2026. There is nothing to renew."),
        (Holding(met=True), "You passed on 3 Mar 2026. It has no end, so there is nothing to renew."),
        (
            Holding(met=True, through=date(2027, 3, 3), renewable_from=date(2027, 2, 2)),
            "You passed on 3 Mar 2026. It is valid through 3 Mar 2027; you can renew it from 2 Feb 2027 on.",
        ),
    ],
)
def test_a_pass_that_still_holds_needs_no_new_try(holding: Holding | None, sentence: str) -> None:
    refused = decide(attempt(1, passed=True), at=NOON + 3 * DAY, holding=holding)
    assert refused == Refusal(state=State.PASSED, sentence=sentence)


def test_a_new_round_opens_inside_the_renewal_window_and_when_the_pass_no_longer_counts() -> None:
    holding = Holding(met=True, through=date(2027, 3, 3), renewable_from=date(2027, 2, 2))
    passed = attempt(2, passed=True)
    assert isinstance(decide(passed, at=datetime(2027, 2, 1, 23, 59, tzinfo=UTC), holding=holding), Refusal)
    assert decide(passed, at=datetime(2027, 2, 2, 0, 0, tzinfo=UTC), holding=holding) == Start(cycle=2, number=1)
    assert decide(passed, at=NOON, holding=Holding(met=False)) == Start(cycle=2, number=1)


def test_a_renewal_round_counts_its_own_tries_and_goes_on_once_begun() -> None:
    holding = Holding(met=True, through=date(2027, 3, 3), renewable_from=date(2027, 2, 2))
    at = datetime(2027, 2, 10, 12, 0, tzinfo=UTC)
    tries = [attempt(1), attempt(2, passed=True), attempt(1, cycle=2, at=at)]
    assert decide(*tries, at=at + DAY, holding=holding) == Start(cycle=2, number=2)
    assert isinstance(decide(*tries, at=at, holding=holding), Refusal)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 72)), max_size=12))
def test_whatever_happens_no_round_has_more_tries_than_the_limit_or_a_shorter_wait(
    steps: list[tuple[bool, int]],
) -> None:
    taken: list[Attempt] = []
    at = NOON
    for passes, hours in steps:
        at += timedelta(hours=hours)
        decision = may_start(taken, at=at, rules=RULES, holding=Holding(met=False), released=0, zone="America/New_York")
        if isinstance(decision, Start):
            taken.append(attempt(decision.number, cycle=decision.cycle, passed=passes, at=at))
    keys = [(one.cycle, one.number) for one in taken]
    assert len(set(keys)) == len(keys)
    assert all(1 <= one.number <= RULES.attempts for one in taken)
    for one, following in pairwise(taken):
        if one.cycle == following.cycle:
            assert not one.passed
            assert following.started_at - one.started_at >= DAY


def questions(right: int, wrong: int, must_right: int, must_wrong: int) -> list[Graded]:
    return [
        *[Graded(objective="SAF-6", must_know=False, right=True)] * right,
        *[Graded(objective="SAF-6", must_know=False, right=False)] * wrong,
        *[Graded(objective="SAF-1", must_know=True, right=True)] * must_right,
        *[Graded(objective="SAF-1", must_know=True, right=False)] * must_wrong,
    ]


@pytest.mark.parametrize(
    ("asked", "passed", "sentence"),
    [
        (questions(8, 0, 12, 0), True, "20 of 20 right, and 12 of 12 must-know questions."),
        (questions(5, 3, 12, 0), True, "17 of 20 right, and 12 of 12 must-know questions."),
        (questions(4, 4, 12, 0), False, "17 of 20 are needed; you had 16. The must-know questions were right."),
        (
            questions(8, 0, 11, 1),
            False,
            (
                "19 of 20 reaches the pass mark, but 1 must-know question went wrong: they all have to be right, "
                "whatever the total."
            ),
        ),
        (
            questions(0, 8, 10, 2),
            False,
            "17 of 20 are needed; you had 10. And 2 must-know questions went wrong: they all have to be right.",
        ),
    ],
)
def test_both_marks_have_to_be_reached(asked: list[Graded], passed: object, sentence: str) -> None:
    outcome = grade(asked, RULES, at=NOON)
    assert outcome.passed is passed
    assert outcome_sentence(outcome, RULES) == sentence


def test_an_attempt_without_questions_is_not_passed() -> None:
    assert not grade([], RULES, at=NOON).passed


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_one_wrong_must_know_question_is_never_a_pass(a: int, b: int, c: int, d: int) -> None:
    outcome = grade(questions(a, b, c, d), RULES, at=NOON)
    assert outcome.passed == (d == 0 and a + b + c > 0 and (a + c) * 100 >= 85 * (a + b + c))
    assert outcome.right >= least(85, outcome.available) or not outcome.passed


@pytest.mark.parametrize(("percent", "of", "needed"), [(85, 20, 17), (85, 21, 18), (100, 7, 7), (0, 5, 0), (85, 1, 1)])
def test_the_pass_mark_in_questions_is_rounded_up(percent: int, of: int, needed: int) -> None:
    assert least(percent, of) == needed


def test_scores_by_objective_come_in_the_modules_order() -> None:
    scores = by_objective(questions(1, 1, 2, 0), ["SAF-1", "SAF-2", "SAF-6"])
    assert [(one.objective, one.must_know, one.right, one.available) for one in scores] == [
        ("SAF-1", True, 2, 2),
        ("SAF-6", False, 1, 2),
    ]


def test_progress_says_the_state_and_the_next_step() -> None:
    assert start_sentence(Start(cycle=1, number=1), RULES) == "You have 3 tries, with 24 hours between them."
    open_ = attempt(1, passed=None)
    resumed = progress("M3", decide(open_), last=open_, rules=RULES, zone="Europe/London")
    assert (resumed.state, resumed.opens_at) == (State.RESUME, None)
    assert resumed.sentence == "You began on 3 Mar 2026, 11:00. What you answered is saved; go on when you like."
    waiting = progress("M3", decide(attempt(1)), last=attempt(1), rules=RULES, zone="Europe/London")
    assert (waiting.state, waiting.opens_at) == (State.WAIT, NOON + DAY)
    last = progress("M3", Start(cycle=1, number=3), last=None, rules=RULES, zone="UTC")
    assert last.sentence.startswith("This is the last of 3 tries.")
