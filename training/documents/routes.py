"""The only place for the pages of documents: one's own, and a person's for the manager who verifies them."""

from typing import TypeVar
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from training import clock
from training.db import reading
from training.documents import service
from training.documents.domain import TITLES, DocumentKind, State
from training.documents.forms import DocumentForm, SendBackForm, VerifyForm
from training.errors import Invalid, Refused
from training.permissions import Permission
from training.web.access import requires, viewer
from training.words import day

blueprint = Blueprint("documents", __name__)

_UNPROCESSABLE = 422
_Form = TypeVar("_Form", VerifyForm, SendBackForm)


@blueprint.get("/documents")
@requires(Permission.LEARN)
def own() -> ResponseReturnValue:
    return _own_page(DocumentForm(formdata=None), status=200)


@blueprint.post("/documents")
@requires(Permission.LEARN)
def add() -> ResponseReturnValue:
    form = DocumentForm()
    if not _added(form, viewer().person_id):
        return _own_page(form, status=_UNPROCESSABLE)
    flash(f"{TITLES[DocumentKind(form.kind.data)]} is written down. Show the original to your manager: it counts then.")
    return redirect(url_for("documents.own"))


@blueprint.post("/documents/<id:document_id>/take-back")
@requires(Permission.LEARN)
def take_back(document_id: str) -> ResponseReturnValue:
    service.take_back(viewer(), viewer().person_id, document_id)
    flash("Taken back. You can write it down anew.")
    return redirect(url_for("documents.own"))


@blueprint.get("/people/<id:person_id>/documents")
@requires(Permission.VERIFY_DOCUMENTS)
def of_person(person_id: str) -> ResponseReturnValue:
    return _person_page(person_id, DocumentForm(formdata=None), status=200)


@blueprint.post("/people/<id:person_id>/documents")
@requires(Permission.VERIFY_DOCUMENTS)
def add_for(person_id: str) -> ResponseReturnValue:
    form = DocumentForm()
    if not _added(form, person_id):
        return _person_page(person_id, form, status=_UNPROCESSABLE)
    flash(f"{TITLES[DocumentKind(form.kind.data)]} is written down. It counts once it is recorded as seen.")
    return redirect(url_for("documents.of_person", person_id=person_id))


@blueprint.post("/people/<id:person_id>/documents/<id:document_id>/verify")
@requires(Permission.VERIFY_DOCUMENTS)
def verify(person_id: str, document_id: str) -> ResponseReturnValue:
    form = VerifyForm(prefix=document_id)
    if not form.validate_on_submit():
        return _person_page(
            person_id, DocumentForm(formdata=None), status=_UNPROCESSABLE, verifying=(document_id, form)
        )
    through = service.verify(viewer(), person_id, document_id)
    flash(f"Recorded as seen. It counts from now on, through {day(through)}.", "ok")
    return redirect(url_for("documents.of_person", person_id=person_id))


@blueprint.post("/people/<id:person_id>/documents/<id:document_id>/send-back")
@requires(Permission.VERIFY_DOCUMENTS)
def send_back(person_id: str, document_id: str) -> ResponseReturnValue:
    form = SendBackForm(prefix=document_id)
    if not form.validate_on_submit():
        return _person_page(person_id, DocumentForm(formdata=None), status=_UNPROCESSABLE, sending=(document_id, form))
    service.send_back(viewer(), person_id, document_id, reason=form.reason.data)
    flash("Sent back. The reason is on the person's own page.")
    return redirect(url_for("documents.of_person", person_id=person_id))


@blueprint.post("/people/<id:person_id>/documents/<id:document_id>/take-back")
@requires(Permission.VERIFY_DOCUMENTS)
def take_back_for(person_id: str, document_id: str) -> ResponseReturnValue:
    service.take_back(viewer(), person_id, document_id)
    flash("Taken off the list. It can be written down anew.")
    return redirect(url_for("documents.of_person", person_id=person_id))


def _added(form: DocumentForm, person_id: str) -> bool:
    """Whether the document was written down; else the form says why not."""
    form.today = clock.now().astimezone(ZoneInfo(viewer().zone)).date()
    if not form.validate_on_submit():
        return False
    try:
        service.add(
            viewer(),
            person_id,
            kind=DocumentKind(form.kind.data),
            issuer=form.issuer.data,
            reference=form.reference.data,
            expires_on=form.day(),
        )
    except Invalid as error:
        form.expires_on.errors = [str(error)]
        return False
    except Refused as error:
        form.kind.errors = [str(error)]
        return False
    return True


def _own_page(form: DocumentForm, *, status: int) -> ResponseReturnValue:
    shown = service.view(reading(), viewer(), viewer().person_id, at=clock.now())
    return render_template("documents/own.html", shown=shown, form=form, person_zone=shown.person.zone()), status


def _person_page(
    person_id: str,
    form: DocumentForm,
    *,
    status: int,
    verifying: tuple[str, VerifyForm] | None = None,
    sending: tuple[str, SendBackForm] | None = None,
) -> ResponseReturnValue:
    shown = service.view(reading(), viewer(), person_id, at=clock.now())
    page = render_template(
        "documents/of_person.html",
        shown=shown,
        form=form,
        person_zone=shown.person.zone(),
        verify_forms=_forms(VerifyForm, shown, verifying),
        send_forms=_forms(SendBackForm, shown, sending),
        own=person_id == viewer().person_id,
    )
    return page, status


def _forms(kind: type[_Form], shown: service.DocumentsView, given: tuple[str, _Form] | None) -> dict[str, _Form]:
    """A form for every waiting document; the one that came back keeps its errors."""
    forms = {one.id: kind(formdata=None, prefix=one.id) for one in shown.all if one.state is State.WAITING}
    return {**forms, **dict([given] if given else [])}
