"""The only place for the SQL of documents."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from training.db import new_id
from training.documents.domain import Document, DocumentKind, State, WaitingDocument
from training.documents.tables import DocumentRow
from training.errors import NotFound
from training.people import store as people
from training.people.tables import PersonRow


def add_document(
    session: Session,
    *,
    person_id: str,
    kind: DocumentKind,
    issuer: str,
    reference: str,
    expires_on: date,
    added_by: str,
    at: datetime,
) -> str:
    """A new waiting document. The database refuses a second waiting one of a kind."""
    row = DocumentRow(
        id=new_id(),
        person_id=person_id,
        kind=kind.value,
        issuer=issuer,
        reference=reference,
        expires_on=expires_on,
        added_by=added_by,
        added_at=at,
        state=State.WAITING.value,
    )
    session.add(row)
    session.flush()
    return row.id


def documents_of(session: Session, person_id: str) -> tuple[Document, ...]:
    """All of a person's documents, the newest first."""
    query = (
        select(DocumentRow)
        .where(DocumentRow.person_id == person_id)
        .order_by(DocumentRow.added_at.desc(), DocumentRow.id)
        .execution_options(populate_existing=True)
    )
    return tuple(_document(row) for row in session.scalars(query))


def get_document(session: Session, document_id: str, *, person_id: str, lock: bool = False) -> Document:
    """One document of this person; `lock` holds its row to the end of the transaction.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    query = select(DocumentRow).where(DocumentRow.id == document_id, DocumentRow.person_id == person_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(query).first()
    if row is None:
        raise NotFound
    return _document(row)


def decide(
    session: Session,
    document_id: str,
    *,
    state: State,
    by: str,
    at: datetime,
    reason: str | None = None,
    fact_id: str | None = None,
) -> None:
    """What became of a waiting document; from here on the database lets nobody change it."""
    deciding = (
        update(DocumentRow)
        .where(DocumentRow.id == document_id)
        .values(state=state.value, decided_by=by, decided_at=at, reason=reason, fact_id=fact_id)
    )
    session.execute(deciding)


def list_waiting(session: Session, *, sites: frozenset[str] | None, limit: int) -> tuple[WaitingDocument, ...]:
    """Waiting documents of people who work or worked at these sites (None: anywhere), the longest waiting first."""
    query = (
        select(DocumentRow, PersonRow.name)
        .join(PersonRow, PersonRow.id == DocumentRow.person_id)
        .where(DocumentRow.state == State.WAITING.value, people.worked_within(DocumentRow.__table__.c.person_id, sites))
        .order_by(DocumentRow.added_at, DocumentRow.id)
        .limit(limit)
    )
    return tuple(WaitingDocument(document=_document(row), name=name) for row, name in session.execute(query))


#: Built once, as every home page asks it.
_KINDS_WAITING: Final = select(DocumentRow.kind).where(
    DocumentRow.person_id == bindparam("person_id"), DocumentRow.state == State.WAITING.value
)


def kinds_waiting(session: Session, person_id: str) -> frozenset[DocumentKind]:
    """The kinds of which this person has a document waiting."""
    return frozenset(DocumentKind(kind) for kind in session.scalars(_KINDS_WAITING, {"person_id": person_id}))


def count_waiting(session: Session, *, sites: frozenset[str] | None) -> int:
    """How many wait there."""
    query = select(func.count(DocumentRow.id)).where(
        DocumentRow.state == State.WAITING.value, people.worked_within(DocumentRow.__table__.c.person_id, sites)
    )
    return session.execute(query).scalar_one()


def _document(row: DocumentRow) -> Document:
    return Document(
        id=row.id,
        person_id=row.person_id,
        kind=DocumentKind(row.kind),
        issuer=row.issuer,
        reference=row.reference,
        expires_on=row.expires_on,
        added_by=row.added_by,
        added_at=row.added_at,
        state=State(row.state),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reason=row.reason,
        fact_id=row.fact_id,
    )
