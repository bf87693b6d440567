"""The only place that reads settings from the environment."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from training.errors import SetupError

_PACKAGE = Path(__file__).resolve().parent
#: Where templates, static files, content and migrations lie: beside the package in a checkout, inside it in a wheel.
ROOT = _PACKAGE.parent if (_PACKAGE.parent / "pyproject.toml").is_file() else _PACKAGE / "_data"

#: The embedded database, in the folder an installation owns.
DATABASE = "footing.sqlite3"

_SECRET_LENGTH = 32


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
    production = env.get("TRAINING_ENV", "development") == "production"
    url = env.get("DATABASE_URL") or f"sqlite:///{var / DATABASE}"
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            url = "postgresql+psycopg://" + url.removeprefix(prefix)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SetupError("DATABASE_URL must begin with sqlite:/// or postgresql://.")
    hosts = tuple(host.strip() for host in env.get("TRUSTED_HOSTS", "").split(",") if host.strip())
    if production and not hosts:
        raise SetupError("TRUSTED_HOSTS is missing: name the host names this server answers to, separated by commas.")
    try:
        proxies = int(env.get("TRUSTED_PROXIES", "0"))
    except ValueError:
        raise SetupError("TRUSTED_PROXIES must be a whole number: how many proxies stand in front.") from None
    return Config(
        database_url=url,
        secret_key=_secret(env, var, production=production),
        var=var,
        content=Path(env.get("TRAINING_CONTENT") or ROOT / "content").resolve(),
        production=production,
        trusted_proxies=proxies,
        trusted_hosts=hosts,
        testing=False,
    )


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
            var.mkdir(parents=True, exist_ok=True)
            made = secrets.token_urlsafe(_SECRET_LENGTH)
            descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(made)
        return kept.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SetupError(
            f"{var} cannot be written ({error.strerror}): make it writable, or name another folder in TRAINING_VAR."
        ) from error
