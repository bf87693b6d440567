"""The only place for what a document is, what is asked, and how the ones on record answer it. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

#: A printed expiry further away than this is a slip of the pen.
FARTHEST_YEARS: Final = 30
ISSUER_MAXIMUM: Final = 160
REFERENCE_MAXIMUM: Final = 80
REASON_MAXIMUM: Final = 500
_ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class DocumentKind(StrEnum):
    """The documents this edition asks for."""

    LICENCE = "licence"
    INSURANCE = "insurance"


TITLES: Final[Mapping[DocumentKind, str]] = {
    DocumentKind.LICENCE: "Massage licence",
    DocumentKind.INSURANCE: "Insurance that names barefoot work",
}

WHY: Final[Mapping[DocumentKind, str]] = {
    DocumentKind.LICENCE: "Foot work is massage: without legal authority to massage there is no clearance.",
    DocumentKind.INSURANCE: "Many policies leave barefoot work out. Yours must name it in writing.",
}


class State(StrEnum):
    """What became of a document."""

    WAITING = "waiting"
    VERIFIED = "verified"
    SENT_BACK = "sent_back"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document as written down."""

    id: str
    person_id: str
    kind: DocumentKind
    issuer: str | None
    reference: str | None
    expires_on: date
    added_by: str
    added_at: datetime
    state: State
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    fact_id: str | None

    @property
    def title(self) -> str:
        """What it is, in words."""
        return TITLES[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingDocument:
    """One that somebody has to look at."""

    document: Document
    name: str  # whose


class Answer(StrEnum):
    """How the record answers one thing that is asked."""

    SEEN = "seen"
    WAITING = "waiting"
    SENT_BACK = "sent_back"
    EXPIRED = "expired"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One thing that is asked of everybody, and how it stands for one person."""

    kind: DocumentKind
    title: str
    why: str
    answer: Answer
    #: The document the answer rests on: the seen one, the waiting one, the one sent back.
    document: Document | None
    #: A further one on its way while an earlier one is still good.
    also_waiting: Document | None


def asked(documents: Iterable[Document], *, today: date, void: Collection[str] = ()) -> tuple[Asked, ...]:
    """What is asked and how it stands on that day. `void`: ids of facts that were voided and never counted."""
    known = sorted(documents, key=lambda one: one.added_at)
    return tuple(_asked(kind, [one for one in known if one.kind is kind], today, void) for kind in DocumentKind)


def _asked(kind: DocumentKind, mine: list[Document], today: date, void: Collection[str]) -> Asked:
    seen = [one for one in mine if one.state is State.VERIFIED and one.fact_id not in void]
    best = max(seen, key=lambda one: one.expires_on, default=None)
    waiting = next((one for one in mine if one.state is State.WAITING), None)
    decided = [one for one in mine if one.state in {State.VERIFIED, State.SENT_BACK}]
    last = max(decided, key=lambda one: one.decided_at or one.added_at, default=None)
    answer, document = Answer.MISSING, None
    if best is not None and best.expires_on >= today:
        answer, document = Answer.SEEN, best
    elif waiting is not None:
        answer, document = Answer.WAITING, waiting
    elif last is not None and last.state is State.SENT_BACK:
        answer, document = Answer.SENT_BACK, last
    elif best is not None:
        answer, document = Answer.EXPIRED, best
    return Asked(
        kind=kind,
        title=TITLES[kind],
        why=WHY[kind],
        answer=answer,
        document=document,
        also_waiting=waiting if answer is Answer.SEEN else None,
    )


def expiry_problem(expires_on: date, *, today: date) -> str | None:
    """Why a printed expiry will not do, or None. It is inclusive: a document is good on its last day."""
    if expires_on < today:
        return "That date is in the past. An expired document does not count: add the new one, or check the year."
    if expires_on.year > today.year + FARTHEST_YEARS:
        return f"That is more than {FARTHEST_YEARS} years away. Check the year."
    return None


def read_day(text: str) -> date | None:
    """A date as a date field sends it, 2027-10-14; None where it is not one."""
    if not _ISO.fullmatch(text.strip()):
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
