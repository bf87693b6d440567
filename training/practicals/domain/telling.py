"""The only place that puts a sheet's state into words and counts, for the page and for the script on it."""

from collections.abc import Mapping
from dataclasses import dataclass

from training.practicals.domain.observation import untouched
from training.practicals.domain.result import Mark, Outcome, Result, Rule, is_critical_fail
from training.practicals.domain.sheet import Criterion, Critical, Sheet
from training.practicals.domain.statement import Rating


@dataclass(frozen=True, slots=True)
class Step:
    """One thing an assessor can tap on a line."""

    value: str
    sign: str  # 0, 1, 2, 3 or a dash
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the sheet with what is noted on it."""

    criterion: Criterion
    rating: Rating
    failed: bool  # as it stands, it ends the attempt

    @property
    def steps(self) -> tuple[Step, ...]:
        """What can be tapped: each level, and a dash for not seen."""
        levels = [Step(str(level), str(level), text) for level, text in enumerate(self.criterion.levels)]
        return (*levels, Step(Mark.NOT_OBSERVED.value, "–", "Not seen"))


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTold:
    """A heading with its lines."""

    id: str
    title: str
    lines: tuple[Line, ...]

    @property
    def rated(self) -> int:
        """How many of its lines have a mark."""
        return sum(line.rating.mark is not None for line in self.lines)


def groups(sheet: Sheet, ratings: Mapping[str, Rating]) -> tuple[GroupTold, ...]:
    """The sheet in the order of the floor."""
    return tuple(
        GroupTold(
            id=group.id,
            title=group.title,
            lines=tuple(
                Line(
                    criterion=one,
                    rating=ratings.get(one.id) or untouched(one.id),
                    failed=_failed(sheet, one, ratings.get(one.id)),
                )
                for one in sheet.in_group(group.id)
            ),
        )
        for group in sheet.groups
    )


def _failed(sheet: Sheet, criterion: Criterion, rating: Rating | None) -> bool:
    level = rating.mark.level if rating and rating.mark else None
    return level is not None and is_critical_fail(sheet, criterion, level)


def critical_tag(criterion: Criterion) -> str:
    """What a low level on this line does, for the tag beside its title."""
    return {Critical.UNDER_STANDARD: "Critical below 2", Critical.AT_ZERO: "Critical at 0"}.get(criterion.critical, "")


def mark_words(rating: Rating | None) -> str:
    """What a line says: "Level 2", "Not observed", "Open"."""
    if rating is None or rating.mark is None:
        return "Open"
    return "Not observed" if rating.mark.level is None else f"Level {rating.mark.level}"


def critical_words(result: Result) -> str:
    """The critical state for the foot of the sheet."""
    failed = next((one for one in result.broken if one.rule is Rule.CRITICAL_FAIL), None)
    return f"critical fail: {', '.join(failed.criteria)}" if failed else "no critical fail so far"


_HEADINGS: Mapping[Outcome, str] = {
    Outcome.UNFINISHED: "Not finished",
    Outcome.INCOMPLETE: "Incomplete",
    Outcome.PASSED: "Passed",
    Outcome.FAILED: "Not passed",
    Outcome.CRITICAL_FAIL: "Critical fail",
}


def outcome_words(result: Result) -> str:
    """The outcome in a word or two."""
    return _HEADINGS[result.outcome]
