"""The only place for how far somebody has read: what counts as read, what changed since, where to go on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from training.courses.domain.module import Module, Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one person is in one section."""

    section: str
    #: the block she was at last, from 1
    position: int
    #: the furthest she has been
    furthest: int
    updated_at: datetime
    finished_at: datetime | None = None
    #: the module's revision she last read to the end, and the section's digest then
    finished_revision: int | None = None
    finished_digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionProgress:
    """One section, as far as one person has read it."""

    section: Section
    place: Place | None
    read: bool
    #: read, and more than editorially changed since
    changed: bool

    @property
    def share(self) -> float:
        """How much of it is read, from 0 to 1."""
        if self.read and not self.changed:
            return 1.0
        if self.place is None or self.changed or not self.section.blocks:
            return 0.0
        # She is at the block: what stands before it is read.
        return min(self.place.furthest - 1, self.section.blocks) / self.section.blocks

    @property
    def anchor(self) -> str | None:
        """The element to go on from; None for the beginning."""
        if self.place is None or self.read:
            return None
        return self.section.anchor_at(self.place.position)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleProgress:
    """One module, as far as one person has read it."""

    module: Module
    sections: tuple[SectionProgress, ...]

    @property
    def read(self) -> int:
        """How many sections are read to the end."""
        return sum(one.read for one in self.sections)

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.sections)

    @property
    def begun(self) -> bool:
        """Whether anything of it was opened and reported."""
        return any(one.place for one in self.sections)

    @property
    def finished(self) -> bool:
        """Whether every section is read to the end."""
        return self.read == self.total

    @property
    def minutes_left(self) -> int:
        """What is left to read, rounded up; a section that changed counts in full."""
        return ceil(sum(one.section.minutes * (1 - one.share) for one in self.sections))

    @property
    def share(self) -> float:
        """How much of the module is read, by reading time, from 0 to 1."""
        total = sum(one.section.minutes for one in self.sections)
        return sum(one.section.minutes * one.share for one in self.sections) / total

    @property
    def continue_at(self) -> SectionProgress | None:
        """Where to go on: the unfinished section she was in last, else the first unread, else the first changed."""
        open_ = [one for one in self.sections if not one.read]
        begun = [(one.place.updated_at, one) for one in open_ if one.place]
        if begun:
            return max(begun, key=lambda pair: pair[0])[1]
        return next(iter(open_), None) or next((one for one in self.sections if one.changed), None)

    @property
    def updated_at(self) -> datetime | None:
        """When she was in it last."""
        return max((one.place.updated_at for one in self.sections if one.place), default=None)

    def of(self, section_id: str) -> SectionProgress:
        """One section's progress."""
        return self.sections[self.module.place_by_id[section_id]]


def progress(module: Module, *, changed_in: int, places: Mapping[str, Place]) -> ModuleProgress:
    """How far somebody has read.

    Args:
        module: the revision in force.
        changed_in: the latest revision of the module that was more than editorial.
        places: her places in this module, by section id.
    """
    return ModuleProgress(
        module=module,
        sections=tuple(_section(section, places.get(section.id), changed_in) for section in module.sections),
    )


def _section(section: Section, place: Place | None, changed_in: int) -> SectionProgress:
    read = place is not None and place.finished_at is not None
    changed = (
        place is not None
        and place.finished_revision is not None
        and place.finished_revision < changed_in
        and place.finished_digest != section.digest
    )
    return SectionProgress(section=section, place=place, read=read, changed=changed)
