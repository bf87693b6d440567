"""The only place for what a well-written bank must not give away: rules over items, beyond their shape."""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from training.questions.domain.items import Item

#: A key this many times longer than every wrong option gives itself away.
LONGEST_KEY: Final = 1.4
#: Characters below which a ratio of lengths says nothing.
SHORT: Final = 24
#: How many standard deviations from chance the longest (or shortest) option may be right over a bank.
LENGTH_Z: Final = 2.0
#: Items below which a bank is too small for that test to mean anything.
ENOUGH: Final = 10


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing an author must mend. `item` is the place in the list, None for the bank as a whole."""

    item: int | None
    place: tuple[str | int, ...]
    message: str


def faults(
    items: Sequence[Item],
    *,
    regions: Sequence[str],
    sections: Collection[str] | None = None,
    objectives: Collection[str] | None = None,
) -> tuple[Fault, ...]:
    """Every fault of a list of items.

    `regions`: the body map's ids. `sections`, `objectives`: those of the module, None to leave that unchecked.
    """
    found: list[Fault] = []
    seen: set[str] = set()
    for number, item in enumerate(items):
        if item.id in seen:
            found.append(Fault(number, ("id",), f"Item id {item.id} stands twice; ids are never reused."))
        seen.add(item.id)
        found += _one(number, item, sections, objectives)
        found += (Fault(number, place, message) for place, message in item.task.problems(regions))
    found += (Fault(None, (), message) for message in _bank_wide(items))
    return tuple(found)


def _one(
    number: int, item: Item, sections: Collection[str] | None, objectives: Collection[str] | None
) -> Iterable[Fault]:
    if sections is not None and item.section not in sections:
        yield Fault(number, ("section",), f"{item.id}: the module has no section {item.section!r}.")
    if objectives is not None and item.objective not in objectives:
        yield Fault(number, ("objective",), f"{item.id}: the module has no objective {item.objective!r}.")
    if not item.sources and not item.house:
        yield Fault(number, ("sources",), f"{item.id}: name a source, or say `house: true`.")
    texts = item.task.key_texts()
    right = [len(text) for text, is_right in texts if is_right]
    wrong = [len(text) for text, is_right in texts if not is_right]
    if right and wrong and min(right) > SHORT and min(right) > LONGEST_KEY * max(wrong):
        yield Fault(
            number,
            ("options",),
            f"{item.id}: the right option is far the longest ({min(right)} characters, the longest wrong one "
            f"{max(wrong)}); length must not give it away.",
        )


def _bank_wide(items: Sequence[Item]) -> Iterable[str]:
    """Whether the longest option is right more often than chance would have it, or the shortest more or less often."""
    for word, pick in (("longest", max), ("shortest", min)):
        hits, expected, variance, n = 0, 0.0, 0.0, 0
        for item in items:
            texts = item.task.key_texts()
            extreme = [is_right for text, is_right in texts if len(text) == pick(len(text) for text, _ in texts)]
            if len(extreme) != 1:
                continue
            chance = sum(is_right for _, is_right in texts) / len(texts)
            n += 1
            hits += extreme[0]
            expected += chance
            variance += chance * (1 - chance)
        # Keys are written never to be the longest, so "longest, and too seldom right" is the rule kept, not broken.
        off = hits - expected if word == "longest" else abs(hits - expected)
        if n >= ENOUGH and off > LENGTH_Z * math.sqrt(variance):
            yield (
                f"The {word} option is right in {hits} of {n} items; chance would give about {expected:.0f}. "
                "Rewrite options until length says nothing."
            )
