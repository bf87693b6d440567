"""The only place that reads settings from the environment."""

import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from training.errors import SetupError

_PACKAGE = Path(__file__).resolve().parent
#: Where templates, static files, content and migrations lie: beside the package in a checkout, inside it in a wheel.
ROOT = _PACKAGE.parent if (_PACKAGE.parent / "pyproject.toml").is_file() else _PACKAGE / "_data"

#: The embedded database, in the folder an installation owns.
DATABASE = "footing.sqlite3"

_SECRET_LENGTH = 32
_PROXIES_DIGITS = 2


@dataclass(frozen=True, kw_only=True)
class Config:
    """Every setting, read once at start-up."""

    database_url: str  # SQLAlchemy URL; sqlite or postgresql+psycopg
    secret_key: str  # at least 32 characters; signs the CSRF and signing-form tokens
    var: Path  # what this installation owns: the embedded database, demo accounts
    content: Path  # authored files; only `training content` reads them
    production: bool  # Secure cookies, TRUSTED_HOSTS asked for
    trusted_proxies: int  # how many proxies in front may say who the client is; 0 = none
    trusted_hosts: tuple[str, ...]  # host names this server answers to; empty = any (development only)
    testing: bool


def read_config(environ: Mapping[str, str] | None = None) -> Config:
    """Settings from `environ` (the process's own by default).

    Raises:
        SetupError: a setting is missing or cannot be understood.
    """
    env = os.environ if environ is None else environ
    var = Path(env.get("TRAINING_VAR", "var")).resolve()
    kind = env.get("TRAINING_ENV") or "development"
    if kind not in {"development", "production"}:
        # A slip of the pen would otherwise serve the public without what production asks for.
        raise SetupError(f"TRAINING_ENV is {kind!r}: it must be production or development.")
    production = kind == "production"
    url = env.get("DATABASE_URL") or f"sqlite:///{var / DATABASE}"
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            url = "postgresql+psycopg://" + url.removeprefix(prefix)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SetupError("DATABASE_URL must begin with sqlite:/// or postgresql://.")
    _check_address(url)
    hosts = tuple(host.strip() for host in env.get("TRUSTED_HOSTS", "").split(",") if host.strip())
    if production and not hosts:
        raise SetupError("TRUSTED_HOSTS is missing: name the host names this server answers to, separated by commas.")
    proxies = env.get("TRUSTED_PROXIES") or "0"
    if not (proxies.isascii() and proxies.isdigit() and len(proxies) <= _PROXIES_DIGITS):
        raise SetupError("TRUSTED_PROXIES must be a whole number: how many proxies stand in front.")
    return Config(
        database_url=url,
        secret_key=_secret(env, var, production=production),
        var=var,
        content=content_folder(env),
        production=production,
        trusted_proxies=int(proxies),
        trusted_hosts=hosts,
        testing=False,
    )


def content_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Where the authored files lie; asked alone by what needs no database."""
    env = os.environ if environ is None else environ
    return Path(env.get("TRAINING_CONTENT") or ROOT / "content").resolve()


def _check_address(url: str) -> None:
    """See that the database is named so that it can be kept.

    Raises:
        SetupError: it cannot be read, or SQLite would keep nothing.
    """
    try:
        read = make_url(url)
    except (ArgumentError, ValueError):
        raise SetupError("DATABASE_URL cannot be read: write postgresql://user:password@host/name.") from None
    if read.drivername == "sqlite" and (read.query or (read.database or ":memory:") == ":memory:"):
        raise SetupError("DATABASE_URL must name a file and nothing else, as in sqlite:////path/to/file.")


def _secret(env: Mapping[str, str], var: Path, *, production: bool) -> str:
    given = env.get("SECRET_KEY", "")
    if given:
        if len(given) < _SECRET_LENGTH:
            raise SetupError(f"SECRET_KEY must have at least {_SECRET_LENGTH} characters.")
        return given
    if production:
        raise SetupError("SECRET_KEY is missing: set it to a long random text that is kept secret.")
    kept = var / "secret-key"
    try:
        if not kept.exists():
            var.mkdir(mode=0o700, parents=True, exist_ok=True)  # hashes and names lie in it
            _keep(kept, secrets.token_urlsafe(_SECRET_LENGTH))
        found = kept.read_text(encoding="utf-8", errors="replace").strip()
    except OSError as error:
        raise SetupError(
            f"{var} cannot be written ({error.strerror}): make it writable, or name another folder in TRAINING_VAR."
        ) from error
    if len(found) < _SECRET_LENGTH:
        raise SetupError(f"{kept} is damaged: remove it, and a new one is made. Everybody reloads the page once.")
    return found


def _keep(path: Path, text: str) -> None:
    """Write a file whole or not at all; where another process was first, its file stays."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        with suppress(FileExistsError):
            os.link(name, path)
    finally:
        Path(name).unlink()
