"""What the database itself refuses about sheets, on both engines and past the program's own checks."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from tests.cast import Cast, make_cast
from tests.practicals import BAR, begin, fill, set_stage, sign, tap
from training.db import reading, transaction
from training.practicals import store
from training.practicals.domain.result import Mark


class Stage(NamedTuple):
    """An app whose trainee is ready, and the people in it."""

    app: Flask
    cast: Cast


@pytest.fixture
def stage(engine_app: Flask) -> Iterator[Stage]:
    cast = make_cast(engine_app)
    set_stage(engine_app, cast)
    with engine_app.app_context():
        yield Stage(engine_app, cast)


def _refused(sql: str, **values: object) -> None:
    """The statement is refused as a breach of integrity, and nothing of it stays."""
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text(sql), values)


def _count(session: Session, table: str) -> int:
    return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_a_second_open_sheet_for_the_same_person_and_authorisation_is_refused(stage: Stage) -> None:
    observation = store.get_observation(reading(), begin(stage.cast))
    with pytest.raises(IntegrityError), transaction() as session:
        store.add_observation(
            session,
            subject_id=observation.subject_id,
            authorisation=BAR,
            leads_to="provisional",
            sheet_key="bar",
            sheet_revision=1,
            sheet_digest=observation.sheet_digest,
            site_id=observation.site_id,
            zone=observation.zone,
            assessor_id=stage.cast.other_senior,
            at=observation.started_at,
        )


def test_a_sheet_in_the_hand_of_the_one_it_is_about_is_refused(stage: Stage) -> None:
    observation_id = begin(stage.cast)
    _refused(
        "UPDATE observation SET assessor_id = subject_id WHERE id = :id",
        id=observation_id,
    )


@pytest.mark.parametrize(
    "change",
    ["subject_id = :other", "authorisation = 'chavutti-rope'", "sheet_revision = 2", "leads_to = 'certified'"],
)
def test_what_an_open_sheet_is_about_cannot_change(stage: Stage, change: str) -> None:
    observation_id = begin(stage.cast)
    values = {"other": stage.cast.stranger} if ":other" in change else {}
    _refused(f"UPDATE observation SET {change} WHERE id = :id", id=observation_id, **values)


def test_a_sheet_never_touched_cannot_be_taken_away_either(stage: Stage) -> None:
    begin(stage.cast)
    _refused("DELETE FROM observation")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE observation SET state = 'open', signed_at = NULL, signed_digest = NULL, fact_id = NULL",
        "UPDATE observation SET assessor_id = :other",
        "UPDATE observation SET signed_at = started_at",
        "DELETE FROM observation",
        "UPDATE observation_rating SET mark = '3' WHERE criterion = 'C10'",
        "UPDATE observation_rating SET note = 'Written later.' WHERE criterion = 'C10'",
        "UPDATE observation_rating SET criterion = 'C99' WHERE criterion = 'C10'",
        "DELETE FROM observation_rating WHERE criterion = 'C10'",
        "UPDATE signed_sheet SET body = replace(body, 'passed', 'failed')",
        "DELETE FROM signed_sheet",
    ],
)
def test_nothing_of_a_signed_sheet_can_change(stage: Stage, sql: str) -> None:
    observation_id = begin(stage.cast)
    fill(stage.cast, observation_id)
    sign(stage.cast, observation_id)
    _refused(sql, **({"other": stage.cast.other_senior} if ":other" in sql else {}))


def test_no_line_can_be_added_to_a_signed_sheet(stage: Stage) -> None:
    observation_id = begin(stage.cast)
    tap(stage.cast, observation_id, "C10", Mark.ZERO)
    sign(stage.cast, observation_id)
    _refused(
        "INSERT INTO observation_rating (observation_id, criterion, mark, revision, rated_by, rated_at) "
        "SELECT observation_id, 'C11', '2', 1, rated_by, rated_at FROM observation_rating WHERE criterion = 'C10'"
    )


def test_the_note_of_a_signed_sheet_can_be_erased_and_nothing_else(stage: Stage) -> None:
    observation_id = begin(stage.cast)
    fill(stage.cast, observation_id)
    sign(stage.cast, observation_id)
    with transaction() as session:
        session.execute(text("UPDATE observation_rating SET note = NULL, note_salt = NULL WHERE criterion = 'C10'"))
    _refused("UPDATE observation_rating SET note = NULL, mark = '3' WHERE criterion = 'C10'")


def test_a_takeover_on_record_stays(stage: Stage) -> None:
    observation_id = begin(stage.cast)
    with transaction() as session:
        observation = store.get_observation(session, observation_id)
        store.hand_to(
            session,
            observation_id,
            from_id=stage.cast.senior,
            to_id=stage.cast.other_senior,
            at=observation.started_at,
        )
    _refused("DELETE FROM observation_takeover")
    _refused("UPDATE observation_takeover SET to_id = from_id, from_id = to_id")


def test_a_row_cannot_be_replaced_by_one_with_the_same_id(app: Flask) -> None:
    cast = make_cast(app)
    set_stage(app, cast)
    with app.app_context():
        observation_id = begin(cast)
        fill(cast, observation_id)
        sign(cast, observation_id)
        columns = "observation_id, criterion, mark, tenths, note, note_salt, revision, rated_by, rated_at"
        _refused(
            f"INSERT OR REPLACE INTO observation_rating ({columns}) SELECT observation_id, criterion, '3', tenths, "
            "note, note_salt, revision, rated_by, rated_at FROM observation_rating WHERE criterion = 'C10'"
        )
        _refused("INSERT OR REPLACE INTO signed_sheet SELECT digest, '{}', recorded_at FROM signed_sheet")
        _refused("INSERT OR REPLACE INTO observation SELECT * FROM observation")


@pytest.mark.postgresql
def test_the_tables_cannot_be_emptied_at_once(pg_app: Flask) -> None:
    cast = make_cast(pg_app)
    set_stage(pg_app, cast)
    with pg_app.app_context():
        begin(cast)
        for table in ("observation_takeover", "observation_rating", "observation", "signed_sheet"):
            with pytest.raises(DBAPIError), transaction() as session:
                session.execute(text(f"TRUNCATE {table} CASCADE"))
        assert _count(reading(), "observation") == 1
