"""The only place for what a signature covers: the canonical signed sheet, its digest, and the words signed under."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from training.practicals.domain.result import Mark, Result
from training.practicals.domain.sheet import Sheet

#: The form of the canonical signed sheet.
FORM = 1

#: The meaning of the signature, stored in the fact and shown above the password. It names nobody: the signed sheet
#: beside it carries the ids.
MEANING = (
    "I observed this practical. Each level under my name is what I saw; a level under another assessor's name was "
    "seen by that person before I took the sheet over. The outcome is what the rules of the sheet make of these levels."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What is noted on one line of an open or signed sheet. `revision` counts its changes; 0 is not yet touched."""

    criterion: str
    mark: Mark | None
    seconds: float | None  # a timed line's clock
    note: str | None
    note_salt: str | None
    revision: int
    rated_by: str | None
    rated_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Which practical this is: who, whom, what for, under which sheet and when."""

    observation_id: str
    subject_id: str
    assessor_id: str
    authorisation: str
    leads_to: str
    sheet_key: str
    sheet_revision: int
    sheet_digest: str
    observed_at: datetime
    zone: str


def note_digest(*, note: str, salt: str) -> str:
    """The salted digest that stands for an erasable note in the signed sheet."""
    return hashlib.sha256(f"{salt}\x00{unicodedata.normalize('NFC', note)}".encode()).hexdigest()


def canonical(occasion: Occasion, sheet: Sheet, ratings: Mapping[str, Rating], result: Result) -> str:
    """The one text that is signed: sorted keys, no spaces, NFC, no floats. It holds ids and no names or notes."""
    lines = []
    for one in sheet.criteria:
        rating = ratings.get(one.id)
        mark = None if rating is None else rating.mark
        lines.append(
            {
                "criterion": one.id,
                "critical": one.critical.value,
                "level": None if mark is None else mark.level,
                # Left open after a critical fail ended the attempt is not the same as looked for and not seen.
                "seen": "open" if mark is None else "no" if mark is Mark.NOT_OBSERVED else "yes",
                "means": None if mark is None or mark.level is None else one.levels[mark.level],
                "tenths": None if rating is None or rating.seconds is None else round(rating.seconds * 10),
                "note": (
                    note_digest(note=rating.note, salt=rating.note_salt)
                    if rating is not None and rating.note and rating.note_salt
                    else None
                ),
                "by": None if rating is None or mark is None else rating.rated_by,
            }
        )
    body: dict[str, Any] = {
        "form": FORM,
        "meaning": MEANING,
        "observation": occasion.observation_id,
        "subject": occasion.subject_id,
        "assessor": occasion.assessor_id,
        "authorisation": occasion.authorisation,
        "leads_to": occasion.leads_to,
        "sheet": {"key": occasion.sheet_key, "revision": occasion.sheet_revision, "digest": occasion.sheet_digest},
        "observed_at": occasion.observed_at.isoformat(timespec="microseconds"),
        "zone": occasion.zone,
        "outcome": "passed" if result.passed else "failed",
        "critical_fail": result.outcome.value == "critical_fail",
        "broken": [{"rule": one.rule.value, "criteria": list(one.criteria)} for one in result.broken],
        "points": result.points,
        "available": result.available,
        "lines": lines,
    }
    return unicodedata.normalize(
        "NFC", json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    )


def digest(text: str) -> str:
    """SHA-256 of a canonical text, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedLine:
    """One line of a signed sheet as it was signed."""

    criterion: str
    critical: str
    level: int | None
    seen: str  # yes | no | open
    means: str | None
    seconds: float | None
    note: str | None  # the digest of the note, not its text
    by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedSheet:
    """A signed sheet read back, and whether it still is what was signed."""

    digest: str
    intact: bool
    fault: str | None  # what does not fit, where it is not intact
    meaning: str
    observation_id: str
    subject_id: str
    assessor_id: str
    authorisation: str
    outcome: str
    critical_fail: bool
    points: int
    available: int
    lines: Mapping[str, SignedLine]


def read_signed(text: str, *, stored_digest: str, occasion: Occasion) -> SignedSheet:
    """Read a stored signed sheet, and check it against its digest and against the record it hangs on.

    A sheet copied to another person's record keeps its digest, and is found by the ids inside it.
    """
    body = json.loads(text)
    fault = None
    if digest(text) != stored_digest:
        fault = "The stored sheet no longer has the digest that was signed."
    elif (body["observation"], body["subject"], body["assessor"], body["authorisation"], body["sheet"]["digest"]) != (
        occasion.observation_id,
        occasion.subject_id,
        occasion.assessor_id,
        occasion.authorisation,
        occasion.sheet_digest,
    ):
        fault = "The stored sheet belongs to another record than the one it hangs on."
    return SignedSheet(
        digest=stored_digest,
        intact=fault is None,
        fault=fault,
        meaning=body["meaning"],
        observation_id=body["observation"],
        subject_id=body["subject"],
        assessor_id=body["assessor"],
        authorisation=body["authorisation"],
        outcome=body["outcome"],
        critical_fail=body["critical_fail"],
        points=body["points"],
        available=body["available"],
        lines={
            line["criterion"]: SignedLine(
                criterion=line["criterion"],
                critical=line["critical"],
                level=line["level"],
                seen=line["seen"],
                means=line["means"],
                seconds=None if line["tenths"] is None else line["tenths"] / 10,
                note=line["note"],
                by=line["by"],
            )
            for line in body["lines"]
        },
    )
