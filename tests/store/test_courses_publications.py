"""Publishing: all or nothing, never changed afterwards, and found as of any moment; on both engines."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from tests.conftest import app_for
from tests.coursefiles import FIRST, MODULE, course_drafts, edit, write_course
from training.courses import service
from training.courses.domain.publication import Change, Draft, Edition, Kind, digest_of
from training.courses.service import publishing
from training.courses.service.kept import Kept
from training.db import reading, transaction
from training.errors import Invalid, NotFound
from training.extensions import db

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
REST = "kind, key, revision, change, digest, published_at, reason"
COLUMNS = f"id, {REST}"
LATER = NOON + timedelta(days=3)


@pytest.fixture
def inside(engine_app: Flask) -> Iterator[Flask]:
    with engine_app.app_context():
        yield engine_app


def a_draft(*, revision: int | None = 1, text: str = "one", key: str = "M3", change: Change = Change.MAJOR) -> Draft:
    return Draft(
        kind=Kind.MODULE,
        key=key,
        revision=revision,
        change=change,
        body={"text": text, "revision": revision},
        path="content/m.yaml",
        line=6,
    )


def publish(*drafts: Draft, at: datetime = NOON) -> tuple[Edition, ...]:
    with transaction() as session:
        return service.publish(session, drafts, by=None, at=at, reason="Because")


def count(table: str) -> int:
    return int(reading().execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


@pytest.mark.usefixtures("inside")
def test_what_is_published_is_found_with_its_body() -> None:
    (edition,) = publish(a_draft())
    found = service.current(reading(), "module", "M3")
    assert found.body == {"text": "one", "revision": 1}
    assert (found.revision, found.digest, found.published_at) == (1, edition.digest, NOON)
    assert service.by_digest(reading(), edition.digest) == found.body


@pytest.mark.usefixtures("inside")
def test_what_was_never_published_is_not_there() -> None:
    assert service.find_current(reading(), "policy", "policy") is None
    with pytest.raises(NotFound):
        service.current(reading(), "module", "M3")
    with pytest.raises(NotFound):
        service.by_digest(reading(), "0" * 64)
    assert service.history(reading(), "module", "M3") == ()


@pytest.mark.usefixtures("inside")
def test_publishing_the_same_again_does_nothing() -> None:
    publish(a_draft())
    assert publish(a_draft(), at=LATER) == ()
    assert (count("publication"), count("published_body")) == (1, 1)


@pytest.mark.usefixtures("inside")
def test_a_change_needs_a_higher_revision_and_refuses_the_whole_batch() -> None:
    publish(a_draft())
    with pytest.raises(Invalid) as refused:
        publish(a_draft(key="M9"), a_draft(text="two"), at=LATER)
    (problem,) = refused.value.problems
    assert problem.startswith("content/m.yaml:6: revision: this differs from revision 1, which is in force")
    assert "raise the revision to 2" in problem
    assert service.find_current(reading(), "module", "M9") is None
    assert service.current(reading(), "module", "M3").revision == 1


@pytest.mark.usefixtures("inside")
def test_each_moment_has_the_edition_of_its_day() -> None:
    publish(a_draft())
    publish(a_draft(revision=2, text="two", change=Change.EDITORIAL), at=LATER)
    assert service.find_current(reading(), "module", "M3", at=NOON - timedelta(microseconds=1)) is None
    assert service.current(reading(), "module", "M3", at=NOON).revision == 1
    assert service.current(reading(), "module", "M3", at=LATER - timedelta(microseconds=1)).revision == 1
    then, now = service.current(reading(), "module", "M3", at=LATER), service.current(reading(), "module", "M3")
    assert then == now
    assert (now.revision, now.change, now.changed_in) == (2, Change.EDITORIAL, 1)


@pytest.mark.usefixtures("inside")
def test_the_history_is_every_edition_oldest_first_with_who_and_why() -> None:
    for revision, change in enumerate((Change.MAJOR, Change.EDITORIAL, Change.MINOR, Change.EDITORIAL), 1):
        publish(a_draft(revision=revision, text=str(revision), change=change), at=NOON + timedelta(days=revision))
    assert [one.body["text"] for one in service.history(reading(), "module", "M3")] == ["1", "2", "3", "4"]
    assert [one.changed_in for one in service.editions(reading(), "module", "M3")] == [1, 1, 3, 3]
    assert {one.reason for one in service.editions(reading(), "module", "M3")} == {"Because"}


@pytest.mark.usefixtures("inside")
def test_what_has_no_number_of_its_own_is_counted() -> None:
    publish(a_draft(revision=None))
    (second,) = publish(a_draft(revision=None, text="two"), at=LATER)
    assert second.revision == 2
    # Back to the first text: a new edition of a body that is kept already.
    (third,) = publish(a_draft(revision=None), at=LATER + timedelta(days=1))
    assert third.revision == 3
    assert (count("publication"), count("published_body")) == (3, 2)


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE publication SET reason = 'other'",
        "UPDATE published_body SET body = '{}'",
        "DELETE FROM publication",
        "DELETE FROM published_body",
        "INSERT INTO published_body (digest, body) SELECT digest, '{}' FROM published_body",
        f"INSERT INTO publication ({COLUMNS}) SELECT 'abcdefghijklmnop', {REST} FROM publication",
        f"INSERT INTO publication ({COLUMNS}) SELECT id, {REST.replace('revision', 'revision + 1')} FROM publication",
    ],
)
def test_the_database_refuses_to_change_what_was_published(statement: str) -> None:
    publish(a_draft())
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(text(statement))
    assert service.editions(reading(), "module", "M3")[0].reason == "Because"
    assert count("published_body") == 1


@pytest.mark.parametrize("table", ["publication", "published_body"])
def test_sqlite_refuses_replacing_even_without_recursive_triggers(app: Flask, table: str) -> None:
    with app.app_context():
        publish(a_draft())
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA recursive_triggers=OFF")
            with pytest.raises(DBAPIError, match="stays as it is"):
                connection.exec_driver_sql(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


@pytest.mark.postgresql
@pytest.mark.parametrize("table", ["publication", "publication, published_body CASCADE"])
def test_postgresql_refuses_truncate(pg_app: Flask, table: str) -> None:
    with pg_app.app_context():
        publish(a_draft())
        with pytest.raises(DBAPIError, match="stays as it is"), transaction() as session:
            session.execute(text(f"TRUNCATE {table}"))


@pytest.mark.usefixtures("inside")
def test_a_body_that_is_not_what_was_published_is_never_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tamperer who went round the triggers is found when the body is read."""
    with transaction() as session:
        session.execute(
            text("INSERT INTO published_body (digest, body) VALUES (:digest, :body)"),
            {"digest": digest_of("{}"), "body": '{"text":"other"}'},
        )
    monkeypatch.setattr(publishing, "_BODIES", Kept())
    with pytest.raises(RuntimeError, match="not what was published"):
        service.by_digest(reading(), digest_of("{}"))


