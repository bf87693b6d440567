"""The only place for what a hot-spot item looks like in a content file."""

from typing import Annotated, Final, Literal

from pydantic import Field

from training.questions.types.files import Entry, Text
from training.questions.types.hotspot.domain import HotSpot
from training.yamlfiles import Content

RegionId = Annotated[str, Field(pattern=r"^r\d{2}$")]


class Regions(Content):
    """Which regions of the body map are right, and how many the person marks."""

    right: Annotated[tuple[RegionId, ...], Field(min_length=1)]
    needed: Literal["all", "any"]
    choose: Annotated[int, Field(ge=1)]


class HotSpotEntry(Entry):
    """Regions of the body map, and why."""

    regions: Regions
    why: Text
    wrong: dict[RegionId, Text] = Field(default_factory=dict)

    def task(self) -> HotSpot:
        return HotSpot(
            right_regions=tuple(sorted(self.regions.right)),
            all_needed=self.regions.needed == "all",
            choose=self.regions.choose,
            why=self.why,
            wrong=tuple(sorted(self.wrong.items())),
        )


ENTRY: Final = HotSpotEntry
