"""Clearance on both engines: the one way in, idempotency, locks, and a cache that agrees with the function."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from tests import records
from tests.cast import Cast, make_cast
from tests.histories import BAR, LATE, TICK, shipped_policy
from tests.records import FakeClock
from training import clock
from training.clearance import service as clearance
from training.clearance import store
from training.clearance.domain import Policy, Status, beliefs
from training.clearance.service import Recorded
from training.db import new_id, reading, transaction
from training.errors import Conflict, Invalid, NotAllowed, NotFound, Refused, TrainingError
from training.evidence.domain import (
    DocumentVerified,
    FoundingConfirmed,
    Kind,
    NewFact,
    QuizPassed,
    Suspended,
    SuspensionLifted,
    Voided,
)
from training.people import store as people_store
from training.people.domain import Viewer
from training.people.service import viewer_of
from training.permissions import Role

START = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The clock, in the test's hand."""
    fake = FakeClock(START)
    monkeypatch.setattr(clock, "now", fake)
    return fake


@pytest.fixture
def cast(engine_app: Flask, ticking: FakeClock) -> Iterator[Cast]:
    """The cast on each engine, with the shipped policy published."""
    made = make_cast(engine_app)
    with engine_app.app_context():
        records.publish()
        ticking.forward(hours=1)
        yield made


def new_quiz(person_id: str, **changes: object) -> NewFact:
    new = NewFact(
        person_id=person_id,
        kind=Kind.QUIZ_PASSED,
        authorisation=None,
        happened_at=clock.now(),
        zone="Europe/London",
        actor_id=person_id,
        payload=QuizPassed(module="M3", attempt_id="a" * 16, number=1, score=19, available=20),
        key="quiz_passed:one",
    )
    return replace(new, **changes)  # type: ignore[arg-type]


def record(new: NewFact) -> Recorded:
    with transaction() as session:
        return clearance.record(session, new)


def standing(person_id: str, at: datetime | None = None, known_at: datetime | None = None):  # type: ignore[no-untyped-def]
    now = clock.now()
    return clearance.standing_of(
        reading(), person_id=person_id, authorisation=BAR, at=at or now, known_at=known_at or now
    )


def viewer(person_id: str) -> Viewer:
    return viewer_of(reading(), person_id, at=clock.now())


def cached(person_id: str, at: datetime, known_at: datetime) -> Status:
    found = store.cells_of(reading(), [person_id], store.Belief(at=at, known_at=known_at, edition=None))
    period = found.get(person_id, {}).get(BAR)
    return period.answer.status if period else Status.NONE


# ---- record


def test_a_fact_recorded_twice_under_one_key_is_recorded_once(cast: Cast) -> None:
    first = record(new_quiz(cast.trainee))
    again = record(new_quiz(cast.trainee))
    assert (first.already, again.already) == (False, True)
    assert again.fact == first.fact
    assert len(clearance.facts_of(reading(), cast.trainee)) == 1


def test_another_fact_under_a_used_key_is_refused(cast: Cast) -> None:
    record(new_quiz(cast.trainee))
    with pytest.raises(Conflict):
        record(new_quiz(cast.stranger, actor_id=cast.stranger))
    payload = QuizPassed(module="M9", attempt_id="a" * 16, number=1, score=19, available=20)
    with pytest.raises(Conflict):
        record(new_quiz(cast.trainee, payload=payload))


