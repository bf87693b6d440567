"""The only place for what a person and an account are, and for the rules of signing in. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from training.permissions import Membership, Role, Site, Viewer

__all__ = ["Membership", "Role", "Site", "Viewer"]

PASSWORD_MINIMUM: Final = 12
PASSWORD_MAXIMUM: Final = 256
INVITATION_LIFE: Final = timedelta(days=7)

#: Sign-in: how many failures inside the window close the door, per account and per address.
FAILURE_WINDOW: Final = timedelta(minutes=15)
FAILURES_PER_ACCOUNT: Final = 10
FAILURES_PER_PEER: Final = 60
#: Signing: failures in a row that lock it, and for how long.
SIGNING_FAILURES: Final = 3
SIGNING_LOCK: Final = timedelta(hours=1)

IDLE: Final = timedelta(minutes=30)  # seniors, managers, administrators
ABSOLUTE: Final = timedelta(hours=12)
OWN_PHONE: Final = timedelta(days=30)  # a therapist who said that the device is hers
LAST_SEEN_STEP: Final = timedelta(minutes=1)  # a page view writes at most this often


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCard:
    """A person as other pages show her."""

    id: str
    name: str
    email: str
    memberships: tuple[Membership, ...]  # all, the oldest first; ended ones too

    def at_work(self, at: datetime) -> tuple[Membership, ...]:
        """The memberships in force at that moment."""
        return tuple(one for one in self.memberships if one.holds(at))

    def zone(self) -> str:
        """The time zone of the site she joined last; UTC for somebody without one."""
        sites = [one.site for one in self.memberships if one.site is not None]
        return sites[-1].zone if sites else "UTC"

    def site_names(self, at: datetime) -> str:
        """The sites she works at, or worked at last, for a line under the name."""
        now = [one.site.name for one in self.at_work(at) if one.site]
        if now:
            return ", ".join(dict.fromkeys(now))
        return self.memberships[-1].site.name if self.memberships and self.memberships[-1].site else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MainTrainer:
    """Who mainly trains somebody; `trainer_id` None says that nobody does."""

    trainee_id: str
    trainer_id: str | None
    trainer_name: str | None
    from_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A one-time link by which a person joins."""

    id: str
    email: str
    name: str
    role: Role
    site: Site | None
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What signing in and signing need to know of a person."""

    person_id: str
    password_hash: str | None
    signing_failures: int
    signing_locked_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A signed-in browser that nobody signed out."""

    id: str
    own_device: bool
    started_at: datetime
    seen_at: datetime


def session_end(*, roles: frozenset[Role], own_device: bool, started: datetime, seen: datetime) -> datetime:
    """When a session ends if nothing more happens: the absolute end, or the idle end of a desk role."""
    if roles <= {Role.THERAPIST}:
        return started + (OWN_PHONE if own_device else ABSOLUTE)
    return min(started + ABSOLUTE, seen + IDLE)


def normal_email(text: str) -> str:
    """The one form of an address that accounts are found by."""
    return text.strip().casefold()


def password_problem(password: str, *, guessable: bool) -> str | None:
    """Why a new password will not do, or None. No composition rules (NIST 800-63B-4)."""
    if len(password) < PASSWORD_MINIMUM:
        return f"Use at least {PASSWORD_MINIMUM} characters. Three or four unrelated words are easy to remember."
    if len(password) > PASSWORD_MAXIMUM:
        return f"Use at most {PASSWORD_MAXIMUM} characters."
    if guessable:
        return "That password is among the first ones anybody would try. Choose unrelated words."
    return None
