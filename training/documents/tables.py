"""The only place for the table of documents."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from training.db import Base, Id


class DocumentRow(Base):
    """A document as its holder or a manager wrote it down. Decided once; issuer, reference and reason are erasable."""

    __tablename__ = "document"
    __table_args__ = (
        CheckConstraint("kind IN ('licence', 'insurance')", name="kind"),
        CheckConstraint("state IN ('waiting', 'verified', 'sent_back', 'taken_back')", name="state"),
        # Nobody says of her own document that she has seen it.
        CheckConstraint("state NOT IN ('verified', 'sent_back') OR decided_by <> person_id", name="other"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("(state = 'waiting') = (decided_by IS NULL)", name="decided_by"),
        CheckConstraint("(state = 'verified') = (fact_id IS NOT NULL)", name="fact"),
        Index(
            "uq_document_waiting",
            "person_id",
            "kind",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_document_person_added", "person_id", "added_at"),
        Index("ix_document_state_added", "state", "added_at"),
    )

    #: Opaque public id.
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    #: Whose.
    person_id: Mapped[str] = mapped_column(Id, ForeignKey("person.id", ondelete="RESTRICT"))
    #: licence or insurance.
    kind: Mapped[str] = mapped_column(String(16))
    #: Who issued it; personal, erasable.
    issuer: Mapped[str | None] = mapped_column(String(160))
    #: Its number or reference; personal, erasable.
    reference: Mapped[str | None] = mapped_column(String(80))
    #: Printed expiry, inclusive.
    expires_on: Mapped[date]
    #: Who wrote it down.
    added_by: Mapped[str] = mapped_column(Id, ForeignKey("person.id", ondelete="RESTRICT"))
    #: When.
    added_at: Mapped[datetime]
    #: waiting, verified, sent_back, or taken_back by its holder.
    state: Mapped[str] = mapped_column(String(12))
    #: Who decided.
    decided_by: Mapped[str | None] = mapped_column(Id, ForeignKey("person.id", ondelete="RESTRICT"))
    #: When.
    decided_at: Mapped[datetime | None]
    #: Why it was sent back; erasable.
    reason: Mapped[str | None] = mapped_column(Text)
    #: The fact a verification became.
    fact_id: Mapped[str | None] = mapped_column(Id, ForeignKey("fact.id", ondelete="RESTRICT"))
