"""Payload forms: what is written reads back the same, and what cannot be read is never an error and never trusted."""

import json
from datetime import UTC, date, datetime

import pytest

from training.evidence.domain import (
    FORM,
    BrokenFormError,
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
    canonical,
    moment_text,
    read_payload,
    write_payload,
)
from training.evidence.domain.forms import UPCASTS

QUIZ = QuizPassed(module="M3", attempt_id="a" * 16, number=1, score=18, available=20)
PRACTICAL = PracticalSigned(
    sheet="bar",
    observation_id="o" * 16,
    outcome="passed",
    points=60,
    available=75,
    signed_sheet="d" * 64,
    statement="I observed this practical myself.",
)

ONE_OF_EACH: list[tuple[Kind, Payload]] = [
    (Kind.QUIZ_PASSED, QUIZ),
    (Kind.PRACTICAL_SIGNED, PRACTICAL),
    (Kind.DOCUMENT_VERIFIED, DocumentVerified(document="licence", document_id="x" * 16, expires_on=date(2027, 2, 28))),
    (Kind.SUSPENDED, Suspended(serious=True, review_on=date(2026, 5, 1))),
    (Kind.SUSPENDED, Suspended(serious=False)),
    (Kind.SUSPENSION_LIFTED, SuspensionLifted()),
    (Kind.VOIDED, Voided()),
    (Kind.VOIDED, Voided(from_at=datetime(2026, 4, 14, 8, 0, 0, 1, tzinfo=UTC))),
    (Kind.FOUNDING_PROPOSED, FoundingProposed()),
    (Kind.FOUNDING_CONFIRMED, FoundingConfirmed()),
]


def test_every_kind_has_a_row_here() -> None:
    assert {kind for kind, _ in ONE_OF_EACH} == set(Kind)


@pytest.mark.parametrize(("kind", "payload"), ONE_OF_EACH)
def test_a_payload_reads_back_as_it_was_written(kind: Kind, payload: Payload) -> None:
    assert read_payload(kind, FORM[kind], write_payload(payload)) == payload


@pytest.mark.parametrize(("kind", "payload"), ONE_OF_EACH)
def test_a_field_more_or_a_field_less_makes_it_unreadable(kind: Kind, payload: Payload) -> None:
    fields = json.loads(write_payload(payload))
    assert isinstance(read_payload(kind, FORM[kind], canonical({**fields, "more": 1})), Unreadable)
    for name in fields:
        less = {other: value for other, value in fields.items() if other != name}
        assert isinstance(read_payload(kind, FORM[kind], canonical(less)), Unreadable), name


@pytest.mark.parametrize(
    ("kind", "form", "text"),
    [
        ("revoked", 1, "{}"),
        ("quiz_passed", 2, write_payload(QUIZ)),
        ("quiz_passed", 0, write_payload(QUIZ)),
        ("quiz_passed", 1, "not json"),
        ("quiz_passed", 1, "[]"),
        ("quiz_passed", 1, "[" * 100_000),
        ("quiz_passed", 1, write_payload(QUIZ).replace("18", "true")),
        ("quiz_passed", 1, write_payload(QUIZ).replace("18", "-1")),
        ("quiz_passed", 1, write_payload(QUIZ).replace("18", "21")),
        ("quiz_passed", 1, write_payload(QUIZ).replace('"M3"', '""')),
        ("practical_signed", 1, write_payload(PRACTICAL).replace('"passed"', '"perhaps"')),
        ("practical_signed", 1, write_payload(PRACTICAL).replace("60", "76")),
        ("document_verified", 1, '{"document":"licence","document_id":"x","expires_on":"soon"}'),
        ("suspended", 1, '{"review_on":null,"serious":"no"}'),
        ("voided", 1, '{"from_at":"2026-04-14T08:00:00"}'),
        ("voided", 1, '{"from_at":"yesterday"}'),
    ],
)
def test_what_cannot_be_read_is_unreadable_with_a_reason(kind: str, form: int, text: str) -> None:
    payload = read_payload(kind, form, text)
    assert isinstance(payload, Unreadable)
    assert payload.why


def test_an_old_form_is_read_through_its_upcaster(monkeypatch: pytest.MonkeyPatch) -> None:
    def rename(old: dict[str, object]) -> dict[str, object]:
        return {("available" if name == "of" else name): value for name, value in old.items()}

    monkeypatch.setitem(UPCASTS, (Kind.QUIZ_PASSED, 0), rename)
    old = canonical({"module": "M3", "attempt": "a" * 16, "number": 1, "score": 18, "of": 20})
    assert read_payload("quiz_passed", 0, old) == QUIZ


def test_the_canonical_form_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical({"b": 1, "a": "ä"}) == canonical({"a": "ä", "b": 1}) == '{"a":"ä","b":1}'


def test_a_moment_is_written_in_utc_with_six_digits_and_never_without_a_zone() -> None:
    assert moment_text(datetime(2026, 4, 14, 10, 34, tzinfo=UTC)) == "2026-04-14T10:34:00.000000Z"
    with pytest.raises(BrokenFormError):
        moment_text(datetime(2026, 4, 14, 10, 34))  # noqa: DTZ001 - the point of the test
