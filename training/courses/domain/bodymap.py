"""The only place for what the body map is: its regions, what each may take, and its two pictures."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

#: The picture of this name is the body map wherever a module shows it.
PICTURE: Final = "body-map"


class Code(StrEnum):
    """What a region may take. Never shown before a quiz is submitted."""

    NO_LOAD = "no-load"
    CAUTION = "caution"
    WORK = "work"


CODE_TITLES: Final[Mapping[Code, str]] = {
    Code.NO_LOAD: "Never load",
    Code.CAUTION: "Caution: L1, broad flat foot",
    Code.WORK: "May be loaded within your cap",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One named region; the same id stands for both sides of the body."""

    id: str
    title: str
    code: Code
    #: "L1–L2" for a work region with a narrower cap of its own
    levels: str | None
    structures: str
    reason: str
    sources: tuple[int, ...]
    house: bool
    #: which figure shows it: back or front
    figure: str


@dataclass(frozen=True, kw_only=True)
class BodyMap:
    """One edition of the body map."""

    title: str
    #: in anatomical order, which says nothing about codes
    regions: tuple[Region, ...]
    #: the figure with neutral ids and no codes: for quizzes
    neutral: str
    #: the same figure with every region's code as a class: for teaching
    taught: str

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """(id, title) of every region in anatomical order."""
        return tuple((region.id, region.title) for region in self.regions)

    def coded(self, code: Code) -> tuple[Region, ...]:
        """The regions of one code, in anatomical order."""
        return tuple(region for region in self.regions if region.code is code)

    def to_body(self) -> dict[str, Any]:
        """As published: plain JSON values."""
        return {
            "title": self.title,
            "regions": [
                {
                    "id": r.id,
                    "title": r.title,
                    "code": r.code.value,
                    "levels": r.levels,
                    "structures": r.structures,
                    "reason": r.reason,
                    "sources": list(r.sources),
                    "house": r.house,
                    "figure": r.figure,
                }
                for r in self.regions
            ],
            "neutral": self.neutral,
            "taught": self.taught,
        }

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Self:
        """Read back what `to_body` wrote."""
        return cls(
            title=body["title"],
            regions=tuple(
                Region(**{**region, "code": Code(region["code"]), "sources": tuple(region["sources"])})
                for region in body["regions"]
            ),
            neutral=body["neutral"],
            taught=body["taught"],
        )