def test_two_who_publish_at_once_make_one_edition(engine_app: Flask) -> None:
    start, outcomes = Barrier(4), list[object]()

    def one() -> None:
        with engine_app.app_context():
            start.wait()
            try:
                outcomes.append(len(publish(a_draft())))
            except Exception as error:
                outcomes.append(error)

    threads = [Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == ["0", "0", "0", "1"]
    with engine_app.app_context():
        assert count("publication") == 1


@pytest.mark.usefixtures("inside")
def test_the_library_holds_what_is_in_force_and_reads_it_once(tmp_path: Path) -> None:
    root = write_course(tmp_path / "content")
    publish(*course_drafts(root))
    shelf = service.library(reading())
    assert list(shelf.modules) == ["body-map"]
    assert shelf.numbers.value("HP-14", "l1_percent") == 10
    assert shelf.sources.by_id[78].grade == "B"
    assert [id_ for id_, _ in shelf.material().regions] == ["r09", "r12", "r18"]
    with pytest.raises(NotFound):
        shelf.module("overhead-bars")
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    reading().rollback()  # as the next request would
    assert service.library(reading()).module("body-map") is shelf.module("body-map")
    assert len([one for one in statements if one.startswith("SELECT")]) == 1


@pytest.mark.usefixtures("inside")
def test_a_page_asks_only_once_what_is_in_force() -> None:
    publish(a_draft())
    service.history(reading(), "module", "M3")
    reading().rollback()  # the next request
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    for _ in range(3):
        service.history(reading(), "module", "M3")
        assert service.find_current(reading(), "module", "M9") is None
    assert len([one for one in statements if "FROM publication" in one]) == 1


def test_what_a_broken_off_publication_added_is_not_remembered(inside: Flask, tmp_path: Path) -> None:
    def broken_off() -> None:
        with transaction() as session:
            service.publish(session, [a_draft(text="one")], by=None, at=NOON, reason="Because")
            assert service.current(session, "module", "M3").body["text"] == "one"
            raise RuntimeError("broken off")

    with pytest.raises(RuntimeError, match="broken off"):
        broken_off()
    # Another process publishes as many editions at the same moment; only the text differs.
    other = app_for(inside.config["SQLALCHEMY_DATABASE_URI"], tmp_path)
    with other.app_context():
        publish(a_draft(text="two"))
        db.session.remove()
        db.engine.dispose()
    assert service.current(reading(), "module", "M3").body["text"] == "two"


@pytest.mark.usefixtures("inside")
def test_the_library_of_a_past_day_is_that_days(tmp_path: Path) -> None:
    root = write_course(tmp_path / "content")
    publish(*course_drafts(root))
    edit(root, FIRST, "The spine is a gap, not a path", "The spine is a gap")
    edit(root, MODULE, "revision: 1\nchange: major", "revision: 2\nchange: minor")
    publish(*course_drafts(root), at=LATER)
    assert service.library(reading()).module("body-map").sections[0].title == "The spine is a gap"
    assert service.library(reading(), at=NOON).module("body-map").sections[0].title == "The spine is a gap, not a path"
    assert not service.library(reading(), at=NOON - timedelta(days=1)).modules


def test_kept_values_make_room_for_the_ones_used_since() -> None:
    kept = Kept[str](most=2)
    kept.keep("a", "A")
    kept.keep("b", "B")
    assert kept.find("a") == "A"
    kept.keep("c", "C")
    assert (kept.find("a"), kept.find("b"), kept.find("c")) == ("A", None, "C")


@pytest.mark.usefixtures("inside")
def test_a_body_is_published_with_the_person_who_did_it() -> None:
    with pytest.raises(DBAPIError), transaction() as session:
        service.publish(session, [a_draft()], by="nobody0000000000", at=NOON, reason="x")
    assert service.editions(reading(), "module", "M3") == ()
