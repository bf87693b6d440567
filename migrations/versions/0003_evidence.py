"""evidence"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.String(length=16)
_DIGEST = sa.String(length=64)
_MOMENT = sa.DateTime(timezone=True)

_KEPT = "evidence is insert-only: record a correction as a later fact"
_TEXT_KEPT = "a text kept with a fact can be erased and never changed"

_TEXT_THERE = "EXISTS (SELECT 1 FROM fact_text WHERE fact_id = NEW.fact_id AND name = NEW.name)"

#: What must hold of a new fact, as (name, what is wrong, when it is wrong). Both engines read the same conditions;
#: NEW is the new row. The program says all of this first and in better words; here it holds whatever the program does.
_RULES = (
    (
        # INSERT OR REPLACE would delete the old row first; ON CONFLICT would change it.
        "once",
        "this fact is on record already",
        """EXISTS (SELECT 1 FROM fact WHERE id = NEW.id OR key = NEW.key OR digest = NEW.digest
                   OR (person_id = NEW.person_id AND seq = NEW.seq))""",
    ),
    (
        "first",
        "a chain begins with fact 1 and hangs on nothing",
        # Nothing but zeros stands where the first fact would name its predecessor.
        """NOT EXISTS (SELECT 1 FROM fact WHERE person_id = NEW.person_id)
           AND (NEW.seq <> 1 OR REPLACE(NEW.previous, '0', '') <> '')""",
    ),
    (
        "next",
        "a fact follows the last one of its person",
        """EXISTS (SELECT 1 FROM fact WHERE person_id = NEW.person_id)
           AND NOT EXISTS (SELECT 1 FROM fact WHERE person_id = NEW.person_id AND seq = NEW.seq - 1
                           AND digest = NEW.previous AND recorded_at <= NEW.recorded_at)""",
    ),
    (
        "other_hand",
        "nobody records this about herself",
        "NEW.kind <> 'quiz_passed' AND (NEW.actor_id IS NULL OR NEW.actor_id = NEW.person_id)",
    ),
    (
        "own_chain",
        "a fact is about a fact of the same person",
        """NEW.about IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM fact WHERE id = NEW.about AND person_id = NEW.person_id)""",
    ),
    (
        "two_persons",
        "a founding is confirmed by a second person, about its own proposal",
        """NEW.kind = 'founding_confirmed'
           AND NOT EXISTS (SELECT 1 FROM fact WHERE id = NEW.about AND kind = 'founding_proposed'
                           AND authorisation = NEW.authorisation AND actor_id <> NEW.actor_id)""",
    ),
    (
        "lift",
        "a lift names the suspension it ends; a serious one is lifted by a second person",
        """NEW.kind = 'suspension_lifted'
           AND NOT EXISTS (SELECT 1 FROM fact WHERE id = NEW.about AND kind = 'suspended'
                           AND COALESCE(authorisation, '') = COALESCE(NEW.authorisation, '')
                           AND ({serious} OR actor_id <> NEW.actor_id))""",
    ),
    (
        "void",
        "a void names what it takes away, and takes away neither a suspension nor a void",
        """NEW.kind = 'voided'
           AND NOT EXISTS (SELECT 1 FROM fact WHERE id = NEW.about AND kind NOT IN ('suspended', 'voided'))""",
    ),
)

#: Whether the suspension in question is an ordinary one, in each engine's JSON.
_ORDINARY = {"sqlite": "json_extract(payload, '$.serious') = 0", "postgresql": "payload::jsonb->>'serious' = 'false'"}


def upgrade() -> None:
    op.create_table(
        "fact",
        sa.Column("id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("authorisation", sa.String(length=40), nullable=True),
        sa.Column("about", _ID, nullable=True),
        sa.Column("happened_at", _MOMENT, nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.Column("actor_id", _ID, nullable=True),
        sa.Column("form", sa.Integer(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("revisions", sa.Text(), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("previous", _DIGEST, nullable=False),
        sa.Column("digest", _DIGEST, nullable=False),
        sa.CheckConstraint("form >= 1", name=op.f("ck_fact_form")),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_fact_seq")),
        sa.ForeignKeyConstraint(["about"], ["fact.id"], name=op.f("fk_fact_about"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_fact_actor_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_fact_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
        sa.UniqueConstraint("digest", name=op.f("uq_fact_digest")),
        sa.UniqueConstraint("key", name=op.f("uq_fact_key")),
        sa.UniqueConstraint("person_id", "seq", name="uq_fact_person_id_seq"),
    )
    op.create_index(op.f("ix_fact_about"), "fact", ["about"], unique=False)
    op.create_index(op.f("ix_fact_kind"), "fact", ["kind"], unique=False)
    op.create_table(
        "fact_text",
        sa.Column("fact_id", _ID, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_fact_text_fact_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("fact_id", "name", name=op.f("pk_fact_text")),
    )
    for statement in _sqlite() if op.get_bind().dialect.name == "sqlite" else _postgresql():
        op.execute(statement)


def _sqlite() -> list[str]:
    def refuse(sentence: str) -> str:
        return f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"

    made = [
        f"CREATE TRIGGER fact_kept BEFORE UPDATE ON fact FOR EACH ROW {refuse(_KEPT)}",
        f"CREATE TRIGGER fact_stays BEFORE DELETE ON fact FOR EACH ROW {refuse(_KEPT)}",
        f"CREATE TRIGGER fact_text_kept BEFORE UPDATE ON fact_text FOR EACH ROW {refuse(_TEXT_KEPT)}",
        f"CREATE TRIGGER fact_text_once BEFORE INSERT ON fact_text WHEN {_TEXT_THERE} {refuse(_TEXT_KEPT)}",
    ]
    for name, sentence, wrong in _RULES:
        when = wrong.replace("{serious}", _ORDINARY["sqlite"])
        made.append(f"CREATE TRIGGER fact_{name} BEFORE INSERT ON fact FOR EACH ROW WHEN {when} {refuse(sentence)}")
    return made


def _postgresql() -> list[str]:
    raised = "USING ERRCODE = 'integrity_constraint_violation'"
    rules = "\n".join(
        f"IF {wrong.replace('{serious}', _ORDINARY['postgresql'])} THEN RAISE EXCEPTION '{sentence}' {raised}; END IF;"
        for _, sentence, wrong in _RULES
    )
    return [
        f"""CREATE FUNCTION fact_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION '{_KEPT}' {raised}; END $$""",
        f"""CREATE FUNCTION fact_text_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION '{_TEXT_KEPT}' {raised}; END $$""",
        f"""CREATE FUNCTION fact_check() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN {rules} RETURN NEW; END $$""",
        "CREATE TRIGGER fact_kept BEFORE UPDATE OR DELETE ON fact FOR EACH ROW EXECUTE FUNCTION fact_refuse()",
        "CREATE TRIGGER fact_never_emptied BEFORE TRUNCATE ON fact FOR EACH STATEMENT EXECUTE FUNCTION fact_refuse()",
        "CREATE TRIGGER fact_checked BEFORE INSERT ON fact FOR EACH ROW EXECUTE FUNCTION fact_check()",
        "CREATE TRIGGER fact_text_kept BEFORE UPDATE ON fact_text FOR EACH ROW EXECUTE FUNCTION fact_text_refuse()",
        """CREATE TRIGGER fact_text_never_emptied BEFORE TRUNCATE ON fact_text
           FOR EACH STATEMENT EXECUTE FUNCTION fact_text_refuse()""",
    ]


def downgrade() -> None:
    # Dropping a table drops its triggers.
    op.drop_table("fact_text")
    op.drop_index(op.f("ix_fact_kind"), table_name="fact")
    op.drop_index(op.f("ix_fact_about"), table_name="fact")
    op.drop_table("fact")
    if op.get_bind().dialect.name != "sqlite":
        for function in ("fact_check", "fact_text_refuse", "fact_refuse"):
            op.execute(f"DROP FUNCTION {function}()")
