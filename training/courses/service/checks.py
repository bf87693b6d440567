"""The only place for trying a knowledge check: nothing is kept, and the key stays here until she has answered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from re import sub

from markupsafe import Markup

from training.courses.domain.bodymap import PICTURE
from training.courses.domain.module import Check, Figure, Module, Part
from training.courses.service.library import Library
from training.errors import NotFound
from training.questions.domain import Feedback, Item, Material, View
from training.questions.domain.drawing import shuffled


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A knowledge check on a page: not answered yet, answered too little, or answered."""

    id: str
    view: View
    #: what she chose, as the page named it
    tokens: frozenset[str] = frozenset()
    #: what the answer still lacks
    lacking: str | None = None
    feedback: Feedback | None = None


def open_check(module: Module, check_id: str, *, person_id: str, shelf: Library) -> Tried:
    """A check before it is answered; holds nothing of its key."""
    check = _get(module, check_id)
    return Tried(id=check.id, view=check.view(_order(check, person_id), _material(module, check, shelf)))


def try_check(module: Module, check_id: str, given: Sequence[str], *, person_id: str, shelf: Library) -> Tried:
    """A check with what somebody answered, and the feedback to it.

    Raises:
        NotFound: the revision in force has no such check.
        Invalid: something was chosen that the page did not offer.
    """
    check = _get(module, check_id)
    order, material = _order(check, person_id), _material(module, check, shelf)
    answer = check.task.accept(given, order, material)
    lacking = check.task.lacking(answer)
    return Tried(
        id=check.id,
        view=check.view(order, material),
        tokens=check.task.tokens(answer, order),
        lacking=lacking,
        feedback=None if lacking else check.feedback(answer, order, material),
    )


def _get(module: Module, check_id: str) -> Item:
    found = module.checks.get(check_id)
    if found is None:
        raise NotFound("This module has no such question now. Reload the section to see the ones it has.")
    return found


def _material(module: Module, check: Item, shelf: Library) -> Material:
    """What the check's page needs. A second body map on one page gets ids of its own."""
    material = shelf.material()
    section = module.find_section(check.section)
    maps = [shown for part in (section.parts if section else ()) if (shown := _map_in(part, module))]
    if check.id in maps[1:]:
        # As plain text: a substitution in Markup escapes what it puts in.
        renamed = sub(rf'(["#]){PICTURE}-', rf"\g<1>{PICTURE}-{check.id}-", str(material.picture))
        return replace(material, picture=Markup(renamed))  # noqa: S704 - our own drawing, cleaned when it was read
    return material


def _map_in(part: Part, module: Module) -> str | None:
    """What names the body map a part shows: the picture's name, or the id of a hot-spot check."""
    match part:
        case Figure(picture) if picture == PICTURE:
            return picture
        case Check(check=id_) if module.checks[id_].task.kind == "hotspot":
            return id_
    return None


def _order(check: Item, person_id: str) -> tuple[str, ...]:
    # The same each time for one person; and an author who always writes the key first gives nothing away.
    return check.task.order(partial(shuffled, person_id, check.id))
