"""Signing in, staying in, and getting out."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import PASSWORD, Cast, make_cast
from training import clock
from training.people.service import passwords, signing_in
from training.web import access

WRONG = "wrong wrong wrong wrong"


def _try(client: FlaskClient, email: str, password: str = WRONG, **more: str) -> int:
    return client.post("/sign-in", data={"email": email, "password": password, **more}).status_code


def _shift(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    monkeypatch.setenv(clock.SHIFT_VARIABLE, str(int(by.total_seconds())))


def test_after_signing_out_the_old_cookie_is_worth_nothing(client: FlaskClient, cast: Cast) -> None:
    cast.sign_in(client, cast.manager)
    assert client.get("/account").status_code == 200
    cookie = client.get_cookie(access.SESSION_COOKIE)
    assert cookie is not None
    client.post("/sign-out")
    client.set_cookie(access.SESSION_COOKIE, cookie.value)
    assert client.get("/account").status_code == 302


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(client: FlaskClient, cast: Cast) -> None:
    answer = client.post("/sign-in", data={"email": cast.emails[cast.trainee], "password": PASSWORD})
    given = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith(access.SESSION_COOKIE)]
    assert "HttpOnly" in given[0]
    assert "SameSite=Lax" in given[0]


def test_a_wrong_password_and_an_unknown_address_get_the_same_page(client: FlaskClient, cast: Cast) -> None:
    known = client.post("/sign-in", data={"email": cast.emails[cast.trainee], "password": WRONG})
    unknown = client.post("/sign-in", data={"email": "who@spa.example", "password": WRONG})
    assert known.status_code == unknown.status_code == 422

    def page(text: str) -> str:
        return re.sub(
            r'name="csrf_token" value="[^"]+"', "", text.replace(cast.emails[cast.trainee], "who@spa.example")
        )

    assert page(known.text) == page(unknown.text)


def test_an_unknown_address_costs_a_password_check_too(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str | None] = []
    original = passwords.matches

    def counted(password: str, password_hash: str | None) -> bool:
        checked.append(password_hash)
        return original(password, password_hash)

    monkeypatch.setattr(signing_in, "matches", counted)
    _try(app.test_client(), "who@spa.example")
    assert checked == [None]


def test_on_both_engines_ten_failures_close_the_door_for_everybody_else(engine_app: Flask) -> None:
    cast = make_cast(engine_app)
    known = cast.sign_in(engine_app.test_client(), cast.trainee)
    known.post("/sign-out")
    stranger, email = engine_app.test_client(), cast.emails[cast.trainee]
    assert [_try(stranger, email) for _ in range(11)] == [422] * 10 + [429]
    assert _try(stranger, email, PASSWORD) == 429
    assert _try(known, email, PASSWORD) == 302, "on a device she used before she still gets in"


def test_the_door_opens_again_after_the_window(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client, email = app.test_client(), cast.emails[cast.senior]
    for _ in range(11):
        _try(client, email)
    _shift(monkeypatch, timedelta(minutes=16))
    assert _try(client, email, PASSWORD) == 302


def test_one_peer_cannot_try_many_accounts(app: Flask, cast: Cast) -> None:
    client = app.test_client()
    statuses = [_try(client, f"person{n}@spa.example") for n in range(62)]
    assert statuses[:60] == [422] * 60
    assert statuses[60:] == [429, 429]


@pytest.mark.parametrize(
    ("who", "minutes", "still_in"),
    [
        ("manager", 29, True),
        ("manager", 31, False),
        ("senior", 31, False),
        ("trainee", 31, True),
        ("trainee", 12 * 60 + 1, False),
    ],
)
def test_how_long_a_session_lasts(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, who: str, minutes: int, *, still_in: bool
) -> None:
    client = cast.sign_in(app.test_client(), getattr(cast, who))
    _shift(monkeypatch, timedelta(minutes=minutes))
    assert (client.get("/account").status_code == 200) is still_in


def test_a_trainee_stays_signed_in_on_her_own_phone_and_a_manager_does_not(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    phones = {}
    for who in (cast.trainee, cast.manager):
        phones[who] = app.test_client()
        assert _try(phones[who], cast.emails[who], PASSWORD, own_device="y") == 302
    _shift(monkeypatch, timedelta(days=29))
    assert phones[cast.trainee].get("/account").status_code == 200
    assert phones[cast.manager].get("/account").status_code == 302


def test_activity_keeps_a_desk_session_open(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = cast.sign_in(app.test_client(), cast.manager)
    for minutes in (20, 40, 60):
        _shift(monkeypatch, timedelta(minutes=minutes))
        assert client.get("/account").status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/account\n",
        "javascript:alert(1)",
        "/sign-out",
        "/no-such",
    ],
)
def test_a_crafted_next_goes_home(client: FlaskClient, cast: Cast, target: str) -> None:
    data = {"email": cast.emails[cast.trainee], "password": PASSWORD, "next": target}
    assert client.post("/sign-in", data=data).location == "/"


def test_next_leads_to_our_own_page(client: FlaskClient, cast: Cast) -> None:
    asked = client.get("/account?from=mail")
    assert asked.location == "/sign-in?next=/account?from%3Dmail"
    data = {"email": cast.emails[cast.trainee], "password": PASSWORD, "next": "/account?from=mail"}
    assert client.post("/sign-in", data=data).location == "/account?from=mail"


def test_a_changed_password_ends_every_other_session(app: Flask, cast: Cast) -> None:
    here, there = (cast.sign_in(app.test_client(), cast.trainee) for _ in range(2))
    new = "copper meadow violin 7"
    assert here.post("/account", data={"old": PASSWORD, "new": new}).status_code == 302
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302
    assert _try(app.test_client(), cast.emails[cast.trainee], new) == 302


@pytest.mark.parametrize("new", ["short", "passwordpassword", "qwertyuiop123", "aaaaaaaaaaaaaaaa", "priya@spa.example"])
def test_a_password_that_anybody_would_try_is_refused_with_a_sentence(
    client: FlaskClient, cast: Cast, new: str
) -> None:
    cast.sign_in(client, cast.trainee)
    answer = client.post("/account", data={"old": PASSWORD, "new": new})
    assert answer.status_code == 422
    assert "characters" in answer.text or "anybody would try" in answer.text


def test_every_form_needs_its_token(app: Flask, cast: Cast) -> None:
    client = cast.sign_in(app.test_client(), cast.manager)
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client.post("/sign-out")
    assert answer.status_code == 400
    assert "open too long" in answer.text
    assert client.get("/account").status_code == 200


def test_signing_in_sets_the_token_at_once_so_that_two_pages_opened_together_share_it(app: Flask, cast: Cast) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()
    before = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)
    assert before
    data = {"email": cast.emails[cast.trainee], "password": PASSWORD, "csrf_token": before[1]}
    assert client.post("/sign-in", data=data).status_code == 302
    # Left to the pages, each of two loaded side by side would make its own, and spoil the forms of the other.
    with client.session_transaction() as kept:
        token = kept["csrf_token"]
    page = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/account").text)
    with client.session_transaction() as kept:
        assert kept["csrf_token"] == token
    assert page
    assert client.post("/sign-out", data={"csrf_token": before[1]}).status_code == 400
    assert client.post("/sign-out", data={"csrf_token": page[1]}).status_code == 302
