"""The only place for the SQL of invitations."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from training.db import new_id
from training.people.domain import (
    Invitation,
    normal_email,
)
from training.people.store.persons import changed, site_of
from training.people.tables import (
    InvitationRow,
    SiteRow,
)
from training.permissions import Role


def add_invitation(
    session: Session,
    *,
    token_hash: str,
    email: str,
    name: str,
    role: Role,
    site_id: str | None,
    at: datetime,
    expires_at: datetime,
    by: str | None,
) -> None:
    session.add(
        InvitationRow(
            id=new_id(),
            token_hash=token_hash,
            email=normal_email(email),
            name=name,
            role=role.value,
            site_id=site_id,
            created_at=at,
            created_by=by,
            expires_at=expires_at,
        )
    )
    session.flush()


def find_invitation(session: Session, token_hash: str) -> Invitation | None:
    query = (
        select(InvitationRow, SiteRow)
        .outerjoin(SiteRow, SiteRow.id == InvitationRow.site_id)
        .where(InvitationRow.token_hash == token_hash)
    )
    found = session.execute(query).first()
    return None if found is None else _invitation(found[0], found[1])


def open_invitations(session: Session, *, sites: frozenset[str] | None, at: datetime) -> tuple[Invitation, ...]:
    """Invitations not yet taken and not expired, the newest first; at most 50."""
    query = (
        select(InvitationRow, SiteRow)
        .outerjoin(SiteRow, SiteRow.id == InvitationRow.site_id)
        .where(InvitationRow.used_at.is_(None), InvitationRow.expires_at > at)
        .order_by(InvitationRow.created_at.desc())
        .limit(50)
    )
    if sites is not None:
        query = query.where(InvitationRow.site_id.in_(sites))
    return tuple(_invitation(row, site) for row, site in session.execute(query))


def take_invitation(session: Session, token_hash: str, *, at: datetime) -> bool:
    """Use it up. True for exactly one caller, however many try at once."""
    taking = (
        update(InvitationRow)
        .where(InvitationRow.token_hash == token_hash, InvitationRow.used_at.is_(None), InvitationRow.expires_at > at)
        .values(used_at=at)
    )
    return changed(session, taking)


def _invitation(row: InvitationRow, site: SiteRow | None) -> Invitation:
    return Invitation(
        id=row.id,
        email=row.email,
        name=row.name,
        role=Role(row.role),
        site=None if site is None else site_of(site),
        expires_at=row.expires_at,
        used_at=row.used_at,
    )