def test_recorded_at_is_read_under_the_lock_and_never_runs_backwards(cast: Cast, ticking: FakeClock) -> None:
    first = record(new_quiz(cast.trainee)).fact
    ticking.forward(hours=-1)
    second = record(new_quiz(cast.trainee, key="two")).fact
    assert second.recorded_at == first.recorded_at
    ticking.forward(hours=3)
    assert record(new_quiz(cast.trainee, key="three")).fact.recorded_at == ticking.at


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"happened_at": START + timedelta(hours=2)}, Invalid),
        ({"happened_at": datetime(2026, 1, 1)}, Invalid),  # noqa: DTZ001 - a moment without a zone
        ({"zone": "Mars/Olympus"}, Invalid),
        ({"payload": Suspended(serious=False)}, Invalid),
        ({"payload": QuizPassed(module="M3", attempt_id="a", number=1, score=21, available=20)}, Invalid),
        ({"about": "nothing000000000"}, NotFound),
        ({"kind": Kind.SUSPENDED, "payload": Suspended(serious=False)}, NotAllowed),
        ({"kind": Kind.SUSPENDED, "payload": Suspended(serious=False), "actor_id": None}, NotAllowed),
        ({"texts": {"note": "\ud800"}}, Invalid),
        ({"texts": {"note": "\x00"}}, Invalid),
        ({"payload": QuizPassed(module="\ud800", attempt_id="a", number=1, score=1, available=2)}, Invalid),
    ],
)
def test_what_cannot_be_recorded_is_refused_and_leaves_nothing(
    cast: Cast, changes: dict[str, object], error: type[TrainingError]
) -> None:
    with pytest.raises(error):
        record(new_quiz(cast.trainee, **changes))
    assert clearance.facts_of(reading(), cast.trainee) == ()


def test_a_lift_a_void_and_a_confirmation_say_what_they_are_about(cast: Cast) -> None:
    quiz = record(new_quiz(cast.trainee)).fact.id
    for kind, payload in (
        (Kind.SUSPENSION_LIFTED, SuspensionLifted()),
        (Kind.VOIDED, Voided()),
        (Kind.FOUNDING_CONFIRMED, FoundingConfirmed()),
    ):
        changes = {"kind": kind, "payload": payload, "actor_id": cast.manager, "key": f"{kind}"}
        with pytest.raises(Invalid):
            record(new_quiz(cast.trainee, **changes))
        if kind is not Kind.VOIDED:
            with pytest.raises(Refused):
                record(new_quiz(cast.trainee, about=quiz, **changes))


def test_an_empty_text_is_not_kept(cast: Cast) -> None:
    fact = record(new_quiz(cast.trainee, texts={"issuer": "", "reference": "LIC-1"})).fact
    assert set(fact.texts) == {"reference"}
    assert clearance.texts_of(reading(), [fact.id]) == {fact.id: {"reference": "LIC-1"}}


# ---- many at once


def at_once(app: Flask, *acts: Callable[[], object]) -> list[object]:
    """Run every act in a thread of its own, all let go together; what each gave or raised."""
    gate, done = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], object]) -> None:
        with app.app_context():
            gate.wait()
            try:
                done[number] = act()  # type: ignore[call-overload]
            except Exception as error:
                done[number] = error  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return list(done)


def test_sixteen_writers_of_one_chain_give_sixteen_links_in_order(engine_app: Flask, cast: Cast) -> None:
    def act(number: int) -> Callable[[], object]:
        return lambda: record(new_quiz(cast.trainee, key=f"q{number}"))

    reading().rollback()
    results = at_once(engine_app, *(act(number) for number in range(16)))
    assert all(isinstance(one, Recorded) for one in results), results
    assert [fact.seq for fact in clearance.facts_of(reading(), cast.trainee)] == list(range(1, 17))
    state = store.find_state(reading(), cast.trainee)
    assert state is not None
    assert state.last_seq == 16


def test_one_key_sent_by_eight_at_once_is_one_fact(engine_app: Flask, cast: Cast) -> None:
    reading().rollback()
    results = at_once(engine_app, *([lambda: record(new_quiz(cast.trainee))] * 8))
    assert all(isinstance(one, Recorded) for one in results), results
    assert sorted(one.already for one in results if isinstance(one, Recorded)) == [False] + [True] * 7


def test_two_people_who_act_on_each_other_do_not_lock_each_other_out(engine_app: Flask, cast: Cast) -> None:
    def act(person: str, by: str, number: int) -> Callable[[], object]:
        new = new_quiz(
            person,
            kind=Kind.SUSPENDED,
            payload=Suspended(serious=False),
            actor_id=by,
            key=f"{person}{number}",
        )
        return lambda: record(new)

    reading().rollback()
    pairs = [(cast.senior, cast.manager), (cast.manager, cast.senior)] * 6
    results = at_once(engine_app, *(act(person, by, number) for number, (person, by) in enumerate(pairs)))
    assert all(isinstance(one, Recorded) for one in results), results


