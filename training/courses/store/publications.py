"""The only place for the SQL of published editions and their bodies."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from training.courses.domain.publication import Change, Edition, Kind
from training.courses.tables import PublicationRow, PublishedBodyRow
from training.db import new_id

#: A thing that is published: its kind, and its key; None stands for every key of the kind.
Wanted = tuple[Kind, str | None]

#: Where a session remembers, for one transaction, what it found.
_KNOWN: Final = "footing_editions"
_ADDING: Final = "footing_adding_editions"
_STATE: Final = select(func.count(), func.max(PublicationRow.published_at)).select_from(PublicationRow)
#: Each process's own list, per database, with the state of the table it was read at.
_KEPT: Final[WeakKeyDictionary[Engine, tuple[object, tuple[Edition, ...]]]] = WeakKeyDictionary()


def find_current(session: Session, wanted: Collection[Wanted], *, at: datetime | None) -> tuple[Edition, ...]:
    """The edition in force of everything wanted that was published; `at` None means the latest."""
    newest: dict[tuple[Kind, str], Edition] = {}
    for edition in _editions(session):
        named = (edition.kind, edition.key) in wanted or (edition.kind, None) in wanted
        if named and (at is None or edition.published_at <= at):
            newest[edition.kind, edition.key] = edition
    return tuple(newest.values())


def list_editions(session: Session, kind: Kind, key: str) -> tuple[Edition, ...]:
    """Every edition of one thing, the oldest first."""
    return tuple(edition for edition in _editions(session) if edition.kind is kind and edition.key == key)


def _editions(session: Session) -> tuple[Edition, ...]:
    """Every edition without its body, by kind, key and revision.

    Every page asks what is in force, some several times. Publications are only ever added, so their number and the
    moment of the newest say whether the list a process keeps is still whole: one small query a transaction.
    """
    transaction = session.get_transaction()
    known = session.info.get(_KNOWN)
    if known is not None and known[0] is transaction and transaction is not None:
        found: tuple[Edition, ...] = known[1]
        return found
    state = tuple(session.execute(_STATE).one())
    database = session.get_bind().engine
    kept = _KEPT.get(database)
    if kept is None or kept[0] != state:
        kept = (state, _read_editions(session))
        # What this transaction itself has added may yet be rolled back: other requests must not meet it.
        if session.info.get(_ADDING) is not session.get_transaction():
            _KEPT[database] = kept
    session.info[_KNOWN] = (session.get_transaction(), kept[1])
    return kept[1]


def _read_editions(session: Session) -> tuple[Edition, ...]:
    row = PublicationRow
    found: list[Edition] = []
    changed_in: dict[tuple[str, str], int] = {}
    for edition in session.scalars(select(row).order_by(row.kind, row.key, row.revision)):
        if edition.change != Change.EDITORIAL:
            changed_in[edition.kind, edition.key] = edition.revision
        found.append(_edition(edition, changed_in.get((edition.kind, edition.key), 0)))
    return tuple(found)


def find_bodies(session: Session, digests: Iterable[str]) -> dict[str, str]:
    """The canonical text of each body, by digest."""
    query = select(PublishedBodyRow.digest, PublishedBodyRow.body).where(PublishedBodyRow.digest.in_(list(digests)))
    return {digest: body for digest, body in session.execute(query)}  # noqa: C416 - dict() does not know the row's types


def lock(session: Session) -> None:
    """Let one publication happen at a time. SQLite's write lock is already held."""
    session.info.pop(_KNOWN, None)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE publication IN SHARE ROW EXCLUSIVE MODE"))


def add_body(session: Session, *, digest: str, body: str) -> None:
    """Keep a body, unless it is kept already."""
    if session.get(PublishedBodyRow, digest) is None:
        session.add(PublishedBodyRow(digest=digest, body=body))
        session.flush()


def add_edition(session: Session, edition: Edition) -> None:
    """Put one edition in force."""
    session.add(
        PublicationRow(
            id=new_id(),
            kind=edition.kind.value,
            key=edition.key,
            revision=edition.revision,
            change=edition.change.value,
            digest=edition.digest,
            published_at=edition.published_at,
            published_by=edition.published_by,
            reason=edition.reason,
        )
    )
    session.flush()
    session.info.pop(_KNOWN, None)
    session.info[_ADDING] = session.get_transaction()


def _edition(row: PublicationRow, changed_in: int) -> Edition:
    return Edition(
        kind=Kind(row.kind),
        key=row.key,
        revision=row.revision,
        change=Change(row.change),
        digest=row.digest,
        published_at=row.published_at,
        published_by=row.published_by,
        reason=row.reason,
        changed_in=changed_in,
    )
