"""The only place for the tables of attempts, their answers, and released rounds."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from training.db import Base, Id


class AttemptRow(Base):
    """One sitting of one quiz. What was drawn is written once; the outcome is written once, at submission."""

    __tablename__ = "attempt"
    __table_args__ = (
        # The limit holds whatever the application believes: numbers do not repeat and do not pass the limit.
        UniqueConstraint("person_id", "quiz", "cycle", "number"),
        CheckConstraint("number BETWEEN 1 AND attempt_limit", name="limit"),
        CheckConstraint("cycle >= 1", name="cycle"),
        CheckConstraint(
            "(submitted_at IS NULL) = (score IS NULL) AND (submitted_at IS NULL) = (passed IS NULL)"
            " AND (submitted_at IS NULL) = (must_know_right IS NULL)",
            name="outcome",
        ),
        CheckConstraint("score BETWEEN 0 AND available", name="score"),
        CheckConstraint("must_know_right BETWEEN 0 AND must_know_available", name="must_know"),
        Index(
            "uq_attempt_live",
            "person_id",
            "quiz",
            unique=True,
            sqlite_where=text("submitted_at IS NULL"),
            postgresql_where=text("submitted_at IS NULL"),
        ),
        Index(
            "uq_attempt_pass",
            "person_id",
            "quiz",
            "cycle",
            unique=True,
            sqlite_where=text("passed"),
            postgresql_where=text("passed"),
        ),
    )

    #: Opaque public id.
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    #: Who sits it.
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    #: The module's id.
    quiz: Mapped[str] = mapped_column(String(8))
    #: The round, from 1.
    cycle: Mapped[int]
    #: The try within the round, from 1.
    number: Mapped[int]
    #: How many tries a round had when this one began.
    attempt_limit: Mapped[int]
    #: What the draw was seeded with; with the editions it replays the attempt.
    seed: Mapped[str] = mapped_column(String(64))
    #: The questions in order: item id, version and option order, as JSON.
    drawn: Mapped[str] = mapped_column(Text)
    #: The published editions it is shown and marked by, as JSON: "bank:M3" → digest.
    revisions: Mapped[str] = mapped_column(Text)
    #: How many questions there are.
    available: Mapped[int]
    #: How many of them are must-know.
    must_know_available: Mapped[int]
    #: When it began.
    started_at: Mapped[datetime]
    #: When it was submitted; none while it is open.
    submitted_at: Mapped[datetime | None]
    #: How many were right.
    score: Mapped[int | None]
    #: How many must-know questions were right.
    must_know_right: Mapped[int | None]
    #: Whether it was passed.
    passed: Mapped[bool | None]


class AttemptAnswerRow(Base):
    """One answer as it was given last. Nothing is written here after submission."""

    __tablename__ = "attempt_answer"
    __table_args__ = (CheckConstraint("place >= 1", name="place"),)

    #: The attempt.
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id", ondelete="RESTRICT"), primary_key=True)
    #: The question's place in the attempt, from 1.
    place: Mapped[int] = mapped_column(primary_key=True)
    #: What was chosen, in the item's own ids, as a JSON list; [] is an answer taken back.
    given: Mapped[str] = mapped_column(Text)
    #: When it was saved.
    saved_at: Mapped[datetime]


class QuizReleaseRow(Base):
    """A used-up round closed by somebody else, so that the next one opens."""

    __tablename__ = "quiz_release"
    __table_args__ = (
        UniqueConstraint("person_id", "quiz", "cycle"),
        CheckConstraint("released_by <> person_id", name="other"),
        CheckConstraint("cycle >= 1", name="cycle"),
    )

    #: Opaque id.
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    #: Whose round.
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    #: The module's id.
    quiz: Mapped[str] = mapped_column(String(8))
    #: The round that is closed.
    cycle: Mapped[int]
    #: Who released it; never the person herself.
    released_by: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    #: Why, in the releaser's words.
    reason: Mapped[str] = mapped_column(Text)
    #: When.
    released_at: Mapped[datetime]
