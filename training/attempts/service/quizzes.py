"""The only place that puts a quiz together from published editions: those in force, or an attempt's own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any, Final

from markupsafe import Markup
from sqlalchemy.orm import Session

from training.attempts.domain import MUST_KNOW_PERCENT, QUIZ_PERCENT, Rules
from training.courses import service as courses
from training.courses.domain.bodymap import PICTURE, BodyMap
from training.courses.domain.module import Module
from training.courses.domain.publication import Kind
from training.courses.prose import fill, inline
from training.courses.service.kept import Kept
from training.errors import NotFound, Refused
from training.numbers.domain import Numbers
from training.questions.domain import Bank, Blueprint, Item, Material

_VALUES: Final = Kept[Any]()
_FULL: Final = 100


@dataclass(frozen=True, kw_only=True)
class Quiz:
    """One module's quiz, as the editions of one moment have it."""

    module: Module
    bank: Bank
    numbers: Numbers
    body_map: BodyMap | None
    #: what it is made of: "bank:M3" → digest
    revisions: Mapping[str, str]

    @property
    def bank_digest(self) -> str:
        """Of the bank it is drawn from."""
        return self.revisions[f"bank:{self.module.id}"]

    @cached_property
    def blueprint(self) -> Blueprint:
        """How many questions on which objective."""
        return self.module.blueprint

    @cached_property
    def rules(self) -> Rules:
        """What it asks. Raises Refused as `rules_of` does."""
        return rules_of(self.module, self.numbers)

    def item(self, item_id: str) -> Item:
        """One item of the bank."""
        return self.bank.item(item_id)

    def line(self, text: str) -> Markup:
        """One line of Markdown as inline HTML, house numbers filled in."""
        return Markup(fill(inline(text), self.numbers))  # noqa: S704 - `inline` cleaned it

    def material(self, *, picture: bool = True) -> Material:
        """What its questions need to be shown."""
        if self.body_map is None:
            return Material(render=self.line)
        # The drawing is ours and was cleaned when it was published.
        drawing = Markup(self.body_map.neutral) if picture else ""  # noqa: S704
        return Material(render=self.line, regions=self.body_map.names, picture=drawing)


def rules_of(module: Module, numbers: Numbers) -> Rules:
    """What a module's quiz asks.

    Raises:
        Refused: the edition of the house numbers has no usable pass marks, so nobody can pass by it.
    """
    marks = numbers.find(module.quiz.pass_number)

    def percent(name: str) -> int:
        value = marks.values.get(name) if marks else None
        if not isinstance(value, int) or not 0 <= value <= _FULL:
            raise Refused(
                f"The pass marks of this quiz ({module.quiz.pass_number}) are not published, so it cannot be taken. "
                "Your manager can publish them."
            )
        return value

    blueprint = module.blueprint
    return Rules(
        questions=blueprint.size,
        must_know=blueprint.must_know_size,
        quiz_percent=percent(QUIZ_PERCENT),
        must_know_percent=percent(MUST_KNOW_PERCENT),
        attempts=module.quiz.attempts,
        wait=timedelta(hours=module.quiz.wait_hours),
    )


def in_force(session: Session, slug: str) -> Quiz:
    """The quiz of a module as published now.

    Raises:
        NotFound: the module, or its bank, was never published.
    """
    shelf = courses.library(session)
    module = shelf.module(slug)
    bank = courses.find_current(session, Kind.BANK, module.id)
    if bank is None:
        raise NotFound("This module has no quiz yet. Read the module; the quiz opens when it is published.")
    drawn = courses.find_current(session, Kind.MAP, PICTURE)
    revisions = {
        f"module:{module.id}": shelf.editions[module.id].digest,
        f"bank:{module.id}": bank.digest,
        "numbers": shelf.numbers_digest,
    }
    if drawn is not None:
        revisions[f"map:{PICTURE}"] = drawn.digest
    return pinned(session, module.id, revisions)


def pinned(session: Session, module_id: str, revisions: Mapping[str, str]) -> Quiz:
    """The quiz as these editions have it, whether they are still in force or not."""

    def read(name: str, reader: Callable[[Mapping[str, Any]], Any]) -> Any:
        digest = revisions.get(name)
        if not digest:
            return None
        return _VALUES.get((name, digest), lambda: reader(courses.by_digest(session, digest)))

    return Quiz(
        module=read(f"module:{module_id}", Module.from_body),
        bank=read(f"bank:{module_id}", Bank.from_body),
        numbers=read("numbers", Numbers.from_body) or Numbers({}),
        body_map=read(f"map:{PICTURE}", BodyMap.from_body),
        revisions=revisions,
    )
