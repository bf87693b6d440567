"""The only place for the main navigation: which pages, for whom, in which order."""

from typing import Final, NamedTuple

from flask import request, url_for

from training.permissions import Permission, Viewer


class Entry(NamedTuple):
    """One line of the navigation."""

    label: str
    url: str
    active: bool


# Label, endpoint, the permission it takes, and which blueprints it stands for.
_PAGES: Final[tuple[tuple[str, str, Permission, frozenset[str]], ...]] = (
    ("Today", "homes.today", Permission.SEE_REGISTER, frozenset()),
    ("My way", "homes.my_way", Permission.LEARN, frozenset()),
    ("Modules", "courses.modules", Permission.LEARN, frozenset({"courses", "attempts"})),
    ("Documents", "documents.own", Permission.LEARN, frozenset()),
    ("Practicals", "practicals.queue", Permission.OBSERVE, frozenset({"practicals"})),
    ("Register", "register.register", Permission.SEE_REGISTER, frozenset({"register", "clearance"})),
    ("People", "people.people", Permission.MANAGE_PEOPLE, frozenset()),
)


def entries(viewer: Viewer | None) -> tuple[Entry, ...]:
    """The viewer's navigation; empty for strangers."""
    if viewer is None:
        return ()
    blueprint = request.blueprint
    return tuple(
        Entry(label, url_for(endpoint), endpoint == request.endpoint or blueprint in blueprints)
        for label, endpoint, permission, blueprints in _PAGES
        if viewer.may(permission)
    )
