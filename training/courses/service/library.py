"""The only place that gathers what is in force for a page: modules, body map, bibliography, house numbers."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from markupsafe import Markup
from sqlalchemy.orm import Session

from training.courses.domain.bodymap import BodyMap
from training.courses.domain.module import Module
from training.courses.domain.publication import Edition, Kind
from training.courses.domain.sources import Sources
from training.courses.prose import fill, inline
from training.courses.service.kept import Kept
from training.courses.service.publishing import NOT_PUBLISHED, read_texts
from training.courses.store import publications as store
from training.errors import NotFound
from training.numbers.domain import Numbers
from training.questions.domain import Material

#: What a page is made of. Banks, policy and sheets decide, and are read where they do.
_READERS: Final[Mapping[Kind, Callable[[Mapping[str, Any]], object]]] = {
    Kind.MODULE: Module.from_body,
    Kind.MAP: BodyMap.from_body,
    Kind.SOURCES: Sources.from_body,
    Kind.NUMBERS: Numbers.from_body,
}

_VALUES: Final = Kept[Any]()


@dataclass(frozen=True, kw_only=True)
class Library:
    """Everything in force that pages of the course show. One query when it is all in memory, two when not."""

    #: by slug, in order of number
    modules: Mapping[str, Module]
    #: module id → its edition
    editions: Mapping[str, Edition]
    body_map: BodyMap | None
    sources: Sources
    numbers: Numbers
    #: changes with the numbers; for what is kept filled in
    numbers_digest: str

    def module(self, slug: str) -> Module:
        """One module.

        Raises:
            NotFound: it was never published.
        """
        found = self.modules.get(slug)
        if found is None:
            raise NotFound(NOT_PUBLISHED)
        return found

    def changed_in(self, module: Module) -> int:
        """The latest revision of a module that was more than editorial."""
        return self.editions[module.id].changed_in

    def prose(self, html: str) -> Markup:
        """Rendered prose with its house numbers filled in."""
        return Markup(fill(html, self.numbers))  # noqa: S704 - rendered and cleaned when it was published

    def line(self, text: str) -> Markup:
        """One line of Markdown as inline HTML, house numbers filled in."""
        return self.prose(inline(text))

    def material(self, *, picture: bool = True) -> Material:
        """What questions need to be shown. Without `picture`, hot-spots are answered from the list alone."""
        if self.body_map is None:
            return Material(render=self.line)
        return Material(
            render=self.line,
            regions=self.body_map.names,
            # A drawing is ours and was cleaned when it was read.
            picture=Markup(self.body_map.neutral) if picture else "",  # noqa: S704
        )


def library(session: Session, *, at: datetime | None = None) -> Library:
    """What was in force at a moment (None: what is)."""
    found = store.find_current(session, [(kind, None) for kind in _READERS], at=at)
    values = _read(session, found)
    modules = sorted(
        (values[edition.digest] for edition in found if edition.kind is Kind.MODULE), key=lambda one: int(one.id[1:])
    )

    def only(kind: Kind, otherwise: object) -> Any:
        return next((values[edition.digest] for edition in found if edition.kind is kind), otherwise)

    return Library(
        modules={module.slug: module for module in modules},
        editions={edition.key: edition for edition in found if edition.kind is Kind.MODULE},
        body_map=only(Kind.MAP, None),
        sources=only(Kind.SOURCES, Sources({})),
        numbers=only(Kind.NUMBERS, Numbers({})),
        numbers_digest=next((edition.digest for edition in found if edition.kind is Kind.NUMBERS), ""),
    )


def material(session: Session, *, at: datetime | None = None) -> Material:
    """What questions need to be shown, as in force at a moment."""
    return library(session, at=at).material()


def _read(session: Session, found: tuple[Edition, ...]) -> dict[str, Any]:
    values = {edition.digest: value for edition in found if (value := _VALUES.find(edition.digest)) is not None}
    missing = {edition.digest: edition.kind for edition in found if edition.digest not in values}
    for digest, text in read_texts(session, missing).items():
        values[digest] = _VALUES.keep(digest, _READERS[missing[digest]](json.loads(text)))
    return values
