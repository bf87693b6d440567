"""The only place that decides who may start a try, when, and why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from training.attempts.domain.sitting import Attempt, Rules
from training.words import day, moment, plural


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
class Progress:
    """Where a person stands with a quiz, for her home page and the module's page."""

    quiz: str
    state: State
    sentence: str
    #: when the next try opens by itself
    opens_at: datetime | None
    #: the latest try
    last: Attempt | None
    #: of the try that is open or may begin, within its round
    number: int | None = None


def progress(
    quiz: str, decision: Start | Resume | Refusal, *, last: Attempt | None, rules: Rules, zone: str
) -> Progress:
    """The decision about starting, as a state with its sentence."""
    opens_at, number = None, None
    match decision:
        case Start():
            state, sentence, number = State.OPEN, start_sentence(decision, rules), decision.number
        case Resume(attempt=attempt):
            state, number = State.RESUME, attempt.number
            sentence = (
                f"You began on {moment(attempt.started_at, zone)}. What you answered is saved; go on when you like."
            )
        case Refusal():
            state, sentence, opens_at = decision.state, decision.sentence, decision.opens_at
    return Progress(quiz=quiz, state=state, sentence=sentence, opens_at=opens_at, last=last, number=number)
