"""The only place for the pages of people: signing in, joining, the own account, inviting, roles."""

from contextlib import suppress
from datetime import datetime
from typing import Final

from flask import Blueprint, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from training import clock
from training.db import reading
from training.errors import Busy, Invalid, Refused, TooMany
from training.people import service, store
from training.people.domain import OWN_PHONE
from training.people.forms import ActForm, InviteForm, JoinForm, PasswordForm, RoleForm, SignInForm, TrainerForm
from training.permissions import PUBLIC, Permission, Role, Viewer
from training.web import access
from training.web.access import requires, viewer
from training.web.forms import begin_session

blueprint = Blueprint("people", __name__)


def _who(token: str, at: datetime) -> Viewer | None:
    found = service.find_viewer(reading(), token, at=at)
    if found is None:
        return None
    person, stale = found
    if stale:
        # Reading goes on while nothing can be written: she is seen a minute later, or signs in again.
        with suppress(Busy):
            service.keep_alive(person.session_id)
    return person


access.use_viewers(_who)

_UNPROCESSABLE: Final = 422


@blueprint.route("/sign-in", methods=["GET", "POST"])
@requires(PUBLIC)
def sign_in() -> ResponseReturnValue:
    target = access.own_address(request.values.get("next"))
    if access.find_viewer() is not None and request.method == "GET":
        return redirect(target or url_for("homes.home"))
    form, failed, status = SignInForm(), None, 200
    if form.validate_on_submit():
        try:
            signed_in = service.sign_in(
                email=form.email.data,
                password=form.password.data,
                own_device=form.own_device.data,
                device=request.cookies.get(access.DEVICE_COOKIE),
                peer=request.remote_addr or "unknown",
            )
        except (Refused, TooMany) as error:
            failed, status = str(error), 429 if isinstance(error, TooMany) else _UNPROCESSABLE
        else:
            begin_session()
            response = make_response(redirect(target or url_for("homes.home")))
            keep = OWN_PHONE if signed_in.own_device else None
            access.set_cookies(response, token=signed_in.token, device=signed_in.device, keep=keep)
            return response
    elif form.is_submitted():
        status = _UNPROCESSABLE
    return render_template("people/sign_in.html", form=form, failed=failed, target=target), status


@blueprint.post("/sign-out")
@requires(Permission.SIGNED_IN)
def sign_out() -> ResponseReturnValue:
    service.sign_out(viewer().session_id)
    session.clear()
    response = make_response(redirect(url_for("people.sign_in")))
    access.drop_session_cookie(response)
    return response


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
@requires(PUBLIC)
def join(token: str) -> ResponseReturnValue:
    invitation = service.get_invitation(reading(), token, at=clock.now())
    form, status = JoinForm(name=invitation.name), 200
    if form.validate_on_submit():
        try:
            service.join(token, name=form.name.data, password=form.password.data)
        except (Invalid, Refused) as error:
            form.password.errors = [str(error)]
        else:
            flash("Your account is ready. Sign in with your e-mail address and your new password.")
            return redirect(url_for("people.sign_in"))
    if form.is_submitted():
        status = _UNPROCESSABLE
    return render_template("people/join.html", form=form, invitation=invitation, token=token), status


@blueprint.get("/account")
@requires(Permission.SIGNED_IN)
def account() -> ResponseReturnValue:
    return render_template("people/account.html", form=PasswordForm())


@blueprint.post("/account")
@requires(Permission.SIGNED_IN)
def change_password() -> ResponseReturnValue:
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            service.change_password(viewer(), old=form.old.data, new=form.new.data)
        except (Refused, TooMany) as error:
            form.old.errors = [str(error)]
        except Invalid as error:
            form.new.errors = [str(error)]
        else:
            flash("Your password is changed. Every other browser you were signed in on is signed out.")
            return redirect(url_for("people.account"))
    return render_template("people/account.html", form=form), _UNPROCESSABLE


@blueprint.get("/people")
@requires(Permission.MANAGE_PEOPLE)
def people() -> ResponseReturnValue:
    return _people_page(InviteForm(), status=200)