def test_a_confirmation_is_given_once_however_many_try(engine_app: Flask, cast: Cast) -> None:
    proposal = clearance.propose_founding(viewer(cast.manager), cast.senior, authorisation=BAR, reason="Trained").fact
    confirmer = viewer(cast.administrator)
    reading().rollback()
    results = at_once(engine_app, *([lambda: clearance.confirm_founding(confirmer, cast.senior, proposal.id)] * 6))
    assert sum(isinstance(one, Recorded) for one in results) == 1
    assert sum(isinstance(one, Refused) for one in results) == 5


# ---- the acts of the desk


def suspend(cast: Cast, person_id: str, by: str | None = None, **changes: object) -> Recorded:
    given = {
        "authorisation": BAR,
        "reason": "Worked with the bar tagged out",
        "way_back": "Show the twelve checks to Tolu",
        "serious": False,
        "review_on": None,
        **changes,
    }
    return clearance.suspend(viewer(by or cast.manager), person_id, **given)  # type: ignore[arg-type]


def test_suspended_at_once_and_the_moment_before_stays_as_it_was(cast: Cast, ticking: FakeClock) -> None:
    records.clear(cast, cast.trainee)
    ticking.forward(days=1)
    assert standing(cast.trainee).may_work
    ticking.forward(hours=1)
    fact = suspend(cast, cast.trainee).fact
    got = standing(cast.trainee)
    assert (got.status, got.may_work) == (Status.SUSPENDED, False)
    assert standing(cast.trainee, at=fact.happened_at - TICK).may_work
    assert clearance.texts_of(reading(), [fact.id])[fact.id]["way_back"] == "Show the twelve checks to Tolu"
    ticking.forward(days=1)
    clearance.lift(viewer(cast.manager), cast.trainee, fact.id, reason="Shown on 12 January")
    assert standing(cast.trainee).may_work
    assert standing(cast.trainee, at=fact.happened_at).status is Status.SUSPENDED


def test_an_act_sent_twice_is_done_once_and_a_second_of_the_same_scope_is_refused(cast: Cast) -> None:
    first = suspend(cast, cast.trainee, key="k1")
    assert suspend(cast, cast.trainee, key="k1").already
    with pytest.raises(Refused, match="in force already"):
        suspend(cast, cast.trainee, key="k2")
    suspend(cast, cast.trainee, authorisation=None, key="k3")
    by = viewer(cast.manager)
    assert not clearance.lift(by, cast.trainee, first.fact.id, reason="Done", key="l1").already
    assert clearance.lift(by, cast.trainee, first.fact.id, reason="Done", key="l1").already
    with pytest.raises(Refused, match="lifted already"):
        clearance.lift(by, cast.trainee, first.fact.id, reason="Done", key="l2")
    assert standing(cast.trainee).status is Status.SUSPENDED


def test_a_serious_suspension_is_lifted_by_a_second_person(cast: Cast) -> None:
    fact = suspend(cast, cast.trainee, serious=True).fact
    with pytest.raises(NotAllowed, match="somebody else has to lift it"):
        clearance.lift(viewer(cast.manager), cast.trainee, fact.id, reason="Done")
    clearance.lift(viewer(cast.administrator), cast.trainee, fact.id, reason="Done")
    assert standing(cast.trainee).status is not Status.SUSPENDED


def test_acts_need_a_reason_and_a_day_of_review_to_come(cast: Cast) -> None:
    with pytest.raises(Invalid):
        suspend(cast, cast.trainee, reason="  ")
    with pytest.raises(Invalid):
        suspend(cast, cast.trainee, way_back="")
    with pytest.raises(Invalid):
        suspend(cast, cast.trainee, review_on=date(2026, 1, 9))
    fact = suspend(cast, cast.trainee, review_on=date(2026, 1, 10)).fact
    with pytest.raises(Invalid):
        clearance.lift(viewer(cast.manager), cast.trainee, fact.id, reason="")


