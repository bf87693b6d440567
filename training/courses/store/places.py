"""The only place for the SQL of where people are reading."""

from collections import defaultdict
from typing import Final

from sqlalchemy import bindparam, case, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from training.courses.domain.reading import Place
from training.courses.tables import ReadingPlaceRow

#: Built once, as every page of the course asks them: putting a statement together costs more than running it.
_ALL: Final = select(
    ReadingPlaceRow.module,
    ReadingPlaceRow.section,
    ReadingPlaceRow.position,
    ReadingPlaceRow.furthest,
    ReadingPlaceRow.updated_at,
    ReadingPlaceRow.finished_at,
    ReadingPlaceRow.finished_revision,
    ReadingPlaceRow.finished_digest,
).where(ReadingPlaceRow.person_id == bindparam("person_id"))
_OF_ONE_MODULE: Final = _ALL.where(ReadingPlaceRow.module == bindparam("module"))


def places_of(session: Session, person_id: str, *, module: str | None = None) -> dict[str, dict[str, Place]]:
    """Module id → section id → place; of one module, or of all."""
    asked = {"person_id": person_id} | ({} if module is None else {"module": module})
    found: defaultdict[str, dict[str, Place]] = defaultdict(dict)
    for row in session.execute(_ALL if module is None else _OF_ONE_MODULE, asked):
        found[row.module][row.section] = Place(
            section=row.section,
            position=row.position,
            furthest=row.furthest,
            updated_at=row.updated_at,
            finished_at=row.finished_at,
            finished_revision=row.finished_revision,
            finished_digest=row.finished_digest,
        )
    return dict(found)


def keep_place(session: Session, person_id: str, module: str, place: Place) -> None:
    """Write down where somebody is, in one statement, so that two devices cannot lose each other's report.

    `place.furthest` and `place.finished_*` say what this report knows: the furthest never comes back, and a
    section once read stays read.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = ReadingPlaceRow
    report = insert(row).values(
        person_id=person_id,
        module=module,
        section=place.section,
        position=place.position,
        furthest=place.furthest,
        updated_at=place.updated_at,
        finished_at=place.finished_at,
        finished_revision=place.finished_revision,
        finished_digest=place.finished_digest,
    )
    new = report.excluded
    newer = (new.finished_revision.is_not(None)) & (
        row.finished_revision.is_(None) | (new.finished_revision > row.finished_revision)
    )
    session.execute(
        report.on_conflict_do_update(
            index_elements=[row.person_id, row.module, row.section],
            set_={
                "position": new.position,
                "furthest": case((new.furthest > row.furthest, new.furthest), else_=row.furthest),
                "updated_at": new.updated_at,
                **{
                    name: case((newer, getattr(new, name)), else_=getattr(row, name))
                    for name in ("finished_at", "finished_revision", "finished_digest")
                },
            },
        )
    )
