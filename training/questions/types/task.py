"""The only place for what every item type must be able to do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Protocol, Self


class Difficulty(StrEnum):
    """The author's guess, until enough people have answered."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class Material:
    """What the page brings along so that an item can be shown."""

    #: turns the author's Markdown into safe inline HTML
    render: Callable[[str], str]
    #: the body map's regions, (id, title), in anatomical order
    regions: tuple[tuple[str, str], ...] = ()
    #: the body map's SVG with neutral region ids, or "" for the list alone
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose, as the page may know it before submission."""

    #: the position on the page, or a region's neutral id; says nothing about the key
    token: str
    #: inline HTML
    text: str


@dataclass(frozen=True, slots=True)
class View:
    """An item as a page shows it; holds no key, nor anything that goes with it."""

    kind: str
    stem: str
    choices: tuple[Choice, ...]
    #: how many to choose where the item says so
    choose: int | None = None
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """One choice after submission."""

    token: str
    text: str
    right: bool
    chosen: bool
    #: inline HTML, or "" where there is nothing to say about this choice
    why: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person is told about her answer, after submission."""

    right: bool
    notes: tuple[Note, ...]
    #: the explanation of the key as a whole, inline HTML, or ""
    why: str = ""
    #: the picture with what was chosen and what is right marked on it, or ""
    picture: str = ""


class Task(Protocol):
    """The part of an item that differs from type to type: what is asked and what is right."""

    kind: ClassVar[str]

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Self:
        """Read back what `to_body` wrote."""

    def to_body(self) -> dict[str, Any]:
        """As published: plain JSON values."""

    def order(self, shuffle: Callable[[Sequence[str]], tuple[str, ...]]) -> tuple[str, ...]:
        """The order in which choices are shown, or () where the type has nothing to reorder."""

    def accept(self, given: Sequence[str], order: Sequence[str], material: Material) -> tuple[str, ...]:
        """Turn the page's tokens into an answer. Raises Invalid for a token that was not offered."""

    def tokens(self, answer: Sequence[str], order: Sequence[str]) -> frozenset[str]:
        """The page's tokens for a stored answer."""

    def lacking(self, answer: Sequence[str]) -> str | None:
        """What a given answer still lacks, in a sentence that is the same whatever is right; None when complete."""

    def right(self, answer: Sequence[str]) -> bool:
        """All or nothing."""

    def solution(self) -> tuple[str, ...]:
        """An answer that is right, in the item's own ids. Never for a page before submission."""

    def view(self, stem: str, order: Sequence[str], material: Material) -> View:
        """The item without its key."""

    def feedback(self, answer: Sequence[str], order: Sequence[str], material: Material) -> Feedback:
        """The item with its key, for after submission."""

    def key_texts(self) -> tuple[tuple[str, bool], ...]:
        """(text, is right) of each written choice; () where the author does not write the choices."""

    def problems(self, regions: Sequence[str]) -> tuple[tuple[tuple[str | int, ...], str], ...]:
        """Faults an author must mend: (key path inside the item, sentence). `regions` are the body map's ids."""
