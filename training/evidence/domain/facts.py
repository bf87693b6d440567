"""The only place for what a fact is: its kinds, its typed payloads and the fields every fact carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal


class Kind(StrEnum):
    """What can happen to a person. A value, once used in a database, is never renamed or reused."""

    QUIZ_PASSED = "quiz_passed"
    PRACTICAL_SIGNED = "practical_signed"
    DOCUMENT_VERIFIED = "document_verified"
    SUSPENDED = "suspended"
    SUSPENSION_LIFTED = "suspension_lifted"
    VOIDED = "voided"
    FOUNDING_PROPOSED = "founding_proposed"
    FOUNDING_CONFIRMED = "founding_confirmed"


#: The kinds a person may put on her own record. Everything else needs somebody else's hand; the database says so too.
OWN_HAND = frozenset({Kind.QUIZ_PASSED})

#: The kinds a void cannot reach. A void only ever takes away: it never lifts a suspension and never revives evidence.
BEYOND_VOIDING = frozenset({Kind.SUSPENDED, Kind.VOIDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizPassed:
    """A quiz of one module, passed."""

    #: Module key, as in "M3".
    module: str
    #: The attempt that was passed.
    attempt_id: str
    #: Which attempt of the cycle it was, from 1.
    number: int
    #: Points reached.
    score: int
    #: Points there were to reach.
    available: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticalSigned:
    """A practical sheet signed by an assessor, passed or failed."""

    #: Sheet key, as in "bar".
    sheet: str
    #: The observation that was signed.
    observation_id: str
    #: What the rules of the sheet gave.
    outcome: Literal["passed", "failed"]
    #: Points reached.
    points: int
    #: Points there were to reach.
    available: int
    #: SHA-256 of exactly what was on the sheet.
    signed_sheet: str
    #: The sentence the assessor signed under.
    statement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentVerified:
    """A document somebody with the right has seen."""

    #: Kind of document, as in "licence".
    document: str
    #: The document's row.
    document_id: str
    #: Printed expiry, inclusive, in the fact's zone.
    expires_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspended:
    """No work, from the moment it happened until a fact lifts it."""

    #: A serious suspension is lifted by somebody other than who recorded it.
    serious: bool
    #: The day on which it is looked at again.
    review_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionLifted:
    """The suspension named in ``about`` ends when this is recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voided:
    """The fact named in ``about`` does not count."""

    #: From this moment on it does not count; None means it never counted.
    from_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundingProposed:
    """Somebody proposes the person as a founding assessor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundingConfirmed:
    """Somebody else confirms the proposal named in ``about``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A payload this version of the software cannot read; it can only ever stand against the person."""

    #: What is wrong with it, for the explanation.
    why: str


Payload = (
    QuizPassed
    | PracticalSigned
    | DocumentVerified
    | Suspended
    | SuspensionLifted
    | Voided
    | FoundingProposed
    | FoundingConfirmed
    | Unreadable
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFact:
    """What a use case asks to have recorded; the record adds id, seq, recorded_at and the chain."""

    #: Whom it happened to.
    person_id: str
    #: What happened.
    kind: Kind
    #: The authorisation concerned, or None for all of them.
    authorisation: str | None
    #: The fact this one lifts, voids or confirms.
    about: str | None = None
    #: When it happened.
    happened_at: datetime
    #: IANA zone in which its calendar days are counted.
    zone: str
    #: Who did it; None is the system.
    actor_id: str | None
    #: The typed content.
    payload: Payload
    #: What it was made under: "module:M3" → digest of the published body.
    revisions: Mapping[str, str] = field(default_factory=dict)
    #: Idempotency key: recording it twice is the same as once.
    key: str
    #: Erasable texts by name ("reason", "way_back", "note"); the fact keeps only their salted digests.
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that happened to one person, as it stands on record."""

    id: str
    person_id: str
    #: Place in the person's chain, from 1 without gaps.
    seq: int
    #: One of Kind, or a word this version does not know (its payload is then Unreadable).
    kind: str
    authorisation: str | None
    about: str | None
    happened_at: datetime
    zone: str
    #: Never before the previous fact's.
    recorded_at: datetime
    actor_id: str | None
    payload: Payload
    #: Version of the payload's form.
    form: int
    revisions: Mapping[str, str]
    #: Salted digests of the erasable texts, by name.
    texts: Mapping[str, str]
    key: str
    #: Digest of the previous fact of this person.
    previous: str
    digest: str