@pytest.mark.parametrize("who", ["trainee", "senior", "other_manager", "nobody"])
def test_only_who_has_the_right_there_acts_and_the_others_find_nobody(cast: Cast, who: str) -> None:
    fact = suspend(cast, cast.trainee).fact
    by = viewer(getattr(cast, who))
    acts: list[Callable[[], object]] = [
        lambda: suspend(cast, cast.trainee, by=by.person_id, authorisation=None),
        lambda: clearance.lift(by, cast.trainee, fact.id, reason="Done"),
        lambda: clearance.void(by, cast.trainee, fact.id, reason="Done"),
        lambda: clearance.propose_founding(by, cast.trainee, authorisation=BAR, reason="Trained"),
        lambda: clearance.confirm_founding(by, cast.trainee, fact.id),
    ]
    for act in acts:
        # Oneself is seen and refused; anybody else is not even there.
        with pytest.raises(NotAllowed if who == "trainee" else NotFound):
            act()
    assert len(clearance.facts_of(reading(), cast.trainee)) == 1


def test_nobody_acts_on_herself_whatever_her_role(cast: Cast) -> None:
    for person in (cast.manager, cast.administrator):
        with pytest.raises(NotAllowed):
            suspend(cast, person, by=person)
        with pytest.raises(NotAllowed):
            clearance.propose_founding(viewer(person), person, authorisation=BAR, reason="Trained")


def test_an_act_names_a_fact_of_that_person_and_of_the_right_kind(cast: Cast) -> None:
    foreign = suspend(cast, cast.senior).fact
    quiz = record(new_quiz(cast.trainee)).fact
    by = viewer(cast.manager)
    for act in (clearance.lift, clearance.void, clearance.confirm_founding):
        with pytest.raises(NotFound):
            act(by, cast.trainee, foreign.id, reason="Done")
    for act in (clearance.lift, clearance.confirm_founding):
        with pytest.raises(NotFound):
            act(by, cast.trainee, quiz.id, reason="Done")
    with pytest.raises(NotFound):
        suspend(cast, cast.trainee, authorisation="chavutti-rope")
    with pytest.raises(NotFound):
        clearance.propose_founding(by, cast.trainee, authorisation="chavutti-rope", reason="Trained")


def test_founding_takes_two_and_gives_the_right_to_sign(cast: Cast) -> None:
    records.documents(cast.senior, by=cast.manager)
    now = clock.now()
    proposal = clearance.propose_founding(viewer(cast.manager), cast.senior, authorisation=BAR, reason="Trained").fact
    (waiting,) = clearance.open_proposals(reading(), sites=frozenset({cast.riverside}), at=now)
    assert (waiting.fact_id, waiting.person_id, waiting.proposed_by) == (proposal.id, cast.senior, cast.manager)
    assert clearance.open_proposals(reading(), sites=frozenset({cast.old_town}), at=now) == ()
    right = clearance.assessor_right(reading(), person_id=cast.senior, authorisation=BAR, at=now, known_at=now)
    assert not right.holds
    with pytest.raises(NotAllowed, match="You proposed this"):
        clearance.confirm_founding(viewer(cast.manager), cast.senior, proposal.id)
    with pytest.raises(Refused, match="waits already"):
        clearance.propose_founding(viewer(cast.administrator), cast.senior, authorisation=BAR, reason="Trained")
    clearance.confirm_founding(viewer(cast.administrator), cast.senior, proposal.id, reason="Seen at work")
    right = clearance.assessor_right(reading(), person_id=cast.senior, authorisation=BAR, at=now, known_at=now)
    assert right.holds
    assert clearance.open_proposals(reading(), sites=None, at=now) == ()
    among = clearance.assessors_among(reading(), [cast.senior, cast.other_senior], authorisation=BAR, at=now)
    assert among == {cast.senior}


def test_a_voided_proposal_is_not_confirmed(cast: Cast) -> None:
    by = viewer(cast.manager)
    proposal = clearance.propose_founding(by, cast.senior, authorisation=BAR, reason="Trained").fact
    clearance.void(by, cast.senior, proposal.id, reason="Wrong person")
    with pytest.raises(Refused, match="voided"):
        clearance.confirm_founding(viewer(cast.administrator), cast.senior, proposal.id)
    clearance.propose_founding(by, cast.senior, authorisation=BAR, reason="Trained after all")


