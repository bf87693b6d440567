"""Documents as their holder and the manager meet them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.cast import Cast
from tests.practicals import publish, viewer_of
from training import clock
from training.clearance import service as clearance
from training.db import reading
from training.documents import service, store
from training.documents.domain import DocumentKind, State
from training.evidence.domain import DocumentVerified, Kind

NEXT_YEAR = (datetime.now(UTC) + timedelta(days=400)).date()
PAPER = {"kind": "licence", "issuer": "County board", "reference": "MT 4711-22", "expires_on": NEXT_YEAR.isoformat()}


@pytest.fixture
def trainee(app: Flask, cast: Cast, client: FlaskClient) -> FlaskClient:
    publish(app)
    return cast.sign_in(client, cast.trainee)


@pytest.fixture
def manager(app: Flask, cast: Cast, trainee: FlaskClient) -> FlaskClient:
    return cast.sign_in(app.test_client(), cast.manager)


def waiting(app: Flask, cast: Cast, who: str | None = None) -> str:
    with app.app_context():
        return next(one.id for one in store.documents_of(reading(), who or cast.trainee) if one.state is State.WAITING)


def verify(client: FlaskClient, cast: Cast, document_id: str, person_id: str | None = None):  # type: ignore[no-untyped-def]
    address = f"/people/{person_id or cast.trainee}/documents/{document_id}/verify"
    return client.post(address, data={f"{document_id}-seen": "y"})


def standing(app: Flask, cast: Cast, title: str) -> bool:
    with app.app_context():
        found = clearance.standing_of(
            reading(), person_id=cast.trainee, authorisation="ashiatsu-bar", at=clock.now(), known_at=clock.now()
        )
    return next(line.met for line in found.requirements if line.id == title)


# ---- the holder


def test_the_page_says_what_is_asked_and_why(trainee: FlaskClient) -> None:
    page = trainee.get("/documents").text
    assert page.count("Not here yet") == 2
    assert "Yours must name it in writing." in page


def test_a_document_written_down_waits_and_does_not_count(app: Flask, cast: Cast, trainee: FlaskClient) -> None:
    assert trainee.post("/documents", data=PAPER).status_code == 302
    page = trainee.get("/documents").text
    assert "Waiting" in page
    assert "MT 4711-22" in page
    assert not standing(app, cast, "licence")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"kind": ""}, "Say which document it is."),
        ({"kind": "passport"}, "Which document"),
        ({"issuer": "  "}, "Write who issued it."),
        ({"reference": ""}, "Write the number printed on it."),
        ({"reference": "x" * 81}, "Keep this under 80 characters."),
        ({"expires_on": ""}, "Write the last day printed on it."),
        ({"expires_on": "14.10.2027"}, "That date cannot be read."),
        ({"expires_on": "2027-02-30"}, "That date cannot be read."),
        ({"expires_on": "2020-01-01"}, "That date is in the past."),
        ({"expires_on": "2999-01-01"}, "more than 30 years away"),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field_and_what_was_typed_stays(
    app: Flask, cast: Cast, trainee: FlaskClient, change: dict[str, str], told: str
) -> None:
    answer = trainee.post("/documents", data=PAPER | change)
    assert answer.status_code == 422
    assert told in answer.text
    if "issuer" not in change:
        assert 'value="County board"' in answer.text
    with app.app_context():
        assert store.documents_of(reading(), cast.trainee) == ()


def test_today_is_the_first_day_that_is_not_in_the_past(trainee: FlaskClient) -> None:
    today = datetime.now(UTC).date()  # Riverside keeps London time: the same day but around midnight in summer
    assert (
        trainee.post("/documents", data=PAPER | {"expires_on": (today + timedelta(days=1)).isoformat()}).status_code
        == 302
    )


def test_a_second_one_of_a_kind_is_refused_while_one_waits(trainee: FlaskClient) -> None:
    trainee.post("/documents", data=PAPER)
    answer = trainee.post("/documents", data=PAPER)
    assert answer.status_code == 422
    assert "One of that kind is waiting already." in answer.text


def test_a_waiting_one_can_be_taken_back_and_written_anew(app: Flask, cast: Cast, trainee: FlaskClient) -> None:
    trainee.post("/documents", data=PAPER)
    assert trainee.post(f"/documents/{waiting(app, cast)}/take-back").status_code == 302
    assert "Not here yet" in trainee.get("/documents").text
    assert trainee.post("/documents", data=PAPER).status_code == 302


def test_nobody_takes_back_a_strangers_document(app: Flask, cast: Cast, trainee: FlaskClient) -> None:
    trainee.post("/documents", data=PAPER)
    document_id = waiting(app, cast)
    stranger = cast.sign_in(app.test_client(), cast.stranger)
    assert stranger.post(f"/documents/{document_id}/take-back").status_code == 404
    assert waiting(app, cast) == document_id


# ---- the manager


def test_a_verified_document_counts_from_then_on_through_its_last_day(
    app: Flask, cast: Cast, trainee: FlaskClient, manager: FlaskClient
) -> None:
    trainee.post("/documents", data=PAPER)
    document_id = waiting(app, cast)
    page = manager.get(f"/people/{cast.trainee}/documents").text
    assert "MT 4711-22" in page
    assert verify(manager, cast, document_id).status_code == 302
    assert standing(app, cast, "licence")
    assert "Seen" in trainee.get("/documents").text
    with app.app_context():
        (fact,) = [one for one in clearance.facts_of(reading(), cast.trainee) if one.kind == Kind.DOCUMENT_VERIFIED]
        payload = reading().execute(text("SELECT payload FROM fact WHERE kind = 'document_verified'")).scalar_one()
    assert fact.payload == DocumentVerified(document="licence", document_id=document_id, expires_on=NEXT_YEAR)
    assert fact.actor_id == cast.manager
    assert set(fact.texts) == {"issuer", "reference"}
    assert "MT 4711" not in payload
    assert "County" not in payload


def test_verifying_asks_that_the_original_was_seen(
    app: Flask, cast: Cast, trainee: FlaskClient, manager: FlaskClient
) -> None:
    trainee.post("/documents", data=PAPER)
    address = f"/people/{cast.trainee}/documents/{waiting(app, cast)}/verify"
    answer = manager.post(address)
    assert answer.status_code == 422
    assert "Tick this once you have seen the original." in answer.text
    assert not standing(app, cast, "licence")


def test_verifying_twice_is_one_record_and_says_when_it_was(
    app: Flask, cast: Cast, trainee: FlaskClient, manager: FlaskClient
) -> None:
    trainee.post("/documents", data=PAPER)
    document_id = waiting(app, cast)
    verify(manager, cast, document_id)
    again = verify(manager, cast, document_id)
    assert again.status_code == 409
    assert "was recorded as seen already" in again.text
    assert "by Rosa Okafor" in again.text
    with app.app_context():
        facts = [one for one in clearance.facts_of(reading(), cast.trainee) if one.kind == Kind.DOCUMENT_VERIFIED]
    assert len(facts) == 1


def test_a_document_sent_back_tells_its_holder_why(
    app: Flask, cast: Cast, trainee: FlaskClient, manager: FlaskClient
) -> None:
    trainee.post("/documents", data=PAPER | {"kind": "insurance"})
    document_id = waiting(app, cast)
    address = f"/people/{cast.trainee}/documents/{document_id}/send-back"
    empty = manager.post(address, data={f"{document_id}-reason": "  "})
    assert empty.status_code == 422
    assert "Write what is wrong with it" in empty.text
    assert manager.post(address, data={f"{document_id}-reason": "Barefoot work is not named."}).status_code == 302
    page = trainee.get("/documents").text
    assert "Sent back" in page
    assert "Barefoot work is not named." in page
    assert verify(manager, cast, document_id).status_code == 409
    assert not standing(app, cast, "insurance")


def test_a_manager_adds_one_on_behalf_and_verifies_it(app: Flask, cast: Cast, manager: FlaskClient) -> None:
    assert manager.post(f"/people/{cast.trainee}/documents", data=PAPER).status_code == 302
    assert verify(manager, cast, waiting(app, cast)).status_code == 302
    assert standing(app, cast, "licence")


def test_a_voided_verification_is_told_and_no_longer_counts(
    app: Flask, cast: Cast, trainee: FlaskClient, manager: FlaskClient
) -> None:
    trainee.post("/documents", data=PAPER)
    verify(manager, cast, waiting(app, cast))
    with app.app_context():
        (fact,) = [one for one in clearance.facts_of(reading(), cast.trainee) if one.kind == Kind.DOCUMENT_VERIFIED]
        clearance.void(viewer_of(reading(), cast.manager), cast.trainee, fact.id, reason="Forged.", key="one")
    assert trainee.get("/documents").text.count("Not here yet") == 2
    assert "Voided" in manager.get(f"/people/{cast.trainee}/documents").text


def test_nobody_decides_on_her_own_documents(app: Flask, cast: Cast, manager: FlaskClient) -> None:
    assert manager.post(f"/people/{cast.manager}/documents", data=PAPER).status_code == 302
    document_id = waiting(app, cast, cast.manager)
    answer = verify(manager, cast, document_id, cast.manager)
    assert answer.status_code == 403
    assert "Nobody decides on her or his own documents." in answer.text
    address = f"/people/{cast.manager}/documents/{document_id}/send-back"
    assert manager.post(address, data={f"{document_id}-reason": "x"}).status_code == 403
    with app.app_context():
        assert clearance.facts_of(reading(), cast.manager) == ()


def test_managers_of_other_sites_and_people_without_the_right_find_nothing(
    app: Flask, cast: Cast, trainee: FlaskClient
) -> None:
    trainee.post("/documents", data=PAPER)
    document_id = waiting(app, cast)
    elsewhere = cast.sign_in(app.test_client(), cast.other_manager)
    assert elsewhere.get(f"/people/{cast.trainee}/documents").status_code == 404
    assert elsewhere.post(f"/people/{cast.trainee}/documents", data=PAPER).status_code == 404
    assert verify(elsewhere, cast, document_id).status_code == 404
    for who in (cast.trainee, cast.senior):
        client = cast.sign_in(app.test_client(), who)
        assert client.get(f"/people/{cast.trainee}/documents").status_code == 403
        assert verify(client, cast, document_id).status_code == 403
    assert not standing(app, cast, "licence")


def test_a_document_of_somebody_else_is_not_decided_through_another_persons_address(
    app: Flask, cast: Cast, trainee: FlaskClient, manager: FlaskClient
) -> None:
    trainee.post("/documents", data=PAPER)
    document_id = waiting(app, cast)
    assert verify(manager, cast, document_id, cast.senior).status_code == 404
    assert not standing(app, cast, "licence")


def test_what_waits_at_a_site_is_told_to_its_managers_only(app: Flask, cast: Cast, trainee: FlaskClient) -> None:
    trainee.post("/documents", data=PAPER)
    trainee.post("/documents", data=PAPER | {"kind": "insurance"})
    with app.app_context():
        session = reading()
        mine = service.waiting(session, viewer_of(session, cast.manager), limit=1)
        assert (mine.total, [one.name for one in mine.first]) == (2, ["Priya Nair"])
        assert service.waiting(session, viewer_of(session, cast.other_manager)).total == 0
        assert service.waiting(session, viewer_of(session, cast.trainee)).total == 0
        assert service.waiting(session, viewer_of(session, cast.administrator)).total == 2
        assert service.kinds_waiting(session, cast.trainee) == {DocumentKind.LICENCE, DocumentKind.INSURANCE}


def test_what_is_typed_is_inert_when_shown(cast: Cast, trainee: FlaskClient, manager: FlaskClient) -> None:
    trainee.post("/documents", data=PAPER | {"issuer": "<img src=x onerror=alert(1)>"})
    for page in (trainee.get("/documents").text, manager.get(f"/people/{cast.trainee}/documents").text):
        assert "<img" not in page


def test_a_document_that_expired_while_it_waited_cannot_be_recorded_as_seen(
    app: Flask, cast: Cast, trainee: FlaskClient, manager: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon: date = datetime.now(UTC).date() + timedelta(days=2)
    trainee.post("/documents", data=PAPER | {"expires_on": soon.isoformat()})
    document_id = waiting(app, cast)
    monkeypatch.setenv(clock.SHIFT_VARIABLE, str(3 * 24 * 3600))
    manager = cast.sign_in(app.test_client(), cast.manager)
    answer = verify(manager, cast, document_id)
    assert answer.status_code == 409
    assert "cannot be recorded as seen" in answer.text
