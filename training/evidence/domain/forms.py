"""The only place for the form in which a payload is written down, and for reading old forms."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Literal, TypeVar, cast

from training.evidence.domain.facts import (
    DocumentVerified,
    FoundingConfirmed,
    FoundingProposed,
    Kind,
    Payload,
    PracticalSigned,
    QuizPassed,
    Suspended,
    SuspensionLifted,
    Unreadable,
    Voided,
)

_T = TypeVar("_T")
Json = str | int | bool | None
#: Turns the fields of one form into the fields of the next.
Upcast = Callable[[dict[str, object]], dict[str, object]]

#: The form each kind is written in today. Raising one means adding the upcaster from the old form below.
FORM: Mapping[Kind, int] = dict.fromkeys(Kind, 1)

#: (kind, old form) → fields of the next form. Stored text is never rewritten; it is read through these.
UPCASTS: dict[tuple[Kind, int], Upcast] = {}

_TYPES: Mapping[Kind, type[Payload]] = {
    Kind.QUIZ_PASSED: QuizPassed,
    Kind.PRACTICAL_SIGNED: PracticalSigned,
    Kind.DOCUMENT_VERIFIED: DocumentVerified,
    Kind.SUSPENDED: Suspended,
    Kind.SUSPENSION_LIFTED: SuspensionLifted,
    Kind.VOIDED: Voided,
    Kind.FOUNDING_PROPOSED: FoundingProposed,
    Kind.FOUNDING_CONFIRMED: FoundingConfirmed,
}


class BrokenFormError(ValueError):
    """A payload whose text does not have the form it says it has."""


def canonical(value: object) -> str:
    """The one way a value is written for hashing: sorted keys, no spaces, no floats, text as it is (UTF-8)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def moment_text(moment: datetime) -> str:
    """An instant as the record writes it: UTC, always six digits after the second, ending in Z."""
    if moment.tzinfo is None:
        raise BrokenFormError("a moment without a zone cannot be recorded")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def matches(kind: Kind, payload: Payload) -> bool:
    """Whether the payload is of the type its kind asks for."""
    return type(payload) is _TYPES[kind]


def write_payload(payload: Payload) -> str:
    """The payload as the very text that is hashed and stored, in today's form."""
    fields: dict[str, Json]
    match payload:
        case QuizPassed():
            fields = {
                "module": payload.module,
                "attempt": payload.attempt_id,
                "number": payload.number,
                "score": payload.score,
                "available": payload.available,
            }
        case PracticalSigned():
            fields = {
                "sheet": payload.sheet,
                "observation": payload.observation_id,
                "outcome": payload.outcome,
                "points": payload.points,
                "available": payload.available,
                "signed_sheet": payload.signed_sheet,
                "statement": payload.statement,
            }
        case DocumentVerified():
            fields = {
                "document": payload.document,
                "document_id": payload.document_id,
                "expires_on": payload.expires_on.isoformat(),
            }
        case Suspended():
            fields = {
                "serious": payload.serious,
                "review_on": payload.review_on.isoformat() if payload.review_on else None,
            }
        case Voided():
            fields = {"from_at": moment_text(payload.from_at) if payload.from_at else None}
        case SuspensionLifted() | FoundingProposed() | FoundingConfirmed():
            fields = {}
        case Unreadable():
            raise BrokenFormError("what cannot be read cannot be recorded")
    return canonical(fields)


def read_payload(kind: str, form: int, text: str) -> Payload:
    """The typed payload of a stored text; ``Unreadable`` with the reason for anything this version does not know."""
    try:
        known = Kind(kind)
    except ValueError:
        return Unreadable(why=f"it is of a kind this version does not know ({kind})")
    try:
        return _read(known, form, text)
    except (BrokenFormError, ValueError, RecursionError) as broken:
        return Unreadable(why=str(broken) if isinstance(broken, BrokenFormError) else "its text is damaged")


def _read(kind: Kind, form: int, text: str) -> Payload:
    fields = json.loads(text)
    if not isinstance(fields, dict):
        raise BrokenFormError("its text is damaged")
    while form != FORM[kind]:
        upcast = UPCASTS.get((kind, form))
        if upcast is None:
            raise BrokenFormError(f"it is written in form {form}, which this version does not know")
        fields, form = upcast(fields), form + 1
    reader = _Fields(fields)
    payload = _READERS[kind](reader)
    reader.nothing_more()
    return payload


