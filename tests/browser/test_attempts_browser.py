"""A quiz in a real browser: tapping, saved and not saved, the network gone and back, and no script at all."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, TABLET, Desk, OpenDesk, served
from tests.cast import PASSWORD, make_cast
from tests.quizzes import SLUG, publish_quiz

pytestmark = pytest.mark.browser
QUESTIONS = 10


def start(desk: Desk, email: str) -> Page:
    desk.sign_in(email, PASSWORD)
    desk.open(f"/modules/{SLUG}/quiz")
    desk.page.get_by_role("button", name="Start the quiz").click()
    desk.page.wait_for_url(re.compile(r"/attempts/[a-z0-9]{16}/1$"))
    return desk.page


def on_hot_spot(page: Page) -> bool:
    return page.locator("[data-hotspot]").count() > 0


def unfold(page: Page) -> None:
    """On narrow screens the list of places is one tap away."""
    if page.locator(".names details:not([open])").count():
        page.locator(".names summary").click()


def go_to_hot_spot(page: Page) -> None:
    for place in range(1, QUESTIONS + 1):
        page.goto(re.sub(r"\d+$", str(place), page.url))
        if on_hot_spot(page):
            return
    pytest.fail("no hot-spot was drawn")


@pytest.mark.parametrize("width", [PHONE, TABLET, DESKTOP])
def test_a_quiz_from_rules_to_result(app: Flask, open_desk: OpenDesk, width: tuple[int, int]) -> None:
    publish_quiz(app)
    cast = make_cast(app)
    with served(app) as address:
        desk = open_desk(address, f"quiz-{width[0]}", width, dark=width == PHONE)
        page = start(desk, cast.emails[cast.trainee])
        for place in range(1, QUESTIONS + 1):
            desk.look(f"question {place}")
            unfold(page)
            page.locator(".opt").first.click()
            expect(page.locator("#saved")).to_contain_text("Saved")
            page.get_by_role("button", name=re.compile("Save and")).click()
        page.wait_for_url("**/review")
        desk.look("review")
        expect(page.get_by_role("heading", name="Ready to submit")).to_be_visible()
        page.get_by_role("button", name="Submit the quiz").click()
        page.wait_for_url("**/result")
        desk.look("result")
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^(Not passed|Passed)$"))
        desk.open(f"/modules/{SLUG}/quiz")


def test_a_tap_on_the_map_ticks_the_list_and_is_saved(app: Flask, open_desk: OpenDesk) -> None:
    publish_quiz(app)
    cast = make_cast(app)
    with served(app) as address:
        page = start(open_desk(address, "tap", PHONE), cast.emails[cast.trainee])
        go_to_hot_spot(page)
        for region, name in (("r05", "Place 05"), ("r07", "Place 07")):
            page.locator(f'[data-region="{region}"]').click()
            expect(page.locator("[data-marked]")).to_have_text(f"1 of 1 marked: {name}.")
            expect(page.locator("#saved")).to_contain_text("Saved")
            assert page.locator(".picks input:checked").evaluate_all("all => all.map(one => one.value)") == [region]
        page.reload()
        expect(page.locator('[data-region="r07"]')).to_have_class(re.compile("chosen"))
        expect(page.locator(".overview [aria-current]")).to_have_class(re.compile("answered"))


def test_an_answer_given_without_network_is_said_to_be_unsaved_and_saved_later(app: Flask, open_desk: OpenDesk) -> None:
    publish_quiz(app)
    cast = make_cast(app)
    with served(app) as address:
        desk = open_desk(address, "offline", PHONE)
        page = start(desk, cast.emails[cast.trainee])
        unfold(page)
        desk.context.set_offline(True)
        page.locator(".opt").nth(1).click()
        expect(page.locator("#saved")).to_contain_text("Not saved yet: no connection.")
        assert page.locator("#saved").get_attribute("data-state") == "unsaved"
        page.get_by_role("button", name="Save and next").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Question 1 of")
        desk.context.set_offline(False)
        expect(page.locator("#saved")).to_contain_text("Saved", timeout=10_000)
        page.reload()
        assert page.locator(".opt input").nth(1).is_checked()
        desk.failures = [one for one in desk.failures if "ERR_INTERNET_DISCONNECTED" not in one]


def test_the_script_says_when_the_session_has_ended_and_keeps_the_answer_on_the_page(
    app: Flask, open_desk: OpenDesk
) -> None:
    publish_quiz(app)
    cast = make_cast(app)
    with served(app) as address:
        desk = open_desk(address, "signed-out", DESKTOP)
        page = start(desk, cast.emails[cast.trainee])
        desk.context.clear_cookies(name="footing_session")
        page.locator(".opt").first.click()
        expect(page.locator("#saved")).to_contain_text("You were signed out.")
        assert page.locator(".opt input").first.is_checked()
        desk.failures = [one for one in desk.failures if "403" not in one]
        page.on("dialog", lambda dialog: dialog.accept())


def test_everything_works_without_script(app: Flask, open_desk: OpenDesk) -> None:
    publish_quiz(app)
    cast = make_cast(app)
    with served(app) as address:
        desk = open_desk(address, "no-script", TABLET, script=False)
        page = desk.page
        page.goto(f"{address}/sign-in")
        page.get_by_label("E-mail address").fill(cast.emails[cast.trainee])
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.goto(f"{address}/modules/{SLUG}/quiz")
        page.get_by_role("button", name="Start the quiz").click()
        for _ in range(QUESTIONS):
            page.locator(".opt").first.click()
            page.get_by_role("button", name=re.compile("Save and")).click()
        expect(page.get_by_role("heading", name="Ready to submit")).to_be_visible()
        page.get_by_role("button", name="Submit the quiz").click()
        expect(page.get_by_role("heading", name="By objective")).to_be_visible()
