"""The only place for the use cases of documents: adding, taking back, verifying, sending back."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from training.clearance import service as clearance
from training.db import stamp, transaction
from training.documents import store
from training.documents.domain import (
    Asked,
    Document,
    DocumentKind,
    State,
    WaitingDocument,
    asked,
    expiry_problem,
)
from training.errors import Conflict, Invalid, NotAllowed, Refused
from training.evidence.domain import DocumentVerified, Kind, NewFact
from training.people import service as people_service
from training.people import store as people
from training.people.domain import PersonCard
from training.permissions import Permission, Viewer
from training.words import moment

log = logging.getLogger(__name__)

_NOT_OWN = "Nobody decides on her or his own documents. Ask another manager."


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsView:
    """Everything a page of documents shows."""

    person: PersonCard
    asked: tuple[Asked, ...]
    all: tuple[Document, ...]  # the newest first
    names: Mapping[str, str]
    voided: frozenset[str]  # facts that no longer count


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits for a manager's eyes."""

    first: tuple[WaitingDocument, ...]  # the longest waiting
    total: int


def view(session: Session, viewer: Viewer, person_id: str, *, at: datetime) -> DocumentsView:
    """The documents of a person: one's own, or of somebody whose documents the viewer may verify.

    Raises:
        NotFound: unknown, or a stranger.
    """
    card = people_service.get_person(session, viewer, person_id, needs=Permission.VERIFY_DOCUMENTS)
    found = store.documents_of(session, person_id)
    voided = clearance.voided_among(session, [one.fact_id for one in found if one.fact_id])
    return DocumentsView(
        person=card,
        asked=asked(found, today=_today(card, at), void=voided),
        all=found,
        names=people.names_of(session, [one.decided_by for one in found]),
        voided=voided,
    )


def waiting(session: Session, viewer: Viewer, *, limit: int = 10) -> Waiting:
    """The documents that wait at the viewer's sites: the first `limit` of them, and how many there are."""
    if not viewer.may(Permission.VERIFY_DOCUMENTS):
        return Waiting(first=(), total=0)
    sites = viewer.sites_with(Permission.VERIFY_DOCUMENTS)
    first = store.list_waiting(session, sites=sites, limit=limit)
    total = len(first) if len(first) < limit else store.count_waiting(session, sites=sites)
    return Waiting(first=first, total=total)


def kinds_waiting(session: Session, person_id: str) -> frozenset[DocumentKind]:
    """The kinds of which this person has a document waiting to be seen."""
    return store.kinds_waiting(session, person_id)


def add(viewer: Viewer, person_id: str, *, kind: DocumentKind, issuer: str, reference: str, expires_on: date) -> str:
    """Write a document down: one's own, or on behalf of somebody whose documents the viewer may verify.

    Raises:
        NotFound: unknown, or a stranger.
        Invalid: the printed expiry will not do.
        Refused: one of that kind waits already.
    """
    try:
        with transaction() as session:
            card = people_service.get_person(session, viewer, person_id, needs=Permission.VERIFY_DOCUMENTS)
            at = stamp(session)
            problem = expiry_problem(expires_on, today=_today(card, at))
            if problem:
                raise Invalid(problem)
            document_id = store.add_document(
                session,
                person_id=person_id,
                kind=kind,
                issuer=issuer,
                reference=reference,
                expires_on=expires_on,
                added_by=viewer.person_id,
                at=at,
            )
    except IntegrityError:
        raise Refused(
            "One of that kind is waiting already. Take that one back first, or wait until a manager has looked at it."
        ) from None
    log.info("document added id=%s person=%s by=%s", document_id, person_id, viewer.person_id)
    return document_id


def take_back(viewer: Viewer, person_id: str, document_id: str) -> None:
    """Withdraw a waiting document: one's own, or as a manager one that was written down wrongly.

    Raises:
        NotFound: unknown, or a stranger's.
        Conflict: it was decided already.
    """
    with transaction() as session:
        people_service.get_person(session, viewer, person_id, needs=Permission.VERIFY_DOCUMENTS)
        document = _waiting(session, document_id, person_id=person_id)
        store.decide(session, document.id, state=State.TAKEN_BACK, by=viewer.person_id, at=stamp(session))
    log.info("document taken back id=%s by=%s", document_id, viewer.person_id)


def verify(viewer: Viewer, person_id: str, document_id: str) -> date:
    """Record that the viewer has seen the original; from then on it counts, through its printed expiry.

    Raises:
        NotFound: unknown, or a stranger's.
        NotAllowed: one's own document.
        Conflict: it was decided already.
        Refused: it has expired meanwhile.
    """
    with transaction() as session:
        card, document, at = _to_decide(session, viewer, person_id, document_id)
        problem = expiry_problem(document.expires_on, today=_today(card, at))
        if problem:
            raise Refused(f"This document cannot be recorded as seen. {problem}")
        recorded = clearance.record(
            session,
            NewFact(
                person_id=person_id,
                kind=Kind.DOCUMENT_VERIFIED,
                authorisation=None,
                happened_at=at,
                zone=card.zone(),
                actor_id=viewer.person_id,
                payload=DocumentVerified(
                    document=document.kind.value, document_id=document.id, expires_on=document.expires_on
                ),
                key=f"document_verified:{document.id}",
                # The fact keeps salted digests of these; the words can be erased without breaking it.
                texts={"issuer": document.issuer or "", "reference": document.reference or ""},
            ),
        )
        store.decide(
            session,
            document.id,
            state=State.VERIFIED,
            by=viewer.person_id,
            at=recorded.fact.recorded_at,
            fact_id=recorded.fact.id,
        )
    log.info("document verified id=%s person=%s by=%s", document_id, person_id, viewer.person_id)
    return document.expires_on


def send_back(viewer: Viewer, person_id: str, document_id: str, *, reason: str) -> None:
    """Send a document back with the reason, which its holder reads.

    Raises:
        NotFound: unknown, or a stranger's.
        NotAllowed: one's own document.
        Conflict: it was decided already.
        Invalid: no reason.
    """
    if not reason.strip():
        raise Invalid("Write what is wrong with it, so that the next one is right.")
    with transaction() as session:
        _, document, at = _to_decide(session, viewer, person_id, document_id)
        store.decide(session, document.id, state=State.SENT_BACK, by=viewer.person_id, at=at, reason=reason.strip())
    log.info("document sent back id=%s person=%s by=%s", document_id, person_id, viewer.person_id)


def _to_decide(
    session: Session, viewer: Viewer, person_id: str, document_id: str
) -> tuple[PersonCard, Document, datetime]:
    if person_id == viewer.person_id:
        raise NotAllowed(_NOT_OWN)
    card = people_service.get_person(session, viewer, person_id, needs=Permission.VERIFY_DOCUMENTS)
    people.lock_persons(session, [person_id])
    document = _waiting(session, document_id, person_id=person_id)
    return card, document, stamp(session)


def _waiting(session: Session, document_id: str, *, person_id: str) -> Document:
    document = store.get_document(session, document_id, person_id=person_id, lock=True)
    if document.state is State.WAITING:
        return document
    card = people.get_cards(session, [person_id])[person_id]
    names = people.names_of(session, [document.decided_by])
    said = {State.VERIFIED: "was recorded as seen", State.SENT_BACK: "was sent back"}.get(
        document.state, "was taken back"
    )
    when = moment(document.decided_at or document.added_at, card.zone())
    raise Conflict(f"This document {said} already, {when}, by {names.get(document.decided_by or '', 'somebody')}.")


def _today(card: PersonCard, at: datetime) -> date:
    return at.astimezone(ZoneInfo(card.zone())).date()
