"""The only place for roles, permissions, and who may do what."""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a membership makes of a person at a site (administrators: in the whole organisation)."""

    THERAPIST = "therapist"
    SENIOR = "senior"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """What a view asks of its viewer. Whose object it may be is decided by the finder in the store."""

    PUBLIC = "public"  # no sign-in
    SIGNED_IN = "signed_in"  # one's own account
    LEARN = "learn"  # modules, quizzes, one's own path and documents
    OBSERVE = "observe"  # the queue, sheets, signing
    SEE_REGISTER = "see_register"  # register, persons' pages, evidence
    MANAGE_PEOPLE = "manage_people"  # invite, memberships, main trainers, release a signing lock
    VERIFY_DOCUMENTS = "verify_documents"
    SUSPEND = "suspend"  # suspend, lift, void
    FOUND = "found"  # propose and confirm founding assessors


PUBLIC: Final = Permission.PUBLIC

_EVERYBODY = {Permission.SIGNED_IN}
_LEARNING = {Permission.LEARN}
_DESK = {
    Permission.SEE_REGISTER,
    Permission.MANAGE_PEOPLE,
    Permission.VERIFY_DOCUMENTS,
    Permission.SUSPEND,
    Permission.FOUND,
}

GRANTS: Final[dict[Role, frozenset[Permission]]] = {
    Role.THERAPIST: frozenset(_EVERYBODY | _LEARNING),
    Role.SENIOR: frozenset(_EVERYBODY | _LEARNING | {Permission.OBSERVE}),
    Role.MANAGER: frozenset(_EVERYBODY | _DESK),
    # An administrator is no super-user: she sees and decides at the desk, and cannot sign for others.
    Role.ADMINISTRATOR: frozenset(_EVERYBODY | _DESK),
}
