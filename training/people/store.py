"""The only place for the SQL of people: persons, memberships, trainers, invitations, sessions, failures."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, delete, exists, func, or_, select, true, update
from sqlalchemy.orm import Session

from training.db import new_id
from training.errors import NotFound
from training.people.domain import (
    Account,
    Invitation,
    MainTrainer,
    Membership,
    OpenSession,
    PersonCard,
    Site,
    normal_email,
)
from training.people.tables import (
    DeviceRow,
    InvitationRow,
    MainTrainerRow,
    MembershipRow,
    PersonRow,
    SignInFailureRow,
    SiteRow,
    WebSessionRow,
)
from training.permissions import Role

#: The columns that _membership takes after the person, in its order.
_MEMBERSHIP = (
    MembershipRow.id,
    MembershipRow.role,
    MembershipRow.from_at,
    MembershipRow.until_at,
    MembershipRow.recorded_at,
    SiteRow.id,
    SiteRow.name,
    SiteRow.zone,
)

# ---- sites


def add_site(session: Session, *, name: str, zone: str) -> Site:
    row = SiteRow(id=new_id(), name=name, zone=zone)
    session.add(row)
    session.flush()
    return _site(row)


def list_sites(session: Session, *, within: frozenset[str] | None = None) -> tuple[Site, ...]:
    """Sites by name; `within` None means every site."""
    query = select(SiteRow).order_by(SiteRow.name)
    if within is not None:
        query = query.where(SiteRow.id.in_(within))
    return tuple(_site(row) for row in session.scalars(query))


def get_site(session: Session, site_id: str) -> Site:
    row = session.get(SiteRow, site_id)
    if row is None:
        raise NotFound
    return _site(row)


def _site(row: SiteRow) -> Site:
    return Site(id=row.id, name=row.name, zone=row.zone)


# ---- persons and memberships


def add_person(session: Session, *, name: str, email: str, password_hash: str | None, at: datetime) -> str:
    row = PersonRow(
        id=new_id(),
        name=name,
        name_key=name.casefold(),
        email=normal_email(email),
        password_hash=password_hash,
        signing_failures=0,
        created_at=at,
    )
    session.add(row)
    session.flush()
    return row.id


def add_membership(
    session: Session,
    *,
    person_id: str,
    role: Role,
    site_id: str | None,
    from_at: datetime,
    recorded_at: datetime,
    recorded_by: str | None,
) -> str:
    row = MembershipRow(
        id=new_id(),
        person_id=person_id,
        role=role.value,
        site_id=site_id,
        from_at=from_at,
        recorded_at=recorded_at,
        recorded_by=recorded_by,
    )
    session.add(row)
    session.flush()
    return row.id


def close_membership(session: Session, membership_id: str, *, until_at: datetime) -> bool:
    """End it; False where it had an end already."""
    closing = (
        update(MembershipRow)
        .where(MembershipRow.id == membership_id, MembershipRow.until_at.is_(None))
        .values(until_at=until_at, closed_at=until_at)
    )
    return _changed(session, closing)


def get_cards(session: Session, person_ids: Iterable[str]) -> dict[str, PersonCard]:
    """Cards by id, with all memberships, in one query; ids unknown are left out."""
    ids = set(person_ids)
    if not ids:
        return {}
    query = (
        select(PersonRow.id, PersonRow.name, PersonRow.email, *_MEMBERSHIP)
        .outerjoin(MembershipRow, MembershipRow.person_id == PersonRow.id)
        .outerjoin(SiteRow, SiteRow.id == MembershipRow.site_id)
        .where(PersonRow.id.in_(ids))
        .order_by(MembershipRow.from_at, MembershipRow.id)
    )
    heads: dict[str, tuple[str, str]] = {}
    held: defaultdict[str, list[Membership]] = defaultdict(list)
    for person_id, name, email, *membership in session.execute(query):
        heads[person_id] = (name, email)
        if membership[0] is not None:
            held[person_id].append(_membership(person_id, *membership))
    return {
        person_id: PersonCard(id=person_id, name=name, email=email, memberships=tuple(held[person_id]))
        for person_id, (name, email) in heads.items()
    }


def names_of(session: Session, person_ids: Iterable[str | None]) -> dict[str, str]:
    """Names by id, in one query; also of those who left."""
    ids = {one for one in person_ids if one is not None}
    if not ids:
        return {}
    query = select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(ids))
    return {person_id: name for person_id, name in session.execute(query)}  # noqa: C416 - dict() loses the types


def is_empty(session: Session) -> bool:
    """Whether nobody is known yet."""
    return session.execute(select(PersonRow.id).limit(1)).first() is None


def find_person_id(session: Session, text: str) -> str | None:
    """The id of the person with that e-mail address or id."""
    found = select(PersonRow.id).where(or_(PersonRow.id == text.strip(), PersonRow.email == normal_email(text)))
    return session.scalars(found).first()


def worked_within(person_id: ColumnElement[str], sites: frozenset[str] | None) -> ColumnElement[bool]:
    """The condition that somebody has, or ever had, a membership at one of these sites (None: always true)."""
    mine = select(MembershipRow.id).where(MembershipRow.person_id == person_id)
    if sites is None:
        return true()
    return exists(mine.where(MembershipRow.site_id.in_(sites)))


def find_at_sites(
    session: Session, *, sites: frozenset[str] | None, roles: Iterable[Role], at: datetime
) -> tuple[str, ...]:
    """Ids of everybody who holds one of these roles at one of these sites at that moment, by name."""
    query = (
        select(PersonRow.id, PersonRow.name_key)
        .join(MembershipRow, MembershipRow.person_id == PersonRow.id)
        .where(
            MembershipRow.role.in_([role.value for role in roles]),
            MembershipRow.from_at <= at,
            or_(MembershipRow.until_at.is_(None), MembershipRow.until_at > at),
        )
        .distinct()
        .order_by(PersonRow.name_key, PersonRow.id)
    )
    if sites is not None:
        query = query.where(MembershipRow.site_id.in_(sites))
    return tuple(row[0] for row in session.execute(query))


def lock_persons(session: Session, person_ids: Iterable[str]) -> None:
    """Hold these persons' rows to the end of the transaction, in id order so that nobody waits in a ring."""
    ids = sorted(set(person_ids))
    held = select(PersonRow.id).where(PersonRow.id.in_(ids)).order_by(PersonRow.id)
    # The id itself does not change, so rows that only refer to it (as who did something) need not wait.
    session.execute(held.with_for_update(key_share=True))


