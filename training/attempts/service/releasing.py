"""The only place for the way back from a used-up round: somebody who manages the person opens a new one."""

import logging
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from training.attempts import store
from training.attempts.domain import Attempt, Refusal, Release, State, may_start
from training.attempts.domain.holding import holding_of
from training.attempts.service.progress import decide
from training.attempts.service.quizzes import in_force, rules_of
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
    #: no try is left in this round, so a new one may be opened
    used_up: bool
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
    shelf = courses.library(session)
    attempts, releases = _by_quiz(store.list_attempts(session, person_id)), store.list_releases(session, person_id)
    policy, facts = clearance.current_policy(session, at=at), clearance.facts_of(session, person_id)
    found = []
    for module in shelf.modules.values():
        hers, opened = attempts[module.id], releases.get(module.id, ())
        decision = may_start(
            hers,
            at=at,
            rules=rules_of(module, shelf.numbers),
            holding=holding_of(policy, facts, person_id=person_id, module=module.id, at=at),
            released=len(opened),
            zone=person.zone(),
        )
        found.append(
            QuizOf(
                module=module,
                used_up=isinstance(decision, Refusal) and decision.state is State.EXHAUSTED,
                attempts=tuple(reversed(hers)),
                releases=opened,
            )
        )
    return QuizzesPage(person=person, quizzes=tuple(found))


def _by_quiz(attempts: tuple[Attempt, ...]) -> defaultdict[str, list[Attempt]]:
    found: defaultdict[str, list[Attempt]] = defaultdict(list)
    for one in attempts:
        found[one.quiz].append(one)
    return found


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
