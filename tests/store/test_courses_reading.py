"""Where somebody is reading: kept per person and section, never lost backwards; on both engines."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import event

from tests.cast import Cast, make_cast
from tests.coursefiles import MODULE, SECOND, course_drafts, edit, write_course
from training.courses import service
from training.courses.domain.reading import ModuleProgress
from training.db import reading, transaction
from training.errors import Invalid, NotFound
from training.extensions import db

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_course(tmp_path / "content")


@pytest.fixture
def cast_(engine_app: Flask, root: Path) -> Iterator[Cast]:
    made = make_cast(engine_app)
    with engine_app.app_context():
        publish(root, NOON)
        yield made


def publish(root: Path, at: datetime) -> None:
    with transaction() as session:
        service.publish(session, course_drafts(root), by=None, at=at, reason="Test")


def progress_of(person_id: str) -> ModuleProgress:
    (found,) = service.reading_progress(reading(), person_id)
    return found


def keep(person_id: str, section: str = "spine", *, position: int, read: bool = False) -> None:
    service.keep_place(person_id, "body-map", section, position=position, read=read)


def test_the_last_place_is_where_she_goes_on_and_the_furthest_never_comes_back(cast_: Cast) -> None:
    keep(cast_.trainee, position=4)
    keep(cast_.trainee, position=2)
    place = progress_of(cast_.trainee).of("spine").place
    assert place is not None
    assert (place.position, place.furthest, place.finished_at) == (2, 4, None)


def test_nobody_sees_anothers_place(cast_: Cast) -> None:
    keep(cast_.trainee, position=4, read=True)
    assert not progress_of(cast_.senior).begun


def test_reading_to_the_end_is_kept_and_later_scrolling_does_not_undo_it(cast_: Cast) -> None:
    keep(cast_.trainee, position=5, read=True)
    keep(cast_.trainee, position=1)
    one = progress_of(cast_.trainee).of("spine")
    assert one.read
    assert one.place is not None
    assert (one.place.position, one.place.furthest) == (1, 5)
    assert one.place.finished_revision == 1


def test_finishing_a_section_names_the_next_and_none_after_the_last(cast_: Cast) -> None:
    after = service.finish_section(cast_.trainee, "body-map", "spine")
    assert after is not None
    assert after.id == "loin"
    assert service.finish_section(cast_.trainee, "body-map", "loin") is None
    assert progress_of(cast_.trainee).finished


def test_a_place_beyond_the_end_is_the_end(cast_: Cast) -> None:
    keep(cast_.trainee, position=10**9)
    place = progress_of(cast_.trainee).of("spine").place
    assert place is not None
    assert place.position == 5


@pytest.mark.parametrize("position", [0, -1])
def test_a_place_before_the_beginning_is_refused(cast_: Cast, position: int) -> None:
    with pytest.raises(Invalid):
        keep(cast_.trainee, position=position)


def test_a_section_that_is_not_there_is_not_found(cast_: Cast) -> None:
    with pytest.raises(NotFound):
        keep(cast_.trainee, "neck", position=1)
    with pytest.raises(NotFound):
        service.keep_place(cast_.trainee, "stools", "spine", position=1, read=False)
    with pytest.raises(NotFound):
        service.finish_section(cast_.trainee, "body-map", "neck")


def test_a_minor_revision_shows_what_changed_until_it_is_read_again(cast_: Cast, root: Path) -> None:
    service.finish_section(cast_.trainee, "body-map", "spine")
    service.finish_section(cast_.trainee, "body-map", "loin")
    edit(root, SECOND, "A kidney lies close", "A kidney lies very close")
    edit(root, MODULE, "revision: 1\nchange: major", "revision: 2\nchange: minor")
    publish(root, NOON + timedelta(days=1))
    assert [one.changed for one in progress_of(cast_.trainee).sections] == [False, True]
    edit(root, MODULE, "revision: 2\nchange: minor", "revision: 3\nchange: editorial")
    publish(root, NOON + timedelta(days=2))
    assert [one.changed for one in progress_of(cast_.trainee).sections] == [False, True]
    service.finish_section(cast_.trainee, "body-map", "loin")
    after = progress_of(cast_.trainee).of("loin")
    assert not after.changed
    assert after.place is not None
    assert after.place.finished_revision == 3


def test_an_editorial_revision_shows_nothing(cast_: Cast, root: Path) -> None:
    service.finish_section(cast_.trainee, "body-map", "loin")
    edit(root, SECOND, "A kidney lies close", "A kidney is close")
    edit(root, MODULE, "revision: 1\nchange: major", "revision: 2\nchange: editorial")
    publish(root, NOON + timedelta(days=1))
    assert not progress_of(cast_.trainee).of("loin").changed


def test_reports_from_two_devices_at_once_lose_nothing(engine_app: Flask, cast_: Cast) -> None:
    start, errors = Barrier(8), list[BaseException]()

    def tell(position: int) -> None:
        with engine_app.app_context():
            start.wait()
            try:
                keep(cast_.trainee, position=position, read=position == 3)
            except Exception as error:
                errors.append(error)

    threads = [Thread(target=tell, args=(1 + number % 5,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    one = progress_of(cast_.trainee).of("spine")
    assert one.place is not None
    assert one.place.furthest == 5
    assert one.read


def test_progress_costs_the_same_however_much_is_read(cast_: Cast) -> None:
    def cost() -> int:
        reading().rollback()  # as the next request would
        reading().rollback()  # a new request
        statements.clear()
        progress_of(cast_.trainee)
        return len([one for one in statements if one.startswith("SELECT")])

    progress_of(cast_.trainee)
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    before = cost()
    service.finish_section(cast_.trainee, "body-map", "spine")
    service.finish_section(cast_.trainee, "body-map", "loin")
    assert cost() == before == 2
