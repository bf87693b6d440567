"""Many hands on one sheet at the same moment, on both engines."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import NamedTuple, TypeVar

import pytest
from flask import Flask

from tests.cast import PASSWORD, Cast, make_cast
from tests.practicals import BAR, begin, fill, set_stage, sign, suspend, tap, viewer_of
from training import clock
from training.clearance import service as clearance
from training.db import reading, transaction
from training.errors import Conflict, Refused, TrainingError
from training.evidence.domain import Kind, PracticalSigned
from training.extensions import db
from training.people import store as people
from training.practicals import service, store
from training.practicals.domain.observation import Change, Overtaken, State
from training.practicals.domain.result import Mark
from training.practicals.domain.statement import read_signed

T = TypeVar("T")
HANDS = 8


class Stage(NamedTuple):
    """An app whose trainee is ready, and the people in it."""

    app: Flask
    cast: Cast


@pytest.fixture
def stage(engine_app: Flask) -> Iterator[Stage]:
    cast = make_cast(engine_app)
    set_stage(engine_app, cast)
    with engine_app.app_context():
        yield Stage(engine_app, cast)


def together(app: Flask, acts: list[Callable[[], T]]) -> list[T | TrainingError]:
    """Run the acts at the same moment, each in a thread and a session of its own."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], T]) -> T | TrainingError:
        with app.app_context():
            try:
                barrier.wait(timeout=30)
                return act()
            except TrainingError as error:
                return error
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def signatures(cast: Cast) -> list[str]:
    facts = clearance.facts_of(reading(), cast.trainee)
    return [fact.id for fact in facts if fact.kind == Kind.PRACTICAL_SIGNED]


def test_the_same_statement_signed_many_times_at_once_is_one_record(stage: Stage) -> None:
    cast = stage.cast
    observation_id = begin(cast)
    fill(cast, observation_id)
    at = clock.now()
    signer = viewer_of(reading(), cast.senior)
    shown = service.to_sign(reading(), signer, observation_id, at=at).digest
    reading().rollback()

    def act() -> service.Recorded:
        return service.sign(signer, observation_id, shown=shown, shown_at=at, password=PASSWORD)

    # Two: a third at once would trip the lock on wrong passwords, which counts before it checks.
    answers = together(stage.app, [act] * 2)
    told = [one for one in answers if isinstance(one, service.Recorded)]
    assert len(told) == len(answers), answers
    assert sorted(one.already for one in told) == [False, True]
    assert len({one.signed_at for one in told}) == 1
    assert len(signatures(cast)) == 1


def test_two_assessors_beginning_at_once_make_one_sheet(stage: Stage) -> None:
    cast = stage.cast
    viewers = [viewer_of(reading(), one) for one in (cast.senior, cast.other_senior)] * (HANDS // 2)
    reading().rollback()
    answers = together(
        stage.app,
        [lambda who=who: service.start(who, subject_id=cast.trainee, authorisation=BAR) for who in viewers],  # type: ignore[misc]
    )
    begun = {one for one in answers if isinstance(one, str)}
    assert len(begun) == 1, answers
    assert all(isinstance(one, str | Refused) for one in answers), answers


def test_taps_on_one_line_at_once_never_overwrite_each_other(stage: Stage) -> None:
    cast = stage.cast
    observation_id = begin(cast)
    viewer = viewer_of(reading(), cast.senior)
    reading().rollback()
    marks = [Mark.ZERO, Mark.ONE, Mark.TWO, Mark.THREE, Mark.NOT_OBSERVED]

    def act(mark: Mark) -> Mark | None:
        change = Change(criterion="C10", seen=0, mark=mark, note=None, tenths=None)
        return service.rate(viewer, observation_id, change).rating.mark

    answers = together(stage.app, [lambda mark=mark: act(mark) for mark in marks])  # type: ignore[misc]
    saved = [one for one in answers if isinstance(one, Mark)]
    assert len(saved) == 1, answers
    assert sum(isinstance(one, Overtaken) for one in answers) == len(marks) - 1
    kept = store.ratings_of(reading(), observation_id)["C10"]
    assert (kept.mark, kept.revision) == (saved[0], 1)


@pytest.mark.parametrize("turn", range(6))
def test_a_tap_and_a_signature_at_once_leave_a_sheet_that_says_what_was_signed(stage: Stage, turn: int) -> None:
    cast = stage.cast
    observation_id = begin(cast)
    fill(cast, observation_id)
    at = clock.now()
    viewer = viewer_of(reading(), cast.senior)
    shown = service.to_sign(reading(), viewer, observation_id, at=at).digest
    reading().rollback()

    def late() -> str:
        change = Change(criterion="C10", seen=1, mark=Mark.ZERO, note=None, tenths=None)
        service.rate(viewer, observation_id, change)
        return "tapped"

    def signing() -> str:
        service.sign(viewer, observation_id, shown=shown, shown_at=at, password=PASSWORD)
        return "signed"

    answers = together(stage.app, [late, signing] if turn % 2 else [signing, late])
    assert sum(isinstance(one, Conflict) for one in answers) == 1, answers
    observation = store.get_observation(reading(), observation_id)
    level = store.ratings_of(reading(), observation_id)["C10"].mark
    if observation.state is State.SIGNED:
        assert observation.signed_digest is not None
        body = store.get_signed_sheet(reading(), observation.signed_digest)
        signed = read_signed(body, stored_digest=observation.signed_digest, occasion=observation.occasion)
        assert signed.intact
        assert level is Mark.TWO
        assert signed.lines["C10"].level == 2
    else:
        assert level is Mark.ZERO
        assert signatures(cast) == []


@pytest.mark.parametrize("turn", range(8))
def test_no_signature_follows_a_suspension_of_the_assessor(stage: Stage, turn: int) -> None:
    cast = stage.cast
    observation_id = begin(cast)
    fill(cast, observation_id)
    at = clock.now()
    viewer = viewer_of(reading(), cast.senior)
    shown = service.to_sign(reading(), viewer, observation_id, at=at).digest
    reading().rollback()

    def signing() -> str:
        service.sign(viewer, observation_id, shown=shown, shown_at=at, password=PASSWORD)
        return "signed"

    def suspending() -> str:
        with transaction() as session:
            people.lock_persons(session, [cast.senior])
            suspend(session, cast.senior, by=cast.manager)
        return "suspended"

    together(stage.app, [signing, suspending] if turn % 2 else [suspending, signing])
    session = reading()
    (suspended,) = [one for one in clearance.facts_of(session, cast.senior) if one.kind == Kind.SUSPENDED]
    for fact in clearance.facts_of(session, cast.trainee):
        if isinstance(fact.payload, PracticalSigned):
            assert fact.recorded_at < suspended.recorded_at


def test_a_wrong_password_stays_counted_although_nothing_is_signed(stage: Stage) -> None:
    cast = stage.cast
    observation_id = begin(cast)
    tap(cast, observation_id, "C10", Mark.ZERO)
    for _ in range(3):
        with pytest.raises(TrainingError):
            sign(cast, observation_id, password="not the password")
    with pytest.raises(TrainingError, match="locked"):
        sign(cast, observation_id)
    assert signatures(cast) == []
    assert store.get_observation(reading(), observation_id).state is State.OPEN
