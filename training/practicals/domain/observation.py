"""The only place for what an observation is: a sheet in somebody's hand, from its start to its signature."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from training.errors import Conflict
from training.practicals.domain.result import Mark, Result, contradictions, result
from training.practicals.domain.sheet import Sheet
from training.practicals.domain.statement import Occasion, Rating

#: Characters.
NOTE_MAXIMUM: Final = 500
REASON_MAXIMUM: Final = 500


class State(StrEnum):
    """Where a sheet is."""

    OPEN = "open"
    SIGNED = "signed"
    CLOSED = "closed"  # without a signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One practical of one person."""

    id: str
    subject_id: str
    authorisation: str
    leads_to: str
    sheet_key: str
    sheet_revision: int
    sheet_digest: str
    site_id: str
    zone: str
    assessor_id: str
    started_by: str
    started_at: datetime
    state: State
    signed_at: datetime | None
    signed_digest: str | None
    fact_id: str | None
    closed_at: datetime | None
    closed_by: str | None
    closed_reason: str | None

    @property
    def occasion(self) -> Occasion:
        """What of it a signature covers."""
        return Occasion(
            observation_id=self.id,
            subject_id=self.subject_id,
            assessor_id=self.assessor_id,
            authorisation=self.authorisation,
            leads_to=self.leads_to,
            sheet_key=self.sheet_key,
            sheet_revision=self.sheet_revision,
            sheet_digest=self.sheet_digest,
            observed_at=self.started_at,
            zone=self.zone,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """One assessor took the sheet over from another."""

    from_id: str
    to_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an assessor sends about one line. `seen` is the revision she had before her; None leaves a part alone."""

    criterion: str
    seen: int
    mark: Mark | None
    note: str | None  # empty takes the note away
    tenths: int | None  # of a second; -1 takes the time away


class Overtaken(Conflict):
    """Somebody else changed the line first; `found` is what it says now."""

    def __init__(self, message: str, found: Rating) -> None:
        super().__init__(message)
        self.found = found


def untouched(criterion: str) -> Rating:
    """A line nobody has rated yet."""
    return Rating(
        criterion=criterion,
        mark=None,
        seconds=None,
        note=None,
        note_salt=None,
        revision=0,
        rated_by=None,
        rated_at=None,
    )


def already_says(rating: Rating, change: Change) -> bool:
    """Whether the line says what is sent: a repeated tap after a lost reply changes nothing and is no conflict."""
    return (
        (change.mark is None or change.mark is rating.mark)
        and (change.note is None or change.note == (rating.note or ""))
        and (change.tenths is None or change.tenths == _tenths(rating.seconds))
    )


def _tenths(seconds: float | None) -> int:
    return -1 if seconds is None else round(seconds * 10)


def marks_of(ratings: Mapping[str, Rating]) -> dict[str, Mark]:
    """The marks given, by line; open lines are left out."""
    return {line: one.mark for line, one in ratings.items() if one.mark is not None}


def result_of(sheet: Sheet, ratings: Mapping[str, Rating]) -> Result:
    """What the ratings amount to."""
    return result(sheet, marks_of(ratings))


def obstacles(sheet: Sheet, ratings: Mapping[str, Rating]) -> tuple[str, ...]:
    """Why this sheet cannot be signed as it stands, in sentences; empty when it can."""
    found = result_of(sheet, ratings)
    seconds = {line: one.seconds for line, one in ratings.items() if one.seconds is not None}
    against = contradictions(sheet, marks_of(ratings), seconds)
    return against if found.can_be_signed else (found.sentence, *against)
