"""The only place for the SQL of practicals: observations, ratings, takeovers, signed sheets."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, RowMapping, select, update
from sqlalchemy.orm import Session

from training.db import new_id
from training.errors import NotFound
from training.practicals.domain.observation import Observation, State, Takeover
from training.practicals.domain.result import Mark
from training.practicals.domain.statement import Rating
from training.practicals.tables import ObservationRatingRow, ObservationRow, ObservationTakeoverRow, SignedSheetRow

_RATING: Final = (
    ObservationRatingRow.observation_id,
    ObservationRatingRow.criterion,
    ObservationRatingRow.mark,
    ObservationRatingRow.tenths,
    ObservationRatingRow.note,
    ObservationRatingRow.note_salt,
    ObservationRatingRow.revision,
    ObservationRatingRow.rated_by,
    ObservationRatingRow.rated_at,
)

# ---- observations


def add_observation(
    session: Session,
    *,
    subject_id: str,
    authorisation: str,
    leads_to: str,
    sheet_key: str,
    sheet_revision: int,
    sheet_digest: str,
    site_id: str,
    zone: str,
    assessor_id: str,
    at: datetime,
) -> str:
    """A new open sheet. The database refuses a second open one for the same person and authorisation."""
    row = ObservationRow(
        id=new_id(),
        subject_id=subject_id,
        authorisation=authorisation,
        leads_to=leads_to,
        sheet_key=sheet_key,
        sheet_revision=sheet_revision,
        sheet_digest=sheet_digest,
        site_id=site_id,
        zone=zone,
        assessor_id=assessor_id,
        started_by=assessor_id,
        started_at=at,
        state=State.OPEN.value,
    )
    session.add(row)
    session.flush()
    return row.id


def get_observation(session: Session, observation_id: str, *, lock: bool = False) -> Observation:
    """The observation; `lock` holds its row to the end of the transaction.

    Raises:
        NotFound: no such observation.
    """
    query = select(ObservationRow).where(ObservationRow.id == observation_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(query).first()
    if row is None:
        raise NotFound
    return _observation(row)


def find_open(session: Session, *, subject_id: str, authorisation: str) -> Observation | None:
    """The open sheet of this person in this authorisation, or None."""
    return _first(
        session,
        ObservationRow.subject_id == subject_id,
        ObservationRow.authorisation == authorisation,
        ObservationRow.state == State.OPEN.value,
    )


def find_last_signed(session: Session, *, subject_id: str, authorisation: str) -> Observation | None:
    """The sheet signed last for this person in this authorisation, or None."""
    return _first(
        session,
        ObservationRow.subject_id == subject_id,
        ObservationRow.authorisation == authorisation,
        ObservationRow.state == State.SIGNED.value,
    )


def _first(session: Session, *conditions: ColumnElement[bool]) -> Observation | None:
    newest = (ObservationRow.signed_at.desc(), ObservationRow.started_at.desc())
    row = session.scalars(select(ObservationRow).where(*conditions).order_by(*newest).limit(1)).first()
    return None if row is None else _observation(row)


def list_open(session: Session, *, sites: frozenset[str] | None, assessor_id: str) -> tuple[Observation, ...]:
    """Open sheets in this assessor's hand, or at one of these sites (None: any), the oldest first."""
    here = ObservationRow.assessor_id == assessor_id
    query = select(ObservationRow).where(ObservationRow.state == State.OPEN.value)
    if sites is not None:
        query = query.where(here | ObservationRow.site_id.in_(sites))
    return tuple(_observation(row) for row in session.scalars(query.order_by(ObservationRow.started_at)))


def list_signed(session: Session, *, assessor_id: str, limit: int) -> tuple[Observation, ...]:
    """The sheets this assessor signed last, the newest first."""
    query = (
        select(ObservationRow)
        .where(ObservationRow.assessor_id == assessor_id, ObservationRow.state == State.SIGNED.value)
        .order_by(ObservationRow.signed_at.desc(), ObservationRow.id)
        .limit(limit)
    )
    return tuple(_observation(row) for row in session.scalars(query))


def hand_to(session: Session, observation_id: str, *, from_id: str, to_id: str, at: datetime) -> None:
    """Put the sheet into another assessor's hand, and write down that it was."""
    session.execute(update(ObservationRow).where(ObservationRow.id == observation_id).values(assessor_id=to_id))
    session.add(ObservationTakeoverRow(id=new_id(), observation_id=observation_id, from_id=from_id, to_id=to_id, at=at))
    session.flush()