def _membership(  # noqa: PLR0917 - the columns of _MEMBERSHIP in their order
    person_id: str,
    membership_id: str,
    role: str,
    from_at: datetime,
    until_at: datetime | None,
    recorded_at: datetime,
    site_id: str | None,
    site_name: str | None,
    zone: str | None,
) -> Membership:
    return Membership(
        id=membership_id,
        person_id=person_id,
        role=Role(role),
        site=Site(id=site_id, name=site_name, zone=zone) if site_id and site_name and zone else None,
        from_at=from_at,
        until_at=until_at,
        recorded_at=recorded_at,
    )


# ---- main trainers


def add_main_trainer(
    session: Session, *, trainee_id: str, trainer_id: str | None, from_at: datetime, recorded_by: str | None
) -> None:
    session.add(
        MainTrainerRow(
            id=new_id(),
            trainee_id=trainee_id,
            trainer_id=trainer_id,
            from_at=from_at,
            recorded_at=from_at,
            recorded_by=recorded_by,
        )
    )
    session.flush()


def find_main_trainers(session: Session, trainee_ids: Iterable[str], *, at: datetime) -> dict[str, MainTrainer]:
    """Who mainly trains each at that moment, in one query; a person never assigned is left out."""
    query = (
        select(MainTrainerRow, PersonRow.name)
        .outerjoin(PersonRow, PersonRow.id == MainTrainerRow.trainer_id)
        .where(MainTrainerRow.trainee_id.in_(set(trainee_ids)), MainTrainerRow.from_at <= at)
        .order_by(MainTrainerRow.from_at, MainTrainerRow.id)
    )
    return {
        row.trainee_id: MainTrainer(
            trainee_id=row.trainee_id, trainer_id=row.trainer_id, trainer_name=name, from_at=row.from_at
        )
        for row, name in session.execute(query)
    }


# ---- invitations


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
    return _changed(session, taking)


def _invitation(row: InvitationRow, site: SiteRow | None) -> Invitation:
    return Invitation(
        id=row.id,
        email=row.email,
        name=row.name,
        role=Role(row.role),
        site=None if site is None else _site(site),
        expires_at=row.expires_at,
        used_at=row.used_at,
    )


# ---- accounts, sessions, devices, failures


def find_account(session: Session, email: str) -> Account | None:
    row = session.scalars(select(PersonRow).where(PersonRow.email == normal_email(email))).first()
    return None if row is None else _account(row)


def get_account(session: Session, person_id: str) -> Account:
    row = session.get(PersonRow, person_id)
    if row is None:
        raise NotFound
    return _account(row)


def set_password(session: Session, person_id: str, password_hash: str) -> None:
    session.execute(update(PersonRow).where(PersonRow.id == person_id).values(password_hash=password_hash))


def set_signing(session: Session, person_id: str, *, failures: int, locked_until: datetime | None) -> None:
    session.execute(
        update(PersonRow)
        .where(PersonRow.id == person_id)
        .values(signing_failures=failures, signing_locked_until=locked_until)
    )


