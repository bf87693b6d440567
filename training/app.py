"""The only place that puts the app together: settings, extensions, guard, features."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import training
from training.config import ROOT, Config, read_config
from training.extensions import csrf, db, migrate
from training.web import access, errors, headers, inputs, templating

#: Features with pages, each a folder with a `routes.blueprint`.
FEATURES: Final = (
    "people",
    "courses",
    "clearance",
    "attempts",
    "documents",
    "practicals",
    "register",
    "homes",
)

_LARGEST_REQUEST: Final = 1024 * 1024


def create_app(config: Config | None = None) -> Flask:
    """A ready app.

    Raises:
        SetupError: the settings cannot be used, or a view does not say what it asks.
    """
    settings = read_config() if config is None else config
    app = Flask("training", static_folder=str(ROOT / "static"), template_folder=str(ROOT / "templates"))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings.database_url),
        SESSION_COOKIE_NAME="footing_form",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.production,
        MAX_CONTENT_LENGTH=_LARGEST_REQUEST,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        WTF_CSRF_TIME_LIMIT=None,  # bound to the session instead: a half-filled sheet outlives an hour
        TESTING=settings.testing,
        TRAINING=settings,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    _know_tables()
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    csrf.init_app(app)
    inputs.install(app)
    access.install(app)
    headers.install(app)
    errors.install(app)
    templating.install(app)
    for feature in FEATURES:
        app.register_blueprint(import_module(f"training.{feature}.routes").blueprint)
    access.check_closed(app)
    return app


def _engine_options(url: str) -> dict[str, object]:
    if url.startswith("sqlite"):
        return {}
    return {"pool_pre_ping": True, "pool_size": 8, "max_overflow": 8}


def _know_tables() -> None:
    """Import every feature's tables, so that the metadata is whole before it is compared or migrated."""
    for module in iter_modules(training.__path__):
        if module.ispkg:
            for inner in iter_modules([f"{training.__path__[0]}/{module.name}"]):
                if inner.name == "tables":
                    import_module(f"training.{module.name}.tables")
