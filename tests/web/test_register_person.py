"""A person's page: the path, the evidence page by page, and two clocks."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from tests.cast import Cast, make_cast
from training import clock
from training.authoring import service as authoring
from training.clearance import service as clearance
from training.config import ROOT
from training.db import new_id, stamp, transaction
from training.evidence.domain import DocumentVerified, Kind, NewFact
from training.register.service import ROWS_PER_PAGE


def _see_licence(app: Flask, cast: Cast, *, times: int) -> None:
    with app.app_context():
        for _ in range(times):
            with transaction() as session:
                at = stamp(session)
                clearance.record(
                    session,
                    NewFact(
                        person_id=cast.trainee,
                        kind=Kind.DOCUMENT_VERIFIED,
                        authorisation=None,
                        about=None,
                        happened_at=at,
                        zone="Europe/London",
                        actor_id=cast.manager,
                        payload=DocumentVerified(
                            document="licence", document_id=new_id(), expires_on=(at + timedelta(days=90)).date()
                        ),
                        revisions={},
                        key=new_id(),
                        texts={},
                    ),
                )


@pytest.fixture
def spa(engine_app: Flask) -> tuple[Flask, Cast]:
    cast = make_cast(engine_app)
    with engine_app.app_context():
        authoring.publish_all(ROOT / "content", by=None, at=clock.now(), reason="For the test")
    return engine_app, cast


def test_evidence_is_shown_a_page_at_a_time_the_newest_first(spa: tuple[Flask, Cast]) -> None:
    app, cast = spa
    _see_licence(app, cast, times=ROWS_PER_PAGE + 2)
    client = cast.sign_in(app.test_client(), cast.manager)
    first, second = (client.get(f"/people/{cast.trainee}?facts={page}").text for page in (1, 2))
    assert first.count('id="fact-') == ROWS_PER_PAGE
    assert second.count('id="fact-') == 2
    assert client.get(f"/people/{cast.trainee}?facts=99999").text.count('id="fact-') == 2


def test_the_page_answers_as_of_a_moment_and_as_known_on_another(spa: tuple[Flask, Cast]) -> None:
    app, cast = spa
    before = datetime.now(UTC)
    _see_licence(app, cast, times=1)
    client = cast.sign_in(app.test_client(), cast.manager)
    page = f"/people/{cast.trainee}"
    assert "Licence seen" in client.get(page).text
    asked = {"known": before.isoformat()}
    assert "Nothing on record at that moment" in client.get(page, query_string=asked).text


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-02-31", "0001-01-01", "9999-12-31T23:59", "\u0662\u0660\u0662\u0666"]
)
def test_a_moment_that_cannot_be_read_is_said_and_means_now(app: Flask, cast: Cast, text: str) -> None:
    client = cast.sign_in(app.test_client(), cast.manager)
    answer = client.get(f"/people/{cast.trainee}", query_string={"at": text})
    assert answer.status_code == 200
    assert "is not a day or a moment" in answer.text
