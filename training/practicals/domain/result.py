"""The only place that says what ratings amount to: passed, failed, incomplete, critical fail."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from training.practicals.domain.sheet import Criterion, Critical, Sheet


class Mark(StrEnum):
    """What an assessor can say about a criterion. Saying nothing yet is no mark."""

    ZERO = "0"
    ONE = "1"
    TWO = "2"
    THREE = "3"
    NOT_OBSERVED = "not_observed"

    @property
    def level(self) -> int | None:
        """The level, or None where it was not observed."""
        return None if self is Mark.NOT_OBSERVED else int(self.value)


class Outcome(StrEnum):
    """What the sheet says as it stands."""

    UNFINISHED = "unfinished"  # lines are still open
    INCOMPLETE = "incomplete"  # too much was not observed: neither passed nor failed
    PASSED = "passed"
    FAILED = "failed"
    CRITICAL_FAIL = "critical_fail"  # ends the attempt, whatever else is open


class Rule(StrEnum):
    """The rules a practical can break."""

    CRITICAL_FAIL = "critical_fail"
    CRITICAL_UNDER_STANDARD = "critical_under_standard"
    LEVEL_ZERO = "level_zero"
    TOO_MANY_AT_ONE = "too_many_at_one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """One rule that was not kept, and the lines that broke it."""

    rule: Rule
    criteria: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the ratings amount to under the sheet's rules."""

    outcome: Outcome
    broken: tuple[Broken, ...]
    points: int
    available: int
    rated: int  # lines with a mark, "not observed" included
    of: int
    open: tuple[str, ...]  # lines without a mark
    not_observed: tuple[str, ...]
    sentence: str

    @property
    def can_be_signed(self) -> bool:
        """Whether there is something to sign: a pass or a fail, not a sheet that leaves it open."""
        return self.outcome in {Outcome.PASSED, Outcome.FAILED, Outcome.CRITICAL_FAIL}

    @property
    def passed(self) -> bool:
        """Whether it counts."""
        return self.outcome is Outcome.PASSED


def result(sheet: Sheet, marks: Mapping[str, Mark]) -> Result:
    """Apply the rules of the first practical (house policy, domain notes 3.2).

    A line that was never marked is open; a line marked "not observed" was looked for and not seen. What was
    observed and breaks a rule fails the practical even if other lines were not observed: seeing more could not mend it.
    A critical fail ends the attempt, so it needs no further marks.

    Raises:
        ValueError: a mark on a line the sheet does not have, or above the line's maximum level.
    """
    _check(sheet, marks)
    levels = {one.id: marks[one.id].level for one in sheet.criteria if one.id in marks}
    still_open = tuple(one.id for one in sheet.criteria if one.id not in marks)
    unseen = tuple(one for one in sheet.criteria if one.id in marks and marks[one.id] is Mark.NOT_OBSERVED)
    broken = _broken(sheet, levels)
    unseen_critical = tuple(one.id for one in unseen if one.is_critical)
    unseen_other = tuple(one.id for one in unseen if not one.is_critical)
    too_little = bool(unseen_critical) or len(unseen_other) > sheet.rules.most_not_observed
    if any(one.rule is Rule.CRITICAL_FAIL for one in broken):
        outcome = Outcome.CRITICAL_FAIL
    elif still_open:
        outcome = Outcome.UNFINISHED
    elif broken:
        outcome = Outcome.FAILED
    elif too_little:
        outcome = Outcome.INCOMPLETE
    else:
        outcome = Outcome.PASSED
    return Result(
        outcome=outcome,
        broken=broken,
        points=sum(level for level in levels.values() if level is not None),
        available=sheet.available,
        rated=len(levels),
        of=len(sheet.criteria),
        open=still_open,
        not_observed=tuple(one.id for one in unseen),
        sentence=_sentence(
            sheet, outcome, broken, still_open=still_open, unseen_critical=unseen_critical, unseen_other=unseen_other
        ),
    )


def suggested_mark(sheet: Sheet, seconds: float) -> Mark:
    """The mark a stop drill's time speaks for: the pass level within the limit, 0 over it."""
    return Mark(str(sheet.rules.pass_level)) if seconds <= sheet.rules.drill_seconds else Mark.ZERO


