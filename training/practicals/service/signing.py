"""The only place for signing a sheet, and for what a signed one shows."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from training.clearance import service as clearance
from training.db import reading, stamp, transaction
from training.errors import Conflict, NotFound, Refused
from training.evidence.domain import Fact, Kind, NewFact, PracticalSigned, Voided
from training.people import service as people_service
from training.people import store as people
from training.permissions import Permission, Viewer
from training.practicals import store
from training.practicals.domain.observation import Observation, State, Takeover, obstacles, result_of
from training.practicals.domain.result import Result
from training.practicals.domain.sheet import Sheet
from training.practicals.domain.signing import Verdict
from training.practicals.domain.statement import (
    MEANING,
    Rating,
    SignedSheet,
    canonical,
    digest,
    note_digest,
    read_signed,
)
from training.practicals.service import rights
from training.practicals.service.sheets import find_seen, held_by

log = logging.getLogger(__name__)

#: A statement read longer ago than this is read again before it is signed.
SIGNING_LIFE: Final = timedelta(minutes=10)


class WrongPassword(Refused):
    """The password under the statement is not the signer's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSign:
    """What the signing page shows, all of it computed from the stored ratings."""

    observation: Observation
    sheet: Sheet
    subject: str
    assessor: str
    title: str
    ratings: dict[str, Rating]
    result: Result
    names: dict[str, str]
    meaning: str
    digest: str  # of exactly what is shown
    obstacles: tuple[str, ...]  # why it cannot be signed as it stands
    verdict: Verdict  # may this viewer sign it now

    @property
    def ready(self) -> bool:
        """Whether a password would sign it."""
        return not self.obstacles and self.verdict.allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A signature on record; `already` when this same one was there before."""

    signed_at: datetime
    zone: str
    already: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedView:
    """Everything a signed sheet's page shows."""

    observation: Observation
    sheet: Sheet
    signed: SignedSheet
    subject: str
    title: str
    ratings: dict[str, Rating]
    names: dict[str, str]
    takeovers: tuple[Takeover, ...]
    result: Result
    fault: str | None  # why this sheet is not to be relied on
    void: Fact | None
    void_reason: str | None


def to_sign(session: Session, viewer: Viewer, observation_id: str, *, at: datetime) -> ToSign:
    """The statement in front of the password.

    Raises:
        NotFound: unknown, or not in this viewer's hand.
        Conflict: it is signed or closed already.
    """
    observation = find_seen(session, viewer, observation_id)
    if observation.assessor_id != viewer.person_id:
        raise NotFound
    if observation.state is not State.OPEN:
        raise Conflict("This sheet is not open any more.")
    return _statement(session, observation, at=at)


def _statement(session: Session, observation: Observation, *, at: datetime) -> ToSign:
    sheet = rights.sheet_by_digest(session, observation.sheet_digest)
    ratings = store.ratings_of(session, observation.id)
    found = result_of(sheet, ratings)
    raters = [one.rated_by for one in ratings.values()]
    names = dict(rights.names(session, observation.subject_id, observation.assessor_id, *raters))
    policy = clearance.current_policy(session, at=at)
    known = policy.find(observation.authorisation) if policy else None
    return ToSign(
        observation=observation,
        sheet=sheet,
        subject=names[observation.subject_id],
        assessor=names[observation.assessor_id],
        title=known.title if known else observation.authorisation,
        ratings=ratings,
        result=found,
        names=names,
        meaning=MEANING,
        digest=digest(canonical(observation.occasion, sheet, ratings, found)),
        obstacles=obstacles(sheet, ratings),
        verdict=rights.verdict_on(
            session,
            assessor_id=observation.assessor_id,
            subject_id=observation.subject_id,
            authorisation=observation.authorisation,
            grade=observation.leads_to,
            site_id=observation.site_id,
            at=at,
        ),
    )


def sign(viewer: Viewer, observation_id: str, *, shown: str, shown_at: datetime, password: str) -> Recorded:
    """Sign and record, passed and failed alike. `shown` is the digest of what the signing page showed at `shown_at`.

    Everything is asked again under locks on candidate and assessor, so that nothing can change between the check and
    the record: a suspension recorded a moment earlier refuses, one recorded a moment later finds the signature done.

    Raises:
        NotFound: unknown, or not in this viewer's hand.
        WrongPassword: it is not the signer's.
        Refused: the statement is too old, the viewer may not sign, the sheet is not complete.
        TooMany: signing is locked after three wrong passwords.
        Conflict: the sheet changed since it was shown, or somebody else holds it.
    """
    before = find_seen(reading(), viewer, observation_id)
    if before.state is State.SIGNED and before.assessor_id == viewer.person_id:
        return _already(before)
    # In transactions of its own: a wrong password stays counted although nothing is signed.
    try:
        people_service.check_password(viewer.person_id, password)
    except Refused as error:
        raise WrongPassword(str(error)) from None
    with transaction() as session:
        people.lock_persons(session, [viewer.person_id, before.subject_id])
        current = store.get_observation(session, observation_id, lock=True)
        if current.state is State.SIGNED and current.assessor_id == viewer.person_id:
            return _already(current)
        observation = held_by(session, viewer, observation_id)
        at = stamp(session)
        if not timedelta(0) <= at - shown_at <= SIGNING_LIFE:
            raise Refused(
                "The statement was shown more than ten minutes ago. Read it again, then sign. Nothing was signed."
            )
        statement = _statement(session, observation, at=at)
        if statement.digest != shown:
            raise Conflict(
                "The sheet changed since this statement was shown. Read it again, then sign. Nothing was signed."
            )
        if not statement.verdict.allowed:
            raise Refused(f"{statement.verdict.sentence} Nothing was signed.")
        if statement.obstacles:
            raise Refused(f"{' '.join(statement.obstacles)} Nothing was signed.")
        recorded_at = _record(session, statement, at=at)
    log.info("observation signed id=%s by=%s digest=%s", observation_id, viewer.person_id, shown)
    return Recorded(signed_at=recorded_at, zone=observation.zone, already=False)


