"""The sheet in a real browser: saved is said, nothing tapped is lost, the drill is timed, no script is needed."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.conftest import PHONE, TABLET, OpenDesk, served
from tests.cast import PASSWORD, Cast
from tests.practicals import begin, set_stage, tap
from tests.practicals import sheet as bar
from training.db import reading
from training.practicals import store
from training.practicals.domain.observation import State
from training.practicals.domain.result import Mark
from training.practicals.domain.statement import Rating

pytestmark = pytest.mark.browser

LINES = re.compile("/lines/")


class Room(NamedTuple):
    """A served app with an open sheet in the senior's hand."""

    app: Flask
    cast: Cast
    address: str
    observation_id: str

    def rating(self, line: str) -> Rating | None:
        with self.app.app_context():
            return store.ratings_of(reading(), self.observation_id).get(line)


@pytest.fixture
def room(app: Flask, cast: Cast) -> Iterator[Room]:
    set_stage(app, cast)
    with app.app_context():
        observation_id = begin(cast)
    with served(app) as address:
        yield Room(app, cast, address, observation_id)


@pytest.fixture
def sheet(room: Room, chromium: Browser) -> Iterator[Page]:
    """The sheet on the senior's tablet."""
    context = chromium.new_context(viewport={"width": TABLET[0], "height": TABLET[1]}, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(10_000)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    _sign_in(page, room)
    page.goto(f"{room.address}/practicals/{room.observation_id}")
    yield page
    context.close()
    assert faults == []


def _sign_in(page: Page, room: Room) -> None:
    page.goto(f"{room.address}/sign-in")
    page.get_by_label("E-mail address").fill(room.cast.emails[room.cast.senior])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def _level(page: Page, line: str, mark: str) -> Locator:
    return page.locator(f"form[data-line={line}] button[name=mark][value='{mark}']")


def _chip(page: Page) -> Locator:
    return page.locator("#saved [data-says]")


def test_a_tap_is_saved_without_leaving_the_page_and_the_foot_counts_it(room: Room, sheet: Page) -> None:
    _level(sheet, "C10", "1").click()
    expect(_chip(sheet)).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))
    expect(sheet.locator("[data-meter]")).to_have_text("1 of 25")
    expect(sheet.locator("[data-meter-also]")).to_have_text("critical fail: C10")
    expect(sheet.locator("[data-outcome]")).to_have_text("Critical fail")
    expect(sheet.locator("form[data-line=C10]")).to_have_class(re.compile("failed"))
    found = room.rating("C10")
    assert found is not None
    assert found.mark is Mark.ONE


def test_without_network_the_tap_waits_says_so_and_is_sent_once_it_is_back(room: Room, sheet: Page) -> None:
    sheet.route(LINES, lambda route: route.abort())
    _level(sheet, "C10", "2").click()
    expect(_chip(sheet)).to_have_text("Not saved yet. Trying again…")
    assert room.rating("C10") is None
    sheet.unroute(LINES)
    expect(_chip(sheet)).to_have_text(re.compile("^Saved"))
    found = room.rating("C10")
    assert found is not None
    assert (found.mark, found.revision) == (Mark.TWO, 1)


def test_a_tap_that_a_closed_tab_left_behind_is_sent_when_the_sheet_opens_again(room: Room, sheet: Page) -> None:
    sheet.on("dialog", lambda dialog: dialog.accept())
    sheet.route(LINES, lambda route: route.abort())
    _level(sheet, "C10", "2").click()
    expect(_chip(sheet)).to_have_text("Not saved yet. Trying again…")
    sheet.unroute(LINES)
    sheet.reload()
    expect(_chip(sheet)).to_have_text(re.compile("^Saved"))
    expect(_level(sheet, "C10", "2")).to_have_attribute("aria-pressed", "true")
    found = room.rating("C10")
    assert found is not None
    assert found.mark is Mark.TWO


def test_a_lost_reply_is_asked_again_and_changes_nothing_twice(room: Room, sheet: Page) -> None:
    lost: list[int] = []

    def lose_first(route: Route) -> None:
        answer = route.fetch()
        if lost:
            route.fulfill(response=answer)
        else:
            lost.append(answer.status)
            route.abort()

    sheet.route(LINES, lose_first)
    _level(sheet, "C10", "2").click()
    expect(_chip(sheet)).to_have_text(re.compile("^Saved"))
    assert lost == [200]
    found = room.rating("C10")
    assert found is not None
    assert (found.mark, found.revision) == (Mark.TWO, 1)