def contradictions(sheet: Sheet, marks: Mapping[str, Mark], seconds: Mapping[str, float]) -> tuple[str, ...]:
    """Sentences for every timed line whose level is better than its time allows; such a sheet is not signed."""
    found = []
    for one in sheet.criteria:
        mark = marks.get(one.id)
        taken = seconds.get(one.id)
        if mark is None or taken is None or mark.level is None:
            continue
        if taken > sheet.rules.drill_seconds and mark.level >= sheet.rules.pass_level:
            limit = f"{sheet.rules.drill_seconds:g}"
            found.append(
                f"{one.id}: the clock says {taken:.1f} s and the level says {mark.level}. Over {limit} s is level 0: "
                "change the level, or correct the time."
            )
    return tuple(found)


def _check(sheet: Sheet, marks: Mapping[str, Mark]) -> None:
    lines = {one.id: one for one in sheet.criteria}
    for criterion_id, mark in marks.items():
        criterion = lines.get(criterion_id)
        if criterion is None:
            raise ValueError(f"the sheet {sheet.key} has no line {criterion_id}")
        if mark.level is not None and mark.level > criterion.maximum:
            raise ValueError(f"the line {criterion_id} has no level {mark.level}")


def is_critical_fail(sheet: Sheet, criterion: Criterion, level: int) -> bool:
    """Whether this level on this line ends the attempt."""
    if criterion.critical is Critical.UNDER_STANDARD:
        return level < sheet.rules.pass_level
    return criterion.critical is Critical.AT_ZERO and level == 0


def _broken(sheet: Sheet, levels: Mapping[str, int | None]) -> tuple[Broken, ...]:
    seen = [(one, level) for one in sheet.criteria if (level := levels.get(one.id)) is not None]
    needed = sheet.rules.pass_level
    critical = tuple(one.id for one, level in seen if is_critical_fail(sheet, one, level))
    below = tuple(one.id for one, level in seen if one.is_critical and level < needed and one.id not in critical)
    zero = tuple(one.id for one, level in seen if level == 0 and one.id not in critical)
    at_one = tuple(one.id for one, level in seen if level == 1)
    found = []
    if critical:
        found.append(Broken(rule=Rule.CRITICAL_FAIL, criteria=critical, sentence=f"Critical fail: {_list(critical)}."))
    if below:
        found.append(
            Broken(
                rule=Rule.CRITICAL_UNDER_STANDARD,
                criteria=below,
                sentence=f"A critical line needs level {needed}: {_list(below)}.",
            )
        )
    if zero:
        found.append(
            Broken(rule=Rule.LEVEL_ZERO, criteria=zero, sentence=f"No line may stay at level 0: {_list(zero)}.")
        )
    if len(at_one) > sheet.rules.most_at_one:
        found.append(
            Broken(
                rule=Rule.TOO_MANY_AT_ONE,
                criteria=at_one,
                sentence=f"At most {sheet.rules.most_at_one} lines may stay at level 1, {len(at_one)} do: "
                f"{_list(at_one)}.",
            )
        )
    return tuple(found)


def _sentence(
    sheet: Sheet,
    outcome: Outcome,
    broken: tuple[Broken, ...],
    *,
    still_open: tuple[str, ...],
    unseen_critical: tuple[str, ...],
    unseen_other: tuple[str, ...],
) -> str:
    why = " ".join(one.sentence for one in broken)
    if outcome is Outcome.CRITICAL_FAIL:
        return f"{why} This ends the attempt."
    if outcome is Outcome.FAILED:
        return why
    if outcome is Outcome.PASSED:
        return "Every rule of the sheet is kept."
    if outcome is Outcome.INCOMPLETE:
        missing = []
        if unseen_critical:
            missing.append(f"Critical and not observed: {_list(unseen_critical)}.")
        if len(unseen_other) > sheet.rules.most_not_observed:
            missing.append(
                f"At most {sheet.rules.most_not_observed} other lines may go unobserved, {len(unseen_other)} did: "
                f"{_list(unseen_other)}."
            )
        return f"Incomplete, not failed. {' '.join(missing)} Observe these before you sign."
    left = len(still_open)
    left_words = "1 line is still open." if left == 1 else f"{left} lines are still open."
    return f"{left_words} {why} As it stands this cannot be passed." if why else left_words


def _list(ids: tuple[str, ...]) -> str:
    return ", ".join(ids)
