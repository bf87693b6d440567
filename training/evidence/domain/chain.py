"""The only place for the chain: how facts of one person hang together, and where such a chain is broken."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from training.evidence.domain.facts import Fact, Kind, NewFact, Payload, Unreadable
from training.evidence.domain.forms import (
    FORM,
    BrokenFormError,
    canonical,
    matches,
    moment_text,
    read_payload,
    write_payload,
)

#: What stands where the first fact of a chain would name its predecessor.
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A fact exactly as it is stored and hashed: payload, revisions and text digests are still text."""

    id: str
    person_id: str
    seq: int
    kind: str
    authorisation: str | None
    about: str | None
    happened_at: datetime
    zone: str
    recorded_at: datetime
    actor_id: str | None
    form: int
    payload: str
    revisions: str
    texts: str
    key: str
    previous: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Salted:
    """An erasable text with the salt its digest was made with."""

    salt: str
    body: str


class Fault(StrEnum):
    """What was done to a chain behind the application's back."""

    EDITED = "edited"
    INSERTED = "inserted"
    REMOVED = "removed"
    SWAPPED = "swapped"
    TEXT_EDITED = "text_edited"


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """The first place at which a person's chain does not hold."""

    person_id: str
    #: Place in the chain.
    seq: int
    #: The fact found there, or None when it is gone.
    fact_id: str | None
    fault: Fault
    sentence: str


#: What the digest is taken over.
_SAID = tuple(field.name for field in fields(Link) if field.name != "digest")


def digest_of(link: Link) -> str:
    """SHA-256 over one canonical JSON form of everything the fact says, the digest itself left out."""
    said = {name: getattr(link, name) for name in _SAID}
    said["happened_at"] = moment_text(link.happened_at)
    said["recorded_at"] = moment_text(link.recorded_at)
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def salted_digest(text: Salted) -> str:
    """Digest of an erasable text; once text and salt are gone nobody can guess the text back from it."""
    return hashlib.sha256(canonical([text.salt, text.body]).encode()).hexdigest()


def seal(
    new: NewFact,
    *,
    fact_id: str,
    recorded_at: datetime,
    texts: Mapping[str, Salted],
    last: Link | None,
) -> Link:
    """The new fact as the next link after ``last`` (None: the first of its person).

    Raises BrokenFormError when the payload is not of its kind, does not read back as it was meant, or a text cannot be
    written in UTF-8.
    """
    kind = Kind(new.kind)
    if not matches(kind, new.payload):
        raise BrokenFormError(f"a {kind} fact cannot carry {type(new.payload).__name__}")
    written = write_payload(new.payload)
    reread = read_payload(kind, FORM[kind], written)
    if isinstance(reread, Unreadable):
        raise BrokenFormError(reread.why)
    if not all(map(_storable, (new.key, new.zone, *(text.body for text in texts.values())))):
        raise BrokenFormError("it holds characters that cannot be stored")
    link = Link(
        id=fact_id,
        person_id=new.person_id,
        seq=last.seq + 1 if last else 1,
        kind=str(kind),
        authorisation=new.authorisation,
        about=new.about,
        happened_at=new.happened_at,
        zone=new.zone,
        recorded_at=max(recorded_at, last.recorded_at) if last else recorded_at,
        actor_id=new.actor_id,
        form=FORM[kind],
        payload=written,
        revisions=canonical(dict(new.revisions)),
        texts=canonical({name: salted_digest(text) for name, text in texts.items()}),
        key=new.key,
        previous=last.digest if last else GENESIS,
        digest="",
    )
    try:
        return replace(link, digest=digest_of(link))
    except UnicodeEncodeError:
        # A half character in the payload; its JSON text is what would be stored.
        raise BrokenFormError("it holds characters that cannot be stored") from None


def _storable(text: str) -> bool:
    """Whether both engines keep the text: no half characters, and no zero byte, which PostgreSQL refuses."""
    return not any(one == "\x00" or "\ud800" <= one <= "\udfff" for one in text)


def read(link: Link) -> Fact:
    """The link as a typed fact; whatever cannot be read becomes an Unreadable payload, never an error."""
    payload: Payload = read_payload(link.kind, link.form, link.payload)
    revisions, texts = _pairs(link.revisions), _pairs(link.texts)
    if revisions is None or texts is None:
        payload = Unreadable(why="its text is damaged")
    return Fact(
        id=link.id,
        person_id=link.person_id,
        seq=link.seq,
        kind=link.kind,
        authorisation=link.authorisation,
        about=link.about,
        happened_at=link.happened_at,
        zone=link.zone,
        recorded_at=link.recorded_at,
        actor_id=link.actor_id,
        payload=payload,
        form=link.form,
        revisions=revisions or {},
        texts=texts or {},
        key=link.key,
        previous=link.previous,
        digest=link.digest,
    )


