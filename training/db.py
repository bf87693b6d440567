"""The only place for the mapped base, column types, engine settings and transactions; knows no Flask."""

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, String, event
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.pool import ConnectionPoolEntry, Pool
from sqlalchemy.types import TypeDecorator

from training import clock
from training.errors import Busy

ID_LENGTH: Final = 16
ID_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz0123456789"

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC to the microsecond. In migrations: `sa.DateTime(timezone=True)`.

    SQLite has no such type; there it is text of fixed width, so that text order is time order.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What every mapped class builds on."""

    # On an explicit registry: Flask-SQLAlchemy copies this class and rejects a type_annotation_map on it.
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: UTCDateTime()},
    )


#: The type of every id column.
Id: Final = String(ID_LENGTH)


def new_id() -> str:
    """An opaque public id: 16 characters of a–z and 0–9, about 82 random bits."""
    return "".join(secrets.choice(ID_ALPHABET) for _ in range(ID_LENGTH))


_WRITING: Final = "footing_writing"
_sessions: Callable[[], Session] | None = None


def use_sessions(source: Callable[[], Session]) -> None:
    """Say where the current session comes from; called once, where the extensions are set up."""
    global _sessions  # noqa: PLW0603 - the one seam between this module and Flask-SQLAlchemy
    _sessions = source


def reading() -> Session:
    """The current session, to read with. It commits nothing."""
    if _sessions is None:
        raise RuntimeError("no session source: create the app first")
    return _sessions()


def close() -> None:
    """Give up the current session and every open connection, as before the database is replaced."""
    session = reading()
    engine = session.get_bind()
    session.close()
    if isinstance(engine, Engine):
        engine.dispose()
        _files.discard(engine.url.database or "")


@contextmanager
def transaction() -> Iterator[Session]:
    """One use case, one transaction: commits at the end, rolls back on any error.

    Ends the read the guard began, then takes SQLite's write lock at once (`BEGIN IMMEDIATE`), so that a read
    cannot fail on its way to becoming a write.

    Raises:
        Busy: the database is locked, full or gone; nothing was recorded.
    """
    session = reading()
    if session.info.get(_WRITING):
        raise RuntimeError("a second transaction inside the first")
    session.rollback()
    session.info[_WRITING] = True
    try:
        session.connection(execution_options={_WRITING: True})
        yield session
        session.commit()
    except OperationalError as error:
        session.rollback()
        raise Busy("The record cannot be written just now. Nothing was recorded; try again in a minute.") from error
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(_WRITING, None)


def stamp(session: Session) -> datetime:
    """The moment to record, read inside a transaction after its locks were taken."""
    if not session.info.get(_WRITING):
        raise RuntimeError("a moment to record is read inside a transaction")
    return clock.now()


#: The SQLite files this process has opened. One that is gone is not made anew: an empty database in its place would
#: take records that nobody looks for there.
_files: Final[set[str]] = set()
_FILE: Final = "footing_file"


def _identity(path: str) -> tuple[int, int] | None:
    """Which file lies there, whatever its name; None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - asked once a request, and the path is a text already
    except OSError:
        return None
    return found.st_dev, found.st_ino


@event.listens_for(Engine, "do_connect")
def _refuse_missing(dialect: Dialect, _record: object, given: list[str], _more: object) -> None:
    if dialect.name == "sqlite" and given[0] in _files and _identity(given[0]) is None:
        raise sqlite3.OperationalError("the database file is gone")


@event.listens_for(Pool, "checkout")
def _leave_lost_file(_connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Open anew where the file was replaced or taken away: an open one takes records that are lost when it closes."""
    kept = record.info.get(_FILE)
    if kept is not None and _identity(kept[0]) != kept[1]:
        raise DisconnectionError("the database file was replaced")


@event.listens_for(Engine, "connect")
def _settle_sqlite(connection: object, record: ConnectionPoolEntry) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "busy_timeout=15000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    path = cursor.execute("PRAGMA database_list").fetchone()[2]
    cursor.close()
    if path:
        record.info[_FILE] = path, _identity(path)
        _files.add(path)


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    writing = connection.get_execution_options().get(_WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def settings_problem(connection: Connection) -> str | None:
    """Why this connection cannot be trusted with evidence, or None. Asked at start-up."""
    if connection.dialect.name != "sqlite":
        return None
    wanted: dict[str, Any] = {"foreign_keys": 1, "recursive_triggers": 1, "synchronous": 2, "journal_mode": "wal"}
    for pragma, value in wanted.items():
        found = connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
        if found != value:
            return f"SQLite answers {pragma} = {found} where {value} was set."
    return None


def trouble(error: DBAPIError | Busy, *, url: str) -> str:
    """What is wrong with the database at that address, and what to do: a sentence without its password."""
    cause = error.__cause__ if isinstance(error, Busy) else error
    reason = str(getattr(cause, "orig", cause)).strip().partition("\n")[0]
    if (
        any(words in reason for words in ("no such table", "no such column", "does not exist"))
        and "FATAL" not in reason
    ):
        return "The database has no tables yet, or those of another version: run `training db upgrade`, then try again."
    if isinstance(error, Busy) and "locked" in reason:
        return str(error)
    if url.startswith("sqlite"):
        path = url.removeprefix("sqlite:///")
        if "not a database" in reason or "malformed" in reason:
            return f"{path} cannot be read ({reason}): restore a backup, and check it with `training evidence verify`."
        return f"{path} cannot be written ({reason}): make its folder writable, or name another one in TRAINING_VAR."
    return f"The database cannot be reached ({reason}): check DATABASE_URL and that its server is running."
