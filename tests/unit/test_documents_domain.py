"""What is asked, and how the documents on record answer it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from training.documents.domain import Answer, Asked, Document, DocumentKind, State, asked, expiry_problem, read_day

TODAY = date(2026, 11, 26)
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
WAITING = Document(
    id="document00000001",
    person_id="person0000000001",
    kind=DocumentKind.LICENCE,
    issuer="County board",
    reference="MT 4711",
    expires_on=date(2027, 10, 14),
    added_by="person0000000001",
    added_at=NOON,
    state=State.WAITING,
    decided_by=None,
    decided_at=None,
    reason=None,
    fact_id=None,
)
SEEN = replace(
    WAITING,
    id="document00000002",
    state=State.VERIFIED,
    decided_by="manager000000001",
    decided_at=NOON,
    fact_id="fact000000000001",
)
SENT_BACK = replace(
    WAITING,
    id="document00000003",
    state=State.SENT_BACK,
    decided_by="manager000000001",
    decided_at=NOON + timedelta(hours=1),
    reason="The picture cuts off the number.",
)


def licence(*documents: Document, today: date = TODAY, void: tuple[str, ...] = ()) -> Asked:
    return next(one for one in asked(documents, today=today, void=void) if one.kind is DocumentKind.LICENCE)


def test_everybody_is_asked_for_licence_and_insurance() -> None:
    assert [(one.kind, one.answer) for one in asked((), today=TODAY)] == [
        (DocumentKind.LICENCE, Answer.MISSING),
        (DocumentKind.INSURANCE, Answer.MISSING),
    ]


def test_a_document_of_one_kind_answers_nothing_of_the_other() -> None:
    insurance = asked((SEEN,), today=TODAY)[1]
    assert insurance.answer is Answer.MISSING


def test_a_seen_document_counts_through_its_last_day() -> None:
    assert licence(SEEN, today=date(2027, 10, 14)).answer is Answer.SEEN
    assert licence(SEEN, today=date(2027, 10, 15)).answer is Answer.EXPIRED


def test_a_voided_verification_counts_for_nothing() -> None:
    assert licence(SEEN, void=("fact000000000001",)).answer is Answer.MISSING


def test_a_waiting_document_is_told_and_does_not_count_as_seen() -> None:
    assert licence(WAITING).answer is Answer.WAITING


def test_a_new_one_on_its_way_is_told_beside_the_one_still_good() -> None:
    found = licence(SEEN, WAITING)
    assert (found.answer, found.document, found.also_waiting) == (Answer.SEEN, SEEN, WAITING)


def test_one_sent_back_is_told_with_the_reason_until_another_is_added() -> None:
    found = licence(SENT_BACK)
    assert found.answer is Answer.SENT_BACK
    assert found.document is not None
    assert found.document.reason == "The picture cuts off the number."
    assert licence(SENT_BACK, WAITING).answer is Answer.WAITING


def test_one_taken_back_leaves_no_trace_in_the_answer() -> None:
    gone = replace(WAITING, state=State.TAKEN_BACK, decided_by="person0000000001", decided_at=NOON)
    assert licence(gone).answer is Answer.MISSING


def test_of_two_seen_the_one_that_lasts_longer_is_shown() -> None:
    longer = replace(SEEN, id="document00000009", expires_on=date(2028, 1, 1), added_at=NOON - timedelta(days=9))
    assert licence(longer, SEEN).document == longer


@pytest.mark.parametrize(
    ("expires_on", "fine"),
    [
        (TODAY - timedelta(days=1), False),
        (TODAY, True),
        (date(2056, 12, 31), True),
        (date(2057, 1, 1), False),
        (date(9999, 12, 31), False),
    ],
)
def test_an_expiry_lies_ahead_and_within_reason(expires_on: date, *, fine: bool) -> None:
    assert (expiry_problem(expires_on, today=TODAY) is None) is fine


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2027-10-14", date(2027, 10, 14)),
        (" 2027-10-14 ", date(2027, 10, 14)),
        ("2027-02-29", None),
        ("14.10.2027", None),
        ("10/14/2027", None),
        ("2027-W01-1", None),
        ("20271014", None),
        ("٢٠٢٧-١٠-١٤", None),
        ("", None),
        ("soon", None),
    ],
)
def test_only_a_date_as_the_field_sends_it_is_read(text: str, found: date | None) -> None:
    assert read_day(text) == found
