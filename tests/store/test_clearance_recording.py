"""The one way in for facts, on both engines: once, in order, refused in words, and right under parallel writers."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from tests.cast import Cast
from tests.histories import BAR
from tests.records import START, FakeClock, new_quiz, record, viewer
from training.clearance import service as clearance
from training.clearance import store
from training.clearance.service import Recorded
from training.db import reading, transaction
from training.errors import Conflict, Invalid, NotAllowed, NotFound, Refused, TrainingError
from training.evidence.domain import (
    FoundingConfirmed,
    Kind,
    QuizPassed,
    Suspended,
    SuspensionLifted,
    Voided,
)

# ---- record


def test_a_fact_recorded_twice_under_one_key_is_recorded_once(spa: Cast) -> None:
    first = record(new_quiz(spa.trainee))
    again = record(new_quiz(spa.trainee))
    assert (first.already, again.already) == (False, True)
    assert again.fact == first.fact
    assert len(clearance.facts_of(reading(), spa.trainee)) == 1


def test_another_fact_under_a_used_key_is_refused(spa: Cast) -> None:
    record(new_quiz(spa.trainee))
    with pytest.raises(Conflict):
        record(new_quiz(spa.stranger, actor_id=spa.stranger))
    payload = QuizPassed(module="M9", attempt_id="a" * 16, number=1, score=19, available=20)
    with pytest.raises(Conflict):
        record(new_quiz(spa.trainee, payload=payload))


def test_recorded_at_is_read_under_the_lock_and_never_runs_backwards(spa: Cast, ticking: FakeClock) -> None:
    first = record(new_quiz(spa.trainee)).fact
    ticking.forward(hours=-1)
    second = record(new_quiz(spa.trainee, key="two")).fact
    assert second.recorded_at == first.recorded_at
    ticking.forward(hours=3)
    assert record(new_quiz(spa.trainee, key="three")).fact.recorded_at == ticking.at


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"happened_at": START + timedelta(hours=2)}, Invalid),
        ({"happened_at": datetime(2026, 1, 1)}, Invalid),  # noqa: DTZ001 - a moment without a zone
        ({"zone": "Mars/Olympus"}, Invalid),
        ({"payload": Suspended(serious=False)}, Invalid),
        ({"payload": QuizPassed(module="M3", attempt_id="a", number=1, score=21, available=20)}, Invalid),
        ({"about": "nothing000000000"}, NotFound),
        ({"kind": Kind.SUSPENDED, "payload": Suspended(serious=False)}, NotAllowed),
        ({"kind": Kind.SUSPENDED, "payload": Suspended(serious=False), "actor_id": None}, NotAllowed),
        ({"texts": {"note": "\ud800"}}, Invalid),
        ({"texts": {"note": "\x00"}}, Invalid),
        ({"payload": QuizPassed(module="\ud800", attempt_id="a", number=1, score=1, available=2)}, Invalid),
    ],
)
def test_what_cannot_be_recorded_is_refused_and_leaves_nothing(
    spa: Cast, changes: dict[str, object], error: type[TrainingError]
) -> None:
    with pytest.raises(error):
        record(new_quiz(spa.trainee, **changes))
    assert clearance.facts_of(reading(), spa.trainee) == ()


def test_a_lift_a_void_and_a_confirmation_say_what_they_are_about(spa: Cast) -> None:
    quiz = record(new_quiz(spa.trainee)).fact.id
    for kind, payload in (
        (Kind.SUSPENSION_LIFTED, SuspensionLifted()),
        (Kind.VOIDED, Voided()),
        (Kind.FOUNDING_CONFIRMED, FoundingConfirmed()),
    ):
        changes = {"kind": kind, "payload": payload, "actor_id": spa.manager, "key": f"{kind}"}
        with pytest.raises(Invalid):
            record(new_quiz(spa.trainee, **changes))
        if kind is not Kind.VOIDED:
            with pytest.raises(Refused):
                record(new_quiz(spa.trainee, about=quiz, **changes))


def test_an_empty_text_is_not_kept(spa: Cast) -> None:
    fact = record(new_quiz(spa.trainee, texts={"issuer": "", "reference": "LIC-1"})).fact
    assert set(fact.texts) == {"reference"}
    assert clearance.texts_of(reading(), [fact.id]) == {fact.id: {"reference": "LIC-1"}}


# ---- many at once


def at_once(app: Flask, *acts: Callable[[], object]) -> list[object]:
    """Run every act in a thread of its own, all let go together; what each gave or raised."""
    gate, done = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], object]) -> None:
        with app.app_context():
            gate.wait()
            try:
                done[number] = act()  # type: ignore[call-overload]
            except Exception as error:
                done[number] = error  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return list(done)


def test_sixteen_writers_of_one_chain_give_sixteen_links_in_order(engine_app: Flask, spa: Cast) -> None:
    def act(number: int) -> Callable[[], object]:
        return lambda: record(new_quiz(spa.trainee, key=f"q{number}"))

    reading().rollback()
    results = at_once(engine_app, *(act(number) for number in range(16)))
    assert all(isinstance(one, Recorded) for one in results), results
    assert [fact.seq for fact in clearance.facts_of(reading(), spa.trainee)] == list(range(1, 17))
    state = store.find_state(reading(), spa.trainee)
    assert state is not None
    assert state.last_seq == 16


def test_one_key_sent_by_eight_at_once_is_one_fact(engine_app: Flask, spa: Cast) -> None:
    reading().rollback()
    results = at_once(engine_app, *([lambda: record(new_quiz(spa.trainee))] * 8))
    assert all(isinstance(one, Recorded) for one in results), results
    assert sorted(one.already for one in results if isinstance(one, Recorded)) == [False] + [True] * 7


def test_two_people_who_act_on_each_other_do_not_lock_each_other_out(engine_app: Flask, spa: Cast) -> None:
    def act(person: str, by: str, number: int) -> Callable[[], object]:
        new = new_quiz(
            person,
            kind=Kind.SUSPENDED,
            payload=Suspended(serious=False),
            actor_id=by,
            key=f"{person}{number}",
        )
        return lambda: record(new)

    reading().rollback()
    pairs = [(spa.senior, spa.manager), (spa.manager, spa.senior)] * 6
    results = at_once(engine_app, *(act(person, by, number) for number, (person, by) in enumerate(pairs)))
    assert all(isinstance(one, Recorded) for one in results), results


def test_a_confirmation_is_given_once_however_many_try(engine_app: Flask, spa: Cast) -> None:
    proposal = clearance.propose_founding(viewer(spa.manager), spa.senior, authorisation=BAR, reason="Trained").fact
    confirmer = viewer(spa.administrator)
    reading().rollback()
    results = at_once(engine_app, *([lambda: clearance.confirm_founding(confirmer, spa.senior, proposal.id)] * 6))
    assert sum(isinstance(one, Recorded) for one in results) == 1
    assert sum(isinstance(one, Refused) for one in results) == 5


def test_nothing_is_recorded_while_a_policy_is_being_published(engine_app: Flask, spa: Cast) -> None:
    reading().rollback()
    published, order = threading.Event(), []

    def publish() -> None:
        with transaction() as session:
            clearance.hold_rulebook(session)
            published.set()
            time.sleep(0.5)
            order.append("published")

    def put() -> None:
        published.wait(30)
        record(new_quiz(spa.trainee))
        order.append("recorded")

    results = at_once(engine_app, publish, put)
    assert results == [None, None]
    assert order == ["published", "recorded"]
