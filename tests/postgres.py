"""The only place that knows how the tests come by a PostgreSQL server."""

import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

#: A server that somebody else started; it comes before a local binary.
VARIABLE = "TEST_DATABASE_URL"
#: The server refuses to run as root, so root hands it to the first of these that exists.
UNPRIVILEGED = ("postgres", "nobody")
#: Seconds until a new cluster must answer; about one is usual.
PATIENCE = 60.0
#: Runs a server until standard input is closed, then removes its folder ($0). The tests hold the other end, and the
#: system closes it for them however they end, so that a run that was killed leaves no server behind.
_UNTIL_LET_GO = '"$@" & read -r _; kill -QUIT $!; wait $!; rm -rf "$0"'


def find() -> str | None:
    """Say where a server would come from, in words for the person running the tests; None when there is none."""
    if os.environ.get(VARIABLE):
        return f"the server named by {VARIABLE}"
    binaries = _binaries()
    if binaries is None or (os.geteuid() == 0 and _account() is None):
        return None
    return f"a temporary cluster made with {binaries / 'initdb'}"


@contextmanager
def start() -> Iterator[str]:
    """Give the SQLAlchemy URL of a running server's own database; a temporary server is stopped at the end.

    The role in the URL may create databases. Raises LookupError when `find()` gives None.
    """
    if url := os.environ.get(VARIABLE):
        yield url
        return
    binaries = _binaries()
    if binaries is None:
        message = "no PostgreSQL server binary was found"
        raise LookupError(message)
    with _cluster(binaries) as started:
        yield started


@contextmanager
def database(server: str, *, template: str | None = None) -> Iterator[str]:
    """Make an empty database on `server` (or a copy of the database `template`), give its URL, drop it at the end.

    Nobody may be connected to `template` while it is copied.
    """
    name = f"footing_test_{secrets.token_hex(6)}"
    source = f' TEMPLATE "{make_url(template).database}"' if template else ""
    _administer(server, f'CREATE DATABASE "{name}"{source}')
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        _administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _administer(server: str, statement: str) -> None:
    address = make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        # The names in these statements are made in this file.
        connection.execute(statement.encode())


def _binaries() -> Path | None:
    """Find the folder with initdb and postgres; Debian keeps them off the PATH, one folder a version."""
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    newest_first = sorted(versions, key=lambda path: _version(path.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    candidates = [*newest_first, *([Path(on_path).resolve().parent] if on_path else [])]
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


def _version(name: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", name))


def _account() -> str | None:
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in UNPRIVILEGED if name in known), None)


@contextmanager
def _cluster(binaries: Path) -> Iterator[str]:
    account = _account() if os.geteuid() == 0 else None
    # A checkout often lies in a folder that only root may enter; the system's own folder for temporary files does not.
    home = Path(tempfile.mkdtemp(prefix="footing-postgres-", dir="/tmp"))
    password = secrets.token_urlsafe(16)
    secret = home / "password"
    secret.write_text(password)
    identity: dict[str, str | int | list[str]] = {}
    if account is not None:
        entry = pwd.getpwnam(account)
        identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        for path in (home, secret):
            os.chown(path, entry.pw_uid, entry.pw_gid)
    try:
        _make(binaries, home, secret, identity)
        port = _free_port()
        with _running(binaries, home, port, identity) as process:
            _wait_for(process, home, f"postgresql://footing:{password}@127.0.0.1:{port}/postgres")
            yield f"postgresql+psycopg://footing:{password}@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _make(binaries: Path, home: Path, secret: Path, identity: dict[str, str | int | list[str]]) -> None:
    options = ("--username=footing", "--auth=password", "--encoding=UTF8", "--locale=C", "--no-sync")
    subprocess.run(  # type: ignore[call-overload]  # `identity` holds three keywords of three types
        [binaries / "initdb", "--pgdata", home / "data", f"--pwfile={secret}", *options],
        check=True,
        cwd=home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        **identity,
    )


@contextmanager
def _running(
    binaries: Path, home: Path, port: int, identity: dict[str, str | int | list[str]]
) -> Iterator["subprocess.Popen[bytes]"]:
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "100",
        # The cluster is thrown away, so nothing needs to outlive a power cut.
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
    }
    given = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (home / "log").open("wb") as log:
        process: subprocess.Popen[bytes] = subprocess.Popen(  # type: ignore[call-overload]  # see _make
            ["/bin/sh", "-c", _UNTIL_LET_GO, home, binaries / "postgres", "-D", home / "data", *given],
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            # Ctrl-C in the terminal is for pytest, which then stops the server itself.
            start_new_session=True,
            **identity,
        )
    try:
        yield process
    finally:
        # Closes its standard input, and waits.
        process.communicate(timeout=PATIENCE)


def _wait_for(process: "subprocess.Popen[bytes]", home: Path, address: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            psycopg.connect(address, connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.05)
                continue
            message = f"PostgreSQL did not start: {(home / 'log').read_text(errors='replace')[-2000:]}"
            raise RuntimeError(message) from error
        return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
