"""The only place for what `training serve` says when it cannot start: one sentence, no traceback, exit status 2."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from training import serving
from training.extensions import db

COMMAND = str(Path(sys.executable).parent / "training")
WRONG_CALL = 2


@pytest.fixture
def var(migrated: Path, tmp_path: Path) -> Iterator[Path]:
    """A folder as an installation has it, with a migrated database."""
    folder = tmp_path / "var"
    folder.mkdir()
    shutil.copyfile(migrated, folder / "footing.sqlite3")
    yield folder
    folder.chmod(0o755)


def _refusal(var: Path, *options: str, database: str = "", before: tuple[str, ...] = ()) -> str:
    """Start the server where it must refuse, and give its one sentence."""
    surroundings = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TRAINING_VAR": str(var), "DATABASE_URL": database}
    done = subprocess.run(
        [*before, COMMAND, "serve", *options],
        env=surroundings,
        cwd=var.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == WRONG_CALL, done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def _bound_by_file_modes() -> tuple[str, ...]:
    """Words to put before a command: root writes to read-only folders unless it lays that power down."""
    if os.geteuid() != 0:
        return ()
    powers = "-dac_override,-dac_read_search"
    return ("setpriv", f"--bounding-set={powers}", f"--inh-caps={powers}")


def test_a_port_in_use_is_named_with_the_way_out(var: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = _refusal(var, "--port", str(port))
    assert f"Port {port} is in use" in said
    assert f"--port {port + 1}" in said


def test_a_foreign_address_is_refused(var: Path) -> None:
    assert "203.0.113.7 cannot be opened" in _refusal(var, "--host", "203.0.113.7", "--port", "0")


def test_a_read_only_database_is_told_before_anybody_signs_in(var: Path) -> None:
    (var / "secret-key").write_text("kept from an earlier start, and long enough")
    (var / "footing.sqlite3").chmod(0o444)
    var.chmod(0o555)
    said = _refusal(var, "--port", "0", before=_bound_by_file_modes())
    assert "cannot be written" in said
    assert "TRAINING_VAR" in said


def test_a_read_only_database_is_told_where_a_crash_left_its_log(var: Path) -> None:
    (var / "secret-key").write_text("kept from an earlier start, and long enough")
    with closing(sqlite3.connect(var / "footing.sqlite3")) as live:
        live.execute("PRAGMA journal_mode=WAL")
        live.execute("CREATE TABLE scratch (a)")
        live.commit()
        for name in ("-wal", "-shm"):
            shutil.copyfile(var / f"footing.sqlite3{name}", var / f"kept{name}")
    for name in ("-wal", "-shm"):
        (var / f"kept{name}").rename(var / f"footing.sqlite3{name}")
    for file in var.iterdir():
        file.chmod(0o444)
    var.chmod(0o555)
    assert "cannot be written" in _refusal(var, "--port", "0", before=_bound_by_file_modes())


def test_a_read_only_folder_is_told(var: Path) -> None:
    var.chmod(0o555)
    assert "cannot be written" in _refusal(var, "--port", "0", before=_bound_by_file_modes())


def test_a_database_without_tables_is_told(var: Path) -> None:
    (var / "footing.sqlite3").unlink()
    assert "training db upgrade" in _refusal(var, "--port", "0")


def test_a_lost_guard_is_told(var: Path) -> None:
    with closing(sqlite3.connect(var / "footing.sqlite3")) as database:
        database.execute("DROP TRIGGER fact_kept")
    said = _refusal(var, "--port", "0")
    assert "append-only" in said
    assert "fact_kept" in said


def test_every_guard_that_the_migrations_make_is_asked_for(engine_app: Flask) -> None:
    with engine_app.app_context(), db.engine.connect() as connection:
        engine = connection.dialect.name
        standing = set(connection.exec_driver_sql(serving.STANDING_GUARDS[engine]).scalars())
    assert standing == serving.GUARDS[engine]


def test_a_server_that_is_gone_is_told_without_its_password(var: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    said = _refusal(var, "--port", "0", database=f"postgresql://footing:hunter2@127.0.0.1:{port}/footing")
    assert "DATABASE_URL" in said
    assert "hunter2" not in said
