"""The database itself refuses what the rules of attempts forbid, on both engines."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from tests.cast import make_cast
from training.attempts import store
from training.attempts.domain import Answer, Attempt, Outcome, Release
from training.db import reading, transaction
from training.errors import NotFound
from training.questions.domain import Drawn

AT = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
PASSED = Outcome(submitted_at=AT, right=2, available=2, must_know_right=1, must_know_available=1, passed=True)
FAILED = replace(PASSED, right=0, must_know_right=0, passed=False)


def attempt(person_id: str, number: int, *, cycle: int = 1, limit: int = 3) -> Attempt:
    return Attempt(
        id=f"attempt0000{cycle:02}{number:04}"[-16:].ljust(16, "0"),
        person_id=person_id,
        quiz="M3",
        cycle=cycle,
        number=number,
        limit=limit,
        seed="5eed",
        drawn=(Drawn("M3-Q01", 1, ("b", "a")), Drawn("M3-Q02", 2, ())),
        revisions={"bank:M3": "d" * 64},
        started_at=AT,
    )


@pytest.fixture
def person(engine_app: Flask) -> str:
    return make_cast(engine_app).trainee


def add(app: Flask, *attempts: Attempt, outcome: Outcome | None = FAILED) -> None:
    for one in attempts:
        with app.app_context(), transaction() as session:
            store.add_attempt(session, one, must_know_available=1)
            if outcome is not None:
                assert store.close_attempt(session, one.id, outcome)


def test_an_attempt_reads_back_as_it_was_written(engine_app: Flask, person: str) -> None:
    written = attempt(person, 1)
    add(engine_app, written, outcome=None)
    with engine_app.app_context():
        assert store.get_attempt(reading(), written.id, person_id=person) == written
        assert store.list_attempts(reading(), person, "M9") == ()
        with pytest.raises(NotFound):
            store.get_attempt(reading(), written.id, person_id="somebodyelse0000")


@pytest.mark.parametrize(
    ("make", "outcome"),
    [
        (lambda person: (attempt(person, 4),), FAILED),
        (lambda person: (attempt(person, 0),), FAILED),
        (lambda person: (attempt(person, 1, cycle=0),), FAILED),
        (lambda person: (attempt(person, 1), replace(attempt(person, 1), id="other00000000001")), FAILED),
        (lambda person: (attempt(person, 1), attempt(person, 2)), None),
        (lambda person: (attempt(person, 1), attempt(person, 2)), PASSED),
        (lambda person: (attempt(person, 1),), replace(PASSED, right=3)),
        (lambda person: (attempt(person, 1),), replace(PASSED, must_know_right=2)),
        (lambda _person: (attempt("nobody0000000000", 1),), FAILED),
    ],
    ids=[
        "over the limit",
        "number zero",
        "round zero",
        "a number twice",
        "two open at once",
        "two passes in a round",
        "more right than asked",
        "more must-know right than asked",
        "of nobody",
    ],
)
def test_the_database_refuses(
    engine_app: Flask, person: str, make: Callable[[str], tuple[Attempt, ...]], outcome: Outcome | None
) -> None:
    with pytest.raises(IntegrityError):
        add(engine_app, *make(person), outcome=outcome)


def test_an_outcome_is_written_once(engine_app: Flask, person: str) -> None:
    one = attempt(person, 1)
    add(engine_app, one, outcome=PASSED)
    with engine_app.app_context(), transaction() as session:
        assert not store.close_attempt(session, one.id, FAILED)
    with engine_app.app_context():
        assert store.get_attempt(reading(), one.id, person_id=person).outcome == PASSED


def test_the_last_answer_given_is_the_one_kept(engine_app: Flask, person: str) -> None:
    one = attempt(person, 1)
    add(engine_app, one, outcome=None)
    for given in (("a",), ("b",), ()):
        with engine_app.app_context(), transaction() as session:
            store.save_answer(session, one.id, Answer(place=2, given=given, saved_at=AT))
        with engine_app.app_context():
            assert store.list_answers(reading(), one.id) == {2: Answer(place=2, given=given, saved_at=AT)}


def test_a_round_is_released_once_and_by_somebody_else(engine_app: Flask, person: str) -> None:
    release = Release(cycle=1, released_by=person, reason="She went through the loin with me.", released_at=AT)
    with pytest.raises(IntegrityError), engine_app.app_context(), transaction() as session:
        store.add_release(session, person_id=person, quiz="M3", release=release)
    with engine_app.app_context(), transaction() as session:
        other = store.list_attempts(session, person)
        assert other == ()
