"""Invitations, roles and main trainers."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import PASSWORD, Cast, make_cast
from training import clock
from training.db import reading
from training.errors import TrainingError
from training.people import service, store
from training.permissions import Role

NEW = {"name": "Sam New", "email": "sam@spa.example", "role": "therapist"}
CHOSEN = "marble kettle orchard 9"


def _invite(client: FlaskClient, cast: Cast, **changes: str) -> str:
    answer = client.post("/people", data=NEW | {"site": cast.riverside} | changes)
    assert answer.status_code == 200, answer.text
    found = re.search(r"/invitation/[\w-]+", answer.text)
    assert found
    return found[0]


def test_an_invited_person_joins_once_and_signs_in(app: Flask, cast: Cast) -> None:
    link = _invite(cast.sign_in(app.test_client(), cast.manager), cast)
    guest = app.test_client()
    assert guest.post(link, data={"name": "Sam New", "password": CHOSEN}).status_code == 302
    assert guest.post(link, data={"name": "Sam New", "password": CHOSEN}).status_code == 404
    assert guest.post("/sign-in", data={"email": "SAM@spa.example ", "password": CHOSEN}).status_code == 302
    assert "Riverside" in guest.get("/account").text


def test_a_used_an_expired_and_a_made_up_link_get_the_same_words(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = _invite(cast.sign_in(app.test_client(), cast.manager), cast)
    monkeypatch.setenv(clock.SHIFT_VARIABLE, str(int(timedelta(days=8).total_seconds())))
    for dead in (link, "/invitation/made-up"):
        answer = app.test_client().get(dead)
        assert answer.status_code == 404
        assert "Ask your manager for a new one" in answer.text


def test_an_invitation_works_once_even_when_sent_twenty_times_at_once(engine_app: Flask) -> None:
    with engine_app.app_context():
        make_cast(engine_app)
        site = store.list_sites(reading())[0].id
        token = service.invite(None, name="Sam", email="sam@spa.example", role=Role.THERAPIST, site_id=site)

    def join(_: int) -> bool:
        with engine_app.app_context():
            try:
                service.join(token, name="Sam", password=CHOSEN)
            except TrainingError:
                return False
            return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(join, range(20))) == 1


def test_a_manager_invites_to_her_own_sites_only(app: Flask, cast: Cast) -> None:
    client = cast.sign_in(app.test_client(), cast.manager)
    answer = client.post("/people", data=NEW | {"site": cast.old_town})
    assert answer.status_code == 422
    answer = client.post("/people", data=NEW | {"site": cast.riverside, "role": "administrator"})
    assert answer.status_code == 422


def test_an_address_that_has_an_account_is_refused_with_the_way_on(app: Flask, cast: Cast) -> None:
    client = cast.sign_in(app.test_client(), cast.manager)
    answer = client.post("/people", data=NEW | {"site": cast.riverside, "email": cast.emails[cast.trainee]})
    assert answer.status_code == 422
    assert "has an account already" in answer.text


def test_an_ended_role_ends_the_sessions_at_the_next_request(app: Flask, cast: Cast) -> None:
    hers = cast.sign_in(app.test_client(), cast.senior)
    manager = cast.sign_in(app.test_client(), cast.manager)
    with app.app_context():
        held = store.get_cards(reading(), [cast.senior])[cast.senior].memberships[0].id
    assert manager.post(f"/people/{cast.senior}/roles/{held}/end").status_code == 302
    assert hers.get("/account").status_code == 302
    with app.app_context():
        card = store.get_cards(reading(), [cast.senior])[cast.senior]
    assert len(card.memberships) == 1, "the membership is closed, not gone"
    assert card.memberships[0].until_at is not None


def test_nobody_ends_her_own_role(app: Flask, cast: Cast) -> None:
    manager = cast.sign_in(app.test_client(), cast.manager)
    with app.app_context():
        held = store.get_cards(reading(), [cast.manager])[cast.manager].memberships[0].id
    assert manager.post(f"/people/{cast.manager}/roles/{held}/end").status_code == 409


def test_a_main_trainer_is_a_senior_or_explicitly_nobody(app: Flask, cast: Cast) -> None:
    manager = cast.sign_in(app.test_client(), cast.manager)
    page = f"/people/{cast.trainee}/trainer"
    assert manager.post(page, data={"trainer": cast.manager}).status_code == 422
    assert manager.post(page, data={"trainer": cast.senior}).status_code == 302
    with app.app_context():
        found = store.find_main_trainers(reading(), [cast.trainee], at=clock.now())
    assert found[cast.trainee].trainer_id == cast.senior
    assert manager.post(page, data={"trainer": ""}).status_code == 302
    with app.app_context():
        found = store.find_main_trainers(reading(), [cast.trainee], at=clock.now())
    assert found[cast.trainee].trainer_id is None


def test_three_wrong_passwords_at_signing_lock_it_until_a_manager_releases_it(app: Flask, cast: Cast) -> None:
    def check(password: str) -> str:
        with app.app_context():
            try:
                service.check_password(cast.senior, password)
            except TrainingError as error:
                return type(error).__name__
            return "right"

    assert [check("no"), check("no"), check("no")] == ["Refused", "Refused", "TooMany"]
    assert check(PASSWORD) == "TooMany"
    manager = cast.sign_in(app.test_client(), cast.manager)
    assert "Signing is locked" in manager.get(f"/people/{cast.senior}/roles").text
    assert manager.post(f"/people/{cast.senior}/release-signing").status_code == 302
    assert check(PASSWORD) == "right"


def test_parallel_guesses_at_signing_are_all_counted(engine_app: Flask) -> None:
    cast = make_cast(engine_app)

    def check(_: int) -> str:
        with engine_app.app_context():
            try:
                service.check_password(cast.senior, "no")
            except TrainingError as error:
                return type(error).__name__
            return "right"

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(check, range(12)))
    assert answers.count("Refused") == 2, "only two guesses are answered before it locks"
