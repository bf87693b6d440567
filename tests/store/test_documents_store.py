"""What the database itself refuses about documents, on both engines."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.cast import Cast, make_cast
from tests.practicals import publish, viewer_of
from training.db import reading, transaction
from training.documents import service, store
from training.documents.domain import DocumentKind, State

NEXT_YEAR = date(datetime.now(UTC).year + 1, 6, 30)


@pytest.fixture
def cast_here(engine_app: Flask) -> Iterator[Cast]:
    publish(engine_app)
    made = make_cast(engine_app)
    with engine_app.app_context():
        yield made


def add(cast: Cast, kind: DocumentKind = DocumentKind.LICENCE) -> str:
    return service.add(
        viewer_of(reading(), cast.trainee),
        cast.trainee,
        kind=kind,
        issuer="County board",
        reference="MT 4711",
        expires_on=NEXT_YEAR,
    )


def _refused(sql: str, **values: object) -> None:
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text(sql), values)


def test_a_second_waiting_document_of_a_kind_is_refused(cast_here: Cast) -> None:
    add(cast_here)
    with pytest.raises(IntegrityError), transaction() as session:
        store.add_document(
            session,
            person_id=cast_here.trainee,
            kind=DocumentKind.LICENCE,
            issuer="x",
            reference="x",
            expires_on=NEXT_YEAR,
            added_by=cast_here.trainee,
            at=datetime.now(UTC),
        )


def test_nobody_decides_on_her_own_document_even_in_the_database(cast_here: Cast) -> None:
    document_id = add(cast_here)
    with pytest.raises(IntegrityError), transaction() as session:
        store.decide(
            session,
            document_id,
            state=State.SENT_BACK,
            by=cast_here.trainee,
            at=datetime.now(UTC),
            reason="x",
        )


@pytest.mark.parametrize("change", ["expires_on = '2099-01-01'", "kind = 'insurance'", "person_id = :other"])
def test_what_was_written_down_cannot_change_while_it_waits(cast_here: Cast, change: str) -> None:
    add(cast_here)
    _refused(f"UPDATE document SET {change}", **({"other": cast_here.stranger} if ":other" in change else {}))


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE document SET state = 'waiting', decided_by = NULL, decided_at = NULL, fact_id = NULL",
        "UPDATE document SET expires_on = '2099-01-01'",
        "UPDATE document SET issuer = 'Somebody else'",
        "UPDATE document SET reason = 'Made up later'",
        "DELETE FROM document",
    ],
)
def test_a_decided_document_cannot_change_or_go(cast_here: Cast, sql: str) -> None:
    document_id = add(cast_here)
    service.verify(viewer_of(reading(), cast_here.manager), cast_here.trainee, document_id)
    _refused(sql)


def test_the_personal_words_of_a_decided_document_can_be_erased(cast_here: Cast) -> None:
    document_id = add(cast_here)
    service.verify(viewer_of(reading(), cast_here.manager), cast_here.trainee, document_id)
    with transaction() as session:
        session.execute(text("UPDATE document SET issuer = NULL, reference = NULL"))
    found = store.get_document(reading(), document_id, person_id=cast_here.trainee)
    assert (found.issuer, found.reference, found.state) == (None, None, State.VERIFIED)


def test_a_row_cannot_be_replaced_by_one_with_the_same_id(app: Flask) -> None:
    cast = make_cast(app)
    with app.app_context():
        add(cast)
        _refused("INSERT OR REPLACE INTO document SELECT * FROM document")
