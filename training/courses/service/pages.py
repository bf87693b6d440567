"""The only place that puts a section together for its page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup
from sqlalchemy.orm import Session

from training.courses.domain.bodymap import CODE_TITLES, PICTURE, BodyMap, Code, Region
from training.courses.domain.module import Check, Figure, Html, Module, Objective, Part, Section, Words
from training.courses.domain.reading import ModuleProgress, SectionProgress
from training.courses.domain.sources import GRADE_TITLES, Source
from training.courses.service.checks import Tried, open_check, try_check
from training.courses.service.library import Library, library
from training.courses.service.reading import get_section, module_progress
from training.errors import NotFound
from training.numbers.domain import described

_NO_CHECK: Final = "This section has no such question now. Reload it to see the ones it has."
_NOTHING: Final = Markup()
_NONE: Final[Mapping[str, Sequence[str]]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPart:
    """One part of a section, ready to print; `kind` names the template's branch."""

    kind: str
    html: Markup = _NOTHING
    #: paragraphs that say in words what a picture shows
    words: tuple[str, ...] = ()
    #: of the body map: heading, class and regions of each code
    codes: tuple[tuple[str, str, tuple[Region, ...]], ...] = ()
    check: Tried | None = None
    level: int = 2
    anchor: str = ""
    #: the place in the order of reading, counted from 1
    block: int = 0

    @property
    def lacking(self) -> bool:
        """Whether it is a check with an answer that is not whole."""
        return self.check is not None and self.check.lacking is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSource:
    """One source under a section."""

    id: int
    source: Source | None
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownNumber:
    """One house number under a section, its values written out."""

    id: str
    title: str
    values: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionPage:
    """Everything one section's page prints."""

    module: Module
    section: Section
    objectives: tuple[Objective, ...]
    progress: ModuleProgress
    here: SectionProgress
    #: counted from 1
    number: int
    parts: tuple[ShownPart, ...]
    sources: tuple[ShownSource, ...]
    numbers: tuple[ShownNumber, ...]
    before: Section | None
    after: Section | None

    @property
    def lacking(self) -> bool:
        """Whether it brings back an answer that is not whole."""
        return any(part.lacking for part in self.parts)

    @property
    def asks_for_map(self) -> bool:
        """Whether a question on it can be answered by tapping the body map."""
        return any(part.check and part.check.view.picture for part in self.parts)


#: Check id → what somebody chose, as the page named it.
Answers = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """What is at hand while the parts of one section are shown."""

    module: Module
    section: Section
    shelf: Library
    person_id: str
    answers: Answers


def section_page(
    session: Session, person_id: str, slug: str, section_id: str, *, answers: Answers = _NONE
) -> SectionPage:
    """A section as somebody sees it, with feedback to the checks she has just answered.

    Raises:
        NotFound: no such module or section is in force, or it has no such check.
        Invalid: an answer holds something the page did not offer.
    """
    desk = _desk(session, person_id, slug, section_id, answers)
    module, section, shelf = desk.module, desk.section, desk.shelf
    if not answers.keys() <= {part.check for part in section.parts if isinstance(part, Check)}:
        raise NotFound(_NO_CHECK)
    progress = module_progress(session, person_id, module, shelf)
    place = module.place_by_id[section_id]
    return SectionPage(
        module=module,
        section=section,
        objectives=tuple(module.objective_by_id[id_] for id_ in section.objectives),
        progress=progress,
        here=progress.of(section_id),
        number=place + 1,
        parts=tuple(_show(part, desk) for part in section.parts),
        sources=tuple(_source(id_, shelf) for id_ in section.sources),
        numbers=tuple(_number(id_, shelf) for id_ in section.numbers),
        before=module.sections[place - 1] if place else None,
        after=module.section_after(section_id),
    )


def check_part(
    session: Session, person_id: str, slug: str, section_id: str, *, check_id: str, given: Sequence[str]
) -> ShownPart:
    """One answered check of a section, for a page that is open already.

    Raises:
        NotFound: the section in force has no such check.
        Invalid: the answer holds something the page did not offer.
    """
    desk = _desk(session, person_id, slug, section_id, {check_id: given})
    for part in desk.section.parts:
        if isinstance(part, Check) and part.check == check_id:
            return _show(part, desk)
    raise NotFound(_NO_CHECK)


def _desk(session: Session, person_id: str, slug: str, section_id: str, answers: Answers) -> _Desk:
    shelf = library(session)
    module = shelf.module(slug)
    section = get_section(module, section_id)
    return _Desk(module=module, section=section, shelf=shelf, person_id=person_id, answers=answers)


def _show(part: Part, desk: _Desk) -> ShownPart:
    match part:
        case Html(html):
            return ShownPart(kind="html", html=desk.shelf.prose(html))
        case Figure(picture):
            return ShownPart(kind="html", html=_drawing(picture, desk.module, desk.shelf.body_map))
        case Words(picture) if picture == PICTURE and desk.shelf.body_map:
            body_map = desk.shelf.body_map
            codes = tuple((CODE_TITLES[code], code.value, body_map.coded(code)) for code in Code)
            return ShownPart(kind="map", codes=codes)
        case Words(picture):
            return ShownPart(kind="words", words=tuple(desk.module.pictures[picture].words.split("\n\n")))
        case Check():
            return _show_check(part, desk)


def _show_check(part: Check, desk: _Desk) -> ShownPart:
    given, anchors = desk.answers.get(part.check), desk.section.anchors
    if given is None:
        check = open_check(desk.module, part.check, person_id=desk.person_id, shelf=desk.shelf)
    else:
        check = try_check(desk.module, part.check, given, person_id=desk.person_id, shelf=desk.shelf)
    # A check inside a note is no block of its own.
    block = anchors.index(part.anchor) + 1 if part.anchor in anchors else 0
    return ShownPart(kind="check", check=check, level=part.level, anchor=part.anchor, block=block)


def _drawing(picture: str, module: Module, body_map: BodyMap | None) -> Markup:
    # The body map is one for all modules and is published by itself; other drawings come with their module.
    svg = body_map.taught if picture == PICTURE and body_map else module.pictures[picture].svg
    return Markup(svg)  # noqa: S704 - our own drawing, cleaned when it was read


def _source(id_: int, shelf: Library) -> ShownSource:
    source = shelf.sources.by_id.get(id_)
    return ShownSource(id=id_, source=source, grade=GRADE_TITLES[source.grade] if source else "")


def _number(id_: str, shelf: Library) -> ShownNumber:
    number = shelf.numbers.find(id_)
    if number is None:
        return ShownNumber(id=id_, title="Not set", values="", note="")
    return ShownNumber(id=id_, title=number.title, values=described(number), note=number.note)