def test_voiding_leaves_both_facts_and_is_done_once(cast: Cast, ticking: FakeClock) -> None:
    practical = records.clear(cast, cast.trainee)
    ticking.forward(days=3)
    by = viewer(cast.manager)
    clearance.void(by, cast.trainee, practical, reason="Wrong sheet", key="v1")
    assert clearance.void(by, cast.trainee, practical, reason="Wrong sheet", key="v1").already
    with pytest.raises(Refused, match="voided already"):
        clearance.void(by, cast.trainee, practical, reason="Wrong sheet")
    assert standing(cast.trainee).status is Status.IN_TRAINING
    assert clearance.voided_among(reading(), [practical]) == {practical}
    record_ = clearance.record_of(reading(), person_id=cast.trainee, at=clock.now(), known_at=clock.now())
    assert len(record_.facts) == 6
    assert record_.voided == {practical}
    suspension = suspend(cast, cast.trainee).fact
    with pytest.raises(Refused):
        clearance.void(by, cast.trainee, suspension.id, reason="Mistake")


# ---- the cache


def test_the_cache_tells_what_the_function_tells_now_then_and_as_known_then(cast: Cast, ticking: FakeClock) -> None:
    before = clock.now()
    practical = records.clear(cast, cast.trainee)
    ticking.forward(days=10)
    between = ticking.forward(seconds=1)
    suspension = suspend(cast, cast.trainee).fact
    ticking.forward(days=10)
    clearance.lift(viewer(cast.manager), cast.trainee, suspension.id, reason="Done")
    ticking.forward(days=10)
    clearance.void(viewer(cast.manager), cast.trainee, practical, reason="Wrong sheet")
    after = ticking.forward(days=1)
    moments = [START, before, between - TICK, between, suspension.recorded_at, after, after + timedelta(days=365)]
    for known_at in moments:
        for at in moments:
            assert cached(cast.trainee, at, known_at) is standing(cast.trainee, at, known_at).status


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
    cast: Cast,
    ticking: FakeClock,
    steps: list[tuple[str, int, int]],
    cleared: bool,  # noqa: FBT001
) -> None:
    walk(cast, ticking, steps, cleared=cleared)


@pytest.mark.long
@settings(max_examples=200, deadline=None, suppress_health_check=QUIETLY)
@ANY_HISTORY
def test_the_cache_is_the_function_after_hundreds_of_histories(
    cast: Cast,
    ticking: FakeClock,
    steps: list[tuple[str, int, int]],
    cleared: bool,  # noqa: FBT001
) -> None:
    walk(cast, ticking, steps, cleared=cleared)


def walk(cast: Cast, ticking: FakeClock, steps: list[tuple[str, int, int]], *, cleared: bool) -> None:
    """One history of one new person, and the cache asked about every moment of it."""
    person = somebody(cast)
    if cleared:
        records.clear(cast, person)
    moments = [START, clock.now()]
    for what, hours, number in steps:
        moments.append(ticking.forward(hours=hours))
        with suppress(TrainingError):
            act(cast, person, what, number)
    facts = clearance.facts_of(reading(), person)
    rules = clearance.rulebook(reading())
    if facts:
        wanted = beliefs(rules, facts, person_id=person)
        assert sorted(store.all_believed(reading(), person), key=str) == sorted(wanted, key=str)
    for known_at in moments:
        for at in (known_at, moments[-1], moments[-1] + timedelta(days=190)):
            assert cached(person, at, known_at) is standing(person, at, known_at).status


def somebody(cast: Cast) -> str:
    with transaction() as session:
        person = people_store.add_person(
            session, name="Somebody", email=f"{new_id()}@spa.example", password_hash=None, at=clock.now()
        )
        people_store.add_membership(
            session,
            person_id=person,
            role=Role.THERAPIST,
            site_id=cast.riverside,
            from_at=clock.now(),
            recorded_at=clock.now(),
            recorded_by=None,
        )
        return person


