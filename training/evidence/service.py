"""The only place for walking the chains, to tell whether what is on record still is what was recorded."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from training.evidence import store
from training.evidence.domain import Break, first_break, text_break


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a walk over every chain found."""

    #: How many people have facts.
    people: int
    #: How many facts were walked.
    facts: int
    #: How many texts were compared with the digest their fact holds.
    texts: int
    #: The first broken place of each chain that is broken.
    broken: tuple[Break, ...]


def verify(session: Session, *, told: Callable[[int], None] | None = None) -> Verified:
    """Walk every chain and compare every text that is still kept. ``told`` hears how many facts were walked so far."""
    people = facts = texts = 0
    broken: list[Break] = []
    for ids in store.each_person(session):
        walked = _walk(session, ids)
        people += walked.people
        facts += walked.facts
        texts += walked.texts
        broken += walked.broken
        if told:
            told(facts)
    return Verified(people=people, facts=facts, texts=texts, broken=tuple(broken))


def _walk(session: Session, ids: Collection[str]) -> Verified:
    chains = store.chains_of(session, ids)
    kept = store.texts_of(session, [link.id for chain in chains.values() for link in chain])
    broken: list[Break] = []
    for chain in chains.values():
        found = first_break(chain)
        if found is None:
            found = next((one for link in chain if (one := text_break(link, kept.get(link.id, {})))), None)
        if found is not None:
            broken.append(found)
    return Verified(
        people=len(chains),
        facts=sum(len(chain) for chain in chains.values()),
        texts=sum(len(texts) for texts in kept.values()),
        broken=tuple(broken),
    )
