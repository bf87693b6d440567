"""The period cache on both engines: at every moment, as known at every moment, it says what the function says."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import records
from tests.cast import Cast
from tests.histories import TICK, shipped_policy
from tests.records import START, FakeClock, cached, standing, suspend, viewer
from training import clock
from training.clearance import service as clearance
from training.clearance import store
from training.clearance.domain import Believed, Interval, Period, Policy, Status, beliefs
from training.clearance.domain.intervals import Spans, union
from training.db import new_id, reading
from training.errors import Invalid, TrainingError
from training.evidence.domain import (
    DocumentVerified,
    Kind,
)


def test_the_cache_tells_what_the_function_tells_now_then_and_as_known_then(spa: Cast, ticking: FakeClock) -> None:
    before = clock.now()
    practical = records.clear(spa, spa.trainee)
    ticking.forward(days=10)
    between = ticking.forward(seconds=1)
    suspension = suspend(spa, spa.trainee).fact
    ticking.forward(days=10)
    clearance.lift(viewer(spa.manager), spa.trainee, suspension.id, reason="Done")
    ticking.forward(days=10)
    clearance.void(viewer(spa.manager), spa.trainee, practical, reason="Wrong sheet")
    after = ticking.forward(days=1)
    moments = [START, before, between - TICK, between, suspension.recorded_at, after, after + timedelta(days=365)]
    for known_at in moments:
        for at in moments:
            assert cached(spa.trainee, at, known_at) is standing(spa.trainee, at, known_at).status


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["licence", "insurance", "M3", "M9", "practical", "suspend", "lift", "void", "publish"]),
        st.sampled_from([0, 1, 24, 24 * 30, 24 * 100]),
        st.integers(0, 99),
    ),
    min_size=1,
    max_size=10,
)


ANY_HISTORY = given(steps=STEPS, cleared=st.booleans())
QUIETLY = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=8, deadline=None, suppress_health_check=QUIETLY)
@ANY_HISTORY
def test_the_cache_is_the_function_after_any_history(
    spa: Cast,
    ticking: FakeClock,
    steps: list[tuple[str, int, int]],
    cleared: bool,  # noqa: FBT001
) -> None:
    walk(spa, ticking, steps, cleared=cleared)


@pytest.mark.long
@settings(max_examples=60, deadline=None, suppress_health_check=QUIETLY)
@ANY_HISTORY
def test_the_cache_is_the_function_after_many_histories(
    spa: Cast,
    ticking: FakeClock,
    steps: list[tuple[str, int, int]],
    cleared: bool,  # noqa: FBT001
) -> None:
    walk(spa, ticking, steps, cleared=cleared)


def walk(spa: Cast, ticking: FakeClock, steps: list[tuple[str, int, int]], *, cleared: bool) -> None:
    """One history of one new person, and the cache asked about every moment of it."""
    person = records.somebody(spa)
    if cleared:
        records.clear(spa, person)
    moments = [START, clock.now()]
    for what, hours, number in steps:
        moments.append(ticking.forward(hours=hours))
        with suppress(TrainingError):
            act(spa, person, what, number)
    facts = clearance.facts_of(reading(), person)
    rules = clearance.rulebook(reading())
    if facts:
        assert joined(store.all_believed(reading(), person)) == joined(beliefs(rules, facts, person_id=person))
    for known_at in moments:
        for at in (known_at, moments[-1], moments[-1] + timedelta(days=190)):
            assert cached(person, at, known_at) is standing(person, at, known_at).status


def joined(believed: Iterable[Believed]) -> set[tuple[str, Period, Spans]]:
    """What is believed over which time: two rows that say the same one after the other are one belief."""
    told: dict[tuple[str, Period], list[Interval]] = {}
    for one in believed:
        told.setdefault((one.authorisation, one.period), []).append(Interval(one.known_from, one.known_until))
    return {(authorisation, period, union(known)) for (authorisation, period), known in told.items()}


def act(spa: Cast, person: str, what: str, number: int) -> None:
    facts = clearance.facts_of(reading(), person)
    match what:
        case "licence" | "insurance":
            expires = clock.now().date() + timedelta(days=number * 5 - 30)
            payload = DocumentVerified(document=what, document_id=new_id(), expires_on=expires)
            records.put(person, Kind.DOCUMENT_VERIFIED, payload, by=spa.manager)
        case "M3" | "M9":
            records.quiz(person, what)
        case "practical":
            records.practical(person, by=spa.senior)
        case "suspend":
            suspend(spa, person, serious=number % 2 == 0)
        case "lift":
            for fact in facts:
                if fact.kind == Kind.SUSPENDED:
                    clearance.lift(viewer(spa.administrator), person, fact.id, reason="Done")
        case "void":
            if facts:
                fact = facts[number % len(facts)]
                from_at = clock.now() - timedelta(days=number) if number % 3 else None
                clearance.void(viewer(spa.manager), person, fact.id, reason="Wrong", from_at=from_at)
        case _:
            newest = max(one.revision for one in clearance.rulebook(reading()).editions)
            ticking_publish(newest + 1, months=1 + number % 12)


def ticking_publish(revision: int, *, months: int) -> None:
    body = shipped_policy().to_body()
    body["revision"] = revision
    for line in body["requirements"]:
        if line["kind"] != "document":
            line["term_months"] = months
    with suppress(Invalid):
        records.publish(Policy.from_body(body), revision=revision)


def test_a_publication_refreshes_everybody_and_leaves_what_was_believed(spa: Cast, ticking: FakeClock) -> None:
    for person in (spa.trainee, spa.stranger):
        records.clear(spa, person)
    ticking.forward(days=60)
    body = shipped_policy().to_body()
    body["revision"] = 2
    body["requirements"][4]["term_months"] = 1
    published = clock.now()
    records.publish(Policy.from_body(body), revision=2)
    for person in (spa.trainee, spa.stranger):
        assert cached(person, published, published) is Status.LAPSED
        assert cached(person, published, published - TICK) is Status.CLEARED
        assert cached(person, published - TICK, published) is Status.CLEARED
        assert standing(person).status is Status.LAPSED


def test_an_edition_dated_back_tells_past_beliefs_anew(spa: Cast, ticking: FakeClock) -> None:
    records.clear(spa, spa.trainee)
    ticking.forward(days=30)
    body = shipped_policy().to_body()
    body["revision"] = 2
    body["requirements"][4]["term_months"] = 1
    moment = START + timedelta(minutes=30)
    records.publish(Policy.from_body(body), revision=2, at=moment)
    for at in (START, moment, clock.now(), clock.now() + timedelta(days=5)):
        for known_at in (START, moment - TICK, moment, clock.now()):
            assert cached(spa.trainee, at, known_at) is standing(spa.trainee, at, known_at).status
