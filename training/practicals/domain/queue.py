"""The only place that says who is ready to be observed, and puts the queue of a senior into words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from training.practicals.domain.observation import Observation
from training.practicals.domain.result import Result
from training.practicals.domain.signing import Verdict


class LineFacts(Protocol):
    """What readiness asks of a requirement's line; clearance's Line has it."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def met(self) -> bool: ...


class Readiness(StrEnum):
    """Whether a practical makes sense for somebody now."""

    READY = "ready"
    THEORY_FIRST = "theory_first"
    NOT_ASKED = "not_asked"  # the grade she is on the way to asks for no practical
    NOT_DUE = "not_due"  # the last one still holds, and no renewal is due


def readiness(lines: Iterable[LineFacts], *, renewal_due: bool) -> tuple[Readiness, tuple[str, ...]]:
    """Whether somebody is ready to be observed, and the titles of the theory that is missing.

    `lines` are the requirements of the grade she is on the way to, or holds.
    """
    known = list(lines)
    practical = [line for line in known if line.kind == "practical"]
    if not practical:
        return Readiness.NOT_ASKED, ()
    if all(line.met for line in practical) and not renewal_due:
        return Readiness.NOT_DUE, ()
    missing = tuple(line.title for line in known if line.kind == "quiz" and not line.met)
    return (Readiness.THEORY_FIRST, missing) if missing else (Readiness.READY, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One person who is ready, in one authorisation, as one senior sees it."""

    person_id: str
    name: str
    site_names: str
    authorisation: str
    title: str
    status: str
    leads_to: str
    verdict: Verdict  # may this senior observe, and if not, why
    trainer: str | None  # main trainer's name


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSheet:
    """An unfinished sheet on the list."""

    observation: Observation
    name: str
    holder: str
    title: str  # of the authorisation
    result: Result
    touched_at: datetime  # the last tap, or the start
    verdict: Verdict  # may this senior go on with it, or take it over
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A signed sheet on the list."""

    observation: Observation
    name: str
    title: str
    passed: bool
    points: int
    available: int
    voided: bool
