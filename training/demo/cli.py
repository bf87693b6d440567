"""The only place for the command `training demo`."""

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from rich.console import Console
from rich.table import Table

from training.config import ROOT, Config
from training.demo import service


@click.command("demo")
@with_appcontext
def demo() -> None:
    """Prepare the database, publish the content, and make the demo spa; what is there already stays."""
    console = Console(highlight=False)
    settings: Config = current_app.config["TRAINING"]
    with console.status("Preparing the database") as status:
        settings.var.mkdir(parents=True, exist_ok=True)
        upgrade(directory=str(ROOT / "migrations"))
        console.print("[green]✓[/] Database ready")
        status.update("Publishing the content")
        published = service.publish(settings.content)
        console.print(
            f"[green]✓[/] Content in force ({published} new editions)" if published else "[green]✓[/] Content in force"
        )
        if service.is_empty():

            def told(what: str) -> None:
                status.update(what)
                console.print(f"[green]✓[/] {what}")

            accounts = service.make(settings.var, told=told)
        else:
            accounts = service.read_accounts(settings.var)
    if not accounts:
        console.print(f"There are people here already, and no {service.ACCOUNTS}: this is not a demo spa.")
        return
    table = Table(title="The demo spa", title_justify="left")
    for heading in ("Name", "Role", "E-mail", "Password", "In the demo"):
        table.add_column(heading, overflow="fold")
    for one in accounts:
        table.add_row(one.name, one.role, one.email, one.password, one.says)
    console.print(table)
    console.print(f"The same is in {settings.var / service.ACCOUNTS}.")


commands: tuple[click.Command, ...] = (demo,)
