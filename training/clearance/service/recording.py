"""The only way in for facts: lock the person, append to her chain, refresh what lists show of her."""

import logging
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from training.clearance import store
from training.clearance.domain import Rulebook, beliefs, find_zone, known, revise, told_periods
from training.clearance.service.asking import distrust_of
from training.clearance.service.rules import rulebook
from training.db import new_id, stamp
from training.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from training.evidence import store as evidence
from training.evidence.domain import (
    BEYOND_VOIDING,
    OWN_HAND,
    BrokenFormError,
    Fact,
    Kind,
    Link,
    NewFact,
    Salted,
    Suspended,
    read,
    seal,
)
from training.people import store as people

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A fact on record; ``already`` when this very fact was there before."""

    fact: Fact
    already: bool


def lock_people(session: Session, *person_ids: str) -> None:
    """Hold these people's records to the end of the transaction, in id order. Ask about them only afterwards."""
    people.lock_persons(session, person_ids)


def record(session: Session, new: NewFact) -> Recorded:
    """Append a fact to its person's chain and refresh her periods. Recording it twice is the same as once.

    Raises:
        NotFound: it names a fact that is not the person's.
        NotAllowed: people do not record this about themselves.
        Refused: a second person is needed, or it names what it cannot be about.
        Conflict: something else was recorded under the same key.
        Invalid: it cannot be recorded as it is.
    """
    lock_people(session, new.person_id)
    store.share_rulebook(session)
    before = evidence.find_by_key(session, new.key)
    if before is not None:
        return _again(before, new)
    chain = evidence.chain_of(session, new.person_id)
    at = stamp(session)
    _check(new, chain, at=at)
    texts = {name: Salted(salt=secrets.token_hex(16), body=body) for name, body in new.texts.items() if body}
    try:
        last = chain[-1] if chain else None
        link = seal(new, fact_id=new_id(), recorded_at=at, texts=texts, last=last)
    except BrokenFormError as broken:
        raise Invalid(f"This cannot be recorded: {broken}.") from broken
    evidence.append(session, link, texts)
    _refresh(session, new.person_id, (*chain, link), rulebook(session), at=link.recorded_at)
    log.info(
        "fact recorded id=%s person=%s kind=%s seq=%s by=%s",
        link.id,
        link.person_id,
        link.kind,
        link.seq,
        link.actor_id,
    )
    return Recorded(fact=read(link), already=False)


def _again(before: Link, new: NewFact) -> Recorded:
    fact = read(before)
    same = (fact.person_id, fact.kind, fact.about, fact.authorisation, fact.payload)
    if same != (new.person_id, new.kind, new.about, new.authorisation, new.payload):
        raise Conflict("Something else was recorded under the same key. Nothing was recorded; open the page anew.")
    return Recorded(fact=fact, already=True)


def _check(new: NewFact, chain: Sequence[Link], *, at: datetime) -> None:
    # The database refuses all of this as well; here it is said in words.
    if new.happened_at.tzinfo is None or new.happened_at > at:
        raise Invalid("This cannot be recorded: it has not happened yet.")
    if find_zone(new.zone) is None:
        raise Invalid(f"This cannot be recorded: there is no time zone {new.zone!r}.")
    if new.kind not in OWN_HAND and (new.actor_id is None or new.actor_id == new.person_id):
        raise NotAllowed("Nobody records this about herself. Ask somebody else with the right to it.")
    if new.about is None:
        if new.kind in (Kind.SUSPENSION_LIFTED, Kind.VOIDED, Kind.FOUNDING_CONFIRMED):
            raise Invalid("This cannot be recorded: it does not say which fact it is about.")
        return
    about = next((link for link in chain if link.id == new.about), None)
    if about is None:
        raise NotFound
    _check_about(new, read(about))


def _check_about(new: NewFact, about: Fact) -> None:
    match new.kind:
        case Kind.VOIDED:
            if about.kind in BEYOND_VOIDING:
                raise Refused("A suspension is lifted and a void stays. Neither can be voided.")
        case Kind.SUSPENSION_LIFTED:
            if about.kind != Kind.SUSPENDED or about.authorisation != new.authorisation:
                raise Refused("That is not the suspension this would lift.")
            serious = not isinstance(about.payload, Suspended) or about.payload.serious
            if serious and about.actor_id == new.actor_id:
                raise NotAllowed("You recorded this serious suspension, so somebody else has to lift it.")
        case Kind.FOUNDING_CONFIRMED:
            if about.kind != Kind.FOUNDING_PROPOSED or about.authorisation != new.authorisation:
                raise Refused("That is not the proposal this would confirm.")
            if about.actor_id == new.actor_id:
                raise NotAllowed("You proposed this, so somebody else has to confirm it.")
        case _:
            pass


# ---- the cache


def _refresh(session: Session, person_id: str, chain: Sequence[Link], rules: Rulebook, *, at: datetime) -> None:
    """Bring a person's cached periods up to what is known at ``at``."""
    facts = tuple(read(link) for link in chain)
    moments = [fact.recorded_at for fact in facts] + [one.published_at for one in rules.editions]
    if max(moments, default=at) > at:
        # Two clocks disagree, or an edition was dated back: the past beliefs have to be told again too.
        _make_anew(session, person_id, chain, rules)
        return
    told = told_periods(rules.known(at), known(facts, at), person_id=person_id, distrust=distrust_of(chain))
    rows = store.believed_still(session, person_id)
    change = revise(list(rows.values()), told, known_from=at)
    closed = set(change.closed)
    store.close_periods(session, [row_id for row_id, one in rows.items() if one in closed], known_until=at)
    store.add_periods(session, person_id, change.opened)
    _set_state(session, person_id, chain, rules)


def _make_anew(session: Session, person_id: str, chain: Sequence[Link], rules: Rulebook) -> None:
    facts = tuple(read(link) for link in chain)
    store.drop_periods(session, person_id)
    told = beliefs(rules, facts, person_id=person_id, distrust=distrust_of(chain))
    store.add_periods(session, person_id, told)
    _set_state(session, person_id, chain, rules)


def _set_state(session: Session, person_id: str, chain: Sequence[Link], rules: Rulebook) -> None:
    newest = max((one.revision for one in rules.editions), default=None)
    last_seq = chain[-1].seq if chain else 0
    store.set_state(session, person_id, store.State(last_seq=last_seq, edition=newest))


def hold_rulebook(session: Session) -> None:
    """Before publishing a policy: let nothing be recorded until this transaction ends."""
    store.hold_rulebook(session)


def rulebook_published(session: Session, *, at: datetime) -> int:
    """After publishing a policy at ``at``, in the same transaction: refresh everybody. How many people were."""
    rules = rulebook(session)
    done = 0
    for ids in evidence.each_person(session):
        chains = evidence.chains_of(session, ids)
        for person_id in ids:
            _refresh(session, person_id, chains[person_id], rules, at=at)
            done += 1
    log.info("periods refreshed people=%s", done)
    return done


def rebuild(session: Session, person_ids: Collection[str] | None = None) -> int:
    """Make the cache anew from the record, of these people or of everybody. How many people it was."""
    rules = rulebook(session)
    batches = evidence.each_person(session) if person_ids is None else iter((tuple(person_ids),))
    done = 0
    for ids in batches:
        chains = evidence.chains_of(session, ids)
        for person_id in ids:
            _make_anew(session, person_id, chains.get(person_id, ()), rules)
            done += 1
    return done
