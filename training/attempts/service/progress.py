"""The only place that tells where a person stands with a quiz."""

from datetime import datetime

from sqlalchemy.orm import Session

from training.attempts import store
from training.attempts.domain import Attempt, Holding, Progress, Refusal, Resume, Start, may_start
from training.attempts.domain import progress as told
from training.attempts.domain.holding import holding_of
from training.attempts.service.quizzes import Quiz, in_force
from training.clearance import service as clearance
from training.courses import service as courses


def progress(session: Session, person_id: str, module: str, at: datetime, *, zone: str) -> Progress:
    """Where a person stands with the quiz of a module (its id, "M3") at a moment; times are told in `zone`.

    Raises:
        NotFound: the module, or its bank, was never published.
    """
    slug = next((one.slug for one in courses.library(session).modules.values() if one.id == module), module)
    quiz = in_force(session, slug)
    attempts = store.list_attempts(session, person_id, quiz.module.id)
    return progress_with(session, quiz, attempts, person_id=person_id, at=at, zone=zone)


def progress_with(
    session: Session, quiz: Quiz, attempts: tuple[Attempt, ...], *, person_id: str, at: datetime, zone: str
) -> Progress:
    """As `progress`, for a quiz and attempts already in hand."""
    decision = decide(session, quiz, attempts, person_id=person_id, at=at, zone=zone)
    last = attempts[-1] if attempts else None
    return told(quiz.module.id, decision, last=last, rules=quiz.rules, zone=zone)


def decide(
    session: Session, quiz: Quiz, attempts: tuple[Attempt, ...], *, person_id: str, at: datetime, zone: str
) -> Start | Resume | Refusal:
    """Whether a try may begin. Inside a transaction the person must be locked, or the answer may be old."""
    passed = any(one.passed for one in attempts)
    return may_start(
        attempts,
        at=at,
        rules=quiz.rules,
        # Before the first pass there is nothing to hold, and nothing to ask.
        holding=_holding(session, person_id=person_id, module=quiz.module.id, at=at) if passed else None,
        # A round can be released only after tries.
        released=store.count_released(session, person_id, quiz.module.id) if attempts else 0,
        zone=zone,
    )


def _holding(session: Session, *, person_id: str, module: str, at: datetime) -> Holding | None:
    policy = clearance.current_policy(session, at=at)
    facts = clearance.facts_of(session, person_id)
    return holding_of(policy, facts, person_id=person_id, module=module, at=at)
