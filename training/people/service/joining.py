"""The only place for sites, invitations and joining."""

import logging
import secrets
from datetime import datetime
from zoneinfo import available_timezones

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from training.db import stamp, transaction
from training.errors import Invalid, NotAllowed, NotFound, Refused
from training.people import store
from training.people.domain import (
    INVITATION_LIFE,
    Invitation,
    Site,
    Viewer,
    normal_email,
)
from training.people.service.passwords import digest, hash_password
from training.permissions import Permission, Role

log = logging.getLogger(__name__)

_LINK_DEAD = "This link has been used or has expired. Ask your manager for a new one."


def add_site(*, name: str, zone: str) -> Site:
    """A new site. `zone` is an IANA id.

    Raises:
        Invalid: no name, or no such zone.
        Refused: a site is called that already.
    """
    if not name.strip():
        raise Invalid("Write the site's name.")
    if zone not in available_timezones():
        raise Invalid(f"There is no time zone “{zone}”. Write it like Europe/Berlin.")
    try:
        with transaction() as session:
            return store.add_site(session, name=name.strip(), zone=zone)
    except IntegrityError:
        raise Refused(f"There is a site called {name.strip()} already.") from None


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
            token_hash=digest(token),
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
    found = store.find_invitation(session, digest(token))
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
            if not store.take_invitation(session, digest(token), at=at):
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
