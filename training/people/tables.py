"""The only place for the tables of persons, sites, memberships, invitations and sessions."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from training.db import Base, Id

TOKEN = String(64)  # SHA-256, hexadecimal


class SiteRow(Base):
    """A place of work."""

    __tablename__ = "site"

    #: Opaque public id.
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    #: As people say it.
    name: Mapped[str] = mapped_column(String(120), unique=True)
    #: IANA time zone id; validity dates are read in it.
    zone: Mapped[str] = mapped_column(String(64))


class PersonRow(Base):
    """Somebody Footing knows. Never deleted; facts refer to the id alone."""

    __tablename__ = "person"

    #: Opaque public id.
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    #: As shown.
    name: Mapped[str] = mapped_column(String(120))
    #: The name folded for searching and ordering.
    name_key: Mapped[str] = mapped_column(String(120), index=True)
    #: In the one normal form.
    email: Mapped[str] = mapped_column(String(254), unique=True)
    #: Argon2id; none until the invitation was taken.
    password_hash: Mapped[str | None] = mapped_column(Text)
    #: Wrong passwords in a row at signing.
    signing_failures: Mapped[int] = mapped_column(default=0)
    #: Signing is closed until then.
    signing_locked_until: Mapped[datetime | None]
    #: When the person was first known here.
    created_at: Mapped[datetime]


class MembershipRow(Base):
    """A role at a site. Closed once, never otherwise changed."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("role IN ('therapist', 'senior', 'manager', 'administrator')", name="role"),
        CheckConstraint("(role = 'administrator') = (site_id IS NULL)", name="site"),
        CheckConstraint("until_at IS NULL OR until_at >= from_at", name="order"),
        Index("ix_membership_site_person", "site_id", "person_id"),
    )

    #: Opaque id.
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    #: Whose.
    person_id: Mapped[str] = mapped_column(Id, ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    #: Where; none for an administrator: the whole organisation.
    site_id: Mapped[str | None] = mapped_column(Id, ForeignKey("site.id", ondelete="RESTRICT"))
    #: therapist, senior, manager or administrator.
    role: Mapped[str] = mapped_column(String(16))
    #: In force from this moment.
    from_at: Mapped[datetime]
    #: In force until this moment (not including it).
    until_at: Mapped[datetime | None]
    #: When it was written down.
    recorded_at: Mapped[datetime]
    #: When its end was written down.
    closed_at: Mapped[datetime | None]
    #: Who wrote it down; none for the system.
    recorded_by: Mapped[str | None] = mapped_column(Id, ForeignKey("person.id", ondelete="RESTRICT"))


class MainTrainerRow(Base):
    """Who mainly trains a person, from a moment on; the latest row counts."""

    __tablename__ = "main_trainer"
    __table_args__ = (
        CheckConstraint("trainer_id IS NULL OR trainer_id <> trainee_id", name="other"),
        Index("ix_main_trainer_trainee_from", "trainee_id", "from_at"),
    )

    #: Opaque id.
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    #: Who is trained.
    trainee_id: Mapped[str] = mapped_column(Id, ForeignKey("person.id", ondelete="RESTRICT"))
    #: By whom; none says explicitly that nobody does.
    trainer_id: Mapped[str | None] = mapped_column(Id, ForeignKey("person.id", ondelete="RESTRICT"))
    #: From this moment.
    from_at: Mapped[datetime]
    #: When it was written down.
    recorded_at: Mapped[datetime]
    #: By whom.
    recorded_by: Mapped[str | None] = mapped_column(Id, ForeignKey("person.id", ondelete="RESTRICT"))


class InvitationRow(Base):
    """A one-time link to join."""

    __tablename__ = "invitation"

    #: Opaque id.
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    #: SHA-256 of the token in the link; the token itself is shown once.
    token_hash: Mapped[str] = mapped_column(TOKEN, unique=True)
    #: For whom.
    email: Mapped[str] = mapped_column(String(254))
    #: Name as the inviter wrote it; the person may correct it.
    name: Mapped[str] = mapped_column(String(120))
    #: The membership it gives.
    role: Mapped[str] = mapped_column(String(16))
    #: Its site; none for an administrator.
    site_id: Mapped[str | None] = mapped_column(Id, ForeignKey("site.id", ondelete="RESTRICT"))
    #: Made at.
    created_at: Mapped[datetime]
    #: By whom; none for `training init`.
    created_by: Mapped[str | None] = mapped_column(Id, ForeignKey("person.id", ondelete="RESTRICT"))
    #: Good until then.
    expires_at: Mapped[datetime]
    #: Taken at; once.
    used_at: Mapped[datetime | None]


class WebSessionRow(Base):
    """A signed-in browser. Signing out, a changed password or an ended membership ends it here."""

    __tablename__ = "web_session"

    #: Opaque id.
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    #: SHA-256 of the cookie.
    token_hash: Mapped[str] = mapped_column(TOKEN, unique=True)
    #: Whose.
    person_id: Mapped[str] = mapped_column(Id, ForeignKey("person.id", ondelete="CASCADE"), index=True)
    #: The person said that the device is hers alone.
    own_device: Mapped[bool]
    #: Signed in at.
    started_at: Mapped[datetime]
    #: Last request, to the minute.
    seen_at: Mapped[datetime]
    #: Ended at.
    ended_at: Mapped[datetime | None]


class DeviceRow(Base):
    """A browser that this person signed in on before; strangers' failures do not close it to her."""

    __tablename__ = "device"

    #: SHA-256 of the device cookie.
    token_hash: Mapped[str] = mapped_column(TOKEN, primary_key=True)
    #: Whose.
    person_id: Mapped[str] = mapped_column(Id, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    #: Last signed in on it.
    seen_at: Mapped[datetime]


class SignInFailureRow(Base):
    """A try to sign in that has not succeeded; counted in a sliding window."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (
        Index("ix_sign_in_failure_account_at", "account_key", "at"),
        Index("ix_sign_in_failure_peer_at", "peer_key", "at"),
    )

    #: Opaque id.
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    #: SHA-256 of the address tried, known or not; of address and device on a known device.
    account_key: Mapped[str] = mapped_column(TOKEN)
    #: SHA-256 of the peer's network address.
    peer_key: Mapped[str] = mapped_column(TOKEN)
    #: When.
    at: Mapped[datetime]