def _pairs(text: str) -> Mapping[str, str] | None:
    try:
        pairs = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(pairs, dict) or not all(isinstance(value, str) for value in pairs.values()):
        return None
    return MappingProxyType(pairs)


def first_break(links: Sequence[Link]) -> Break | None:
    """The first broken place in one person's chain, given in any order; None when it holds.

    A change is recognised by what it leaves behind. A fact whose digest fits another place was moved; one whose
    digest fits nowhere was edited, unless its neighbours hang together without it, in which case it was put in.
    What this cannot see is a tail cut off or a chain rewritten from some place to its end: for that the head of the
    chain has to be kept outside the database.
    """
    chain = sorted(links, key=lambda link: link.seq)
    last: Link | None = None
    for place, link in enumerate(chain, start=1):
        following = chain[place] if place < len(chain) else None
        found = _broken_at(place, link, last, following, chain)
        if found:
            return found
        last = link
    return None


def _broken_at(
    place: int, link: Link, last: Link | None, following: Link | None, chain: Sequence[Link]
) -> Break | None:
    if link.seq != place:
        return _gone(link.person_id, place)
    expected = last.digest if last else GENESIS
    if digest_of(link) != link.digest:
        stranger = link.previous != expected if following is None else following.previous == expected
        return _altered(place, link, last, chain, stranger=stranger)
    if link.previous != expected:
        return _unhung(link, last, chain)
    if last is not None and link.recorded_at < last.recorded_at:
        sentence = f"Fact {link.seq} ({link.kind}) says it was recorded before the one in front of it."
        return _break(link, Fault.EDITED, sentence)
    return None


def _altered(place: int, link: Link, last: Link | None, chain: Sequence[Link], *, stranger: bool) -> Break:
    """The break at a fact that its digest does not fit; a stranger is one its neighbours hang together without."""
    meant = _meant_place(link, len(chain))
    if meant is not None:
        return _moved(place, meant, link, last, chain)
    if stranger:
        return _put_in(link)
    return _break(link, Fault.EDITED, f"Fact {link.seq} ({link.kind}) was changed after it was recorded.")


def _unhung(link: Link, last: Link | None, chain: Sequence[Link]) -> Break:
    """The break at a fact that is whole in itself but hangs on another one than the one in front of it."""
    if last is None:
        return _put_in(link)
    if link.previous == last.previous:
        return _put_in(last)
    if link.previous in {other.digest for other in chain}:
        return _put_in(link)
    sentence = f"Fact {last.seq} ({last.kind}) is not the one that fact {link.seq} was recorded after."
    return _break(last, Fault.EDITED, sentence)


def _meant_place(link: Link, length: int) -> int | None:
    # Two more places than there are facts, because a fact may be missing in front of this one.
    for place in range(1, length + 3):
        if place != link.seq and digest_of(replace(link, seq=place)) == link.digest:
            return place
    return None


def _moved(place: int, meant: int, link: Link, last: Link | None, chain: Sequence[Link]) -> Break:
    if meant < place and last is not None:
        # Everything up to here was in order, so what pushed this fact back is the one in front of it.
        return _put_in(last)
    in_its_place = next((other for other in chain if other.seq == meant), None)
    if in_its_place is not None and _meant_place(in_its_place, len(chain)) == place:
        sentence = f"Fact {place} ({link.kind}) and fact {meant} ({in_its_place.kind}) were swapped."
        return _break(link, Fault.SWAPPED, sentence)
    return _gone(link.person_id, place)


def _gone(person_id: str, place: int) -> Break:
    sentence = f"Fact {place} was removed."
    return Break(person_id=person_id, seq=place, fact_id=None, fault=Fault.REMOVED, sentence=sentence)


def _put_in(link: Link) -> Break:
    return _break(link, Fault.INSERTED, f"Fact {link.seq} ({link.kind}) was put in without being recorded.")


def _break(link: Link, fault: Fault, sentence: str) -> Break:
    return Break(person_id=link.person_id, seq=link.seq, fact_id=link.id, fault=fault, sentence=sentence)


def text_break(link: Link, texts: Mapping[str, Salted]) -> Break | None:
    """Whether a text kept beside the fact is not the one the fact was recorded with; an erased text is no fault."""
    promised = _pairs(link.texts) or {}
    for name in sorted(texts):
        if promised.get(name) != salted_digest(texts[name]):
            sentence = f"The {name.replace('_', ' ')} kept with fact {link.seq} ({link.kind}) was changed."
            return _break(link, Fault.TEXT_EDITED, sentence)
    return None
