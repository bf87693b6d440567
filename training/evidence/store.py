"""The only place for the SQL of facts and their texts. Only clearance.service.record appends."""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import RowMapping, String, bindparam, delete, func, insert, select, type_coerce
from sqlalchemy.orm import Session

from training.evidence.domain import Kind, Link, Salted
from training.evidence.tables import FactRow, FactTextRow

#: Where a stored moment is no moment any more: its fact then fails its digest, and is named.
_NO_MOMENT: Final = datetime(1, 1, 2, tzinfo=UTC)

_COLUMNS: Final = (
    FactRow.id,
    FactRow.person_id,
    FactRow.seq,
    FactRow.kind,
    FactRow.authorisation,
    FactRow.about,
    # As text on SQLite: a damaged moment must be read to be named, not fail on the way.
    type_coerce(FactRow.happened_at, String).label("happened_at"),
    FactRow.zone,
    type_coerce(FactRow.recorded_at, String).label("recorded_at"),
    FactRow.actor_id,
    FactRow.form,
    FactRow.payload,
    FactRow.revisions,
    FactRow.texts,
    FactRow.key,
    FactRow.previous,
    FactRow.digest,
)


#: Built once, as every page about a person asks them: putting a statement together costs more than running it.
_CHAIN: Final = select(*_COLUMNS).where(FactRow.person_id == bindparam("person_id")).order_by(FactRow.seq)
_TEXTS: Final = select(FactTextRow.fact_id, FactTextRow.name, FactTextRow.salt, FactTextRow.body).where(
    FactTextRow.fact_id.in_(bindparam("fact_ids", expanding=True))
)


def chain_of(session: Session, person_id: str) -> tuple[Link, ...]:
    """Every fact of a person exactly as stored, in order of seq."""
    return tuple(_link(row) for row in session.execute(_CHAIN, {"person_id": person_id}).mappings())


def chains_of(session: Session, person_ids: Collection[str]) -> dict[str, tuple[Link, ...]]:
    """The chains of many people, in one query; who has no facts is left out."""
    if not person_ids:
        return {}
    query = select(*_COLUMNS).where(FactRow.person_id.in_(list(person_ids))).order_by(FactRow.person_id, FactRow.seq)
    links = (_link(row) for row in session.execute(query).mappings())
    return {person_id: tuple(chain) for person_id, chain in groupby(links, key=lambda link: link.person_id)}


def last_link(session: Session, person_id: str) -> Link | None:
    """The head of a person's chain."""
    query = select(*_COLUMNS).where(FactRow.person_id == person_id).order_by(FactRow.seq.desc()).limit(1)
    row = session.execute(query).mappings().first()
    return None if row is None else _link(row)


def find_by_key(session: Session, key: str) -> Link | None:
    """The fact recorded under that idempotency key."""
    row = session.execute(select(*_COLUMNS).where(FactRow.key == key)).mappings().first()
    return None if row is None else _link(row)


def find_link(session: Session, fact_id: str) -> Link | None:
    """The fact of that id."""
    row = session.execute(select(*_COLUMNS).where(FactRow.id == fact_id)).mappings().first()
    return None if row is None else _link(row)


def append(session: Session, link: Link, texts: Mapping[str, Salted]) -> None:
    """Put a sealed fact at the end of its chain, with its texts. The database refuses any other place."""
    session.execute(insert(FactRow).values({column: getattr(link, column) for column in Link.__slots__}))
    if texts:
        session.execute(
            insert(FactTextRow),
            [
                {"fact_id": link.id, "name": name, "salt": text.salt, "body": text.body}
                for name, text in sorted(texts.items())
            ],
        )


def texts_of(session: Session, fact_ids: Collection[str]) -> dict[str, dict[str, Salted]]:
    """The texts still kept with these facts, by fact and name, in one query."""
    if not fact_ids:
        return {}
    found: dict[str, dict[str, Salted]] = {}
    for fact_id, name, salt, body in session.execute(_TEXTS, {"fact_ids": list(fact_ids)}):
        found.setdefault(fact_id, {})[name] = Salted(salt=salt, body=body)
    return found


def erase_texts(session: Session, person_id: str) -> int:
    """Erase every text kept with a person's facts; how many there were. The facts and their chain stay."""
    theirs = select(FactRow.id).where(FactRow.person_id == person_id)
    erased = session.execute(delete(FactTextRow).where(FactTextRow.fact_id.in_(theirs)))
    return int(erased.rowcount)  # type: ignore[attr-defined]


def voided_among(session: Session, fact_ids: Collection[str]) -> frozenset[str]:
    """Which of these facts a void names."""
    if not fact_ids:
        return frozenset()
    query = select(FactRow.about).where(FactRow.kind == Kind.VOIDED, FactRow.about.in_(list(fact_ids)))
    return frozenset(one for one in session.scalars(query) if one is not None)


def count_facts(session: Session) -> int:
    """How many facts there are."""
    return session.execute(select(func.count()).select_from(FactRow)).scalar_one()


def each_person(session: Session, *, batch: int = 500) -> Iterator[tuple[str, ...]]:
    """Ids of everybody with facts, in order, some at a time."""
    last = ""
    while True:
        query = (
            select(FactRow.person_id)
            .where(FactRow.person_id > last)
            .group_by(FactRow.person_id)
            .order_by(FactRow.person_id)
            .limit(batch)
        )
        ids = tuple(session.scalars(query))
        if not ids:
            return
        yield ids
        last = ids[-1]


def _link(row: RowMapping) -> Link:
    fields: dict[str, Any] = {str(name): value for name, value in row.items()}
    fields["happened_at"] = _moment(fields["happened_at"])
    fields["recorded_at"] = _moment(fields["recorded_at"])
    for name in ("seq", "form"):
        # SQLite keeps whatever was put into a column; what is no number matches no place and no digest.
        if not isinstance(fields[name], int):
            fields[name] = 0
    for name, value in fields.items():
        if isinstance(value, bytes):
            fields[name] = repr(value)
    return Link(**fields)


def _moment(value: datetime | str | float | bytes) -> datetime:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return _NO_MOMENT
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return value.astimezone(UTC) if isinstance(value, datetime) else _NO_MOMENT
