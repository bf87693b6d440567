"""The only place for the pages people land on."""

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from training import clock
from training.db import reading
from training.homes import service
from training.permissions import Permission
from training.web.access import requires, viewer

blueprint = Blueprint("homes", __name__)


@blueprint.get("/")
@requires(Permission.SIGNED_IN)
def home() -> ResponseReturnValue:
    person = viewer()
    if person.may(Permission.SEE_REGISTER):
        return redirect(url_for("homes.today"))
    if person.may(Permission.OBSERVE):
        return redirect(url_for("practicals.queue"))
    if person.may(Permission.LEARN):
        return redirect(url_for("homes.my_way"))
    return render_template("homes/nothing.html")


@blueprint.get("/my-way")
@requires(Permission.LEARN)
def my_way() -> ResponseReturnValue:
    found = service.my_way(reading(), viewer(), at=clock.now())
    urls = [{line: current_app.url_for(to, **values) for line, (to, values) in way.links.items()} for way in found.ways]
    return render_template("homes/my_way.html", found=found, urls=urls)


@blueprint.get("/today")
@requires(Permission.SEE_REGISTER)
def today() -> ResponseReturnValue:
    return render_template("homes/today.html", desk=service.desk(reading(), viewer(), at=clock.now()))
