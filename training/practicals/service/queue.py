"""The only place for a senior's queue: who is ready, which sheets are unfinished, what was signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from training.clearance import service as clearance
from training.clearance.domain import AssessorRight, Policy, Standing, Status
from training.people import store as people
from training.people.domain import MainTrainer, PersonCard
from training.permissions import Role, Viewer
from training.practicals import store
from training.practicals.domain.observation import Observation, result_of
from training.practicals.domain.queue import Candidate, OpenSheet, Readiness, Signed, readiness
from training.practicals.domain.signing import AssessorFacts, Verdict, may_sign
from training.practicals.domain.statement import Rating
from training.practicals.service import rights

#: Candidates on one page.
PAGE: Final = 20
_LAST_SIGNED: Final = 5
_OBSERVED: Final = (Role.THERAPIST, Role.SENIOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnStanding:
    """Where the senior herself stands in one authorisation."""

    standing: Standing
    right: AssessorRight


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Everything on the queue's page."""

    ready: tuple[Candidate, ...]  # of this page
    total: int
    page: int
    pages: int
    mine: tuple[OpenSheet, ...]
    others: tuple[OpenSheet, ...]  # at my sites, in another hand
    own: tuple[OwnStanding, ...]
    signed: tuple[Signed, ...]

    @property
    def first(self) -> int:
        """The number of the first candidate on this page, from 1."""
        return (self.page - 1) * PAGE + 1

    @property
    def last(self) -> int:
        """The number of the last one."""
        return self.first + len(self.ready) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a person's practical is, for her home page."""

    open: Observation | None
    open_with: str | None  # who holds the open sheet
    last: Observation | None
    last_by: str | None


