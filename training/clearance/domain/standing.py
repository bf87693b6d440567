"""The only place that explains an answer: line by line, with what is missing, the next step and one sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from training.clearance.domain.case import (
    Answer,
    Case,
    Chapter,
    Period,
    Status,
    answer_at,
    changes_at,
    grade_at,
    last_held,
    limiting,
    open_case,
    periods_of,
)
from training.clearance.domain.intervals import contains
from training.clearance.domain.ledger import Adverse, known
from training.clearance.domain.policy import Grade, Rulebook
from training.evidence.domain import Fact
from training.words import day


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One requirement, as it stands for the person."""

    id: str
    title: str
    kind: str
    #: What it is about: a module (M3), a document (licence), a sheet (bar); None for a founding.
    subject: str | None
    met: bool
    #: The last day it is met, inclusive.
    through: date | None
    #: The fact that meets it, or the last one that bears on it.
    fact_id: str | None
    #: Why it is not met.
    missing: str | None
    #: What to do about it.
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The answer for a person, an authorisation and a moment, with its reasons."""

    person_id: str
    authorisation: str
    title: str
    at: datetime
    known_at: datetime
    #: Revision of the policy that judges; None before the first publication.
    edition: int | None
    grade: str | None
    status: Status
    may_work: bool
    load_cap: str | None
    conditions: tuple[str, ...]
    valid_through: date | None
    changes_at: datetime | None
    #: Of the grade held; else of the grade held last; else of the first grade.
    requirements: tuple[Line, ...]
    #: The grade those lines lead to.
    aim: str | None
    adverse: tuple[Adverse, ...]
    assessor: bool
    next_step: Line | None
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessorRight:
    """Whether a person may sign in an authorisation at a moment, and why not."""

    holds: bool
    reason: str
    #: The last day of the right, inclusive.
    through: date | None


def standing(
    rulebook: Rulebook,
    facts: Iterable[Fact],
    at: datetime,
    *,
    person_id: str,
    authorisation: str,
    known_at: datetime,
    distrust: str | None = None,
) -> Standing:
    """Who may do what, at ``at``, as far as it was published and recorded at ``known_at``."""
    case = open_case(
        rulebook.known(known_at),
        known(facts, known_at),
        person_id=person_id,
        authorisation=authorisation,
        distrust=distrust,
    )
    return explain(case, at, known_at=known_at)


def periods(
    rulebook: Rulebook,
    facts: Iterable[Fact],
    *,
    person_id: str,
    authorisation: str,
    known_at: datetime,
    distrust: str | None = None,
) -> tuple[Period, ...]:
    """All of time with its answers, as far as it was published and recorded at ``known_at``."""
    return periods_of(
        open_case(
            rulebook.known(known_at),
            known(facts, known_at),
            person_id=person_id,
            authorisation=authorisation,
            distrust=distrust,
        )
    )


def explain(case: Case, at: datetime, *, known_at: datetime) -> Standing:
    """The answer at one moment with everything that explains it."""
    answer = answer_at(case, at)
    chapter = case.chapter(at)
    adverse = tuple(one for one in case.adverse if contains(one.spans, at))
    aim = _aim(case, chapter, at)
    lines = tuple(_line(case, chapter, one, at) for one in aim.requirements) if chapter and aim else ()
    told = Standing(
        person_id=case.person_id,
        authorisation=case.authorisation,
        title=chapter.authorisation.title if chapter and chapter.authorisation else case.title,
        at=at,
        known_at=known_at,
        edition=chapter.edition.revision if chapter else None,
        grade=answer.grade,
        status=answer.status,
        may_work=answer.may_work,
        load_cap=answer.load_cap,
        conditions=answer.conditions,
        valid_through=answer.valid_through,
        changes_at=changes_at(case, at),
        requirements=lines,
        aim=aim.id if aim else None,
        adverse=adverse,
        assessor=answer.assessor,
        next_step=_next_step(answer, chapter, aim, lines, at),
        sentence="",
    )
    return replace(told, sentence=_sentence(case, told))


def _aim(case: Case, chapter: Chapter | None, at: datetime) -> Grade | None:
    """The grade whose lines are told: the one held, else the one held last, else the first."""
    if chapter is None or not chapter.grades:
        return None
    held = grade_at(case, at)
    if held:
        return held[1]
    before = last_held(case, at)
    was = grade_at(case, before) if before else None
    if was:
        same = next((grade for grade, _ in chapter.grades if grade.id == was[1].id), None)
        if same:
            return same
    return chapter.grades[0][0]


def _line(case: Case, chapter: Chapter, requirement: str, at: datetime) -> Line:
    policy = chapter.edition.policy
    if policy is None:  # pragma: no cover - a chapter with grades has a policy
        raise ValueError("an edition without a policy has no lines")
    asked = policy.line(requirement)
    evidence = chapter.evidence[requirement]
    block = next((one for one in case.adverse if one.kind != "suspended" and contains(one.spans, at)), None)
    now = evidence.at(at)
    if now is not None and block is None:
        return Line(
            id=asked.id,
            title=asked.title,
            kind=asked.kind,
            subject=asked.subject,
            met=True,
            through=now.through,
            fact_id=now.fact_id,
            missing=None,
            step=asked.step(),
        )
    fact_id, missing = None, "Nothing on record yet."
    ended = evidence.last_before(at)
    refused = max(
        (one for one in evidence.rejected if one.recorded_at <= at),
        key=lambda one: (one.recorded_at, one.fact_id),
        default=None,
    )
    if block is not None:
        fact_id, missing = block.fact_id or None, block.sentence
    elif ended is not None:
        fact_id = ended.fact_id
        why = "was voided from then on" if ended.voided else "ran out"
        missing = f"Held through {day(ended.through)}, then {why}."
    elif refused is not None:
        fact_id, missing = refused.fact_id, f"Does not count: {refused.why}."
    return Line(
        id=asked.id,
        title=asked.title,
        kind=asked.kind,
        subject=asked.subject,
        met=False,
        through=None,
        fact_id=fact_id,
        missing=missing,
        step=asked.step(),
    )


def _next_step(
    answer: Answer, chapter: Chapter | None, aim: Grade | None, lines: tuple[Line, ...], at: datetime
) -> Line | None:
    if answer.status is Status.CLEARED:
        return None
    if answer.status is Status.RENEWAL_DUE and chapter and aim:
        first_to_end = limiting(chapter, aim.requirements, at)
        return next((line for line in lines if first_to_end and line.id == first_to_end[0]), None)
    return next((line for line in lines if not line.met), None)


def _sentence(case: Case, told: Standing) -> str:
    """What the standing says, in one breath: the answer, the reason, the way on."""
    step, status = told.next_step, told.status
    if told.may_work:
        conditions = "".join(f", {condition}" for condition in told.conditions)
        through = f", valid through {day(told.valid_through)}" if told.valid_through else ""
        sentence = f"May work: {told.title}, {told.grade}, up to {told.load_cap}{conditions}{through}."
        return f"{sentence} Renewal is due: {step.title}." if step else sentence
    against = " ".join(one.sentence for one in told.adverse)
    if status is Status.SUSPENDED:
        return f"May not work. {against} A manager lifts it once what was asked for is done."
    if against:
        return f"May not work. {against}"
    chapter = case.chapter(told.at)
    if chapter is None:
        return "May not work: no policy had been published at that moment."
    if chapter.edition.policy is None:
        return "May not work: the policy in force at that moment cannot be read by this version of the software."
    if chapter.authorisation is None:
        return f"May not work: the policy in force at that moment does not have {told.title}."
    following = f" Next: {step.title}. {step.step}" if step else ""
    if status is Status.LAPSED:
        return "May not work: lapsed." + (f" {step.title}: {step.missing} {step.step}" if step else "")
    if status is Status.IN_TRAINING:
        met = sum(line.met for line in told.requirements)
        return f"May not work on clients yet: {met} of {len(told.requirements)} requirements met.{following}"
    return f"May not work: nothing on record.{following}"


def assessor_right_of(case: Case, at: datetime) -> AssessorRight:
    """Whether the person of this case may sign there at that moment, with the reason either way."""
    answer = answer_at(case, at)
    chapter = case.chapter(at)
    rule = chapter.authorisation.assessor if chapter and chapter.authorisation else None
    if chapter is None or rule is None:
        return AssessorRight(
            holds=False, reason=f"Nobody may sign for {case.title}: the policy in force does not say who.", through=None
        )
    if not answer.may_work:
        reason = f"You may not sign for {case.title}: you may not work there yourself ({_word(answer.status)})."
        return AssessorRight(holds=False, reason=reason, through=None)
    if answer.assessor:
        held = grade_at(case, at)
        asked = (*rule.requirements, *(held[1].requirements if held else ()))
        first_to_end = limiting(chapter, asked, at)
        through = first_to_end[1].through if first_to_end else None
        until = f" through {day(through)}" if through else ""
        return AssessorRight(holds=True, reason=f"You may sign for {case.title}{until}.", through=through)
    order = [grade.id for grade, _ in chapter.grades]
    if rule.grade in order and answer.grade in order and order.index(answer.grade) < order.index(rule.grade):
        reason = f"You may not sign for {case.title}: an assessor is {rule.grade} there, and you are {answer.grade}."
        return AssessorRight(holds=False, reason=reason, through=None)
    lines = [_line(case, chapter, one, at) for one in rule.requirements]
    missing = next((line for line in lines if not line.met), None)
    what = f"{missing.title} is not met. {missing.missing}" if missing else "the right is not on record."
    return AssessorRight(holds=False, reason=f"You may not sign for {case.title}: {what}", through=None)


def _word(status: Status) -> str:
    return status.value.replace("_", " ")
