"""The only place that runs migrations, inside the app's own engine."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection


def _render(kind, thing, _context):
    # Our own column types would be written with a name that the migration does not import.
    if kind == "type" and type(thing).__name__ == "UTCDateTime":
        return "sa.DateTime(timezone=True)"
    return False


def _run(connection: Connection) -> None:
    database = current_app.extensions["migrate"].db
    context.configure(
        connection=connection,
        target_metadata=database.metadata,
        render_item=_render,
        # Not batch mode: SQLite's copy-and-rename drops triggers, and with them append-only.
        render_as_batch=False,
        # All or nothing: a run that breaks off leaves the tables as they were (SQLite is told BEGIN in training.db).
        transaction_per_migration=False,
        transactional_ddl=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


with current_app.extensions["migrate"].db.engine.connect() as _connection:
    _run(_connection)
    _connection.commit()
