"""The only place that serves the app: what must hold before it starts, and gunicorn's settings."""

import errno
import logging
import os
import socket
from pathlib import Path
from typing import Final

import click
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from gunicorn.app.base import BaseApplication
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from training.app import create_app
from training.config import ROOT
from training.db import settings_problem, transaction, trouble
from training.errors import Busy, SetupError
from training.extensions import db

_BACKLOG: Final = 256
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder for gunicorn's own heartbeat files

#: gunicorn's settings, but for the address and the number of workers.
SETTINGS: Final[dict[str, object]] = {
    "worker_class": "gthread",
    # The app is made once, before the workers are forked; _ready leaves no connection open to be shared.
    "preload_app": True,
    # Seconds. The slowest honest request is a sign-in (one Argon2 check) behind other sign-ins.
    "timeout": 30,
    "graceful_timeout": 15,
    "keepalive": 5,
    "limit_request_line": 4094,
    "limit_request_fields": 50,
    "limit_request_field_size": 8190,
    # Only TRUSTED_PROXIES says whom to believe about the client's address and scheme.
    "forwarded_allow_ips": "",
    "proxy_allow_ips": "",
    # No access log: an address can hold the token of an invitation, and secrets never reach a log.
    "accesslog": None,
    "errorlog": "-",
    "loglevel": "warning",
    "control_socket_disable": True,
    "worker_tmp_dir": str(_MEMORY) if _MEMORY.is_dir() else None,
}

#: The triggers that keep the record append-only. A migration that copies a table on SQLite loses them without a word.
_ON_BOTH: Final = """
    document_fixed document_kept document_stays fact_kept fact_text_kept observation_fixed observation_kept
    observation_rating_kept observation_rating_stays observation_stays observation_takeover_kept
    observation_takeover_stays publication_kept published_body_kept signed_sheet_kept signed_sheet_stays
"""
_GUARDS: Final = {
    "sqlite": f"""{_ON_BOTH}
    document_once fact_first fact_lift fact_next fact_once fact_other_hand fact_own_chain fact_stays
    fact_text_once fact_two_persons fact_void observation_once observation_rating_new observation_rating_once
    observation_takeover_once publication_once publication_stays published_body_once published_body_stays
    signed_sheet_once
    """,
    "postgresql": f"""{_ON_BOTH}
    document_never_emptied fact_checked fact_never_emptied fact_text_never_emptied observation_never_emptied
    observation_rating_never_emptied observation_takeover_never_emptied publication_never_emptied
    published_body_never_emptied signed_sheet_never_emptied
    """,
}
GUARDS: Final = {engine: frozenset(names.split()) for engine, names in _GUARDS.items()}
STANDING_GUARDS: Final = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
}


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes any free port.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="Threads in each process.")
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve Footing with gunicorn; in production stand it behind a proxy that buffers (see README)."""
    # One line per change of state; the other commands print what they did and log warnings only.
    logging.getLogger("training").setLevel(logging.INFO)
    app = create_app()
    _ready(app)
    _Server(app, _listen(host, port), workers=workers, threads=threads).run()


def _ready(app: Flask) -> None:
    """Refuse to start on a database that cannot be trusted with a record.

    Raises:
        SetupError: it cannot be reached or written, its tables are of another version, its settings are not kept, or
            a trigger that guards the record is gone.
    """
    with app.app_context():
        try:
            with db.engine.connect() as connection:
                problem = settings_problem(connection)
                found = set(MigrationContext.configure(connection).get_current_heads())
                engine = connection.dialect.name
                standing = set(connection.exec_driver_sql(STANDING_GUARDS[engine]).scalars())
            with transaction() as session:
                _try_to_write(session)
        except (DBAPIError, Busy) as error:
            raise SetupError(trouble(error, url=app.config["TRAINING"].database_url)) from error
        finally:
            db.engine.dispose()
    if problem is not None:
        raise SetupError(f"The database cannot be trusted with records. {problem}")
    if found != set(ScriptDirectory(str(ROOT / "migrations")).get_heads()):
        state = "has no tables yet" if not found else "has the tables of another version"
        raise SetupError(f"The database {state}: run `training db upgrade`, then start again.")
    if missing := sorted(GUARDS[engine] - standing):
        raise SetupError(
            f"The database has lost what keeps its record append-only ({', '.join(missing)}): restore a backup, and "
            "compare it with `training evidence verify`."
        )


def _try_to_write(session: Session) -> None:
    """Write what is there already: beside the log of a crash, SQLite begins to write where it may only read."""
    if session.connection().dialect.name == "sqlite":
        mark = session.connection().exec_driver_sql("PRAGMA user_version").scalar_one()
        session.connection().exec_driver_sql(f"PRAGMA user_version = {mark}")


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before gunicorn does, which would try five times and print a traceback's worth of lines.

    Raises:
        SetupError: the address cannot be had.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except socket.gaierror as error:
        raise SetupError(f"{host} is not an address of this machine: leave --host out, or correct it.") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            sentence = f"Port {port} is in use by another program: stop that one, or choose another port, as in"
            raise SetupError(f"{sentence} `make run PORT={port + 1}` or `training serve --port {port + 1}`.") from error
        raise SetupError(
            f"Port {port} on {host} cannot be opened ({os.strerror(error.errno or 0)}): choose another one."
        ) from error


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn around an app that is already made and a port that is already taken."""

    def __init__(self, app: Flask, listener: socket.socket, *, workers: int, threads: int) -> None:
        self._app = app
        host, port = listener.getsockname()[:2]
        self._address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        # gunicorn closes the descriptor itself, so the socket object here must let go of it.
        self._settings = {**SETTINGS, "workers": workers, "threads": threads, "bind": f"fd://{listener.detach()}"}
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._settings.items():
            self.cfg.set(name, value)
        self.cfg.set("when_ready", self._announce)

    def load(self) -> Flask:
        return self._app

    def _announce(self, _arbiter: object) -> None:
        click.echo(f"Footing is open at {self._address} (Ctrl+C stops it).")
