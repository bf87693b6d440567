"""The only place for what an item's entry in a content file has, whatever its type."""

from importlib import import_module
from typing import Annotated, Protocol

from pydantic import Field

from training.questions.types import kinds
from training.questions.types.task import Difficulty, Task
from training.yamlfiles import Content

Text = Annotated[str, Field(min_length=1)]
OptionId = Annotated[str, Field(pattern=r"^[a-z]$")]


class Entry(Content):
    """The keys all types share. A type adds its own and says how they make a task."""

    id: Annotated[str, Field(pattern=r"^M\d{1,2}-[QK]\d{2,3}$")]
    version: Annotated[int, Field(ge=1)]
    type: str
    objective: Text
    difficulty: Difficulty
    stem: Text
    section: Text
    sources: tuple[int, ...] = ()
    house: bool = False

    def task(self) -> Task:
        """What is asked and what is right, from the keys of the type."""
        raise NotImplementedError


class Written(Content):
    """One written option."""

    id: OptionId
    text: Text
    right: bool
    why: Text


class _HasEntry(Protocol):
    ENTRY: type[Entry]


def entry_of(kind: object) -> type[Entry] | None:
    """The model of a `kind` item's entry, or None for a kind there is no folder for."""
    if not isinstance(kind, str) or kind not in kinds():
        return None
    module: _HasEntry = import_module(f"training.questions.types.{kind}.files")
    return module.ENTRY
