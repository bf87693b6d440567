"""The only place that puts facts and policies on record for the tests, through the doors a real one takes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from tests.cast import Cast
from tests.histories import BAR, shipped_policy
from training import clock
from training.clearance import service as clearance
from training.clearance import store
from training.clearance.domain import Policy, Standing, Status
from training.clearance.service import Recorded
from training.courses import service as courses
from training.courses.domain.publication import Change, Draft, Kind
from training.db import new_id, reading, transaction
from training.evidence.domain import (
    DocumentVerified,
    FoundingConfirmed,
    FoundingProposed,
    NewFact,
    Payload,
    PracticalSigned,
    QuizPassed,
)
from training.evidence.domain import Kind as FactKind
from training.people.domain import Viewer
from training.people.service import add_member, viewer_of
from training.permissions import Role


def publish(policy: Policy | None = None, *, at: datetime | None = None, revision: int = 1) -> None:
    """Put a policy in force (the shipped one by default), now or at another moment."""
    published = policy or shipped_policy()
    moment = at or clock.now()
    with transaction() as session:
        clearance.hold_rulebook(session)
        draft = Draft(kind=Kind.POLICY, key="policy", revision=revision, change=Change.MAJOR, body=published.to_body())
        courses.publish(session, (draft,), by=None, at=moment, reason="For a test")
        clearance.rulebook_published(session, at=moment)


def put(
    person_id: str,
    kind: FactKind,
    payload: Payload,
    *,
    by: str | None,
    authorisation: str | None = None,
    about: str | None = None,
    happened_at: datetime | None = None,
    zone: str = "Europe/London",
    key: str | None = None,
) -> str:
    """Record one fact and give its id."""
    with transaction() as session:
        happened = happened_at or clock.now()
        new = NewFact(
            person_id=person_id,
            kind=kind,
            authorisation=authorisation,
            about=about,
            happened_at=happened,
            zone=zone,
            actor_id=by,
            payload=payload,
            key=key or f"{kind}:{person_id}:{happened.isoformat()}:{payload}"[:150],
        )
        return clearance.record(session, new).fact.id


def documents(person_id: str, *, by: str, expires: date | None = None) -> None:
    """Licence and insurance, seen by a manager."""
    expires = expires or clock.now().date() + timedelta(days=400)
    for document in ("licence", "insurance"):
        payload = DocumentVerified(document=document, document_id=f"{document}1", expires_on=expires)
        put(person_id, FactKind.DOCUMENT_VERIFIED, payload, by=by)


def quiz(person_id: str, module: str) -> str:
    """A module's quiz, passed."""
    payload = QuizPassed(module=module, attempt_id=f"attempt{module}", number=1, score=19, available=20)
    return put(person_id, FactKind.QUIZ_PASSED, payload, by=person_id)


def practical(person_id: str, *, by: str) -> str:
    """The practical on the bar, passed."""
    payload = PracticalSigned(
        sheet="bar",
        observation_id="observation",
        outcome="passed",
        points=52,
        available=75,
        signed_sheet="d" * 64,
        statement="I observed this practical myself.",
    )
    return put(person_id, FactKind.PRACTICAL_SIGNED, payload, by=by, authorisation=BAR)


def clear(cast: Cast, person_id: str) -> str:
    """Everything provisional asks for; gives the practical's fact."""
    documents(person_id, by=cast.manager)
    for module in ("M3", "M9"):
        quiz(person_id, module)
    return practical(person_id, by=cast.senior)


def found(cast: Cast, person_id: str) -> str:
    """A founding assessor; gives the confirmation's fact."""
    documents(person_id, by=cast.manager)
    proposal = put(person_id, FactKind.FOUNDING_PROPOSED, FoundingProposed(), by=cast.manager, authorisation=BAR)
    return put(
        person_id,
        FactKind.FOUNDING_CONFIRMED,
        FoundingConfirmed(),
        by=cast.administrator,
        authorisation=BAR,
        about=proposal,
    )


#: When the fake clock starts.
START = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)


class FakeClock:
    """A clock that stands until it is told to move."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """The moment it shows."""
        return self.at

    def forward(self, **delta: float) -> datetime:
        """Move it on."""
        self.at += timedelta(**delta)
        return self.at


def new_quiz(person_id: str, **changes: object) -> NewFact:
    """A quiz to be recorded, with a key of its own; changed as asked."""
    new = NewFact(
        person_id=person_id,
        kind=FactKind.QUIZ_PASSED,
        authorisation=None,
        happened_at=clock.now(),
        zone="Europe/London",
        actor_id=person_id,
        payload=QuizPassed(module="M3", attempt_id="a" * 16, number=1, score=19, available=20),
        key="quiz_passed:one",
    )
    return replace(new, **changes)  # type: ignore[arg-type]


def record(new: NewFact) -> Recorded:
    """Record it."""
    with transaction() as session:
        return clearance.record(session, new)


def standing(person_id: str, at: datetime | None = None, known_at: datetime | None = None) -> Standing:
    """On the bar, now unless said otherwise."""
    now = clock.now()
    return clearance.standing_of(
        reading(), person_id=person_id, authorisation=BAR, at=at or now, known_at=known_at or now
    )


def viewer(person_id: str) -> Viewer:
    """The person, as she acts now."""
    return viewer_of(reading(), person_id, at=clock.now())


def suspend(cast: Cast, person_id: str, by: str | None = None, **changes: object) -> Recorded:
    """A suspension by the manager, changed as asked."""
    given = {
        "authorisation": BAR,
        "reason": "Worked with the bar tagged out",
        "way_back": "Show the twelve checks to Tolu",
        "serious": False,
        "review_on": None,
        **changes,
    }
    return clearance.suspend(viewer(by or cast.manager), person_id, **given)  # type: ignore[arg-type]


def cached(person_id: str, at: datetime, known_at: datetime) -> Status:
    """What the cache of the register says."""
    found = store.cells_of(reading(), [person_id], store.Belief(at=at, known_at=known_at, edition=None))
    period = found.get(person_id, {}).get(BAR)
    return period.answer.status if period else Status.NONE


def somebody(cast: Cast, name: str = "Somebody") -> str:
    """A further therapist of Riverside."""
    with transaction() as session:
        now = clock.now()
        return add_member(
            session,
            name=name,
            email=f"{new_id()}@spa.example",
            password_hash="",
            role=Role.THERAPIST,
            site_id=cast.riverside,
            at=now,
        )
