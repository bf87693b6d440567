"""The only place for what single choice asks and marks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from training.errors import Invalid
from training.questions.types.choosing import Choosing
from training.questions.types.task import Material


@dataclass(frozen=True, slots=True)
class Single(Choosing):
    """Exactly one option is right, and at most one can be chosen."""

    kind: ClassVar[str] = "single"

    def accept(self, given: Sequence[str], order: Sequence[str], material: Material) -> tuple[str, ...]:
        if len(set(given)) > 1:
            raise Invalid("This question takes one answer. Choose the one you would act on.")
        return Choosing.accept(self, given, order, material)

    def problems(self, regions: Sequence[str]) -> tuple[tuple[tuple[str | int, ...], str], ...]:
        found = list(Choosing.problems(self, regions))
        if len(self.key) != 1:
            found.append(
                (("options",), f"A single-choice item has exactly one right option; this one has {len(self.key)}.")
            )
        if len(self.options) not in range(3, 7):
            found.append((("options",), f"Give three to six options; this item has {len(self.options)}."))
        return tuple(found)


TASK: Final = Single
