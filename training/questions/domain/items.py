"""The only place for the item, whatever its type, and for marking one answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from training.questions.types import task_type
from training.questions.types.task import Difficulty, Feedback, Material, Task, View


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question at one version. The id is never given to another question."""

    id: str
    version: int
    objective: str
    difficulty: Difficulty
    #: Markdown: a moment, not a definition
    stem: str
    task: Task
    #: the section of the module that teaches it
    section: str
    #: ids of the bibliography
    sources: tuple[int, ...] = ()
    #: True where the key rests on house policy
    house: bool = False

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Self:
        """Read back what `to_body` wrote."""
        return cls(
            id=body["id"],
            version=body["version"],
            objective=body["objective"],
            difficulty=Difficulty(body["difficulty"]),
            stem=body["stem"],
            task=task_type(body["type"]).from_body(body["task"]),
            section=body["section"],
            sources=tuple(body["sources"]),
            house=body["house"],
        )

    def to_body(self) -> dict[str, Any]:
        """As published: plain JSON values."""
        return {
            "id": self.id,
            "version": self.version,
            "type": self.task.kind,
            "objective": self.objective,
            "difficulty": self.difficulty.value,
            "stem": self.stem,
            "task": self.task.to_body(),
            "section": self.section,
            "sources": list(self.sources),
            "house": self.house,
        }

    def view(self, order: Sequence[str], material: Material) -> View:
        """The item without its key, for pages before submission."""
        return self.task.view(self.stem, order, material)

    def feedback(self, answer: Sequence[str], order: Sequence[str], material: Material) -> Feedback:
        """The item with its key, for pages after submission."""
        return self.task.feedback(answer, order, material)


@dataclass(frozen=True, slots=True)
class Mark:
    """What one answer earned."""

    right: bool
    points: int
    available: int = 1


def mark(item: Item, answer: Sequence[str]) -> Mark:
    """Mark one answer, all or nothing; an empty answer is never right."""
    right = bool(answer) and item.task.right(answer)
    return Mark(right=right, points=int(right))
