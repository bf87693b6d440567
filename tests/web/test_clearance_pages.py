"""The desk's acts in the browser: what will happen is said first, it happens at once, and never twice."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import records
from tests.cast import Cast
from tests.histories import BAR
from training import clock
from training.clearance import service as clearance
from training.clearance.domain import Status
from training.db import reading
from training.evidence.domain import Fact, Kind
from training.people.service import viewer_of

REASON = "Worked with the bar tagged out <b>twice</b>"
WAY_BACK = "Show the twelve checks to Tolu"


@pytest.fixture
def desk(app: Flask, cast: Cast, client: FlaskClient) -> FlaskClient:
    """The manager's browser; the trainee is cleared."""
    with app.app_context():
        records.publish()
        records.clear(cast, cast.trainee)
    return cast.sign_in(client, cast.manager)


def key_in(page: str) -> str:
    found = re.search(r'name="key"[^>]*value="([a-z0-9]{16})"', page)
    assert found, page
    return found[1]


def standing(app: Flask, person_id: str, at: datetime | None = None):  # type: ignore[no-untyped-def]
    with app.app_context():
        now = clock.now()
        return clearance.standing_of(reading(), person_id=person_id, authorisation=BAR, at=at or now, known_at=now)


def facts(app: Flask, person_id: str) -> tuple[Fact, ...]:
    with app.app_context():
        return clearance.facts_of(reading(), person_id)


def suspend_page(cast: Cast, authorisation: str = BAR) -> str:
    return f"/people/{cast.trainee}/suspend?authorisation={authorisation}"


def suspend(desk: FlaskClient, cast: Cast, authorisation: str = BAR, **changes: str):  # type: ignore[no-untyped-def]
    address = suspend_page(cast, authorisation)
    data = {"key": key_in(desk.get(address).text), "reason": REASON, "way_back": WAY_BACK, **changes}
    return desk.post(address, data=data)


# ---- suspend


def test_the_page_says_what_will_happen_and_the_button_says_it_too(desk: FlaskClient, cast: Cast) -> None:
    page = desk.get(suspend_page(cast)).text
    assert "<h1>Suspend Ashiatsu on the bar</h1>" in page
    assert re.search(r"<button[^>]*>Suspend Ashiatsu on the bar</button>", page)
    assert "May not work. Suspended in this authorisation since" in page
    assert "Now: May work: Ashiatsu on the bar, provisional" in page


def test_suspending_takes_effect_at_the_very_next_request(app: Flask, desk: FlaskClient, cast: Cast) -> None:
    before = datetime.now(UTC)
    answer = suspend(desk, cast, review_on=(date.today() + timedelta(days=20)).isoformat())  # noqa: DTZ011
    assert answer.status_code == 302
    assert answer.location == f"/people/{cast.trainee}"
    assert standing(app, cast.trainee).status is Status.SUSPENDED
    assert standing(app, cast.trainee, before).may_work
    page = desk.get(answer.location).text
    assert "Suspended: Ashiatsu on the bar." in page
    assert "Suspended" in desk.get("/register").text


def test_a_reason_and_the_way_back_are_asked_for_and_nothing_is_recorded_without(
    app: Flask, desk: FlaskClient, cast: Cast
) -> None:
    for missing in ("reason", "way_back"):
        answer = suspend(desk, cast, **{missing: "  "})
        assert answer.status_code == 422
        assert "One thing to put right" in answer.text
    assert suspend(desk, cast, review_on="2020-01-01").status_code == 422
    assert suspend(desk, cast, review_on="soon").status_code == 422
    assert suspend(desk, cast, reason="x" * 2001).status_code == 422
    answer = suspend(desk, cast, reason="", way_back="kept as typed")
    assert "kept as typed" in answer.text
    assert standing(app, cast.trainee).may_work


def test_sending_the_form_twice_is_the_same_as_once(app: Flask, desk: FlaskClient, cast: Cast) -> None:
    data = {"key": key_in(desk.get(suspend_page(cast)).text), "reason": REASON, "way_back": WAY_BACK}
    assert desk.post(suspend_page(cast), data=data).status_code == 302
    again = desk.post(suspend_page(cast), data=data)
    assert again.status_code == 302
    assert "Already recorded on" in desk.get(again.location).text
    assert [fact.kind for fact in facts(app, cast.trainee)].count(Kind.SUSPENDED) == 1
    assert desk.get(suspend_page(cast)).status_code == 409


