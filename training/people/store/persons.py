"""The only place for the SQL of sites, persons, memberships and main trainers."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, exists, or_, select, true, update
from sqlalchemy.orm import Session

from training.db import new_id
from training.errors import NotFound
from training.people.domain import (
    MainTrainer,
    Membership,
    PersonCard,
    Site,
    normal_email,
)
from training.people.tables import (
    MainTrainerRow,
    MembershipRow,
    PersonRow,
    SiteRow,
)
from training.permissions import Role

#: The columns that membership_of takes after the person, in its order.
MEMBERSHIP = (
    MembershipRow.id,
    MembershipRow.role,
    MembershipRow.from_at,
    MembershipRow.until_at,
    MembershipRow.recorded_at,
    SiteRow.id,
    SiteRow.name,
    SiteRow.zone,
)


def add_site(session: Session, *, name: str, zone: str) -> Site:
    row = SiteRow(id=new_id(), name=name, zone=zone)
    session.add(row)
    session.flush()
    return site_of(row)


def list_sites(session: Session, *, within: frozenset[str] | None = None) -> tuple[Site, ...]:
    """Sites by name; `within` None means every site."""
    query = select(SiteRow).order_by(SiteRow.name)
    if within is not None:
        query = query.where(SiteRow.id.in_(within))
    return tuple(site_of(row) for row in session.scalars(query))


def get_site(session: Session, site_id: str) -> Site:
    row = session.get(SiteRow, site_id)
    if row is None:
        raise NotFound
    return site_of(row)


def site_of(row: SiteRow) -> Site:
    return Site(id=row.id, name=row.name, zone=row.zone)


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
    return changed(session, closing)


#: Built once, as most pages ask them: putting a statement together costs more than running it.
_CARDS = (
    select(PersonRow.id, PersonRow.name, PersonRow.email, *MEMBERSHIP)
    .outerjoin(MembershipRow, MembershipRow.person_id == PersonRow.id)
    .outerjoin(SiteRow, SiteRow.id == MembershipRow.site_id)
    .where(PersonRow.id.in_(bindparam("ids", expanding=True)))
    .order_by(MembershipRow.from_at, MembershipRow.id)
)
_NAMES = select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(bindparam("ids", expanding=True)))
_TRAINERS = (
    select(MainTrainerRow.trainee_id, MainTrainerRow.trainer_id, MainTrainerRow.from_at, PersonRow.name)
    .outerjoin(PersonRow, PersonRow.id == MainTrainerRow.trainer_id)
    .where(MainTrainerRow.trainee_id.in_(bindparam("ids", expanding=True)), MainTrainerRow.from_at <= bindparam("at"))
    .order_by(MainTrainerRow.from_at, MainTrainerRow.id)
)


def get_cards(session: Session, person_ids: Iterable[str]) -> dict[str, PersonCard]:
    """Cards by id, with all memberships, in one query; ids unknown are left out."""
    ids = set(person_ids)
    if not ids:
        return {}
    heads: dict[str, tuple[str, str]] = {}
    held: defaultdict[str, list[Membership]] = defaultdict(list)
    for person_id, name, email, *membership in session.execute(_CARDS, {"ids": list(ids)}):
        heads[person_id] = (name, email)
        if membership[0] is not None:
            held[person_id].append(membership_of(person_id, *membership))
    return {
        person_id: PersonCard(id=person_id, name=name, email=email, memberships=tuple(held[person_id]))
        for person_id, (name, email) in heads.items()
    }


def names_of(session: Session, person_ids: Iterable[str | None]) -> dict[str, str]:
    """Names by id, in one query; also of those who left."""
    ids = {one for one in person_ids if one is not None}
    if not ids:
        return {}
    found = session.execute(_NAMES, {"ids": list(ids)})
    return {person_id: name for person_id, name in found}  # noqa: C416 - dict() loses the types


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


def membership_of(  # noqa: PLR0917 - the columns of MEMBERSHIP in their order
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
    found = session.execute(_TRAINERS, {"ids": list(set(trainee_ids)), "at": at})
    return {
        trainee_id: MainTrainer(trainee_id=trainee_id, trainer_id=trainer_id, trainer_name=name, from_at=from_at)
        for trainee_id, trainer_id, from_at, name in found
    }


def changed(session: Session, statement: object) -> bool:
    """Run an UPDATE that is meant for one row; whether it found it."""
    result = session.execute(statement)  # type: ignore[call-overload]
    return bool(result.rowcount == 1)
