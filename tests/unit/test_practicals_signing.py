"""Who may observe and sign for whom."""

from dataclasses import replace

import pytest

from training.practicals.domain.signing import AssessorFacts, GradeStep, leads_to, may_sign

ABLE = AssessorFacts(person_id="assessor", works_at_site=True, holds_right=True, right_reason="", suspended=False)


def reasons(
    assessor: AssessorFacts = ABLE,
    *,
    subject_id: str = "candidate",
    main_trainer_id: str | None = None,
    grade: str = "provisional",
) -> str:
    verdict = may_sign(assessor=assessor, subject_id=subject_id, main_trainer_id=main_trainer_id, leads_to=grade)
    assert verdict.allowed is (verdict.reasons == ())
    return verdict.sentence


def test_an_assessor_of_that_authorisation_at_that_site_may_sign() -> None:
    assert reasons() == ""


def test_nobody_signs_for_herself() -> None:
    assert "Nobody signs for herself" in reasons(subject_id="assessor")


def test_without_the_right_the_reason_given_is_told() -> None:
    assert reasons(replace(ABLE, holds_right=False, right_reason="Founded until 3 May 2026.")) == (
        "Founded until 3 May 2026."
    )


def test_a_suspended_assessor_may_not_sign_even_if_the_right_were_there() -> None:
    assert "suspended" in reasons(replace(ABLE, suspended=True))


def test_a_senior_of_another_site_may_not_sign() -> None:
    assert "not a senior at this person's site" in reasons(replace(ABLE, works_at_site=False))


def test_the_main_trainer_may_sign_the_practical_that_leads_to_provisional() -> None:
    assert reasons(main_trainer_id="assessor", grade="provisional") == ""


def test_the_main_trainer_may_not_sign_the_practical_that_leads_to_certified() -> None:
    assert "main trainer" in reasons(main_trainer_id="assessor", grade="certified")
    assert reasons(main_trainer_id="somebody else", grade="certified") == ""
    assert reasons(main_trainer_id=None, grade="certified") == ""


def test_all_reasons_are_told_at_once() -> None:
    verdict = may_sign(
        assessor=AssessorFacts(
            person_id="a", works_at_site=False, holds_right=False, right_reason="No right.", suspended=False
        ),
        subject_id="a",
        main_trainer_id="a",
        leads_to="certified",
    )
    assert len(verdict.reasons) == 4


@pytest.mark.parametrize(
    ("present", "grade"), [(None, "provisional"), ("provisional", "certified"), ("certified", "certified")]
)
def test_a_practical_leads_to_the_next_grade_that_asks_for_it(present: str | None, grade: str) -> None:
    steps = [GradeStep(id="provisional", asks_practical=True), GradeStep(id="certified", asks_practical=True)]
    assert leads_to(steps, present=present) == grade


@pytest.mark.parametrize("present", [None, "provisional", "certified"])
def test_where_only_provisional_asks_for_it_a_repeat_is_a_renewal_of_provisional(present: str | None) -> None:
    steps = [GradeStep(id="provisional", asks_practical=True), GradeStep(id="certified", asks_practical=False)]
    assert leads_to(steps, present=present) == "provisional"


def test_a_practical_nobody_asks_for_leads_nowhere() -> None:
    assert leads_to([GradeStep(id="provisional", asks_practical=False)], present=None) is None
