"""clearance"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.String(length=16)
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "clearance_period",
        sa.Column("id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("authorisation", sa.String(length=40), nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("known_from", _MOMENT, nullable=False),
        sa.Column("known_until", _MOMENT, nullable=False),
        sa.Column("edition", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("may_work", sa.Boolean(), nullable=False),
        sa.Column("grade", sa.String(length=40), nullable=True),
        sa.Column("load_cap", sa.String(length=4), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("valid_through", sa.Date(), nullable=True),
        sa.Column("assessor", sa.Boolean(), nullable=False),
        sa.CheckConstraint("known_from < known_until", name=op.f("ck_clearance_period_known")),
        sa.CheckConstraint(
            "may_work = (grade IS NOT NULL AND load_cap IS NOT NULL)", name=op.f("ck_clearance_period_grade")
        ),
        sa.CheckConstraint(
            "may_work = (status IN ('cleared', 'renewal_due'))", name=op.f("ck_clearance_period_may_work")
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_clearance_period_period")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_clearance_period_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearance_period")),
        sa.UniqueConstraint("person_id", "authorisation", "starts_at", "known_from", name="uq_clearance_period_start"),
    )
    op.create_index(
        "ix_clearance_period_believed", "clearance_period", ["authorisation", "known_until", "status"], unique=False
    )
    op.create_table(
        "clearance_state",
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_clearance_state_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_clearance_state")),
    )


def downgrade() -> None:
    op.drop_table("clearance_state")
    op.drop_index("ix_clearance_period_believed", table_name="clearance_period")
    op.drop_table("clearance_period")
