"""The use cases of attempts: starting, answering, submitting, releasing a round, and the pages around them."""

from training.attempts.service.pages import question_page, result_page, review_page, rules_page
from training.attempts.service.progress import progress
from training.attempts.service.releasing import quizzes_page, release
from training.attempts.service.taking import Saved, save, start, submit

__all__ = [
    "Saved",
    "progress",
    "question_page",
    "quizzes_page",
    "release",
    "result_page",
    "review_page",
    "rules_page",
    "save",
    "start",
    "submit",
]
