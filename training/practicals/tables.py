"""The only place for the tables of observations, their ratings, and signed sheets."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from training.db import Base, Id

DIGEST = String(64)  # SHA-256, hexadecimal


class ObservationRow(Base):
    """A sheet being filled in for one person; once signed or closed it never changes again (triggers)."""

    __tablename__ = "observation"
    __table_args__ = (
        # The rule that nobody signs for herself holds in the database, whatever the program does.
        CheckConstraint("assessor_id <> subject_id", name="other"),
        CheckConstraint("state IN ('open', 'signed', 'closed')", name="state"),
        CheckConstraint(
            "(state = 'signed') = (signed_at IS NOT NULL AND signed_digest IS NOT NULL AND fact_id IS NOT NULL)",
            name="signed",
        ),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL AND closed_by IS NOT NULL)", name="closed"),
        Index(
            "uq_observation_open",
            "subject_id",
            "authorisation",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_observation_assessor_state", "assessor_id", "state"),
        Index("ix_observation_site_state", "site_id", "state"),
        Index("ix_observation_subject_authorisation", "subject_id", "authorisation", "started_at"),
    )

    #: Opaque public id.
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    #: Who is observed.
    subject_id: Mapped[str] = mapped_column(Id, ForeignKey("person.id", ondelete="RESTRICT"))
    #: Policy id, as in "ashiatsu-bar".
    authorisation: Mapped[str] = mapped_column(String(40))
    #: The grade this practical is a step to, as the policy had it at the start.
    leads_to: Mapped[str] = mapped_column(String(24))
    #: Sheet key, as in "bar".
    sheet_key: Mapped[str] = mapped_column(String(40))
    #: The published revision being filled in; fixed at the start.
    sheet_revision: Mapped[int]
    #: Digest of that published body.
    sheet_digest: Mapped[str] = mapped_column(DIGEST, ForeignKey("published_body.digest", ondelete="RESTRICT"))
    #: Where.
    site_id: Mapped[str] = mapped_column(Id, ForeignKey("site.id", ondelete="RESTRICT"))
    #: The site's time zone at the start; validity days are counted in it.
    zone: Mapped[str] = mapped_column(String(64))
    #: Who holds the sheet; after signing, who signed.
    assessor_id: Mapped[str] = mapped_column(Id, ForeignKey("person.id", ondelete="RESTRICT"))
    #: Who opened it.
    started_by: Mapped[str] = mapped_column(Id, ForeignKey("person.id", ondelete="RESTRICT"))
    #: When: the moment observed.
    started_at: Mapped[datetime]
    #: open, signed, or closed without a signature.
    state: Mapped[str] = mapped_column(String(8))
    #: Signed at.
    signed_at: Mapped[datetime | None]
    #: Exactly what was signed.
    signed_digest: Mapped[str | None] = mapped_column(DIGEST, ForeignKey("signed_sheet.digest", ondelete="RESTRICT"))
    #: The fact it became.
    fact_id: Mapped[str | None] = mapped_column(Id, ForeignKey("fact.id", ondelete="RESTRICT"))
    #: Closed unsigned at.
    closed_at: Mapped[datetime | None]
    #: By whom.
    closed_by: Mapped[str | None] = mapped_column(Id, ForeignKey("person.id", ondelete="RESTRICT"))
    #: Why.
    closed_reason: Mapped[str | None] = mapped_column(Text)


class ObservationRatingRow(Base):
    """What is noted on one line of a sheet. After signing only the note can go (it is erasable)."""

    __tablename__ = "observation_rating"
    __table_args__ = (
        CheckConstraint("mark IS NULL OR mark IN ('0', '1', '2', '3', 'not_observed')", name="mark"),
        CheckConstraint("tenths IS NULL OR (tenths >= 0 AND tenths <= 6000)", name="tenths"),
        CheckConstraint("revision >= 1", name="revision"),
    )

    #: The sheet.
    observation_id: Mapped[str] = mapped_column(Id, ForeignKey("observation.id", ondelete="RESTRICT"), primary_key=True)
    #: The line, as in "C10".
    criterion: Mapped[str] = mapped_column(String(8), primary_key=True)
    #: Level 0 to 3, or not_observed; none while the line is open.
    mark: Mapped[str | None] = mapped_column(String(12))
    #: A timed line's clock, in tenths of a second.
    tenths: Mapped[int | None]
    #: What the assessor wrote beside it; erasable.
    note: Mapped[str | None] = mapped_column(Text)
    #: Salt of the note's digest in the signed sheet.
    note_salt: Mapped[str | None] = mapped_column(String(32))
    #: How often the line was changed; a writer must name the one she saw.
    revision: Mapped[int]
    #: Who gave the mark.
    rated_by: Mapped[str] = mapped_column(Id, ForeignKey("person.id", ondelete="RESTRICT"))
    #: When the line was last changed.
    rated_at: Mapped[datetime]


class ObservationTakeoverRow(Base):
    """One assessor took an unfinished sheet over from another. Never changed."""

    __tablename__ = "observation_takeover"
    __table_args__ = (
        CheckConstraint("from_id <> to_id", name="other"),
        Index("ix_observation_takeover_observation_at", "observation_id", "at"),
    )

    #: Opaque id.
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    #: The sheet.
    observation_id: Mapped[str] = mapped_column(Id, ForeignKey("observation.id", ondelete="RESTRICT"))
    #: Who held it.
    from_id: Mapped[str] = mapped_column(Id, ForeignKey("person.id", ondelete="RESTRICT"))
    #: Who holds it from then on.
    to_id: Mapped[str] = mapped_column(Id, ForeignKey("person.id", ondelete="RESTRICT"))
    #: When.
    at: Mapped[datetime]


class SignedSheetRow(Base):
    """The canonical text that was signed, by its digest. Never changed; it holds ids and no names or notes."""

    __tablename__ = "signed_sheet"

    #: SHA-256 of the body.
    digest: Mapped[str] = mapped_column(DIGEST, primary_key=True)
    #: The canonical JSON text.
    body: Mapped[str] = mapped_column(Text)
    #: When it was written.
    recorded_at: Mapped[datetime]
