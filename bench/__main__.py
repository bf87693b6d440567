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

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench import bare
from bench.cost import Measured, Page, Spread
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
        costs, notes = _costs(folder, plain, pages)
        speeds = _speeds(folder, plain, pages, ours.environment(folder))
    console.print(_table(plain, pages, costs, speeds, notes))


def _bare_page(folder: Path) -> Page:
    client = bare.create_app(folder).test_client()
    client.post("/sign-in")
    cookie = client.get_cookie("session")
    assert cookie is not None
    return Page(name="bare page", path="/", cookie=f"session={cookie.value}")


def _costs(folder: Path, plain: Page, pages: tuple[Page, ...]) -> tuple[dict[str, Spread], dict[str, str]]:
    from bench import ours

    sides = {True: Measured(partial(bare.create_app, folder)), False: Measured(partial(ours.app_in, folder))}
    found: dict[str, list[float]] = {page.name: [] for page in (plain, *pages)}
    notes = {}
    for page in (plain, *pages):
        answered = sides[page is plain].once(page)
        assert answered.status == 200, f"{page.name} answered {answered.status}"
        notes[page.name] = f"{answered.statements} SQL, {answered.size / 1000:.1f} kB"
    for _ in track(range(ROUNDS), description="CPU time"):
        for page in (plain, *pages):
            found[page.name].append(sides[page is plain].cost(page, REQUESTS))
    for side in sides.values():
        side.close()
    return {name: Spread(values=tuple(values)) for name, values in found.items()}, notes


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
    plain: Page, pages: tuple[Page, ...], costs: dict[str, Spread], speeds: dict[str, float], notes: dict[str, str]
) -> Table:
    table = Table(
        title=f"Main pages in bare pages (CPU: median of {ROUNDS} × {REQUESTS} requests, middle half in brackets; "
        f"load: median of {LOAD_ROUNDS} × {LOAD_SECONDS:g} s, {WORKERS} workers × {THREADS} threads)",
        caption=f"Aim: no main page above {AIM:g} × the bare page.",
    )
    for heading in ("page", "CPU ms", "× bare", "requests/s", "× slower", "does"):
        table.add_column(heading, justify="left" if heading in {"page", "does"} else "right")
    base, fastest = costs[plain.name].median, speeds[plain.name]
    for page in (plain, *pages):
        cost, speed = costs[page.name], speeds[page.name]
        low, high = (f"{1000 * value:.2f}" for value in cost.quartiles)
        table.add_row(
            page.name,
            f"{1000 * cost.median:.2f} [{low}–{high}]".replace("[", r"\["),
            f"{cost.median / base:.2f}",
            f"{speed:.0f}",
            f"{fastest / speed:.2f}",
            notes[page.name],
        )
    return table


if __name__ == "__main__":
    main()
