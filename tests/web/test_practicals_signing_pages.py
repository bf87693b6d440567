"""The statement, the password under it, and what becomes of a signed sheet."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.cast import PASSWORD, Cast
from tests.practicals import (
    BAR,
    begin,
    fill,
    read_statement,
    set_stage,
    sign_by_form,
    signatures,
    suspend,
    tap,
    ticket_on,
    viewer_of,
)
from training import clock
from training.clearance import service as clearance
from training.db import reading, transaction
from training.evidence.domain import Kind, PracticalSigned
from training.people import service as people_service
from training.people import store as people
from training.practicals import service, store
from training.practicals.domain.observation import State
from training.practicals.domain.result import Mark
from training.practicals.forms import Ticket


@pytest.fixture
def observation_id(app: Flask, cast: Cast) -> str:
    """A full sheet in the senior's hand, every line at the pass level."""
    set_stage(app, cast)
    with app.app_context():
        made = begin(cast)
        fill(cast, made)
        return made


@pytest.fixture
def senior(observation_id: str, cast: Cast, client: FlaskClient) -> FlaskClient:
    return cast.sign_in(client, cast.senior)


def state(app: Flask, observation_id: str) -> State:
    with app.app_context():
        return store.get_observation(reading(), observation_id).state


# ---- the statement


def test_the_statement_names_who_whom_what_and_every_level(senior: FlaskClient, observation_id: str) -> None:
    page = senior.get(f"/practicals/{observation_id}/sign").text
    for told in (
        "I, Tolu Adeyemi, sign the practical on the bar of <strong>Priya Nair</strong> for Ashiatsu on the bar",
        "revision 1 of the sheet",
        "Passed: 50 of 75 points.",
        "The outcome is what the rules of the sheet make of these levels.",
        "Sign and record",
    ):
        assert told in page
    assert page.count("Level 2</span>") == 25


def test_an_unfinished_sheet_shows_what_is_missing_and_no_password_field(app: Flask, cast: Cast) -> None:
    set_stage(app, cast)
    with app.app_context():
        made = begin(cast)
        tap(cast, made, "C1", Mark.TWO)
    page = cast.sign_in(app.test_client(), cast.senior).get(f"/practicals/{made}/sign").text
    assert "24 lines are still open." in page
    assert 'type="password"' not in page


def test_signing_records_the_fact_with_the_digest_of_what_was_shown(
    app: Flask, cast: Cast, senior: FlaskClient, observation_id: str
) -> None:
    answer = sign_by_form(senior, observation_id, read_statement(senior, observation_id))
    assert answer.status_code == 302
    assert answer.location.endswith("/signed")
    (fact,) = signatures(app, cast)
    assert isinstance(fact.payload, PracticalSigned)
    assert (fact.payload.outcome, fact.payload.points, fact.payload.available) == ("passed", 50, 75)
    assert (fact.authorisation, fact.actor_id, fact.zone) == (BAR, cast.senior, "Europe/London")
    assert set(fact.revisions) == {"sheet:bar", "policy"}
    with app.app_context():
        observation = store.get_observation(reading(), observation_id)
        assert (observation.state, observation.signed_digest) == (State.SIGNED, fact.payload.signed_sheet)
        assert observation.fact_id == fact.id
        standing = clearance.standing_of(
            reading(), person_id=cast.trainee, authorisation=BAR, at=clock.now(), known_at=clock.now()
        )
    assert (standing.may_work, standing.grade, standing.load_cap) == (True, "provisional", "L2")


def test_the_fact_and_the_signed_sheet_hold_no_name_and_no_note(app: Flask, cast: Cast, observation_id: str) -> None:
    client = cast.sign_in(app.test_client(), cast.senior)
    client.post(f"/practicals/{observation_id}/lines/C10", data={"seen": "1", "note": "Kept clear of the scapula."})
    sign_by_form(client, observation_id, read_statement(client, observation_id))
    with app.app_context():
        body = reading().execute(text("SELECT body FROM signed_sheet")).scalar_one()
        payload = reading().execute(text("SELECT payload FROM fact WHERE kind = 'practical_signed'")).scalar_one()
    for stored in (body, payload):
        assert not re.search("Priya|Nair|Tolu|Adeyemi|scapula", stored)
    assert "Kept clear of the scapula." in client.get(f"/practicals/{observation_id}/signed").text