@blueprint.post("/people")
@requires(Permission.MANAGE_PEOPLE)
def invite() -> ResponseReturnValue:
    form = InviteForm()
    form.site.choices = _site_choices()
    if not form.validate_on_submit():
        return _people_page(form, status=_UNPROCESSABLE)
    try:
        token = service.invite(
            viewer(),
            name=form.name.data,
            email=form.email.data,
            role=Role(form.role.data),
            site_id=form.site.data,
        )
    except Refused as error:
        form.email.errors = [str(error)]
        return _people_page(form, status=_UNPROCESSABLE)
    link = url_for("people.join", token=token, _external=True)
    return render_template("people/invited.html", name=form.name.data, link=link)


@blueprint.get("/people/<id:person_id>/roles")
@requires(Permission.MANAGE_PEOPLE)
def roles(person_id: str) -> ResponseReturnValue:
    return _roles_page(person_id, status=200)


@blueprint.post("/people/<id:person_id>/roles")
@requires(Permission.MANAGE_PEOPLE)
def give_role(person_id: str) -> ResponseReturnValue:
    form = RoleForm()
    form.site.choices = _site_choices()
    if not form.validate_on_submit():
        return _roles_page(person_id, status=_UNPROCESSABLE)
    service.give_role(viewer(), person_id, role=Role(form.role.data), site_id=form.site.data)
    flash("The role holds from now on.")
    return redirect(url_for("people.roles", person_id=person_id))


@blueprint.post("/people/<id:person_id>/roles/<id:membership_id>/end")
@requires(Permission.MANAGE_PEOPLE)
def end_role(person_id: str, membership_id: str) -> ResponseReturnValue:
    service.end_role(viewer(), person_id, membership_id)
    flash("The role has ended, and the person is signed out everywhere. The record stays.")
    return redirect(url_for("people.roles", person_id=person_id))


@blueprint.post("/people/<id:person_id>/trainer")
@requires(Permission.MANAGE_PEOPLE)
def set_trainer(person_id: str) -> ResponseReturnValue:
    form = TrainerForm()
    form.trainer.choices = _trainer_choices(person_id)
    if not form.validate_on_submit():
        return _roles_page(person_id, status=_UNPROCESSABLE)
    service.set_main_trainer(viewer(), person_id, form.trainer.data or None)
    flash("The main trainer is set from now on.")
    return redirect(url_for("people.roles", person_id=person_id))


@blueprint.post("/people/<id:person_id>/release-signing")
@requires(Permission.MANAGE_PEOPLE)
def release_signing(person_id: str) -> ResponseReturnValue:
    service.release_signing(viewer(), person_id)
    flash("Signing is open again for this person.")
    return redirect(url_for("people.roles", person_id=person_id))


def _site_choices() -> list[SelectChoice]:
    sites = store.list_sites(reading(), within=viewer().sites_with(Permission.MANAGE_PEOPLE))
    return [SelectChoice(site.id, site.name) for site in sites]


def _trainer_choices(person_id: str) -> list[SelectChoice]:
    session_, at = reading(), clock.now()
    sites = viewer().sites_with(Permission.MANAGE_PEOPLE)
    seniors = store.find_at_sites(session_, sites=sites, roles=[Role.SENIOR], at=at)
    names = store.names_of(session_, seniors)
    return [SelectChoice("", "Nobody"), *(SelectChoice(one, names[one]) for one in seniors if one != person_id)]


def _people_page(form: InviteForm, *, status: int) -> ResponseReturnValue:
    form.site.choices = _site_choices()
    sites = viewer().sites_with(Permission.MANAGE_PEOPLE)
    invitations = store.open_invitations(reading(), sites=sites, at=clock.now())
    return render_template("people/people.html", form=form, invitations=invitations), status


def _roles_page(person_id: str, *, status: int) -> ResponseReturnValue:
    session_, at = reading(), clock.now()
    card = service.get_person(session_, viewer(), person_id, needs=Permission.MANAGE_PEOPLE)
    trainer = store.find_main_trainers(session_, [person_id], at=at).get(person_id)
    role_form, trainer_form = RoleForm(), TrainerForm(trainer=(trainer.trainer_id or "") if trainer else "")
    role_form.site.choices, trainer_form.trainer.choices = _site_choices(), _trainer_choices(person_id)
    page = render_template(
        "people/roles.html",
        person=card,
        at=at,
        trainer=trainer,
        role_form=role_form,
        trainer_form=trainer_form,
        act_form=ActForm(),
        locked_until=service.signing_locked_until(session_, person_id, at=at),
    )
    return page, status
