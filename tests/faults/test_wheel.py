"""The only place for the built package: a wheel made from the source archive serves pages away from the checkout."""

import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
#: Seconds that building, migrating or starting may take on a busy machine.
PATIENCE = 120
DATA = ("templates/layout.html", "static/site.css", "content/numbers.yaml", "migrations/env.py")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel, built from the unpacked source archive and not from the checkout."""
    folder = tmp_path_factory.mktemp("built")
    archive = _build("sdist", CHECKOUT, folder)
    with tarfile.open(archive) as packed:
        # Pythons before 3.11.4 know no filters; the attribute is the way that they all take.
        packed.extraction_filter = getattr(tarfile, "data_filter", None)
        packed.extractall(folder)  # noqa: S202 - an archive we have just made
    return _build("wheel", folder / archive.name.removesuffix(".tar.gz"), folder)


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel in it.

    The packages it stands on are borrowed from the environment of the tests, so that nothing is fetched. A path in
    a .pth file lends packages without running the other's own .pth files, so the checkout is not lent along.
    """
    folder = tmp_path_factory.mktemp("away") / "environment"
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    _run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel), where=folder)
    packages = Path(_run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", where=folder).strip())
    lent = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (packages / "lent.pth").write_text("\n".join(sorted(lent)) + "\n", encoding="utf-8")
    return folder


def test_the_wheel_holds_what_the_package_reads(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"training/_data/{name}" for name in DATA} <= names
    assert [name for name in names if name.endswith(".pyc") or "/var/" in name] == []


def test_everything_comes_from_the_wheel(environment: Path) -> None:
    program = "import training.config as config; print(config.__file__, config.ROOT, sep='\\n')"
    for line in _run(str(environment / "bin" / "python"), "-c", program, where=environment).splitlines():
        assert line.startswith(str(environment))


def test_the_installed_command_finds_no_fault_in_its_content(environment: Path, tmp_path: Path) -> None:
    _run(str(environment / "bin" / "training"), "content", "check", where=tmp_path)


def test_the_installed_command_serves_a_page(environment: Path, tmp_path: Path) -> None:
    command = str(environment / "bin" / "training")
    _run(command, "db", "upgrade", where=tmp_path)
    with _served(command, where=tmp_path) as address:
        page = _get(f"{address}/sign-in")
        assert "<title>" in page
        sheet = re.search(r'href="(/static/site\.css[^"]*)"', page)
        assert sheet is not None
        assert ":root" in _get(address + sheet[1])


def _build(target: str, source: Path, into: Path) -> Path:
    _run(sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(into), where=source)
    return next(into.glob({"sdist": "*.tar.gz", "wheel": "*.whl"}[target]))


def _run(*words: str, where: Path) -> str:
    """Give what the command printed; the test fails with what it said where it fails."""
    done = subprocess.run(
        words, cwd=where, env=_surroundings(where), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _surroundings(where: Path) -> dict[str, str]:
    """As a new user has it: nothing that points at the checkout or at another database."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(where),
        "LANG": "C.UTF-8",
        "TRAINING_VAR": str(where / "var"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


@contextmanager
def _served(command: str, *, where: Path) -> Iterator[str]:
    """Start the server on a free port and give its address."""
    with (where / "log").open("w+", encoding="utf-8") as log:
        process = subprocess.Popen(
            [command, "serve", "--port", "0"],
            cwd=where,
            env=_surroundings(where),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            assert process.stdout is not None
            opened = re.search(r"http://\S+", process.stdout.readline())
            assert opened is not None, (where / "log").read_text(encoding="utf-8")
            yield opened[0]
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)


def _get(address: str) -> str:
    with urlopen(address, timeout=PATIENCE) as answer:
        body: bytes = answer.read()
    return body.decode()
