"""The only place for the bench's table: `make bench` prints what each main page costs in bare pages."""

import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench import bare
from bench.cost import Answered, Measured, Page, Spread
from bench.load import requests_per_second

ROUNDS, REQUESTS = 40, 10
LOAD_ROUNDS, LOAD_SECONDS = 5, 1.0
WORKERS, THREADS = "2", "4"
AIM = 3.0


def main() -> None:
    """Measure in turn, so that a slow moment of the machine falls on all pages alike."""
    with tempfile.TemporaryDirectory(prefix="footing-bench-") as name:
        folder = Path(name)
        console = Console()
        console.print("Preparing a demo spa …")
        # Only now: a process that measures the bare page imports this file, and must not import Footing with it.
        from bench import ours

        pages = ours.prepare(folder)
        plain = _bare_page(folder)
        costs, seen = _costs(folder, plain, pages)
        speeds = _speeds(folder, plain, pages, ours.environment(folder))
    console.print(_table(plain, pages, costs, speeds, seen))


def _bare_page(folder: Path) -> Page:
    client = bare.create_app(folder).test_client()
    client.post("/sign-in")
    cookie = client.get_cookie("session")
    assert cookie is not None
    return Page(name="bare page", path="/", cookie=f"session={cookie.value}")


def _costs(folder: Path, plain: Page, pages: tuple[Page, ...]) -> tuple[dict[str, Spread], dict[str, Answered]]:
    from bench import ours

    sides = {True: Measured(partial(bare.create_app, folder)), False: Measured(partial(ours.app_in, folder))}
    found: dict[str, list[float]] = {page.name: [] for page in (plain, *pages)}
    seen = {}
    for page in (plain, *pages):
        answered = sides[page is plain].once(page)
        assert answered.status == 200, f"{page.name} answered {answered.status}"
        seen[page.name] = answered
    for _ in track(range(ROUNDS), description="CPU time"):
        for page in (plain, *pages):
            found[page.name].append(sides[page is plain].cost(page, REQUESTS))
    for side in sides.values():
        side.close()
    return {name: Spread(values=tuple(values)) for name, values in found.items()}, seen


def _speeds(folder: Path, plain: Page, pages: tuple[Page, ...], settings: dict[str, str]) -> dict[str, float]:
    found: dict[str, list[float]] = {page.name: [] for page in (plain, *pages)}
    with _bare_server(folder) as bare_port, _our_server(settings) as our_port:
        for _ in track(range(LOAD_ROUNDS), description="Requests per second"):
            for page in (plain, *pages):
                port = bare_port if page is plain else our_port
                found[page.name].append(requests_per_second(port, page, seconds=LOAD_SECONDS))
    return {name: statistics.median(values) for name, values in found.items()}


@contextmanager
def _our_server(settings: dict[str, str]) -> Iterator[int]:
    command: list[str | Path] = [Path(sys.executable).parent / "training", "serve", "--port", "0"]
    with _started([*command, "--workers", WORKERS, "--threads", THREADS], settings, r"127\.0\.0\.1:(\d+)") as port:
        yield port


@contextmanager
def _bare_server(folder: Path) -> Iterator[int]:
    settings = {**os.environ, bare.FOLDER: str(folder)}
    options = ["--worker-class=gthread", f"--workers={WORKERS}", f"--threads={THREADS}", "--preload"]
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "gunicorn",
        *options,
        "--bind=127.0.0.1:0",
        "--no-control-socket",
    ]
    with _started([*command, "bench.bare:served()"], settings, r"Listening at: http://127\.0\.0\.1:(\d+)") as port:
        yield port


@contextmanager
def _started(command: list[str | Path], settings: dict[str, str], port: str) -> Iterator[int]:
    process = subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if found := re.search(port, line):
                yield int(found[1])
                return
        raise RuntimeError(f"{command[0]} did not start")
    finally:
        process.terminate()
        process.communicate()


def _table(
    plain: Page, pages: tuple[Page, ...], costs: dict[str, Spread], speeds: dict[str, float], seen: dict[str, Answered]
) -> Table:
    base, fastest = costs[plain.name].median, speeds[plain.name]
    above = [page.name for page in pages if costs[page.name].median > AIM * base]
    table = Table(
        title="Main pages in bare pages",
        caption=f"CPU: median of {ROUNDS} × {REQUESTS} requests, the middle half in brackets. Requests per second: "
        f"median of {LOAD_ROUNDS} × {LOAD_SECONDS:g} s, {WORKERS} workers × {THREADS} threads.\n"
        f"Aim: no main page above {AIM:g} × the bare page. Above it: {', '.join(above) or 'none'}.",
        title_justify="left",
        caption_justify="left",
        box=SIMPLE_HEAD,
    )
    for heading in ("page", "CPU ms", "× bare", "req/s", "× slower", "SQL", "kB"):
        table.add_column(heading, justify="left" if heading == "page" else "right", no_wrap=True)
    for page in (plain, *pages):
        cost, speed, answered = costs[page.name], speeds[page.name], seen[page.name]
        low, high = (f"{1000 * value:.2f}" for value in cost.quartiles)
        table.add_row(
            page.name,
            f"{1000 * cost.median:.2f} ({low}–{high})",
            f"{cost.median / base:.2f}",
            f"{speed:.0f}",
            f"{fastest / speed:.2f}",
            str(answered.statements),
            f"{answered.size / 1000:.1f}",
        )
    return table


if __name__ == "__main__":
    main()
