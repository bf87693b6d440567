"""The only place for the pages of practicals: the queue, the sheet, pausing, signing, the signed sheet."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from training import clock
from training.db import reading
from training.errors import Conflict, Invalid, NotFound, Refused, TooMany
from training.permissions import Permission
from training.practicals import service
from training.practicals.domain.observation import Overtaken, State
from training.practicals.domain.result import Mark
from training.practicals.domain.statement import Rating
from training.practicals.domain.telling import (
    Line,
    critical_tag,
    critical_words,
    groups,
    mark_words,
    outcome_words,
)
from training.practicals.forms import CloseForm, SignForm, StartForm, Ticket, open_ticket, read_change
from training.web.access import requires, viewer
from training.web.errors import wants_json
from training.words import clock_time, moment

blueprint = Blueprint("practicals", __name__)

# Twenty-five forms of five buttons cost more than the rest of the page. What a published sheet says never changes,
# so each of its lines is rendered once per mark.
_FORMS: dict[tuple[str, str, Mark | None, bool], str] = {}
# Where a kept form takes what is this page's own. A control character: no published text and no note holds one.
_PLACES = {name: f"\x1f{name}\x1f" for name in ("action", "token", "seen")}

_CONFLICT, _UNPROCESSABLE, _TOO_MANY = 409, 422, 429


@blueprint.get("/practicals")
@requires(Permission.OBSERVE)
def queue() -> ResponseReturnValue:
    page = request.args.get("page", "")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    shown = service.queue(reading(), viewer(), at=clock.now(), page=number)
    return render_template("practicals/queue.html", shown=shown, critical_words=critical_words)


@blueprint.post("/practicals")
@requires(Permission.OBSERVE)
def start() -> ResponseReturnValue:
    form = StartForm()
    if not form.validate_on_submit():
        raise NotFound
    observation_id = service.start(viewer(), subject_id=form.person.data, authorisation=form.authorisation.data)
    return redirect(url_for("practicals.sheet", observation_id=observation_id))


@blueprint.get("/practicals/<id:observation_id>")
@requires(Permission.OBSERVE)
def sheet(observation_id: str) -> ResponseReturnValue:
    return _sheet(observation_id)


@blueprint.post("/practicals/<id:observation_id>/lines/<criterion>")
@requires(Permission.OBSERVE)
def rate(observation_id: str, criterion: str) -> ResponseReturnValue:
    try:
        rated = service.rate(viewer(), observation_id, read_change(criterion, request.form))
    except Overtaken as error:
        if wants_json():
            return jsonify({"error": str(error), "line": _line(error.found)}), _CONFLICT
        return _sheet(observation_id, told=(criterion, str(error)), status=_CONFLICT)
    except Invalid as error:
        if wants_json():
            raise
        return _sheet(observation_id, told=(criterion, str(error)), status=_UNPROCESSABLE)
    if wants_json():
        return jsonify(_saved(rated))
    return redirect(url_for("practicals.sheet", observation_id=observation_id, _anchor=criterion))


@blueprint.post("/practicals/<id:observation_id>/take-over")
@requires(Permission.OBSERVE)
def take_over(observation_id: str) -> ResponseReturnValue:
    service.take_over(viewer(), observation_id)
    flash("The sheet is in your hand now. Levels given before keep the name of who gave them.")
    return redirect(url_for("practicals.sheet", observation_id=observation_id))


@blueprint.get("/practicals/<id:observation_id>/pause")
@requires(Permission.OBSERVE)
def pause(observation_id: str) -> ResponseReturnValue:
    return _pause(observation_id, CloseForm(formdata=None))


@blueprint.post("/practicals/<id:observation_id>/close")
@requires(Permission.OBSERVE)
def close(observation_id: str) -> ResponseReturnValue:
    form = CloseForm()
    if not form.validate_on_submit():
        return _pause(observation_id, form, status=_UNPROCESSABLE)
    service.close_unsigned(viewer(), observation_id, reason=form.reason.data)
    flash("Broken off and put away, without a result. A new sheet can be begun.")
    return redirect(url_for("practicals.queue"))


@blueprint.get("/practicals/<id:observation_id>/sign")
@requires(Permission.OBSERVE)
def statement(observation_id: str) -> ResponseReturnValue:
    return _statement(observation_id, SignForm(formdata=None))


@blueprint.post("/practicals/<id:observation_id>/sign")
@requires(Permission.OBSERVE)
def sign(observation_id: str) -> ResponseReturnValue:
    form, told, status = SignForm(), None, _UNPROCESSABLE
    if form.validate_on_submit():
        try:
            ticket = open_ticket(form.ticket.data, observation_id=observation_id, person_id=viewer().person_id)
            recorded = service.sign(
                viewer(), observation_id, shown=ticket.digest, shown_at=ticket.shown_at, password=form.password.data
            )
        except service.WrongPassword as error:
            form.password.errors = [str(error)]
        except (Invalid, Refused, Conflict, TooMany) as error:
            told, status = str(error), _TOO_MANY if isinstance(error, TooMany) else _CONFLICT
        else:
            when = moment(recorded.signed_at, recorded.zone)
            if recorded.already:
                flash(f"Already recorded {when}. Nothing was recorded twice.")
            else:
                flash(f"Signed and recorded {when}.", "ok")
            return redirect(url_for("practicals.signed", observation_id=observation_id))
    return _statement(observation_id, form, told=told, status=status)


@blueprint.get("/practicals/<id:observation_id>/signed")
@requires(Permission.SIGNED_IN)
def signed(observation_id: str) -> ResponseReturnValue:
    shown = service.signed_view(reading(), viewer(), observation_id)
    return render_template("practicals/signed.html", shown=shown, critical_tag=critical_tag, mark_words=mark_words)


def _sheet(observation_id: str, *, told: tuple[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    shown = service.open_sheet(reading(), viewer(), observation_id, at=clock.now())
    if shown.observation.state is State.SIGNED:
        return redirect(url_for("practicals.signed", observation_id=observation_id))
    page = render_template(
        "practicals/sheet.html",
        shown=shown,
        groups=groups(shown.sheet, shown.ratings),
        form_of=_forms(shown, told),
        critical=critical_words(shown.result),
        outcome=outcome_words(shown.result),
        mark_words=mark_words,
        saved_at=max((one.rated_at for one in shown.ratings.values() if one.rated_at), default=None),
    )
    return page, status


def _forms(shown: service.OpenView, told: tuple[str, str] | None) -> Callable[[Line], Markup]:
    """What prints one line as its form. Lines without anything of this sheet's own on them are kept between pages."""
    here = url_for("practicals.rate", observation_id=shown.observation.id, criterion="-").removesuffix("-")
    token = generate_csrf()

    def form(line: Line) -> Markup:
        rating = line.rating
        problem = told[1] if told and told[0] == rating.criterion else None
        plain = rating.note is None and rating.seconds is None and problem is None
        key = (shown.observation.sheet_digest, rating.criterion, rating.mark, line.failed)
        html = _FORMS.get(key) if plain else None
        if html is None:
            html = render_template(
                "practicals/_line.html",
                line=line,
                problem=problem,
                place=_PLACES,
                critical_tag=critical_tag,
                mark_words=mark_words,
            )
            if plain:
                _FORMS[key] = html
        for name, value in (("action", here + rating.criterion), ("token", token), ("seen", str(rating.revision))):
            html = html.replace(_PLACES[name], value)
        return Markup(html)  # noqa: S704 - a template's own output, and an address, a token and a number of ours in it

    return form


