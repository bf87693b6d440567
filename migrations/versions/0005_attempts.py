"""attempts"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.String(length=16), nullable=False),
        sa.Column("quiz", sa.String(length=8), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("attempt_limit", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("drawn", sa.Text(), nullable=False),
        sa.Column("revisions", sa.Text(), nullable=False),
        sa.Column("available", sa.Integer(), nullable=False),
        sa.Column("must_know_available", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("must_know_right", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.CheckConstraint("number BETWEEN 1 AND attempt_limit", name=op.f("ck_attempt_limit")),
        sa.CheckConstraint("cycle >= 1", name=op.f("ck_attempt_cycle")),
        sa.CheckConstraint(
            "(submitted_at IS NULL) = (score IS NULL) AND (submitted_at IS NULL) = (passed IS NULL)"
            " AND (submitted_at IS NULL) = (must_know_right IS NULL)",
            name=op.f("ck_attempt_outcome"),
        ),
        sa.CheckConstraint("score BETWEEN 0 AND available", name=op.f("ck_attempt_score")),
        sa.CheckConstraint("must_know_right BETWEEN 0 AND must_know_available", name=op.f("ck_attempt_must_know")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attempt_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint(
            "person_id", "quiz", "cycle", "number", name=op.f("uq_attempt_person_id_quiz_cycle_number")
        ),
    )
    op.create_index(
        "uq_attempt_live",
        "attempt",
        ["person_id", "quiz"],
        unique=True,
        sqlite_where=sa.text("submitted_at IS NULL"),
        postgresql_where=sa.text("submitted_at IS NULL"),
    )
    op.create_index(
        "uq_attempt_pass",
        "attempt",
        ["person_id", "quiz", "cycle"],
        unique=True,
        sqlite_where=sa.text("passed"),
        postgresql_where=sa.text("passed"),
    )
    op.create_table(
        "attempt_answer",
        sa.Column("attempt_id", sa.String(length=16), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("place >= 1", name=op.f("ck_attempt_answer_place")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name=op.f("fk_attempt_answer_attempt_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("attempt_id", "place", name=op.f("pk_attempt_answer")),
    )
    op.create_table(
        "quiz_release",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.String(length=16), nullable=False),
        sa.Column("quiz", sa.String(length=8), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("released_by", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("released_by <> person_id", name=op.f("ck_quiz_release_other")),
        sa.CheckConstraint("cycle >= 1", name=op.f("ck_quiz_release_cycle")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_quiz_release_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["released_by"], ["person.id"], name=op.f("fk_quiz_release_released_by"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_release")),
        sa.UniqueConstraint("person_id", "quiz", "cycle", name=op.f("uq_quiz_release_person_id_quiz_cycle")),
    )


def downgrade() -> None:
    op.drop_table("quiz_release")
    op.drop_table("attempt_answer")
    op.drop_index(
        "uq_attempt_pass",
        table_name="attempt",
        sqlite_where=sa.text("passed"),
        postgresql_where=sa.text("passed"),
    )
    op.drop_index(
        "uq_attempt_live",
        table_name="attempt",
        sqlite_where=sa.text("submitted_at IS NULL"),
        postgresql_where=sa.text("submitted_at IS NULL"),
    )
    op.drop_table("attempt")
