"""The only place for the commands of authoring: `training content check` and `training content publish`."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from training import clock
from training.authoring import service
from training.config import content_folder
from training.db import reading
from training.words import plural


def _root() -> Path:
    settings = current_app.config["TRAINING"]
    folder: Path = settings.content
    return folder


@click.group("content")
def content() -> None:
    """The course's files: check them, publish them."""


@content.command("check")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.pass_context
def check(context: click.Context, folder: Path | None) -> None:
    """Read all content and print every problem as file:line: place: message. Exit status 1 when there is any."""
    report = service.check(folder.resolve() if folder else content_folder())
    for problem in report.problems:
        click.echo(str(problem))
    counts = ", ".join(
        (plural(report.modules, "module"), plural(report.sections, "section"), plural(report.items, "item"))
    )
    found = plural(len(report.problems), "problem") if report.problems else "no problems"
    click.echo(f"{counts}: {found}")
    context.exit(1 if report.problems else 0)


@content.command("publish")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--reason", default="Published from the command line", show_default=True, help="Why, in a sentence.")
@with_appcontext
def publish(*, yes: bool, reason: str) -> None:
    """Put everything that has changed in force, all of it or nothing."""
    changes = service.would_change(reading(), _root())
    if not changes:
        click.echo("Everything is published as it stands in the files.")
        return
    for draft in changes:
        numbered = f" revision {draft.revision}" if draft.revision else ""
        click.echo(f"  {draft.kind} {draft.key}{numbered}, {draft.change}")
    if not yes:
        click.confirm(f"Publish {plural(len(changes), 'edition')} now?", abort=True)
    for edition in service.publish_all(_root(), by=None, at=clock.now(), reason=reason):
        click.echo(f"Published {edition.kind} {edition.key} revision {edition.revision}.")


commands: tuple[click.Command, ...] = (content,)