def _already(observation: Observation) -> Recorded:
    return Recorded(signed_at=observation.signed_at or observation.started_at, zone=observation.zone, already=True)


def _record(session: Session, statement: ToSign, *, at: datetime) -> datetime:
    observation, found = statement.observation, statement.result
    body = canonical(observation.occasion, statement.sheet, statement.ratings, found)
    store.add_signed_sheet(session, digest=statement.digest, body=body, at=at)
    revisions = {f"sheet:{observation.sheet_key}": observation.sheet_digest}
    policy_digest = clearance.policy_digest(session, at=at)
    if policy_digest:
        revisions["policy"] = policy_digest
    recorded = clearance.record(
        session,
        NewFact(
            person_id=observation.subject_id,
            kind=Kind.PRACTICAL_SIGNED,
            authorisation=observation.authorisation,
            happened_at=observation.started_at,
            zone=observation.zone,
            actor_id=observation.assessor_id,
            payload=PracticalSigned(
                sheet=observation.sheet_key,
                observation_id=observation.id,
                outcome="passed" if found.passed else "failed",
                points=found.points,
                available=found.available,
                signed_sheet=statement.digest,
                statement=statement.meaning,
            ),
            revisions=revisions,
            key=f"practical_signed:{observation.id}",
        ),
    )
    signed_at = recorded.fact.recorded_at
    store.close_signed(session, observation.id, digest=statement.digest, fact_id=recorded.fact.id, at=signed_at)
    return signed_at


def signed_view(session: Session, viewer: Viewer, observation_id: str) -> SignedView:
    """A signed sheet, for whom it is about, who signed it, and who may see that person's record.

    Raises:
        NotFound: unknown, a stranger's, or not signed.
    """
    observation = store.get_observation(session, observation_id)
    if observation.state is not State.SIGNED or observation.signed_digest is None:
        raise NotFound
    own = viewer.person_id in {observation.subject_id, observation.assessor_id}
    if not own and observation.site_id not in rights.seats(viewer.memberships):
        people_service.get_person(session, viewer, observation.subject_id, needs=Permission.SEE_REGISTER)
    ratings = store.ratings_of(session, observation_id)
    takeovers = store.takeovers_of(session, observation_id)
    sheet = rights.sheet_by_digest(session, observation.sheet_digest)
    body = store.get_signed_sheet(session, observation.signed_digest)
    facts = clearance.facts_of(session, observation.subject_id)
    fact = next((one for one in facts if one.id == observation.fact_id), None)
    void = next((one for one in facts if isinstance(one.payload, Voided) and one.about == observation.fact_id), None)
    texts = clearance.texts_of(session, [void.id]) if void else {}
    policy = clearance.current_policy(session, at=observation.signed_at or observation.started_at)
    known = policy.find(observation.authorisation) if policy else None
    raters = [one.rated_by for one in ratings.values()]
    givers = [who for one in takeovers for who in (one.from_id, one.to_id)]
    names = dict(
        rights.names(
            session, observation.subject_id, observation.assessor_id, void.actor_id if void else None, *raters, *givers
        )
    )
    signed = read_signed(body, stored_digest=observation.signed_digest, occasion=observation.occasion)
    return SignedView(
        observation=observation,
        sheet=sheet,
        signed=signed,
        subject=names[observation.subject_id],
        title=known.title if known else observation.authorisation,
        ratings=ratings,
        names=names,
        takeovers=takeovers,
        result=result_of(sheet, ratings),
        fault=signed.fault or _fault(observation, signed, ratings, fact),
        void=void,
        void_reason=texts.get(void.id, {}).get("reason") if void else None,
    )


def _fault(observation: Observation, signed: SignedSheet, ratings: dict[str, Rating], fact: Fact | None) -> str | None:
    """What of the record around an intact signed sheet does not fit it, or None."""
    if fact is None or not isinstance(fact.payload, PracticalSigned):
        return "There is no record of this signature."
    said = (fact.payload.signed_sheet, fact.payload.outcome, fact.person_id, fact.actor_id)
    if said != (signed.digest, signed.outcome, observation.subject_id, observation.assessor_id):
        return "The record of this signature is about another sheet."
    for criterion, line in signed.lines.items():
        rating = ratings.get(criterion)
        level = rating.mark.level if rating and rating.mark else None
        if level != line.level:
            return f"{criterion} no longer says what was signed."
        # An erased note leaves its digest behind; one that is there must be the one that was signed.
        note = rating.note if rating else None
        if note and (line.note is None or note_digest(note=note, salt=rating.note_salt or "") != line.note):  # type: ignore[union-attr]
            return f"The note on {criterion} is not the one that was signed."
    return None
