"""The only place where facts and rulebook meet: one person's case in one authorisation, and its answer at a moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from training.clearance.domain.intervals import (
    BEGIN,
    END,
    NEVER,
    TICK,
    Interval,
    Spans,
    add_days,
    contains,
    intersection,
    start_of,
    subtract,
    union,
)
from training.clearance.domain.ledger import Adverse, Ledger, read_ledger
from training.clearance.domain.policy import Authorisation, Edition, Grade, Rulebook
from training.clearance.domain.requirements import Coverage, Evidence
from training.evidence.domain import Fact


class Status(StrEnum):
    """The one word for a standing. Of several that apply the one further down wins."""

    NONE = "none"
    IN_TRAINING = "in_training"
    LAPSED = "lapsed"
    RECHECK_DUE = "recheck_due"
    RENEWAL_DUE = "renewal_due"
    CLEARED = "cleared"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


#: The statuses in which a person may work. Nothing else reads as yes.
WORKING = frozenset({Status.CLEARED, Status.RENEWAL_DUE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said about a person in an authorisation over some time."""

    status: Status
    may_work: bool
    grade: str | None
    load_cap: str | None
    conditions: tuple[str, ...]
    #: Inclusive, in the zone of the fact that ends first.
    valid_through: date | None
    #: Holds the right to sign there.
    assessor: bool


