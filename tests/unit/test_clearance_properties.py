"""Properties of standing and periods over histories nobody thought of."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.histories import ADMIN, BAR, LATE, MANAGER, SENIOR, TICK, TRAINEE, History, rulebook, shipped_policy
from training.clearance.domain import (
    WORKING,
    Answer,
    Period,
    Policy,
    Rulebook,
    Standing,
    Status,
    answer_at,
    beliefs,
    known,
    open_case,
    periods,
    standing,
)
from training.clearance.domain.intervals import BEGIN, END, contains, intersection, subtract, union
from training.clearance.domain.ledger import read_ledger
from training.evidence.domain import Fact, Kind, QuizPassed, Voided, digest_of, read

START = datetime(2026, 1, 1, tzinfo=LATE.tzinfo)
ZONES = ["Europe/London", "America/New_York", "America/Havana", "Asia/Beirut", "Australia/Lord_Howe", "UTC"]
HOUR = timedelta(hours=1)
#: Within three years, on the hour; half the time on one of few days, so that instants meet.
MOMENTS = st.one_of(st.integers(0, 3 * 365 * 24), st.sampled_from([0, 24, 59 * 24, 60 * 24, 180 * 24, 400 * 24])).map(
    lambda hours: START + hours * HOUR
)
ACTORS = st.sampled_from([MANAGER, ADMIN, SENIOR, TRAINEE])
AUTHORISATIONS = st.sampled_from([BAR, BAR, BAR, "chavutti-rope"])


@st.composite
def histories(draw: st.DrawFn) -> tuple[Fact, ...]:
    """A record of up to fourteen facts, in order of recording, some back-dated, some nonsense."""
    told = History()
    moments = sorted(draw(st.lists(MOMENTS, min_size=1, max_size=14)))
    for recorded in moments:
        happened = recorded - draw(st.sampled_from([0, 0, 0, 1, 24, 24 * 40])) * HOUR
        zone = draw(st.sampled_from(ZONES))
        ids = [link.id for link in told.links]
        match draw(st.sampled_from(["document", "document", "quiz", "quiz", "practical", "suspend", "about", "found"])):
            case "document":
                told.document(
                    draw(st.sampled_from(["licence", "insurance"])),
                    happened,
                    draw(st.dates(date(2026, 1, 1), date(2029, 12, 31))),
                    recorded=recorded,
                    by=draw(ACTORS),
                    zone=zone,
                )
            case "quiz":
                told.quiz(draw(st.sampled_from(["M3", "M9"])), happened, recorded=recorded, zone=zone)
            case "practical":
                told.practical(
                    happened,
                    recorded=recorded,
                    by=draw(ACTORS),
                    passed=draw(st.integers(0, 3)) > 0,
                    authorisation=draw(AUTHORISATIONS),
                    zone=zone,
                )
            case "suspend":
                authorisation = draw(st.sampled_from([None, BAR]))
                told.suspend(happened, recorded=recorded, authorisation=authorisation, serious=draw(st.booleans()))
            case "found":
                about = told.propose(recorded, by=draw(ACTORS))
                told.confirm(about, recorded, by=draw(ACTORS))
            case "about":
                if not ids:
                    continue
                about = draw(st.sampled_from(ids))
                if draw(st.booleans()):
                    told.void(about, recorded, from_at=draw(st.one_of(st.none(), MOMENTS)))
                else:
                    told.lift(about, recorded, authorisation=draw(st.sampled_from([None, BAR])), by=draw(ACTORS))
    return told.facts


@st.composite
def full_histories(draw: st.DrawFn) -> tuple[Fact, ...]:
    """Everything provisional asks for, and then whatever else; so that yes is common among the answers."""
    told = History()
    at = START + draw(st.integers(0, 200 * 24)) * HOUR
    told.document("licence", at, draw(st.dates(date(2027, 1, 1), date(2029, 1, 1))))
    told.document("insurance", at, draw(st.dates(date(2027, 1, 1), date(2029, 1, 1))))
    told.quiz("M3", at, zone=draw(st.sampled_from(ZONES)))
    told.quiz("M9", at + draw(st.integers(0, 900)) * HOUR)
    last = told.links[-1].recorded_at
    told.practical(last, recorded=last + draw(st.integers(0, 300)) * HOUR, zone=draw(st.sampled_from(ZONES)))
    for _ in range(draw(st.integers(0, 3))):
        last = told.links[-1].recorded_at + draw(st.integers(0, 3000)) * HOUR
        match draw(st.sampled_from(["suspend", "lift", "void", "practical", "quiz"])):
            case "suspend":
                told.suspend(last - draw(st.integers(0, 48)) * HOUR, recorded=last)
            case "lift":
                suspended = [link.id for link in told.links if link.kind == Kind.SUSPENDED]
                if suspended:
                    told.lift(draw(st.sampled_from(suspended)), last)
            case "void":
                about = draw(st.sampled_from([link.id for link in told.links]))
                told.void(about, last, from_at=draw(st.one_of(st.none(), MOMENTS)))
            case "practical":
                told.practical(last)
            case "quiz":
                told.quiz("M3", last)
    return told.facts


ANY_HISTORY = st.one_of(histories(), full_histories())


@st.composite
def rulebooks(draw: st.DrawFn) -> Rulebook:
    """One to three editions: the shipped policy with other terms, windows and lines."""
    editions: list[tuple[datetime, Policy | None]] = []
    for at in sorted(draw(st.lists(MOMENTS, min_size=1, max_size=3, unique=True))):
        body = shipped_policy().to_body()
        body["renewal_window_days"] = draw(st.sampled_from([0, 30, 60]))
        for line in body["requirements"]:
            if line["kind"] != "document":
                line["term_months"] = draw(st.sampled_from([1, 6, 12]))
        if draw(st.booleans()):
            body["authorisations"][0]["grades"][0]["requirements"] = ["licence", "quiz-m3", "practical-bar"]
        editions.append((at, draw(st.sampled_from([Policy.from_body(body)] * 9 + [None]))))
    return rulebook(*editions)


ANY_RULEBOOK = st.one_of(st.just(rulebook()), rulebooks())


def judge(rules: Rulebook, facts: Sequence[Fact], at: datetime, known_at: datetime = LATE) -> Standing:
    return standing(rules, facts, at, person_id=TRAINEE, authorisation=BAR, known_at=known_at)


def answer(told: Standing) -> Answer:
    return Answer(
        status=told.status,
        may_work=told.may_work,
        grade=told.grade,
        load_cap=told.load_cap,
        conditions=told.conditions,
        valid_through=told.valid_through,
        assessor=told.assessor,
    )


def cover(rules: Rulebook, facts: Sequence[Fact], known_at: datetime = LATE) -> tuple[Period, ...]:
    return periods(rules, facts, person_id=TRAINEE, authorisation=BAR, known_at=known_at)


@given(ANY_RULEBOOK, ANY_HISTORY, MOMENTS, st.randoms(use_true_random=False))
def test_the_order_of_facts_does_not_matter(
    rules: Rulebook, facts: tuple[Fact, ...], at: datetime, chance: object
) -> None:
    shuffled = list(facts)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    # Nor does the place in the chain: only when things were recorded.
    renumbered = [replace(fact, seq=number) for number, fact in enumerate(shuffled, start=1)]
    assert judge(rules, shuffled, at) == judge(rules, facts, at)
    assert answer(judge(rules, renumbered, at)) == answer(judge(rules, facts, at))
    assert cover(rules, shuffled) == cover(rules, facts)


@given(ANY_RULEBOOK, ANY_HISTORY, MOMENTS, MOMENTS)
def test_what_is_recorded_or_published_later_never_changes_an_earlier_belief(
    rules: Rulebook, facts: tuple[Fact, ...], at: datetime, known_at: datetime
) -> None:
    then = tuple(fact for fact in facts if fact.recorded_at <= known_at)
    editions = Rulebook(tuple(one for one in rules.editions if one.published_at <= known_at))
    assert judge(rules, facts, at, known_at) == judge(editions, then, at, known_at)
    assert cover(rules, facts, known_at) == cover(editions, then, known_at)


@given(ANY_RULEBOOK, ANY_HISTORY, st.lists(MOMENTS, max_size=4))
def test_periods_cover_all_of_time_and_agree_with_standing_on_both_sides_of_every_boundary(
    rules: Rulebook, facts: tuple[Fact, ...], moments: list[datetime]
) -> None:
    told = cover(rules, facts)
    assert (told[0].during.start, told[-1].during.end) == (BEGIN, END)
    for one, following in itertools.pairwise(told):
        assert one.during.end == following.during.start
        assert one.answer != following.answer
    edges = [one.during.start for one in told[1:]]
    for at in [*moments, *edges, *(edge - TICK for edge in edges)]:
        (period,) = [one for one in told if at in one.during]
        got = judge(rules, facts, at)
        assert answer(got) == period.answer
        assert got.changes_at == (None if period.during.end == END else period.during.end)


@given(ANY_RULEBOOK, ANY_HISTORY, MOMENTS)
def test_nobody_may_work_while_a_requirement_is_unmet_or_a_suspension_is_in_force(
    rules: Rulebook, facts: tuple[Fact, ...], at: datetime
) -> None:
    got = judge(rules, facts, at)
    assert got.may_work == (got.status in WORKING)
    assert got.may_work == (got.grade is not None) == (got.load_cap is not None) == (got.valid_through is not None)
    if got.may_work:
        assert got.requirements
        assert all(line.met and line.fact_id for line in got.requirements)
        assert not got.adverse
    else:
        assert got.status is Status.SUSPENDED or not all(line.met for line in got.requirements) or not got.requirements
        assert got.sentence.startswith("May not work")
    lifts = {fact.about for fact in facts if fact.kind == Kind.SUSPENSION_LIFTED and fact.recorded_at <= at}
    in_force = any(fact.kind == Kind.SUSPENDED and fact.happened_at <= at and fact.id not in lifts for fact in facts)
    assert not (in_force and got.may_work)


@given(ANY_RULEBOOK, ANY_HISTORY, MOMENTS)
def test_every_line_that_is_met_rests_on_a_fact_in_force(
    rules: Rulebook, facts: tuple[Fact, ...], at: datetime
) -> None:
    by_id = {fact.id: fact for fact in facts}
    for line in judge(rules, facts, at).requirements:
        if line.met:
            assert line.fact_id is not None
            assert by_id[line.fact_id].recorded_at <= at
            assert line.through is not None
            voids = [fact for fact in facts if fact.about == line.fact_id and isinstance(fact.payload, Voided)]
            assert all(isinstance(void.payload, Voided) and (void.payload.from_at or BEGIN) > at for void in voids)
        else:
            assert line.missing


@given(ANY_RULEBOOK, full_histories(), MOMENTS)
def test_the_algebra_of_spans_gives_the_same_yes(rules: Rulebook, facts: tuple[Fact, ...], at: datetime) -> None:
    """House.md's words, taken literally: all of is an intersection, any of a union, a suspension a subtraction."""
    ledger = read_ledger(facts, person_id=TRAINEE)
    allowed = union()
    for window, edition in rules.windows():
        found = edition.policy.find(BAR) if edition.policy else None
        for grade in found.grades if edition.policy and found else ():
            assert edition.policy is not None
            lines = [edition.policy.line(one).evidence(ledger, BAR).spans() for one in grade.requirements]
            allowed = union(allowed, intersection((window,), *lines))
    allowed = subtract(allowed, union(*(one.spans for one in ledger.suspensions if one.concerns(BAR))))
    assert judge(rules, facts, at).may_work == contains(allowed, at)


