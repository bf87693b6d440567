"""The only place for the pages of the desk's acts: suspend, lift, void, and founding an assessor."""

from typing import Any, TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from training import clock
from training.clearance import service
from training.clearance.domain.intervals import local_day
from training.clearance.domain.telling import titled
from training.clearance.forms import FoundingForm, LiftForm, SuspendForm, VoidForm
from training.clearance.service.acts import (
    Subject,
    get_authorisation,
    may_be_voided,
    proposal_in_force,
    subject_of,
    suspension_in_force,
)
from training.clearance.service.foresight import outlook
from training.clearance.service.recording import Recorded
from training.db import new_id, reading
from training.errors import Invalid, NotFound, Refused
from training.evidence.domain import (
    Fact,
    FoundingConfirmed,
    FoundingProposed,
    Kind,
    Payload,
    Suspended,
    SuspensionLifted,
    Voided,
)
from training.people import store as people
from training.permissions import Permission
from training.web.access import requires, viewer
from training.words import moment

blueprint = Blueprint("clearance", __name__)

#: In an address: every authorisation.
EVERY = "all"
_UNPROCESSABLE = 422
_Form = TypeVar("_Form", SuspendForm, LiftForm, VoidForm, FoundingForm)


# ---- suspend


@blueprint.get("/people/<id:person_id>/suspend")
@requires(Permission.SUSPEND)
def suspend(person_id: str) -> ResponseReturnValue:
    return _suspend_page(person_id, _fresh(SuspendForm), status=200)


@blueprint.post("/people/<id:person_id>/suspend")
@requires(Permission.SUSPEND)
def suspend_now(person_id: str) -> ResponseReturnValue:
    form = SuspendForm()
    subject = subject_of(reading(), viewer(), person_id, needs=Permission.SUSPEND)
    form.today = local_day(clock.now(), subject.card.zone())
    if not form.validate_on_submit():
        return _suspend_page(person_id, form, status=_UNPROCESSABLE)
    scope, title = _scope()
    done = service.suspend(
        viewer(),
        person_id,
        authorisation=scope,
        reason=form.reason.data,
        way_back=form.way_back.data,
        serious=form.serious.data,
        review_on=form.review_on.data,
        key=form.key.data,
    )
    return _done(done, f"Suspended: {title}. Every page and every check says no from now on.")


def _suspend_page(person_id: str, form: SuspendForm, *, status: int) -> ResponseReturnValue:
    session, at = reading(), clock.now()
    subject = subject_of(session, viewer(), person_id, needs=Permission.SUSPEND)
    scope, title = _scope()
    in_force = suspension_in_force(subject, scope)
    if in_force is not None:
        raise Refused("A suspension of the same scope is in force already. Lift that one, or leave it as it is.")
    page = render_template(
        "clearance/suspend.html",
        form=form,
        person=subject.card,
        title=title,
        scope=scope or EVERY,
        every=EVERY,
        outlook=_outlook(subject, Kind.SUSPENDED, Suspended(serious=False), authorisation=scope),
        today=local_day(at, subject.card.zone()),
    )
    return page, status


def _scope() -> tuple[str | None, str]:
    """The authorisation in the address, None for every one of them, with what to call it."""
    asked = _asked()
    if asked == EVERY:
        return None, "every authorisation"
    return asked, get_authorisation(reading(), asked, at=clock.now()).title


def _asked() -> str:
    """The authorisation in the address; nobody guesses one."""
    asked = request.args.get("authorisation")
    if not asked:
        raise Invalid("The address does not say which authorisation. Go back to the person's page and choose there.")
    return asked


# ---- lift


@blueprint.get("/people/<id:person_id>/suspensions/<id:fact_id>/lift")
@requires(Permission.SUSPEND)
def lift(person_id: str, fact_id: str) -> ResponseReturnValue:
    return _lift_page(person_id, fact_id, _fresh(LiftForm), status=200)


@blueprint.post("/people/<id:person_id>/suspensions/<id:fact_id>/lift")
@requires(Permission.SUSPEND)
def lift_now(person_id: str, fact_id: str) -> ResponseReturnValue:
    form = LiftForm()
    if not form.validate_on_submit():
        return _lift_page(person_id, fact_id, form, status=_UNPROCESSABLE)
    done = service.lift(viewer(), person_id, fact_id, reason=form.reason.data, key=form.key.data)
    return _done(done, "The suspension is lifted from now on.")


def _lift_page(person_id: str, fact_id: str, form: LiftForm, *, status: int) -> ResponseReturnValue:
    subject = subject_of(reading(), viewer(), person_id, needs=Permission.SUSPEND)
    fact = subject.fact(fact_id)
    if not isinstance(fact.payload, Suspended):
        raise NotFound
    if subject.about(fact_id, Kind.SUSPENSION_LIFTED):
        raise Refused("This suspension is lifted already.")
    own = fact.payload.serious and fact.actor_id == viewer().person_id
    page = render_template(
        "clearance/lift.html",
        form=form,
        fact=fact,
        title=_title(fact.authorisation),
        needs_another=own,
        outlook=()
        if own
        else _outlook(
            subject, Kind.SUSPENSION_LIFTED, SuspensionLifted(), authorisation=fact.authorisation, about=fact_id
        ),
        **_told(subject, fact),
    )
    return page, status


# ---- void


@blueprint.get("/people/<id:person_id>/facts/<id:fact_id>/void")
@requires(Permission.SUSPEND)
def void(person_id: str, fact_id: str) -> ResponseReturnValue:
    return _void_page(person_id, fact_id, _fresh(VoidForm), status=200)


