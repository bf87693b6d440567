"""The only place for roles, permissions, memberships, and who may do what."""

from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True, slots=True)
class Site:
    """A place of work. `zone` is an IANA time zone id."""

    id: str
    name: str
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A role at a site from a moment on. An administrator's has no site: the whole organisation."""

    id: str
    person_id: str
    role: Role
    site: Site | None
    from_at: datetime
    until_at: datetime | None
    recorded_at: datetime

    def holds(self, at: datetime) -> bool:
        """Whether the membership is in force at that moment (half-open)."""
        return self.from_at <= at and (self.until_at is None or at < self.until_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """The person behind the request, with the roles in force now."""

    person_id: str
    name: str
    email: str
    session_id: str
    memberships: tuple[Membership, ...]  # in force now
    sites: tuple[Site, ...]  # where they hold; every site for an administrator

    def may(self, permission: Permission) -> bool:
        """Whether any role of the viewer grants it."""
        if permission in {Permission.PUBLIC, Permission.SIGNED_IN}:
            return True
        return any(permission in GRANTS[one.role] for one in self.memberships)

    def everywhere(self, permission: Permission) -> bool:
        """Whether the viewer holds it in the whole organisation."""
        return any(one.site is None and permission in GRANTS[one.role] for one in self.memberships)

    def sites_with(self, permission: Permission) -> frozenset[str] | None:
        """The ids of the sites where the viewer holds it; None means every site."""
        if self.everywhere(permission):
            return None
        return frozenset(one.site.id for one in self.memberships if one.site and permission in GRANTS[one.role])

    @property
    def zone(self) -> str:
        """The time zone to show moments in."""
        return self.sites[0].zone if self.sites else "UTC"

    @property
    def roles(self) -> frozenset[Role]:
        """The roles in force, whatever the site."""
        return frozenset(one.role for one in self.memberships)

    @property
    def is_authenticated(self) -> bool:
        """What Flask-Login asks of its user."""
        return True