def test_what_somebody_else_tapped_is_told_and_not_overwritten(room: Room, sheet: Page) -> None:
    with room.app.app_context():
        tap(room.cast, room.observation_id, "C10", Mark.THREE)
    _level(sheet, "C10", "0").click()
    expect(sheet.locator("form[data-line=C10] .problem")).to_contain_text("says level 3. Yours was not saved")
    expect(_level(sheet, "C10", "3")).to_have_attribute("aria-pressed", "true")
    found = room.rating("C10")
    assert found is not None
    assert found.mark is Mark.THREE
    _level(sheet, "C10", "0").click()  # now she has seen it
    expect(_chip(sheet)).to_have_text(re.compile("^Saved"))
    found = room.rating("C10")
    assert found is not None
    assert found.mark is Mark.ZERO


def test_quick_taps_on_one_line_end_at_the_last_one(room: Room, sheet: Page) -> None:
    for mark in ("0", "1", "2", "3", "2"):
        _level(sheet, "C10", mark).click()
    expect(_chip(sheet)).to_have_text(re.compile("^Saved"))
    sheet.wait_for_timeout(300)
    expect(_chip(sheet)).to_have_text(re.compile("^Saved"))
    found = room.rating("C10")
    assert found is not None
    assert found.mark is Mark.TWO


def test_a_note_is_saved_when_the_field_is_left(room: Room, sheet: Page) -> None:
    sheet.locator("form[data-line=C10] summary").click()
    sheet.locator("#C10-note").fill("Well clear of the spine.")
    sheet.locator("#C10-note").blur()
    expect(_chip(sheet)).to_have_text(re.compile("^Saved"))
    found = room.rating("C10")
    assert found is not None
    assert (found.note, found.mark) == ("Well clear of the spine.", None)


def test_the_stop_drill_takes_the_time_suggests_the_level_and_can_be_cancelled(room: Room, sheet: Page) -> None:
    drill = sheet.locator("#drill")
    drill.get_by_role("button", name="Call stop").click()
    expect(drill).to_have_class(re.compile("running"))
    expect(drill.get_by_role("button", name="Both feet off")).to_be_focused()
    sheet.keyboard.press("Tab")
    expect(drill.get_by_role("button", name="Cancel")).to_be_focused()
    sheet.keyboard.press("Escape")
    expect(drill).not_to_have_class(re.compile("running"))
    assert room.rating("C17") is None
    drill.get_by_role("button", name="Call stop").click()
    drill.get_by_role("button", name="Both feet off").click()
    expect(drill).to_contain_text("in time. That speaks for level 2")
    expect(_level(sheet, "C17", "2")).to_be_focused()
    expect(_chip(sheet)).to_have_text(re.compile("^Saved"))
    found = room.rating("C17")
    assert found is not None
    assert found.mark is None  # suggested, not given
    assert found.seconds is not None
    sheet.keyboard.press("Enter")
    expect(sheet.locator("[data-meter]")).to_have_text("1 of 25")


def test_everything_works_without_script(room: Room, open_desk: OpenDesk) -> None:
    desk = open_desk(room.address, "senior without script", PHONE, script=False)
    page = desk.page
    _sign_in(page, room)
    page.goto(f"{room.address}/practicals/{room.observation_id}")
    assert page.locator("#drill").is_hidden()
    _level(page, "C10", "2").click()
    assert page.url.endswith("#C10")
    page.locator("#C17-seconds").fill("2.4")
    page.locator("form[data-line=C17]").get_by_role("button", name="Save the time").click()
    found = room.rating("C17")
    assert found is not None
    assert found.seconds == 2.4
    with room.app.app_context():
        for one in store.ratings_of(reading(), room.observation_id):
            assert one in {"C10", "C17"}
        fill_rest(room)
    page.reload()
    page.get_by_role("link", name="Sign").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign and record").click()
    expect(page.get_by_text("Exactly what was signed")).to_be_visible()
    with room.app.app_context():
        assert store.get_observation(reading(), room.observation_id).state is State.SIGNED


def fill_rest(room: Room) -> None:
    """Every other line at the pass level, behind the browser's back."""
    kept = store.ratings_of(reading(), room.observation_id)
    for line in [one.id for one in bar().criteria]:
        seen = kept[line].revision if line in kept else 0
        tap(room.cast, room.observation_id, line, Mark.TWO, seen=seen)
