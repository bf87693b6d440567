"""The only place for the commands of evidence: `training evidence verify`."""

import json

import click
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from training.db import reading
from training.evidence import service, store
from training.evidence.service import Verified
from training.words import plural

BROKEN = 1


@click.group("evidence")
def evidence() -> None:
    """The record of facts: is it still what was recorded?"""


@evidence.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
@with_appcontext
def verify(context: click.Context, *, as_json: bool) -> None:
    """Walk every chain of facts and name the first broken link of each.

    Finds a fact edited, inserted, swapped, or removed from the middle behind the application's back, and a text that
    is no longer the one its fact was recorded with. It cannot see a chain cut off at its end or rewritten from some
    place to its end: for that, heads of the chains are kept outside the database.

    Exit status: 0 every chain holds, 1 at least one is broken.
    """
    if as_json:
        found = service.verify(reading())
        click.echo(json.dumps(_as_json(found), indent=2, ensure_ascii=False))
    else:
        found = _with_progress()
        _print(found)
    context.exit(BROKEN if found.broken else 0)


def _with_progress() -> Verified:
    session = reading()
    columns = (TextColumn("Walking the chains"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=store.count_facts(session))
        return service.verify(session, told=lambda facts: progress.update(task, completed=facts))


def _as_json(found: Verified) -> dict[str, object]:
    return {
        "holds": not found.broken,
        "people": found.people,
        "facts": found.facts,
        "texts": found.texts,
        "broken": [
            {
                "person": one.person_id,
                "seq": one.seq,
                "fact": one.fact_id,
                "fault": one.fault.value,
                "sentence": one.sentence,
            }
            for one in found.broken
        ],
    }


def _print(found: Verified) -> None:
    walked = f"{plural(found.facts, 'fact')} of {plural(found.people, 'person', 'people')}"
    if not found.broken:
        click.echo(f"Every chain holds: {walked}, {plural(found.texts, 'text')}.")
        return
    table = Table(title=f"{plural(len(found.broken), 'broken chain')} among {walked}", title_justify="left")
    for column in ("Person", "Place", "Fact", "What was done", "In words"):
        table.add_column(column, overflow="fold")
    for one in found.broken:
        table.add_row(
            one.person_id, str(one.seq), one.fact_id or "gone", one.fault.value.replace("_", " "), one.sentence
        )
    Console().print(table)
    click.echo("Until this is settled, nobody named here is cleared for anything.", err=True)


commands: tuple[click.Command, ...] = (evidence,)
