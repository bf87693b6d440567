"""The main job, end to end: three people at three widths, and a trainee becomes cleared, then is suspended."""

import csv
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from tests.browser.conftest import DESKTOP, PHONE, TABLET, Desk, OpenDesk, served
from training import clock
from training.attempts import store as attempt_store
from training.attempts.service.quizzes import pinned
from training.cli import group
from training.config import ROOT
from training.db import reading
from training.demo import service as demo
from training.people import store as people

pytestmark = pytest.mark.browser
BAR = "ashiatsu-bar"


@pytest.fixture
def spa(engine_app: Flask) -> Iterator[tuple[Flask, str, dict[str, str]]]:
    """The demo spa on each engine, served; with everybody's password by e-mail."""
    with engine_app.app_context():
        demo.publish(ROOT / "content", at=clock.now())
        accounts = demo.make(Path(engine_app.config["TRAINING"].var), tick=clock.now, told=lambda _: None)
    with served(engine_app) as address:
        yield engine_app, address, {one.email: one.password for one in accounts}


def _read_module(trainee: Desk, slug: str, sections: int) -> None:
    trainee.open(f"/modules/{slug}")
    trainee.page.get_by_role("link", name=re.compile("Begin|Start|Continue|Go on", re.IGNORECASE)).first.click()
    for _ in range(sections):
        trainee.page.wait_for_load_state()
        trainee.look(f"section {trainee.page.url.rsplit('/', 1)[1]}")
        trainee.page.get_by_role("button", name="I have read this to the end").click()
    trainee.page.wait_for_load_state()


def _answers(app: Flask, attempt_id: str, email: str) -> list[list[str]]:
    """The tokens of the right answers, from the published bank; the pages never say them."""
    with app.app_context():
        person_id = people.find_person_id(reading(), email)
        assert person_id
        attempt = attempt_store.get_attempt(reading(), attempt_id, person_id=person_id)
        quiz = pinned(reading(), attempt.quiz, attempt.revisions)
        found = []
        for drawn in attempt.drawn:
            task = quiz.item(drawn.item_id).task
            found.append(sorted(task.tokens(task.solution(), drawn.option_order)))
        return found


def _pass_quiz(app: Flask, trainee: Desk, slug: str, email: str) -> None:
    page = trainee.page
    trainee.open(f"/modules/{slug}/quiz")
    page.get_by_role("button", name="Start the quiz").click()
    page.wait_for_url(re.compile(r"/attempts/\w+/1$"))
    attempt_id = page.url.split("/attempts/")[1].split("/")[0]
    looked: set[str] = set()
    for place, tokens in enumerate(_answers(app, attempt_id, email), start=1):
        page.wait_for_url(re.compile(rf"/attempts/\w+/{place}$"))
        names = page.locator("details:not([open]) summary")
        if page.locator("svg.picture").count() and names.count():
            names.first.click()  # the list of regions beside the map
        for token in tokens:
            page.locator(f"input[name=answer][value='{token}']").check()
        kind = (
            "map"
            if page.locator("svg.picture").count()
            else page.locator("input[name=answer]").first.get_attribute("type") or ""
        )
        if kind not in looked:
            looked.add(kind)
            trainee.look(f"question {slug} {kind}")
        page.get_by_role("button", name=re.compile("Save and")).click()
    page.wait_for_url(re.compile("/review$"))
    trainee.look(f"review {slug}")
    page.get_by_role("button", name="Submit the quiz").click()
    page.wait_for_url(re.compile("/result$"))
    assert page.get_by_role("heading", name="Passed", exact=True).is_visible()
    trainee.look(f"result {slug}")


def _verify_documents(manager: Desk, name: str) -> None:
    page = manager.page
    manager.open("/today")
    for _ in range(2):
        manager.open("/register?find=priya")
        page.get_by_role("link", name=name).click()
        page.get_by_role("link", name=re.compile("Documents")).click()
        manager.look("documents to verify")
        page.get_by_role("checkbox").first.check()
        page.get_by_role("button", name="Record as seen").first.click()
        page.wait_for_load_state()


