"""The only place for what a published module is: objectives, sections, pictures, knowledge checks, quiz blueprint."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, Self

from training.questions.domain import Blueprint, Item


class Track(StrEnum):
    """The six tracks of the course, in teaching order."""

    HISTORY = "history"
    SAFETY = "safety"
    SCREENING = "screening"
    SUPPORTS = "supports"
    ASHIATSU = "ashiatsu"
    CHAVUTTI = "chavutti"


TRACK_TITLES: Final[Mapping[Track, str]] = {
    Track.HISTORY: "History, claims and ethics",
    Track.SAFETY: "Safety",
    Track.SCREENING: "Client screening",
    Track.SUPPORTS: "Support use",
    Track.ASHIATSU: "Ashiatsu technique",
    Track.CHAVUTTI: "Chavutti Thirumal technique",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """Something the reader can do afterwards."""

    id: str
    text: str
    #: ★: every drawn question on it must be right
    must_know: bool


@dataclass(frozen=True, slots=True)
class Html:
    """Finished prose; house numbers still stand in it as marks, see `prose.fill`."""

    html: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture stands here."""

    picture: str


@dataclass(frozen=True, slots=True)
class Words:
    """The same picture in words stands here."""

    picture: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A knowledge check stands here."""

    check: str
    #: of its heading, 2 to 4, so that the outline of the page has no gap
    level: int
    #: its anchor
    anchor: str


Part = Html | Figure | Words | Check


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One idea, read in one go."""

    id: str
    title: str
    #: ids, as declared by the section
    objectives: tuple[str, ...]
    #: reading time
    minutes: int
    parts: tuple[Part, ...]
    #: the page's element id of every block in reading order; a reading position counts into it, from 1
    anchors: tuple[str, ...]
    #: bibliography numbers in order of first mention
    sources: tuple[int, ...]
    #: house numbers in order of first mention
    numbers: tuple[str, ...]
    #: of everything the section shows: tells whether it changed between two revisions
    digest: str

    @property
    def blocks(self) -> int:
        """How many blocks there are: the position of the end."""
        return len(self.anchors)

    def anchor_at(self, position: int) -> str | None:
        """The element to return to for a stored position; None for the very beginning."""
        return self.anchors[min(position, self.blocks) - 1] if position > 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One of our own drawings, ready to stand in a page."""

    name: str
    title: str
    #: everything the picture says, in words
    words: str
    svg: str
    #: higher than wide: may stand in the margin of a wide page
    tall: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiz:
    """The blueprint of the module's quiz."""

    #: objective id → how many questions are drawn on it
    draw: Mapping[str, int]
    #: the house number that holds the pass marks
    pass_number: str
    attempts: int
    #: between two attempts
    wait_hours: int

    @property
    def questions(self) -> int:
        """How many a quiz has."""
        return sum(self.draw.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Who has looked at the module with a clinician's eye, if anybody."""

    state: str
    by: str | None = None
    role: str | None = None
    date: str | None = None


@dataclass(frozen=True, kw_only=True)
class Module:
    """One revision of a module, complete: a page needs nothing else of it."""

    id: str
    slug: str
    title: str
    track: Track
    minutes: int
    revision: int
    change: str
    summary: str
    review: Review
    objectives: tuple[Objective, ...]
    sections: tuple[Section, ...]
    pictures: Mapping[str, Picture]
    #: knowledge checks by id; their keys never leave the server before an answer
    checks: Mapping[str, Item]
    quiz: Quiz

    @cached_property
    def objective_by_id(self) -> Mapping[str, Objective]:
        return {objective.id: objective for objective in self.objectives}

    @cached_property
    def place_by_id(self) -> Mapping[str, int]:
        """Section id → its place in the order of reading, from 0."""
        return {section.id: place for place, section in enumerate(self.sections)}

    @cached_property
    def blueprint(self) -> Blueprint:
        """What a quiz draws, in the module's order of objectives."""
        return Blueprint(
            draw=tuple((o.id, self.quiz.draw[o.id]) for o in self.objectives if o.id in self.quiz.draw),
            must_know=frozenset(o.id for o in self.objectives if o.must_know),
        )

    def find_section(self, id_: str) -> Section | None:
        place = self.place_by_id.get(id_)
        return None if place is None else self.sections[place]

    def section_after(self, id_: str) -> Section | None:
        """The next section in the order of reading; None after the last."""
        place = self.place_by_id[id_] + 1
        return self.sections[place] if place < len(self.sections) else None

    def to_body(self) -> dict[str, Any]:
        """As published: plain JSON values."""
        return {
            "id": self.id,
            "slug": self.slug,
            "title": self.title,
            "track": self.track.value,
            "minutes": self.minutes,
            "revision": self.revision,
            "change": self.change,
            "summary": self.summary,
            "review": {
                "state": self.review.state,
                "by": self.review.by,
                "role": self.review.role,
                "date": self.review.date,
            },
            "objectives": [{"id": o.id, "text": o.text, "must_know": o.must_know} for o in self.objectives],
            "sections": [_section_body(section) for section in self.sections],
            "pictures": {
                p.name: {"title": p.title, "words": p.words, "svg": p.svg, "tall": p.tall}
                for p in self.pictures.values()
            },
            "checks": [check.to_body() for check in self.checks.values()],
            "quiz": {
                "draw": dict(self.quiz.draw),
                "pass": self.quiz.pass_number,
                "attempts": self.quiz.attempts,
                "wait_hours": self.quiz.wait_hours,
            },
        }

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Self:
        """Read back what `to_body` wrote."""
        quiz = body["quiz"]
        return cls(
            id=body["id"],
            slug=body["slug"],
            title=body["title"],
            track=Track(body["track"]),
            minutes=body["minutes"],
            revision=body["revision"],
            change=body["change"],
            summary=body["summary"],
            review=Review(**body["review"]),
            objectives=tuple(Objective(**objective) for objective in body["objectives"]),
            sections=tuple(_section(section) for section in body["sections"]),
            pictures={name: Picture(name=name, **picture) for name, picture in body["pictures"].items()},
            checks={check["id"]: Item.from_body(check) for check in body["checks"]},
            quiz=Quiz(
                draw=quiz["draw"], pass_number=quiz["pass"], attempts=quiz["attempts"], wait_hours=quiz["wait_hours"]
            ),
        )


def _section_body(section: Section) -> dict[str, Any]:
    return {
        "id": section.id,
        "title": section.title,
        "objectives": list(section.objectives),
        "minutes": section.minutes,
        "parts": [part_body(part) for part in section.parts],
        "anchors": list(section.anchors),
        "sources": list(section.sources),
        "numbers": list(section.numbers),
        "digest": section.digest,
    }


def _section(body: Mapping[str, Any]) -> Section:
    return Section(
        id=body["id"],
        title=body["title"],
        objectives=tuple(body["objectives"]),
        minutes=body["minutes"],
        parts=tuple(_part(part) for part in body["parts"]),
        anchors=tuple(body["anchors"]),
        sources=tuple(body["sources"]),
        numbers=tuple(body["numbers"]),
        digest=body["digest"],
    )


def part_body(part: Part) -> dict[str, Any]:
    """One part as plain JSON values."""
    match part:
        case Html(html):
            return {"html": html}
        case Figure(picture):
            return {"figure": picture}
        case Words(picture):
            return {"words": picture}
        case Check():
            return {"check": part.check, "level": part.level, "anchor": part.anchor}


def _part(body: Mapping[str, Any]) -> Part:
    if "html" in body:
        return Html(body["html"])
    if "figure" in body:
        return Figure(body["figure"])
    if "words" in body:
        return Words(body["words"])
    return Check(**body)
