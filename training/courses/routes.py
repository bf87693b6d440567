"""The only place for the pages of courses: modules, sections, where somebody is reading, knowledge checks."""

from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from training.courses import service
from training.courses.domain.module import TRACK_TITLES
from training.courses.domain.reading import ModuleProgress
from training.db import reading
from training.errors import Invalid
from training.permissions import Permission
from training.web.access import requires, viewer

blueprint = Blueprint("courses", __name__)

_UNPROCESSABLE: Final = 422


@blueprint.get("/modules")
@requires(Permission.LEARN)
def modules() -> ResponseReturnValue:
    rows = service.reading_progress(reading(), viewer().person_id)
    return render_template("courses/modules.html", rows=rows, next_=_next_of(rows), tracks=TRACK_TITLES)


@blueprint.get("/modules/<slug>")
@requires(Permission.LEARN)
def module(slug: str) -> ResponseReturnValue:
    shelf = service.library(reading())
    found = shelf.module(slug)
    progress = service.module_progress(reading(), viewer().person_id, found, shelf)
    edition = shelf.editions[found.id]
    return render_template("courses/module.html", module=found, progress=progress, edition=edition, tracks=TRACK_TITLES)


@blueprint.get("/modules/<slug>/<section_id>")
@requires(Permission.LEARN)
def section(slug: str, section_id: str) -> ResponseReturnValue:
    page = service.section_page(reading(), viewer().person_id, slug, section_id)
    return render_template("courses/section.html", page=page)


@blueprint.post("/modules/<slug>/<section_id>/place")
@requires(Permission.LEARN)
def keep_place(slug: str, section_id: str) -> ResponseReturnValue:
    told = request.get_json(silent=True)
    place = told if isinstance(told, dict) else {}
    position = place.get("position")
    if not isinstance(position, int) or isinstance(position, bool):
        raise Invalid('A reading place is told as {"position": 3}, and {"read": true} at the end.')
    service.keep_place(viewer().person_id, slug, section_id, position=position, read=place.get("read") is True)
    return "", 204


@blueprint.post("/modules/<slug>/<section_id>/read")
@requires(Permission.LEARN)
def finish_section(slug: str, section_id: str) -> ResponseReturnValue:
    after = service.finish_section(viewer().person_id, slug, section_id)
    if after is None:
        return redirect(url_for("courses.module", slug=slug), code=303)
    return redirect(url_for("courses.section", slug=slug, section_id=after.id), code=303)


@blueprint.post("/modules/<slug>/<section_id>/checks/<check_id>")
@requires(Permission.LEARN)
def try_check(slug: str, section_id: str, check_id: str) -> ResponseReturnValue:
    given, person_id = request.form.getlist(check_id), viewer().person_id
    if request.headers.get("X-Fragment"):
        part = service.check_part(reading(), person_id, slug, section_id, check_id=check_id, given=given)
        shown = render_template("courses/_check.html", part=part, slug=slug, section_id=section_id)
        return shown, _UNPROCESSABLE if part.lacking else 200
    page = service.section_page(reading(), person_id, slug, section_id, answers={check_id: given})
    return render_template("courses/section.html", page=page), _UNPROCESSABLE if page.lacking else 200


def _next_of(rows: tuple[ModuleProgress, ...]) -> ModuleProgress | None:
    """The module to go on with: the one she was in last, else the first with something left to read."""
    open_ = [row for row in rows if row.continue_at]
    begun = [(row.updated_at, row) for row in open_ if row.updated_at and not row.finished]
    return max(begun, key=lambda pair: pair[0])[1] if begun else next(iter(open_), None)
