"""The only place for the use cases of people: inviting, joining, signing in and out, roles, trainers."""

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import available_timezones

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from zxcvbn import zxcvbn

from training.db import stamp, transaction
from training.errors import Invalid, NotAllowed, NotFound, Refused, TooMany
from training.people import store
from training.people.domain import (
    FAILURE_WINDOW,
    FAILURES_PER_ACCOUNT,
    FAILURES_PER_PEER,
    INVITATION_LIFE,
    LAST_SEEN_STEP,
    SIGNING_FAILURES,
    SIGNING_LOCK,
    Invitation,
    PersonCard,
    Site,
    Viewer,
    normal_email,
    password_problem,
    session_end,
)
from training.permissions import Membership, Permission, Role

log = logging.getLogger(__name__)

_SIGN_IN_FAILED = "That e-mail address and password do not belong together. Check both and try again."
_LINK_DEAD = "This link has been used or has expired. Ask your manager for a new one."
_GUESSABLE_BELOW = 2  # zxcvbn's scale of 0 to 4: below 2, under a million guesses


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    """A hash to check against when the account is unknown, so that the answer takes as long."""
    return _hasher().hash(secrets.token_urlsafe(16))


def _digest(*parts: str) -> str:
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


def _matches(password: str, password_hash: str | None) -> bool:
    try:
        _hasher().verify(password_hash or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


# ---- signing in and out


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
    device_hash = _digest(device) if device else None
    peer_key = _digest("peer", peer)
    with transaction() as session:
        at = stamp(session)
        account = store.find_account(session, email)
        known = bool(
            account
            and device_hash
            and store.device_is_known(session, token_hash=device_hash, person_id=account.person_id)
        )
        # On a device she used before, only its own failures count: strangers cannot lock her out.
        account_key = _digest("account", normal_email(email), device_hash or "" if known else "")
        failure = store.add_failure(session, account_key=account_key, peer_key=peer_key, at=at)
        by_account, by_peer = store.count_failures(
            session, account_key=account_key, peer_key=peer_key, since=at - FAILURE_WINDOW
        )
    if by_account > FAILURES_PER_ACCOUNT or (by_peer > FAILURES_PER_PEER and not known):
        log.warning("sign-in throttled failure=%s", failure)
        minutes = int(FAILURE_WINDOW.total_seconds() // 60)
        raise TooMany(f"Too many tries to sign in. Wait {minutes} minutes, then try again.")
    if not _matches(password, account.password_hash if account else None) or account is None:
        raise Refused(_SIGN_IN_FAILED)
    token, device = secrets.token_urlsafe(32), device or secrets.token_urlsafe(32)
    with transaction() as session:
        at = stamp(session)
        store.forget_failures(session, account_key=account_key, before=at - 2 * FAILURE_WINDOW)
        store.know_device(session, token_hash=_digest(device), person_id=account.person_id, at=at)
        session_id = store.add_session(
            session, token_hash=_digest(token), person_id=account.person_id, own_device=own_device, at=at
        )
    log.info("signed in person=%s session=%s", account.person_id, session_id)
    return SignedIn(person_id=account.person_id, token=token, device=device, own_device=own_device)


def find_viewer(session: Session, token: str, *, at: datetime) -> tuple[Viewer, bool] | None:
    """Who holds this session cookie, and whether the session's last-seen time should be written anew."""
    found = store.find_session(session, _digest(token))
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
    if _matches(password, account.password_hash):
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


# ---- finding people


def get_person(
    session: Session, viewer: Viewer, person_id: str, *, needs: Permission = Permission.SEE_REGISTER
) -> PersonCard:
    """The person, where the viewer is she herself, or holds `needs` at a site she works or worked at.

    Raises:
        NotFound: unknown, or a stranger.
    """
    card = store.get_cards(session, [person_id]).get(person_id)
    if card is None:
        raise NotFound
    if person_id == viewer.person_id:
        return card
    if not viewer.may(needs):
        raise NotFound
    sites = viewer.sites_with(needs)
    if sites is not None and not any(one.site and one.site.id in sites for one in card.memberships):
        raise NotFound
    return card


# ---- sites, invitations, memberships, trainers


def add_site(*, name: str, zone: str) -> Site:
    """A new site. `zone` is an IANA id.

    Raises:
        Invalid: no such zone.
    """
    if zone not in available_timezones():
        raise Invalid(f"There is no time zone “{zone}”. Write it like Europe/Berlin.")
    with transaction() as session:
        return store.add_site(session, name=name, zone=zone)


def invite(by: Viewer | None, *, name: str, email: str, role: Role, site_id: str | None) -> str:
    """Make a one-time link's token. `by` None is the command line.

    Raises:
        Refused: that address has an account already.
        NotAllowed: a manager inviting outside her sites, or an administrator.
    """
    if by is not None:
        sites = by.sites_with(Permission.MANAGE_PEOPLE)
        if sites is not None and (site_id is None or site_id not in sites):
            raise NotAllowed("You can invite people to your own sites only.")
    token = secrets.token_urlsafe(32)
    with transaction() as session:
        at = stamp(session)
        if store.find_account(session, email) is not None:
            raise Refused(f"{normal_email(email)} has an account already. Give that person a further role instead.")
        if site_id is not None:
            store.get_site(session, site_id)
        store.add_invitation(
            session,
            token_hash=_digest(token),
            email=email,
            name=name,
            role=role,
            site_id=site_id,
            at=at,
            expires_at=at + INVITATION_LIFE,
            by=None if by is None else by.person_id,
        )
    log.info("invited role=%s site=%s by=%s", role, site_id, by and by.person_id)
    return token


def get_invitation(session: Session, token: str, *, at: datetime) -> Invitation:
    """The invitation behind a link.

    Raises:
        NotFound: used, expired or never made; the same words for each.
    """
    found = store.find_invitation(session, _digest(token))
    if found is None or found.used_at is not None or found.expires_at <= at:
        raise NotFound(_LINK_DEAD)
    return found


def join(token: str, *, name: str, password: str) -> str:
    """Take an invitation: the person comes into being, with her first membership. Works once.

    Raises:
        NotFound: the link was used or has expired.
        Invalid: the password will not do.
    """
    try:
        with transaction() as session:
            at = stamp(session)
            invitation = get_invitation(session, token, at=at)
            made = hash_password(password, about=(name, invitation.email))
            if not store.take_invitation(session, _digest(token), at=at):
                raise NotFound(_LINK_DEAD)
            person_id = add_member(
                session,
                name=name,
                email=invitation.email,
                password_hash=made,
                role=invitation.role,
                site_id=invitation.site.id if invitation.site else None,
                at=at,
            )
    except IntegrityError:
        raise Refused("That e-mail address has an account already. Sign in with it.") from None
    log.info("joined person=%s role=%s", person_id, invitation.role)
    return person_id


def add_member(
    session: Session,
    *,
    name: str,
    email: str,
    password_hash: str,
    role: Role,
    site_id: str | None,
    at: datetime,
    by: str | None = None,
) -> str:
    """A new person with a first membership; the part of joining that the demo spa uses too."""
    person_id = store.add_person(session, name=name, email=email, password_hash=password_hash, at=at)
    store.add_membership(
        session, person_id=person_id, role=role, site_id=site_id, from_at=at, recorded_at=at, recorded_by=by
    )
    return person_id


def give_role(viewer: Viewer, person_id: str, *, role: Role, site_id: str) -> None:
    """A further membership for somebody in the viewer's sight."""
    with transaction() as session:
        card = get_person(session, viewer, person_id, needs=Permission.MANAGE_PEOPLE)
        _managed_site(viewer, site_id)
        at = stamp(session)
        store.lock_persons(session, [person_id])
        if any(one.role is role and one.site and one.site.id == site_id for one in card.at_work(at)):
            raise Refused(f"{card.name} holds that role there already.")
        store.add_membership(
            session,
            person_id=person_id,
            role=role,
            site_id=site_id,
            from_at=at,
            recorded_at=at,
            recorded_by=viewer.person_id,
        )
    log.info("role given person=%s role=%s site=%s by=%s", person_id, role, site_id, viewer.person_id)


def end_role(viewer: Viewer, person_id: str, membership_id: str) -> None:
    """End a membership now; the person's sessions end with it."""
    with transaction() as session:
        card = get_person(session, viewer, person_id, needs=Permission.MANAGE_PEOPLE)
        at = stamp(session)
        found = next((one for one in card.at_work(at) if one.id == membership_id), None)
        if found is None:
            raise NotFound
        if found.site is None:
            if not viewer.everywhere(Permission.MANAGE_PEOPLE):
                raise NotFound
        else:
            _managed_site(viewer, found.site.id)
        if person_id == viewer.person_id:
            raise Refused("You cannot end your own role. Ask another manager.")
        store.close_membership(session, membership_id, until_at=at)
        store.end_sessions_of(session, person_id, at=at)
    log.info("role ended person=%s membership=%s by=%s", person_id, membership_id, viewer.person_id)


def set_main_trainer(viewer: Viewer, trainee_id: str, trainer_id: str | None) -> None:
    """Say who mainly trains somebody, or explicitly that nobody does."""
    if trainee_id == trainer_id:
        raise Invalid("Nobody is her own main trainer. Choose another senior, or “nobody”.")
    with transaction() as session:
        get_person(session, viewer, trainee_id, needs=Permission.MANAGE_PEOPLE)
        at = stamp(session)
        if trainer_id is not None:
            trainer = get_person(session, viewer, trainer_id, needs=Permission.MANAGE_PEOPLE)
            if all(one.role is not Role.SENIOR for one in trainer.at_work(at)):
                raise Invalid(f"{trainer.name} is not a senior. Choose a senior, or “nobody”.")
        store.lock_persons(session, [trainee_id])
        store.add_main_trainer(
            session, trainee_id=trainee_id, trainer_id=trainer_id, from_at=at, recorded_by=viewer.person_id
        )
    log.info("main trainer set trainee=%s trainer=%s by=%s", trainee_id, trainer_id, viewer.person_id)


def _managed_site(viewer: Viewer, site_id: str) -> None:
    sites = viewer.sites_with(Permission.MANAGE_PEOPLE)
    if sites is not None and site_id not in sites:
        raise NotFound