#: The answer where nothing says otherwise.
NO = Answer(
    status=Status.NONE,
    may_work=False,
    grade=None,
    load_cap=None,
    conditions=(),
    valid_through=None,
    assessor=False,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """The time one edition judges, and how it sees the evidence."""

    window: Interval
    edition: Edition
    #: None when the edition does not have this authorisation, or cannot be read.
    authorisation: Authorisation | None
    evidence: Mapping[str, Evidence]
    #: Grades lowest first, each with when all its requirements hold.
    grades: tuple[tuple[Grade, Spans], ...]
    #: When the right to sign holds, grade aside.
    assessor: Spans
    #: Since when anything on record bears on what this edition asks.
    touched: datetime | None

    @property
    def renewal_window_days(self) -> int:
        """So many days before the end, renewal is due."""
        return self.edition.policy.renewal_window_days if self.edition.policy else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything needed to answer for one person and one authorisation at any moment."""

    person_id: str
    authorisation: str
    title: str
    chapters: tuple[Chapter, ...]
    #: Suspensions and blocks that concern this authorisation.
    adverse: tuple[Adverse, ...]
    suspended: Spans
    blocked: Spans
    #: When any grade held, suspensions aside.
    held: Spans
    #: Every instant at which an answer may change, in order.
    boundaries: tuple[datetime, ...]

    def chapter(self, at: datetime) -> Chapter | None:
        """The chapter that judges that moment."""
        return next((one for one in self.chapters if at in one.window), None)


def open_case(
    rulebook: Rulebook, facts: Iterable[Fact], *, person_id: str, authorisation: str, distrust: str | None = None
) -> Case:
    """Judge what is given; cutting to what was known is the caller's.

    ``distrust`` is why the record cannot be believed: then nothing on it counts, and the explanation says why.
    """
    ledger = read_ledger(facts, person_id=person_id, distrust=distrust)
    return open_case_of(rulebook, ledger, authorisation=authorisation)


def open_case_of(rulebook: Rulebook, ledger: Ledger, *, authorisation: str) -> Case:
    """As ``open_case``, for a ledger already read: one reading serves every authorisation."""
    adverse = tuple(one for one in (*ledger.suspensions, *ledger.blocks) if one.concerns(authorisation))
    suspended = union(*(one.spans for one in ledger.suspensions if one.concerns(authorisation)))
    blocked = union(*(one.spans for one in ledger.blocks if one.concerns(authorisation)))
    chapters = tuple(
        _chapter(window, edition, ledger, authorisation, blocked) for window, edition in rulebook.windows()
    )
    return Case(
        person_id=ledger.person_id,
        authorisation=authorisation,
        title=rulebook.title(authorisation),
        chapters=chapters,
        adverse=adverse,
        suspended=suspended,
        blocked=blocked,
        held=union(*(intersection((chapter.window,), spans) for chapter in chapters for _, spans in chapter.grades)),
        boundaries=_boundaries(chapters, (suspended, blocked)),
    )


def _chapter(window: Interval, edition: Edition, ledger: Ledger, authorisation: str, blocked: Spans) -> Chapter:
    policy = edition.policy
    found = policy.find(authorisation) if policy else None
    if policy is None or found is None:
        return Chapter(
            window=window,
            edition=edition,
            authorisation=None,
            evidence={},
            grades=(),
            assessor=NEVER,
            touched=None,
        )
    asked = {one for grade in found.grades for one in grade.requirements}
    asked |= set(found.assessor.requirements) if found.assessor else set()
    evidence = {one: policy.line(one).evidence(ledger, authorisation) for one in asked}

    def all_of(requirements: Iterable[str]) -> Spans:
        lines = [evidence[one].spans() for one in requirements]
        # All of nothing holds for nobody.
        return subtract(intersection(*lines), blocked) if lines else NEVER

    return Chapter(
        window=window,
        edition=edition,
        authorisation=found,
        evidence=evidence,
        grades=tuple((grade, all_of(grade.requirements)) for grade in found.grades),
        assessor=all_of(found.assessor.requirements) if found.assessor else NEVER,
        touched=min((since for one in evidence.values() if (since := one.touched()) is not None), default=None),
    )


def _boundaries(chapters: Iterable[Chapter], adverse: Iterable[Spans]) -> tuple[datetime, ...]:
    # More than enough: where nothing changes, the periods on both sides are joined again.
    found = {BEGIN}
    for spans in adverse:
        found |= {edge for one in spans for edge in (one.start, one.end)}
    for chapter in chapters:
        found |= {chapter.window.start, chapter.window.end, chapter.touched or BEGIN}
        for one in chapter.evidence.values():
            for coverage in one.coverages:
                found |= {coverage.during.start, coverage.during.end, _renewal_opens(chapter, coverage)}
    return tuple(sorted(edge for edge in found if edge < END))


def _renewal_opens(chapter: Chapter, coverage: Coverage) -> datetime:
    """The first instant of the day from which renewal is due, counted back from the last day of the coverage."""
    return start_of(add_days(coverage.through, -chapter.renewal_window_days), coverage.zone)


def grade_at(case: Case, at: datetime) -> tuple[Chapter, Grade] | None:
    """The highest grade whose requirements all hold at that moment, suspensions aside."""
    chapter = case.chapter(at)
    if chapter is None:
        return None
    return next(((chapter, grade) for grade, spans in reversed(chapter.grades) if contains(spans, at)), None)


def limiting(chapter: Chapter, requirements: Iterable[str], at: datetime) -> tuple[str, Coverage] | None:
    """The requirement that ends first among those given, with the coverage that meets it at that moment."""
    inside = [(one, coverage) for one in requirements if (coverage := chapter.evidence[one].at(at)) is not None]
    return min(inside, key=lambda pair: (pair[1].rank, pair[0]), default=None)


def answer_at(case: Case, at: datetime) -> Answer:
    """The answer at one moment. Whatever is not known to be a yes is a no."""
    held = grade_at(case, at)
    if contains(case.suspended, at):
        return _no(Status.SUSPENDED)
    if held is None:
        return _no(_without_grade(case, at))
    chapter, grade = held
    first_to_end = limiting(chapter, grade.requirements, at)
    if first_to_end is None:
        return _no(_without_grade(case, at))
    coverage = first_to_end[1]
    due = _renewal_opens(chapter, coverage) <= at
    return Answer(
        status=Status.RENEWAL_DUE if due else Status.CLEARED,
        may_work=True,
        grade=grade.id,
        load_cap=grade.load_cap,
        conditions=grade.conditions,
        valid_through=coverage.through,
        assessor=_may_sign(chapter, grade, at),
    )


def _no(status: Status) -> Answer:
    return Answer(
        status=status, may_work=False, grade=None, load_cap=None, conditions=(), valid_through=None, assessor=False
    )


def _without_grade(case: Case, at: datetime) -> Status:
    chapter = case.chapter(at)
    if chapter is None:
        return Status.NONE
    if case.held and case.held[0].start <= at:
        return Status.LAPSED
    return Status.IN_TRAINING if chapter.touched is not None and chapter.touched <= at else Status.NONE


def _may_sign(chapter: Chapter, grade: Grade, at: datetime) -> bool:
    rule = chapter.authorisation.assessor if chapter.authorisation else None
    if rule is None or not contains(chapter.assessor, at):
        return False
    order = [one.id for one, _ in chapter.grades]
    return rule.grade in order and order.index(grade.id) >= order.index(rule.grade)


def last_held(case: Case, at: datetime) -> datetime | None:
    """A moment just before the end of the latest time a grade was held; None when none ever was before ``at``."""
    ended = [one.end for one in case.held if one.end <= at]
    return max(ended) - TICK if ended else None


def changes_at(case: Case, at: datetime) -> datetime | None:
    """The next moment at which the answer changes by itself; None when it never does."""
    present = answer_at(case, at)
    return next((edge for edge in case.boundaries if edge > at and answer_at(case, edge) != present), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A stretch of time with one answer."""

    during: Interval
    #: Revision of the edition in force at its start; None before the first publication.
    edition: int | None
    answer: Answer


def periods_of(case: Case) -> tuple[Period, ...]:
    """The whole of time, cut where the answer changes: no gap, no overlap, neighbours always differ."""
    return tuple(_joined(case))


def _joined(case: Case) -> Iterator[Period]:
    start, present = BEGIN, answer_at(case, BEGIN)
    for edge in case.boundaries[1:]:
        following = answer_at(case, edge)
        if following != present:
            yield _period(case, start, edge, present)
            start, present = edge, following
    yield _period(case, start, END, present)


def _period(case: Case, start: datetime, end: datetime, answer: Answer) -> Period:
    chapter = case.chapter(start)
    return Period(during=Interval(start, end), edition=chapter.edition.revision if chapter else None, answer=answer)
