"""The only place for what an entry of the bibliography is."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self


class Grade(StrEnum):
    """How much a source can carry."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


GRADE_TITLES: Final[Mapping[Grade, str]] = {
    Grade.A: "regulator, guideline, statute or peer-reviewed",
    Grade.B: "professional body, trade press, insurer or newspaper",
    Grade.C: "practitioner, school or vendor",
    Grade.D: "general health content",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One entry; `[@78]` in a section points to number 78."""

    id: int
    grade: Grade
    title: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """The whole bibliography of one edition."""

    by_id: Mapping[int, Source]

    def to_body(self) -> dict[str, Any]:
        """As published: plain JSON values, in order of number."""
        ordered = sorted(self.by_id.values(), key=lambda source: source.id)
        return {"sources": [{"id": s.id, "grade": s.grade.value, "title": s.title, "url": s.url} for s in ordered]}

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Self:
        """Read back what `to_body` wrote."""
        return cls({s["id"]: Source(**{**s, "grade": Grade(s["grade"])}) for s in body["sources"]})
