"""Tampering with the power of the database's owner is found and named, on both engines."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.cast import Cast, make_cast
from tests.chains import BAR, chain, quizzes, suspended
from training.clearance import service as clearance
from training.db import reading, transaction
from training.evidence.domain import (
    Fault,
    Link,
    digest_of,
)
from training.evidence.service import verify

#: The triggers that would stop a tamperer who is not the owner of the database.
SQLITE_TRIGGERS = ("kept", "stays", "once", "first", "next", "other_hand", "own_chain", "two_persons", "lift", "void")


@pytest.fixture
def people(engine_app: Flask) -> Iterator[Cast]:
    """The cast on each engine, inside the app."""
    made = make_cast(engine_app)
    with engine_app.app_context():
        yield made


def drop_triggers(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        for name in SQLITE_TRIGGERS:
            session.execute(text(f"DROP TRIGGER fact_{name}"))
        for name in ("kept", "once"):
            session.execute(text(f"DROP TRIGGER fact_text_{name}"))
    else:
        session.execute(text("ALTER TABLE fact DISABLE TRIGGER USER"))
        session.execute(text("ALTER TABLE fact_text DISABLE TRIGGER USER"))


def test_the_list_of_triggers_is_whole(people: Cast) -> None:
    if reading().get_bind().dialect.name == "sqlite":
        names = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('fact', 'fact_text')"
        expected = {f"fact_{name}" for name in SQLITE_TRIGGERS} | {"fact_text_kept", "fact_text_once"}
    else:
        tables = "SELECT oid FROM pg_class WHERE relname IN ('fact', 'fact_text')"
        names = f"SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid IN ({tables})"
        expected = {"fact_kept", "fact_never_emptied", "fact_checked", "fact_text_kept", "fact_text_never_emptied"}
    assert set(reading().scalars(text(names))) == expected


def tamper(*statements: str) -> None:
    with transaction() as session:
        drop_triggers(session)
    with transaction() as session:
        for statement in statements:
            session.connection().exec_driver_sql(statement)


def _edit(_links: tuple[Link, ...]) -> list[str]:
    return ["UPDATE fact SET payload = replace(payload, '9', '8') WHERE seq = 3"]


def _edit_moment(_links: tuple[Link, ...]) -> list[str]:
    return ["UPDATE fact SET happened_at = '2026-05-01 09:00:00.000000' WHERE seq = 3"]


def _edit_and_seal_anew(links: tuple[Link, ...]) -> list[str]:
    edited = replace(links[2], payload=links[2].payload.replace("9", "8"))
    return [f"UPDATE fact SET payload = '{edited.payload}', digest = '{digest_of(edited)}' WHERE seq = 3"]


def _remove(_links: tuple[Link, ...]) -> list[str]:
    return ["DELETE FROM fact WHERE seq = 3"]


def _remove_and_move_up(_links: tuple[Link, ...]) -> list[str]:
    return ["DELETE FROM fact WHERE seq = 3", *(f"UPDATE fact SET seq = {n - 1} WHERE seq = {n}" for n in (4, 5))]


def _swap(_links: tuple[Link, ...]) -> list[str]:
    moves = ((3, 99), (4, 3), (99, 4))
    return [f"UPDATE fact SET seq = {to} WHERE seq = {was}" for was, to in moves]


def _insert(links: tuple[Link, ...]) -> list[str]:
    link = replace(links[1], id="forged0000000000", key="forged", seq=3, previous=links[1].digest)
    link = replace(link, digest=digest_of(link))
    columns = (
        f"'{link.id}', person_id, 3, kind, authorisation, about, happened_at, zone, recorded_at, actor_id, form, "
        f"payload, revisions, texts, '{link.key}', '{link.previous}', '{link.digest}'"
    )
    moves = [f"UPDATE fact SET seq = {n + 1} WHERE seq = {n}" for n in (5, 4, 3)]
    return [*moves, f"INSERT INTO fact SELECT {columns} FROM fact WHERE seq = 2"]


@pytest.mark.parametrize(
    ("how", "fault", "seq"),
    [
        (_edit, Fault.EDITED, 3),
        (_edit_moment, Fault.EDITED, 3),
        (_edit_and_seal_anew, Fault.EDITED, 3),
        (_remove, Fault.REMOVED, 3),
        (_remove_and_move_up, Fault.REMOVED, 3),
        (_swap, Fault.SWAPPED, 3),
        (_insert, Fault.INSERTED, 3),
    ],
)
def test_tampering_behind_the_applications_back_is_found_and_named(
    people: Cast, how: Callable[[tuple[Link, ...]], list[str]], fault: Fault, seq: int
) -> None:
    quizzes(people.trainee, 5)
    links = chain(people.trainee)
    tamper(*how(links))
    (found,) = verify(reading()).broken
    assert (found.person_id, found.fault, found.seq) == (people.trainee, fault, seq)
    assert (
        found.fact_id
        == {
            Fault.EDITED: links[2].id,
            Fault.REMOVED: None,
            Fault.SWAPPED: links[3].id,
            Fault.INSERTED: "forged0000000000",
        }[fault]
    )


def test_a_broken_chain_is_found_among_whole_ones_and_does_not_hide_a_second(people: Cast) -> None:
    for person in (people.trainee, people.senior, people.stranger):
        quizzes(person, 3)
    tamper(
        f"UPDATE fact SET zone = 'UTC' WHERE seq = 2 AND person_id = '{people.trainee}'",
        f"DELETE FROM fact WHERE seq = 2 AND person_id = '{people.stranger}'",
    )
    found = verify(reading())
    assert (found.people, found.facts) == (3, 8)
    assert {one.person_id for one in found.broken} == {people.trainee, people.stranger}


def test_a_text_changed_behind_the_applications_back_is_found(people: Cast) -> None:
    suspended(people)
    tamper("UPDATE fact_text SET body = 'Nothing happened' WHERE name = 'reason'")
    (found,) = verify(reading()).broken
    assert found.fault is Fault.TEXT_EDITED
    assert "reason" in found.sentence


def test_a_moment_damaged_beyond_reading_is_named_and_does_not_stop_the_walk(app: Flask) -> None:
    """On SQLite alone: PostgreSQL takes only moments into a column of moments."""
    cast = make_cast(app)
    with app.app_context():
        quizzes(cast.trainee, 3)
        tamper("UPDATE fact SET recorded_at = 'long ago', form = 'x', payload = x'ff00' WHERE seq = 2")
        (found,) = verify(reading()).broken
        assert (found.seq, found.fault) == (2, Fault.EDITED)


def test_whose_chain_is_broken_is_not_cleared_and_is_told_why(people: Cast) -> None:
    quizzes(people.trainee, 3)
    tamper("DELETE FROM fact WHERE seq = 2")
    at = datetime(2030, 1, 1, tzinfo=UTC)
    got = clearance.standing_of(reading(), person_id=people.trainee, authorisation=BAR, at=at, known_at=at)
    assert not got.may_work
    assert "Fact 2 was removed." in got.sentence
