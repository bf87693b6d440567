"""The only place for the rules of taking a quiz: who may start when, and what a set of answers amounts to. Pure."""

from training.attempts.domain.grading import Graded, ObjectiveScore, by_objective, grade, outcome_sentence
from training.attempts.domain.sitting import (
    MUST_KNOW_PERCENT,
    QUIZ_PERCENT,
    Answer,
    Attempt,
    Outcome,
    Release,
    Rules,
    least,
    next_place,
    seen,
)
from training.attempts.domain.starting import (
    Holding,
    Progress,
    Refusal,
    Resume,
    Start,
    State,
    may_start,
    progress,
    start_sentence,
)

__all__ = [
    "MUST_KNOW_PERCENT",
    "QUIZ_PERCENT",
    "Answer",
    "Attempt",
    "Graded",
    "Holding",
    "ObjectiveScore",
    "Outcome",
    "Progress",
    "Refusal",
    "Release",
    "Resume",
    "Rules",
    "Start",
    "State",
    "by_objective",
    "grade",
    "least",
    "may_start",
    "next_place",
    "outcome_sentence",
    "progress",
    "seen",
    "start_sentence",
]
