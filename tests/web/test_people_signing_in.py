"""Signing in, staying in, and getting out."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import PASSWORD, Cast, make_cast


def test_a_person_signs_in_and_out(client: FlaskClient, cast: Cast) -> None:
    cast.sign_in(client, cast.manager)
    assert client.get("/account").status_code == 200
    cookie = client.get_cookie("footing_session")
    assert cookie is not None
    client.post("/sign-out")
    client.set_cookie("footing_session", cookie.value)
    assert client.get("/account").status_code == 302, "the old cookie is worth nothing after signing out"


@pytest.mark.parametrize("email", ["priya@spa.example", "unknown@spa.example"])
def test_wrong_password_and_unknown_address_get_the_same_words(client: FlaskClient, cast: Cast, email: str) -> None:
    answer = client.post("/sign-in", data={"email": email, "password": "wrong wrong wrong"})
    assert answer.status_code == 422


def test_on_both_engines_ten_failures_close_the_door(engine_app: Flask) -> None:
    cast = make_cast(engine_app)
    client = engine_app.test_client()
    data = {"email": cast.emails[cast.trainee], "password": "wrong wrong wrong"}
    statuses = [client.post("/sign-in", data=data).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]
    assert client.post("/sign-in", data=data | {"password": PASSWORD}).status_code == 429
