"""The database's file taken away under a running server: nothing is acknowledged, nothing is made in its place."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.cast import PASSWORD, Cast
from training import clock

WRONG = {"email": "nobody@spa.example", "password": "wrong wrong wrong"}


@pytest.fixture
def file(app: Flask) -> Path:
    return Path(app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"))


@pytest.fixture
def manager(client: FlaskClient, cast: Cast) -> FlaskClient:
    return cast.sign_in(client, cast.manager)


def _set_aside(file: Path) -> Path:
    aside = file.with_suffix(".aside")
    file.rename(aside)
    return aside


def test_without_its_file_every_page_says_that_nothing_was_recorded(manager: FlaskClient, file: Path) -> None:
    _set_aside(file)
    for answer in (
        manager.get("/register"),
        manager.get("/sign-in"),
        manager.post("/account", data={"old": PASSWORD, "new": "another harbour lantern 43"}),
        manager.post("/sign-out"),
    ):
        assert answer.status_code == 503
        assert "Nothing was recorded" in answer.text
    asked = manager.post("/sign-out", headers={"Accept": "application/json"})
    assert (asked.status_code, "Nothing was recorded" in asked.get_json()["error"]) == (503, True)
    assert not file.exists()


def test_the_same_file_put_back_is_used_without_a_restart(manager: FlaskClient, file: Path) -> None:
    aside = _set_aside(file)
    assert manager.get("/register").status_code == 503
    aside.rename(file)
    assert manager.get("/register").status_code == 200


def test_a_restored_file_is_used_and_the_lost_one_no_longer(app: Flask, manager: FlaskClient, file: Path) -> None:
    backup = file.with_suffix(".backup")
    with closing(sqlite3.connect(file)) as live, closing(sqlite3.connect(backup)) as copy:
        live.backup(copy)
    for name in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
        name.unlink(missing_ok=True)
    shutil.copyfile(backup, file)
    assert app.test_client().post("/sign-in", data=WRONG).status_code == 422
    with closing(sqlite3.connect(file)) as restored:
        assert restored.execute("SELECT count(*) FROM sign_in_failure").fetchone() == (1,)
    assert manager.get("/register").status_code == 200


def test_reading_goes_on_while_nothing_can_be_written(manager: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_session: object) -> None:
        raise OperationalError("COMMIT", {}, sqlite3.OperationalError("database or disk is full"))

    monkeypatch.setenv(clock.SHIFT_VARIABLE, "120")  # the session is due to be seen
    monkeypatch.setattr(Session, "commit", full)
    assert manager.get("/register").status_code == 200
    assert manager.post("/account", data={"old": PASSWORD, "new": "another harbour lantern 43"}).status_code == 503
