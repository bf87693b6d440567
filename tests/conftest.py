"""The only place for the fixtures that every tier shares."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy.orm import Session

from tests import postgres
from tests.cast import Cast, make_cast
from training.app import create_app
from training.config import ROOT, Config
from training.db import reading
from training.extensions import db

pytest_plugins = ("tests.tiers",)

_LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket leaves this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and not str(address[0]).startswith(_LOOPBACK):
            raise RuntimeError(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


def config_for(url: str, var: Path) -> Config:
    """Settings for a test app on that database."""
    return Config(
        database_url=url,
        secret_key="a secret only for the tests, long enough",
        var=var,
        content=ROOT / "content",
        production=False,
        trusted_proxies=0,
        trusted_hosts=(),
        testing=True,
    )


def app_for(url: str, var: Path) -> Flask:
    """An app on that database; forms are taken without their token (test_csrf has it on)."""
    app = create_app(config_for(url, var))
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def migrate(url: str, var: Path) -> None:
    """Bring an empty database to the newest form, as a user would."""
    app = create_app(config_for(url, var))
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One migrated SQLite file; each test works on its own copy of it."""
    folder = tmp_path_factory.mktemp("migrated")
    path = folder / "template.sqlite3"
    migrate(f"sqlite:///{path}", folder)
    return path


@pytest.fixture
def app(migrated: Path, tmp_path: Path) -> Iterator[Flask]:
    """An app on a fresh copy of the migrated SQLite file."""
    path = tmp_path / "footing.sqlite3"
    shutil.copyfile(migrated, path)
    made = app_for(f"sqlite:///{path}", tmp_path)
    yield made
    _dispose(made)


@pytest.fixture(scope="module")
def migrated_app(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One app for a whole module, for sweeps that leave no trace that matters."""
    folder = tmp_path_factory.mktemp("module")
    shutil.copyfile(migrated, folder / "footing.sqlite3")
    made = app_for(f"sqlite:///{folder / 'footing.sqlite3'}", folder)
    yield made
    _dispose(made)


def _dispose(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def pg_server() -> Iterator[str]:
    """A running PostgreSQL server, or a skipped test."""
    if postgres.find() is None:
        pytest.skip("no PostgreSQL server was found")
    with postgres.start() as server:
        yield server


@pytest.fixture(scope="session")
def pg_migrated(pg_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One migrated PostgreSQL database, to be copied."""
    with postgres.database(pg_server) as url:
        migrate(url, tmp_path_factory.mktemp("pg"))
        yield url


@pytest.fixture
def pg_url(pg_server: str, pg_migrated: str) -> Iterator[str]:
    """A fresh copy of the migrated PostgreSQL database."""
    with postgres.database(pg_server, template=pg_migrated) as url:
        yield url


@pytest.fixture
def pg_app(pg_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An app on that copy."""
    made = app_for(pg_url, tmp_path)
    yield made
    _dispose(made)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def engine_app(request: pytest.FixtureRequest) -> Flask:
    """The app on each engine in turn."""
    made: Flask = request.getfixturevalue("app" if request.param == "sqlite" else "pg_app")
    return made


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session to read with, in the app's context."""
    with app.app_context():
        yield reading()


@pytest.fixture
def cast(app: Flask) -> Cast:
    """The cast, in the SQLite app's database."""
    return make_cast(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a page."""
    return app.test_client()
