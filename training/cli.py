"""The only place for the `training` command: it gathers each feature's commands."""

import logging
import sys
from importlib import import_module
from typing import Final

import click
from flask.cli import AppGroup, FlaskGroup, ScriptInfo
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from training.app import create_app
from training.config import read_config
from training.db import trouble
from training.errors import Busy, SetupError, TrainingError
from training.serving import serve

#: Features with commands, each a folder with `cli.commands`.
FEATURES: Final = ("people", "clearance", "evidence", "authoring", "demo")

#: A wrong call or an unknown name.
WRONG_CALL: Final = 2


class _Group(FlaskGroup):
    """Flask's own group, where a refusal is one sentence and exit status 2."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return self._invoked(ctx)
        except TrainingError as error:
            click.echo(str(error), err=True)
            for problem in getattr(error, "problems", ()):
                click.echo(f"  {problem}", err=True)
            ctx.exit(WRONG_CALL)

    def _invoked(self, ctx: click.Context) -> object:
        """Run the command, a fault of the database told like any other refusal.

        Raises:
            SetupError: the database cannot be used as it is.
        """
        try:
            return super().invoke(ctx)
        except (IntegrityError, DataError):
            raise  # a fault of ours, not of the database
        except (DBAPIError, Busy) as error:
            raise SetupError(trouble(error, url=read_config().database_url)) from error


group: AppGroup = _Group(
    name="training",
    help="Training and clearance for back-walking massage.",
    create_app=create_app,
    add_default_commands=False,
    add_version_option=False,
    load_dotenv=False,
)

# Which app it is, is settled: Flask's own options for choosing one would only puzzle people.
group.params = []

for _feature in FEATURES:
    for _command in import_module(f"training.{_feature}.cli").commands:
        group.add_command(_command)
group.add_command(serve)


def main() -> None:
    """The entry point of the `training` command."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    if any("\udc80" <= character <= "\udcff" for word in sys.argv for character in word):
        click.echo("One of the words of this command is not text in UTF-8. Write it anew.", err=True)
        sys.exit(WRONG_CALL)
    group.main(args=sys.argv[1:], prog_name="training", obj=ScriptInfo(create_app=create_app))
