"""The only place that gathers what the homes show."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from training.attempts import service as attempts
from training.attempts.domain import State as QuizState
from training.clearance import service as clearance
from training.clearance.domain import Line, Standing
from training.clearance.domain.telling import adverse_line, evidence_sentence
from training.courses import service as courses
from training.courses.domain.reading import ModuleProgress
from training.documents import service as documents
from training.homes.domain import NextStep, document_step, headline, practice_cap, what_may_be_done
from training.people import store as people
from training.permissions import Permission, Role, Viewer
from training.practicals import service as practicals

_LADDER: Final = "HP-14"
_SEEN_ENOUGH: Final = 4  # names of assessors in one sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One authorisation, as its trainee sees it."""

    standing: Standing
    headline: str
    may_do: str
    cap: str | None
    next: NextStep | None
    next_id: str | None  # the requirement that step is about
    evidence: Mapping[str, str]  # requirement id → what meets it
    waiting: Mapping[str, str]  # requirement id → what it waits for
    against: tuple[tuple[str, str, str], ...]  # what stands in the way: title, reason and way back, since
    links: Mapping[str, tuple[str, Mapping[str, Any]]]  # requirement id → the endpoint and values of its page


@dataclass(frozen=True, slots=True, kw_only=True)
class MyWay:
    """The trainee's home."""

    ways: tuple[Way, ...]
    shares: tuple[tuple[str, int], ...]  # the load ladder: level, percent of body weight (HP-14)


def my_way(session: Session, viewer: Viewer, *, at: datetime) -> MyWay:
    """The viewer's way in each authorisation of the policy, and the ladder of the house."""
    shelf = courses.library(session)
    number = shelf.numbers.find(_LADDER)
    percents = number.values if number else {}
    steps = [(f"L{level}", percents.get(f"l{level}_percent")) for level in range(1, 5)]
    return MyWay(
        ways=_ways(session, viewer, shelf, at=at),
        # L0 is touch alone; it has no share, and is drawn as a line.
        shares=(("L0", 2), *((name, value) for name, value in steps if isinstance(value, int))),
    )


def _ways(session: Session, viewer: Viewer, shelf: courses.Library, *, at: datetime) -> tuple[Way, ...]:
    record = clearance.record_of(session, person_id=viewer.person_id, at=at, known_at=at)
    facts = {fact.id: fact for fact in record.facts}
    waiting_kinds = documents.kinds_waiting(session, viewer.person_id)
    reading = {one.module.id: one for one in courses.reading_progress(session, viewer.person_id, shelf)}
    actors = people.names_of(session, [fact.actor_id for fact in record.facts])
    texts = clearance.texts_of(session, [one.fact_id for each in record.standings for one in each.adverse])

    def named(person_id: str | None) -> str:
        return actors.get(person_id or "", "the system")

    def way(standing: Standing) -> Way:
        mine = _own_line(standing, waiting_kinds)
        step = _next(session, viewer, standing, mine, waiting=waiting_kinds, reading=reading, at=at) if mine else None
        lines = standing.requirements
        return Way(
            standing=standing,
            headline=headline(standing),
            may_do=what_may_be_done(standing),
            cap=practice_cap(standing),
            next=step,
            next_id=mine.id if mine else None,
            evidence={
                line.id: evidence_sentence(facts[line.fact_id], named=named)
                for line in lines
                if line.met and line.fact_id in facts
            },
            waiting={
                line.id: "Sent; your manager has to look at the original."
                for line in lines
                if line.kind == "document" and not line.met and line.subject in waiting_kinds
            },
            against=tuple(
                adverse_line(one, facts.get(one.fact_id), texts.get(one.fact_id, {}), zone=viewer.zone)
                for one in standing.adverse
            ),
            links={line.id: found for line in lines if (found := _link(line, reading)) is not None},
        )

    return tuple(way(standing) for standing in record.standings)


def _link(line: Line, reading: Mapping[str, ModuleProgress]) -> tuple[str, Mapping[str, Any]] | None:
    if line.kind == "document":
        return "documents.own", {}
    read = reading.get(line.subject or "")
    return ("courses.module", {"slug": read.module.slug}) if line.kind == "quiz" and read else None


def _own_line(standing: Standing, waiting: Collection[str]) -> Line | None:
    """The line she can do something about; what waits for somebody else comes last."""
    if standing.adverse:
        return None
    missing = [line for line in standing.requirements if not line.met]
    own = [line for line in missing if not (line.kind == "document" and line.subject in waiting)]
    return next(iter(own or missing), standing.next_step)


