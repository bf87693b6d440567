"""The only place that turns an error into a status and a page."""

import logging

from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from training import errors
from training.db import reading
from training.web import access

log = logging.getLogger(__name__)

_STATUS: dict[type[errors.TrainingError], int] = {
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.Refused: 409,
    errors.Conflict: 409,
    errors.Invalid: 422,
    errors.TooMany: 429,
    errors.Busy: 503,
}

_TITLES = {
    400: "That request could not be read",
    403: "Not for your role",
    404: "Not found",
    405: "Not possible here",
    409: "Not possible now",
    413: "Too large",
    422: "Something is missing",
    429: "Wait a little",
    500: "Something failed here",
    503: "Not recorded",
}

_SENTENCES = {
    400: "The browser sent something this page cannot read. Go back, reload the page, and try again.",
    404: "There is nothing here under that address, or it is not yours to see.",
    405: "That address does not take this kind of request. Go back and use the page's own buttons.",
    413: "That is larger than this page takes. Send less at once.",
    500: "The fault is ours and is written down. Nothing was recorded by this request; what was saved before is safe.",
}

_FORM_TOO_OLD = "This page was open too long, or you signed in anew meanwhile. Go back, reload it, and send it again."
_NOT_NOW = "The record cannot be reached just now. Nothing was recorded; try again in a minute."


def wants_json() -> bool:
    """Whether a script asked: it gets the sentence as JSON."""
    return request.accept_mimetypes.best == "application/json"


def answer(status: int, sentence: str, problems: tuple[str, ...] = ()) -> ResponseReturnValue:
    """The error as the asker reads it: a page, or JSON for a script."""
    if wants_json():
        return jsonify({"error": sentence, "problems": list(problems)}), status
    access.settle_viewer()
    title = _TITLES.get(status, "Not possible")
    return render_template("error.html", title=title, sentence=sentence, problems=problems, status=status), status


def _audit(status: int) -> None:
    """One line for each denial. The path is left out: it may hold the token of an invitation."""
    who = access.find_viewer()
    log.warning(
        "denied person=%s endpoint=%s method=%s status=%s",
        who.person_id if who else "nobody",
        request.endpoint,
        request.method,
        status,
    )


def install(app: Flask) -> None:
    """Answer every error with a sentence."""

    @app.errorhandler(errors.TrainingError)
    def told(error: errors.TrainingError) -> ResponseReturnValue:
        status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
        if status >= 500:
            log.error("refused status=%s", status, exc_info=error)
        elif isinstance(error, errors.NotAllowed | errors.NotFound):
            _audit(status)
        return answer(status, str(error), getattr(error, "problems", ()))

    @app.errorhandler(CSRFError)
    def too_old(_error: CSRFError) -> ResponseReturnValue:
        return answer(400, _FORM_TOO_OLD)

    @app.errorhandler(OperationalError)
    def gone(error: OperationalError) -> ResponseReturnValue:
        log.error("database unreachable", exc_info=error)
        reading().rollback()
        return answer(503, _NOT_NOW)

    @app.errorhandler(HTTPException)
    def by_status(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if 300 <= status < 400:
            return error.get_response()
        return answer(status, _SENTENCES.get(status, "That is not possible here. Go back and try again."))

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> ResponseReturnValue:
        log.error("unexpected", exc_info=error)
        reading().rollback()
        return answer(500, _SENTENCES[500])
