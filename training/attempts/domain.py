"""The only place for the rules of taking a quiz: who may start when, and what a set of answers amounts to. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from training.questions.domain import Drawn
from training.words import day, moment, plural

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
class Holding:
    """What clearance says of an earlier pass, now."""

    #: every policy line that asks for this quiz is met
    met: bool
    #: the last day it holds; None where it has no end
    through: date | None = None
    #: the first day on which a new pass renews it; None where it has no end
    renewable_from: date | None = None


class State(StrEnum):
    """Where a person stands with a quiz."""

    OPEN = "open"
    RESUME = "resume"
    WAIT = "wait"
    EXHAUSTED = "exhausted"
    PASSED = "passed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A new try may begin."""

    cycle: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """One is open; it goes on where it was left."""

    attempt: Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """No new try now: why, and from when."""

    state: State
    sentence: str
    #: when the next try opens by itself; None where it does not
    opens_at: datetime | None = None


def may_start(
    attempts: Sequence[Attempt],
    *,
    at: datetime,
    rules: Rules,
    holding: Holding | None,
    released: int,
    zone: str,
) -> Start | Resume | Refusal:
    """Whether a person may begin a try at this moment.

    Tries are counted in rounds. A pass closes a round; the next opens when the pass no longer meets clearance, or
    inside its renewal window. A release (by a manager, with a reason) closes a round that is used up.

    Args:
        attempts: all hers at this quiz, in any order.
        at: the moment asked about.
        rules: as published now.
        holding: what clearance says of her pass; None where no policy line asks for this quiz.
        released: how many rounds were released.
        zone: whose calendar and clock the sentences use.
    """
    ordered = sorted(attempts, key=lambda one: (one.cycle, one.number))
    if ordered and ordered[-1].outcome is None:
        return Resume(attempt=ordered[-1])
    passed = [one for one in ordered if one.passed]
    cycle = 1 + len(passed) + released
    tries = [one for one in ordered if one.cycle == cycle]
    if passed and not tries and (held := _still_good(passed[-1], at=at, holding=holding, zone=zone)):
        return held
    number = 1 + len(tries)
    if number > rules.attempts:
        return Refusal(
            state=State.EXHAUSTED,
            sentence=f"All {rules.attempts} tries are used. Go through the sections you missed, then ask your manager "
            "to open a new round.",
        )
    if tries and (last := tries[-1].outcome) and at < (opens_at := last.submitted_at + rules.wait):
        return Refusal(
            state=State.WAIT,
            sentence=f"Your next try opens on {moment(opens_at, zone)}. Until then, read the sections you missed.",
            opens_at=opens_at,
        )
    return Start(cycle=cycle, number=number)


def _still_good(last: Attempt, *, at: datetime, holding: Holding | None, zone: str) -> Refusal | None:
    """Why no new round opens yet after a pass; None when it may."""
    passed_at = last.outcome.submitted_at if last.outcome else at
    said = f"You passed on {day(passed_at, zone)}."
    if holding is None:
        return Refusal(state=State.PASSED, sentence=f"{said} There is nothing to renew.")
    if not holding.met:
        return None
    if holding.through is None or holding.renewable_from is None:
        return Refusal(state=State.PASSED, sentence=f"{said} It has no end, so there is nothing to renew.")
    if at.astimezone(ZoneInfo(zone)).date() >= holding.renewable_from:
        return None
    return Refusal(
        state=State.PASSED,
        sentence=f"{said} It is valid through {day(holding.through)}; you can renew it from "
        f"{day(holding.renewable_from)} on.",
    )


def start_sentence(start: Start, rules: Rules) -> str:
    """What a person reads beside the button that starts a try."""
    hours = int(rules.wait.total_seconds() // 3600)
    if start.number == 1:
        return f"You have {plural(rules.attempts, 'try', 'tries')}, with {plural(hours, 'hour')} between them."
    if start.number == rules.attempts:
        return f"This is the last of {rules.attempts} tries. It asks other questions than before where it can."
    return f"Try {start.number} of {rules.attempts} is open. It asks other questions than before where it can."


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a person stands with a quiz, for her home page and the module's page."""

    quiz: str
    state: State
    sentence: str
    #: when the next try opens by itself
    opens_at: datetime | None
    #: the latest try
    last: Attempt | None


def progress(
    quiz: str, decision: Start | Resume | Refusal, *, last: Attempt | None, rules: Rules, zone: str
) -> Progress:
    """The decision about starting, as a state with its sentence."""
    opens_at = None
    match decision:
        case Start():
            state, sentence = State.OPEN, start_sentence(decision, rules)
        case Resume(attempt=attempt):
            state = State.RESUME
            sentence = (
                f"You began on {moment(attempt.started_at, zone)}. What you answered is saved; go on when you like."
            )
        case Refusal():
            state, sentence, opens_at = decision.state, decision.sentence, decision.opens_at
    return Progress(quiz=quiz, state=state, sentence=sentence, opens_at=opens_at, last=last)