@pytest.mark.parametrize("key", ["", "short", "A" * 16, "x" * 300, "quiz_passed:aaaa"])
def test_a_key_of_another_shape_is_refused(app: Flask, desk: FlaskClient, cast: Cast, key: str) -> None:
    data = {"key": key, "reason": REASON, "way_back": WAY_BACK}
    assert desk.post(suspend_page(cast), data=data).status_code == 422
    assert standing(app, cast.trainee).may_work


def test_every_authorisation_at_once(app: Flask, desk: FlaskClient, cast: Cast) -> None:
    assert "Suspend every authorisation" in desk.get(suspend_page(cast)).text
    assert suspend(desk, cast, "all").status_code == 302
    assert facts(app, cast.trainee)[-1].authorisation is None
    assert standing(app, cast.trainee).status is Status.SUSPENDED


def test_an_address_without_an_authorisation_is_refused(desk: FlaskClient, cast: Cast) -> None:
    for page in ("suspend", "founding"):
        answer = desk.get(f"/people/{cast.trainee}/{page}")
        assert answer.status_code == 422
        assert "does not say which authorisation" in answer.text


@pytest.mark.parametrize("authorisation", ["chavutti-rope", "ashiatsu-bar'--"])
def test_an_authorisation_the_policy_does_not_have_is_not_found(
    desk: FlaskClient, cast: Cast, authorisation: str
) -> None:
    assert desk.get(suspend_page(cast, authorisation)).status_code == 404


def test_what_is_typed_is_shown_as_text(desk: FlaskClient, cast: Cast, app: Flask) -> None:
    suspend(desk, cast)
    fact = facts(app, cast.trainee)[-1]
    page = desk.get(f"/people/{cast.trainee}/suspensions/{fact.id}/lift").text
    assert "&lt;b&gt;twice&lt;/b&gt;" in page
    assert "<b>twice" not in page


# ---- lift


def test_lifting_shows_the_suspension_and_what_follows_and_ends_it(app: Flask, desk: FlaskClient, cast: Cast) -> None:
    suspend(desk, cast)
    fact = facts(app, cast.trainee)[-1]
    address = f"/people/{cast.trainee}/suspensions/{fact.id}/lift"
    page = desk.get(address).text
    assert WAY_BACK in page
    assert "Lift the suspension of Ashiatsu on the bar</button>" in page
    assert "May work: Ashiatsu on the bar, provisional" in page
    assert desk.post(address, data={"key": key_in(page), "reason": ""}).status_code == 422
    answer = desk.post(address, data={"key": key_in(page), "reason": "Shown on Tuesday"})
    assert answer.status_code == 302
    assert standing(app, cast.trainee).may_work
    assert desk.get(address).status_code == 409


def test_a_serious_suspension_is_lifted_by_somebody_else(app: Flask, desk: FlaskClient, cast: Cast) -> None:
    suspend(desk, cast, serious="y")
    fact = facts(app, cast.trainee)[-1]
    address = f"/people/{cast.trainee}/suspensions/{fact.id}/lift"
    page = desk.get(address).text
    assert "This takes a second person" in page
    assert "<textarea" not in page
    assert desk.post(address, data={"key": "a" * 16, "reason": "Done"}).status_code == 403
    assert standing(app, cast.trainee).status is Status.SUSPENDED
    other = cast.sign_in(app.test_client(), cast.administrator)
    key = key_in(other.get(address).text)
    assert other.post(address, data={"key": key, "reason": "Done"}).status_code == 302
    assert standing(app, cast.trainee).may_work


# ---- void


def test_voiding_says_what_follows_and_leaves_both_facts(app: Flask, desk: FlaskClient, cast: Cast) -> None:
    practical = facts(app, cast.trainee)[-1]
    address = f"/people/{cast.trainee}/facts/{practical.id}/void"
    page = desk.get(address).text
    assert "Practical passed, Ashiatsu on the bar" in page
    assert "May not work on clients yet: 4 of 5 requirements met." in page
    assert desk.post(address, data={"key": key_in(page), "reason": ""}).status_code == 422
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    late = desk.post(address, data={"key": key_in(page), "reason": "Wrong", "from_on": tomorrow})
    assert late.status_code == 422
    assert desk.post(address, data={"key": key_in(page), "reason": "Wrong sheet"}).status_code == 302
    assert standing(app, cast.trainee).status is Status.IN_TRAINING
    assert [fact.kind for fact in facts(app, cast.trainee)[-2:]] == [Kind.PRACTICAL_SIGNED, Kind.VOIDED]
    assert desk.get(address).status_code == 409


