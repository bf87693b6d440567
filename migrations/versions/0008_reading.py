"""reading"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reading_place",
        sa.Column("person_id", sa.String(length=16), nullable=False),
        sa.Column("module", sa.String(length=8), nullable=False),
        sa.Column("section", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("furthest", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_revision", sa.Integer(), nullable=True),
        sa.Column("finished_digest", sa.String(length=64), nullable=True),
        sa.CheckConstraint("position >= 1 AND furthest >= position", name=op.f("ck_reading_place_position")),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (finished_revision IS NULL) AND (finished_at IS NULL) = (finished_digest IS NULL)",
            name=op.f("ck_reading_place_finished"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_reading_place_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("person_id", "module", "section", name=op.f("pk_reading_place")),
    )


def downgrade() -> None:
    op.drop_table("reading_place")
