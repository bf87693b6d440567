"""The only place for the acts of the desk: suspend, lift, void, propose and confirm a founding assessor."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from training.clearance.domain import Authorisation
from training.clearance.domain.intervals import local_day
from training.clearance.service.asking import facts_of, waiting_proposals
from training.clearance.service.recording import Recorded, lock_people, record
from training.clearance.service.rules import rulebook
from training.db import new_id, stamp, transaction
from training.errors import Invalid, NotAllowed, NotFound, Refused
from training.evidence.domain import (
    BEYOND_VOIDING,
    Fact,
    FoundingConfirmed,
    FoundingProposed,
    Kind,
    NewFact,
    Payload,
    Suspended,
    SuspensionLifted,
    Voided,
)
from training.people import service as people
from training.people.domain import PersonCard
from training.permissions import Permission, Viewer

_NOT_ONESELF = "Nobody decides on her or his own record. Ask another manager."


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The person an act is about, as far as the viewer may see and act."""

    card: PersonCard
    facts: tuple[Fact, ...]

    def fact(self, fact_id: str) -> Fact:
        """One of her facts; NotFound for anything else."""
        found = next((one for one in self.facts if one.id == fact_id), None)
        if found is None:
            raise NotFound
        return found

    def about(self, fact_id: str, kind: Kind) -> Fact | None:
        """The fact of that kind that names another one."""
        return next((one for one in self.facts if one.about == fact_id and one.kind == kind), None)


def subject_of(session: Session, viewer: Viewer, person_id: str, *, needs: Permission) -> Subject:
    """The person and her record, for an act.

    Raises:
        NotFound: unknown, or out of the viewer's sight.
        NotAllowed: it is the viewer herself.
    """
    card = people.get_person(session, viewer, person_id, needs=needs)
    if card.id == viewer.person_id:
        raise NotAllowed(_NOT_ONESELF)
    return Subject(card=card, facts=facts_of(session, person_id))


def get_authorisation(session: Session, authorisation: str, *, at: datetime) -> Authorisation:
    """An authorisation of the policy in force; NotFound when it has none of that id."""
    edition = rulebook(session).at(at)
    found = edition.policy.find(authorisation) if edition and edition.policy else None
    if found is None:
        raise NotFound
    return found


def suspension_in_force(subject: Subject, authorisation: str | None) -> Fact | None:
    """A suspension of exactly this scope that nothing has lifted yet."""
    return next(
        (
            one
            for one in subject.facts
            if one.kind == Kind.SUSPENDED
            and one.authorisation == authorisation
            and subject.about(one.id, Kind.SUSPENSION_LIFTED) is None
        ),
        None,
    )


def proposal_in_force(subject: Subject, authorisation: str) -> Fact | None:
    """A founding proposal that is neither confirmed nor voided."""
    waiting = waiting_proposals(subject.facts)
    return next((one for one in waiting if one.authorisation == authorisation), None)


def may_be_voided(subject: Subject, fact: Fact) -> bool:
    """Whether voiding it would take anything away."""
    return fact.kind not in BEYOND_VOIDING and subject.about(fact.id, Kind.VOIDED) is None


def suspend(
    viewer: Viewer,
    person_id: str,
    *,
    authorisation: str | None,
    reason: str,
    way_back: str,
    serious: bool,
    review_on: date | None,
    key: str | None = None,
) -> Recorded:
    """Suspend one authorisation (None: all of them), from now until a fact lifts it.

    Raises:
        NotFound: unknown, a stranger, or no such authorisation.
        NotAllowed: oneself.
        Refused: a suspension of that scope is in force already.
        Invalid: the reason or the way back is missing, or the day of review is past.
    """
    texts = {"reason": _told(reason, "a reason"), "way_back": _told(way_back, "what leads back")}
    with transaction() as session:
        lock_people(session, person_id)
        subject = subject_of(session, viewer, person_id, needs=Permission.SUSPEND)
        at = stamp(session)
        if authorisation is not None:
            get_authorisation(session, authorisation, at=at)
        if review_on is not None and review_on < _today(subject, at):
            raise Invalid("The day of review is past. Choose a later one, or leave it empty.")
        in_force = suspension_in_force(subject, authorisation)
        if in_force is not None and in_force.key != _key("suspended", key):
            raise Refused("A suspension of the same scope is in force already. Lift that one, or leave it as it is.")
        payload = Suspended(serious=serious, review_on=review_on)
        new = _new(viewer, subject, Kind.SUSPENDED, payload, at, authorisation=authorisation, key=key, texts=texts)
        return record(session, new)


def lift(viewer: Viewer, person_id: str, fact_id: str, *, reason: str, key: str | None = None) -> Recorded:
    """End the suspension of that id, from now.

    Raises:
        NotFound: unknown, a stranger, or no suspension.
        NotAllowed: oneself; or it is serious and the viewer recorded it.
        Refused: it is lifted already.
        Invalid: the reason is missing.
    """
    texts = {"reason": _told(reason, "a reason")}
    with transaction() as session:
        lock_people(session, person_id)
        subject = subject_of(session, viewer, person_id, needs=Permission.SUSPEND)
        fact = subject.fact(fact_id)
        if fact.kind != Kind.SUSPENDED:
            raise NotFound
        lifted = subject.about(fact_id, Kind.SUSPENSION_LIFTED)
        if lifted is not None and lifted.key != _key("suspension_lifted", key):
            raise Refused("This suspension is lifted already.")
        new = _new(
            viewer,
            subject,
            Kind.SUSPENSION_LIFTED,
            SuspensionLifted(),
            stamp(session),
            authorisation=fact.authorisation,
            about=fact_id,
            key=key,
            texts=texts,
        )
        return record(session, new)


