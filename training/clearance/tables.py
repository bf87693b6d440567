"""The only place for the tables of the period cache: what lists show; pages about one person ask the function."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from training.db import Base, Id


class ClearancePeriodRow(Base):
    """A stretch of time with one answer, as it was believed over some time. No row means no."""

    __tablename__ = "clearance_period"
    __table_args__ = (
        UniqueConstraint("person_id", "authorisation", "starts_at", "known_from", name="uq_clearance_period_start"),
        CheckConstraint("starts_at < ends_at", name="period"),
        CheckConstraint("known_from < known_until", name="known"),
        CheckConstraint("may_work = (status IN ('cleared', 'renewal_due'))", name="may_work"),
        CheckConstraint("may_work = (grade IS NOT NULL AND load_cap IS NOT NULL)", name="grade"),
        Index("ix_clearance_period_believed", "authorisation", "known_until", "status"),
    )

    #: Opaque id.
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    #: Whose.
    person_id: Mapped[str] = mapped_column(Id, ForeignKey("person.id", ondelete="RESTRICT"))
    #: For what.
    authorisation: Mapped[str] = mapped_column(String(40))
    #: True from this instant …
    starts_at: Mapped[datetime]
    #: … and before this one; the end of time for "open".
    ends_at: Mapped[datetime]
    #: Believed from this instant …
    known_from: Mapped[datetime]
    #: … and before this one; the end of time for "still".
    known_until: Mapped[datetime]
    #: Revision of the policy in force when it starts.
    edition: Mapped[int | None]
    #: See clearance.domain.Status; "none" is not stored.
    status: Mapped[str] = mapped_column(String(16))
    #: The answer.
    may_work: Mapped[bool]
    #: The grade held, while working.
    grade: Mapped[str | None] = mapped_column(String(40))
    #: L1, L2 or L3, while working.
    load_cap: Mapped[str | None] = mapped_column(String(4))
    #: JSON list of sentences.
    conditions: Mapped[str] = mapped_column(Text)
    #: The last day, inclusive.
    valid_through: Mapped[date | None]
    #: Holds the right to sign.
    assessor: Mapped[bool]


class ClearanceStateRow(Base):
    """What the cached periods of a person were made from."""

    __tablename__ = "clearance_state"

    #: Whose.
    person_id: Mapped[str] = mapped_column(Id, ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    #: The last fact that went in.
    last_seq: Mapped[int]
    #: The newest policy revision that went in; none before the first publication.
    edition: Mapped[int | None]
