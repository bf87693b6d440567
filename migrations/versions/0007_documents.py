"""documents"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID = sa.String(length=16)
_MOMENT = sa.DateTime(timezone=True)
_KEPT = "a decided document is not changed; add a new one"

# Once decided, only issuer, reference and reason can be erased.
_DECIDED = (
    "id",
    "person_id",
    "kind",
    "expires_on",
    "added_by",
    "added_at",
    "state",
    "decided_by",
    "decided_at",
    "fact_id",
)
# Fixed from the start: what was verified is what was written down.
_FIXED = ("id", "person_id", "kind", "expires_on", "added_by", "added_at")
_ERASABLE = ("issuer", "reference", "reason")


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("issuer", sa.String(length=160), nullable=True),
        sa.Column("reference", sa.String(length=80), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("added_by", _ID, nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("decided_by", _ID, nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("fact_id", _ID, nullable=True),
        sa.CheckConstraint("kind IN ('licence', 'insurance')", name=op.f("ck_document_kind")),
        sa.CheckConstraint(
            "state IN ('waiting', 'verified', 'sent_back', 'taken_back')", name=op.f("ck_document_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('verified', 'sent_back') OR decided_by <> person_id", name=op.f("ck_document_other")
        ),
        sa.CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name=op.f("ck_document_decided_at")),
        sa.CheckConstraint("(state = 'waiting') = (decided_by IS NULL)", name=op.f("ck_document_decided_by")),
        sa.CheckConstraint("(state = 'verified') = (fact_id IS NOT NULL)", name=op.f("ck_document_fact")),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_document_{column}"), ondelete="RESTRICT")
            for column, target in (
                ("person_id", "person.id"),
                ("added_by", "person.id"),
                ("decided_by", "person.id"),
                ("fact_id", "fact.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    op.create_index(
        "uq_document_waiting",
        "document",
        ["person_id", "kind"],
        unique=True,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ix_document_person_added", "document", ["person_id", "added_at"])
    op.create_index("ix_document_state_added", "document", ["state", "added_at"])
    sqlite = op.get_bind().dialect.name == "sqlite"
    same = "IS" if sqlite else "IS NOT DISTINCT FROM"
    kept = " AND ".join(f"NEW.{column} {same} OLD.{column}" for column in _DECIDED)
    erased = " AND ".join(f"(NEW.{column} IS NULL OR NEW.{column} {same} OLD.{column})" for column in _ERASABLE)
    fixed = " AND ".join(f"NEW.{column} {same} OLD.{column}" for column in _FIXED)
    conditions = {
        "document_kept": f"OLD.state <> 'waiting' AND NOT ({kept} AND {erased})",
        "document_fixed": f"NOT ({fixed})",
    }
    if sqlite:
        for name, condition in conditions.items():
            op.execute(
                f"CREATE TRIGGER {name} BEFORE UPDATE ON document FOR EACH ROW WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"
            )
        op.execute(
            f"CREATE TRIGGER document_stays BEFORE DELETE ON document FOR EACH ROW "
            f"BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"
        )
        op.execute(
            "CREATE TRIGGER document_once BEFORE INSERT ON document FOR EACH ROW "  # noqa: S608 - our own words
            "WHEN EXISTS (SELECT 1 FROM document WHERE id = NEW.id) "
            f"BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION document_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{_KEPT}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for name, condition in conditions.items():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE UPDATE ON document FOR EACH ROW WHEN ({condition}) "
            "EXECUTE FUNCTION document_refuse()"
        )
    op.execute(
        "CREATE TRIGGER document_stays BEFORE DELETE ON document FOR EACH ROW EXECUTE FUNCTION document_refuse()"
    )
    op.execute(
        "CREATE TRIGGER document_never_emptied BEFORE TRUNCATE ON document FOR EACH STATEMENT "
        "EXECUTE FUNCTION document_refuse()"
    )


def downgrade() -> None:
    op.drop_table("document")  # and its triggers with it
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION document_refuse()")
