"""The only place for checking and changing passwords, at signing too."""

import hashlib
import logging
import secrets
from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session
from zxcvbn import zxcvbn

from training.db import stamp, transaction
from training.errors import Invalid, NotAllowed, Refused, TooMany
from training.people import store
from training.people.domain import (
    SIGNING_FAILURES,
    SIGNING_LOCK,
    Viewer,
    password_problem,
)
from training.people.service.roles import get_person
from training.permissions import Permission

log = logging.getLogger(__name__)

_GUESSABLE_BELOW = 2  # zxcvbn's scale of 0 to 4: below 2, under a million guesses


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    """A hash to check against when the account is unknown, so that the answer takes as long."""
    return _hasher().hash(secrets.token_urlsafe(16))


def digest(*parts: str) -> str:
    """SHA-256 of a token or key, as stored."""
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


def hash_password(password: str, *, about: tuple[str, ...] = ()) -> str:
    """The stored form of a new password. `about`: the person's own words, easily guessed.

    Raises:
        Invalid: too short, too long, or among the first that anybody would try.
    """
    guess = zxcvbn(password[:72], user_inputs=[*about, "footing"])
    problem = password_problem(password, guessable=guess["score"] < _GUESSABLE_BELOW)
    if problem:
        raise Invalid(problem)
    return _hasher().hash(password)


def matches(password: str, password_hash: str | None) -> bool:
    """Whether it is that password; takes as long when there is none to match."""
    try:
        _hasher().verify(password_hash or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def change_password(viewer: Viewer, *, old: str, new: str) -> None:
    """Change one's own password; every other session of hers ends.

    Raises:
        Refused: the old one is wrong.
        Invalid: the new one will not do.
    """
    made = hash_password(new, about=(viewer.name, viewer.email))
    check_password(viewer.person_id, old)
    with transaction() as session:
        store.set_password(session, viewer.person_id, made)
        store.end_sessions_of(session, viewer.person_id, at=stamp(session), but=viewer.session_id)
    log.info("password changed person=%s", viewer.person_id)


def check_password(person_id: str, password: str) -> None:
    """Whether this is her password, asked at a signature or before a change. Opens its own transactions, so that
    a failure stays counted even though nothing else happens.

    Raises:
        TooMany: three failures in a row locked signing for an hour; a manager can release it.
        Refused: wrong.
    """
    with transaction() as session:
        store.lock_persons(session, [person_id])
        at = stamp(session)
        account = store.get_account(session, person_id)
        if account.signing_locked_until and at < account.signing_locked_until:
            raise TooMany(
                "Signing is locked for an hour after three wrong passwords. Nothing was signed, nothing is lost. "
                "Your manager can release it sooner."
            )
        # Counted before it is checked, so that parallel guesses are counted too; a right one sets it back.
        failures = store.add_signing_failure(session, person_id)
        locked = failures >= SIGNING_FAILURES
        if locked:
            store.set_signing(session, person_id, failures=0, locked_until=at + SIGNING_LOCK)
    if matches(password, account.password_hash):
        with transaction() as session:
            store.set_signing(session, person_id, failures=0, locked_until=None)
        return
    log.warning("wrong password at signing person=%s in_a_row=%s", person_id, failures)
    if locked:
        raise TooMany(
            "That was the third wrong password: signing is locked for an hour, and your manager is told. "
            "Nothing was signed, nothing is lost."
        )
    left = SIGNING_FAILURES - failures
    raise Refused(f"That is not your password. {left} more {'try' if left == 1 else 'tries'} before signing locks.")


def release_signing(viewer: Viewer, person_id: str) -> None:
    """Open signing again for somebody whose three tries failed; not for oneself."""
    if viewer.person_id == person_id:
        raise NotAllowed("You cannot release your own signing lock. Ask another manager.")
    with transaction() as session:
        get_person(session, viewer, person_id, needs=Permission.MANAGE_PEOPLE)
        store.set_signing(session, person_id, failures=0, locked_until=None)
    log.info("signing released person=%s by=%s", person_id, viewer.person_id)


def signing_locked_until(session: Session, person_id: str, *, at: datetime) -> datetime | None:
    """Until when signing is locked for this person, or None."""
    until = store.get_account(session, person_id).signing_locked_until
    return until if until and at < until else None
