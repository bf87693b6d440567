"""The only place for template filters and what every template knows."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, url_for
from jinja2 import StrictUndefined

from training.web.access import find_viewer
from training.web.navigation import entries
from training.words import clock_time, day, moment, plural


@lru_cache(maxsize=64)
def _version(path: str, _changed: float) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def install(app: Flask) -> None:
    """Strict templates, our filters, and the viewer and navigation on every page."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(day=day, moment=moment, clock=clock_time, plural=plural)

    versions: dict[str, str] = {}

    def asset(name: str) -> str:
        """The address of a static file, with its version so that it may be kept."""
        if app.debug or name not in versions:
            path = Path(app.static_folder or "") / name
            versions[name] = _version(str(path), path.stat().st_mtime)
        return url_for("static", filename=name, v=versions[name])

    @app.context_processor
    def everywhere() -> dict[str, Any]:
        person = find_viewer()
        return {
            "site_name": "Footing",
            "viewer": person,
            "zone": person.zone if person else "UTC",
            "nav": entries(person),
            "asset": asset,
        }
