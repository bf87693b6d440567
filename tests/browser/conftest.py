"""The only place for the browser of the tests: real Chromium, a real server, axe on every page."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from tests import tiers

OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PHONE, TABLET, DESKTOP = (390, 844), (820, 1180), (1280, 900)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests; each test opens contexts of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=tiers.chromium(), args=list(OPTIONS))
        yield browser
        browser.close()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an app on a free loopback port; gives its address."""
    app.config["WTF_CSRF_ENABLED"] = True
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Desk:
    """One person's browser: a context at a width, that photographs and checks each page it comes to."""

    def __init__(self, context: BrowserContext, address: str, name: str, pictures: Path) -> None:
        self.context, self.address, self.name, self.pictures = context, address, name, pictures
        self.page: Page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.failures: list[str] = []
        self.page.on("pageerror", lambda error: self.failures.append(f"script: {error}"))
        self.page.on(
            "console", lambda told: self.failures.append(f"console: {told.text}") if told.type == "error" else None
        )
        self.taken = 0

    def open(self, path: str) -> None:
        """Go to a path and look at it."""
        self.page.goto(self.address + path)
        self.look(path)

    def look(self, what: str) -> None:
        """Photograph this page, and let axe and a ruler find fault with it."""
        self.taken += 1
        slug = re.sub(r"[^a-z0-9]+", "-", what.lower()).strip("-")[:50] or "home"
        self.page.screenshot(path=self.pictures / f"{self.name}-{self.taken:02}-{slug}.png", full_page=True)
        found = Axe().run(self.page)
        self.failures += [
            f"{what}: axe {one['id']}: {[node['target'] for node in one['nodes']][:4]}"
            for one in found.response["violations"]
        ]
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            self.failures.append(f"{what}: {wide} px wider than the screen")

    def sign_in(self, email: str, password: str) -> None:
        """Sign in through the page."""
        self.open("/sign-in")
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        self.look("home after sign-in")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where screenshots go: FOOTING_SCREENSHOTS, or a folder that pytest forgets."""
    folder = Path(os.environ.get("FOOTING_SCREENSHOTS", tmp_path / "pictures"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


OpenDesk = Callable[..., Desk]


@pytest.fixture
def open_desk(chromium: Browser, pictures: Path) -> Iterator[OpenDesk]:
    """Open a browser for a person; at the end nothing may have been wrong on any page."""
    desks: list[Desk] = []

    def opened(address: str, name: str, size: tuple[int, int], *, dark: bool = False, script: bool = True) -> Desk:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            locale="en-GB",
        )
        desks.append(Desk(context, address, name, pictures))
        return desks[-1]

    yield opened
    problems = [f"{desk.name}: {failure}" for desk in desks for failure in desk.failures]
    for desk in desks:
        desk.context.close()
    assert problems == []
