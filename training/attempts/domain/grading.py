"""The only place that decides what a submitted attempt amounts to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from training.attempts.domain.sitting import Outcome, Rules, least
from training.words import plural


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """One question of a submitted attempt, marked."""

    objective: str
    must_know: bool
    right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveScore:
    """How one objective went."""

    objective: str
    must_know: bool
    right: int
    available: int


def grade(questions: Sequence[Graded], rules: Rules, *, at: datetime) -> Outcome:
    """What the marked questions amount to: both shares must be reached, whatever the other one is (HP-21).

    An attempt without questions is never passed.
    """
    must = [one for one in questions if one.must_know]
    right, must_right = sum(one.right for one in questions), sum(one.right for one in must)
    return Outcome(
        submitted_at=at,
        right=right,
        available=len(questions),
        must_know_right=must_right,
        must_know_available=len(must),
        passed=bool(questions)
        and right * 100 >= rules.quiz_percent * len(questions)
        and must_right * 100 >= rules.must_know_percent * len(must),
    )


def by_objective(questions: Sequence[Graded], order: Sequence[str]) -> tuple[ObjectiveScore, ...]:
    """The score of each objective that was asked about, in the module's order."""
    found = []
    for objective in order:
        asked = [one for one in questions if one.objective == objective]
        if asked:
            found.append(
                ObjectiveScore(
                    objective=objective,
                    must_know=asked[0].must_know,
                    right=sum(one.right for one in asked),
                    available=len(asked),
                )
            )
    return tuple(found)


def outcome_sentence(outcome: Outcome, rules: Rules) -> str:
    """Why it was passed or not, in one sentence."""
    asked, must = outcome.available, outcome.must_know_available
    needed, needed_must = least(rules.quiz_percent, asked), least(rules.must_know_percent, must)
    if outcome.passed:
        return f"{outcome.right} of {asked} right, and {outcome.must_know_right} of {must} must-know questions."
    wrong = plural(must - outcome.must_know_right, "must-know question")
    asks = "they all have to be right" if needed_must == must else f"{needed_must} of {must} have to be right"
    if outcome.right >= needed:
        return f"{outcome.right} of {asked} reaches the pass mark, but {wrong} went wrong: {asks}, whatever the total."
    if outcome.must_know_right < needed_must:
        return f"{needed} of {asked} are needed; you had {outcome.right}. And {wrong} went wrong: {asks}."
    return f"{needed} of {asked} are needed; you had {outcome.right}. The must-know questions were right."