def test_a_suspension_cannot_be_voided(app: Flask, desk: FlaskClient, cast: Cast) -> None:
    suspend(desk, cast)
    fact = facts(app, cast.trainee)[-1]
    address = f"/people/{cast.trainee}/facts/{fact.id}/void"
    assert desk.get(address).status_code == 409
    assert desk.post(address, data={"key": "a" * 16, "reason": "Mistake"}).status_code == 409
    assert standing(app, cast.trainee).status is Status.SUSPENDED


# ---- founding


def test_founding_is_proposed_by_one_and_confirmed_by_another(app: Flask, desk: FlaskClient, cast: Cast) -> None:
    with app.app_context():
        records.documents(cast.senior, by=cast.manager)
    address = f"/people/{cast.senior}/founding?authorisation={BAR}"
    page = desk.get(address).text
    assert "Propose Tolu Adeyemi as founding assessor</button>" in page
    assert desk.post(address, data={"key": key_in(page), "reason": " "}).status_code == 422
    assert desk.post(address, data={"key": key_in(page), "reason": "Trained elsewhere"}).status_code == 302
    assert "This takes a second person" in desk.get(address).text
    proposal = facts(app, cast.senior)[-1]
    confirm = f"/people/{cast.senior}/founding/{proposal.id}/confirm"
    assert desk.post(confirm, data={"key": "a" * 16, "reason": "Me again"}).status_code == 403
    assert not standing(app, cast.senior).may_work
    other = cast.sign_in(app.test_client(), cast.administrator)
    page = other.get(address).text
    assert "Confirm Tolu Adeyemi as founding assessor</button>" in page
    assert "Trained elsewhere" in page
    assert "May work: Ashiatsu on the bar, certified, up to L3" in page
    assert other.post(confirm, data={"key": key_in(page), "reason": ""}).status_code == 422
    assert other.post(confirm, data={"key": key_in(page), "reason": "Seen at work"}).status_code == 302
    assert standing(app, cast.senior).assessor


# ---- who may


def test_strangers_are_not_even_there_and_oneself_is_refused(app: Flask, desk: FlaskClient, cast: Cast) -> None:
    fact = facts(app, cast.trainee)[-1]
    addresses = [
        suspend_page(cast),
        f"/people/{cast.trainee}/suspensions/{fact.id}/lift",
        f"/people/{cast.trainee}/facts/{fact.id}/void",
        f"/people/{cast.trainee}/founding?authorisation={BAR}",
    ]
    elsewhere = cast.sign_in(app.test_client(), cast.other_manager)
    senior = cast.sign_in(app.test_client(), cast.senior)
    data = {"key": "a" * 16, "reason": "x", "way_back": "y"}
    for address in addresses:
        assert elsewhere.get(address).status_code == 404
        assert elsewhere.post(address, data=data).status_code == 404
        assert senior.get(address).status_code == 403
        assert senior.post(address, data=data).status_code == 403
    assert desk.get(f"/people/{cast.manager}/suspend?authorisation={BAR}").status_code == 403
    assert desk.get(f"/people/{cast.trainee}/suspensions/{fact.id}/lift").status_code == 404
    assert len(facts(app, cast.trainee)) == 5


def test_a_fact_of_somebody_else_is_not_found_under_this_person(app: Flask, desk: FlaskClient, cast: Cast) -> None:
    with app.app_context():
        foreign = records.quiz(cast.senior, "M3")
    assert desk.get(f"/people/{cast.trainee}/facts/{foreign}/void").status_code == 404


def test_reading_a_page_records_nothing(app: Flask, desk: FlaskClient, cast: Cast) -> None:
    desk.get(suspend_page(cast))
    desk.get(f"/people/{cast.trainee}/founding?authorisation={BAR}")
    with app.app_context():
        assert viewer_of(reading(), cast.manager, at=clock.now()).person_id == cast.manager
    assert len(facts(app, cast.trainee)) == 5