@blueprint.post("/people/<id:person_id>/facts/<id:fact_id>/void")
@requires(Permission.SUSPEND)
def void_now(person_id: str, fact_id: str) -> ResponseReturnValue:
    form = VoidForm()
    subject = subject_of(reading(), viewer(), person_id, needs=Permission.SUSPEND)
    zone = subject.card.zone()
    form.today = local_day(clock.now(), zone)
    if not form.validate_on_submit():
        return _void_page(person_id, fact_id, form, status=_UNPROCESSABLE)
    done = service.void(
        viewer(), person_id, fact_id, reason=form.reason.data, from_at=form.from_at(zone), key=form.key.data
    )
    return _done(done, "Voided. Both facts stay on record, with your reason.")


def _void_page(person_id: str, fact_id: str, form: VoidForm, *, status: int) -> ResponseReturnValue:
    subject = subject_of(reading(), viewer(), person_id, needs=Permission.SUSPEND)
    fact = subject.fact(fact_id)
    if not may_be_voided(subject, fact):
        voided = subject.about(fact_id, Kind.VOIDED)
        raise Refused("This is voided already." if voided else "A suspension is lifted, and a void stays.")
    page = render_template(
        "clearance/void.html",
        form=form,
        fact=fact,
        title=titled(
            fact,
            of_authorisation=_title(fact.authorisation) if fact.authorisation else None,
            quiz_title=lambda module: module,
        ),
        outlook=_outlook(subject, Kind.VOIDED, Voided(), authorisation=fact.authorisation, about=fact_id),
        today=local_day(clock.now(), subject.card.zone()),
        **_told(subject, fact),
    )
    return page, status


# ---- founding


@blueprint.get("/people/<id:person_id>/founding")
@requires(Permission.FOUND)
def founding(person_id: str) -> ResponseReturnValue:
    return _founding_page(person_id, None, _fresh(FoundingForm), status=200)


@blueprint.post("/people/<id:person_id>/founding")
@requires(Permission.FOUND)
def propose(person_id: str) -> ResponseReturnValue:
    form = FoundingForm()
    if not form.validate_on_submit():
        return _founding_page(person_id, None, form, status=_UNPROCESSABLE)
    done = service.propose_founding(
        viewer(), person_id, authorisation=_asked(), reason=form.reason.data, key=form.key.data
    )
    return _done(done, "Proposed. It counts once a second person confirms it.")


@blueprint.post("/people/<id:person_id>/founding/<id:fact_id>/confirm")
@requires(Permission.FOUND)
def confirm(person_id: str, fact_id: str) -> ResponseReturnValue:
    form = FoundingForm()
    if not form.validate_on_submit():
        subject = subject_of(reading(), viewer(), person_id, needs=Permission.FOUND)
        authorisation = subject.fact(fact_id).authorisation or ""
        return _founding_page(person_id, authorisation, form, status=_UNPROCESSABLE)
    done = service.confirm_founding(viewer(), person_id, fact_id, reason=form.reason.data, key=form.key.data)
    return _done(done, "Confirmed. It counts from now on, once licence and insurance are seen.")


def _founding_page(
    person_id: str, authorisation: str | None, form: FoundingForm, *, status: int
) -> ResponseReturnValue:
    subject = subject_of(reading(), viewer(), person_id, needs=Permission.FOUND)
    authorisation = authorisation or _asked()
    title = get_authorisation(reading(), authorisation, at=clock.now()).title
    proposal = proposal_in_force(subject, authorisation)
    own = proposal is not None and proposal.actor_id == viewer().person_id
    page = render_template(
        "clearance/founding.html",
        form=form,
        title=title,
        authorisation=authorisation,
        fact=proposal,
        needs_another=own,
        outlook=_outlook(
            subject,
            Kind.FOUNDING_CONFIRMED if proposal else Kind.FOUNDING_PROPOSED,
            FoundingConfirmed() if proposal else FoundingProposed(),
            authorisation=authorisation,
            about=proposal.id if proposal else None,
        ),
        **_told(subject, proposal),
    )
    return page, status


# ---- what they share


def _fresh(form: type[_Form]) -> _Form:
    """An empty form with a key of its own."""
    made = form(formdata=None)
    made.key.data = new_id()
    return made


def _title(authorisation: str | None) -> str:
    return "every authorisation" if authorisation is None else service.rulebook(reading()).title(authorisation)


def _told(subject: Subject, fact: Fact | None) -> dict[str, Any]:
    """Who it is about, and for a fact its texts and who did it."""
    said = service.texts_of(reading(), [fact.id]).get(fact.id, {}) if fact else {}
    names = people.names_of(reading(), [fact.actor_id]) if fact else {}
    actor = names.get(fact.actor_id or "", "the system") if fact else ""
    return {"person": subject.card, "said": said, "actor": actor}


def _outlook(
    subject: Subject, kind: Kind, payload: Payload, *, authorisation: str | None, about: str | None = None
) -> tuple[Any, ...]:
    return outlook(
        reading(),
        person_id=subject.card.id,
        actor_id=viewer().person_id,
        kind=kind,
        payload=payload,
        authorisation=authorisation,
        about=about,
        at=clock.now(),
        zone=subject.card.zone(),
    )


def _done(done: Recorded, sentence: str) -> ResponseReturnValue:
    """Back to the person's page, saying what was done, or that it was done before."""
    if done.already:
        sentence = f"Already recorded on {moment(done.fact.recorded_at, viewer().zone)}. Nothing was recorded twice."
    flash(sentence, "ok")
    return redirect(url_for("register.person", person_id=done.fact.person_id))