def test_a_critical_fail_is_signed_with_lines_open_and_clears_nobody(app: Flask, cast: Cast) -> None:
    set_stage(app, cast)
    with app.app_context():
        made = begin(cast)
        tap(cast, made, "C10", Mark.ZERO)
    client = cast.sign_in(app.test_client(), cast.senior)
    assert sign_by_form(client, made, read_statement(client, made)).status_code == 302
    (fact,) = signatures(app, cast)
    assert isinstance(fact.payload, PracticalSigned)
    assert fact.payload.outcome == "failed"
    with app.app_context():
        standing = clearance.standing_of(
            reading(), person_id=cast.trainee, authorisation=BAR, at=clock.now(), known_at=clock.now()
        )
    assert not standing.may_work
    page = client.get(f"/practicals/{made}/signed").text
    assert "Critical fail" in page
    assert "A new attempt after remedial practice" in page


# ---- the password and the ticket


def test_a_wrong_password_signs_nothing_and_the_third_locks_signing(
    app: Flask, cast: Cast, senior: FlaskClient, observation_id: str
) -> None:
    ticket = read_statement(senior, observation_id)
    told = [sign_by_form(senior, observation_id, ticket, "not the password") for _ in range(3)]
    assert [one.status_code for one in told] == [422, 422, 429]
    assert "2 more tries" in told[0].text
    assert "locked for an hour" in told[2].text
    locked = sign_by_form(senior, observation_id, ticket)
    assert locked.status_code == 429
    assert signatures(app, cast) == []
    with app.app_context():
        people_service.release_signing(viewer_of(reading(), cast.manager), cast.senior)
    assert sign_by_form(senior, observation_id, ticket).status_code == 302
    assert len(signatures(app, cast)) == 1


def test_without_a_password_nothing_is_signed_and_the_field_says_so(
    app: Flask, cast: Cast, senior: FlaskClient, observation_id: str
) -> None:
    answer = sign_by_form(senior, observation_id, read_statement(senior, observation_id), "")
    assert answer.status_code == 422
    assert "Write your password to sign." in answer.text
    assert signatures(app, cast) == []


