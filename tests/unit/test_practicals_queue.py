"""Who is ready to be observed, and what an open sheet says about itself."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from training.practicals.domain.observation import Change, already_says, obstacles, result_of, untouched
from training.practicals.domain.queue import Readiness, readiness
from training.practicals.domain.result import Mark
from training.practicals.domain.statement import Rating
from training.practicals.domain.telling import critical_tag, critical_words, groups, mark_words, outcome_words
from training.practicals.files import load

SHEET = load(Path(__file__).resolve().parents[2] / "content").sheets[0]


@dataclass(frozen=True)
class Line:
    id: str
    title: str
    kind: str
    met: bool


LICENCE = Line("licence", "Licence", "document", met=False)
M3 = Line("quiz-m3", "Body map", "quiz", met=True)
M9 = Line("quiz-m9", "Bars", "quiz", met=True)
BAR = Line("practical-bar", "Practical on the bar", "practical", met=False)


def rated(line: str, mark: Mark | None, *, seconds: float | None = None, note: str | None = None) -> Rating:
    return Rating(
        criterion=line,
        mark=mark,
        seconds=seconds,
        note=note,
        note_salt=None,
        revision=1,
        rated_by="assessor00000001",
        rated_at=datetime(2026, 11, 26, 9, 34, tzinfo=UTC),
    )


ALL_TWO = {one.id: rated(one.id, Mark.TWO) for one in SHEET.criteria}


def test_theory_met_and_no_practical_yet_is_ready_whatever_the_documents_say() -> None:
    assert readiness([LICENCE, M3, M9, BAR], renewal_due=False) == (Readiness.READY, ())


def test_one_quiz_missing_is_not_ready_and_is_named() -> None:
    lines = [LICENCE, replace(M3, met=False), M9, BAR]
    assert readiness(lines, renewal_due=False) == (Readiness.THEORY_FIRST, ("Body map",))


def test_a_practical_that_still_holds_is_due_only_when_renewal_is() -> None:
    lines = [M3, M9, replace(BAR, met=True)]
    assert readiness(lines, renewal_due=False)[0] is Readiness.NOT_DUE
    assert readiness(lines, renewal_due=True)[0] is Readiness.READY


def test_a_grade_that_asks_for_no_practical_makes_nobody_ready() -> None:
    assert readiness([LICENCE], renewal_due=True)[0] is Readiness.NOT_ASKED
    assert readiness([], renewal_due=False)[0] is Readiness.NOT_ASKED


def test_a_repeated_tap_says_nothing_new() -> None:
    line = rated("C10", Mark.TWO, note="Well clear.")
    same = Change(criterion="C10", seen=0, mark=Mark.TWO, note=None, tenths=None)
    assert already_says(line, same)
    assert not already_says(line, replace(same, mark=Mark.ONE))
    assert not already_says(line, replace(same, note="Less clear."))
    assert already_says(line, replace(same, note="Well clear."))
    assert not already_says(line, replace(same, tenths=24))


def test_a_full_sheet_has_no_obstacle_and_an_open_line_is_one() -> None:
    assert obstacles(SHEET, ALL_TWO) == ()
    assert obstacles(SHEET, {**ALL_TWO, "C1": untouched("C1")}) == ("1 line is still open.",)


def test_a_time_against_the_level_is_an_obstacle() -> None:
    (told,) = obstacles(SHEET, {**ALL_TWO, "C17": rated("C17", Mark.TWO, seconds=3.4)})
    assert told.startswith("C17: the clock says 3.4 s")


def test_the_groups_hold_every_line_once_and_count_what_is_rated() -> None:
    told = groups(SHEET, {"B1": rated("B1", Mark.TWO), "B2": rated("B2", None, note="Waits.")})
    assert sorted(line.criterion.id for group in told for line in group.lines) == sorted(
        one.id for one in SHEET.criteria
    )
    assert told[0].rated == 1
    assert [step.sign for step in told[0].lines[0].steps] == ["0", "1", "2", "3", "–"]


def test_a_line_that_ends_the_attempt_is_marked_and_named_in_the_foot() -> None:
    ratings = {**ALL_TWO, "C10": rated("C10", Mark.ONE)}
    failed = [line.criterion.id for group in groups(SHEET, ratings) for line in group.lines if line.failed]
    assert failed == ["C10"]
    assert critical_words(result_of(SHEET, ratings)) == "critical fail: C10"
    assert outcome_words(result_of(SHEET, ratings)) == "Critical fail"
    assert critical_words(result_of(SHEET, ALL_TWO)) == "no critical fail so far"


def test_words_tell_open_from_not_observed() -> None:
    assert [mark_words(one) for one in (None, rated("C1", Mark.NOT_OBSERVED), rated("C1", Mark.ZERO))] == [
        "Open",
        "Not observed",
        "Level 0",
    ]


def test_the_tag_says_at_which_level_a_line_is_critical() -> None:
    tags = {one.id: critical_tag(one) for one in SHEET.criteria}
    assert (tags["C10"], tags["B5"], tags["B3"]) == ("Critical below 2", "Critical at 0", "")
