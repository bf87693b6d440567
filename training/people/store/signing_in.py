"""The only place for the SQL of accounts, sessions, devices and failures to sign in."""

from datetime import datetime

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session

from training.db import new_id
from training.errors import NotFound
from training.people.domain import (
    Account,
    Membership,
    OpenSession,
    PersonCard,
    normal_email,
)
from training.people.store.persons import MEMBERSHIP, membership_of
from training.people.tables import (
    DeviceRow,
    MembershipRow,
    PersonRow,
    SignInFailureRow,
    SiteRow,
    WebSessionRow,
)


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
        *MEMBERSHIP,
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
            held.append(membership_of(person_id, *membership))
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
