"""The only place that gathers what the pages of a quiz show; before submission nothing of the key is in any of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from training.attempts import store
from training.attempts.domain import (
    Answer,
    Attempt,
    ObjectiveScore,
    Outcome,
    Progress,
    Rules,
    by_objective,
    next_place,
    outcome_sentence,
)
from training.attempts.service.progress import progress_with
from training.attempts.service.quizzes import Quiz, in_force, pinned
from training.attempts.service.taking import graded
from training.courses.domain.module import Module, Objective, Section
from training.errors import NotFound
from training.questions.domain import Drawn, Feedback, View


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesPage:
    """What a person reads before she starts."""

    module: Module
    rules: Rules
    wait_hours: int
    #: items she may be asked
    bank_size: int
    progress: Progress
    #: the question to go on with
    next_place: int
    #: all her tries, the latest first
    history: tuple[Attempt, ...]
    #: the latest submitted try
    last_result: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One question in the overview."""

    place: int
    #: something was chosen
    answered: bool
    #: what the answer still lacks; None when it is complete
    lacking: str | None
    #: inline HTML
    stem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPage:
    """One question, without its key."""

    attempt_id: str
    module: Module
    place: int
    item: View
    answer: frozenset[str]
    saved_at: datetime | None
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """All answers before submission."""

    attempt_id: str
    module: Module
    places: tuple[Place, ...]
    unanswered: tuple[Place, ...]
    next_place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One question after submission, with its key."""

    place: int
    objective: Objective
    must_know: bool
    right: bool
    #: something was chosen
    answered: bool
    view: View
    answer: frozenset[str]
    feedback: Feedback
    section: Section
    sources: tuple[int, ...]
    house: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPage:
    """What an attempt came to."""

    attempt_id: str
    module: Module
    number: int
    limit: int
    outcome: Outcome
    sentence: str
    progress: Progress
    objectives: tuple[tuple[ObjectiveScore, Objective], ...]
    #: must-know first
    wrong: tuple[Answered, ...]
    right: tuple[Answered, ...]
    bank_digest: str


def rules_page(session: Session, person_id: str, slug: str, *, at: datetime, zone: str) -> RulesPage:
    """The rules of a module's quiz and where she stands with it.

    Raises:
        NotFound: no such quiz.
        Refused: its pass marks are not published.
    """
    quiz = in_force(session, slug)
    attempts = store.list_attempts(session, person_id, quiz.module.id)
    told = progress_with(session, quiz, attempts, person_id=person_id, at=at, zone=zone)
    open_ = next((one for one in attempts if one.outcome is None), None)
    return RulesPage(
        module=quiz.module,
        rules=quiz.rules,
        wait_hours=quiz.module.quiz.wait_hours,
        bank_size=len(quiz.bank.items),
        progress=told,
        next_place=next_place(open_, store.list_answers(session, open_.id)) if open_ else 1,
        history=tuple(reversed(attempts)),
        last_result=next((one.id for one in reversed(attempts) if one.outcome), None),
    )


def question_page(session: Session, person_id: str, attempt_id: str, place: int) -> QuestionPage | None:
    """One question of an open attempt, as it was drawn; None when the attempt is submitted.

    Raises:
        NotFound: no such attempt or question, or somebody else's.
    """
    attempt = store.get_attempt(session, attempt_id, person_id=person_id)
    if attempt.outcome is not None:
        return None
    quiz = pinned(session, attempt.quiz, attempt.revisions)
    if place > len(attempt.drawn):
        raise NotFound("This try has no such question. Open the quiz to go on where you were.")
    answers = store.list_answers(session, attempt_id)
    drawn = attempt.drawn[place - 1]
    item, answer = quiz.item(drawn.item_id), answers.get(place)
    return QuestionPage(
        attempt_id=attempt_id,
        module=quiz.module,
        place=place,
        item=item.view(drawn.option_order, quiz.material()),
        answer=item.task.tokens(answer.given if answer else (), drawn.option_order),
        saved_at=answer.saved_at if answer else None,
        places=_places(quiz, attempt, answers),
    )


def review_page(session: Session, person_id: str, attempt_id: str) -> ReviewPage | None:
    """Every question of an open attempt, answered or not; None when the attempt is submitted.

    Raises:
        NotFound: no such attempt, or somebody else's.
    """
    attempt = store.get_attempt(session, attempt_id, person_id=person_id)
    if attempt.outcome is not None:
        return None
    quiz = pinned(session, attempt.quiz, attempt.revisions)
    places = _places(quiz, attempt, store.list_answers(session, attempt_id))
    unanswered = tuple(one for one in places if one.lacking)
    return ReviewPage(
        attempt_id=attempt_id,
        module=quiz.module,
        places=places,
        unanswered=unanswered,
        next_place=unanswered[0].place if unanswered else len(places),
    )


def result_page(session: Session, person_id: str, attempt_id: str, *, at: datetime, zone: str) -> ResultPage | None:
    """What a submitted attempt came to, with every key and why; None while it is open.

    Raises:
        NotFound: no such attempt, or somebody else's.
    """
    attempt = store.get_attempt(session, attempt_id, person_id=person_id)
    if attempt.outcome is None:
        return None
    quiz = pinned(session, attempt.quiz, attempt.revisions)
    answers = store.list_answers(session, attempt_id)
    marked = graded(quiz, attempt, answers)
    shown = [_answered(quiz, place, drawn, answers.get(place)) for place, drawn in enumerate(attempt.drawn, start=1)]
    scores = by_objective(marked, [objective.id for objective in quiz.module.objectives])
    now = in_force(session, quiz.module.slug)
    attempts = store.list_attempts(session, person_id, attempt.quiz)
    return ResultPage(
        attempt_id=attempt_id,
        module=quiz.module,
        number=attempt.number,
        limit=attempt.limit,
        outcome=attempt.outcome,
        sentence=outcome_sentence(attempt.outcome, quiz.rules),
        progress=progress_with(session, now, attempts, person_id=person_id, at=at, zone=zone),
        objectives=tuple((score, quiz.module.objective_by_id[score.objective]) for score in scores),
        wrong=tuple(sorted((one for one in shown if not one.right), key=lambda one: (not one.must_know, one.place))),
        right=tuple(one for one in shown if one.right),
        bank_digest=quiz.bank_digest,
    )


def _places(quiz: Quiz, attempt: Attempt, answers: Mapping[int, Answer]) -> tuple[Place, ...]:
    found = []
    for place, drawn in enumerate(attempt.drawn, start=1):
        item = quiz.item(drawn.item_id)
        given = answers[place].given if place in answers else ()
        found.append(
            Place(place=place, answered=bool(given), lacking=item.task.lacking(given), stem=quiz.line(item.stem))
        )
    return tuple(found)


def _answered(quiz: Quiz, place: int, drawn: Drawn, answer: Answer | None) -> Answered:
    item = quiz.item(drawn.item_id)
    given = answer.given if answer else ()
    right = bool(given) and item.task.right(given)
    # A drawing only where there is something to see on it: the page would otherwise carry it many times.
    material = quiz.material(picture=not right)
    section = quiz.module.find_section(item.section)
    return Answered(
        place=place,
        objective=quiz.module.objective_by_id[item.objective],
        must_know=item.objective in quiz.blueprint.must_know,
        right=right,
        answered=bool(given),
        view=item.view(drawn.option_order, material),
        answer=item.task.tokens(given, drawn.option_order),
        feedback=item.feedback(given, drawn.option_order, material),
        section=section or quiz.module.sections[0],
        sources=item.sources,
        house=item.house,
    )
