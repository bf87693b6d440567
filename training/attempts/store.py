"""The only place for the SQL of attempts, answers and released rounds."""

import json
from collections import defaultdict
from typing import Final

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from training.attempts.domain import Answer, Attempt, Outcome, Release
from training.attempts.tables import AttemptAnswerRow, AttemptRow, QuizReleaseRow
from training.db import new_id
from training.errors import NotFound
from training.questions.domain import Drawn

#: Built once, as home pages ask them: putting a statement together costs more than running it.
_ALL: Final = (
    select(AttemptRow)
    .where(AttemptRow.person_id == bindparam("person_id"))
    .order_by(AttemptRow.quiz, AttemptRow.cycle, AttemptRow.number)
)
_OF_ONE_QUIZ: Final = _ALL.where(AttemptRow.quiz == bindparam("quiz"))


def list_attempts(session: Session, person_id: str, quiz: str | None = None) -> tuple[Attempt, ...]:
    """A person's attempts at one quiz, or at all, the oldest first."""
    asked = {"person_id": person_id} | ({} if quiz is None else {"quiz": quiz})
    rows = session.scalars(_ALL if quiz is None else _OF_ONE_QUIZ, asked)
    return tuple(_attempt(row) for row in rows)


def get_attempt(session: Session, attempt_id: str, *, person_id: str, hold: bool = False) -> Attempt:
    """Her own attempt; `hold` keeps its row locked to the end of the transaction.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    query = select(AttemptRow).where(AttemptRow.id == attempt_id, AttemptRow.person_id == person_id)
    if hold:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(query).one_or_none()
    if row is None:
        raise NotFound
    return _attempt(row)


def add_attempt(session: Session, attempt: Attempt, *, must_know_available: int) -> None:
    """Write a new attempt. Raises IntegrityError where one is open, or the number is taken or over the limit."""
    session.add(
        AttemptRow(
            id=attempt.id,
            person_id=attempt.person_id,
            quiz=attempt.quiz,
            cycle=attempt.cycle,
            number=attempt.number,
            attempt_limit=attempt.limit,
            seed=attempt.seed,
            drawn=json.dumps([[one.item_id, one.version, list(one.option_order)] for one in attempt.drawn]),
            revisions=json.dumps(dict(attempt.revisions), sort_keys=True),
            available=len(attempt.drawn),
            must_know_available=must_know_available,
            started_at=attempt.started_at,
        )
    )
    session.flush()


def close_attempt(session: Session, attempt_id: str, outcome: Outcome) -> bool:
    """Write the outcome of an open attempt; False where it has one already."""
    closing = (
        update(AttemptRow)
        .where(AttemptRow.id == attempt_id, AttemptRow.submitted_at.is_(None))
        .values(
            submitted_at=outcome.submitted_at,
            score=outcome.right,
            must_know_right=outcome.must_know_right,
            passed=outcome.passed,
        )
        .returning(AttemptRow.id)
    )
    return session.execute(closing).first() is not None


def list_answers(session: Session, attempt_id: str) -> dict[int, Answer]:
    """The answers of an attempt by the question's place, in one query; questions never answered are left out."""
    rows = session.scalars(select(AttemptAnswerRow).where(AttemptAnswerRow.attempt_id == attempt_id))
    return {
        row.place: Answer(place=row.place, given=tuple(json.loads(row.given)), saved_at=row.saved_at) for row in rows
    }


def save_answer(session: Session, attempt_id: str, answer: Answer) -> None:
    """Write an answer over the one before. The attempt's row must be held."""
    row = session.get(AttemptAnswerRow, (attempt_id, answer.place))
    if row is None:
        row = AttemptAnswerRow(attempt_id=attempt_id, place=answer.place)
        session.add(row)
    row.given = json.dumps(list(answer.given))
    row.saved_at = answer.saved_at
    session.flush()


def count_released(session: Session, person_id: str, quiz: str) -> int:
    """How many of the person's rounds of this quiz were released."""
    query = select(func.count()).where(QuizReleaseRow.person_id == person_id, QuizReleaseRow.quiz == quiz)
    return session.execute(query).scalar_one()


def list_releases(session: Session, person_id: str) -> dict[str, tuple[Release, ...]]:
    """The person's released rounds by quiz, the oldest first."""
    found: defaultdict[str, list[Release]] = defaultdict(list)
    query = select(QuizReleaseRow).where(QuizReleaseRow.person_id == person_id).order_by(QuizReleaseRow.cycle)
    for row in session.scalars(query):
        release = Release(cycle=row.cycle, released_by=row.released_by, reason=row.reason, released_at=row.released_at)
        found[row.quiz].append(release)
    return {quiz: tuple(releases) for quiz, releases in found.items()}


def add_release(session: Session, *, person_id: str, quiz: str, release: Release) -> None:
    """Write a release. Raises IntegrityError where that round is released already, or by the person herself."""
    session.add(
        QuizReleaseRow(
            id=new_id(),
            person_id=person_id,
            quiz=quiz,
            cycle=release.cycle,
            released_by=release.released_by,
            reason=release.reason,
            released_at=release.released_at,
        )
    )
    session.flush()


def _attempt(row: AttemptRow) -> Attempt:
    return Attempt(
        id=row.id,
        person_id=row.person_id,
        quiz=row.quiz,
        cycle=row.cycle,
        number=row.number,
        limit=row.attempt_limit,
        seed=row.seed,
        drawn=tuple(
            Drawn(item_id=item_id, version=version, option_order=tuple(order))
            for item_id, version, order in json.loads(row.drawn)
        ),
        revisions=json.loads(row.revisions),
        started_at=row.started_at,
        outcome=_outcome(row),
    )


def _outcome(row: AttemptRow) -> Outcome | None:
    if row.submitted_at is None or row.score is None or row.must_know_right is None:
        return None
    return Outcome(
        submitted_at=row.submitted_at,
        right=row.score,
        available=row.available,
        must_know_right=row.must_know_right,
        must_know_available=row.must_know_available,
        passed=bool(row.passed),
    )
