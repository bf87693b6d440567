"""What no page ever sends: each is answered with a sentence, never with a fault of ours, and nothing is kept of it."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.cast import PASSWORD, Cast, make_cast
from training.extensions import db

JSON_BODIES = ["[1, 2]", "5", "null", '"text"', '{"email": 5, "password": [1]}', '{"a":', ""]


@pytest.fixture
def cast_of(engine_app: Flask) -> Cast:
    return make_cast(engine_app)


@pytest.mark.parametrize("body", JSON_BODIES)
@pytest.mark.parametrize("path", ["/sign-in", "/account", "/documents"])
def test_json_sent_to_a_form_is_an_empty_form(client: FlaskClient, cast: Cast, path: str, body: str) -> None:
    if path != "/sign-in":
        cast.sign_in(client, cast.trainee)
    assert client.post(path, data=body, content_type="application/json").status_code == 422


@pytest.mark.parametrize("field", ["email", "password"])
def test_a_file_in_place_of_a_text_is_no_text(client: FlaskClient, cast: Cast, field: str) -> None:
    sent: dict[str, object] = {"email": cast.emails[cast.trainee], "password": PASSWORD}
    sent[field] = (io.BytesIO(b"MZ"), "a.exe")
    assert client.post("/sign-in", data=sent, content_type="multipart/form-data").status_code == 422


@pytest.mark.parametrize("where", ["value", "name", "address", "path"])
def test_a_nul_is_refused_before_anything_reads_it(engine_app: Flask, cast_of: Cast, where: str) -> None:
    client = cast_of.sign_in(engine_app.test_client(), cast_of.manager)
    form = {"name": "Ewa", "email": "ewa@spa.example", "role": "therapist", "site": cast_of.riverside}
    if where == "address":
        answer = client.get("/register?find=a%00b&site=%00")
    elif where == "path":
        answer = client.get("/modules/body%00map")
    else:
        form = {**form, "name": "E\0wa"} if where == "value" else {**form, "x\0": "1"}
        answer = client.post("/people", data=form)
    assert answer.status_code == 400
    assert "cannot read" in answer.text
    with engine_app.app_context(), db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM invitation")).scalar() == 0


@pytest.mark.parametrize("query", ["page=" + "9" * 5000, "page=٣", "page=-1", "page=1e9", "at=" + "9" * 5000])
def test_a_register_asked_for_nonsense_is_still_a_register(client: FlaskClient, cast: Cast, query: str) -> None:
    cast.sign_in(client, cast.manager)
    assert client.get(f"/register?{query}").status_code == 200


def test_a_day_that_there_is_not_is_told_in_a_sentence(client: FlaskClient, cast: Cast) -> None:
    cast.sign_in(client, cast.manager)
    path = f"/people/{cast.trainee}/suspend?authorisation=all"
    answer = client.post(path, data={"reason": "x", "way_back": "y", "review_on": "2026-02-31", "key": "a" * 16})
    assert answer.status_code == 422
    assert "Not a valid" not in answer.text
    assert "like 2027-10-14" in answer.text


def test_a_choice_that_there_is_not_is_told_in_a_sentence(client: FlaskClient, cast: Cast) -> None:
    cast.sign_in(client, cast.manager)
    answer = client.post("/people", data={"name": "Ewa", "email": "e@spa.example", "role": "king", "site": "nowhere"})
    assert answer.status_code == 422
    assert "Not a valid" not in answer.text
    assert "Choose one of those listed." in answer.text


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("act", ["suspend", "void"])
def test_a_day_at_the_edge_of_the_calendar_is_no_fault_of_ours(
    client: FlaskClient, cast: Cast, app: Flask, day: str, act: str
) -> None:
    cast.sign_in(client, cast.manager)
    key = "a" * 16
    client.post(f"/people/{cast.trainee}/suspend?authorisation=all", data={"reason": "x", "way_back": "y", "key": key})
    with app.app_context(), db.engine.connect() as connection:
        fact = connection.execute(text("SELECT id FROM fact")).scalar_one()
    if act == "suspend":
        client.post(f"/people/{cast.trainee}/suspensions/{fact}/lift", data={"reason": "x", "key": "b" * 16})
        sent = {"reason": "x", "way_back": "y", "review_on": day, "key": "c" * 16}
        answer = client.post(f"/people/{cast.trainee}/suspend?authorisation=all", data=sent)
    else:
        sent = {"reason": "x", "from_on": day, "key": "c" * 16}
        answer = client.post(f"/people/{cast.trainee}/facts/{fact}/void", data=sent)
    assert answer.status_code in {302, 409, 422}
    assert client.get(f"/people/{cast.trainee}").status_code == 200


def test_a_name_of_blanks_is_no_name(client: FlaskClient, cast: Cast) -> None:
    cast.sign_in(client, cast.manager)
    form = {"name": "  \t ", "email": "e@spa.example", "role": "therapist", "site": cast.riverside}
    assert client.post("/people", data=form).status_code == 422
    link = client.post("/people", data={**form, "name": "Ewa"}).text.partition("/invitation/")[2][:43]
    answer = client.post(f"/invitation/{link}", data={"name": "   ", "password": PASSWORD})
    assert answer.status_code == 422
    assert "Write your name." in answer.text
