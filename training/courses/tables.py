"""The only place for the tables of published editions and of where each person is reading."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from training.db import Base, Id


class PublishedBodyRow(Base):
    """What was published, once per distinct content. Triggers refuse any change."""

    __tablename__ = "published_body"

    #: SHA-256 of the text, hexadecimal.
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: Canonical JSON.
    body: Mapped[str] = mapped_column(Text)


class PublicationRow(Base):
    """One revision of one thing, from a moment on. Triggers refuse any change."""

    __tablename__ = "publication"
    __table_args__ = (
        UniqueConstraint("kind", "key", "revision"),
        CheckConstraint(
            "kind IN ('module', 'bank', 'map', 'sources', 'numbers', 'policy', 'sheet')",
            name="kind",
        ),
        CheckConstraint("change IN ('editorial', 'minor', 'major')", name="change"),
        CheckConstraint("revision >= 1", name="revision"),
    )

    #: Opaque id.
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    #: module, bank, map, sources, numbers, policy or sheet.
    kind: Mapped[str] = mapped_column(String(16))
    #: Which one of its kind: `M3`, `bar`.
    key: Mapped[str] = mapped_column(String(40))
    #: Counts up with every change of the body.
    revision: Mapped[int]
    #: What it asks of people who knew the one before: editorial, minor or major.
    change: Mapped[str] = mapped_column(String(12))
    #: Of the body.
    digest: Mapped[str] = mapped_column(ForeignKey("published_body.digest", ondelete="RESTRICT"))
    #: In force from this moment.
    published_at: Mapped[datetime]
    #: By whom; none for the command line and the demo.
    published_by: Mapped[str | None] = mapped_column(Id, ForeignKey("person.id", ondelete="RESTRICT"))
    #: Why.
    reason: Mapped[str] = mapped_column(Text)


class ReadingPlaceRow(Base):
    """Where one person is in one section. The page reports it; no page view writes it."""

    __tablename__ = "reading_place"
    __table_args__ = (
        CheckConstraint("position >= 1 AND furthest >= position", name="position"),
        CheckConstraint(
            "(finished_at IS NULL) = (finished_revision IS NULL) AND (finished_at IS NULL) = (finished_digest IS NULL)",
            name="finished",
        ),
    )

    #: Who reads.
    person_id: Mapped[str] = mapped_column(Id, ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    #: The module's id.
    module: Mapped[str] = mapped_column(String(8), primary_key=True)
    #: The section's id within the module.
    section: Mapped[str] = mapped_column(String(60), primary_key=True)
    #: The block she was at last, counted from 1.
    position: Mapped[int]
    #: The furthest block she has been at.
    furthest: Mapped[int]
    #: Last reported at.
    updated_at: Mapped[datetime]
    #: Read to the end at; kept when she reads it again.
    finished_at: Mapped[datetime | None]
    #: The module's revision she last read to the end.
    finished_revision: Mapped[int | None]
    #: The section's own digest at that revision: tells whether it has changed since.
    finished_digest: Mapped[str | None] = mapped_column(String(64))
