"""The only place that says who sees a sheet, in whose hand it is, and what its page shows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from training.errors import Conflict, NotFound
from training.permissions import Permission, Viewer
from training.practicals import store
from training.practicals.domain.observation import Observation, State, Takeover, obstacles, result_of
from training.practicals.domain.result import Result
from training.practicals.domain.sheet import Sheet
from training.practicals.domain.signing import Verdict
from training.practicals.domain.statement import Rating
from training.practicals.service import rights
from training.words import moment


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenView:
    """Everything the sheet's page shows."""

    observation: Observation
    sheet: Sheet
    subject: str
    holder: str
    ratings: dict[str, Rating]
    result: Result
    obstacles: tuple[str, ...]  # why it cannot be signed yet
    verdict: Verdict | None  # may this viewer take it over; None where it is in her own hand
    mine: bool
    takeovers: tuple[Takeover, ...]
    names: dict[str, str]


def find_seen(session: Session, viewer: Viewer, observation_id: str) -> Observation:
    """An observation that the viewer may see while it is open: her own, or one at a site where she observes.

    Raises:
        NotFound: unknown, or a stranger's.
    """
    observation = store.get_observation(session, observation_id)
    if observation.assessor_id == viewer.person_id and viewer.may(Permission.OBSERVE):
        return observation
    # One's own sheet is seen once it is signed, not while the assessor is still writing.
    if observation.subject_id == viewer.person_id or observation.site_id not in rights.seats(viewer.memberships):
        raise NotFound
    return observation


def open_sheet(session: Session, viewer: Viewer, observation_id: str, *, at: datetime) -> OpenView:
    """The sheet as its page shows it.

    Raises:
        NotFound: unknown, or a stranger's.
    """
    observation = find_seen(session, viewer, observation_id)
    mine = observation.assessor_id == viewer.person_id
    sheet = rights.sheet_by_digest(session, observation.sheet_digest)
    ratings = store.ratings_of(session, observation_id)
    raters = {one.rated_by for one in ratings.values() if one.rated_by}
    # This page is opened more than any other, so it asks only what can have an answer.
    passed_on = (raters | {observation.started_by}) != {observation.assessor_id}
    takeovers = store.takeovers_of(session, observation_id) if passed_on else ()
    givers = {who for one in takeovers for who in (one.from_id, one.to_id)}
    names = dict(rights.names(session, observation.subject_id, observation.assessor_id, *raters, *givers))
    return OpenView(
        observation=observation,
        sheet=sheet,
        subject=names[observation.subject_id],
        holder=names[observation.assessor_id],
        ratings=ratings,
        result=result_of(sheet, ratings),
        obstacles=obstacles(sheet, ratings),
        verdict=None if mine else verdict_of(session, viewer, observation, at),
        mine=mine,
        takeovers=takeovers,
        names=names,
    )


def verdict_of(session: Session, viewer: Viewer, observation: Observation, at: datetime) -> Verdict:
    """Whether this viewer may take the sheet over and sign it."""
    return rights.verdict_on(
        session,
        assessor_id=viewer.person_id,
        subject_id=observation.subject_id,
        authorisation=observation.authorisation,
        grade=observation.leads_to,
        site_id=observation.site_id,
        at=at,
    )


def held_by(session: Session, viewer: Viewer, observation_id: str) -> Observation:
    """The open observation in this viewer's own hand, its row held to the end of the transaction.

    Raises:
        NotFound: unknown, or a stranger's.
        Conflict: it is signed or closed, or another assessor took it over.
    """
    find_seen(session, viewer, observation_id)
    observation = store.get_observation(session, observation_id, lock=True)
    if observation.state is not State.OPEN:
        ended = observation.signed_at or observation.closed_at or observation.started_at
        raise Conflict(
            f"This sheet was {'signed' if observation.state is State.SIGNED else 'closed'} "
            f"{moment(ended, observation.zone)}. Nothing was changed."
        )
    if observation.assessor_id != viewer.person_id:
        holder = rights.names(session, observation.assessor_id)[observation.assessor_id]
        raise Conflict(f"{holder} holds this sheet now. What you just tapped was not saved; take the sheet over first.")
    return observation
