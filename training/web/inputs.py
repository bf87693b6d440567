"""The only place for what no request may hold, whatever page it is for."""

from flask import Flask, abort, request
from werkzeug.datastructures import MultiDict


def install(app: Flask) -> None:
    """Refuse a NUL anywhere: no keyboard makes one, PostgreSQL stores none, and other programs read no further."""

    @app.before_request
    def refuse_nul() -> None:
        sent = [request.args] if request.method in {"GET", "HEAD", "OPTIONS"} else [request.args, request.form]
        if "\0" in request.path or any(map(_holds_nul, sent)):
            abort(400)


def _holds_nul(sent: MultiDict[str, str]) -> bool:
    return any("\0" in name or "\0" in value for name, value in sent.items(multi=True))
