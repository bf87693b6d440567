"""How many tries, how long between them, and the two ways into a new round: a pass that ends, and a release."""

import re
from collections import Counter
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.cast import Cast
from tests.quizzes import SLUG, SmallQuiz, publish_quiz, shown, take
from training import clock
from training.attempts import store
from training.clearance import service as clearance
from training.db import reading
from training.evidence.domain import QuizPassed
from training.extensions import db

NOW = clock.now()


@pytest.fixture
def quiz(app: Flask) -> SmallQuiz:
    return publish_quiz(app)


@pytest.fixture
def learner(client: FlaskClient, cast: Cast, quiz: SmallQuiz) -> FlaskClient:
    return cast.sign_in(client, cast.trainee)


class Clock:
    """The moment the app believes it is."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **time: float) -> None:
        self.at += timedelta(**time)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(clock, "now", made)
    return made


def text(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def passes(app: Flask, person_id: str) -> list[QuizPassed]:
    with app.app_context():
        facts = clearance.facts_of(reading(), person_id)
        return [fact.payload for fact in facts if isinstance(fact.payload, QuizPassed)]


def test_the_next_try_waits_asks_other_questions_and_the_limit_holds(
    app: Flask, learner: FlaskClient, cast: Cast, quiz: SmallQuiz, time: Clock
) -> None:
    asked: Counter[str] = Counter()
    for number in (1, 2, 3):
        attempt_id = take(learner, app, quiz, cast.trainee, wrong=10)
        asked.update(item_id for item_id, _ in shown(app, attempt_id, cast.trainee))
        learner.post(f"/attempts/{attempt_id}/submit")
        if number == 2:
            assert max(asked.values()) == 1, "twelve items an objective, six and four drawn: no repeat on a second try"
        early = learner.post(f"/modules/{SLUG}/quiz")
        assert early.status_code == 409
        time.pass_(hours=23, minutes=59)
        cast.sign_in(learner, cast.trainee)
        assert learner.post(f"/modules/{SLUG}/quiz").status_code == 409
        time.pass_(minutes=2)
    refused = learner.post(f"/modules/{SLUG}/quiz")
    assert refused.status_code == 409
    assert "All 3 tries are used." in refused.text
    assert "ask your manager to open a new round" in text(learner.get(f"/modules/{SLUG}/quiz").text)


def test_after_a_pass_no_try_is_needed_until_the_renewal_window(
    app: Flask, learner: FlaskClient, cast: Cast, quiz: SmallQuiz, time: Clock
) -> None:
    attempt_id = take(learner, app, quiz, cast.trainee)
    learner.post(f"/attempts/{attempt_id}/submit")
    page = text(learner.get(f"/modules/{SLUG}/quiz").text)
    assert "It is valid through" in page
    assert "Start the quiz" not in page
    assert learner.post(f"/modules/{SLUG}/quiz").status_code == 409
    time.pass_(days=333)
    cast.sign_in(learner, cast.trainee)
    assert learner.post(f"/modules/{SLUG}/quiz").status_code == 409
    time.pass_(days=4)
    cast.sign_in(learner, cast.trainee)
    second = take(learner, app, quiz, cast.trainee)
    learner.post(f"/attempts/{second}/submit")
    assert [one.number for one in passes(app, cast.trainee)] == [1, 1]
    with app.app_context():
        attempts = store.list_attempts(reading(), cast.trainee, "M3")
    assert [(one.cycle, one.number) for one in attempts] == [(1, 1), (2, 1)]


def use_up(app: Flask, client: FlaskClient, cast: Cast, quiz: SmallQuiz, time: Clock) -> None:
    for _ in range(3):
        attempt_id = take(client, app, quiz, cast.trainee, wrong=10)
        client.post(f"/attempts/{attempt_id}/submit")
        time.pass_(hours=25)
        cast.sign_in(client, cast.trainee)


def test_a_manager_opens_a_new_round_once_with_a_reason(
    app: Flask, learner: FlaskClient, cast: Cast, quiz: SmallQuiz, time: Clock
) -> None:
    manager = cast.sign_in(app.test_client(), cast.manager)
    path = f"/people/{cast.trainee}/quizzes"
    early = manager.post(f"{path}/{SLUG}/release", data={"reason": "She asked."})
    assert early.status_code == 409
    use_up(app, learner, cast, quiz, time)
    cast.sign_in(manager, cast.manager)
    assert "All tries of this round are used" in manager.get(path).text
    without = manager.post(f"{path}/{SLUG}/release", data={"reason": "  "})
    assert without.status_code == 422
    assert "Say why the new round is opened." in without.text
    opened = manager.post(f"{path}/{SLUG}/release", data={"reason": "We went through the loin together."})
    assert opened.location == path
    assert "We went through the loin together." in manager.get(path).text
    assert manager.post(f"{path}/{SLUG}/release", data={"reason": "Again."}).status_code == 409
    assert learner.post(f"/modules/{SLUG}/quiz").status_code == 302
    with app.app_context():
        attempts = store.list_attempts(reading(), cast.trainee, "M3")
    assert [(one.cycle, one.number) for one in attempts] == [(1, 1), (1, 2), (1, 3), (2, 1)]


def test_a_round_is_opened_by_her_own_managers_alone(
    app: Flask, learner: FlaskClient, cast: Cast, quiz: SmallQuiz, time: Clock
) -> None:
    use_up(app, learner, cast, quiz, time)
    path = f"/people/{cast.trainee}/quizzes/{SLUG}/release"
    reason = {"reason": "We went through it."}
    assert learner.post(path, data=reason).status_code == 403
    assert cast.sign_in(app.test_client(), cast.senior).post(path, data=reason).status_code == 403
    assert cast.sign_in(app.test_client(), cast.other_manager).post(path, data=reason).status_code == 404
    assert cast.sign_in(app.test_client(), cast.administrator).post(path, data=reason).status_code == 302


def test_the_pages_ask_as_many_questions_of_the_database_however_much_there_is(
    app: Flask, learner: FlaskClient, cast: Cast, quiz: SmallQuiz, time: Clock
) -> None:
    manager = cast.sign_in(app.test_client(), cast.manager)
    asked: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))

    def queries(client: FlaskClient, path: str) -> int:
        client.get(path)
        asked.clear()
        assert client.get(path).status_code == 200
        return sum(not one.startswith(("BEGIN", "PRAGMA")) for one in asked)

    first = learner.post(f"/modules/{SLUG}/quiz").location.removesuffix("/1")
    question, review = queries(learner, f"{first}/1"), queries(learner, f"{first}/review")
    rules, hers = queries(learner, f"/modules/{SLUG}/quiz"), queries(manager, f"/people/{cast.trainee}/quizzes")
    assert question == 3  # who asks, the attempt, its answers
    learner.post(f"{first}/submit")
    time.pass_(hours=25)
    cast.sign_in(learner, cast.trainee)
    cast.sign_in(manager, cast.manager)
    second = f"/attempts/{take(learner, app, quiz, cast.trainee)}"
    assert (queries(learner, f"{second}/1"), queries(learner, f"{second}/review")) == (question, review)
    assert queries(learner, f"/modules/{SLUG}/quiz") == rules
    assert queries(manager, f"/people/{cast.trainee}/quizzes") == hers
