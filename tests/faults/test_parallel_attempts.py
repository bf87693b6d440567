"""Sixteen at once at the attempt limit: never over it, one record, whatever the engine."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import text

from tests.cast import Cast, make_cast
from tests.quizzes import SLUG, SmallQuiz, publish_quiz, tokens
from training import clock
from training.attempts import service, store
from training.attempts.domain import Attempt, Outcome
from training.clearance import service as clearance
from training.db import new_id, reading, transaction
from training.errors import Conflict, NotFound, Refused
from training.evidence.domain import Kind

AT_ONCE = 16
#: A handful in every run; the judged number in the long one.
FEW, MANY = 6, int(os.environ.get("ROUNDS", "200"))
LIMIT = 3


@pytest.fixture
def cast(engine_app: Flask) -> Cast:
    return make_cast(engine_app)


@pytest.fixture
def quiz(engine_app: Flask) -> SmallQuiz:
    return publish_quiz(engine_app, attempts=LIMIT, wait_hours=24)


def all_at_once(app: Flask, act: object) -> list[object]:
    """Do it sixteen times at the same moment, each in a context of its own."""
    gate = Barrier(AT_ONCE)

    def one(number: int) -> object:
        with app.app_context():
            gate.wait()
            try:
                return act(number)  # type: ignore[operator]
            except (Refused, Conflict, NotFound) as error:
                return error
            finally:
                reading().rollback()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def clear(app: Flask, person_id: str) -> None:
    """Forget her attempts, so that the next round begins as the first."""
    with app.app_context(), transaction() as session:
        session.execute(text("DELETE FROM attempt_answer"))
        session.execute(text("DELETE FROM attempt WHERE person_id = :person"), {"person": person_id})


def used(app: Flask, person_id: str, numbers: range) -> None:
    """Give her tries that failed long ago."""
    before = clock.now() - timedelta(days=9)
    failed = Outcome(submitted_at=before, right=0, available=0, must_know_right=0, must_know_available=0, passed=False)
    for number in numbers:
        made = Attempt(
            id=new_id(),
            person_id=person_id,
            quiz="M3",
            cycle=1,
            number=number,
            limit=LIMIT,
            seed="0",
            drawn=(),
            revisions={},
            started_at=before,
        )
        with app.app_context(), transaction() as session:
            store.add_attempt(session, made, must_know_available=0)
            store.close_attempt(session, made.id, failed)


def attempts_of(app: Flask, person_id: str) -> tuple[Attempt, ...]:
    with app.app_context():
        return store.list_attempts(reading(), person_id, "M3")


def one_round_of_tries(app: Flask, person_id: str, *, before: int) -> None:
    """With so many tries behind her exactly one more is had: the wait closes the next, or the limit does."""
    clear(app, person_id)
    used(app, person_id, range(1, before + 1))

    def start_and_submit(_number: int) -> object:
        started = service.start(person_id, SLUG, zone="Europe/London")
        service.submit(person_id, started.attempt_id, zone="Europe/London")
        return started.attempt_id

    done = all_at_once(app, start_and_submit)
    found = attempts_of(app, person_id)
    assert [one.number for one in found] == list(range(1, before + 2))
    assert all(one.outcome for one in found)
    last = {one for one in done if isinstance(one, str)}
    assert last == {found[-1].id}
    assert all(isinstance(one, (str, Refused)) for one in done), done


def one_round_of_submits(app: Flask, person_id: str, quiz: SmallQuiz, pass_number: int) -> None:
    clear(app, person_id)
    with app.app_context():
        attempt_id = service.start(person_id, SLUG, zone="Europe/London").attempt_id
        attempt = store.get_attempt(reading(), attempt_id, person_id=person_id)
        for place, one in enumerate(attempt.drawn, start=1):
            service.save(person_id, attempt_id, place, tokens(one.option_order, quiz.right(one.item_id)))
    done = all_at_once(app, lambda _number: service.submit(person_id, attempt_id, zone="Europe/London").passed)
    assert done == [True] * AT_ONCE
    with app.app_context():
        facts = [fact for fact in clearance.facts_of(reading(), person_id) if fact.kind == Kind.QUIZ_PASSED]
    assert len(facts) == pass_number


def one_round_of_starts(app: Flask, person_id: str) -> None:
    clear(app, person_id)
    done = all_at_once(app, lambda _number: service.start(person_id, SLUG, zone="Europe/London").attempt_id)
    assert len(set(done)) == 1
    assert len(attempts_of(app, person_id)) == 1


def one_round_of_answers_while_submitting(app: Flask, person_id: str, quiz: SmallQuiz) -> None:
    """An answer that was acknowledged is in what was marked; one that came late is refused, not kept."""
    clear(app, person_id)
    with app.app_context():
        attempt_id = service.start(person_id, SLUG, zone="Europe/London").attempt_id
        drawn = store.get_attempt(reading(), attempt_id, person_id=person_id).drawn

    def answer_or_submit(number: int) -> object:
        if number == AT_ONCE - 1:
            service.submit(person_id, attempt_id, zone="Europe/London")
            return None
        place = number % len(drawn) + 1
        one = drawn[place - 1]
        service.save(person_id, attempt_id, place, tokens(one.option_order, quiz.right(one.item_id)))
        return place

    acknowledged = {one for one in all_at_once(app, answer_or_submit) if isinstance(one, int)}
    with app.app_context():
        kept = store.list_answers(reading(), attempt_id)
        outcome = store.get_attempt(reading(), attempt_id, person_id=person_id).outcome
    assert outcome is not None
    assert set(kept) == acknowledged
    assert outcome.right == len(acknowledged)


@pytest.mark.parametrize("rounds", [FEW, pytest.param(MANY, marks=pytest.mark.long)])
@pytest.mark.parametrize("before", [0, LIMIT - 1], ids=["the wait", "the limit"])
def test_parallel_starts_and_submits_never_pass(
    engine_app: Flask, cast: Cast, quiz: SmallQuiz, rounds: int, before: int
) -> None:
    for _ in range(rounds):
        one_round_of_tries(engine_app, cast.trainee, before=before)


@pytest.mark.parametrize("rounds", [FEW, pytest.param(MANY, marks=pytest.mark.long)])
def test_parallel_submits_are_one_submission_and_one_fact(
    engine_app: Flask, cast: Cast, quiz: SmallQuiz, rounds: int
) -> None:
    for number in range(1, rounds + 1):
        one_round_of_submits(engine_app, cast.trainee, quiz, number)


@pytest.mark.parametrize("rounds", [FEW, pytest.param(MANY, marks=pytest.mark.long)])
def test_parallel_starts_are_one_try(engine_app: Flask, cast: Cast, quiz: SmallQuiz, rounds: int) -> None:
    for _ in range(rounds):
        one_round_of_starts(engine_app, cast.trainee)


@pytest.mark.parametrize("rounds", [FEW, pytest.param(MANY, marks=pytest.mark.long)])
def test_answers_that_race_a_submission_are_marked_or_refused(
    engine_app: Flask, cast: Cast, quiz: SmallQuiz, rounds: int
) -> None:
    for _ in range(rounds):
        one_round_of_answers_while_submitting(engine_app, cast.trainee, quiz)
