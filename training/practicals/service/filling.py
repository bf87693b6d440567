"""The only place for filling in a sheet: starting it, each tap, handing it over, putting it away."""

import logging
import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from training.clearance import service as clearance
from training.clearance.domain import Status
from training.db import stamp, transaction
from training.errors import Conflict, Invalid, NotFound, Refused
from training.people import store as people
from training.permissions import Viewer
from training.practicals import store
from training.practicals.domain.observation import (
    Change,
    Overtaken,
    State,
    already_says,
    obstacles,
    result_of,
    untouched,
)
from training.practicals.domain.queue import Readiness, readiness
from training.practicals.domain.result import Outcome, Result
from training.practicals.domain.sheet import Sheet
from training.practicals.domain.statement import Rating
from training.practicals.service import rights
from training.practicals.service.sheets import find_seen, held_by, verdict_of
from training.words import clock_time, moment

log = logging.getLogger(__name__)

_SALT_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """A saved line, and the whole sheet as it stands with it."""

    rating: Rating
    sheet: Sheet
    ratings: dict[str, Rating]
    zone: str

    @property
    def result(self) -> Result:
        """What the ratings amount to now."""
        return result_of(self.sheet, self.ratings)

    @property
    def obstacles(self) -> tuple[str, ...]:
        """Why it cannot be signed yet."""
        return obstacles(self.sheet, self.ratings)


def start(viewer: Viewer, *, subject_id: str, authorisation: str) -> str:
    """Open a sheet for somebody and return its id; the one already in this assessor's hand is simply opened again.

    Raises:
        NotFound: no such person at one of the viewer's sites, or no such authorisation.
        Refused: the viewer may not observe, the person is not ready, or another assessor holds a sheet.
    """
    try:
        with transaction() as session:
            return _start(session, viewer, subject_id=subject_id, authorisation=authorisation)
    except IntegrityError:
        # The partial unique index: another assessor was a moment faster.
        raise Refused(
            "Somebody just began a sheet for this person. Go back to the queue to see who holds it."
        ) from None


def _start(session: Session, viewer: Viewer, *, subject_id: str, authorisation: str) -> str:
    people.lock_persons(session, [viewer.person_id, subject_id])
    at = stamp(session)
    card = people.get_cards(session, [subject_id]).get(subject_id)
    site_id = rights.shared_site(viewer, card, at) if card else None
    if card is None or site_id is None:
        raise NotFound
    policy = clearance.current_policy(session, at=at)
    asked = rights.get_authorisation(policy, authorisation)
    standing = clearance.standing_of(session, person_id=subject_id, authorisation=authorisation, at=at, known_at=at)
    grade = rights.leads_to(policy, asked, present=standing.grade) if policy else None
    if grade is None:
        raise Refused(f"The policy asks for no practical in {asked.title}.")
    verdict = rights.verdict_on(
        session,
        assessor_id=viewer.person_id,
        subject_id=subject_id,
        authorisation=authorisation,
        grade=grade,
        site_id=site_id,
        at=at,
    )
    if not verdict.allowed:
        raise Refused(verdict.sentence)
    found = store.find_open(session, subject_id=subject_id, authorisation=authorisation)
    if found is not None:
        if found.assessor_id == viewer.person_id:
            return found.id
        holder = rights.names(session, found.assessor_id)[found.assessor_id]
        raise Refused(
            f"{holder} holds a sheet for {card.name}, begun {moment(found.started_at, found.zone)}. "
            "Take it over from the queue, or let it be finished."
        )
    ready, missing = readiness(standing.requirements, renewal_due=standing.status is Status.RENEWAL_DUE)
    if ready is Readiness.THEORY_FIRST:
        raise Refused(f"{card.name} has theory to pass first: {', '.join(missing)}.")
    if ready is not Readiness.READY:
        raise Refused(f"No practical is due for {card.name} in {asked.title}.")
    published = rights.current_sheet(session, asked.sheet, at=at)
    site = people.get_site(session, site_id)
    observation_id = store.add_observation(
        session,
        subject_id=subject_id,
        authorisation=authorisation,
        leads_to=grade,
        sheet_key=published.sheet.key,
        sheet_revision=published.sheet.revision,
        sheet_digest=published.digest,
        site_id=site_id,
        zone=site.zone,
        assessor_id=viewer.person_id,
        at=at,
    )
    log.info("observation started id=%s subject=%s assessor=%s", observation_id, subject_id, viewer.person_id)
    return observation_id