def act(cast: Cast, person: str, what: str, number: int) -> None:
    facts = clearance.facts_of(reading(), person)
    match what:
        case "licence" | "insurance":
            expires = clock.now().date() + timedelta(days=number * 5 - 30)
            payload = DocumentVerified(document=what, document_id=new_id(), expires_on=expires)
            records.put(person, Kind.DOCUMENT_VERIFIED, payload, by=cast.manager)
        case "M3" | "M9":
            records.quiz(person, what)
        case "practical":
            records.practical(person, by=cast.senior)
        case "suspend":
            suspend(cast, person, serious=number % 2 == 0)
        case "lift":
            for fact in facts:
                if fact.kind == Kind.SUSPENDED:
                    clearance.lift(viewer(cast.administrator), person, fact.id, reason="Done")
        case "void":
            if facts:
                fact = facts[number % len(facts)]
                from_at = clock.now() - timedelta(days=number) if number % 3 else None
                clearance.void(viewer(cast.manager), person, fact.id, reason="Wrong", from_at=from_at)
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


def test_a_publication_refreshes_everybody_and_leaves_what_was_believed(cast: Cast, ticking: FakeClock) -> None:
    for person in (cast.trainee, cast.stranger):
        records.clear(cast, person)
    ticking.forward(days=60)
    body = shipped_policy().to_body()
    body["revision"] = 2
    body["requirements"][4]["term_months"] = 1
    published = clock.now()
    records.publish(Policy.from_body(body), revision=2)
    for person in (cast.trainee, cast.stranger):
        assert cached(person, published, published) is Status.LAPSED
        assert cached(person, published, published - TICK) is Status.CLEARED
        assert cached(person, published - TICK, published) is Status.CLEARED
        assert standing(person).status is Status.LAPSED


def test_a_cache_that_missed_a_publication_says_no(cast: Cast, ticking: FakeClock) -> None:
    records.clear(cast, cast.trainee)
    now = ticking.forward(days=1)
    assert row(cast.trainee).cells[BAR].may_work
    with transaction() as session:
        session.execute(text("UPDATE clearance_state SET edition = 0"))
    assert row(cast.trainee).cells == {}
    with transaction() as session:
        assert clearance.rebuild(session) == 1
    assert row(cast.trainee).cells[BAR].may_work
    assert standing(cast.trainee, at=now).may_work


def test_an_edition_dated_back_tells_past_beliefs_anew(cast: Cast, ticking: FakeClock) -> None:
    records.clear(cast, cast.trainee)
    ticking.forward(days=30)
    body = shipped_policy().to_body()
    body["revision"] = 2
    body["requirements"][4]["term_months"] = 1
    moment = START + timedelta(minutes=30)
    records.publish(Policy.from_body(body), revision=2, at=moment)
    for at in (START, moment, clock.now(), clock.now() + timedelta(days=5)):
        for known_at in (START, moment - TICK, moment, clock.now()):
            assert cached(cast.trainee, at, known_at) is standing(cast.trainee, at, known_at).status


# ---- the register


def row(person_id: str, **changes: object) -> clearance.RegisterRow:
    page = register(**changes)
    return next(one for one in page.rows if one.person_id == person_id)


def register(**changes: object) -> clearance.RegisterPage:
    asked = {"sites": None, "at": clock.now(), "known_at": clock.now(), **changes}
    return clearance.register_page(reading(), **asked)  # type: ignore[arg-type]


def names(page: clearance.RegisterPage) -> list[str]:
    return [one.name for one in page.rows]


def test_the_register_lists_who_works_on_clients_with_their_answers(cast: Cast, ticking: FakeClock) -> None:
    records.clear(cast, cast.trainee)
    records.found(cast, cast.senior)
    ticking.forward(days=1)
    page = register()
    assert names(page) == ["Lena Brandt", "Milo Costa", "Priya Nair", "Tolu Adeyemi"]
    assert (page.total, page.pages, page.first, page.last) == (4, 1, 1, 4)
    priya = row(cast.trainee)
    assert (priya.sites, priya.left_at) == ("Riverside", None)
    assert (priya.cells[BAR].grade, priya.cells[BAR].load_cap) == ("provisional", "L2")
    assert priya.cells[BAR].told == "through 10 Jul 2026"
    assert row(cast.senior).cells[BAR].assessor
    assert row(cast.stranger).cells == {}


