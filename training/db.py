"""The only place for the mapped base, column types, engine settings and transactions; knows no Flask."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from sqlite3 import Connection as SQLiteConnection
from typing import Any, Final

from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, String, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, registry
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


@event.listens_for(Engine, "connect")
def _settle_sqlite(connection: object, _record: object) -> None:
    if not isinstance(connection, SQLiteConnection):
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
    cursor.close()


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
