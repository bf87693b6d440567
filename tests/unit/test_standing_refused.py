"""Standing: every no with its reason, and that whatever is not known is a no."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

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
    judge,
    rulebook,
    shipped_policy,
    utc,
)
from training.clearance.domain import (
    Policy,
    Rulebook,
    Status,
    UnknownRequired,
    assessor_right_of,
    open_case,
    read_ledger,
    standing,
)
from training.evidence.domain import Fact, Kind, SuspensionLifted, digest_of, read


def _practical_voided(*, from_at: str | None) -> History:
    told = cleared()
    told.void("f005", utc("2026-07-01 12:00"), from_at=utc(from_at) if from_at else None)
    return told


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
    for told in (cleared(), ()):
        got = judge(told, utc("2026-05-01 12:00"), rules=rules)
        assert (got.may_work, got.status) == (False, Status.NONE)


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
