"""The only place that measures a page's CPU time, inside a process of its own that serves one app."""

import io
import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event
from werkzeug.test import EnvironBuilder

#: Requests that are not measured, so that templates are compiled and caches are warm.
WARM = 30


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page as a signed-in browser asks for it."""

    name: str
    path: str
    cookie: str


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What one request gave."""

    status: int
    size: int  # bytes of the body, not compressed
    statements: int  # SQL statements


class Measured:
    """A process with an app in it, which answers requests through WSGI and says what they cost."""

    def __init__(self, make: Callable[[], Flask]) -> None:
        context = multiprocessing.get_context("spawn")
        self._near, far = context.Pipe()
        self._process = context.Process(target=_answer, args=(make, far), daemon=True)
        self._process.start()

    def once(self, page: Page) -> Answered:
        """Ask once, and say what came."""
        answered: Answered = self._ask("once", page, 1)
        return answered

    def cost(self, page: Page, requests: int) -> float:
        """Give the CPU seconds of one request, the mean of that many in a row."""
        seconds: float = self._ask("cost", page, requests)
        return seconds

    def close(self) -> None:
        """End the process."""
        self._near.send(None)
        self._process.join()

    def _ask(self, what: str, page: Page, requests: int) -> Any:
        self._near.send((what, page, requests))
        return self._near.recv()


def _answer(make: Callable[[], Flask], far: Connection) -> None:
    app = make()
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    while (asked := far.recv()) is not None:
        what, page, requests = asked
        if what == "cost":
            far.send(_cpu_of(app, page, requests))
            continue
        for _ in range(WARM):
            _request(app, page)
        event.listen(Engine, "before_cursor_execute", count)
        statements = 0
        status, size = _request(app, page)
        event.remove(Engine, "before_cursor_execute", count)
        far.send(Answered(status=status, size=size, statements=statements))


def _cpu_of(app: Flask, page: Page, requests: int) -> float:
    environs = [_environ(page) for _ in range(requests)]
    started = time.process_time()
    for environ in environs:
        _call(app, environ)
    return (time.process_time() - started) / requests


def _request(app: Flask, page: Page) -> tuple[int, int]:
    return _call(app, _environ(page))


def _environ(page: Page) -> dict[str, Any]:
    builder = EnvironBuilder(page.path, base_url="http://127.0.0.1", headers=[("Cookie", page.cookie)])
    return {**builder.get_environ(), "wsgi.errors": io.StringIO()}


def _call(app: Flask, environ: dict[str, Any]) -> tuple[int, int]:
    """Answer as a server does: without a test client, whose own work would be counted on both sides."""
    statuses: list[str] = []

    def start(status: str, _headers: object, _error: object = None) -> Callable[[bytes], object]:
        statuses.append(status)
        return lambda _body: None

    body: Iterable[bytes] = app(environ, start)
    try:
        size = sum(map(len, body))
    finally:
        if hasattr(body, "close"):
            body.close()
    return int(statuses[0][:3]), size


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Repeated measurements of one thing."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.values)

    @property
    def quartiles(self) -> tuple[float, float]:
        """What a quarter lies below, and a quarter above."""
        low, _, high = statistics.quantiles(self.values, n=4)
        return low, high
