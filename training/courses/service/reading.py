"""The only place for the use cases of reading: where somebody is, what she has read, what is left."""

import logging

from sqlalchemy.orm import Session

from training.courses.domain.module import Module, Section
from training.courses.domain.reading import ModuleProgress, Place, progress
from training.courses.service.library import Library, library
from training.courses.store import places as store
from training.db import stamp, transaction
from training.errors import Invalid, NotFound

log = logging.getLogger(__name__)

_NO_SECTION = "This module has no such section now. Open the module to see what it has."


def reading_progress(session: Session, person_id: str, shelf: Library | None = None) -> tuple[ModuleProgress, ...]:
    """How far somebody has read every module in force, in order of number."""
    shelf = shelf or library(session)
    places = store.places_of(session, person_id)
    return tuple(
        progress(module, changed_in=shelf.changed_in(module), places=places.get(module.id, {}))
        for module in shelf.modules.values()
    )


def module_progress(session: Session, person_id: str, module: Module, shelf: Library) -> ModuleProgress:
    """How far somebody has read one module."""
    places = store.places_of(session, person_id, module=module.id)
    return progress(module, changed_in=shelf.changed_in(module), places=places.get(module.id, {}))


def get_section(module: Module, section_id: str) -> Section:
    """One section.

    Raises:
        NotFound: the revision in force has none of that id.
    """
    found = module.find_section(section_id)
    if found is None:
        raise NotFound(_NO_SECTION)
    return found


def keep_place(person_id: str, slug: str, section_id: str, *, position: int, read: bool) -> None:
    """Write down the block somebody is at, counted from 1; with `read`, that the end was reached.

    Raises:
        NotFound: no such module or section.
        Invalid: a position before the first block.
    """
    with transaction() as session:
        module = library(session).module(slug)
        section = get_section(module, section_id)
        if position < 1:
            raise Invalid("A reading position is a block of the section, counted from 1.")
        _keep(session, person_id, module, section, position=min(position, section.blocks), read=read)


def finish_section(person_id: str, slug: str, section_id: str) -> Section | None:
    """Write down that a section was read to the end. Returns the section that follows, None after the last.

    Raises:
        NotFound: no such module or section.
    """
    with transaction() as session:
        module = library(session).module(slug)
        section = get_section(module, section_id)
        _keep(session, person_id, module, section, position=section.blocks, read=True)
    log.info("read person=%s module=%s section=%s revision=%s", person_id, module.id, section_id, module.revision)
    return module.section_after(section_id)


def _keep(session: Session, person_id: str, module: Module, section: Section, *, position: int, read: bool) -> None:
    at = stamp(session)
    place = Place(
        section=section.id,
        position=position,
        furthest=section.blocks if read else position,
        updated_at=at,
        finished_at=at if read else None,
        finished_revision=module.revision if read else None,
        finished_digest=section.digest if read else None,
    )
    store.keep_place(session, person_id, module.id, place)
