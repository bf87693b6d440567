"""The only place that draws a quiz: stratified by objective, seeded, and the same on every machine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from training.questions.domain.bank import Bank, Blueprint


@dataclass(frozen=True, slots=True)
class Drawn:
    """One question of one attempt."""

    item_id: str
    version: int
    #: option ids as shown; () for types without options
    option_order: tuple[str, ...]


def draw(bank: Bank, blueprint: Blueprint, seed: str, seen: Mapping[str, int]) -> tuple[Drawn, ...]:
    """Draw one quiz. The same arguments give the same quiz, always.

    Order comes from SHA-256 of the seed and the id, because `random.shuffle` is not promised to be the same
    across Python versions. `seen` counts, by item id, how often this person was shown an item: within an
    objective the least shown come first.

    Raises:
        ValueError: the bank cannot fill the blueprint. A published one can; `Blueprint.problems` says so.
    """
    chosen = []
    for objective, count in blueprint.draw:
        candidates = sorted(
            bank.of(objective), key=lambda item: (seen.get(item.id, 0), _rank(seed, "draw", item.id), item.id)
        )
        if len(candidates) < count:
            raise ValueError(f"{objective}: {count} items are drawn and the bank has {len(candidates)}")
        chosen += candidates[:count]
    chosen.sort(key=lambda item: (_rank(seed, "order", item.id), item.id))
    return tuple(
        Drawn(item_id=item.id, version=item.version, option_order=item.task.order(partial(shuffled, seed, item.id)))
        for item in chosen
    )


def shuffled(seed: str, item_id: str, ids: Sequence[str]) -> tuple[str, ...]:
    """A permutation of the ids that depends on seed and item alone."""
    return tuple(sorted(ids, key=lambda id_: (_rank(seed, "option", item_id, id_), id_)))


def _rank(*parts: str) -> bytes:
    # Length-prefixed, so that ("a", "bc") and ("ab", "c") never meet.
    return sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).digest()
