"""The only place for the commands of people: `training init` and the database's own commands."""

import click
from email_validator import EmailNotValidError, validate_email
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import check as check_models
from flask_migrate import upgrade

from training.config import ROOT
from training.errors import Invalid
from training.people import service
from training.permissions import Role


@click.command("init")
@click.option("--email", prompt="Your e-mail address", help="The first administrator's address.")
@click.option("--name", prompt="Your name", help="The first administrator's name.")
@click.option("--address", default="http://127.0.0.1:8000", help="Where people open Footing in a browser.")
@with_appcontext
def init(email: str, name: str, address: str) -> None:
    """Prepare the database and print a one-time link for the first administrator."""
    _check(name=name, email=email)
    upgrade(directory=str(ROOT / "migrations"))
    token = service.invite(None, name=name, email=email, role=Role.ADMINISTRATOR, site_id=None)
    with current_app.test_request_context(base_url=address):
        link = current_app.url_for("people.join", token=token, _external=True)
    click.echo(f"Open this link within seven days to choose a password. It works once.\n\n  {link}\n")


def _check(*, name: str, email: str) -> None:
    if not name.strip():
        raise Invalid("Write the administrator's name.")
    try:
        validate_email(email.strip(), check_deliverability=False)
    except EmailNotValidError:
        raise Invalid(f"{email!r} is not an e-mail address.") from None


@click.command("site")
@click.argument("name")
@click.argument("zone")
@with_appcontext
def site(name: str, zone: str) -> None:
    """Add a site, with its IANA time zone: training site Riverside Europe/London."""
    made = service.add_site(name=name, zone=zone)
    click.echo(f"{made.name} ({made.zone}) has the id {made.id}.")


@click.group("db")
def database() -> None:
    """The database's tables."""


@database.command("upgrade")
@with_appcontext
def db_upgrade() -> None:
    """Bring the tables to the newest form."""
    upgrade(directory=str(ROOT / "migrations"))


@database.command("check")
@with_appcontext
def db_check() -> None:
    """Compare the tables in the database with the mapped classes; exit status 1 where they differ."""
    check_models(directory=str(ROOT / "migrations"))


commands: tuple[click.Command, ...] = (init, site, database)
