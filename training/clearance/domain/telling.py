"""The only place that puts a fact into words: its title, and the sentence under a requirement that it meets."""

from collections.abc import Callable, Mapping
from typing import Final

from training.clearance.domain.ledger import Adverse
from training.evidence.domain import (
    DocumentVerified,
    Fact,
    FoundingConfirmed,
    FoundingProposed,
    PracticalSigned,
    QuizPassed,
    Suspended,
    SuspensionLifted,
    Voided,
)
from training.words import day, moment

#: A person's id to the name to show.
Named = Callable[[str | None], str]

_DOCUMENTS: Final = {"licence": "Licence", "insurance": "Insurance"}
_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth")


def titled(fact: Fact, *, of_authorisation: str | None, quiz_title: Callable[[str], str]) -> str:
    """What happened, in a few words. `of_authorisation` is the title of the authorisation it is about, or None."""
    where = f", {of_authorisation}" if of_authorisation else ""
    match fact.payload:
        case QuizPassed(module=module, score=score, available=available):
            return f"Quiz passed: {quiz_title(module)}, {score} of {available}"
        case PracticalSigned(outcome=outcome, points=points, available=available):
            return f"Practical {outcome}{where}, {points} of {available} points"
        case DocumentVerified(document=document, expires_on=expires_on):
            return f"{_DOCUMENTS.get(document, document.capitalize())} seen, good through {day(expires_on)}"
        case Suspended(serious=serious):
            return f"Suspended{', serious' if serious else ''}{where or ', every authorisation'}"
        case SuspensionLifted():
            return f"Suspension lifted{where}"
        case Voided(from_at=from_at):
            return "Evidence voided" if from_at is None else "Evidence voided from a moment on"
        case FoundingProposed():
            return f"Proposed as founding assessor{where}"
        case FoundingConfirmed():
            return f"Confirmed as founding assessor{where}"
        case _:
            return "A fact this version cannot read"


def evidence_sentence(fact: Fact, *, named: Named) -> str:
    """The sentence under a met requirement: by whom, when, with what result."""
    when = day(fact.happened_at, fact.zone)
    match fact.payload:
        case QuizPassed(score=score, available=available, number=number):
            tries = f", {_ORDINALS[number - 1]} try" if 1 < number <= len(_ORDINALS) else ""
            return f"{score} of {available}, every must-know right{tries}, on {when}"
        case PracticalSigned(points=points, available=available):
            return f"Signed by {named(fact.actor_id)} on {when}; {points} of {available} points"
        case DocumentVerified():
            return f"Seen by {named(fact.actor_id)} on {when}"
        case FoundingConfirmed():
            return f"Confirmed by {named(fact.actor_id)} on {when}"
        case _:
            return f"On record since {when}"


def adverse_line(one: Adverse, fact: Fact | None, said: Mapping[str, str], *, zone: str) -> tuple[str, str, str]:
    """What stands against working: a title, the reason with the way back, and since when.

    `said` holds the erasable texts of the fact; without them the sentence of the rules stands alone.
    """
    why = said.get("reason", one.sentence)
    if said.get("way_back"):
        why = f"{why} Way back: {said['way_back']}"
    title = "No suspension in force" if one.kind == "suspended" else "The record can be believed"
    return title, why, f"since {moment(fact.happened_at, zone)}" if fact else ""
