"""The only place for the bank of a module's items and the blueprint that draws from it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from training.questions.domain.items import Item

#: Live items a must-know objective needs at the least, so that a retry need not repeat (product.md 5).
MUST_KNOW_ITEMS: Final = 3


@dataclass(frozen=True, slots=True)
class Bank:
    """All live items of one module at one revision, in the author's order."""

    module: str
    items: tuple[Item, ...]

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Self:
        """Read back what `to_body` wrote."""
        return cls(module=body["module"], items=tuple(Item.from_body(item) for item in body["items"]))

    def to_body(self) -> dict[str, Any]:
        """As published: plain JSON values."""
        return {"module": self.module, "items": [item.to_body() for item in self.items]}

    def item(self, item_id: str) -> Item:
        """The item of that id. Raises KeyError when the bank has none."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def of(self, objective: str) -> tuple[Item, ...]:
        """The items of one objective, in the author's order."""
        return tuple(item for item in self.items if item.objective == objective)


@dataclass(frozen=True, slots=True)
class Blueprint:
    """How many items of each objective make one quiz, and which objectives must be all right."""

    #: (objective, how many), in the module's order
    draw: tuple[tuple[str, int], ...]
    must_know: frozenset[str] = frozenset()

    @property
    def size(self) -> int:
        """How many items a quiz has."""
        return sum(count for _, count in self.draw)

    @property
    def must_know_size(self) -> int:
        """How many of them belong to must-know objectives."""
        return sum(count for objective, count in self.draw if objective in self.must_know)

    def problems(self, bank: Bank) -> Iterator[str]:
        """Why this bank cannot fill this blueprint; found when content is checked, never by a trainee."""
        drawn = dict(self.draw)
        for objective, count in self.draw:
            live = len(bank.of(objective))
            if count < 1:
                yield f"{objective}: draw at least one item, or leave the objective out."
            if live < count:
                yield f"{objective}: {count} items are drawn and the bank has {live}."
        for objective in sorted(self.must_know):
            live = len(bank.of(objective))
            if objective not in drawn:
                yield f"{objective} is must-know and is not drawn."
            if live < MUST_KNOW_ITEMS:
                yield f"{objective} is must-know and needs at least {MUST_KNOW_ITEMS} items; the bank has {live}."
            elif live < 2 * drawn.get(objective, 0):
                yield (
                    f"{objective} is must-know: {drawn[objective]} are drawn from {live}, so a second try would "
                    f"repeat one. Write {2 * drawn[objective]} or draw fewer."
                )
