"""The only place for the pages of a quiz: its rules, one question, looking over, submitting, the result."""

from typing import Final

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from training import clock
from training.attempts import forms, service
from training.db import reading
from training.errors import Invalid
from training.permissions import Permission
from training.web.access import requires, viewer
from training.web.errors import wants_json
from training.words import clock_time

_UNPROCESSABLE: Final = 422

blueprint = Blueprint("attempts", __name__)


@blueprint.get("/modules/<slug>/quiz")
@requires(Permission.LEARN)
def rules(slug: str) -> ResponseReturnValue:
    me = viewer()
    page = service.rules_page(reading(), me.person_id, slug, at=clock.now(), zone=me.zone)
    return render_template("attempts/rules.html", page=page)


@blueprint.post("/modules/<slug>/quiz")
@requires(Permission.LEARN)
def start(slug: str) -> ResponseReturnValue:
    me = viewer()
    started = service.start(me.person_id, slug, zone=me.zone)
    return redirect(url_for("attempts.question", attempt_id=started.attempt_id, place=started.place))


@blueprint.get("/attempts/<id:attempt_id>/<number:place>")
@requires(Permission.LEARN)
def question(attempt_id: str, place: int) -> ResponseReturnValue:
    page = service.question_page(reading(), viewer().person_id, attempt_id, place)
    if page is None:
        return redirect(url_for("attempts.result", attempt_id=attempt_id))
    return render_template("attempts/question.html", page=page, problem=None)


@blueprint.post("/attempts/<id:attempt_id>/<number:place>")
@requires(Permission.LEARN)
def answer(attempt_id: str, place: int) -> ResponseReturnValue:
    me = viewer()
    try:
        saved = service.save(me.person_id, attempt_id, place, forms.chosen(request))
    except Invalid as problem:
        if wants_json():
            raise
        page = service.question_page(reading(), me.person_id, attempt_id, place)
        return render_template("attempts/question.html", page=page, problem=str(problem)), _UNPROCESSABLE
    if wants_json():
        says = f"Saved {clock_time(saved.saved_at, me.zone)}" if saved.saved_at else "Not answered yet"
        return jsonify({"says": says, "complete": saved.lacking is None})
    following = place - 1 if forms.goes_back(request) else place + 1
    if following > saved.places:
        return redirect(url_for("attempts.review", attempt_id=attempt_id))
    return redirect(url_for("attempts.question", attempt_id=attempt_id, place=max(following, 1)))


@blueprint.get("/attempts/<id:attempt_id>/review")
@requires(Permission.LEARN)
def review(attempt_id: str) -> ResponseReturnValue:
    page = service.review_page(reading(), viewer().person_id, attempt_id)
    if page is None:
        return redirect(url_for("attempts.result", attempt_id=attempt_id))
    return render_template("attempts/review.html", page=page)


@blueprint.post("/attempts/<id:attempt_id>/submit")
@requires(Permission.LEARN)
def submit(attempt_id: str) -> ResponseReturnValue:
    me = viewer()
    service.submit(me.person_id, attempt_id, zone=me.zone)
    return redirect(url_for("attempts.result", attempt_id=attempt_id))


@blueprint.get("/attempts/<id:attempt_id>/result")
@requires(Permission.LEARN)
def result(attempt_id: str) -> ResponseReturnValue:
    me = viewer()
    page = service.result_page(reading(), me.person_id, attempt_id, at=clock.now(), zone=me.zone)
    if page is None:
        return redirect(url_for("attempts.review", attempt_id=attempt_id))
    return render_template("attempts/result.html", page=page, person_name=me.name)


@blueprint.get("/people/<id:person_id>/quizzes")
@requires(Permission.MANAGE_PEOPLE)
def quizzes(person_id: str) -> ResponseReturnValue:
    return _quizzes_page(person_id, None, forms.ReleaseForm(formdata=None), status=200)


@blueprint.post("/people/<id:person_id>/quizzes/<slug>/release")
@requires(Permission.MANAGE_PEOPLE)
def release(person_id: str, slug: str) -> ResponseReturnValue:
    form = forms.ReleaseForm()
    if not form.validate_on_submit():
        return _quizzes_page(person_id, slug, form, status=_UNPROCESSABLE)
    service.release(viewer(), person_id, slug, reason=form.reason.data)
    flash("A new round is open. It is on record who opened it, and why.")
    return redirect(url_for("attempts.quizzes", person_id=person_id))


def _quizzes_page(person_id: str, slug: str | None, form: forms.ReleaseForm, *, status: int) -> ResponseReturnValue:
    page = service.quizzes_page(reading(), viewer(), person_id, at=clock.now())
    return render_template("attempts/quizzes.html", page=page, slug=slug, form=form), status
