"""practicals"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ID = sa.String(length=16)
_DIGEST = sa.String(length=64)
_MOMENT = sa.DateTime(timezone=True)

# What never changes once it is decided. On both engines the refusal is an integrity error.
_KEPT = "a closed observation is not changed; void the signed sheet instead"
_APPEND = "this table only grows"

# Columns of an open observation that are fixed at its start.
_FIXED = (
    "id",
    "subject_id",
    "authorisation",
    "leads_to",
    "sheet_key",
    "sheet_revision",
    "sheet_digest",
    "site_id",
    "zone",
    "started_by",
    "started_at",
)
# Of a rating on a closed sheet, only the note (and its salt) can be erased.
_RATED = ("observation_id", "criterion", "mark", "tenths", "revision", "rated_by", "rated_at")


def upgrade() -> None:
    _tables()
    if op.get_bind().dialect.name == "sqlite":
        for statement in _sqlite():
            op.execute(statement)
    else:
        for statement in _postgresql():
            op.execute(statement)


def _tables() -> None:
    op.create_table(
        "signed_sheet",
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_signed_sheet")),
    )
    op.create_table(
        "observation",
        sa.Column("id", _ID, nullable=False),
        sa.Column("subject_id", _ID, nullable=False),
        sa.Column("authorisation", sa.String(length=40), nullable=False),
        sa.Column("leads_to", sa.String(length=24), nullable=False),
        sa.Column("sheet_key", sa.String(length=40), nullable=False),
        sa.Column("sheet_revision", sa.Integer(), nullable=False),
        sa.Column("sheet_digest", _DIGEST, nullable=False),
        sa.Column("site_id", _ID, nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("assessor_id", _ID, nullable=False),
        sa.Column("started_by", _ID, nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("signed_at", _MOMENT, nullable=True),
        sa.Column("signed_digest", _DIGEST, nullable=True),
        sa.Column("fact_id", _ID, nullable=True),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.Column("closed_by", _ID, nullable=True),
        sa.Column("closed_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("assessor_id <> subject_id", name=op.f("ck_observation_other")),
        sa.CheckConstraint("state IN ('open', 'signed', 'closed')", name=op.f("ck_observation_state")),
        sa.CheckConstraint(
            "(state = 'signed') = (signed_at IS NOT NULL AND signed_digest IS NOT NULL AND fact_id IS NOT NULL)",
            name=op.f("ck_observation_signed"),
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL AND closed_by IS NOT NULL)",
            name=op.f("ck_observation_closed"),
        ),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_observation_{column}"), ondelete="RESTRICT")
            for column, target in (
                ("subject_id", "person.id"),
                ("sheet_digest", "published_body.digest"),
                ("site_id", "site.id"),
                ("assessor_id", "person.id"),
                ("started_by", "person.id"),
                ("signed_digest", "signed_sheet.digest"),
                ("fact_id", "fact.id"),
                ("closed_by", "person.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation")),
    )
    op.create_index(
        "uq_observation_open",
        "observation",
        ["subject_id", "authorisation"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_observation_assessor_state", "observation", ["assessor_id", "state"])
    op.create_index("ix_observation_site_state", "observation", ["site_id", "state"])
    op.create_index(
        "ix_observation_subject_authorisation", "observation", ["subject_id", "authorisation", "started_at"]
    )
    op.create_table(
        "observation_rating",
        sa.Column("observation_id", _ID, nullable=False),
        sa.Column("criterion", sa.String(length=8), nullable=False),
        sa.Column("mark", sa.String(length=12), nullable=True),
        sa.Column("tenths", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("note_salt", sa.String(length=32), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("rated_by", _ID, nullable=False),
        sa.Column("rated_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "mark IS NULL OR mark IN ('0', '1', '2', '3', 'not_observed')", name=op.f("ck_observation_rating_mark")
        ),
        sa.CheckConstraint(
            "tenths IS NULL OR (tenths >= 0 AND tenths <= 6000)", name=op.f("ck_observation_rating_tenths")
        ),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_observation_rating_revision")),
        sa.ForeignKeyConstraint(
            ["observation_id"],
            ["observation.id"],
            name=op.f("fk_observation_rating_observation_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["rated_by"], ["person.id"], name=op.f("fk_observation_rating_rated_by"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("observation_id", "criterion", name=op.f("pk_observation_rating")),
    )
    op.create_table(
        "observation_takeover",
        sa.Column("id", _ID, nullable=False),
        sa.Column("observation_id", _ID, nullable=False),
        sa.Column("from_id", _ID, nullable=False),
        sa.Column("to_id", _ID, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_observation_takeover_other")),
        *(
            sa.ForeignKeyConstraint(
                [column], [target], name=op.f(f"fk_observation_takeover_{column}"), ondelete="RESTRICT"
            )
            for column, target in (
                ("observation_id", "observation.id"),
                ("from_id", "person.id"),
                ("to_id", "person.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation_takeover")),
    )
    op.create_index("ix_observation_takeover_observation_at", "observation_takeover", ["observation_id", "at"])


def _same(columns: tuple[str, ...], *, sqlite: bool) -> str:
    word = "IS" if sqlite else "IS NOT DISTINCT FROM"
    return " AND ".join(f"NEW.{column} {word} OLD.{column}" for column in columns)


def _sqlite() -> list[str]:
    def trigger(name: str, when: str, condition: str, message: str) -> str:
        clause = f" WHEN {condition}" if condition else ""
        return f"CREATE TRIGGER {name} BEFORE {when} FOR EACH ROW{clause} BEGIN SELECT RAISE(ABORT, '{message}'); END"

    closed = "(SELECT state FROM observation WHERE id = {}.observation_id) <> 'open'"
    erased = f"(NEW.note IS NULL AND {_same(_RATED, sqlite=True)})"
    made = [
        trigger("observation_kept", "UPDATE ON observation", "OLD.state <> 'open'", _KEPT),
        trigger("observation_fixed", "UPDATE ON observation", f"NOT ({_same(_FIXED, sqlite=True)})", _KEPT),
        trigger("observation_stays", "DELETE ON observation", "", _KEPT),
        # INSERT OR REPLACE would delete first; this refuses it even where recursive triggers are off.
        trigger(
            "observation_once",
            "INSERT ON observation",
            "EXISTS (SELECT 1 FROM observation WHERE id = NEW.id)",
            _KEPT,
        ),
        trigger("observation_rating_new", "INSERT ON observation_rating", closed.format("NEW"), _KEPT),
        trigger(
            "observation_rating_once",
            "INSERT ON observation_rating",
            "EXISTS (SELECT 1 FROM observation_rating WHERE observation_id = NEW.observation_id"
            " AND criterion = NEW.criterion)",
            _KEPT,
        ),
        trigger(
            "observation_rating_kept",
            "UPDATE ON observation_rating",
            f"({closed.format('OLD')} OR {closed.format('NEW')}) AND NOT {erased}",
            _KEPT,
        ),
        trigger("observation_rating_stays", "DELETE ON observation_rating", "", _KEPT),
    ]
    for table, key in (("signed_sheet", "digest"), ("observation_takeover", "id")):
        made += [
            trigger(f"{table}_kept", f"UPDATE ON {table}", "", _APPEND),
            trigger(f"{table}_stays", f"DELETE ON {table}", "", _APPEND),
            trigger(
                f"{table}_once",
                f"INSERT ON {table}",
                f"EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})",  # noqa: S608 - our own table names
                _APPEND,
            ),
        ]
    return made


def _postgresql() -> list[str]:
    raising = "USING ERRCODE = 'integrity_constraint_violation'"
    made = [
        f"""
        CREATE FUNCTION practicals_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '%', TG_ARGV[0] {raising}; END $$
        """,
        # FOR SHARE waits for a signature under way, and then sees that the sheet is closed.
        f"""
        CREATE FUNCTION observation_rating_check() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE found text;
        BEGIN
          SELECT state INTO found FROM observation WHERE id = NEW.observation_id FOR SHARE;
          IF found <> 'open' AND (TG_OP = 'INSERT' OR NOT (NEW.note IS NULL AND {_same(_RATED, sqlite=False)})) THEN
            RAISE EXCEPTION '{_KEPT}' {raising};
          END IF;
          IF TG_OP = 'UPDATE' AND (NEW.observation_id <> OLD.observation_id OR NEW.criterion <> OLD.criterion) THEN
            RAISE EXCEPTION '{_KEPT}' {raising};
          END IF;
          RETURN NEW;
        END $$
        """,  # noqa: S608 - our own column names
        (
            f"CREATE TRIGGER observation_kept BEFORE UPDATE ON observation FOR EACH ROW WHEN (OLD.state <> 'open') "
            f"EXECUTE FUNCTION practicals_refuse('{_KEPT}')"
        ),
        (
            f"CREATE TRIGGER observation_fixed BEFORE UPDATE ON observation FOR EACH ROW "
            f"WHEN (NOT ({_same(_FIXED, sqlite=False)})) EXECUTE FUNCTION practicals_refuse('{_KEPT}')"
        ),
        (
            "CREATE TRIGGER observation_rating_kept BEFORE INSERT OR UPDATE ON observation_rating FOR EACH ROW "
            "EXECUTE FUNCTION observation_rating_check()"
        ),
    ]
    for table in ("observation", "observation_rating", "signed_sheet", "observation_takeover"):
        made += [
            (
                f"CREATE TRIGGER {table}_stays BEFORE DELETE ON {table} FOR EACH ROW "
                f"EXECUTE FUNCTION practicals_refuse('{_KEPT}')"
            ),
            (
                f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
                f"EXECUTE FUNCTION practicals_refuse('{_KEPT}')"
            ),
        ]
    made += [
        f"CREATE TRIGGER {table}_kept BEFORE UPDATE ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION practicals_refuse('{_APPEND}')"
        for table in ("signed_sheet", "observation_takeover")
    ]
    return made


def downgrade() -> None:
    # Dropping a table drops its triggers.
    op.drop_table("observation_takeover")
    op.drop_table("observation_rating")
    op.drop_table("observation")
    op.drop_table("signed_sheet")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION observation_rating_check()")
        op.execute("DROP FUNCTION practicals_refuse()")