class _Fields:
    """The fields of one payload, taken one by one; what is missing, mistyped or left over is an error."""

    def __init__(self, fields: Mapping[str, object]) -> None:
        self._left = dict(fields)

    def text(self, name: str) -> str:
        value = self._take(name)
        if not isinstance(value, str) or not value:
            raise BrokenFormError(f"its {name} is not a text")
        return value

    def whole(self, name: str, *, least: int = 0) -> int:
        value = self._take(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise BrokenFormError(f"its {name} is not a number of at least {least}")
        return value

    def flag(self, name: str) -> bool:
        value = self._take(name)
        if not isinstance(value, bool):
            raise BrokenFormError(f"its {name} is neither yes nor no")
        return value

    def day(self, name: str) -> date:
        value = self.text(name)
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise BrokenFormError(f"its {name} is not a day") from None

    def maybe_day(self, name: str) -> date | None:
        return self._maybe(name, self.day)

    def maybe_moment(self, name: str) -> datetime | None:
        return self._maybe(name, self._moment)

    def nothing_more(self) -> None:
        if self._left:
            raise BrokenFormError(f"it has fields this version does not know ({', '.join(sorted(self._left))})")

    def _moment(self, name: str) -> datetime:
        value = self.text(name)
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise BrokenFormError(f"its {name} is not a moment") from None
        if moment.tzinfo is None:
            raise BrokenFormError(f"its {name} has no zone")
        return moment.astimezone(UTC)

    def _maybe(self, name: str, read: Callable[[str], _T]) -> _T | None:
        if name in self._left and self._left[name] is None:
            del self._left[name]
            return None
        return read(name)

    def _take(self, name: str) -> object:
        if name not in self._left:
            raise BrokenFormError(f"its {name} is missing")
        return self._left.pop(name)


def _quiz_passed(fields: _Fields) -> QuizPassed:
    payload = QuizPassed(
        module=fields.text("module"),
        attempt_id=fields.text("attempt"),
        number=fields.whole("number", least=1),
        score=fields.whole("score"),
        available=fields.whole("available", least=1),
    )
    if payload.score > payload.available:
        raise BrokenFormError("its score is more than there was to reach")
    return payload


def _practical_signed(fields: _Fields) -> PracticalSigned:
    outcome = fields.text("outcome")
    if outcome not in ("passed", "failed"):
        raise BrokenFormError("its outcome is neither passed nor failed")
    payload = PracticalSigned(
        sheet=fields.text("sheet"),
        observation_id=fields.text("observation"),
        outcome=cast('Literal["passed", "failed"]', outcome),
        points=fields.whole("points"),
        available=fields.whole("available", least=1),
        signed_sheet=fields.text("signed_sheet"),
        statement=fields.text("statement"),
    )
    if payload.points > payload.available:
        raise BrokenFormError("its points are more than there were to reach")
    return payload


def _document_verified(fields: _Fields) -> DocumentVerified:
    return DocumentVerified(
        document=fields.text("document"),
        document_id=fields.text("document_id"),
        expires_on=fields.day("expires_on"),
    )


def _suspended(fields: _Fields) -> Suspended:
    return Suspended(serious=fields.flag("serious"), review_on=fields.maybe_day("review_on"))


def _voided(fields: _Fields) -> Voided:
    return Voided(from_at=fields.maybe_moment("from_at"))


def _nothing(payload: Payload) -> Callable[[_Fields], Payload]:
    return lambda _fields: payload


_READERS: Mapping[Kind, Callable[[_Fields], Payload]] = {
    Kind.QUIZ_PASSED: _quiz_passed,
    Kind.PRACTICAL_SIGNED: _practical_signed,
    Kind.DOCUMENT_VERIFIED: _document_verified,
    Kind.SUSPENDED: _suspended,
    Kind.SUSPENSION_LIFTED: _nothing(SuspensionLifted()),
    Kind.VOIDED: _voided,
    Kind.FOUNDING_PROPOSED: _nothing(FoundingProposed()),
    Kind.FOUNDING_CONFIRMED: _nothing(FoundingConfirmed()),
}
