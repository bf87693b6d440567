"""The only place for the way back from a used-up round: somebody who manages the person opens a new one."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from training.attempts import store
from training.attempts.domain import Attempt, Progress, Refusal, Release, State
from training.attempts.service.progress import decide, progress_with
from training.attempts.service.quizzes import in_force
from training.clearance import service as clearance
from training.courses import service as courses
from training.courses.domain.module import Module
from training.db import stamp, transaction
from training.errors import Invalid, NotAllowed, Refused
from training.people import service as people
from training.people.domain import PersonCard
from training.permissions import Permission, Viewer

log = logging.getLogger(__name__)

_LONGEST: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizOf:
    """One quiz of one person, as her manager sees it."""

    module: Module
    progress: Progress
    #: the latest first; without answers
    attempts: tuple[Attempt, ...]
    releases: tuple[Release, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizzesPage:
    """All quizzes of one person."""

    person: PersonCard
    quizzes: tuple[QuizOf, ...]


def quizzes_page(session: Session, viewer: Viewer, person_id: str, *, at: datetime) -> QuizzesPage:
    """Where somebody stands with every quiz, for the one who may release a round.

    Raises:
        NotFound: no such person, or out of the viewer's sight.
    """
    person = people.get_person(session, viewer, person_id, needs=Permission.MANAGE_PEOPLE)
    found = []
    for module in courses.library(session).modules.values():
        quiz = in_force(session, module.slug)
        attempts = store.list_attempts(session, person_id, module.id)
        found.append(
            QuizOf(
                module=module,
                progress=progress_with(session, quiz, attempts, person_id=person_id, at=at, zone=person.zone()),
                attempts=tuple(reversed(attempts)),
                releases=store.list_releases(session, person_id, module.id),
            )
        )
    return QuizzesPage(person=person, quizzes=tuple(found))


def release(viewer: Viewer, person_id: str, slug: str, *, reason: str) -> None:
    """Close a used-up round of somebody's quiz, so that the next one is open at once. Counts for one round.

    Raises:
        NotFound: no such person or quiz, or out of the viewer's sight.
        NotAllowed: it is her own.
        Invalid: no reason is given.
        Refused: a try is left, or the quiz is passed.
    """
    reason = reason.strip()
    if not reason or len(reason) > _LONGEST:
        raise Invalid(f"Say why, in up to {_LONGEST} characters: what did you go through together?")
    with transaction() as session:
        person = people.get_person(session, viewer, person_id, needs=Permission.MANAGE_PEOPLE)
        if person.id == viewer.person_id:
            raise NotAllowed("Nobody opens a new round for herself. Ask another manager.")
        clearance.lock_people(session, person_id)
        at = stamp(session)
        quiz = in_force(session, slug)
        attempts = store.list_attempts(session, person_id, quiz.module.id)
        decision = decide(session, quiz, attempts, person_id=person_id, at=at, zone=person.zone())
        if not isinstance(decision, Refusal) or decision.state is not State.EXHAUSTED:
            raise Refused("This round is not used up, so there is nothing to open. Reload the page to see where it is.")
        done = Release(cycle=attempts[-1].cycle, released_by=viewer.person_id, reason=reason, released_at=at)
        store.add_release(session, person_id=person_id, quiz=quiz.module.id, release=done)
    log.info("quiz released person=%s quiz=%s cycle=%s by=%s", person_id, quiz.module.id, done.cycle, viewer.person_id)