def test_a_statement_older_than_ten_minutes_is_read_again(
    app: Flask, cast: Cast, senior: FlaskClient, observation_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = read_statement(senior, observation_id)
    monkeypatch.setenv(clock.SHIFT_VARIABLE, "601")
    answer = sign_by_form(senior, observation_id, ticket)
    assert answer.status_code == 409
    assert "more than ten minutes ago" in answer.text
    assert signatures(app, cast) == []
    assert sign_by_form(senior, observation_id, ticket_on(answer.text)).status_code == 302


def test_a_statement_nine_minutes_old_is_signed(
    senior: FlaskClient, observation_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = read_statement(senior, observation_id)
    monkeypatch.setenv(clock.SHIFT_VARIABLE, "540")
    assert sign_by_form(senior, observation_id, ticket).status_code == 302


@pytest.mark.parametrize("ticket", ["", "x", "WyJhIl0.abc"])
def test_a_form_without_our_ticket_signs_nothing(
    app: Flask, cast: Cast, senior: FlaskClient, observation_id: str, ticket: str
) -> None:
    assert sign_by_form(senior, observation_id, ticket).status_code == 409
    assert signatures(app, cast) == []


def test_a_ticket_from_the_future_signs_nothing(
    app: Flask, cast: Cast, senior: FlaskClient, observation_id: str
) -> None:
    with app.app_context():
        shown = Ticket(
            observation_id=observation_id,
            person_id=cast.senior,
            digest="d" * 64,
            shown_at=datetime.now(UTC) + timedelta(days=365),
        ).seal()
    assert sign_by_form(senior, observation_id, shown).status_code == 409
    assert signatures(app, cast) == []


def test_a_level_changed_since_the_statement_was_shown_refuses_and_shows_it_again(
    app: Flask, cast: Cast, senior: FlaskClient, observation_id: str
) -> None:
    ticket = read_statement(senior, observation_id)
    senior.post(f"/practicals/{observation_id}/lines/C10", data={"seen": "1", "mark": "3"})
    answer = sign_by_form(senior, observation_id, ticket)
    assert answer.status_code == 409
    assert "The sheet changed since this statement was shown" in answer.text
    assert "51 of 75 points" in answer.text
    assert signatures(app, cast) == []
    assert sign_by_form(senior, observation_id, ticket_on(answer.text)).status_code == 302


def test_a_note_changed_since_the_statement_was_shown_refuses_too(
    app: Flask, cast: Cast, senior: FlaskClient, observation_id: str
) -> None:
    ticket = read_statement(senior, observation_id)
    senior.post(f"/practicals/{observation_id}/lines/C10", data={"seen": "1", "note": "One more thing."})
    assert sign_by_form(senior, observation_id, ticket).status_code == 409
    assert signatures(app, cast) == []


def test_the_same_form_sent_twice_is_recorded_once_and_says_when(
    app: Flask, cast: Cast, senior: FlaskClient, observation_id: str
) -> None:
    ticket = read_statement(senior, observation_id)
    sign_by_form(senior, observation_id, ticket)
    again = senior.post(
        f"/practicals/{observation_id}/sign",
        data={"ticket": ticket, "password": PASSWORD},
        follow_redirects=True,
    )
    assert re.search(r"Already recorded \d+ \w+ \d{4}, \d\d:\d\d", again.text)
    assert len(signatures(app, cast)) == 1


# ---- asked again at the moment of signing


def test_an_assessor_suspended_meanwhile_cannot_sign(
    app: Flask, cast: Cast, senior: FlaskClient, observation_id: str
) -> None:
    ticket = read_statement(senior, observation_id)
    with app.app_context(), transaction() as session:
        suspend(session, cast.senior, by=cast.manager)
    answer = sign_by_form(senior, observation_id, ticket)
    assert answer.status_code == 409
    assert "You are suspended in this authorisation yourself." in answer.text
    assert signatures(app, cast) == []
    assert state(app, observation_id) is State.OPEN


def test_an_assessor_whose_right_was_voided_meanwhile_cannot_sign(
    app: Flask, cast: Cast, senior: FlaskClient, observation_id: str
) -> None:
    ticket = read_statement(senior, observation_id)
    with app.app_context():
        founded = next(one for one in clearance.facts_of(reading(), cast.senior) if one.kind == Kind.FOUNDING_CONFIRMED)
        clearance.void(viewer_of(reading(), cast.manager), cast.senior, founded.id, reason="Mistake.", key="one")
    answer = sign_by_form(senior, observation_id, ticket)
    assert answer.status_code == 409
    assert "You may not sign for Ashiatsu on the bar" in answer.text
    assert signatures(app, cast) == []


def test_a_senior_who_left_the_site_meanwhile_cannot_sign(
    app: Flask, cast: Cast, senior: FlaskClient, observation_id: str
) -> None:
    ticket = read_statement(senior, observation_id)
    with app.app_context():
        card = people.get_cards(reading(), [cast.senior])[cast.senior]
        with transaction() as session:
            people.close_membership(session, card.memberships[0].id, until_at=clock.now())
    assert sign_by_form(senior, observation_id, ticket).status_code == 403
    assert signatures(app, cast) == []


def test_whoever_took_the_sheet_over_signs_and_the_one_before_does_not(
    app: Flask, cast: Cast, senior: FlaskClient, observation_id: str
) -> None:
    ticket = read_statement(senior, observation_id)
    lena = cast.sign_in(app.test_client(), cast.other_senior)
    lena.post(f"/practicals/{observation_id}/take-over")
    assert sign_by_form(senior, observation_id, ticket).status_code in {404, 409}
    assert sign_by_form(lena, observation_id, ticket).status_code == 409  # the other one's ticket
    assert signatures(app, cast) == []
    page = lena.get(f"/practicals/{observation_id}/sign").text
    assert "Given by Tolu Adeyemi." in page
    assert sign_by_form(lena, observation_id, ticket_on(page)).status_code == 302
    (fact,) = signatures(app, cast)
    assert fact.actor_id == cast.other_senior


@pytest.mark.parametrize("line", [None, "C10"])
def test_a_sheet_that_decides_nothing_is_not_signed_whatever_form_is_sent(
    app: Flask, cast: Cast, line: str | None
) -> None:
    set_stage(app, cast)
    with app.app_context():
        made = begin(cast)
        if line:  # a critical line not observed: incomplete, not failed
            fill(cast, made, **{line: Mark.NOT_OBSERVED})
        at = clock.now()
        shown = service.to_sign(reading(), viewer_of(reading(), cast.senior), made, at=at).digest
        ticket = Ticket(observation_id=made, person_id=cast.senior, digest=shown, shown_at=at).seal()
    answer = sign_by_form(cast.sign_in(app.test_client(), cast.senior), made, ticket)
    assert answer.status_code == 409
    assert "Nothing was signed." in answer.text
    assert signatures(app, cast) == []


def test_a_time_against_its_level_is_not_signed(
    app: Flask, cast: Cast, senior: FlaskClient, observation_id: str
) -> None:
    senior.post(f"/practicals/{observation_id}/lines/C17", data={"seen": "1", "seconds": "4.2"})
    page = senior.get(f"/practicals/{observation_id}/sign").text
    assert "the clock says 4.2 s" in page
    assert 'type="password"' not in page
