"""publications"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEPT = "what was published stays as it is; publish a new revision"

#: Table → the columns that name one row; a row of that name may not be put in its place.
_TABLES = {"published_body": (("digest",),), "publication": (("id",), ("kind", "key", "revision"))}


def upgrade() -> None:
    op.create_table(
        "published_body",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_published_body")),
    )
    op.create_table(
        "publication",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("change", sa.String(length=12), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('module', 'bank', 'map', 'sources', 'numbers', 'policy', 'sheet')",
            name=op.f("ck_publication_kind"),
        ),
        sa.CheckConstraint("change IN ('editorial', 'minor', 'major')", name=op.f("ck_publication_change")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_publication_revision")),
        sa.ForeignKeyConstraint(
            ["digest"], ["published_body.digest"], name=op.f("fk_publication_digest"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["published_by"], ["person.id"], name=op.f("fk_publication_published_by"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("kind", "key", "revision", name=op.f("uq_publication_kind_key_revision")),
    )
    for statement in _sqlite() if op.get_bind().dialect.name == "sqlite" else _postgresql():
        op.execute(statement)


def _sqlite() -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"
    made = []
    for table, names in _TABLES.items():
        same = " OR ".join("(" + " AND ".join(f"{column} = NEW.{column}" for column in name) + ")" for name in names)
        taken = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - our own table and column names
        made += [
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE ON {table} FOR EACH ROW {refuse}",
            f"CREATE TRIGGER {table}_stays BEFORE DELETE ON {table} FOR EACH ROW {refuse}",
            # INSERT OR REPLACE would delete first; this refuses it even where recursive triggers are off.
            f"CREATE TRIGGER {table}_once BEFORE INSERT ON {table} FOR EACH ROW WHEN {taken} {refuse}",
        ]
    return made


def _postgresql() -> list[str]:
    refuse = "EXECUTE FUNCTION publication_refuse()"
    made = [
        f"""
        CREATE FUNCTION publication_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{_KEPT}' USING ERRCODE = 'integrity_constraint_violation'; END $$
        """
    ]
    for table in _TABLES:
        made += [
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {refuse}",
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}",
        ]
    return made


def downgrade() -> None:
    # Dropping a table drops its triggers.
    op.drop_table("publication")
    op.drop_table("published_body")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION publication_refuse()")