def void(
    viewer: Viewer,
    person_id: str,
    fact_id: str,
    *,
    reason: str,
    from_at: datetime | None = None,
    key: str | None = None,
) -> Recorded:
    """Say that a fact does not count: never did, or no longer from ``from_at`` on. Both facts stay on record.

    Raises:
        NotFound: unknown, or a stranger.
        NotAllowed: oneself.
        Refused: it is a suspension or a void, or it is voided already.
        Invalid: the reason is missing.
    """
    texts = {"reason": _told(reason, "a reason")}
    with transaction() as session:
        lock_people(session, person_id)
        subject = subject_of(session, viewer, person_id, needs=Permission.SUSPEND)
        fact = subject.fact(fact_id)
        voided = subject.about(fact_id, Kind.VOIDED)
        if not may_be_voided(subject, fact) and (voided is None or voided.key != _key("voided", key)):
            raise Refused("This is voided already." if voided else "A suspension is lifted, and a void stays.")
        new = _new(
            viewer,
            subject,
            Kind.VOIDED,
            Voided(from_at=from_at),
            stamp(session),
            authorisation=fact.authorisation,
            about=fact_id,
            key=key,
            texts=texts,
        )
        return record(session, new)


def propose_founding(
    viewer: Viewer, person_id: str, *, authorisation: str, reason: str, key: str | None = None
) -> Recorded:
    """Propose somebody as a founding assessor; it counts once a second person confirms it.

    Raises:
        NotFound: unknown, a stranger, or no such authorisation.
        NotAllowed: oneself.
        Refused: the authorisation knows no founding, or a proposal waits already.
        Invalid: the reason is missing.
    """
    texts = {"reason": _told(reason, "a reason")}
    with transaction() as session:
        lock_people(session, person_id)
        subject = subject_of(session, viewer, person_id, needs=Permission.FOUND)
        at = stamp(session)
        get_authorisation(session, authorisation, at=at)
        waiting = proposal_in_force(subject, authorisation)
        if waiting is not None and waiting.key != _key("founding_proposed", key):
            raise Refused("A proposal waits already. A second person can confirm it.")
        new = _new(
            viewer,
            subject,
            Kind.FOUNDING_PROPOSED,
            FoundingProposed(),
            at,
            authorisation=authorisation,
            key=key,
            texts=texts,
        )
        return record(session, new)


def confirm_founding(
    viewer: Viewer, person_id: str, fact_id: str, *, reason: str = "", key: str | None = None
) -> Recorded:
    """Confirm the proposal of that id, as a second person.

    Raises:
        NotFound: unknown, a stranger, or no proposal.
        NotAllowed: oneself, or one's own proposal.
        Refused: it is confirmed or voided already.
    """
    texts = {"reason": reason.strip()}
    with transaction() as session:
        lock_people(session, person_id)
        subject = subject_of(session, viewer, person_id, needs=Permission.FOUND)
        fact = subject.fact(fact_id)
        if fact.kind != Kind.FOUNDING_PROPOSED:
            raise NotFound
        confirmed = subject.about(fact_id, Kind.FOUNDING_CONFIRMED)
        if subject.about(fact_id, Kind.VOIDED) is not None:
            raise Refused("This proposal was voided. Propose anew if it should stand.")
        if confirmed is not None and confirmed.key != _key("founding_confirmed", key):
            raise Refused("This proposal is confirmed already.")
        new = _new(
            viewer,
            subject,
            Kind.FOUNDING_CONFIRMED,
            FoundingConfirmed(),
            stamp(session),
            authorisation=fact.authorisation,
            about=fact_id,
            key=key,
            texts=texts,
        )
        return record(session, new)


def _new(
    viewer: Viewer,
    subject: Subject,
    kind: Kind,
    payload: Payload,
    at: datetime,
    *,
    authorisation: str | None,
    about: str | None = None,
    key: str | None,
    texts: dict[str, str],
) -> NewFact:
    return NewFact(
        person_id=subject.card.id,
        kind=kind,
        authorisation=authorisation,
        about=about,
        happened_at=at,
        zone=subject.card.zone(),
        actor_id=viewer.person_id,
        payload=payload,
        key=_key(kind.value, key),
        texts=texts,
    )


def _key(kind: str, key: str | None) -> str:
    """The fact's idempotency key: a form sends one of its own, so that sending it twice is the same as once."""
    return f"{kind}:{key or new_id()}"


def _told(text: str, what: str) -> str:
    said = text.strip()
    if not said:
        raise Invalid(f"Write {what}: the person reads it, and so does whoever asks years from now.")
    return said


def _today(subject: Subject, at: datetime) -> date:
    return local_day(at, subject.card.zone())
