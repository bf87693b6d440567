"""The chain: whatever is done to it behind the application's back is found and named."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.evidence.domain import (
    GENESIS,
    BrokenFormError,
    Fault,
    FoundingProposed,
    Kind,
    Link,
    NewFact,
    QuizPassed,
    Salted,
    Suspended,
    Unreadable,
    digest_of,
    first_break,
    read,
    salted_digest,
    seal,
    text_break,
)

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def chain(length: int, person: str = "p" * 16) -> list[Link]:
    links: list[Link] = []
    for number in range(1, length + 1):
        new = NewFact(
            person_id=person,
            kind=Kind.QUIZ_PASSED,
            authorisation=None,
            happened_at=START + timedelta(days=number),
            zone="Europe/Berlin",
            actor_id=None,
            payload=QuizPassed(module=f"M{number}", attempt_id=f"a{number}", number=1, score=9, available=10),
            revisions={"module:M3": "d" * 64},
            key=f"quiz:{number}",
        )
        links.append(
            seal(
                new,
                fact_id=f"f{number}",
                recorded_at=START + timedelta(days=number),
                texts={},
                last=links[-1] if links else None,
            )
        )
    return links


def forged(last: Link, *, seq: int, fact_id: str = "forged") -> Link:
    """A fact somebody made by hand with everything right, its own digest and predecessor included."""
    link = replace(last, id=fact_id, key=fact_id, seq=seq, previous=last.digest, payload=last.payload.replace("9", "8"))
    return replace(link, digest=digest_of(link))


def test_a_chain_as_recorded_holds_in_whatever_order_it_is_given() -> None:
    links = chain(5)
    assert first_break(links) is None
    assert first_break(links[::-1]) is None
    assert first_break([]) is None
    assert links[0].previous == GENESIS
    assert [link.seq for link in links] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("place", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("field", [field.name for field in fields(Link) if field.name not in ("seq", "person_id")])
def test_an_edit_of_any_field_is_found_and_named(place: int, field: str) -> None:
    links = chain(5)
    old = getattr(links[place - 1], field)
    new: Any = f"{old}x"
    if isinstance(old, datetime):
        new = old + timedelta(microseconds=1)
    elif isinstance(old, int):
        new = 7
    links[place - 1] = replace(links[place - 1], **{field: new})
    found = first_break(links)
    assert found is not None
    assert found.seq == place
    # Touching the tail's `previous` looks like a fact put in; every other touch is an edit.
    assert found.fault is Fault.EDITED or (place == 5 and field == "previous")


@pytest.mark.parametrize("place", [1, 2, 3, 4])
def test_an_edit_that_made_its_digest_anew_is_found_by_the_next_fact(place: int) -> None:
    links = chain(5)
    edited = replace(links[place - 1], payload=links[place - 1].payload.replace("9", "8"))
    links[place - 1] = replace(edited, digest=digest_of(edited))
    found = first_break(links)
    assert found is not None
    assert found.seq == place


@pytest.mark.parametrize("place", [1, 2, 3, 4])
def test_a_fact_removed_is_found_and_named_whether_or_not_the_rest_moved_up(place: int) -> None:
    links = chain(5)
    removed = links.pop(place - 1)
    moved_up = [link if link.seq < removed.seq else replace(link, seq=link.seq - 1) for link in links]
    for left in (links, moved_up):
        found = first_break(left)
        assert found is not None
        assert (found.seq, found.fault) == (place, Fault.REMOVED)


@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 3), (1, 5), (2, 4), (4, 5)])
def test_two_facts_swapped_are_found_and_named(one: int, other: int) -> None:
    links = chain(5)
    links[one - 1], links[other - 1] = replace(links[other - 1], seq=one), replace(links[one - 1], seq=other)
    found = first_break(links)
    assert found is not None
    assert (found.seq, found.fault) == (one, Fault.SWAPPED)
    assert f"fact {other}" in found.sentence


@pytest.mark.parametrize("place", [2, 3, 4, 5])
@pytest.mark.parametrize("well_made", [True, False])
def test_a_fact_put_in_is_found_and_named(place: int, *, well_made: bool) -> None:
    links = chain(5)
    put_in = forged(links[place - 2], seq=place)
    if not well_made:
        put_in = replace(put_in, digest="e" * 64)
    moved = [link if link.seq < place else replace(link, seq=link.seq + 1) for link in links]
    found = first_break([*moved, put_in])
    assert found is not None
    assert (found.seq, found.fact_id, found.fault) == (place, "forged", Fault.INSERTED)


def test_a_crude_fact_at_the_end_is_found() -> None:
    links = chain(3)
    found = first_break([*links, replace(forged(links[2], seq=4), previous="e" * 64)])
    assert found is not None
    assert (found.seq, found.fault) == (4, Fault.INSERTED)


@given(st.data())
def test_whatever_is_done_to_a_stored_chain_short_of_rewriting_its_tail_is_found(data: st.DataObject) -> None:
    links = chain(6)
    edits = data.draw(st.integers(1, 3))
    for _ in range(edits):
        index = data.draw(st.integers(0, len(links) - 2))
        action = data.draw(st.sampled_from(["drop", "edit", "shift", "copy"]))
        if action == "drop":
            links.pop(index)
        elif action == "edit":
            links[index] = replace(links[index], zone="UTC", key=f"{links[index].key}!")
        elif action == "shift":
            links[index] = replace(links[index], seq=links[index].seq + 10)
        else:
            links.append(replace(links[index], id=f"{links[index].id}c", seq=99))
    assert first_break(links) is not None


def test_recorded_moments_never_run_backwards() -> None:
    first = chain(1)[0]
    new = NewFact(
        person_id=first.person_id,
        kind=Kind.FOUNDING_PROPOSED,
        authorisation="ashiatsu-bar",
        happened_at=START,
        zone="UTC",
        actor_id="m" * 16,
        payload=FoundingProposed(),
        key="k",
    )
    link = seal(new, fact_id="f", recorded_at=first.recorded_at - timedelta(hours=1), texts={}, last=first)
    assert link.recorded_at == first.recorded_at


def test_a_payload_of_another_kind_is_refused() -> None:
    new = NewFact(
        person_id="p",
        kind=Kind.QUIZ_PASSED,
        authorisation=None,
        happened_at=START,
        zone="UTC",
        actor_id=None,
        payload=Suspended(serious=False),
        key="k",
    )
    with pytest.raises(BrokenFormError):
        seal(new, fact_id="f", recorded_at=START, texts={}, last=None)
    nonsense = QuizPassed(module="M3", attempt_id="a", number=1, score=11, available=10)
    with pytest.raises(BrokenFormError):
        seal(replace(new, payload=nonsense), fact_id="f", recorded_at=START, texts={}, last=None)


def test_a_fact_is_read_from_its_link_and_damage_is_never_an_error() -> None:
    link = chain(1)[0]
    fact = read(link)
    assert fact.kind is not None
    assert fact.kind == Kind.QUIZ_PASSED
    assert isinstance(fact.payload, QuizPassed)
    assert fact.revisions == {"module:M3": "d" * 64}
    assert isinstance(read(replace(link, kind="revoked")).payload, Unreadable)
    assert isinstance(read(replace(link, revisions="[")).payload, Unreadable)
    assert isinstance(read(replace(link, texts='{"reason":1}')).payload, Unreadable)


def test_a_text_changed_is_found_and_a_text_erased_is_not_a_fault() -> None:
    new = NewFact(
        person_id="p" * 16,
        kind=Kind.SUSPENDED,
        authorisation=None,
        happened_at=START,
        zone="UTC",
        actor_id="m" * 16,
        payload=Suspended(serious=False),
        key="k",
    )
    kept = {"reason": Salted(salt="s", body="Client hurt"), "way_back": Salted(salt="t", body="Talk to Ines")}
    link = seal(new, fact_id="f", recorded_at=START, texts=kept, last=None)
    assert text_break(link, kept) is None
    assert text_break(link, {}) is None
    assert text_break(link, {**kept, "reason": Salted(salt="s", body="Nothing")}) is not None
    assert text_break(link, {"note": Salted(salt="s", body="x")}) is not None


def test_the_digest_of_a_known_fact_never_changes() -> None:
    """Chains on record were sealed with this form; a change of it would break every one of them."""
    assert chain(2)[1].digest == "5610b35403240ee8c04bbd2d840ca2f22a8ac689479ef9db66f71d197bf04805"
    assert (
        salted_digest(Salted(salt="s", body="Grüße"))
        == "1f93874e9b0ddcedc1c9099eefbdaa60fa618290f09df12ac2c8ed76021ea95d"
    )
