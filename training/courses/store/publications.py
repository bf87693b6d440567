"""The only place for the SQL of published editions and their bodies."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import and_, case, func, or_, select, text
from sqlalchemy.orm import Session

from training.courses.domain.publication import Change, Edition, Kind
from training.courses.tables import PublicationRow, PublishedBodyRow
from training.db import new_id

#: A thing that is published: its kind, and its key; None stands for every key of the kind.
Wanted = tuple[Kind, str | None]


def find_current(session: Session, wanted: Collection[Wanted], *, at: datetime | None) -> tuple[Edition, ...]:
    """The edition in force of everything wanted that was published; `at` None means the latest."""
    if not wanted:
        return ()
    row = PublicationRow
    substantial = case((row.change != Change.EDITORIAL.value, row.revision))
    meant = [row.kind == kind if key is None else and_(row.kind == kind, row.key == key) for kind, key in wanted]
    newest = (
        select(row.kind, row.key, func.max(row.revision).label("revision"), func.max(substantial).label("changed_in"))
        .where(or_(*meant))
        .group_by(row.kind, row.key)
    )
    if at is not None:
        newest = newest.where(row.published_at <= at)
    found = newest.subquery()
    query = (
        select(row, found.c.changed_in)
        .join(found, and_(row.kind == found.c.kind, row.key == found.c.key, row.revision == found.c.revision))
        .order_by(row.kind, row.key)
    )
    return tuple(_edition(edition, changed_in or 0) for edition, changed_in in session.execute(query))


def list_editions(session: Session, kind: Kind, key: str) -> tuple[Edition, ...]:
    """Every edition of one thing, the oldest first."""
    row = PublicationRow
    query = select(row).where(row.kind == kind, row.key == key).order_by(row.revision)
    found: list[Edition] = []
    changed_in = 0
    for edition in session.scalars(query):
        changed_in = changed_in if edition.change == Change.EDITORIAL else edition.revision
        found.append(_edition(edition, changed_in))
    return tuple(found)


def find_bodies(session: Session, digests: Iterable[str]) -> dict[str, str]:
    """The canonical text of each body, by digest."""
    query = select(PublishedBodyRow.digest, PublishedBodyRow.body).where(PublishedBodyRow.digest.in_(list(digests)))
    return {digest: body for digest, body in session.execute(query)}  # noqa: C416 - dict() does not know the row's types


def lock(session: Session) -> None:
    """Let one publication happen at a time. SQLite's write lock is already held."""
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