@given(ANY_RULEBOOK, full_histories(), MOMENTS, MOMENTS)
def test_late_paperwork_clears_nobody_retroactively(
    rules: Rulebook, facts: tuple[Fact, ...], at: datetime, known_at: datetime
) -> None:
    """With nothing adverse undone, knowing more never turns a past no into a yes."""
    assume(at <= known_at)
    before = judge(rules.known(known_at), known(facts, known_at), at)
    after = judge(rules, facts, at)
    assert before.may_work or not after.may_work


@given(ANY_RULEBOOK, full_histories(), MOMENTS, st.data())
def test_a_void_only_ever_takes_away(
    rules: Rulebook, facts: tuple[Fact, ...], at: datetime, data: st.DataObject
) -> None:
    told = replace_history(facts)
    told.void(data.draw(st.sampled_from([link.id for link in told.links])), LATE - timedelta(days=1))
    assert judge(rules, facts, at).may_work or not judge(rules, told.facts, at).may_work


@given(ANY_RULEBOOK, full_histories(), MOMENTS, st.sampled_from(["kind", "payload", "form", "zone"]), st.data())
def test_what_cannot_be_read_never_clears(
    rules: Rulebook, facts: tuple[Fact, ...], at: datetime, what: str, data: st.DataObject
) -> None:
    told = replace_history(facts)
    number = data.draw(st.integers(0, len(told.links) - 1))
    damaged = replace(told.links[number], **{what: 9 if what == "form" else "?"})  # type: ignore[arg-type]
    spoilt = [*facts[:number], read(replace(damaged, digest=digest_of(damaged))), *facts[number + 1 :]]
    got = judge(rules, spoilt, at)
    since = min(facts[number].happened_at, facts[number].recorded_at)
    if facts[number].authorisation in (None, BAR) and at >= since:
        assert not got.may_work


