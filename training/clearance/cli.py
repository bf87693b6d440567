"""The only place for the commands of clearance: `training clearance explain` and `training clearance rebuild`."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import click
from flask.cli import with_appcontext
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from training import clock
from training.clearance import service
from training.clearance.domain import BEGIN, END, Standing, end_of
from training.clearance.domain.intervals import TICK
from training.db import reading, transaction
from training.errors import Invalid, NotFound
from training.people import store as people
from training.people.domain import PersonCard
from training.words import day, moment, plural

#: Exit status when the person may not work.
MAY_NOT = 3

_WHEN = "an ISO date (2026-04-14) or date and time (2026-04-14T10:34, 2026-04-14T10:34+02:00)"


@click.group("clearance")
def clearance() -> None:
    """Who may work, and why."""


@clearance.command("explain")
@click.argument("person")
@click.argument("authorisation")
@click.option("--at", "at_text", metavar="WHEN", help="The moment asked about; now by default.")
@click.option("--known-at", "known_text", metavar="WHEN", help="As published and recorded by then; now by default.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.pass_context
@with_appcontext
def explain(  # noqa: PLR0917 - click hands the options over by name
    context: click.Context,
    person: str,
    authorisation: str,
    at_text: str | None,
    known_text: str | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Say whether PERSON (e-mail address or id) may work in AUTHORISATION (as in ashiatsu-bar), line by line.

    WHEN is an ISO date or date and time. Without an offset it is read in the time zone of the person's site. A date
    alone means the last moment of that day there: what was so, or known, when the day closed. A time that the zone's
    clocks skipped or showed twice needs an offset.

    Exit status: 0 the person may work, 3 the person may not, 2 a wrong call or an unknown name.
    """
    session, now = reading(), clock.now()
    person_id = people.find_person_id(session, person)
    if person_id is None:
        raise NotFound(f"Nobody here has the e-mail address or id {person!r}.")
    card = people.get_cards(session, [person_id])[person_id]
    known_authorisations = service.rulebook(session).authorisations()
    if authorisation not in known_authorisations:
        there_are = ", ".join(known_authorisations) or "none, because no policy is published yet"
        raise NotFound(f"There is no authorisation {authorisation!r}. There are: {there_are}.")
    zone = card.zone()
    got = service.standing_of(
        session,
        person_id=person_id,
        authorisation=authorisation,
        at=read_when(at_text, now=now, zone=zone, option="--at"),
        known_at=read_when(known_text, now=now, zone=zone, option="--known-at"),
    )
    if as_json:
        click.echo(json.dumps(_as_json(got), indent=2, ensure_ascii=False))
    else:
        texts = service.texts_of(session, [one.fact_id for one in got.adverse])
        _print(got, card, zone, [said for one in got.adverse for said in texts.get(one.fact_id, {}).items()])
    context.exit(0 if got.may_work else MAY_NOT)


def read_when(text: str | None, *, now: datetime, zone: str, option: str) -> datetime:
    """The instant a WHEN means; see the help of ``explain``. Raises Invalid, in a sentence."""
    if text is None:
        return now
    try:
        found = _moment(text.strip(), zone, option)
    except ValueError:
        raise Invalid(f"{option} {text!r} cannot be read. Write {_WHEN}.") from None
    except OverflowError:
        found = BEGIN - TICK
    if not BEGIN <= found < END:
        raise Invalid(f"{option} {text!r} is beyond what can be asked about.")
    return found


def _moment(text: str, zone: str, option: str) -> datetime:
    try:
        return end_of(date.fromisoformat(text), zone) - TICK
    except ValueError:
        found = datetime.fromisoformat(text)
    if found.tzinfo is not None:
        return found.astimezone(UTC)
    first, second = (found.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1))
    if first != second:
        raise Invalid(
            f"{option} {text!r}: the clocks in {zone} skipped that time or showed it twice. Add an offset, like +01:00."
        )
    return first


def _as_json(got: Standing) -> dict[str, object]:
    return {
        "person": got.person_id,
        "authorisation": got.authorisation,
        "at": got.at.isoformat(),
        "known_at": got.known_at.isoformat(),
        "grade": got.grade,
        "status": got.status.value,
        "may_work": got.may_work,
        "load_cap": got.load_cap,
        "conditions": list(got.conditions),
        "valid_through": got.valid_through.isoformat() if got.valid_through else None,
        "changes_at": got.changes_at.isoformat() if got.changes_at else None,
        "requirements": [
            {
                "id": line.id,
                "title": line.title,
                "met": line.met,
                "through": line.through.isoformat() if line.through else None,
                "fact": line.fact_id,
                "missing": line.missing,
            }
            for line in got.requirements
        ],
    }


def _print(got: Standing, card: PersonCard, zone: str, said: Iterable[tuple[str, str]]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    tone = "green" if got.may_work else "red"
    console.print(f"{card.name}, {got.title}", style="bold", markup=False)
    console.print(got.sentence, style=tone, markup=False)
    for name, text in said:
        console.print(f"{name.replace('_', ' ').capitalize()}: {text}", markup=False)
    console.print(
        f"At {moment(got.at, zone)}, as known at {moment(got.known_at, zone)} ({zone})."
        + (f" Changes by itself at {moment(got.changes_at, zone)}." if got.changes_at else ""),
        markup=False,
    )
    if not got.requirements:
        return
    table = Table(title=f"What {got.aim} asks for", title_justify="left")
    for heading in ("", "Requirement", "Through", "Fact"):
        table.add_column(heading, no_wrap=True)
    for line in got.requirements:
        through = day(line.through) if line.through else ""
        table.add_row("met" if line.met else "not met", escape(line.title), through, line.fact_id or "")
    console.print(table)
    for line in got.requirements:
        if not line.met:
            console.print(f"{line.title}: {line.missing} {line.step}", markup=False)


@clearance.command("rebuild")
@with_appcontext
def rebuild() -> None:
    """Make the cache of the register anew from the record. Work goes on once it is done."""
    with Console(stderr=True).status("Making the cache anew"), transaction() as session:
        service.hold_rulebook(session)
        done = service.rebuild(session)
    click.echo(f"The periods of {plural(done, 'person', 'people')} were made anew.")


commands: tuple[click.Command, ...] = (clearance,)
