"""Reading in a real browser: the place goes along, the end counts, checks answer in place, no script is needed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Desk, OpenDesk, served
from tests.cast import PASSWORD, Cast
from tests.coursefiles import KEY_WORDS, SECOND, course_drafts, edit, write_course
from training.courses import service
from training.courses.domain.reading import Place
from training.db import reading, transaction

pytestmark = pytest.mark.browser

FIRST_PAGE = "/modules/body-map/spine"
SECOND_PAGE = "/modules/body-map/loin"


class Course(NamedTuple):
    """A served app with the small course in force; its second section is long enough to scroll."""

    app: Flask
    cast: Cast
    address: str

    def place(self, section: str) -> Place | None:
        with self.app.app_context():
            (found,) = service.reading_progress(reading(), self.cast.trainee)
            return found.of(section).place


@pytest.fixture
def course(app: Flask, cast: Cast, tmp_path: Path) -> Iterator[Course]:
    root = write_course(tmp_path / "content")
    edit(
        root,
        SECOND,
        "A kidney lies close",
        "\n\n".join(["A kidney lies close, so lift. " * 12] * 8) + "\n\nIt lies close",
    )
    with app.app_context(), transaction() as session:
        service.publish(session, course_drafts(root), by=None, at=datetime(2026, 1, 5, tzinfo=UTC), reason="Test")
    with served(app) as address:
        yield Course(app, cast, address)


def desk_of(course: Course, open_desk: OpenDesk, size: tuple[int, int], *, script: bool = True) -> Desk:
    desk: Desk = open_desk(course.address, "reading", size, script=script)
    desk.page.goto(f"{course.address}/sign-in?next=/modules")
    desk.page.get_by_label("E-mail address").fill(course.cast.emails[course.cast.trainee])
    desk.page.get_by_label("Password").fill(PASSWORD)
    desk.page.get_by_role("button", name="Sign in").click()
    desk.page.wait_for_url("**/modules")
    return desk


def scroll_to(page: Page, anchor: str) -> None:
    page.evaluate("id => document.getElementById(id).scrollIntoView({block: 'start'})", anchor)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_place_goes_along_and_the_end_counts_as_read(
    course: Course, open_desk: OpenDesk, size: tuple[int, int]
) -> None:
    desk = desk_of(course, open_desk, size)
    desk.open(SECOND_PAGE)
    page = desk.page
    page.wait_for_timeout(500)
    assert course.place("loin") is None  # opening a page tells nothing
    with page.expect_response("**/place") as told:
        scroll_to(page, "p-5")
    assert told.value.status == 204
    place = course.place("loin")
    assert place is not None
    assert place.position >= 5
    assert place.finished_at is None
    with page.expect_response("**/place"):
        page.locator("[data-end]").scroll_into_view_if_needed()
        expect(page.get_by_text("Marked as read.")).to_be_attached()
    place = course.place("loin")
    assert place is not None
    assert place.finished_at is not None


def test_a_glance_at_the_end_does_not_count_as_read(course: Course, open_desk: OpenDesk) -> None:
    desk = desk_of(course, open_desk, PHONE)
    desk.open(SECOND_PAGE)
    desk.page.locator("[data-end]").scroll_into_view_if_needed()
    desk.page.wait_for_timeout(300)
    desk.page.goto(f"{course.address}/modules")
    place = course.place("loin")
    assert place is None or place.finished_at is None


def test_a_check_is_answered_in_place_and_can_be_tried_again(course: Course, open_desk: OpenDesk) -> None:
    desk = desk_of(course, open_desk, PHONE)
    desk.open(FIRST_PAGE)
    page, check = desk.page, desk.page.locator("#check-M3-K01")
    assert not any(words in page.content() for words in KEY_WORDS)
    check.get_by_label("Press on and hope").check()
    check.get_by_role("button", name="Check my answer").click()
    expect(check.get_by_role("heading", name="Not quite")).to_be_focused()
    expect(check.get_by_text("The ridge is bone.")).to_be_visible()
    desk.look("a check answered")
    assert page.url.endswith(FIRST_PAGE)
    check.get_by_role("link", name="Try it again").click()
    expect(check.get_by_role("heading", name="Check yourself")).to_be_focused()
    expect(check.get_by_label("Press on and hope")).not_to_be_checked()
    check.get_by_label("Lift it off first").check()
    check.get_by_role("button", name="Check my answer").click()
    expect(check.get_by_role("heading", name="Right")).to_be_visible()


def test_a_place_on_the_map_is_tapped_and_answered(course: Course, open_desk: OpenDesk) -> None:
    desk = desk_of(course, open_desk, DESKTOP)
    desk.open(SECOND_PAGE)
    check = desk.page.locator("#check-M3-K02")
    check.locator("[data-region=r12] .shape").click()
    expect(check.get_by_label("Loin")).to_be_checked()
    check.get_by_role("button", name="Check my answer").click()
    expect(check.get_by_role("heading", name="Right")).to_be_visible()
    expect(check.locator("[data-region=r12]")).to_have_class("region right")


def test_without_a_script_everything_works_by_forms(course: Course, open_desk: OpenDesk) -> None:
    desk = desk_of(course, open_desk, PHONE, script=False)
    page = desk.page
    page.goto(course.address + FIRST_PAGE)
    page.get_by_label("Press on and hope").check()
    page.get_by_role("button", name="Check my answer").click()
    expect(page.get_by_role("heading", name="Not quite")).to_be_visible()
    assert page.url.endswith("#check-M3-K01")
    page.get_by_role("link", name="Try it again").click()
    page.get_by_role("button", name="I have read this to the end").click()
    page.wait_for_url(f"**{SECOND_PAGE}")
    assert course.place("spine") is not None
    page.get_by_role("button", name="I have read this to the end").click()
    expect(page.get_by_text("Read to the end")).to_be_visible()
