"""Taking a quiz through its pages, without JavaScript and as the script does it."""

import re
from collections import Counter

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.quizzes import DRAW, SLUG, SmallQuiz, publish_quiz, shown, take, tokens
from training import clock
from training.attempts import store
from training.clearance import service as clearance
from training.courses import service as courses
from training.courses.domain.publication import Change, Draft, Kind
from training.db import reading, transaction
from training.evidence.domain import QuizPassed

NOW = clock.now()


@pytest.fixture
def quiz(app: Flask) -> SmallQuiz:
    return publish_quiz(app)


@pytest.fixture
def learner(client: FlaskClient, cast: Cast, quiz: SmallQuiz) -> FlaskClient:
    return cast.sign_in(client, cast.trainee)


def text(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def passes(app: Flask, person_id: str) -> list[QuizPassed]:
    with app.app_context():
        facts = clearance.facts_of(reading(), person_id)
        return [fact.payload for fact in facts if isinstance(fact.payload, QuizPassed)]


def test_the_rules_are_shown_before_starting(learner: FlaskClient) -> None:
    page = text(learner.get(f"/modules/{SLUG}/quiz").text)
    for expected in (
        "Questions 10 drawn for you from 24",
        "Pass mark 8 of 10 80 %",
        "Must-know 6 of 6 one wrong and the quiz is not passed",
        "Tries 3 24 hours between two of them",
        "You have 3 tries, with 24 hours between them.",
        "Start the quiz",
    ):
        assert expected in page


def test_a_quiz_is_taken_and_passed_and_the_pass_is_on_record_once(
    app: Flask, learner: FlaskClient, cast: Cast, quiz: SmallQuiz
) -> None:
    attempt_id = take(learner, app, quiz, cast.trainee)
    assert "Every question has an answer." in learner.get(f"/attempts/{attempt_id}/review").text
    for _ in range(2):
        answer = learner.post(f"/attempts/{attempt_id}/submit")
        assert answer.location == f"/attempts/{attempt_id}/result"
    page = text(learner.get(f"/attempts/{attempt_id}/result").text)
    assert "10 of 10 right, and 6 of 6 must-know questions." in page
    [passed] = passes(app, cast.trainee)
    assert passed == QuizPassed(module="M3", attempt_id=attempt_id, number=1, score=10, available=10)
    with app.app_context():
        [fact] = clearance.facts_of(reading(), cast.trainee)
        attempt = store.get_attempt(reading(), attempt_id, person_id=cast.trainee)
    assert fact.key == f"quiz_passed:{attempt_id}"
    assert fact.zone == "Europe/London"
    assert fact.revisions == attempt.revisions
    assert {"bank:M3", "module:M3", "numbers"} <= set(fact.revisions)


def test_one_wrong_must_know_answer_is_not_a_pass_whatever_the_total(
    app: Flask, learner: FlaskClient, cast: Cast, quiz: SmallQuiz
) -> None:
    attempt_id = take(learner, app, quiz, cast.trainee)
    places = shown(app, attempt_id, cast.trainee)
    place, (item_id, order) = next(
        (place, one) for place, one in enumerate(places, start=1) if quiz.bank.item(one[0]).objective == "SAF-1"
    )
    learner.post(f"/attempts/{attempt_id}/{place}", data={"answer": tokens(order, quiz.wrong(item_id))})
    learner.post(f"/attempts/{attempt_id}/submit")
    page = text(learner.get(f"/attempts/{attempt_id}/result").text)
    assert "9 of 10 reaches the pass mark, but 1 must-know question went wrong" in page
    assert passes(app, cast.trainee) == []


def test_each_answer_is_kept_as_given_and_survives_closing_the_browser(
    app: Flask, learner: FlaskClient, cast: Cast, quiz: SmallQuiz
) -> None:
    begun = learner.post(f"/modules/{SLUG}/quiz")
    attempt_id = begun.location.split("/")[2]
    for place in (1, 2, 3):
        answer = learner.post(f"/attempts/{attempt_id}/{place}", data={"answer": "r01", "to": "next"})
        if answer.status_code == 422:
            answer = learner.post(f"/attempts/{attempt_id}/{place}", data={"answer": "2", "to": "next"})
        assert answer.location == f"/attempts/{attempt_id}/{place + 1}"
    other = cast.sign_in(app.test_client(), cast.trainee)
    page = other.get(f"/modules/{SLUG}/quiz").text
    assert "Go on with question 4" in page
    assert other.post(f"/modules/{SLUG}/quiz").location == f"/attempts/{attempt_id}/4"
    assert 'value="2" checked' in other.get(f"/attempts/{attempt_id}/1").text.replace("r01", "2")
    assert "Saved" in text(other.get(f"/attempts/{attempt_id}/1").text)


def test_the_script_hears_saved_or_why_not(app: Flask, learner: FlaskClient, cast: Cast, quiz: SmallQuiz) -> None:
    attempt_id = learner.post(f"/modules/{SLUG}/quiz").location.split("/")[2]
    item_id, order = shown(app, attempt_id, cast.trainee)[0]
    json = {"Accept": "application/json"}
    chosen = {"answer": tokens(order, quiz.right(item_id))}
    told = learner.post(f"/attempts/{attempt_id}/1", data=chosen, headers=json)
    assert told.json is not None
    assert told.json["complete"] is True
    assert re.fullmatch(r"Saved \d\d:\d\d", told.json["says"])
    wrong = learner.post(f"/attempts/{attempt_id}/1", data={"answer": "zz"}, headers=json)
    assert wrong.status_code == 422
    assert wrong.json is not None
    assert "Open the question again" in wrong.json["error"]
    learner.post(f"/attempts/{attempt_id}/submit")
    late = learner.post(f"/attempts/{attempt_id}/1", data=chosen, headers=json)
    assert late.status_code == 409
    assert late.json is not None
    assert "is submitted" in late.json["error"]


def test_an_answer_can_be_taken_back(app: Flask, learner: FlaskClient, cast: Cast, quiz: SmallQuiz) -> None:
    attempt_id = learner.post(f"/modules/{SLUG}/quiz").location.split("/")[2]
    learner.post(f"/attempts/{attempt_id}/1", data={"answer": []})
    item_id, order = shown(app, attempt_id, cast.trainee)[0]
    learner.post(f"/attempts/{attempt_id}/1", data={"answer": tokens(order, quiz.right(item_id))})
    assert "1 of 10 answered" in text(learner.get(f"/attempts/{attempt_id}/review").text)
    learner.post(f"/attempts/{attempt_id}/1", data={"answer": []})
    assert "0 of 10 answered" in text(learner.get(f"/attempts/{attempt_id}/review").text)


def test_submitting_with_gaps_names_each_of_them(app: Flask, learner: FlaskClient, cast: Cast, quiz: SmallQuiz) -> None:
    attempt_id = take(learner, app, quiz, cast.trainee)
    for place in (3, 7):
        learner.post(f"/attempts/{attempt_id}/{place}", data={"answer": []})
    page = text(learner.get(f"/attempts/{attempt_id}/review").text)
    assert "Submit with 2 unanswered?" in page
    assert "2 questions will count as wrong: question 3 , question 7 ." in page
    learner.post(f"/attempts/{attempt_id}/submit")
    assert "no answer" in learner.get(f"/attempts/{attempt_id}/result").text


def test_back_goes_back_next_goes_on_and_the_last_looks_over(learner: FlaskClient) -> None:
    attempt_id = learner.post(f"/modules/{SLUG}/quiz").location.split("/")[2]
    assert learner.post(f"/attempts/{attempt_id}/3", data={"to": "back"}).location == f"/attempts/{attempt_id}/2"
    assert learner.post(f"/attempts/{attempt_id}/1", data={"to": "back"}).location == f"/attempts/{attempt_id}/1"
    assert learner.post(f"/attempts/{attempt_id}/10", data={"to": "next"}).location == f"/attempts/{attempt_id}/review"


def test_feedback_comes_after_submission_with_the_must_know_misses_first(
    app: Flask, learner: FlaskClient, cast: Cast, quiz: SmallQuiz
) -> None:
    attempt_id = take(learner, app, quiz, cast.trainee, wrong=10)
    learner.post(f"/attempts/{attempt_id}/submit")
    page = learner.get(f"/attempts/{attempt_id}/result").text
    heads = re.findall(r'class="kicker">Question (\d+)( · ★ must-know)?', page)
    assert len(heads) == 10
    assert [bool(star) for _, star in heads] == [True] * 6 + [False] * 4
    assert page.count("Because.") >= 10
    assert f"/modules/{SLUG}/gap" in page
    assert "0 of 6" in page
    assert "0 of 4" in page


def test_what_was_drawn_is_replayed_from_the_seed(
    app: Flask, learner: FlaskClient, cast: Cast, quiz: SmallQuiz
) -> None:
    from training.questions.domain import draw

    attempt_id = take(learner, app, quiz, cast.trainee)
    with app.app_context():
        attempt = store.get_attempt(reading(), attempt_id, person_id=cast.trainee)
    assert draw(quiz.bank, quiz.module.blueprint, attempt.seed, {}) == attempt.drawn
    assert Counter(quiz.bank.item(one.item_id).objective for one in attempt.drawn) == DRAW


def test_an_open_try_keeps_its_questions_and_keys_when_the_bank_is_published_anew(
    app: Flask, learner: FlaskClient, cast: Cast, quiz: SmallQuiz
) -> None:
    attempt_id = take(learner, app, quiz, cast.trainee)
    body = quiz.bank.to_body()
    for item in body["items"]:
        item["version"] = 2
        item["stem"] = "Quite another moment."
        for option in item["task"].get("options", ()):
            option["right"] = not option["right"]
    with app.app_context(), transaction() as session:
        draft = Draft(kind=Kind.BANK, key="M3", revision=None, change=Change.MAJOR, body=body)
        courses.publish(session, [draft], by=None, at=NOW, reason="New keys")
    assert "Quite another moment." not in learner.get(f"/attempts/{attempt_id}/1").text
    learner.post(f"/attempts/{attempt_id}/submit")
    assert "10 of 10 right" in learner.get(f"/attempts/{attempt_id}/result").text


def test_somebody_elses_attempt_is_not_there(app: Flask, learner: FlaskClient, cast: Cast, quiz: SmallQuiz) -> None:
    attempt_id = take(learner, app, quiz, cast.trainee)
    for person_id in (cast.senior, cast.stranger):
        other = cast.sign_in(app.test_client(), person_id)
        for path in ("1", "review", "result"):
            assert other.get(f"/attempts/{attempt_id}/{path}").status_code == 404
        assert other.post(f"/attempts/{attempt_id}/1", data={"answer": "1"}).status_code == 404
        assert other.post(f"/attempts/{attempt_id}/submit").status_code == 404
    manager = cast.sign_in(app.test_client(), cast.manager)
    assert manager.get(f"/attempts/{attempt_id}/result").status_code == 403


def test_addresses_take_only_our_own_ids_and_plain_digits(learner: FlaskClient) -> None:
    attempt_id = learner.post(f"/modules/{SLUG}/quiz").location.split("/")[2]
    for path in (
        f"/attempts/{attempt_id}/٣",
        f"/attempts/{attempt_id}/0",
        f"/attempts/{attempt_id}/-1",
        f"/attempts/{attempt_id}/11",
        f"/attempts/{attempt_id}/999999",
        f"/attempts/{attempt_id.upper()}/1",
        "/attempts/zzzzzzzzzzzzzzzz/1",
        "/modules/nowhere/quiz",
    ):
        assert learner.get(path).status_code == 404, path
        if "attempts" in path:
            assert learner.post(path, data={"answer": "1"}).status_code == 404, path


@pytest.mark.parametrize("given", [["1"] * 200, ["x" * 5000], ["1' OR 1=1"], ["<script>"], ["\x01"], ["r01", "9"]])
def test_an_answer_the_page_did_not_offer_is_refused_and_nothing_is_lost(
    app: Flask, learner: FlaskClient, cast: Cast, quiz: SmallQuiz, given: list[str]
) -> None:
    attempt_id = take(learner, app, quiz, cast.trainee)
    answer = learner.post(f"/attempts/{attempt_id}/1", data={"answer": given})
    assert answer.status_code == 422
    assert "<script>" not in answer.text
    learner.post(f"/attempts/{attempt_id}/submit")
    assert "10 of 10 right" in learner.get(f"/attempts/{attempt_id}/result").text


def test_submitted_and_open_attempts_lead_to_the_page_that_is_theirs(
    app: Flask, learner: FlaskClient, cast: Cast, quiz: SmallQuiz
) -> None:
    attempt_id = take(learner, app, quiz, cast.trainee)
    assert learner.get(f"/attempts/{attempt_id}/result").location == f"/attempts/{attempt_id}/review"
    learner.post(f"/attempts/{attempt_id}/submit")
    assert learner.get(f"/attempts/{attempt_id}/1").location == f"/attempts/{attempt_id}/result"
    assert learner.get(f"/attempts/{attempt_id}/review").location == f"/attempts/{attempt_id}/result"


def test_without_pass_marks_in_force_no_quiz_can_be_taken(app: Flask, learner: FlaskClient) -> None:
    with app.app_context(), transaction() as session:
        draft = Draft(kind=Kind.NUMBERS, key="numbers", revision=None, change=Change.MAJOR, body={"numbers": []})
        courses.publish(session, [draft], by=None, at=NOW, reason="None left")
    refused = learner.post(f"/modules/{SLUG}/quiz")
    assert refused.status_code == 409
    assert "pass marks" in refused.text
