"""Standing: a row for every kind of fact and every boundary, both sides; and every no with its reason."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest

from tests.histories import (
    ADMIN,
    BAR,
    LATE,
    MANAGER,
    PUBLISHED,
    SENIOR,
    TICK,
    TRAINEE,
    History,
    assessor,
    cleared,
    in_training,
    rulebook,
    shipped_policy,
    utc,
)
from training.clearance.domain import (
    AssessorRight,
    Authorisation,
    Policy,
    Rulebook,
    Standing,
    Status,
    UnknownRequired,
    assessor_right_of,
    open_case,
    read_ledger,
    standing,
)
from training.evidence.domain import Fact, Kind, Link, SuspensionLifted, Unreadable, digest_of, read


def judge(
    told: History | tuple[Fact, ...],
    at: datetime,
    *,
    rules: Rulebook | None = None,
    known_at: datetime = LATE,
    authorisation: str = BAR,
    distrust: str | None = None,
) -> Standing:
    facts = told.facts if isinstance(told, History) else told
    person = told.person if isinstance(told, History) else (facts[0].person_id if facts else TRAINEE)
    return standing(
        rules or rulebook(),
        facts,
        at,
        person_id=person,
        authorisation=authorisation,
        known_at=known_at,
        distrust=distrust,
    )


# ---- a row per kind × boundary

NONE, IN_TRAINING, LAPSED = Status.NONE, Status.IN_TRAINING, Status.LAPSED
RENEWAL_DUE, CLEARED, SUSPENDED = Status.RENEWAL_DUE, Status.CLEARED, Status.SUSPENDED


def _first_document() -> History:
    told = History()
    told.document("licence", utc("2026-02-01 09:00"), date(2028, 6, 30))
    return told


def _licence_ends_first() -> History:
    told = History()
    told.document("licence", utc("2026-02-01 09:00"), date(2026, 6, 30))
    told.document("insurance", utc("2026-02-01 09:05"), date(2028, 12, 31))
    told.quiz("M3", utc("2026-03-01 18:00"))
    told.quiz("M9", utc("2026-03-02 18:00"))
    told.practical(utc("2026-04-14 10:00"), recorded=utc("2026-04-14 10:34"))
    return told


def _quiz_ends_first() -> History:
    told = in_training()
    told.practical(utc("2026-12-01 10:00"))
    return told


def _suspended(*, authorisation: str | None = BAR, happened: str = "2026-05-01 12:00") -> History:
    told = cleared()
    told.suspend(utc(happened), recorded=utc("2026-05-01 15:00"), authorisation=authorisation)
    return told


def _suspended_everywhere() -> History:
    return _suspended(authorisation=None)


def _suspended_in_training() -> History:
    return _suspended(happened="2026-02-20 12:00")


def _lifted() -> History:
    told = _suspended()
    told.lift("f006", utc("2026-05-20 08:00"))
    return told


def _practical_voided(*, from_at: str | None) -> History:
    told = cleared()
    told.void("f005", utc("2026-07-01 12:00"), from_at=utc(from_at) if from_at else None)
    return told


def _practical_voided_from() -> History:
    return _practical_voided(from_at="2026-06-15 12:00")


def _lift_voided() -> History:
    told = _lifted()
    told.void("f007", utc("2026-06-05 12:00"), from_at=utc("2026-06-01 12:00"))
    return told


def _renewed() -> History:
    told = cleared()
    told.practical(utc("2026-10-01 10:00"))
    return told


BOUNDARIES: list[tuple[str, Callable[[], History], str, Status, Status]] = [
    # The end of 14 October in London is 23:00 UTC: summer time.
    (
        "document verified: something is on record",
        _first_document,
        "2026-02-01 09:00",
        NONE,
        IN_TRAINING,
    ),
    ("document expires", _licence_ends_first, "2026-06-30 23:00", RENEWAL_DUE, LAPSED),
    ("renewal due before a document expires", _licence_ends_first, "2026-05-30 23:00", CLEARED, RENEWAL_DUE),
    ("quiz passed: something is on record", in_training, "2026-02-01 09:00", NONE, IN_TRAINING),
    ("quiz term ends", _quiz_ends_first, "2027-03-02 00:00", RENEWAL_DUE, LAPSED),
    ("renewal due before a quiz ends", _quiz_ends_first, "2027-01-30 00:00", CLEARED, RENEWAL_DUE),
    (
        "practical signed: at the signature",
        cleared,
        "2026-04-14 10:34",
        IN_TRAINING,
        CLEARED,
    ),
    ("renewal due before the practical ends", cleared, "2026-09-13 23:00", CLEARED, RENEWAL_DUE),
    ("practical term ends", cleared, "2026-10-14 23:00", RENEWAL_DUE, LAPSED),
    ("renewed: due no longer", _renewed, "2026-10-01 10:00", RENEWAL_DUE, CLEARED),
    ("renewed: the term counts from its own day", _renewed, "2027-03-02 00:00", RENEWAL_DUE, LAPSED),
    (
        "suspended: from when it happened",
        _suspended,
        "2026-05-01 12:00",
        CLEARED,
        SUSPENDED,
    ),
    (
        "suspended in every authorisation",
        _suspended_everywhere,
        "2026-05-01 12:00",
        CLEARED,
        SUSPENDED,
    ),
    (
        "suspended from before she was cleared",
        _suspended_in_training,
        "2026-02-20 12:00",
        IN_TRAINING,
        SUSPENDED,
    ),
    ("suspension lifted", _lifted, "2026-05-20 08:00", SUSPENDED, CLEARED),
    ("lift voided from a moment on", _lift_voided, "2026-06-01 12:00", CLEARED, SUSPENDED),
    (
        "practical voided from a moment on",
        _practical_voided_from,
        "2026-06-15 12:00",
        RENEWAL_DUE,
        LAPSED,
    ),
    ("founding confirmed", assessor, "2026-02-02 10:00", IN_TRAINING, CLEARED),
    ("renewal due before a founding ends", assessor, "2027-01-03 00:00", CLEARED, RENEWAL_DUE),
    ("founding ends", assessor, "2027-02-03 00:00", RENEWAL_DUE, LAPSED),
]


@pytest.mark.parametrize(
    ("made", "instant", "before", "after"), [row[1:] for row in BOUNDARIES], ids=[row[0] for row in BOUNDARIES]
)
def test_a_boundary_lies_exactly_where_it_should(
    made: Callable[[], History], instant: str, before: Status, after: Status
) -> None:
    told, edge = made(), utc(instant)
    assert judge(told, edge - TICK).status is before
    assert judge(told, edge).status is after
    assert judge(told, edge - TICK).changes_at == edge


def test_every_kind_of_fact_has_a_boundary_in_the_table() -> None:
    # A proposal alone changes no answer; it is in the table through its confirmation.
    kinds = {fact.kind for row in BOUNDARIES for fact in row[1]().facts}
    assert kinds == set(Kind)


def test_every_status_this_policy_can_reach_is_reached() -> None:
    reached = {status for row in BOUNDARIES for status in row[3:]}
    assert reached == set(Status) - {Status.RECHECK_DUE, Status.REVOKED}


# ---- yes


def test_cleared_says_grade_cap_conditions_and_through() -> None:
    got = judge(cleared(), utc("2026-05-01 12:00"))
    assert (got.may_work, got.grade, got.load_cap, got.conditions) == (True, "provisional", "L2", ("senior on site",))
    assert got.valid_through == date(2026, 10, 14)
    assert got.changes_at == utc("2026-09-13 23:00")
    assert [line.met for line in got.requirements] == [True] * 5
    assert got.requirements[4].through == date(2026, 10, 14)
    assert got.requirements[4].fact_id == "f005"
    assert got.sentence == (
        "May work: Ashiatsu on the bar, provisional, up to L2, senior on site, valid through 14 Oct 2026."
    )
    assert got.next_step is None
    assert not got.assessor


def test_renewal_due_may_work_and_names_what_ends_first() -> None:
    got = judge(cleared(), utc("2026-10-14 12:00"))
    assert got.may_work
    assert got.next_step is not None
    assert got.next_step.id == "practical-bar"
    assert "Renewal is due: Practical on the bar." in got.sentence
    assert got.changes_at == utc("2026-10-14 23:00")


def test_the_day_of_a_term_is_the_day_in_the_zone_of_the_fact() -> None:
    told = in_training()
    # 14 April at 23:30 in New York is already 15 April in London and in UTC.
    told.practical(utc("2026-04-15 03:30"), zone="America/New_York")
    got = judge(told, utc("2026-05-01 12:00"))
    assert got.valid_through == date(2026, 10, 14)
    assert judge(told, utc("2026-10-15 04:00") - TICK).may_work
    assert not judge(told, utc("2026-10-15 04:00")).may_work


def test_the_highest_grade_counts_and_ends_into_the_lower_one() -> None:
    told = assessor()
    told.quiz("M3", utc("2026-11-01 18:00"))
    told.quiz("M9", utc("2026-11-01 19:00"))
    told.practical(utc("2026-12-01 10:00"), by=ADMIN)
    assert judge(told, utc("2027-01-01 12:00")).grade == "certified"
    edge = utc("2027-02-03 00:00")
    assert (judge(told, edge - TICK).grade, judge(told, edge - TICK).load_cap) == ("certified", "L3")
    assert (judge(told, edge).grade, judge(told, edge).load_cap, judge(told, edge).may_work) == (
        "provisional",
        "L2",
        True,
    )


def test_of_two_facts_for_one_line_the_one_that_lasts_longer_counts_and_retaking_one_renews_no_other() -> None:
    told = cleared()
    told.quiz("M3", utc("2026-06-01 18:00"))
    got = judge(told, utc("2026-06-02 12:00"))
    assert {line.id: line.through for line in got.requirements} == {
        "licence": date(2028, 6, 30),
        "insurance": date(2028, 12, 31),
        "quiz-m3": date(2027, 6, 1),
        "quiz-m9": date(2027, 3, 2),
        "practical-bar": date(2026, 10, 14),
    }
    assert got.valid_through == date(2026, 10, 14)


# ---- no, and why


def test_nothing_on_record_is_a_no_with_the_first_step() -> None:
    got = judge((), utc("2026-05-01 12:00"))
    assert (got.status, got.may_work, got.grade, got.load_cap, got.valid_through) == (
        Status.NONE,
        False,
        None,
        None,
        None,
    )
    assert got.sentence.startswith("May not work: nothing on record. Next: Massage licence seen.")
    assert len(got.requirements) == 5


def test_in_training_counts_what_is_met_and_says_the_next_step() -> None:
    got = judge(in_training(), utc("2026-04-01 12:00"))
    assert got.sentence == (
        "May not work on clients yet: 4 of 5 requirements met. Next: Practical on the bar. "
        "Be observed on the bar sheet and have an assessor sign it."
    )
    assert got.next_step is not None
    assert got.next_step.missing == "Nothing on record yet."


def test_lapsed_names_the_line_that_ended() -> None:
    got = judge(cleared(), utc("2026-10-14 23:00"))
    assert got.sentence == (
        "May not work: lapsed. Practical on the bar: Held through 14 Oct 2026, then ran out. "
        "Be observed on the bar sheet and have an assessor sign it."
    )
    assert got.requirements[4].fact_id == "f005"


def test_a_lapsed_assessor_is_told_about_the_grade_she_had() -> None:
    got = judge(assessor(), utc("2027-03-01 12:00"))
    assert got.aim == "certified"
    assert got.next_step is not None
    assert got.next_step.id == "founding"


def test_suspended_wins_over_everything_and_gives_neither_grade_nor_cap() -> None:
    told = cleared()
    told.suspend(utc("2026-05-01 12:00"), review_on=date(2026, 6, 1))
    got = judge(told, utc("2026-05-02 12:00"))
    assert (got.status, got.may_work, got.grade, got.load_cap, got.valid_through) == (
        Status.SUSPENDED,
        False,
        None,
        None,
        None,
    )
    assert got.conditions == ()
    assert [one.fact_id for one in got.adverse] == ["f006"]
    assert "since 1 May 2026" in got.sentence
    assert "1 Jun 2026" in got.sentence
    assert all(line.met for line in got.requirements)
    assert judge(told, utc("2030-01-01 00:00")).status is Status.SUSPENDED


def test_a_suspension_with_nothing_else_on_record_is_still_a_suspension() -> None:
    told = History()
    told.suspend(utc("2025-05-01 12:00"), authorisation=None)
    assert judge(told, utc("2025-05-01 12:00")).status is Status.SUSPENDED


def test_a_suspension_of_another_authorisation_does_not_touch_this_one() -> None:
    told = cleared()
    told.suspend(utc("2026-05-01 12:00"), authorisation="chavutti-rope")
    assert judge(told, utc("2026-05-02 12:00")).may_work
    assert judge(told, utc("2026-05-02 12:00"), authorisation="chavutti-rope").status is Status.SUSPENDED


def test_two_suspensions_need_two_lifts() -> None:
    told = cleared()
    first = told.suspend(utc("2026-05-01 12:00"))
    second = told.suspend(utc("2026-05-02 12:00"), authorisation=None)
    told.lift(first, utc("2026-05-10 12:00"))
    assert judge(told, utc("2026-05-11 12:00")).status is Status.SUSPENDED
    told.lift(second, utc("2026-05-12 12:00"), authorisation=None)
    assert judge(told, utc("2026-05-13 12:00")).may_work


def _lift_about_nothing(told: History) -> None:
    told.add(Kind.SUSPENSION_LIFTED, SuspensionLifted(), utc("2026-05-20 08:00"), authorisation=BAR, about=None)


@pytest.mark.parametrize(
    "lift",
    [
        lambda told: told.lift("f005", utc("2026-05-20 08:00")),
        lambda told: told.lift("f006", utc("2026-05-20 08:00"), authorisation=None),
        lambda told: told.lift("f006", utc("2026-05-20 08:00"), by=TRAINEE),
        lambda told: told.void("f006", utc("2026-05-20 08:00")),
        lambda told: told.void(told.lift("f006", utc("2026-05-20 08:00")), utc("2026-05-21 08:00")),
        _lift_about_nothing,
    ],
    ids=["of another fact", "of another scope", "by herself", "by a void", "that was voided", "of nothing"],
)
def test_a_lift_that_is_none_leaves_the_suspension(lift: Callable[[History], object]) -> None:
    told = cleared()
    told.suspend(utc("2026-05-01 12:00"))
    lift(told)
    assert judge(told, utc("2026-06-01 12:00")).status is Status.SUSPENDED


def test_a_serious_suspension_is_not_lifted_by_the_one_who_recorded_it() -> None:
    told = cleared()
    about = told.suspend(utc("2026-05-01 12:00"), serious=True)
    told.lift(about, utc("2026-05-02 12:00"), by=MANAGER)
    assert judge(told, utc("2026-05-03 12:00")).status is Status.SUSPENDED
    told.lift(about, utc("2026-05-04 12:00"), by=ADMIN)
    assert judge(told, utc("2026-05-05 12:00")).may_work


def test_voided_means_never_counted_also_before_the_void_and_only_in_what_was_known_after_it() -> None:
    told = _practical_voided(from_at=None)
    during = utc("2026-05-01 12:00")
    assert judge(told, during).status is Status.IN_TRAINING
    assert judge(told, during).requirements[4].missing == "Does not count: it was voided and never counted."
    assert judge(told, during, known_at=utc("2026-07-01 12:00")).status is Status.IN_TRAINING
    assert judge(told, during, known_at=utc("2026-07-01 12:00") - TICK).status is Status.CLEARED


def test_voided_from_a_moment_on_leaves_what_was_before() -> None:
    told = _practical_voided(from_at="2026-06-15 12:00")
    before = judge(told, utc("2026-05-01 12:00"))
    assert before.may_work
    assert before.valid_through == date(2026, 6, 14)
    after = judge(told, utc("2026-06-15 12:00"))
    assert after.requirements[4].missing == "Held through 14 Jun 2026, then was voided from then on."


def test_a_void_of_a_void_revives_nothing() -> None:
    told = _practical_voided(from_at=None)
    told.void("f006", utc("2026-07-02 12:00"))
    assert not judge(told, utc("2026-07-03 12:00")).may_work


@pytest.mark.parametrize(
    ("spoil", "line", "why"),
    [
        (lambda t: t.practical(utc("2026-04-14 10:00"), passed=False), "practical-bar", "was not passed"),
        (lambda t: t.practical(utc("2026-04-14 10:00"), by=TRAINEE), "practical-bar", "not signed by somebody else"),
        (lambda t: t.practical(utc("2026-04-14 10:00"), by=None), "practical-bar", "not signed by somebody else"),
        (lambda t: t.practical(utc("2025-09-14 10:00"), recorded=utc("2026-04-14 10:00")), "practical-bar", "run out"),
        (lambda t: t.practical(utc("2026-04-14 10:00"), authorisation="other"), "practical-bar", "Nothing on record"),
        (lambda t: t.practical(utc("2026-04-14 10:00"), sheet="bench"), "practical-bar", "Nothing on record"),
    ],
)
def test_a_practical_that_does_not_count_says_why(spoil: Callable[[History], object], line: str, why: str) -> None:
    told = in_training()
    spoil(told)
    got = judge(told, utc("2026-05-01 12:00"))
    assert not got.may_work
    missing = next(one for one in got.requirements if one.id == line).missing
    assert missing is not None
    assert why in missing


@pytest.mark.parametrize("by", [TRAINEE, None])
def test_a_document_nobody_else_has_seen_does_not_count(by: str | None) -> None:
    told = History()
    told.document("licence", utc("2026-02-01 09:00"), date(2028, 6, 30), by=by)
    assert not judge(told, utc("2026-05-01 12:00")).requirements[0].met


def test_a_document_already_expired_when_it_was_seen_does_not_count() -> None:
    told = History()
    told.document("licence", utc("2026-02-01 09:00"), date(2026, 1, 31))
    got = judge(told, utc("2026-02-01 09:00"))
    assert not got.requirements[0].met
    assert "already run out (31 Jan 2026)" in (got.requirements[0].missing or "")


PROPOSED, CONFIRMED = utc("2026-02-02 09:00"), utc("2026-02-02 10:00")


def _confirm(told: History, *, by: str | None = ADMIN) -> str:
    return told.confirm(told.propose(PROPOSED), CONFIRMED, by=by)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (lambda t: t.propose(PROPOSED), "waits for a second person"),
        (lambda t: _confirm(t, by=MANAGER), "two other people"),
        (lambda t: _confirm(t, by=SENIOR), "two other people"),
        (lambda t: _confirm(t, by=None), "two other people"),
        (lambda t: t.confirm(t.propose(PROPOSED, by=SENIOR), CONFIRMED), "two other people"),
        (lambda t: t.confirm("f001", CONFIRMED), "confirms no proposal"),
        (lambda t: t.confirm("nothing", CONFIRMED), "confirms no proposal"),
        (lambda t: t.confirm(t.propose(PROPOSED, authorisation="chavutti-rope"), CONFIRMED), "another proposal"),
        (lambda t: (_confirm(t), t.void("f003", utc("2026-02-03 10:00"))), "proposal was voided"),
        (lambda t: (_confirm(t), t.void("f004", utc("2026-02-03 10:00"))), "never counted"),
    ],
)
def test_a_founding_needs_two_other_people_and_a_standing_proposal(
    found: Callable[[History], object], why: str
) -> None:
    told = History(person=SENIOR)
    told.document("licence", utc("2026-02-01 09:00"), date(2028, 6, 30))
    told.document("insurance", utc("2026-02-01 09:05"), date(2028, 12, 31))
    found(told)
    right = assessor_right_of(
        open_case(rulebook(), told.facts, person_id=SENIOR, authorisation=BAR), utc("2026-03-01 12:00")
    )
    assert not right.holds
    got = judge(told, utc("2026-03-01 12:00"))
    assert not got.may_work
    assert not got.assessor
    policy = shipped_policy().line("founding")
    evidence = policy.evidence(read_ledger(told.facts, person_id=SENIOR), BAR)
    assert any(why in one.why for one in evidence.rejected), evidence.rejected


# ---- what is not known is a no


def test_before_the_first_publication_nobody_is_cleared() -> None:
    told = cleared()
    late = rulebook((utc("2026-05-01 00:00"), shipped_policy()))
    got = judge(told, utc("2026-05-01 00:00") - TICK, rules=late)
    assert (got.status, got.may_work, got.edition, got.requirements) == (Status.NONE, False, None, ())
    assert got.sentence == "May not work: no policy had been published at that moment."
    assert judge(told, utc("2026-05-01 00:00"), rules=late).may_work
    assert not judge(told, utc("2026-05-02 00:00"), rules=late, known_at=utc("2026-05-01 00:00") - TICK).may_work
    assert not judge(told, utc("2026-05-02 00:00"), rules=Rulebook(())).may_work


def test_an_authorisation_the_policy_does_not_have_is_a_no() -> None:
    got = judge(cleared(), utc("2026-05-01 12:00"), authorisation="chavutti-rope")
    assert (got.status, got.may_work) == (Status.NONE, False)
    assert "does not have chavutti-rope" in got.sentence


def test_a_policy_that_cannot_be_read_clears_nobody_from_its_publication_on() -> None:
    rules = rulebook((PUBLISHED, shipped_policy()), (utc("2026-06-01 00:00"), None))
    assert judge(cleared(), utc("2026-06-01 00:00") - TICK, rules=rules).may_work
    got = judge(cleared(), utc("2026-06-01 00:00"), rules=rules)
    assert not got.may_work
    assert "cannot be read" in got.sentence


def _with_line(policy: Policy, line: str) -> Policy:
    (bar,) = policy.authorisations
    grades = tuple(replace(grade, requirements=(*grade.requirements, line)) for grade in bar.grades)
    return replace(policy, authorisations=(replace(bar, grades=grades),))


def test_a_line_this_version_cannot_judge_is_never_met() -> None:
    strange = _with_line(shipped_policy(), "from-the-future")
    strange = replace(
        strange, requirements=(*strange.requirements, UnknownRequired(id="from-the-future", title="Recency"))
    )
    for policy in (strange, _with_line(shipped_policy(), "nowhere-defined")):
        got = judge(cleared(), utc("2026-05-01 12:00"), rules=rulebook((PUBLISHED, policy)))
        assert not got.may_work
        assert "cannot be judged" in got.sentence


def test_a_grade_that_requires_nothing_holds_for_nobody() -> None:
    (bar,) = shipped_policy().authorisations
    empty = replace(bar, grades=tuple(replace(grade, requirements=()) for grade in bar.grades))
    rules = rulebook((PUBLISHED, replace(shipped_policy(), authorisations=(empty,))))
    assert not judge(cleared(), utc("2026-05-01 12:00"), rules=rules).may_work
    assert not judge((), utc("2026-05-01 12:00"), rules=rules).may_work


def _damaged(told: History, number: int, **changes: object) -> tuple[Fact, ...]:
    links = list(told.links)
    damaged = replace(links[number - 1], **changes)  # type: ignore[arg-type]
    links[number - 1] = replace(damaged, digest=digest_of(damaged))
    return tuple(read(link) for link in links)


@pytest.mark.parametrize(
    "changes",
    [{"kind": "revoked"}, {"payload": "{"}, {"form": 9}, {"zone": "Mars/Olympus"}, {"revisions": "7"}],
)
def test_a_fact_that_cannot_be_read_stands_against_everything_it_concerns(changes: dict[str, object]) -> None:
    told = cleared()
    told.quiz("M3", utc("2026-05-01 18:00"))
    facts = _damaged(told, 6, **changes)
    assert judge(facts, utc("2026-05-01 18:00") - TICK).may_work
    got = judge(facts, utc("2026-05-01 18:00"))
    assert (got.may_work, got.status) == (False, Status.LAPSED)
    assert not any(line.met for line in got.requirements)
    assert all("cannot be read here" in (line.missing or "") for line in got.requirements)
    assert "Fact 6" in got.sentence


def test_a_fact_that_cannot_be_read_and_concerns_another_authorisation_does_not_touch_this_one() -> None:
    told = cleared()
    told.suspend(utc("2026-05-01 12:00"), authorisation="chavutti-rope")
    assert judge(_damaged(told, 6, kind="revoked"), utc("2026-06-01 12:00")).may_work


def test_what_cannot_be_read_and_names_a_fact_takes_that_fact_away_for_good() -> None:
    told = cleared()
    told.void("f005", utc("2026-07-01 12:00"))
    facts = _damaged(told, 6, payload="{")
    assert judge(facts, utc("2026-05-01 12:00")).status is Status.IN_TRAINING


def test_a_broken_record_clears_nobody_at_any_time_and_says_so() -> None:
    got = judge(cleared(), utc("2026-05-01 12:00"), distrust="Fact 3 was removed.")
    assert (got.may_work, got.status) == (False, Status.IN_TRAINING)
    assert got.sentence.startswith("May not work. This record was changed outside the application: Fact 3 was removed.")
    assert not any(line.met for line in got.requirements)


def test_facts_of_two_people_are_never_judged_together() -> None:
    with pytest.raises(ValueError, match="two people"):
        standing(
            rulebook(), (*cleared().facts, *assessor().facts), LATE, person_id=TRAINEE, authorisation=BAR, known_at=LATE
        )


def test_a_fact_said_to_happen_later_than_it_was_recorded_counts_only_from_then() -> None:
    told = in_training()
    told.practical(utc("2026-04-20 10:00"), recorded=utc("2026-04-14 10:00"))
    assert not judge(told, utc("2026-04-20 10:00") - TICK).may_work
    assert judge(told, utc("2026-04-20 10:00")).may_work


# ---- editions


def _also(policy: Policy, module: str) -> Policy:
    body = policy.to_body()
    body["requirements"].append(
        {"id": "quiz-new", "kind": "quiz", "module": module, "term_months": 12, "title": "A new module"}
    )
    body["authorisations"][0]["grades"][0]["requirements"].append("quiz-new")
    return Policy.from_body(body)


def test_the_edition_in_force_at_the_moment_judges_all_evidence() -> None:
    change = utc("2026-06-01 00:00")
    rules = rulebook((PUBLISHED, shipped_policy()), (change, _also(shipped_policy(), "M5")))
    assert judge(cleared(), change - TICK, rules=rules).may_work
    got = judge(cleared(), change, rules=rules)
    assert (got.status, got.edition) == (Status.LAPSED, 2)
    assert got.next_step is not None
    assert got.next_step.id == "quiz-new"
    assert judge(cleared(), change, rules=rules, known_at=change - TICK).may_work
    assert judge(cleared(), change - TICK, rules=rules).changes_at == change


def test_a_later_edition_does_not_move_an_earlier_answer() -> None:
    told = History()
    told.quiz("M5", utc("2026-03-01 18:00"))
    change = utc("2026-06-01 00:00")
    rules = rulebook((PUBLISHED, shipped_policy()), (change, _also(shipped_policy(), "M5")))
    assert judge(told, change - TICK, rules=rules).status is Status.NONE
    assert judge(told, change, rules=rules).status is Status.IN_TRAINING


# ---- the right to sign


def right(told: History, at: str) -> AssessorRight:
    return assessor_right_of(open_case(rulebook(), told.facts, person_id=told.person, authorisation=BAR), utc(at))


def test_a_founding_assessor_may_sign_while_certified_there_and_is_told_until_when() -> None:
    got = right(assessor(), "2026-03-01 12:00")
    assert (got.holds, got.through) == (True, date(2027, 2, 2))
    assert got.reason == "You may sign for Ashiatsu on the bar through 2 Feb 2027."
    assert judge(assessor(), utc("2026-03-01 12:00")).assessor


@pytest.mark.parametrize(
    ("told", "at", "why"),
    [
        (cleared, "2026-05-01 12:00", "an assessor is certified there, and you are provisional"),
        (in_training, "2026-05-01 12:00", "in training"),
        (History, "2026-05-01 12:00", "none"),
        (assessor, "2026-02-02 09:59", "in training"),
        (assessor, "2027-02-03 00:00", "lapsed"),
        (assessor, "2025-12-31 00:00", "does not say who"),
    ],
)
def test_nobody_else_may_sign_and_is_told_why(told: Callable[[], History], at: str, why: str) -> None:
    got = right(told(), at)
    assert not got.holds
    assert why in got.reason


def test_a_suspended_assessor_may_not_sign() -> None:
    told = assessor()
    told.suspend(utc("2026-03-01 12:00"))
    assert right(told, "2026-03-01 11:59").holds
    assert not right(told, "2026-03-01 12:00").holds


def test_where_the_policy_names_no_assessor_nobody_may_sign() -> None:
    (bar,) = shipped_policy().authorisations
    without: Authorisation = replace(bar, assessor=None)
    rules = rulebook((PUBLISHED, replace(shipped_policy(), authorisations=(without,))))
    case = open_case(rules, assessor().facts, person_id=SENIOR, authorisation=BAR)
    assert not assessor_right_of(case, utc("2026-03-01 12:00")).holds
    assert not judge(assessor(), utc("2026-03-01 12:00"), rules=rules).assessor


def test_links_of_a_history_are_real_links() -> None:
    link = cleared().links[0]
    assert isinstance(link, Link)
    assert not isinstance(read(link).payload, Unreadable)
