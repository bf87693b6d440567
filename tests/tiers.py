"""The only place that leaves a tier of tests out for want of a tool, and says so in one line at the end."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from functools import cache

import pytest

from tests import postgres

#: Set by .ci/run: a tier that would be left out is then an error.
REQUIRE_ALL = "FOOTING_REQUIRE_ALL"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_LEFT_OUT = pytest.StashKey[list[str]]()


def chromium() -> str | None:
    """Give the path of the browser that the browser tests drive, or None."""
    return next((path for name in _BROWSERS if (path := shutil.which(name))), None)


@cache
def _driver_starts() -> bool:
    """Say whether Playwright's own program runs here; a bare Debian lacks a library of it."""
    command = [sys.executable, "-m", "playwright", "--version"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _needs_browser(item: pytest.Item) -> bool:
    return item.get_closest_marker("browser") is not None or "chromium" in getattr(item, "fixturenames", ())


def _needs_postgresql(item: pytest.Item) -> bool:
    return item.get_closest_marker("postgresql") is not None or "pg_server" in getattr(item, "fixturenames", ())


def _missing(item: pytest.Item) -> str | None:
    """Say what this test needs and the machine lacks."""
    if _needs_browser(item) and chromium() is None:
        return "for want of Chromium"
    if _needs_browser(item) and not _driver_starts():
        return "because Playwright's driver does not start (on Debian it needs libatomic1)"
    if _needs_postgresql(item) and postgres.find() is None:
        return f"for want of PostgreSQL (neither {postgres.VARIABLE} nor a server binary)"
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take out what cannot run here; count it by reason."""
    reasons: dict[pytest.Item, str] = {item: reason for item in items if (reason := _missing(item)) is not None}
    if reasons and os.environ.get(REQUIRE_ALL):
        wanted = " and ".join(sorted(set(reasons.values())))
        message = f"{REQUIRE_ALL} is set and {len(reasons)} tests would be left out {wanted}."
        raise pytest.UsageError(message)
    left_out = [f"{number} {reason}" for reason, number in sorted(Counter(reasons.values()).items())]
    if config.option.markexpr == "not long":
        number = sum(item.get_closest_marker("long") is not None for item in items)
        left_out += [f"{number} long ones, which `make test-long` runs"] if number else []
    config.stash[_LEFT_OUT] = left_out
    config.hook.pytest_deselected(items=list(reasons))
    items[:] = [item for item in items if item not in reasons]


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say in one line, just before pytest's own last line, what was left out."""
    left_out = config.stash.get(_LEFT_OUT, None)
    if left_out is None:
        return
    terminalreporter.ensure_newline()
    terminalreporter.line(f"Tests left out: {'; '.join(left_out) or 'none'}.")
