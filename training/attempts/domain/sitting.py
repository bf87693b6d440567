"""The only place for what an attempt, its answers and the published rules of a quiz are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from training.questions.domain import Drawn

#: The house number that holds the pass marks, and the names of its values.
QUIZ_PERCENT: Final = "quiz_percent"
MUST_KNOW_PERCENT: Final = "must_know_percent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a quiz asks, as published when the attempt starts."""

    questions: int
    must_know: int
    #: the share of all questions that must be right, 0 to 100
    quiz_percent: int
    #: the share of must-know questions that must be right, 0 to 100
    must_know_percent: int
    #: tries in one round
    attempts: int
    #: between the end of one try and the start of the next
    wait: timedelta

    @property
    def needed(self) -> int:
        """The fewest right answers that reach the pass mark."""
        return least(self.quiz_percent, self.questions)

    @property
    def must_know_needed(self) -> int:
        """The fewest right must-know answers that do."""
        return least(self.must_know_percent, self.must_know)


def least(percent: int, of: int) -> int:
    """The smallest whole number that is at least `percent` of `of`."""
    return -(-percent * of // 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person chose, as she gave it."""

    #: the question's place in the attempt, from 1
    place: int
    #: in the item's own ids; () is an answer taken back
    given: tuple[str, ...]
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a submitted attempt came to."""

    submitted_at: datetime
    right: int
    available: int
    must_know_right: int
    must_know_available: int
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One sitting of one quiz. Questions, versions and order were drawn once and never change."""

    id: str
    person_id: str
    #: the module's id
    quiz: str
    #: the round; a pass closes it, and a release opens another
    cycle: int
    #: the try within the round, from 1
    number: int
    #: how many tries the round had when this one began
    limit: int
    seed: str
    drawn: tuple[Drawn, ...]
    #: the published editions it is shown and marked by: "bank:M3" → digest
    revisions: Mapping[str, str]
    started_at: datetime
    #: None while it is open
    outcome: Outcome | None = None

    @property
    def passed(self) -> bool:
        """Whether it was submitted and passed."""
        return self.outcome is not None and self.outcome.passed


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A used-up round closed by somebody else, so that the next one opens."""

    cycle: int
    released_by: str
    reason: str
    released_at: datetime


def seen(attempts: Sequence[Attempt]) -> Counter[str]:
    """How often each item was shown to the person, by item id."""
    return Counter(one.item_id for attempt in attempts for one in attempt.drawn)


def next_place(attempt: Attempt, answers: Mapping[int, Answer]) -> int:
    """The first question nothing was chosen for; the last one when all are answered."""
    places = range(1, len(attempt.drawn) + 1)
    return next((place for place in places if place not in answers or not answers[place].given), len(attempt.drawn))
