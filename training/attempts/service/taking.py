"""The only place for taking a quiz: start, save an answer, submit. Each is one transaction, safe to repeat."""

import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from training.attempts import store
from training.attempts.domain import Answer, Attempt, Graded, Outcome, Refusal, Resume, grade, next_place, seen
from training.attempts.service.progress import decide
from training.attempts.service.quizzes import Quiz, in_force, pinned
from training.clearance import service as clearance
from training.db import new_id, stamp, transaction
from training.errors import NotFound, Refused
from training.evidence.domain import Kind, NewFact, QuizPassed
from training.questions.domain import draw, mark

log = logging.getLogger(__name__)

_SUBMITTED: Final = "This try is submitted, so its answers stay as they are. Its result says what was right and why."
_NO_QUESTION: Final = "This try has no such question. Open the quiz to go on where you were."
_SEED_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """Where to go on."""

    attempt_id: str
    #: the first question nothing was chosen for; the last when all are answered
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """An answer the server has."""

    saved_at: datetime | None
    #: what it still lacks, in a sentence; None when it is complete
    lacking: str | None
    #: how many questions the attempt has
    places: int


def start(person_id: str, slug: str, *, zone: str) -> Started:
    """Begin a try of a module's quiz, or go on with the one that is open. Starting twice is the same as once.

    Raises:
        NotFound: no such quiz.
        Refused: not now; the sentence says why and when.
    """
    with transaction() as session:
        # One start at a time per person: the number is chosen while nobody else can choose it.
        clearance.lock_people(session, person_id)
        # Read after the lock: a moment from before a pass that was just recorded would not know of it.
        at = stamp(session)
        quiz = in_force(session, slug)
        attempts = store.list_attempts(session, person_id, quiz.module.id)
        decision = decide(session, quiz, attempts, person_id=person_id, at=at, zone=zone)
        if isinstance(decision, Resume):
            attempt = decision.attempt
            return Started(attempt_id=attempt.id, place=next_place(attempt, store.list_answers(session, attempt.id)))
        if isinstance(decision, Refusal):
            raise Refused(decision.sentence)
        seed = secrets.token_hex(_SEED_BYTES)
        attempt = Attempt(
            id=new_id(),
            person_id=person_id,
            quiz=quiz.module.id,
            cycle=decision.cycle,
            number=decision.number,
            limit=quiz.rules.attempts,
            seed=seed,
            drawn=draw(quiz.bank, quiz.blueprint, seed, seen(attempts)),
            revisions=quiz.revisions,
            started_at=at,
        )
        store.add_attempt(session, attempt, must_know_available=quiz.rules.must_know)
    log.info("quiz started person=%s attempt=%s quiz=%s number=%s", person_id, attempt.id, attempt.quiz, attempt.number)
    return Started(attempt_id=attempt.id, place=1)


def save(person_id: str, attempt_id: str, place: int, given: Sequence[str]) -> Saved:
    """Keep an answer as it was given; the one before it is replaced. `given` holds the page's tokens.

    Raises:
        NotFound: no such attempt or question, or somebody else's.
        Invalid: something was chosen that the page did not offer.
        Refused: the attempt is submitted.
    """
    with transaction() as session:
        # Held, so that no answer slips in after the submission has counted them.
        attempt = store.get_attempt(session, attempt_id, person_id=person_id, hold=True)
        at = stamp(session)
        if attempt.outcome is not None:
            raise Refused(_SUBMITTED)
        if place > len(attempt.drawn):
            raise NotFound(_NO_QUESTION)
        quiz = pinned(session, attempt.quiz, attempt.revisions)
        drawn = attempt.drawn[place - 1]
        task = quiz.item(drawn.item_id).task
        answer = task.accept(given, drawn.option_order, quiz.material(picture=False))
        before = store.list_answers(session, attempt_id).get(place)
        if before is None and not answer:
            return Saved(saved_at=None, lacking=task.lacking(answer), places=len(attempt.drawn))
        if before is None or before.given != answer:
            store.save_answer(session, attempt_id, Answer(place=place, given=answer, saved_at=at))
    return Saved(saved_at=at, lacking=task.lacking(answer), places=len(attempt.drawn))


def submit(person_id: str, attempt_id: str, *, zone: str) -> Attempt:
    """Mark an attempt and, when it is passed, put that on record in the same transaction. Twice is the same as once.

    Raises:
        NotFound: no such attempt, or somebody else's.
    """
    with transaction() as session:
        clearance.lock_people(session, person_id)
        attempt = store.get_attempt(session, attempt_id, person_id=person_id, hold=True)
        if attempt.outcome is not None:
            return attempt
        quiz = pinned(session, attempt.quiz, attempt.revisions)
        marked = graded(quiz, attempt, store.list_answers(session, attempt_id))
        outcome = grade(marked, quiz.rules, at=stamp(session))
        store.close_attempt(session, attempt_id, outcome)
        if outcome.passed:
            _put_on_record(session, quiz, attempt, outcome, zone=zone)
        done = store.get_attempt(session, attempt_id, person_id=person_id, hold=True)
    log.info("quiz submitted person=%s attempt=%s passed=%s", person_id, attempt_id, outcome.passed)
    return done


def graded(quiz: Quiz, attempt: Attempt, answers: Mapping[int, Answer]) -> list[Graded]:
    """Every question of an attempt, marked; one without an answer is wrong."""
    found = []
    for place, drawn in enumerate(attempt.drawn, start=1):
        item = quiz.item(drawn.item_id)
        given = answers[place].given if place in answers else ()
        found.append(
            Graded(
                objective=item.objective,
                must_know=item.objective in quiz.blueprint.must_know,
                right=mark(item, given).right,
            )
        )
    return found


def _put_on_record(session: Session, quiz: Quiz, attempt: Attempt, outcome: Outcome, *, zone: str) -> None:
    clearance.record(
        session,
        NewFact(
            person_id=attempt.person_id,
            kind=Kind.QUIZ_PASSED,
            authorisation=None,
            about=None,
            happened_at=outcome.submitted_at,
            zone=zone,
            actor_id=attempt.person_id,
            payload=QuizPassed(
                module=attempt.quiz,
                attempt_id=attempt.id,
                number=attempt.number,
                score=outcome.right,
                available=outcome.available,
            ),
            revisions=quiz.revisions,
            key=f"quiz_passed:{attempt.id}",
            texts={},
        ),
    )
