"""How far somebody has read: what counts as read, what changed since, where to go on, how long it still takes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.coursefiles import write_course
from training.courses.domain.module import Module
from training.courses.domain.reading import ModuleProgress, Place, progress
from training.courses.files import load

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Module:
    course, _ = load(write_course(tmp_path_factory.mktemp("course") / "content"))
    found = course.modules[0].module
    assert found is not None
    return found


def place(module: Module, section: str, *, at: int, read_in: int | None = None, minutes: int = 0) -> Place:
    found = module.find_section(section)
    assert found is not None
    moment = NOON + timedelta(minutes=minutes)
    return Place(
        section=section,
        position=at,
        furthest=found.blocks if read_in else at,
        updated_at=moment,
        finished_at=moment if read_in else None,
        finished_revision=read_in,
        finished_digest=found.digest if read_in else None,
    )


def of(module: Module, *places: Place, changed_in: int = 1) -> ModuleProgress:
    return progress(module, changed_in=changed_in, places={one.section: one for one in places})


def test_nothing_is_read_at_first_and_it_begins_with_the_first_section(module: Module) -> None:
    fresh = of(module)
    assert (fresh.read, fresh.total, fresh.begun, fresh.finished) == (0, 2, False, False)
    assert fresh.minutes_left == 7
    assert fresh.continue_at is fresh.sections[0]
    assert fresh.sections[0].anchor is None


def test_a_place_in_the_middle_is_where_she_goes_on(module: Module) -> None:
    some = of(module, place(module, "spine", at=3))
    assert some.begun
    assert some.read == 0
    assert some.continue_at is some.sections[0]
    assert some.sections[0].anchor == "figure-strip"
    assert some.sections[0].share == pytest.approx(2 / 5)
    assert some.minutes_left == 6


def test_she_goes_on_in_the_unread_section_she_was_in_last(module: Module) -> None:
    both = of(module, place(module, "loin", at=2, minutes=9), place(module, "spine", at=2, minutes=1))
    assert both.continue_at is both.sections[1]
    assert both.updated_at == NOON + timedelta(minutes=9)


def test_after_the_end_of_one_section_the_next_one_opens_at_its_beginning(module: Module) -> None:
    one = of(module, place(module, "spine", at=5, read_in=1))
    assert (one.read, one.finished) == (1, False)
    assert one.continue_at is one.sections[1]
    assert one.sections[0].anchor is None
    assert one.minutes_left == 3


def test_all_read_leaves_nothing_to_go_on_with(module: Module) -> None:
    all_ = of(module, place(module, "spine", at=5, read_in=1), place(module, "loin", at=3, read_in=1))
    assert all_.finished
    assert all_.continue_at is None
    assert all_.minutes_left == 0
    assert all_.share == 1


def edited(module: Module, section: str) -> Module:
    return replace(
        module,
        revision=2,
        sections=tuple(replace(one, digest="new") if one.id == section else one for one in module.sections),
    )


def test_a_section_changed_by_a_minor_revision_says_so_and_the_others_do_not(module: Module) -> None:
    places = (place(module, "spine", at=5, read_in=1), place(module, "loin", at=3, read_in=1))
    after = of(edited(module, "loin"), *places, changed_in=2)
    assert [one.changed for one in after.sections] == [False, True]
    assert after.read == 2
    assert after.continue_at is after.sections[1]
    assert after.minutes_left == 3


def test_an_editorial_revision_asks_nothing(module: Module) -> None:
    after = of(edited(module, "loin"), place(module, "loin", at=3, read_in=1), changed_in=1)
    assert [one.changed for one in after.sections] == [False, False]


def test_reading_the_new_revision_settles_it(module: Module) -> None:
    newer = edited(module, "loin")
    assert not of(newer, place(newer, "loin", at=3, read_in=2), changed_in=2).sections[1].changed


def test_a_place_beyond_a_shorter_revision_is_its_last_block(module: Module) -> None:
    assert of(module, place(module, "loin", at=99)).sections[1].anchor == module.sections[1].anchors[-1]
    assert of(module, place(module, "loin", at=99)).sections[1].share == 1


def test_a_place_in_a_section_that_is_gone_is_forgotten(module: Module) -> None:
    gone = replace(place(module, "loin", at=2), section="gone")
    assert of(module, gone).begun is False