def rate(viewer: Viewer, observation_id: str, change: Change) -> Rated:
    """Save one tap. Repeating what the line says already changes nothing.

    Raises:
        NotFound, Conflict: see `held_by`.
        Overtaken: the line was changed since it was last seen here; nothing was overwritten.
        Invalid: the sheet has no such line or level.
    """
    with transaction() as session:
        observation = held_by(session, viewer, observation_id)
        sheet = rights.sheet_by_digest(session, observation.sheet_digest)
        _check(sheet, change)
        ratings = store.ratings_of(session, observation_id)
        before = ratings.get(change.criterion, untouched(change.criterion))
        if already_says(before, change):
            return Rated(rating=before, sheet=sheet, ratings=ratings, zone=observation.zone)
        if change.seen != before.revision:
            raise Overtaken(_overtaken(session, before, zone=observation.zone), before)
        after = _changed(before, change, by=viewer.person_id, at=stamp(session))
        store.write_rating(session, observation_id, after)
    log.info("rating saved observation=%s line=%s revision=%s", observation_id, after.criterion, after.revision)
    return Rated(rating=after, sheet=sheet, ratings={**ratings, change.criterion: after}, zone=observation.zone)


def _check(sheet: Sheet, change: Change) -> None:
    criterion = sheet.find_criterion(change.criterion)
    if criterion is None:
        raise Invalid("This sheet has no such line. Reload the page.")
    level = change.mark.level if change.mark else None
    if level is not None and level > criterion.maximum:
        raise Invalid(f"{criterion.id} has no level {level}.")
    if change.tenths is not None and not criterion.timed:
        raise Invalid(f"{criterion.id} is not timed.")


def _overtaken(session: Session, found: Rating, *, zone: str) -> str:
    who = rights.names(session, found.rated_by).get(found.rated_by or "", "Somebody")
    said = (
        "not observed" if found.mark and found.mark.level is None else f"level {found.mark}" if found.mark else "open"
    )
    when = f" at {clock_time(found.rated_at, zone)}" if found.rated_at else ""
    return f"{found.criterion} was changed{when} by {who} and says {said}. Yours was not saved; tap again to change it."


def _changed(before: Rating, change: Change, *, by: str, at: datetime) -> Rating:
    after = replace(before, revision=before.revision + 1, rated_by=before.rated_by or by, rated_at=at)
    if change.mark is not None and change.mark is not before.mark:
        after = replace(after, mark=change.mark, rated_by=by)
    if change.tenths is not None:
        after = replace(after, seconds=None if change.tenths < 0 else change.tenths / 10)
    if change.note is not None:
        kept = change.note or None
        after = replace(after, note=kept, note_salt=secrets.token_hex(_SALT_BYTES) if kept else None)
    return after


def take_over(viewer: Viewer, observation_id: str) -> None:
    """Take an unfinished sheet into one's own hand; who had it before stays on record.

    Raises:
        NotFound: unknown, or a stranger's.
        Refused: the viewer may not observe this person.
        Conflict: it is not open any more.
    """
    with transaction() as session:
        seen = find_seen(session, viewer, observation_id)
        people.lock_persons(session, [viewer.person_id, seen.subject_id])
        observation = store.get_observation(session, observation_id, lock=True)
        if observation.state is not State.OPEN:
            raise Conflict("This sheet is not open any more. Go back to the queue.")
        if observation.assessor_id == viewer.person_id:
            return
        at = stamp(session)
        verdict = verdict_of(session, viewer, observation, at)
        if not verdict.allowed:
            raise Refused(verdict.sentence)
        store.hand_to(session, observation_id, from_id=observation.assessor_id, to_id=viewer.person_id, at=at)
    log.info("observation taken over id=%s by=%s from=%s", observation_id, viewer.person_id, observation.assessor_id)


def close_unsigned(viewer: Viewer, observation_id: str, *, reason: str) -> None:
    """Put a sheet away without a signature: broken off, nothing decided. It stays on record with the reason.

    Raises:
        NotFound, Conflict: see `held_by`.
        Refused: the sheet shows a fail already; that is signed, not put away.
        Invalid: no reason.
    """
    if not reason.strip():
        raise Invalid("Write why the practical was broken off.")
    with transaction() as session:
        observation = held_by(session, viewer, observation_id)
        sheet = rights.sheet_by_digest(session, observation.sheet_digest)
        found = result_of(sheet, store.ratings_of(session, observation_id))
        if found.broken or found.outcome is Outcome.PASSED:
            raise Refused(
                "This sheet shows an outcome. Sign it; a practical is broken off only while nothing is decided."
            )
        at = stamp(session)
        store.close_unsigned(session, observation_id, by=viewer.person_id, reason=reason.strip(), at=at)
    log.info("observation closed id=%s by=%s", observation_id, viewer.person_id)