def takeovers_of(session: Session, observation_id: str) -> tuple[Takeover, ...]:
    """Who took the sheet over from whom, in order."""
    query = (
        select(ObservationTakeoverRow)
        .where(ObservationTakeoverRow.observation_id == observation_id)
        .order_by(ObservationTakeoverRow.at, ObservationTakeoverRow.id)
    )
    return tuple(Takeover(from_id=row.from_id, to_id=row.to_id, at=row.at) for row in session.scalars(query))


def close_signed(session: Session, observation_id: str, *, digest: str, fact_id: str, at: datetime) -> None:
    """The sheet is signed; from here on the database lets nobody change it."""
    closing = (
        update(ObservationRow)
        .where(ObservationRow.id == observation_id)
        .values(state=State.SIGNED.value, signed_at=at, signed_digest=digest, fact_id=fact_id)
    )
    session.execute(closing)


def close_unsigned(session: Session, observation_id: str, *, by: str, reason: str, at: datetime) -> None:
    """The sheet is put away without a signature; it stays on record."""
    closing = (
        update(ObservationRow)
        .where(ObservationRow.id == observation_id)
        .values(state=State.CLOSED.value, closed_at=at, closed_by=by, closed_reason=reason)
    )
    session.execute(closing)


# ---- ratings


def ratings_of(session: Session, observation_id: str) -> dict[str, Rating]:
    """The ratings of one sheet by line; lines never touched are left out."""
    return ratings_of_many(session, [observation_id])[observation_id]


def ratings_of_many(session: Session, observation_ids: Iterable[str]) -> defaultdict[str, dict[str, Rating]]:
    """The ratings of several sheets, in one query."""
    ids = set(observation_ids)
    found: defaultdict[str, dict[str, Rating]] = defaultdict(dict)
    if not ids:
        return found
    # Plain columns: twenty-five mapped objects a page cost more than the query.
    for row in session.execute(select(*_RATING).where(ObservationRatingRow.observation_id.in_(ids))).mappings():
        found[row["observation_id"]][row["criterion"]] = _rating(row)
    return found


def write_rating(session: Session, observation_id: str, rating: Rating) -> None:
    """Write one line; the caller holds the observation's row."""
    values = {
        "mark": None if rating.mark is None else rating.mark.value,
        "tenths": None if rating.seconds is None else round(rating.seconds * 10),
        "note": rating.note,
        "note_salt": rating.note_salt,
        "revision": rating.revision,
        "rated_by": rating.rated_by,
        "rated_at": rating.rated_at,
    }
    row = session.get(ObservationRatingRow, (observation_id, rating.criterion))
    if row is None:
        session.add(ObservationRatingRow(observation_id=observation_id, criterion=rating.criterion, **values))
    else:
        for name, value in values.items():
            setattr(row, name, value)
    session.flush()


# ---- signed sheets


def add_signed_sheet(session: Session, *, digest: str, body: str, at: datetime) -> None:
    """Keep the canonical text of what was signed."""
    session.add(SignedSheetRow(digest=digest, body=body, recorded_at=at))
    session.flush()


def get_signed_sheet(session: Session, digest: str) -> str:
    """The canonical text behind a digest.

    Raises:
        NotFound: there is none.
    """
    row = session.get(SignedSheetRow, digest)
    if row is None:
        raise NotFound
    return row.body


def _observation(row: ObservationRow) -> Observation:
    return Observation(
        id=row.id,
        subject_id=row.subject_id,
        authorisation=row.authorisation,
        leads_to=row.leads_to,
        sheet_key=row.sheet_key,
        sheet_revision=row.sheet_revision,
        sheet_digest=row.sheet_digest,
        site_id=row.site_id,
        zone=row.zone,
        assessor_id=row.assessor_id,
        started_by=row.started_by,
        started_at=row.started_at,
        state=State(row.state),
        signed_at=row.signed_at,
        signed_digest=row.signed_digest,
        fact_id=row.fact_id,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        closed_reason=row.closed_reason,
    )


def _rating(row: RowMapping) -> Rating:
    return Rating(
        criterion=row["criterion"],
        mark=None if row["mark"] is None else Mark(row["mark"]),
        seconds=None if row["tenths"] is None else row["tenths"] / 10,
        note=row["note"],
        note_salt=row["note_salt"],
        revision=row["revision"],
        rated_by=row["rated_by"],
        rated_at=row["rated_at"],
    )
