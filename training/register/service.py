"""The only place that gathers what the register and a person's page show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from training.clearance import service as clearance
from training.clearance.domain import Edition, Standing
from training.clearance.domain.telling import adverse_line, evidence_sentence, titled
from training.courses import service as courses
from training.documents import service as documents
from training.evidence.domain import BEYOND_VOIDING, Fact, PracticalSigned
from training.people import service as people_service
from training.people import store as people
from training.people.domain import MainTrainer, PersonCard
from training.permissions import Permission, Viewer
from training.register.domain import Timeline, lay_out
from training.words import moment

#: Facts on one page of the evidence.
ROWS_PER_PAGE: Final = 25
_SYSTEM: Final = "the system"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """One fact, as the person's page lists it."""

    id: str
    title: str
    text: str | None  # the reason, where one was given and not erased
    happened_at: datetime
    recorded_at: datetime
    actor: str
    voided: bool
    voidable: bool
    observation_id: str | None  # of the signed sheet behind it


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """Everything about one person at one moment, as known at another."""

    person: PersonCard
    roles: str
    trainer: MainTrainer | None
    standings: tuple[Standing, ...]
    timeline: Timeline
    evidence: Mapping[str, str]  # requirement id → what meets it
    waiting: Mapping[str, str]  # requirement id → what it waits for
    against: Mapping[str, tuple[tuple[str, str, str], ...]]  # authorisation → title, reason, since
    rows: tuple[EvidenceRow, ...]  # the newest first, one page of them
    rows_total: int
    rows_page: int
    rows_pages: int
    waiting_documents: int
    policy: Edition | None
    proposals: Mapping[str, str]  # authorisation → the proposal that waits to be confirmed


def person_page(
    session: Session,
    viewer: Viewer,
    person_id: str,
    *,
    at: datetime,
    known_at: datetime,
    now: datetime,
    zone: str,
    rows_page: int = 1,
) -> PersonPage:
    """The page of somebody in the viewer's sight; `rows_page` counts the pages of her evidence from 1.

    Raises:
        NotFound: unknown, or a stranger.
    """
    card = people_service.get_person(session, viewer, person_id, needs=Permission.SEE_REGISTER)
    record = clearance.record_of(session, person_id=person_id, at=at, known_at=known_at)
    facts = {fact.id: fact for fact in record.facts}
    pages = max(1, -(-len(record.facts) // ROWS_PER_PAGE))
    rows_page = min(rows_page, pages)
    shown = record.facts[::-1][(rows_page - 1) * ROWS_PER_PAGE :][:ROWS_PER_PAGE]
    told = {fact.id for fact in shown} | {one.fact_id for each in record.standings for one in each.adverse}
    texts = clearance.texts_of(session, told)
    names = people.names_of(session, [fact.actor_id for fact in record.facts])
    waiting = documents.kinds_waiting(session, person_id)
    titles = {standing.authorisation: standing.title for standing in record.standings}
    modules = {module.id: module.title for module in courses.library(session).modules.values()}

    def named(one: str | None) -> str:
        return names.get(one or "", _SYSTEM)

    def against(standing: Standing) -> tuple[tuple[str, str, str], ...]:
        return tuple(
            adverse_line(one, facts.get(one.fact_id), texts.get(one.fact_id, {}), zone=zone) for one in standing.adverse
        )

    def row(fact: Fact) -> EvidenceRow:
        voided = fact.id in record.voided
        return EvidenceRow(
            id=fact.id,
            title=titled(
                fact,
                of_authorisation=titles.get(fact.authorisation or "", fact.authorisation),
                quiz_title=lambda module: modules.get(module, module),
            ),
            text=texts.get(fact.id, {}).get("reason"),
            happened_at=fact.happened_at,
            recorded_at=fact.recorded_at,
            actor=named(fact.actor_id),
            voided=voided,
            voidable=not voided
            and fact.kind not in BEYOND_VOIDING
            and viewer.may(Permission.SUSPEND)
            and fact.person_id != viewer.person_id,
            observation_id=fact.payload.observation_id if isinstance(fact.payload, PracticalSigned) else None,
        )

    lines = [line for standing in record.standings for line in standing.requirements]
    return PersonPage(
        person=card,
        roles=_roles(card, at),
        trainer=people.find_main_trainers(session, [person_id], at=at).get(person_id),
        standings=record.standings,
        timeline=lay_out(
            [(titles.get(one, one), periods) for one, periods in record.periods.items()],
            record.facts,
            at=at,
            zone=zone,
        ),
        evidence={
            line.id: evidence_sentence(facts[line.fact_id], named=named)
            for line in lines
            if line.met and line.fact_id in facts
        },
        waiting={
            line.id: "Written down; somebody has to look at the original."
            for line in lines
            if line.kind == "document" and not line.met and line.subject in waiting and at >= now
        },
        against={standing.authorisation: against(standing) for standing in record.standings},
        rows=tuple(row(fact) for fact in shown),
        rows_total=len(record.facts),
        rows_page=rows_page,
        rows_pages=pages,
        waiting_documents=len(waiting),
        policy=record.policy,
        proposals={one.authorisation: one.fact_id for one in record.proposals},
    )


def _roles(card: PersonCard, at: datetime) -> str:
    held = card.at_work(at)
    if held:
        since = min(one.from_at for one in held)
        names = ", ".join(dict.fromkeys(one.role.value for one in held))
        return f"{names} since {moment(since, card.zone()).split(',')[0]}"
    ended = [one.until_at for one in card.memberships if one.until_at]
    return f"left {moment(max(ended), card.zone()).split(',')[0]}" if ended else "no role at that moment"
