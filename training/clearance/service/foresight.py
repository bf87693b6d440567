"""The only place that tells what an act would do before it is done: the same function, asked with one fact more."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from training.clearance.domain import Standing, explain, open_case_of, read_ledger
from training.clearance.service.asking import distrust_of
from training.clearance.service.rules import rulebook
from training.evidence import store as evidence
from training.evidence.domain import Kind, NewFact, Payload, read, seal


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """One authorisation as it stands, and as it would stand after the act."""

    title: str
    now: Standing
    then: Standing

    @property
    def changes(self) -> bool:
        """Whether the act would change the answer."""
        return self.now.sentence != self.then.sentence


def outlook(
    session: Session,
    *,
    person_id: str,
    actor_id: str,
    kind: Kind,
    payload: Payload,
    authorisation: str | None,
    about: str | None = None,
    at: datetime,
    zone: str,
) -> tuple[Outlook, ...]:
    """What a fact recorded at ``at`` would do to each authorisation it concerns. Nothing is recorded."""
    rules = rulebook(session).known(at)
    chain = evidence.chain_of(session, person_id)
    new = NewFact(
        person_id=person_id,
        kind=kind,
        authorisation=authorisation,
        about=about,
        happened_at=at,
        zone=zone,
        actor_id=actor_id,
        payload=payload,
        key="outlook",
    )
    link = seal(new, fact_id="outlook", recorded_at=at, texts={}, last=chain[-1] if chain else None)
    facts = tuple(read(one) for one in chain)
    distrust = distrust_of(chain)
    now = read_ledger(facts, person_id=person_id, distrust=distrust)
    then = read_ledger((*facts, read(link)), person_id=person_id, distrust=distrust)
    found = []
    for one in rules.authorisations():
        if authorisation in (None, one):
            before = explain(open_case_of(rules, now, authorisation=one), link.recorded_at, known_at=at)
            after = explain(open_case_of(rules, then, authorisation=one), link.recorded_at, known_at=at)
            found.append(Outlook(title=before.title, now=before, then=after))
    return tuple(found)
