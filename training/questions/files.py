"""The only place that reads items and knowledge checks from content files."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.questions.domain.items import Item
from training.questions.domain.lint import faults
from training.questions.types import kinds
from training.questions.types.files import Entry, entry_of
from training.yamlfiles import KeyPath, Problem, read_yaml, validate


@dataclass(frozen=True, slots=True)
class LoadedItems:
    """The items of one file that are whole, and every problem of the file. Publish only without problems."""

    items: tuple[Item, ...]
    problems: tuple[Problem, ...]


def load_items(
    path: Path,
    *,
    module: str,
    letter: str,
    regions: Sequence[str],
    sections: Collection[str] | None = None,
    objectives: Collection[str] | None = None,
) -> LoadedItems:
    """Read `items.yaml` (letter "Q") or `checks.yaml` (letter "K") of one module.

    Args:
        path: the file.
        module: the module's id, "M3"; item ids begin with it.
        letter: what item ids go on with, as in "M3-Q01".
        regions: ids of the body map's regions, for hot-spots.
        sections: ids of the module's sections, or None to leave them unchecked.
        objectives: ids of the module's objectives, or None to leave them unchecked.
    """
    read = read_yaml(path)
    if isinstance(read, Problem):
        return LoadedItems((), (read,))
    data, lines = read
    if not isinstance(data, list):
        return LoadedItems((), (Problem(str(path), "", "a list of items is needed here", 1),))
    items: list[Item] = []
    places: list[int] = []
    problems: list[Problem] = []

    def problem(at: KeyPath, message: str) -> None:
        problems.append(Problem(str(path), lines.place(at), message, lines(at)))

    for number, entry in enumerate(data):
        kind = entry.get("type") if isinstance(entry, dict) else None
        model = entry_of(kind)
        if model is None:
            problem((number, "type"), f"an item has a type, one of {', '.join(kinds())}; this one says {kind!r}")
            continue
        value = validate(model, entry, str(path), lines, (number,))
        if isinstance(value, list):
            problems += value
            continue
        if not value.id.startswith(f"{module}-{letter}"):
            problem((number, "id"), f"ids of this file begin with {module}-{letter}; this one is {value.id}")
        items.append(_item(value))
        places.append(number)
    for fault in faults(items, regions=regions, sections=sections, objectives=objectives):
        problem(() if fault.item is None else (places[fault.item], *fault.place), fault.message)
    return LoadedItems(tuple(items), tuple(problems))


def _item(entry: Entry) -> Item:
    return Item(
        id=entry.id,
        version=entry.version,
        objective=entry.objective,
        difficulty=entry.difficulty,
        stem=entry.stem,
        task=entry.task(),
        section=entry.section,
        sources=entry.sources,
        house=entry.house,
    )