def progress(session: Session, *, person_id: str, authorisation: str) -> Progress:
    """The open sheet and the one signed last, with the assessors' names."""
    begun = store.find_open(session, subject_id=person_id, authorisation=authorisation)
    last = store.find_last_signed(session, subject_id=person_id, authorisation=authorisation)
    names = rights.names(session, *(one.assessor_id for one in (begun, last) if one))
    return Progress(
        open=begun,
        open_with=names[begun.assessor_id] if begun else None,
        last=last,
        last_by=names[last.assessor_id] if last else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """What every line of the page is judged by, read once."""

    viewer: Viewer
    at: datetime
    policy: Policy
    sites: frozenset[str]
    own: Mapping[str, OwnStanding]  # by authorisation
    trainers: Mapping[str, MainTrainer]
    cards: Mapping[str, PersonCard]

    def verdict(self, *, subject_id: str, authorisation: str, grade: str, site_id: str) -> Verdict:
        """Whether this viewer may sign; the same rule that is asked again at signing."""
        own = self.own.get(authorisation)
        trainer = self.trainers.get(subject_id)
        return may_sign(
            assessor=AssessorFacts(
                person_id=self.viewer.person_id,
                works_at_site=site_id in self.sites,
                holds_right=own is not None and own.right.holds,
                right_reason=own.right.reason if own else "The policy in force does not have this authorisation.",
                suspended=own is not None and own.standing.status in {Status.SUSPENDED, Status.REVOKED},
            ),
            subject_id=subject_id,
            main_trainer_id=trainer.trainer_id if trainer else None,
            leads_to=grade,
        )


def queue(session: Session, viewer: Viewer, *, at: datetime, page: int = 1) -> Queue:
    """The senior's page at that moment. The number of queries does not grow with the number of people."""
    policy = clearance.current_policy(session, at=at)
    sites = rights.seats(viewer.memberships)
    if policy is None:
        return Queue(ready=(), total=0, page=1, pages=1, mine=(), others=(), own=(), signed=())
    ids = [one for one in people.find_at_sites(session, sites=sites, roles=_OBSERVED, at=at) if one != viewer.person_id]
    begun = store.list_open(session, sites=sites, assessor_id=viewer.person_id)
    signed = store.list_signed(session, assessor_id=viewer.person_id, limit=_LAST_SIGNED)
    named = {*ids, *(one.subject_id for one in (*begun, *signed)), *(one.assessor_id for one in begun)}
    standings = clearance.standings_of_many(session, person_ids=[viewer.person_id, *ids], at=at, known_at=at)
    desk = _Desk(
        viewer=viewer,
        at=at,
        policy=policy,
        sites=sites,
        own={
            one.authorisation: OwnStanding(standing=one, right=_right(session, one, at=at))
            for one in standings.get(viewer.person_id, ())
        },
        trainers=people.find_main_trainers(session, named, at=at),
        cards=people.get_cards(session, named),
    )
    ready = _ready(desk, ids, standings, begun)
    pages = max(1, -(-len(ready) // PAGE))
    page = min(max(1, page), pages)
    ratings = store.ratings_of_many(session, [one.id for one in (*begun, *signed)])
    sheets = _open_sheets(session, desk, begun, ratings)
    return Queue(
        ready=tuple(ready[(page - 1) * PAGE : page * PAGE]),
        total=len(ready),
        page=page,
        pages=pages,
        mine=tuple(one for one in sheets if one.mine),
        others=tuple(one for one in sheets if not one.mine),
        own=tuple(desk.own.values()),
        signed=_signed(session, desk, signed, ratings),
    )


def _right(session: Session, own: Standing, *, at: datetime) -> AssessorRight:
    """The right to sign that goes with a standing; only where it is missing is the record asked why."""
    if own.assessor:
        return AssessorRight(holds=True, reason=f"You may sign for {own.title}.", through=None)
    return clearance.assessor_right(
        session, person_id=own.person_id, authorisation=own.authorisation, at=at, known_at=at
    )


def _ready(
    desk: _Desk, ids: list[str], standings: Mapping[str, tuple[Standing, ...]], begun: tuple[Observation, ...]
) -> list[Candidate]:
    in_hand = {(one.subject_id, one.authorisation) for one in begun}
    found = []
    for person_id in ids:
        card = desk.cards[person_id]
        site_id = rights.shared_site(desk.viewer, card, desk.at)
        for standing in standings.get(person_id, ()):
            due = standing.status is Status.RENEWAL_DUE
            state, _ = readiness(standing.requirements, renewal_due=due)
            asked = desk.policy.find(standing.authorisation)
            grade = rights.leads_to(desk.policy, asked, present=standing.grade) if asked else None
            if state is not Readiness.READY or grade is None or site_id is None:
                continue
            if (person_id, standing.authorisation) in in_hand:
                continue  # told as an unfinished sheet
            trainer = desk.trainers.get(person_id)
            found.append(
                Candidate(
                    person_id=person_id,
                    name=card.name,
                    site_names=card.site_names(desk.at),
                    authorisation=standing.authorisation,
                    title=standing.title,
                    status=standing.status.value,
                    leads_to=grade,
                    verdict=desk.verdict(
                        subject_id=person_id, authorisation=standing.authorisation, grade=grade, site_id=site_id
                    ),
                    trainer=trainer.trainer_name if trainer else None,
                )
            )
    return found


def _open_sheets(
    session: Session, desk: _Desk, begun: tuple[Observation, ...], ratings: Mapping[str, dict[str, Rating]]
) -> list[OpenSheet]:
    found = []
    for one in begun:
        if one.subject_id == desk.viewer.person_id:
            continue  # she sees her own sheet once it is signed
        asked = desk.policy.find(one.authorisation)
        sheet = rights.sheet_by_digest(session, one.sheet_digest)
        found.append(
            OpenSheet(
                observation=one,
                name=desk.cards[one.subject_id].name,
                holder=desk.cards[one.assessor_id].name,
                title=asked.title if asked else one.authorisation,
                result=result_of(sheet, ratings[one.id]),
                touched_at=max([one.started_at, *(r.rated_at for r in ratings[one.id].values() if r.rated_at)]),
                verdict=desk.verdict(
                    subject_id=one.subject_id,
                    authorisation=one.authorisation,
                    grade=one.leads_to,
                    site_id=one.site_id,
                ),
                mine=one.assessor_id == desk.viewer.person_id,
            )
        )
    return found


def _signed(
    session: Session, desk: _Desk, signed: tuple[Observation, ...], ratings: Mapping[str, dict[str, Rating]]
) -> tuple[Signed, ...]:
    void = clearance.voided_among(session, [one.fact_id for one in signed if one.fact_id])
    found = []
    for one in signed:
        result = result_of(rights.sheet_by_digest(session, one.sheet_digest), ratings[one.id])
        asked = desk.policy.find(one.authorisation)
        found.append(
            Signed(
                observation=one,
                name=desk.cards[one.subject_id].name,
                title=asked.title if asked else one.authorisation,
                passed=result.passed,
                points=result.points,
                available=result.available,
                voided=one.fact_id in void,
            )
        )
    return tuple(found)
