"""The only place that words the trainee's way: the headline, and the one next step. Pure."""

from dataclasses import dataclass
from typing import Final

from training.clearance.domain import Line, Standing, Status
from training.words import day

_NUMBERS: Final = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """The card on top of the page. `tone` is empty, wait, stop or done; `to` names where its button leads."""

    kicker: str
    title: str
    sentence: str
    to: str  # an endpoint, or empty
    values: dict[str, str]
    action: str
    tone: str = ""


def headline(standing: Standing) -> str:
    """The answer first: cleared until when, or how many steps are left."""
    if standing.status is Status.SUSPENDED:
        return "You are suspended"
    if standing.may_work:
        through = f", through {day(standing.valid_through)}" if standing.valid_through else ""
        return f"You are cleared{through}"
    left = sum(not line.met for line in standing.requirements)
    aim = standing.aim or "first"
    steps = f"{_NUMBERS[left] if left < len(_NUMBERS) else left} {'step' if left == 1 else 'steps'}"
    if standing.status is Status.LAPSED:
        return f"Your clearance has ended: {steps.lower()} to renew it"
    return f"{steps} from your {aim} clearance"


def what_may_be_done(standing: Standing) -> str:
    """What the load ladder shows, in a sentence."""
    if standing.may_work:
        conditions = f" Condition: {', '.join(standing.conditions)}." if standing.conditions else ""
        return f"Work on clients up to {standing.load_cap}.{conditions}"
    if standing.status in {Status.SUSPENDED, Status.REVOKED}:
        return "No foot work on anybody until this is lifted."
    return "Nothing on clients yet. Practise on screened volunteers only, at level 1, with a senior in the room."


def practice_cap(standing: Standing) -> str | None:
    """The cap to draw across the ladder: of the grade held; L1 for a trainee; none while suspended."""
    if standing.may_work:
        return standing.load_cap
    return None if standing.status in {Status.SUSPENDED, Status.REVOKED} else "L1"


def document_step(line: Line, *, waiting: bool) -> NextStep:
    """A document that nobody has seen yet."""
    if waiting:
        return NextStep(
            kicker="Waiting",
            title=line.title,
            sentence="You have sent it. Your manager has to look at the original; show it when you see her.",
            to="documents.own",
            values={},
            action="See your documents",
            tone="wait",
        )
    return NextStep(
        kicker="Next",
        title=line.title,
        sentence="Write down its number and the day it expires, then show the original to your manager.",
        to="documents.own",
        values={},
        action="Add the document",
    )
