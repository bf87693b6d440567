"""What ratings amount to: the rules of the first practical, one row for each and its nearest neighbour."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.practicals.domain.result import Mark, Outcome, Rule, contradictions, result, suggested_mark
from training.practicals.domain.sheet import Critical, Sheet
from training.practicals.files import load

CONTENT = Path(__file__).resolve().parents[2] / "content"


def _bar() -> Sheet:
    loaded = load(CONTENT)
    assert loaded.problems == ()
    return next(sheet for sheet in loaded.sheets if sheet.key == "bar")


BAR = _bar()
ALL_TWO = {one.id: Mark.TWO for one in BAR.criteria}
UNCRITICAL = ("B3", "C15", "C18")
AT_ZERO = tuple(one.id for one in BAR.criteria if one.critical is Critical.AT_ZERO)
STAR = tuple(one.id for one in BAR.criteria if one.critical is Critical.UNDER_STANDARD)


def outcome(**changes: Mark | None) -> Outcome:
    marks = {**ALL_TWO, **changes}
    return result(BAR, {line: mark for line, mark in marks.items() if mark is not None}).outcome


def test_the_sheet_has_nineteen_common_lines_and_six_of_the_bar() -> None:
    ids = [one.id for one in BAR.criteria]
    assert sorted(one for one in ids if one[0] == "C") == sorted(f"C{n}" for n in range(1, 20))
    assert sorted(one for one in ids if one[0] == "B") == [f"B{n}" for n in range(1, 7)]
    assert len(ids) == 25


def test_the_critical_marks_are_the_ones_of_the_rubric() -> None:
    assert set(AT_ZERO) == {"C6", "C8", "C9", "C19", "B4", "B5"}
    assert {one.id for one in BAR.criteria if not one.is_critical} == set(UNCRITICAL)
    assert len(STAR) == 25 - len(AT_ZERO) - len(UNCRITICAL)


def test_only_the_live_stop_drill_is_timed_and_its_limit_is_three_seconds() -> None:
    assert [one.id for one in BAR.criteria if one.timed] == ["C17"]
    assert BAR.rules.drill_seconds == 3


def test_level_one_says_the_same_on_every_line() -> None:
    assert {one.levels[1] for one in BAR.criteria} == {"Only after a prompt, or not every time"}


def test_all_at_the_pass_level_passes() -> None:
    assert outcome() is Outcome.PASSED


@pytest.mark.parametrize("line", STAR)
@pytest.mark.parametrize("mark", [Mark.ZERO, Mark.ONE])
def test_a_must_know_line_below_two_is_a_critical_fail(line: str, mark: Mark) -> None:
    found = result(BAR, {**ALL_TWO, line: mark})
    assert found.outcome is Outcome.CRITICAL_FAIL
    assert found.broken[0].criteria == (line,)


@pytest.mark.parametrize("line", AT_ZERO)
def test_a_critical_line_at_zero_is_a_critical_fail_and_at_one_a_plain_fail(line: str) -> None:
    assert outcome(**{line: Mark.ZERO}) is Outcome.CRITICAL_FAIL
    at_one = result(BAR, {**ALL_TWO, line: Mark.ONE})
    assert at_one.outcome is Outcome.FAILED
    assert [one.rule for one in at_one.broken] == [Rule.CRITICAL_UNDER_STANDARD]


@pytest.mark.parametrize("line", UNCRITICAL)
def test_an_uncritical_line_at_zero_fails_without_being_a_critical_fail(line: str) -> None:
    found = result(BAR, {**ALL_TWO, line: Mark.ZERO})
    assert found.outcome is Outcome.FAILED
    assert [one.rule for one in found.broken] == [Rule.LEVEL_ZERO]


def test_two_lines_at_one_pass_and_three_fail() -> None:
    assert outcome(B3=Mark.ONE, C15=Mark.ONE) is Outcome.PASSED
    assert outcome(B3=Mark.ONE, C15=Mark.ONE, C18=Mark.ONE) is Outcome.FAILED


@pytest.mark.parametrize("line", STAR + AT_ZERO)
def test_one_critical_line_not_observed_is_incomplete_and_not_failed(line: str) -> None:
    found = result(BAR, {**ALL_TWO, line: Mark.NOT_OBSERVED})
    assert found.outcome is Outcome.INCOMPLETE
    assert not found.can_be_signed
    assert line in found.sentence


def test_two_other_lines_not_observed_pass_and_three_are_incomplete() -> None:
    assert outcome(B3=Mark.NOT_OBSERVED, C15=Mark.NOT_OBSERVED) is Outcome.PASSED
    assert outcome(**dict.fromkeys(UNCRITICAL, Mark.NOT_OBSERVED)) is Outcome.INCOMPLETE


def test_what_was_seen_and_breaks_a_rule_fails_even_if_other_lines_were_not_seen() -> None:
    assert outcome(C1=Mark.NOT_OBSERVED, C18=Mark.ZERO) is Outcome.FAILED


@pytest.mark.parametrize("line", [one.id for one in BAR.criteria])
def test_a_line_without_a_mark_is_open_and_never_taken_for_not_observed(line: str) -> None:
    found = result(BAR, {other: mark for other, mark in ALL_TWO.items() if other != line})
    assert found.outcome is Outcome.UNFINISHED
    assert found.open == (line,)
    assert found.not_observed == ()
    assert not found.can_be_signed


def test_a_critical_fail_ends_the_attempt_with_lines_still_open() -> None:
    found = result(BAR, {"C10": Mark.ZERO})
    assert found.outcome is Outcome.CRITICAL_FAIL
    assert found.can_be_signed
    assert len(found.open) == 24


def test_a_plain_fail_waits_for_the_rest_of_the_sheet_and_says_that_it_cannot_be_passed() -> None:
    found = result(BAR, {"C18": Mark.ZERO})
    assert found.outcome is Outcome.UNFINISHED
    assert "cannot be passed" in found.sentence


def test_an_empty_sheet_is_unfinished() -> None:
    found = result(BAR, {})
    assert (found.outcome, found.rated, found.of, found.points) == (Outcome.UNFINISHED, 0, 25, 0)


def test_points_are_counted_out_of_each_lines_own_maximum() -> None:
    found = result(BAR, {**ALL_TWO, "C1": Mark.THREE, "C18": Mark.NOT_OBSERVED})
    assert (found.points, found.available) == (23 * 2 + 3, 75)


def test_a_mark_the_sheet_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="no line R1"):
        result(BAR, {"R1": Mark.TWO})


@pytest.mark.parametrize(
    ("seconds", "mark"), [(0.0, Mark.TWO), (2.9, Mark.TWO), (3.0, Mark.TWO), (3.1, Mark.ZERO), (60.0, Mark.ZERO)]
)
def test_the_clock_of_the_stop_drill_suggests_the_level(seconds: float, mark: Mark) -> None:
    assert suggested_mark(BAR, seconds) is mark


def test_a_level_that_the_clock_speaks_against_is_named() -> None:
    assert contradictions(BAR, {"C17": Mark.TWO}, {"C17": 3.0}) == ()
    assert contradictions(BAR, {"C17": Mark.ZERO}, {"C17": 3.4}) == ()
    (told,) = contradictions(BAR, {"C17": Mark.TWO}, {"C17": 3.4})
    assert told.startswith("C17: the clock says 3.4 s and the level says 2.")


MARKS = st.dictionaries(st.sampled_from([one.id for one in BAR.criteria]), st.sampled_from(list(Mark)))


@given(marks=MARKS)
def test_nothing_passes_with_a_critical_line_below_two(marks: dict[str, Mark]) -> None:
    found = result(BAR, marks)
    if found.passed:
        assert all((marks[line].level or 0) >= 2 for line in STAR + AT_ZERO)
        assert not any(mark is Mark.ZERO for mark in marks.values())
        assert found.open == ()


@given(marks=MARKS, line=st.sampled_from([one.id for one in BAR.criteria]))
def test_seeing_one_more_line_never_turns_a_fail_into_a_pass(marks: dict[str, Mark], line: str) -> None:
    before = result(BAR, {other: mark for other, mark in marks.items() if other != line})
    after = result(BAR, {**{k: v for k, v in marks.items() if k != line}, line: Mark.THREE})
    if before.broken:
        assert not after.passed