def _line(rating: Rating) -> dict[str, Any]:
    """One line as the page's script reads it."""
    return {
        "criterion": rating.criterion,
        "mark": rating.mark,
        "seconds": rating.seconds,
        "note": rating.note or "",
        "seen": rating.revision,
    }


def _saved(rated: service.Rated) -> dict[str, Any]:
    """What a saved tap changes on the page; everything in it was decided here, nothing by the script."""
    told = groups(rated.sheet, rated.ratings)
    return {
        "line": _line(rated.rating),
        "failed": [line.criterion.id for group in told for line in group.lines if line.failed],
        "groups": {group.id: f"{group.rated} of {len(group.lines)}" for group in told},
        "rated": rated.result.rated,
        "of": rated.result.of,
        "critical": critical_words(rated.result),
        "outcome": outcome_words(rated.result),
        "sentence": " ".join(rated.obstacles) or rated.result.sentence,
        "signable": not rated.obstacles,
        "saved": clock_time(rated.rating.rated_at, rated.zone) if rated.rating.rated_at else "",
    }


def _pause(observation_id: str, form: CloseForm, *, status: int = 200) -> ResponseReturnValue:
    shown = service.open_sheet(reading(), viewer(), observation_id, at=clock.now())
    if shown.observation.state is not State.OPEN or not shown.mine:
        return redirect(url_for("practicals.sheet", observation_id=observation_id))
    return render_template("practicals/pause.html", shown=shown, form=form), status


def _statement(
    observation_id: str, form: SignForm, *, told: str | None = None, status: int = 200
) -> ResponseReturnValue:
    at = clock.now()
    try:
        shown = service.to_sign(reading(), viewer(), observation_id, at=at)
    except Conflict:
        return redirect(url_for("practicals.sheet", observation_id=observation_id))
    ticket = Ticket(observation_id=observation_id, person_id=viewer().person_id, digest=shown.digest, shown_at=at)
    form.ticket.data = ticket.seal()
    page = render_template(
        "practicals/statement.html",
        shown=shown,
        form=form,
        told=told,
        outcome=outcome_words(shown.result),
        critical_tag=critical_tag,
        mark_words=mark_words,
    )
    return page, status
