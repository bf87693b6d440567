"""A signed sheet: who sees it, that nothing of it changes, and that it says so when something did."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.cast import Cast, make_cast
from tests.practicals import (
    BAR,
    begin,
    fill,
    read_statement,
    set_stage,
    sign_by_form,
    signatures,
    viewer_of,
)
from training.clearance import service as clearance
from training.db import reading, transaction


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


def test_the_signed_page_shows_it_to_the_trainee_the_site_and_the_manager_and_to_nobody_else(
    app: Flask, cast: Cast, senior: FlaskClient, observation_id: str
) -> None:
    sign_by_form(senior, observation_id, read_statement(senior, observation_id))
    address = f"/practicals/{observation_id}/signed"
    for who in (cast.trainee, cast.senior, cast.other_senior, cast.manager, cast.administrator):
        page = cast.sign_in(app.test_client(), who).get(address)
        assert page.status_code == 200, who
        assert "Exactly what was signed" in page.text
    for who in (cast.stranger, cast.other_manager, cast.nobody):
        assert cast.sign_in(app.test_client(), who).get(address).status_code == 404


def test_the_address_of_the_sheet_leads_to_the_signed_one_and_takes_nothing_any_more(
    senior: FlaskClient, observation_id: str
) -> None:
    sign_by_form(senior, observation_id, read_statement(senior, observation_id))
    assert senior.get(f"/practicals/{observation_id}").location.endswith("/signed")
    late = senior.post(f"/practicals/{observation_id}/lines/C10", data={"seen": "1", "mark": "0"})
    assert late.status_code == 409
    assert "This sheet was signed" in late.text


def test_a_voided_signature_leaves_both_and_says_so(
    app: Flask, cast: Cast, senior: FlaskClient, observation_id: str
) -> None:
    sign_by_form(senior, observation_id, read_statement(senior, observation_id))
    (fact,) = signatures(app, cast)
    with app.app_context():
        clearance.void(
            viewer_of(reading(), cast.manager), cast.trainee, fact.id, reason="Wrong person on the table.", key="one"
        )
    page = senior.get(f"/practicals/{observation_id}/signed").text
    assert "Voided" in page
    assert "Wrong person on the table." in page
    assert "Level 2" in page
    assert "Voided" in senior.get("/practicals").text


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE signed_sheet SET body = replace(body, 'passed', 'failed')",
        "UPDATE observation_rating SET mark = '3' WHERE criterion = 'C1'",
        "UPDATE observation SET subject_id = :other",
        "UPDATE observation SET assessor_id = :lena",
    ],
)
def test_a_sheet_changed_behind_the_programs_back_is_not_to_be_relied_on(
    app: Flask, cast: Cast, senior: FlaskClient, observation_id: str, sql: str
) -> None:
    sign_by_form(senior, observation_id, read_statement(senior, observation_id))
    with app.app_context(), transaction() as session:
        found = session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for name in found:
            session.execute(text(f"DROP TRIGGER {name}"))
        values = {"other": cast.stranger, "lena": cast.other_senior}
        session.execute(text(sql), {key: value for key, value in values.items() if f":{key}" in sql})
    page = senior.get(f"/practicals/{observation_id}/signed").text
    assert "Do not rely on this sheet" in page
    assert "Exactly what was signed" not in page


def test_an_erased_note_leaves_the_sheet_intact(
    app: Flask, cast: Cast, senior: FlaskClient, observation_id: str
) -> None:
    senior.post(f"/practicals/{observation_id}/lines/C10", data={"seen": "1", "note": "Personal."})
    sign_by_form(senior, observation_id, read_statement(senior, observation_id))
    with app.app_context(), transaction() as session:
        session.execute(text("UPDATE observation_rating SET note = NULL, note_salt = NULL"))
    page = senior.get(f"/practicals/{observation_id}/signed").text
    assert "Exactly what was signed" in page
    assert "Personal." not in page


@pytest.mark.postgresql
def test_the_whole_way_works_on_postgresql(pg_app: Flask) -> None:
    cast = make_cast(pg_app)
    set_stage(pg_app, cast)
    client = cast.sign_in(pg_app.test_client(), cast.senior)
    answer = client.post("/practicals", data={"person": cast.trainee, "authorisation": BAR})
    made = answer.location.rsplit("/", 1)[-1]
    with pg_app.app_context():
        fill(cast, made)
    assert sign_by_form(client, made, read_statement(client, made)).status_code == 302
    assert "Exactly what was signed" in client.get(f"/practicals/{made}/signed").text
    assert "Signed by you" in client.get("/practicals").text
