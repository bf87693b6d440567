"""The only place that makes up histories of facts for the tests: pure, chained, and told in few words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from training.clearance.domain import Edition, Policy, Rulebook, Standing, standing
from training.clearance.files import load
from training.config import ROOT
from training.evidence.domain import (
    DocumentVerified,
    Fact,
    FoundingConfirmed,
    FoundingProposed,
    Kind,
    Link,
    NewFact,
    Payload,
    PracticalSigned,
    QuizPassed,
    Suspended,
    SuspensionLifted,
    Voided,
    read,
    seal,
)

BAR = "ashiatsu-bar"
TRAINEE, SENIOR, MANAGER, ADMIN = "trainee", "senior", "manager", "administrator"
PUBLISHED = datetime(2026, 1, 1, tzinfo=UTC)
#: Later than anything a test records.
LATE = datetime(2035, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def shipped_policy() -> Policy:
    """The policy in content/."""
    policy, problems = load(ROOT / "content")
    assert policy is not None, problems
    return policy


def rulebook(*policies: tuple[datetime, Policy | None]) -> Rulebook:
    """These policies as editions 1, 2, …; without any: the shipped one, published at PUBLISHED."""
    given = policies or ((PUBLISHED, shipped_policy()),)
    return Rulebook(
        tuple(
            Edition(published_at=at, revision=number, digest=f"digest-{number}", policy=policy)
            for number, (at, policy) in enumerate(given, start=1)
        )
    )


def utc(text: str) -> datetime:
    """An instant: "2026-04-14 10:34"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass
class History:
    """One person's record, growing."""

    person: str = TRAINEE
    zone: str = "Europe/London"
    links: list[Link] = field(default_factory=list)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What is on record."""
        return tuple(read(link) for link in self.links)

    def add(
        self,
        kind: Kind,
        payload: Payload,
        happened: datetime,
        *,
        recorded: datetime | None = None,
        by: str | None = MANAGER,
        authorisation: str | None = None,
        about: str | None = None,
        zone: str | None = None,
        revisions: Mapping[str, str] | None = None,
    ) -> str:
        """Record a fact and give its id."""
        number = len(self.links) + 1
        new = NewFact(
            person_id=self.person,
            kind=kind,
            authorisation=authorisation,
            about=about,
            happened_at=happened,
            zone=zone or self.zone,
            actor_id=by,
            payload=payload,
            revisions=revisions or {},
            key=f"{self.person}:{number}",
        )
        last = self.links[-1] if self.links else None
        link = seal(new, fact_id=f"f{number:03}", recorded_at=recorded or happened, texts={}, last=last)
        self.links.append(link)
        return link.id

    def document(
        self,
        document: str,
        at: datetime,
        expires: date,
        *,
        recorded: datetime | None = None,
        by: str | None = MANAGER,
        zone: str | None = None,
    ) -> str:
        payload = DocumentVerified(document=document, document_id=f"{document}-1", expires_on=expires)
        return self.add(Kind.DOCUMENT_VERIFIED, payload, at, recorded=recorded, by=by, zone=zone)

    def quiz(self, module: str, at: datetime, *, recorded: datetime | None = None, zone: str | None = None) -> str:
        payload = QuizPassed(module=module, attempt_id=f"attempt-{module}", number=1, score=19, available=20)
        return self.add(Kind.QUIZ_PASSED, payload, at, recorded=recorded, by=self.person, zone=zone)

    def practical(
        self,
        at: datetime,
        *,
        recorded: datetime | None = None,
        by: str | None = SENIOR,
        passed: bool = True,
        authorisation: str = BAR,
        sheet: str = "bar",
        zone: str | None = None,
    ) -> str:
        payload = PracticalSigned(
            sheet=sheet,
            observation_id="observation",
            outcome="passed" if passed else "failed",
            points=52,
            available=75,
            signed_sheet="d" * 64,
            statement="I observed this practical myself.",
        )
        return self.add(
            Kind.PRACTICAL_SIGNED, payload, at, recorded=recorded, by=by, authorisation=authorisation, zone=zone
        )

    def suspend(
        self,
        at: datetime,
        *,
        recorded: datetime | None = None,
        authorisation: str | None = BAR,
        serious: bool = False,
        by: str = MANAGER,
        review_on: date | None = None,
    ) -> str:
        payload = Suspended(serious=serious, review_on=review_on)
        return self.add(Kind.SUSPENDED, payload, at, recorded=recorded, by=by, authorisation=authorisation)

    def lift(self, about: str, at: datetime, *, authorisation: str | None = BAR, by: str = MANAGER) -> str:
        return self.add(Kind.SUSPENSION_LIFTED, SuspensionLifted(), at, by=by, authorisation=authorisation, about=about)

    def void(self, about: str, at: datetime, *, from_at: datetime | None = None) -> str:
        link = next(one for one in self.links if one.id == about)
        return self.add(Kind.VOIDED, Voided(from_at=from_at), at, authorisation=link.authorisation, about=about)

    def propose(self, at: datetime, *, by: str | None = MANAGER, authorisation: str | None = BAR) -> str:
        return self.add(Kind.FOUNDING_PROPOSED, FoundingProposed(), at, by=by, authorisation=authorisation)

    def confirm(
        self,
        about: str,
        at: datetime,
        *,
        by: str | None = ADMIN,
        authorisation: str | None = BAR,
        recorded: datetime | None = None,
    ) -> str:
        return self.add(
            Kind.FOUNDING_CONFIRMED,
            FoundingConfirmed(),
            at,
            by=by,
            authorisation=authorisation,
            about=about,
            recorded=recorded,
        )


def in_training() -> History:
    """Both documents and both quizzes: everything but the practical."""
    told = History()
    told.document("licence", utc("2026-02-01 09:00"), date(2028, 6, 30))
    told.document("insurance", utc("2026-02-01 09:05"), date(2028, 12, 31))
    told.quiz("M3", utc("2026-03-01 18:00"))
    told.quiz("M9", utc("2026-03-02 18:00"))
    return told


def cleared() -> History:
    """And the practical: observed at 10:00 and signed at 10:34 UTC on 14 April 2026; valid through 14 October."""
    told = in_training()
    told.practical(utc("2026-04-14 10:00"), recorded=utc("2026-04-14 10:34"))
    return told


def assessor() -> History:
    """A founding assessor: both documents, proposed by one and confirmed by another on 2 February 2026."""
    told = History(person=SENIOR)
    told.document("licence", utc("2026-02-01 09:00"), date(2028, 6, 30))
    told.document("insurance", utc("2026-02-01 09:05"), date(2028, 12, 31))
    told.confirm(told.propose(utc("2026-02-02 09:00")), utc("2026-02-02 10:00"))
    return told


def judge(
    told: History | tuple[Fact, ...],
    at: datetime,
    *,
    rules: Rulebook | None = None,
    known_at: datetime = LATE,
    authorisation: str = BAR,
    distrust: str | None = None,
) -> Standing:
    """What is said of a history at a moment; everything is known unless said otherwise."""
    facts = told.facts if isinstance(told, History) else told
    person = told.person if isinstance(told, History) else (facts[0].person_id if facts else TRAINEE)
    return standing(
        rules or rulebook(),
        facts,
        at,
        person_id=person,
        authorisation=authorisation,
        known_at=known_at,
        distrust=distrust,
    )
