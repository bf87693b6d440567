"""The only place for the stage that tests of practicals and documents stand on: policy, sheet, an assessor, theory."""

import re
from datetime import UTC, datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.cast import EARLIER, PASSWORD, Cast
from training import clock
from training.clearance import service as clearance
from training.clearance.files import load as load_policy
from training.config import ROOT
from training.courses import service as courses
from training.courses.domain.publication import Change, Draft, Kind
from training.db import reading, transaction
from training.evidence.domain import (
    DocumentVerified,
    Fact,
    FoundingConfirmed,
    FoundingProposed,
    NewFact,
    Payload,
    QuizPassed,
    Suspended,
)
from training.evidence.domain import Kind as FactKind
from training.people import store as people
from training.permissions import Viewer
from training.practicals import service
from training.practicals.domain.observation import Change as Tap
from training.practicals.domain.result import Mark
from training.practicals.domain.sheet import Sheet
from training.practicals.files import load as load_sheets

BAR = "ashiatsu-bar"
_KINDS: dict[type, FactKind] = {
    QuizPassed: FactKind.QUIZ_PASSED,
    DocumentVerified: FactKind.DOCUMENT_VERIFIED,
    FoundingProposed: FactKind.FOUNDING_PROPOSED,
    FoundingConfirmed: FactKind.FOUNDING_CONFIRMED,
    Suspended: FactKind.SUSPENDED,
}


def sheet() -> Sheet:
    """The bar sheet of the files."""
    return load_sheets(ROOT / "content").sheets[0]


def publish(app: Flask) -> None:
    """Put the policy and the bar sheet in force."""
    policy, problems = load_policy(ROOT / "content")
    bar = sheet()
    assert policy is not None, problems
    drafts = [
        Draft(kind=Kind.SHEET, key=bar.key, revision=bar.revision, change=Change(bar.change), body=bar.to_body()),
        Draft(
            kind=Kind.POLICY,
            key="policy",
            revision=policy.revision,
            change=Change(policy.change),
            body=policy.to_body(),
        ),
    ]
    with app.app_context(), transaction() as session:
        courses.publish(session, drafts, by=None, at=EARLIER, reason="For the tests")


def viewer_of(session: Session, person_id: str) -> Viewer:
    """Somebody as the guard would know her now."""
    card = people.get_cards(session, [person_id])[person_id]
    held = card.at_work(clock.now())
    return Viewer(
        person_id=card.id,
        name=card.name,
        email=card.email,
        session_id="session000000001",
        memberships=held,
        sites=tuple(one.site for one in held if one.site),
    )


def happens(
    session: Session,
    person_id: str,
    payload: Payload,
    *,
    by: str | None,
    key: str,
    authorisation: str | None = None,
    about: str | None = None,
    at: datetime | None = None,
) -> Fact:
    """Record one fact, inside the caller's transaction."""
    new = NewFact(
        person_id=person_id,
        kind=_KINDS[type(payload)],
        authorisation=authorisation,
        about=about,
        happened_at=at or clock.now(),
        zone="Europe/London",
        actor_id=by,
        payload=payload,
        key=f"{person_id}:{key}",
        texts={"reason": "For the test."} if by else {},
    )
    return clearance.record(session, new).fact


def give_documents(session: Session, person_id: str, *, by: str) -> None:
    """Licence and insurance, seen, good for a year and a bit."""
    expires_on = (datetime.now(UTC) + timedelta(days=400)).date()
    for kind in ("licence", "insurance"):
        payload = DocumentVerified(document=kind, document_id=f"{kind}000000000000"[:16], expires_on=expires_on)
        happens(session, person_id, payload, by=by, key=kind)


def give_theory(session: Session, person_id: str) -> None:
    """Both quizzes passed."""
    for module in ("M3", "M9"):
        payload = QuizPassed(module=module, attempt_id="attempt000000001", number=1, score=25, available=25)
        happens(session, person_id, payload, by=None, key=f"quiz {module}")


def found_assessor(session: Session, person_id: str, *, by: str, confirmed_by: str) -> None:
    """Make somebody a founding assessor on the bar, with her documents."""
    give_documents(session, person_id, by=by)
    proposal = happens(session, person_id, FoundingProposed(), by=by, key="proposed", authorisation=BAR)
    happens(
        session,
        person_id,
        FoundingConfirmed(),
        by=confirmed_by,
        key="confirmed",
        authorisation=BAR,
        about=proposal.id,
    )


def suspend(session: Session, person_id: str, *, by: str) -> Fact:
    """Suspend somebody on the bar, inside the caller's transaction."""
    return happens(
        session, person_id, Suspended(serious=False), by=by, key="suspended", authorisation=BAR, at=clock.now()
    )


def set_stage(app: Flask, cast: Cast) -> None:
    """Senior and other senior may sign on the bar; the trainee has theory and documents."""
    publish(app)
    with app.app_context(), transaction() as session:
        for one in (cast.senior, cast.other_senior):
            found_assessor(session, one, by=cast.manager, confirmed_by=cast.administrator)
        give_theory(session, cast.trainee)
        give_documents(session, cast.trainee, by=cast.manager)


def begin(cast: Cast, *, by: str | None = None) -> str:
    """An open sheet for the trainee, in the senior's hand; inside an app context."""
    return service.start(viewer_of(reading(), by or cast.senior), subject_id=cast.trainee, authorisation=BAR)


def tap(cast: Cast, observation_id: str, line: str, mark: Mark, *, seen: int = 0, by: str | None = None) -> None:
    """One tap on one line."""
    change = Tap(criterion=line, seen=seen, mark=mark, note=None, tenths=None)
    service.rate(viewer_of(reading(), by or cast.senior), observation_id, change)


def fill(cast: Cast, observation_id: str, **marks: Mark) -> None:
    """Every line at the pass level, but for those named."""
    for one in sheet().criteria:
        tap(cast, observation_id, one.id, marks.get(one.id, Mark.TWO))


def sign(cast: Cast, observation_id: str, *, by: str | None = None, password: str = PASSWORD) -> service.Recorded:
    """Read the statement and sign it."""
    at = clock.now()
    signer = viewer_of(reading(), by or cast.senior)
    shown = service.to_sign(reading(), signer, observation_id, at=at)
    return service.sign(signer, observation_id, shown=shown.digest, shown_at=at, password=password)


# ---- the same through the pages


def ticket_on(page: str) -> str:
    """The sealed ticket of a statement's page."""
    found = re.search(r'name="ticket"[^>]*value="([^"]+)"', page)
    assert found, page
    return found.group(1)


def read_statement(client: FlaskClient, observation_id: str) -> str:
    """Open the statement; its ticket."""
    return ticket_on(client.get(f"/practicals/{observation_id}/sign").text)


def sign_by_form(client: FlaskClient, observation_id: str, ticket: str, password: str = PASSWORD) -> TestResponse:
    """Send the form under the statement."""
    return client.post(f"/practicals/{observation_id}/sign", data={"ticket": ticket, "password": password})


def signatures(app: Flask, cast: Cast) -> list[Fact]:
    """The signed practicals on the trainee's record."""
    with app.app_context():
        return [one for one in clearance.facts_of(reading(), cast.trainee) if one.kind == FactKind.PRACTICAL_SIGNED]
