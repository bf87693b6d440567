"""The only place for what multiple response asks and marks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from training.questions.types.choosing import Choosing


@dataclass(frozen=True, slots=True)
class Multiple(Choosing):
    """Several options are right; the answer is right when it is exactly those."""

    kind: ClassVar[str] = "multiple"

    def problems(self, regions: Sequence[str]) -> tuple[tuple[tuple[str | int, ...], str], ...]:
        found = list(Choosing.problems(self, regions))
        right = len(self.key)
        if right < 2:
            found.append(
                (("options",), f"A multiple-response item has at least two right options; this one has {right}.")
            )
        if right == len(self.options):
            found.append((("options",), "A multiple-response item has at least one wrong option."))
        if len(self.options) not in range(4, 9):
            found.append((("options",), f"Give four to eight options; this item has {len(self.options)}."))
        return tuple(found)


TASK: Final = Multiple
