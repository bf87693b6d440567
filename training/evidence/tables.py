"""The only place for the tables of facts and of the erasable texts they point to."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from training.db import Base, Id

DIGEST = String(64)  # SHA-256, hexadecimal


class FactRow(Base):
    """One thing that happened to one person. Triggers refuse any change, any removal and any place but the next."""

    __tablename__ = "fact"
    __table_args__ = (
        UniqueConstraint("person_id", "seq", name="uq_fact_person_id_seq"),
        CheckConstraint("seq >= 1", name="seq"),
        CheckConstraint("form >= 1", name="form"),
    )

    #: Opaque public id.
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    #: Whom it happened to.
    person_id: Mapped[str] = mapped_column(Id, ForeignKey("person.id", ondelete="RESTRICT"))
    #: Place in the person's chain, from 1 without gaps.
    seq: Mapped[int]
    #: What happened; see evidence.domain.Kind.
    kind: Mapped[str] = mapped_column(String(40), index=True)
    #: The authorisation concerned; none for all of them.
    authorisation: Mapped[str | None] = mapped_column(String(40))
    #: The fact this one lifts, voids or confirms.
    about: Mapped[str | None] = mapped_column(Id, ForeignKey("fact.id", ondelete="RESTRICT"), index=True)
    #: When it happened.
    happened_at: Mapped[datetime]
    #: IANA zone in which its calendar days are counted.
    zone: Mapped[str] = mapped_column(String(64))
    #: When it was recorded; never before the previous fact of the person.
    recorded_at: Mapped[datetime]
    #: Who did it; none for the system.
    actor_id: Mapped[str | None] = mapped_column(Id, ForeignKey("person.id", ondelete="RESTRICT"))
    #: Version of the payload's form.
    form: Mapped[int]
    #: The very JSON text that was hashed.
    payload: Mapped[str] = mapped_column(Text)
    #: JSON: what it was made under, name to digest of the published body.
    revisions: Mapped[str] = mapped_column(Text)
    #: JSON: name of an erasable text to its salted digest.
    texts: Mapped[str] = mapped_column(Text)
    #: Idempotency key.
    key: Mapped[str] = mapped_column(String(160), unique=True)
    #: Digest of the person's previous fact; zeros for the first.
    previous: Mapped[str] = mapped_column(DIGEST)
    #: SHA-256 over the canonical form of all of the above.
    digest: Mapped[str] = mapped_column(DIGEST, unique=True)


class FactTextRow(Base):
    """A text a fact points to: a reason, a note. It can be erased (the row deleted) and never changed."""

    __tablename__ = "fact_text"

    #: The fact that holds its salted digest.
    fact_id: Mapped[str] = mapped_column(Id, ForeignKey("fact.id", ondelete="RESTRICT"), primary_key=True)
    #: Which text: reason, way_back, note …
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    #: Random; goes with the text, so that the digest left behind cannot be guessed back.
    salt: Mapped[str] = mapped_column(String(32))
    #: What was written.
    body: Mapped[str] = mapped_column(Text)
