"""Nothing of a key, nor anything that goes with it, leaves the server before submission."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.quizzes import SLUG, publish_quiz, shown, take
from training import clock
from training.courses import service as courses
from training.courses.domain.publication import Change, Draft, Kind
from training.db import transaction

NOW = clock.now()
SECRET = "zq7Xv9planted"


def test_nothing_of_the_key_leaves_the_server_before_submission(app: Flask, client: FlaskClient, cast: Cast) -> None:
    quiz = publish_quiz(app, why=SECRET)
    cast.sign_in(client, cast.trainee)
    served = [client.get(f"/modules/{SLUG}/quiz").get_data()]
    attempt_id = take(client, app, quiz, cast.trainee)
    for place in range(1, 11):
        page = client.get(f"/attempts/{attempt_id}/{place}")
        assert page.status_code == 200
        saved = client.post(
            f"/attempts/{attempt_id}/{place}",
            data={"answer": re.findall(r'value="([^"]+)" checked', page.text)},
            headers={"Accept": "application/json"},
        )
        wrong = client.post(f"/attempts/{attempt_id}/{place}", data={"answer": "nonsense"})
        served += [answer.get_data() + str(answer.headers).encode() for answer in (page, saved, wrong)]
    served.append(client.get(f"/attempts/{attempt_id}/review").get_data())
    served.append(client.get(f"/attempts/{attempt_id}/result").get_data())
    assert not [piece for piece in served if SECRET.encode() in piece]
    ids = {item_id.encode() for item_id, _ in shown(app, attempt_id, cast.trainee)}
    assert not [piece for piece in served for id_ in ids if id_ in piece]
    client.post(f"/attempts/{attempt_id}/submit")
    assert SECRET in client.get(f"/attempts/{attempt_id}/result").text


def test_the_pages_are_the_same_to_the_byte_whatever_the_key_is(
    app: Flask, client: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Turn every key over, draw with the same seed, and compare what is served."""
    monkeypatch.setattr("training.attempts.service.taking.secrets.token_hex", lambda _size: "5eed" * 8)
    monkeypatch.setattr("training.attempts.service.taking.new_id", lambda: "attempt000000001")
    monkeypatch.setattr(clock, "now", lambda: NOW)
    quiz = publish_quiz(app)
    cast.sign_in(client, cast.trainee)
    client.post(f"/modules/{SLUG}/quiz")
    first = [client.get(f"/attempts/attempt000000001/{place}").text for place in range(1, 11)]
    assert all("Save and" in page for page in first)
    body = quiz.bank.to_body()
    for item in body["items"]:
        task = item["task"]
        for option in task.get("options", ()):
            option["right"] = not option["right"]
        if "right" in task:
            task["right"], task["wrong"] = ["r09" if task["right"] == ["r01"] else "r01"], {}
    with app.app_context(), transaction() as session:
        draft = Draft(kind=Kind.BANK, key="M3", revision=None, change=Change.MAJOR, body=body)
        courses.publish(session, [draft], by=None, at=NOW, reason="The other way round")
    other = cast.sign_in(app.test_client(), cast.senior)
    monkeypatch.setattr("training.attempts.service.taking.new_id", lambda: "attempt000000002")
    other.post(f"/modules/{SLUG}/quiz")
    second = [other.get(f"/attempts/attempt000000002/{place}").text for place in range(1, 11)]
    plain = [
        [page.replace("attempt000000002", "attempt000000001").replace("Tolu Adeyemi", "Priya Nair") for page in pages]
        for pages in (first, second)
    ]
    mains = [[page[page.index("<main") : page.index("</main>")] for page in pages] for pages in plain]
    assert [re.sub(r"csrf_token.*?>", "", page) for page in mains[0]] == [
        re.sub(r"csrf_token.*?>", "", page) for page in mains[1]
    ]