def _observe(senior: Desk, name: str, password: str) -> None:
    page = senior.page
    senior.open("/practicals")
    page.get_by_role("button", name=re.compile(f"Begin with {name}")).click()
    page.wait_for_url(re.compile(r"/practicals/\w{16}"))
    senior.look("sheet, empty")
    lines = page.locator("[data-line]")
    count = lines.count()
    assert count == 25
    for place in range(count):
        line = lines.nth(place)
        line.locator("button[name=mark][value='2']").click()
        line.locator("button[name=mark][value='2'][aria-pressed=true]").wait_for()
    page.locator("[data-meter]").get_by_text("25 of 25").wait_for()
    senior.look("sheet, full")
    page.get_by_role("link", name="Sign").click()
    senior.look("statement")
    page.get_by_label(re.compile("password", re.IGNORECASE)).fill(password)
    page.get_by_role("button", name="Sign and record").click()
    page.wait_for_load_state()
    senior.look("signed sheet")


def _explain(app: Flask, *more: str) -> tuple[int, dict[str, object]]:
    runner: FlaskCliRunner = app.test_cli_runner()
    answer = runner.invoke(group, ["clearance", "explain", "priya@footing.example", BAR, "--json", *more])
    return answer.exit_code, json.loads(answer.output)


def test_a_trainee_becomes_cleared_and_a_suspension_holds_at_once(
    spa: tuple[Flask, str, dict[str, str]], open_desk: OpenDesk
) -> None:
    app, address, passwords = spa
    trainee = open_desk(address, "trainee", PHONE)
    senior = open_desk(address, "senior", TABLET, dark=True)
    manager = open_desk(address, "manager", DESKTOP)
    for desk, email in ((trainee, "priya"), (senior, "tolu"), (manager, "rosa")):
        desk.sign_in(f"{email}@footing.example", passwords[f"{email}@footing.example"])

    assert _explain(app)[0] == 3
    trainee.open("/modules")
    trainee.open("/documents")
    _read_module(trainee, "body-map", 8)
    _pass_quiz(app, trainee, "body-map", "priya@footing.example")
    _read_module(trainee, "overhead-bars", 9)
    _pass_quiz(app, trainee, "overhead-bars", "priya@footing.example")
    _verify_documents(manager, "Priya Nair")
    trainee.open("/my-way")
    assert trainee.page.get_by_text("may observe you").is_visible()
    _observe(senior, "Priya Nair", passwords["tolu@footing.example"])

    trainee.open("/my-way")
    assert trainee.page.get_by_role("heading", name=re.compile("You are cleared, through")).is_visible()
    manager.open("/register?find=priya")
    assert manager.page.get_by_text("Provisional L2").is_visible()
    assert manager.page.get_by_text(re.compile("through .* 2")).first.is_visible()
    manager.open("/register?status=cleared")
    manager.page.get_by_role("link", name="Priya Nair").click()
    manager.look("person, cleared")
    status, told = _explain(app)
    assert (status, told["may_work"], told["grade"], told["load_cap"]) == (0, True, "provisional", "L2")

    before = datetime.now(UTC)
    manager.page.get_by_role("link", name=re.compile("Suspend Ashiatsu on the bar")).click()
    manager.look("suspend")
    manager.page.get_by_label(re.compile("Reason|Why", re.IGNORECASE)).first.fill("Bar used after it was tagged out.")
    manager.page.get_by_label("What leads back").fill("Show the twelve checks again.")
    manager.page.get_by_role("button", name=re.compile("Suspend")).click()
    manager.page.wait_for_load_state()
    manager.look("person, suspended")

    trainee.open("/my-way")
    assert trainee.page.get_by_role("heading", name="You are suspended").is_visible()
    assert trainee.page.get_by_text("Bar used after it was tagged out.").first.is_visible()
    status, told = _explain(app)
    assert (status, told["status"], told["may_work"]) == (3, "suspended", False)
    status, told = _explain(app, "--at", before.isoformat())
    assert (status, told["status"]) == (0, "cleared")
    manager.open("/register?status=suspended")
    assert manager.page.get_by_role("link", name="Priya Nair").is_visible()


def test_the_demo_writes_every_account_where_the_readme_says(app: Flask) -> None:
    with app.app_context():
        demo.publish(ROOT / "content", at=clock.now())
        accounts = demo.make(Path(app.config["TRAINING"].var), tick=clock.now, told=lambda _: None)
        path = Path(app.config["TRAINING"].var) / demo.ACCOUNTS
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["email"] for row in rows] == [one.email for one in accounts]
    assert path.stat().st_mode & 0o777 == 0o600