def _next(
    session: Session,
    viewer: Viewer,
    standing: Standing,
    line: Line,
    *,
    waiting: Collection[str],
    reading: Mapping[str, ModuleProgress],
    at: datetime,
) -> NextStep:
    if line.kind == "document":
        return document_step(line, waiting=line.subject in waiting)
    if line.kind == "quiz":
        return _quiz_step(session, viewer, line, reading=reading, at=at)
    if line.kind == "practical":
        return _practical_step(session, viewer, standing, line, at=at)
    return NextStep(kicker="Next", title=line.title, sentence=line.step, to="", values={}, action="")


def _quiz_step(
    session: Session, viewer: Viewer, line: Line, *, reading: Mapping[str, ModuleProgress], at: datetime
) -> NextStep:
    read = reading.get(line.subject or "")
    if read is None:
        return NextStep(
            kicker="Waiting",
            title=line.title,
            sentence="This module is not published yet. Your manager knows when it comes.",
            to="courses.modules",
            values={},
            action="See the modules",
            tone="wait",
        )
    slug = read.module.slug
    quiz = attempts.progress(session, viewer.person_id, read.module.id, at, zone=viewer.zone)
    if not read.finished and quiz.state is QuizState.OPEN:
        place = read.continue_at
        section = {"section_id": place.section.id} if place else {}
        return NextStep(
            kicker="Next",
            title=line.title,
            sentence=f"{read.read} of {read.total} sections read, about {read.minutes_left} minutes left. "
            "Then the quiz.",
            to="courses.section" if place else "courses.module",
            values={"slug": slug, **section},
            action="Go on reading" if read.begun else "Begin reading",
        )
    waits = quiz.state not in {QuizState.OPEN, QuizState.RESUME}
    return NextStep(
        kicker="Waiting" if waits else "Next",
        title=f"Quiz: {line.title}",
        sentence=quiz.sentence,
        to="attempts.rules",
        values={"slug": slug},
        action="See the quiz"
        if waits
        else "Go on with the quiz"
        if quiz.state is QuizState.RESUME
        else "Open the quiz",
        tone="wait" if waits else "",
    )


def _practical_step(session: Session, viewer: Viewer, standing: Standing, line: Line, *, at: datetime) -> NextStep:
    begun = practicals.progress(session, person_id=viewer.person_id, authorisation=standing.authorisation)
    if begun.open is not None:
        return NextStep(
            kicker="Waiting",
            title=line.title,
            sentence=f"{begun.open_with} has begun your sheet. It counts from the moment it is signed.",
            to="",
            values={},
            action="",
            tone="wait",
        )
    sites = frozenset(site.id for site in viewer.sites)
    seniors = people.find_at_sites(session, sites=sites, roles=[Role.SENIOR], at=at)
    able = clearance.assessors_among(session, seniors, authorisation=standing.authorisation, at=at)
    names = [people.names_of(session, able)[one] for one in seniors if one in able and one != viewer.person_id]
    if not names:
        sentence = "Nobody at your site may observe it now. Ask your manager who can come."
    elif len(names) > _SEEN_ENOUGH:
        sentence = f"{len(names)} seniors at your site may observe you. Agree on a time with one of them."
    else:
        sentence = f"{' or '.join(names)} may observe you. Agree on a time; it takes about an hour, with a volunteer."
    return NextStep(kicker="Next", title=line.title, sentence=sentence, to="", values={}, action="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a manager sees first."""

    therapists: int
    cleared: int
    ending: int  # due for renewal
    suspended: int
    documents: documents.Waiting
    proposals: tuple[clearance.Proposal, ...]
    names: Mapping[str, str]


def desk(session: Session, viewer: Viewer, *, at: datetime) -> Desk:
    """The manager's day: how many are cleared, and what waits for a decision."""
    sites = viewer.sites_with(Permission.SEE_REGISTER)
    counts = clearance.count_standings(session, sites=sites, at=at)
    proposals = clearance.open_proposals(session, sites=sites, at=at)
    names = people.names_of(session, [one for each in proposals for one in (each.person_id, each.proposed_by)])
    return Desk(
        therapists=counts.therapists,
        cleared=counts.cleared,
        ending=counts.ending,
        suspended=counts.suspended,
        documents=documents.waiting(session, viewer),
        proposals=proposals,
        names=names,
    )
