"""The only place that answers who may work: it reads facts and rulebook and asks the pure function."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from training.clearance import store
from training.clearance.domain import (
    AssessorRight,
    Edition,
    Period,
    Rulebook,
    Standing,
    assessor_right_of,
    explain,
    known,
    open_case_of,
    periods_of,
    read_ledger,
)
from training.clearance.domain.ledger import Ledger
from training.clearance.service.rules import rulebook
from training.evidence import store as evidence
from training.evidence.domain import Fact, Kind, Link, first_break, read


def distrust_of(chain: Sequence[Link]) -> str | None:
    """Why this chain cannot be believed; None when it holds."""
    broken = first_break(chain)
    return broken.sentence if broken else None


def _ledger(chain: Sequence[Link], *, person_id: str, known_at: datetime) -> Ledger:
    facts = known((read(link) for link in chain), known_at)
    return read_ledger(facts, person_id=person_id, distrust=distrust_of(chain))


def standing_of(session: Session, *, person_id: str, authorisation: str, at: datetime, known_at: datetime) -> Standing:
    """Whether the person may work there at ``at``, as far as it was published and recorded at ``known_at``."""
    rules = rulebook(session).known(known_at)
    ledger = _ledger(evidence.chain_of(session, person_id), person_id=person_id, known_at=known_at)
    return explain(open_case_of(rules, ledger, authorisation=authorisation), at, known_at=known_at)


def standings_of(session: Session, *, person_id: str, at: datetime, known_at: datetime) -> tuple[Standing, ...]:
    """A person's standing in every authorisation, from one read of her facts."""
    rules = rulebook(session).known(known_at)
    chain = evidence.chain_of(session, person_id)
    return _standings(rules, chain, person_id=person_id, at=at, known_at=known_at)


def standings_of_many(
    session: Session, *, person_ids: Collection[str], at: datetime, known_at: datetime
) -> Mapping[str, tuple[Standing, ...]]:
    """The same for many people, by person; the number of queries does not grow with them."""
    rules = rulebook(session).known(known_at)
    chains = evidence.chains_of(session, person_ids)
    return {
        person_id: _standings(rules, chains.get(person_id, ()), person_id=person_id, at=at, known_at=known_at)
        for person_id in person_ids
    }


def _standings(
    rules: Rulebook, chain: Sequence[Link], *, person_id: str, at: datetime, known_at: datetime
) -> tuple[Standing, ...]:
    ledger = _ledger(chain, person_id=person_id, known_at=known_at)
    return tuple(
        explain(open_case_of(rules, ledger, authorisation=one), at, known_at=known_at) for one in rules.authorisations()
    )


def assessor_right(
    session: Session, *, person_id: str, authorisation: str, at: datetime, known_at: datetime
) -> AssessorRight:
    """Whether the person may sign there at ``at``, and why not. At a signature: ask after locking, before recording."""
    rules = rulebook(session).known(known_at)
    ledger = _ledger(evidence.chain_of(session, person_id), person_id=person_id, known_at=known_at)
    return assessor_right_of(open_case_of(rules, ledger, authorisation=authorisation), at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A founding assessor proposed, and waiting for a second person."""

    fact_id: str
    person_id: str
    authorisation: str
    title: str
    proposed_by: str | None
    proposed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Everything about one person, as far as it was known at a moment."""

    #: In order of recording.
    facts: tuple[Fact, ...]
    #: One per authorisation.
    standings: tuple[Standing, ...]
    #: All of time, by authorisation.
    periods: Mapping[str, tuple[Period, ...]]
    #: Ids of the facts a void names.
    voided: frozenset[str]
    #: The policy in force at the moment asked about.
    policy: Edition | None
    proposals: tuple[Proposal, ...]


def record_of(session: Session, *, person_id: str, at: datetime, known_at: datetime) -> Record:
    """Everything a person's page shows, from one read of her facts."""
    rules = rulebook(session).known(known_at)
    chain = evidence.chain_of(session, person_id)
    facts = known((read(link) for link in chain), known_at)
    ledger = read_ledger(facts, person_id=person_id, distrust=distrust_of(chain))
    cases = [open_case_of(rules, ledger, authorisation=one) for one in rules.authorisations()]
    return Record(
        facts=facts,
        standings=tuple(explain(case, at, known_at=known_at) for case in cases),
        periods={case.authorisation: periods_of(case) for case in cases},
        voided=frozenset(fact.about for fact in facts if fact.kind == Kind.VOIDED and fact.about),
        policy=rules.at(at),
        proposals=tuple(_proposal(fact, rules) for fact in waiting_proposals(facts)),
    )


def waiting_proposals(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """The founding proposals among a person's facts that are neither confirmed nor voided."""
    answered = {fact.about for fact in facts if fact.kind in (Kind.FOUNDING_CONFIRMED, Kind.VOIDED)}
    return tuple(fact for fact in facts if fact.kind == Kind.FOUNDING_PROPOSED and fact.id not in answered)


def _proposal(fact: Fact, rules: Rulebook) -> Proposal:
    authorisation = fact.authorisation or ""
    return Proposal(
        fact_id=fact.id,
        person_id=fact.person_id,
        authorisation=authorisation,
        title=rules.title(authorisation),
        proposed_by=fact.actor_id,
        proposed_at=fact.recorded_at,
    )


def open_proposals(session: Session, *, sites: frozenset[str] | None, at: datetime) -> tuple[Proposal, ...]:
    """The founding proposals that wait at these sites (None: all), the oldest first; at most 50."""
    rules = rulebook(session).known(at)
    found = (read(link) for link in store.list_waiting_proposals(session, sites=sites, limit=50))
    return tuple(_proposal(fact, rules) for fact in found)


def assessors_among(
    session: Session, person_ids: Collection[str], *, authorisation: str, at: datetime
) -> frozenset[str]:
    """Who of these may sign there at that moment, as known then."""
    rules = rulebook(session).known(at)
    chains = evidence.chains_of(session, person_ids)
    return frozenset(
        person_id
        for person_id, chain in chains.items()
        if assessor_right_of(
            open_case_of(rules, _ledger(chain, person_id=person_id, known_at=at), authorisation=authorisation),
            at,
        ).holds
    )


def facts_of(session: Session, person_id: str) -> tuple[Fact, ...]:
    """Everything on record about a person, in order of recording."""
    return tuple(read(link) for link in evidence.chain_of(session, person_id))


def texts_of(session: Session, fact_ids: Collection[str]) -> Mapping[str, Mapping[str, str]]:
    """The texts still kept with these facts, by fact and name; an erased one is not there."""
    found = evidence.texts_of(session, fact_ids)
    return {fact_id: {name: text.body for name, text in texts.items()} for fact_id, texts in found.items()}


def voided_among(session: Session, fact_ids: Collection[str]) -> frozenset[str]:
    """Which of these facts a void names."""
    return evidence.voided_among(session, fact_ids)
