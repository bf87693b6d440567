"""What every command says when the installation cannot be used: one sentence, no traceback, exit status 2."""

import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

COMMAND = str(Path(sys.executable).parent / "training")
WRONG_CALL = 2
EVERY = [
    "clearance explain a b",
    "clearance rebuild",
    "evidence verify",
    "content publish --yes",
    "site Spa Europe/Rome",
]
REACHING = [*EVERY, "db upgrade", "db check", "demo", "init --email a@spa.example --name Ada"]


def _told(var: Path, command: str | list[str], **settings: str) -> str:
    """Run a command where it must refuse, and give its one sentence."""
    surroundings = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TRAINING_VAR": str(var), **settings}
    words = command.split() if isinstance(command, str) else command
    done = subprocess.run(
        [COMMAND, *words], env=surroundings, cwd=var.parent, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == WRONG_CALL, done.stderr[-500:]
    assert done.stderr.strip().count("\n") == 0, done.stderr[-500:]
    return done.stderr.strip()


@pytest.mark.parametrize("command", EVERY)
def test_a_database_without_tables_is_told(tmp_path: Path, command: str) -> None:
    assert "training db upgrade" in _told(tmp_path / "var", command)


@pytest.mark.parametrize("command", REACHING)
def test_a_server_that_does_not_answer_is_told(tmp_path: Path, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    said = _told(tmp_path / "var", command, DATABASE_URL=f"postgresql://footing:hunter2@127.0.0.1:{port}/footing")
    assert "DATABASE_URL" in said
    assert "hunter2" not in said


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "footing.sqlite3").write_bytes(b"this is a letter, not a database. " * 100)
    assert "not a database" in _told(tmp_path, "evidence verify")


def test_tables_of_another_version_are_told_by_the_server(tmp_path: Path, migrated: Path) -> None:
    with closing(sqlite3.connect(migrated)) as source, closing(sqlite3.connect(tmp_path / "footing.sqlite3")) as copy:
        source.backup(copy)
        copy.execute("UPDATE alembic_version SET version_num = '0001'")
        copy.commit()
    assert "another version" in _told(tmp_path, "serve --port 0")


@pytest.mark.parametrize(
    "settings",
    [
        {"DATABASE_URL": "postgresql://u:p@host:notaport/x"},
        {"DATABASE_URL": "sqlite:///"},
        {"DATABASE_URL": "sqlite:///:memory:"},
        {"DATABASE_URL": "sqlite:////tmp/x?mode=ro"},
        {"TRAINING_ENV": "prod"},
        {"TRUSTED_PROXIES": "-1"},
        {"TRUSTED_PROXIES": "²"},
    ],
    ids=lambda settings: "".join(settings.values()),
)
def test_a_setting_that_cannot_be_meant_is_named(tmp_path: Path, settings: dict[str, str]) -> None:
    assert next(iter(settings)) in _told(tmp_path / "var", "evidence verify", **settings)


@pytest.mark.parametrize("kept", ["", "short"])
def test_a_damaged_secret_is_not_signed_with(tmp_path: Path, kept: str) -> None:
    (tmp_path / "secret-key").write_text(kept)
    said = _told(tmp_path, "serve --port 0")
    assert "secret-key" in said
    assert "remove it" in said


def test_a_name_that_is_not_text_is_told(tmp_path: Path) -> None:
    assert "not text" in _told(tmp_path / "var", ["clearance", "explain", os.fsdecode(b"a\xff"), "x"])


def test_check_reads_the_folder_that_publish_reads(tmp_path: Path) -> None:
    done = subprocess.run(
        [COMMAND, "content", "check"],
        env={"PATH": os.environ["PATH"], "TRAINING_CONTENT": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "policy.yaml:1: file: the file is missing" in done.stdout


def test_a_new_installation_is_read_by_its_owner_alone(tmp_path: Path) -> None:
    var = tmp_path / "var"
    subprocess.run(
        [COMMAND, "db", "upgrade"],
        env={"PATH": os.environ["PATH"], "TRAINING_VAR": str(var)},
        timeout=60,
        check=True,
    )
    assert var.stat().st_mode & 0o777 == 0o700
    assert (var / "secret-key").stat().st_mode & 0o777 == 0o600


def test_the_first_administrator_needs_a_name_and_an_address(tmp_path: Path) -> None:
    var = tmp_path / "var"
    assert "not an e-mail address" in _told(var, ["init", "--email", "nobody", "--name", "Ada"])
    assert "name" in _told(var, ["init", "--email", "ada@spa.example", "--name", " "])


def test_a_second_site_of_the_same_name_is_told(tmp_path: Path) -> None:
    var = tmp_path / "var"
    surroundings = {"PATH": os.environ["PATH"], "TRAINING_VAR": str(var)}
    for words in (["db", "upgrade"], ["site", "Spa", "Europe/Rome"]):
        subprocess.run([COMMAND, *words], env=surroundings, timeout=60, check=True)
    assert "Spa" in _told(var, "site Spa Europe/Paris")