@settings(max_examples=40)
@given(ANY_RULEBOOK, ANY_HISTORY, MOMENTS, MOMENTS)
def test_what_the_cache_would_hold_is_what_the_function_says(
    rules: Rulebook, facts: tuple[Fact, ...], at: datetime, known_at: datetime
) -> None:
    held = [
        one
        for one in beliefs(rules, facts, person_id=TRAINEE)
        if one.authorisation == BAR and at in one.period.during and one.known_from <= known_at < one.known_until
    ]
    got = judge(rules, facts, at, known_at)
    if BAR not in rules.known(known_at).authorisations():
        # No list has a column for what no edition knows; asked about it by name, the answer is no all the same.
        assert (held, got.may_work) == ([], False)
    elif got.status is Status.NONE:
        assert held == []
    else:
        (one,) = held
        assert one.period.answer == answer(got)


@settings(max_examples=30)
@given(ANY_RULEBOOK, full_histories(), MOMENTS)
def test_a_distrusted_record_clears_nobody(rules: Rulebook, facts: tuple[Fact, ...], at: datetime) -> None:
    case = open_case(rules, facts, person_id=TRAINEE, authorisation=BAR, distrust="Fact 1 was changed.")
    assert not answer_at(case, at).may_work


def test_the_histories_do_reach_every_answer() -> None:
    """A property over histories in which nobody ever works would prove little."""
    reached: set[Status] = set()

    @settings(max_examples=150, database=None, derandomize=True)
    @given(ANY_HISTORY)
    def walk(facts: tuple[Fact, ...]) -> None:
        reached.update(period.answer.status for period in cover(rulebook(), facts))

    walk()
    assert reached == set(Status) - {Status.RECHECK_DUE, Status.REVOKED}


def replace_history(facts: Sequence[Fact]) -> History:
    """A history that holds just these facts again, to be added to."""
    told = History()
    for fact in facts:
        told.zone = fact.zone
        told.add(
            Kind(fact.kind),
            fact.payload,
            fact.happened_at,
            recorded=fact.recorded_at,
            by=fact.actor_id,
            authorisation=fact.authorisation,
            about=fact.about,
        )
    return told


def test_a_history_told_again_is_the_same() -> None:
    told = History()
    told.quiz("M3", START)
    assert replace_history(told.facts).facts == told.facts
    assert isinstance(told.facts[0].payload, QuizPassed)
