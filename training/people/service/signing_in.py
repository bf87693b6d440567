"""The only place for signing in and out, and for who the viewer is."""

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from training.db import stamp, transaction
from training.errors import NotFound, Refused, TooMany
from training.people import store
from training.people.domain import (
    FAILURE_WINDOW,
    FAILURES_PER_ACCOUNT,
    FAILURES_PER_PEER,
    LAST_SEEN_STEP,
    PersonCard,
    Viewer,
    normal_email,
    session_end,
)
from training.people.service.passwords import digest, matches
from training.permissions import Membership, Role

log = logging.getLogger(__name__)

_SIGN_IN_FAILED = "That e-mail address and password do not belong together. Check both and try again."


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """What the browser is given: the session cookie and the device cookie."""

    person_id: str
    token: str
    device: str
    own_device: bool


def sign_in(*, email: str, password: str, own_device: bool, device: str | None, peer: str) -> SignedIn:
    """Check a password and open a session.

    The try is written down before the password is looked at, so that parallel guesses are counted too.

    Raises:
        TooMany: too many failures for the account or from the address; says when to come back.
        Refused: wrong; the same words for a known and an unknown account.
    """
    device_hash = digest(device) if device else None
    peer_key = digest("peer", peer)
    with transaction() as session:
        at = stamp(session)
        account = store.find_account(session, email)
        known = bool(
            account
            and device_hash
            and store.device_is_known(session, token_hash=device_hash, person_id=account.person_id)
        )
        # On a device she used before, only its own failures count: strangers cannot lock her out.
        account_key = digest("account", normal_email(email), device_hash or "" if known else "")
        failure = store.add_failure(session, account_key=account_key, peer_key=peer_key, at=at)
        by_account, by_peer = store.count_failures(
            session, account_key=account_key, peer_key=peer_key, since=at - FAILURE_WINDOW
        )
    if by_account > FAILURES_PER_ACCOUNT or (by_peer > FAILURES_PER_PEER and not known):
        log.warning("sign-in throttled failure=%s", failure)
        minutes = int(FAILURE_WINDOW.total_seconds() // 60)
        raise TooMany(f"Too many tries to sign in. Wait {minutes} minutes, then try again.")
    if not matches(password, account.password_hash if account else None) or account is None:
        raise Refused(_SIGN_IN_FAILED)
    token, device = secrets.token_urlsafe(32), device or secrets.token_urlsafe(32)
    with transaction() as session:
        at = stamp(session)
        store.forget_failures(session, account_key=account_key, before=at - 2 * FAILURE_WINDOW)
        store.know_device(session, token_hash=digest(device), person_id=account.person_id, at=at)
        session_id = store.add_session(
            session, token_hash=digest(token), person_id=account.person_id, own_device=own_device, at=at
        )
    log.info("signed in person=%s session=%s", account.person_id, session_id)
    return SignedIn(person_id=account.person_id, token=token, device=device, own_device=own_device)


def find_viewer(session: Session, token: str, *, at: datetime) -> tuple[Viewer, bool] | None:
    """Who holds this session cookie, and whether the session's last-seen time should be written anew."""
    found = store.find_session(session, digest(token))
    if found is None:
        return None
    row, card = found
    held = card.at_work(at)
    roles = frozenset(one.role for one in held)
    if at >= session_end(roles=roles, own_device=row.own_device, started=row.started_at, seen=row.seen_at):
        return None
    viewer = _viewer(session, card, held, session_id=row.id)
    return viewer, at - row.seen_at >= LAST_SEEN_STEP


def viewer_of(session: Session, person_id: str, *, at: datetime) -> Viewer:
    """A person as the viewer of what she does from a command instead of a browser.

    Raises:
        NotFound: unknown.
    """
    card = store.get_cards(session, [person_id]).get(person_id)
    if card is None:
        raise NotFound
    return _viewer(session, card, card.at_work(at), session_id="")


def _viewer(session: Session, card: PersonCard, held: tuple[Membership, ...], *, session_id: str) -> Viewer:
    if any(one.role is Role.ADMINISTRATOR for one in held):
        sites = store.list_sites(session)
    else:
        sites = tuple({one.site.id: one.site for one in held if one.site}.values())
    return Viewer(
        person_id=card.id, name=card.name, email=card.email, session_id=session_id, memberships=held, sites=sites
    )


def keep_alive(session_id: str) -> None:
    """Write a session's last-seen time; called at most once a minute."""
    with transaction() as session:
        store.touch_session(session, session_id, at=stamp(session))


def sign_out(session_id: str) -> None:
    """End a session at once."""
    with transaction() as session:
        store.end_session(session, session_id, at=stamp(session))
    log.info("signed out session=%s", session_id)
