"""The only place for what single choice and multiple response have in common: written options to choose from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Self

from training.errors import Invalid
from training.questions.types.task import Choice, Feedback, Material, Note, View


@dataclass(frozen=True, slots=True)
class Option:
    """One written choice."""

    id: str
    text: str
    right: bool
    #: what someone who chose it probably thought, and why it fails or holds
    why: str


@dataclass(frozen=True, slots=True)
class Choosing:
    """Options of which some are right; the answer is the set of chosen option ids, in the author's order."""

    kind: ClassVar[str]

    options: tuple[Option, ...]
    #: the author's order is kept, because it means something (amounts, steps)
    fixed_order: bool = False

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Self:
        options = tuple(Option(**option) for option in body["options"])
        return cls(options=options, fixed_order=body["fixed_order"])

    def to_body(self) -> dict[str, Any]:
        return {"options": [asdict(option) for option in self.options], "fixed_order": self.fixed_order}

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(option.id for option in self.options)

    @property
    def key(self) -> frozenset[str]:
        return frozenset(option.id for option in self.options if option.right)

    def order(self, shuffle: Callable[[Sequence[str]], tuple[str, ...]]) -> tuple[str, ...]:
        return self.ids if self.fixed_order else shuffle(self.ids)

    def accept(self, given: Sequence[str], order: Sequence[str], material: Material) -> tuple[str, ...]:  # noqa: ARG002
        by_token = {str(place): id_ for place, id_ in enumerate(order, start=1)}
        if not set(given) <= by_token.keys():
            raise Invalid("That is not one of the options on this page. Open the question again and choose there.")
        chosen = {by_token[token] for token in given}
        return tuple(id_ for id_ in self.ids if id_ in chosen)

    def tokens(self, answer: Sequence[str], order: Sequence[str]) -> frozenset[str]:
        return frozenset(str(place) for place, id_ in enumerate(order, start=1) if id_ in answer)

    def lacking(self, answer: Sequence[str]) -> str | None:
        return None if answer else "Not answered yet."

    def right(self, answer: Sequence[str]) -> bool:
        return frozenset(answer) == self.key

    def solution(self) -> tuple[str, ...]:
        return tuple(option.id for option in self.options if option.right)

    def view(self, stem: str, order: Sequence[str], material: Material) -> View:
        choices = tuple(
            Choice(token=str(place), text=material.render(self._option(id_).text))
            for place, id_ in enumerate(order, start=1)
        )
        return View(kind=self.kind, stem=material.render(stem), choices=choices)

    def feedback(self, answer: Sequence[str], order: Sequence[str], material: Material) -> Feedback:
        shown = [(str(place), self._option(id_)) for place, id_ in enumerate(order, start=1)]
        notes = tuple(
            Note(
                token=token,
                text=material.render(option.text),
                right=option.right,
                chosen=option.id in answer,
                why=material.render(option.why),
            )
            for token, option in shown
        )
        return Feedback(right=self.right(answer), notes=notes)

    def key_texts(self) -> tuple[tuple[str, bool], ...]:
        return tuple((option.text, option.right) for option in self.options)

    def problems(self, regions: Sequence[str]) -> tuple[tuple[tuple[str | int, ...], str], ...]:  # noqa: ARG002
        found: list[tuple[tuple[str | int, ...], str]] = []
        ids, texts = set[str](), set[str]()
        for place, option in enumerate(self.options):
            if option.id in ids:
                found.append((("options", place, "id"), f"Option id {option.id!r} stands twice in this item."))
            text = " ".join(option.text.casefold().split()).rstrip(".")
            if text in texts:
                found.append((("options", place, "text"), "Two options say the same."))
            if any(phrase in text for phrase in ("all of the above", "none of the above", "both of the above")):
                found.append((("options", place, "text"), "Options are shuffled, so none can point at “the above”."))
            ids.add(option.id)
            texts.add(text)
        return tuple(found)

    def _option(self, id_: str) -> Option:
        return next(option for option in self.options if option.id == id_)
