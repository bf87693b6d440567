"""The only place for the pages of the register."""

from typing import Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from training import clock
from training.clearance import service as clearance
from training.clearance.domain import Status
from training.db import reading
from training.permissions import Permission
from training.register import forms, service
from training.web.access import requires, viewer

blueprint = Blueprint("register", __name__)

_STATUSES: Final = tuple((one.value, one.value.replace("_", " ").capitalize()) for one in reversed(Status))


@blueprint.get("/register")
@requires(Permission.SEE_REGISTER)
def register() -> ResponseReturnValue:
    person, session, now = viewer(), reading(), clock.now()
    asked, problems = forms.read(request.args, now=now, zone=person.zone)
    mine = person.sites_with(Permission.SEE_REGISTER)
    sites = [site for site in person.sites if mine is None or site.id in mine]
    chosen = frozenset({asked.site}) & frozenset(site.id for site in sites)
    policy = clearance.current_policy(session, at=min(asked.at, asked.known_at))
    return render_template(
        "register/register.html",
        asked=asked,
        problems=problems,
        sites=sites,
        authorisations=policy.authorisations if policy else (),
        statuses=_STATUSES,
        found=clearance.register_page(
            session,
            sites=chosen if asked.site else mine,
            authorisation=asked.authorisation or None,
            status=asked.status or None,
            find=asked.find,
            at=asked.at,
            known_at=asked.known_at,
            zone=person.zone,
            page=asked.page,
        ),
    )


@blueprint.get("/people/<id:person_id>")
@requires(Permission.SEE_REGISTER)
def person(person_id: str) -> ResponseReturnValue:
    who, now = viewer(), clock.now()
    zone = who.zone
    asked, problems = forms.read(request.args, now=now, zone=zone)
    page = service.person_page(
        reading(),
        who,
        person_id,
        at=asked.at,
        known_at=asked.known_at,
        now=now,
        zone=zone,
        rows_page=asked.facts_page,
    )
    return render_template(
        "register/person.html",
        page=page,
        asked=asked,
        problems=problems,
        own=person_id == who.person_id,
        rows_per_page=service.ROWS_PER_PAGE,
    )
