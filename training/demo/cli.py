"""The only place for the command `training demo`."""

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from rich.console import Console

from training import clock
from training.config import ROOT, Config
from training.demo import service


@click.command("demo")
@click.option("--reset", is_flag=True, help="Throw away the embedded database first, with everything in it.")
@with_appcontext
def demo(*, reset: bool) -> None:
    """Prepare the database, publish the content, and make the demo spa; what is there already stays."""
    console = Console(highlight=False)
    settings: Config = current_app.config["TRAINING"]
    if reset:
        service.throw_away(settings)
        console.print("[green]✓[/] The old demo spa is gone")
    with console.status("Preparing the database") as status:
        settings.var.mkdir(parents=True, exist_ok=True)
        upgrade(directory=str(ROOT / "migrations"))
        console.print("[green]✓[/] Database ready")
        status.update("Publishing the content")
        published = service.publish(settings.content, at=clock.now())
        console.print(
            f"[green]✓[/] Content in force ({published} new editions)" if published else "[green]✓[/] Content in force"
        )
        if service.is_empty():

            def told(what: str) -> None:
                status.update(what)
                console.print(f"[green]✓[/] {what}")

            accounts = service.make(settings.var, tick=clock.now, told=told)
        else:
            accounts = service.read_accounts(settings.var)
    if not accounts:
        console.print(f"There are people here already, and no {service.ACCOUNTS}: this is not a demo spa.")
        return
    console.print("\nThe demo spa. Everybody signs in with an e-mail address and a password:\n")
    for one in accounts:
        console.print(f"  [bold]{one.name}[/], {one.role}. {one.says}.", soft_wrap=True)
        # A line that never wraps, so that both can be copied.
        console.print(f"      {one.email:<24} {one.password}", soft_wrap=True)
    console.print(f"\nThe same is in {settings.var / service.ACCOUNTS}.")


commands: tuple[click.Command, ...] = (demo,)
