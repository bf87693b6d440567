"""The only place for trying a knowledge check: nothing is kept, and the key stays here until she has answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from training.courses.domain.module import Module
from training.courses.service.library import Library
from training.errors import NotFound
from training.questions.domain import Feedback, Item, View
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
    material = shelf.material()
    return Tried(id=check.id, view=check.view(_order(check, person_id), material))


def try_check(module: Module, check_id: str, given: Sequence[str], *, person_id: str, shelf: Library) -> Tried:
    """A check with what somebody answered, and the feedback to it.

    Raises:
        NotFound: the revision in force has no such check.
        Invalid: something was chosen that the page did not offer.
    """
    check = _get(module, check_id)
    order, material = _order(check, person_id), shelf.material()
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


def _order(check: Item, person_id: str) -> tuple[str, ...]:
    # The same each time for one person; and an author who always writes the key first gives nothing away.
    return check.task.order(partial(shuffled, person_id, check.id))