def add_signing_failure(session: Session, person_id: str) -> int:
    """One more wrong password at signing; how many in a row now. The row stays locked to the end."""
    counting = (
        update(PersonRow)
        .where(PersonRow.id == person_id)
        .values(signing_failures=PersonRow.signing_failures + 1)
        .returning(PersonRow.signing_failures)
    )
    return session.execute(counting).scalar_one()


def _account(row: PersonRow) -> Account:
    return Account(
        person_id=row.id,
        password_hash=row.password_hash,
        signing_failures=row.signing_failures,
        signing_locked_until=row.signing_locked_until,
    )


def add_session(session: Session, *, token_hash: str, person_id: str, own_device: bool, at: datetime) -> str:
    row = WebSessionRow(
        id=new_id(), token_hash=token_hash, person_id=person_id, own_device=own_device, started_at=at, seen_at=at
    )
    session.add(row)
    session.flush()
    return row.id


#: Built once: putting the statement together costs more than running it.
_OPEN_SESSION = (
    select(
        WebSessionRow.id,
        WebSessionRow.own_device,
        WebSessionRow.started_at,
        WebSessionRow.seen_at,
        PersonRow.id,
        PersonRow.name,
        PersonRow.email,
        *_MEMBERSHIP,
    )
    .join(PersonRow, PersonRow.id == WebSessionRow.person_id)
    .outerjoin(MembershipRow, MembershipRow.person_id == PersonRow.id)
    .outerjoin(SiteRow, SiteRow.id == MembershipRow.site_id)
    .where(WebSessionRow.token_hash == bindparam("token_hash"), WebSessionRow.ended_at.is_(None))
    .order_by(MembershipRow.from_at, MembershipRow.id)
)


def find_session(session: Session, token_hash: str) -> tuple[OpenSession, PersonCard] | None:
    """The session of that token that nobody ended, with the person; one query, as every page asks it."""
    found: OpenSession | None = None
    head, held = ("", "", ""), list[Membership]()
    for session_id, own_device, started_at, seen_at, person_id, name, email, *membership in session.execute(
        _OPEN_SESSION, {"token_hash": token_hash}
    ):
        found = OpenSession(id=session_id, own_device=own_device, started_at=started_at, seen_at=seen_at)
        head = (person_id, name, email)
        if membership[0] is not None:
            held.append(_membership(person_id, *membership))
    if found is None:
        return None
    return found, PersonCard(id=head[0], name=head[1], email=head[2], memberships=tuple(held))


def touch_session(session: Session, session_id: str, *, at: datetime) -> None:
    session.execute(update(WebSessionRow).where(WebSessionRow.id == session_id).values(seen_at=at))


def end_session(session: Session, session_id: str, *, at: datetime) -> None:
    session.execute(
        update(WebSessionRow)
        .where(WebSessionRow.id == session_id, WebSessionRow.ended_at.is_(None))
        .values(ended_at=at)
    )


def end_sessions_of(session: Session, person_id: str, *, at: datetime, but: str | None = None) -> None:
    """End every session of a person, except one."""
    ending = update(WebSessionRow).where(WebSessionRow.person_id == person_id, WebSessionRow.ended_at.is_(None))
    if but is not None:
        ending = ending.where(WebSessionRow.id != but)
    session.execute(ending.values(ended_at=at))


def know_device(session: Session, *, token_hash: str, person_id: str, at: datetime) -> None:
    row = session.get(DeviceRow, (token_hash, person_id))
    if row is None:
        session.add(DeviceRow(token_hash=token_hash, person_id=person_id, seen_at=at))
    else:
        row.seen_at = at
    session.flush()


def device_is_known(session: Session, *, token_hash: str, person_id: str) -> bool:
    return session.get(DeviceRow, (token_hash, person_id)) is not None


def add_failure(session: Session, *, account_key: str, peer_key: str, at: datetime) -> str:
    row = SignInFailureRow(id=new_id(), account_key=account_key, peer_key=peer_key, at=at)
    session.add(row)
    session.flush()
    return row.id


def count_failures(session: Session, *, account_key: str, peer_key: str, since: datetime) -> tuple[int, int]:
    """How many since then: for the account, from the peer."""
    account = select(func.count()).where(SignInFailureRow.account_key == account_key, SignInFailureRow.at > since)
    peer = select(func.count()).where(SignInFailureRow.peer_key == peer_key, SignInFailureRow.at > since)
    return session.execute(account).scalar_one(), session.execute(peer).scalar_one()


def forget_failures(session: Session, *, account_key: str, before: datetime) -> None:
    """Drop this account's failures, and everybody's that are too old to count."""
    session.execute(
        delete(SignInFailureRow).where(or_(SignInFailureRow.account_key == account_key, SignInFailureRow.at < before))
    )


def _changed(session: Session, statement: object) -> bool:
    result = session.execute(statement)  # type: ignore[call-overload]
    return bool(result.rowcount == 1)