def test_the_register_is_narrowed_by_site_name_status_and_authorisation(cast: Cast, ticking: FakeClock) -> None:
    records.clear(cast, cast.trainee)
    records.quiz(cast.stranger, "M3")
    ticking.forward(days=1)
    assert names(register(sites=frozenset({cast.old_town}))) == ["Milo Costa"]
    assert names(register(sites=frozenset())) == []
    assert names(register(find="priya")) == ["Priya Nair"]
    assert names(register(find="COSTA")) == ["Milo Costa"]
    assert names(register(find="milo@spa")) == ["Milo Costa"]
    assert names(register(find="%")) == []
    assert names(register(find="_")) == []
    assert names(register(status="cleared")) == ["Priya Nair"]
    assert names(register(status="cleared", authorisation=BAR)) == ["Priya Nair"]
    assert names(register(status="cleared", authorisation="chavutti-rope")) == []
    assert names(register(status="in_training")) == ["Milo Costa"]
    assert names(register(status="none")) == ["Lena Brandt", "Tolu Adeyemi"]
    assert names(register(status="none", authorisation="chavutti-rope")) == names(register())
    assert names(register(status="no such word")) == []


def test_the_register_as_of_a_date_and_as_known_on_a_date(cast: Cast, ticking: FakeClock) -> None:
    records.clear(cast, cast.trainee)
    cleared_at = ticking.forward(days=1)
    suspended_at = ticking.forward(days=1)
    suspend(cast, cast.trainee)
    ticking.forward(days=1)
    assert row(cast.trainee).cells[BAR].status is Status.SUSPENDED
    assert row(cast.trainee).cells[BAR].told == "since 12 Jan 2026"
    assert row(cast.trainee, at=cleared_at).cells[BAR].status is Status.CLEARED
    assert row(cast.trainee, at=suspended_at, known_at=suspended_at - TICK).cells[BAR].status is Status.CLEARED
    assert row(cast.trainee, at=LATE).cells[BAR].status is Status.SUSPENDED


def test_people_who_left_stay_on_the_register_and_are_marked(cast: Cast, ticking: FakeClock) -> None:
    records.clear(cast, cast.trainee)
    worked = ticking.forward(days=1)
    with transaction() as session:
        session.execute(
            text("UPDATE membership SET until_at = :at, closed_at = :at WHERE person_id = :id"),
            {"at": moment_for(ticking.forward(days=1)), "id": cast.trainee},
        )
    left = clock.now()
    ticking.forward(days=1)
    assert (row(cast.trainee).left_at, row(cast.trainee).sites) == (left, "Riverside")
    assert row(cast.trainee, at=worked).left_at is None
    assert row(cast.trainee, at=clock.now(), known_at=worked).left_at is None
    counted = clearance.count_standings(reading(), sites=None, at=clock.now())
    assert (counted.therapists, counted.cleared) == (3, 0)
    assert clearance.count_standings(reading(), sites=None, at=worked).cleared == 1


def moment_for(at: datetime) -> object:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f") if reading().get_bind().dialect.name == "sqlite" else at


def test_the_desk_counts_people_once_under_each_word(cast: Cast, ticking: FakeClock) -> None:
    records.clear(cast, cast.trainee)
    records.found(cast, cast.senior)
    ticking.forward(days=1)
    suspend(cast, cast.other_senior)
    counted = clearance.count_standings(reading(), sites=frozenset({cast.riverside}), at=clock.now())
    assert (counted.therapists, counted.cleared, counted.ending, counted.suspended) == (3, 2, 0, 1)


def test_the_register_is_paged(cast: Cast) -> None:
    page = register(per_page=3, page=2)
    assert (names(page), page.pages, page.first, page.last) == (["Tolu Adeyemi"], 2, 4, 4)
    assert register(per_page=3, page=99).page == 2
    assert register(per_page=3, page=-1).page == 1


def test_standings_of_many_are_the_standings_of_each(cast: Cast, ticking: FakeClock) -> None:
    records.clear(cast, cast.trainee)
    now = ticking.forward(days=1)
    many = clearance.standings_of_many(reading(), person_ids=[cast.trainee, cast.senior], at=now, known_at=now)
    for person in (cast.trainee, cast.senior):
        assert many[person] == clearance.standings_of(reading(), person_id=person, at=now, known_at=now)
    assert many[cast.trainee][0] == standing(cast.trainee)
