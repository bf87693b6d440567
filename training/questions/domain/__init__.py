"""The only place for items, banks, drawing and marking, as pure functions of what was published."""

from training.questions.domain.bank import Bank, Blueprint
from training.questions.domain.drawing import Drawn, draw
from training.questions.domain.items import Item, Mark, mark
from training.questions.types.task import Choice, Difficulty, Feedback, Material, Note, View

__all__ = [
    "Bank",
    "Blueprint",
    "Choice",
    "Difficulty",
    "Drawn",
    "Feedback",
    "Item",
    "Mark",
    "Material",
    "Note",
    "View",
    "draw",
    "mark",
]
