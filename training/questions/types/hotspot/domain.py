"""The only place for what a body-map hot-spot item asks and marks."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from training.errors import Invalid
from training.questions.types.task import Choice, Feedback, Material, Note, View

_REGION: Final = re.compile(r'(?P<before><g )class="(?P<classes>[^"]*)"(?P<after> data-region="(?P<region>r\d\d)")')


@dataclass(frozen=True, slots=True)
class HotSpot:
    """Regions to mark on the body map; the answer is the marked region ids, sorted.

    The page offers every region of the map in anatomical order, the same for every item, so neither the list
    nor the picture says anything about the key.
    """

    kind: ClassVar[str] = "hotspot"

    #: the regions that count as right, sorted
    right_regions: tuple[str, ...]
    #: True: all of them and no other; False: any `choose` of them
    all_needed: bool
    #: how many the person is asked to mark; shown with the question
    choose: int
    #: the explanation of the key
    why: str
    #: (region, why this one fails), sorted by region
    wrong: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Self:
        return cls(
            right_regions=tuple(body["right"]),
            all_needed=body["needed"] == "all",
            choose=body["choose"],
            why=body["why"],
            wrong=tuple(sorted(body["wrong"].items())),
        )

    def to_body(self) -> dict[str, Any]:
        return {
            "right": list(self.right_regions),
            "needed": "all" if self.all_needed else "any",
            "choose": self.choose,
            "why": self.why,
            "wrong": dict(self.wrong),
        }

    def order(self, shuffle: Callable[[Sequence[str]], tuple[str, ...]]) -> tuple[str, ...]:  # noqa: ARG002
        return ()

    def accept(self, given: Sequence[str], order: Sequence[str], material: Material) -> tuple[str, ...]:  # noqa: ARG002
        if not set(given) <= {id_ for id_, _ in material.regions}:
            raise Invalid("That is not a place on this body map. Open the question again and mark it there.")
        return tuple(sorted(set(given)))

    def tokens(self, answer: Sequence[str], order: Sequence[str]) -> frozenset[str]:  # noqa: ARG002
        return frozenset(answer)

    def lacking(self, answer: Sequence[str]) -> str | None:
        if not answer:
            return "Not answered yet."
        if len(answer) == self.choose:
            return None
        places = "1 place" if self.choose == 1 else f"{self.choose} places"
        return f"The question asks for {places}; you have marked {len(answer)}."

    def right(self, answer: Sequence[str]) -> bool:
        marked, key = frozenset(answer), frozenset(self.right_regions)
        return marked == key if self.all_needed else len(marked) == self.choose and marked <= key

    def solution(self) -> tuple[str, ...]:
        return self.right_regions[: self.choose]

    def view(self, stem: str, order: Sequence[str], material: Material) -> View:  # noqa: ARG002
        choices = tuple(Choice(token=id_, text=material.render(title)) for id_, title in material.regions)
        return View(
            kind=self.kind,
            stem=material.render(stem),
            choices=choices,
            choose=self.choose,
            picture=material.picture,
        )

    def feedback(self, answer: Sequence[str], order: Sequence[str], material: Material) -> Feedback:  # noqa: ARG002
        wrong = dict(self.wrong)
        notes = tuple(
            Note(
                token=id_,
                text=material.render(title),
                right=id_ in self.right_regions,
                chosen=id_ in answer,
                why=material.render(wrong[id_]) if id_ in wrong else "",
            )
            for id_, title in material.regions
        )
        painted = paint(material.picture, {note.token: _look(note) for note in notes if note.right or note.chosen})
        return Feedback(right=self.right(answer), notes=notes, why=material.render(self.why), picture=painted)

    def key_texts(self) -> tuple[tuple[str, bool], ...]:
        return ()

    def problems(self, regions: Sequence[str]) -> tuple[tuple[tuple[str | int, ...], str], ...]:
        found: list[tuple[tuple[str | int, ...], str]] = [
            (("regions", "right", place), f"There is no region {id_!r} on the body map.")
            for place, id_ in enumerate(self.right_regions)
            if id_ not in regions
        ]
        for id_, _ in self.wrong:
            if id_ not in regions:
                found.append((("wrong", id_), f"There is no region {id_!r} on the body map."))
            elif id_ in self.right_regions:
                found.append((("wrong", id_), f"Region {id_} is right and explained as wrong."))
        if len(set(self.right_regions)) != len(self.right_regions):
            found.append((("regions", "right"), "A region stands twice among the right ones."))
        if self.all_needed and self.choose != len(self.right_regions):
            found.append(
                (("regions", "choose"), f"All {len(self.right_regions)} are needed, so “choose” must say that number.")
            )
        if not self.all_needed and not 1 <= self.choose <= len(self.right_regions):
            found.append((("regions", "choose"), f"Choose between 1 and {len(self.right_regions)}."))
        return tuple(found)


def paint(picture: str, classes: Mapping[str, str]) -> str:
    """The picture with a further class on each region named; everything else of it stays as it is."""

    def add(found: re.Match[str]) -> str:
        extra = classes.get(found["region"])
        return found[0] if extra is None else f'{found["before"]}class="{found["classes"]} {extra}"{found["after"]}'

    # A safe-HTML string stays one: what is put in is ours.
    return type(picture)(_REGION.sub(add, picture))


def _look(note: Note) -> str:
    if note.right:
        return "right" if note.chosen else "missed"
    return "wrong"


TASK: Final = HotSpot
