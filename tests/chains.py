"""The only place that puts facts into a database by the door and by hand, for the tests of its rules."""

from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.cast import Cast
from training.clearance import service as clearance
from training.db import reading, transaction
from training.evidence import store
from training.evidence.domain import (
    Kind,
    Link,
    NewFact,
    Payload,
    QuizPassed,
    Suspended,
    digest_of,
)

HAPPENED = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
BAR = "ashiatsu-bar"


def record(
    person_id: str,
    kind: Kind,
    payload: Payload,
    *,
    by: str | None,
    key: str,
    about: str | None = None,
    authorisation: str | None = None,
    texts: dict[str, str] | None = None,
) -> str:
    with transaction() as session:
        new = NewFact(
            person_id=person_id,
            kind=kind,
            authorisation=authorisation,
            about=about,
            happened_at=HAPPENED,
            zone="Europe/London",
            actor_id=by,
            payload=payload,
            key=key,
            texts=texts or {},
        )
        return clearance.record(session, new).fact.id


def quizzes(person_id: str, count: int) -> list[str]:
    return [
        record(
            person_id,
            Kind.QUIZ_PASSED,
            QuizPassed(module=f"M{number}", attempt_id=f"attempt{number}", number=1, score=9, available=10),
            by=person_id,
            key=f"quiz:{person_id}:{number}",
        )
        for number in range(1, count + 1)
    ]


def suspended(people: Cast, *, serious: bool = False, key: str = "s1") -> str:
    return record(
        people.trainee,
        Kind.SUSPENDED,
        Suspended(serious=serious),
        by=people.manager,
        key=key,
        authorisation=BAR,
        texts={"reason": "Worked without a bar", "way_back": "Talk to Rosa"},
    )


def refused(statement: str, **values: object) -> str:
    """The database's own words when it refuses a statement; the test fails when it does not."""
    with pytest.raises(DBAPIError) as caught, transaction() as session:
        session.execute(text(statement), values)
    return str(caught.value.orig)


def chain(person_id: str) -> tuple[Link, ...]:
    with suppress(Exception):
        reading().rollback()
    return store.chain_of(reading(), person_id)


def next_link(person_id: str, kind: Kind, *, by: str | None, about: str | None = None, **changes: object) -> Link:
    """A fact made by hand with everything right: seq, predecessor, digest."""
    last = chain(person_id)[-1]
    link = replace(
        last,
        id="forged0000000000",
        seq=last.seq + 1,
        kind=kind.value,
        authorisation=BAR,
        about=about,
        actor_id=by,
        payload="{}",
        key="forged",
        previous=last.digest,
    )
    link = replace(link, **changes)  # type: ignore[arg-type]
    return replace(link, digest=digest_of(link))


INSERT = (
    "INSERT{how} INTO fact (id, person_id, seq, kind, authorisation, about, happened_at, zone, recorded_at, actor_id, "
    "form, payload, revisions, texts, key, previous, digest) VALUES (:id, :person_id, :seq, :kind, :authorisation, "
    ":about, :happened_at, :zone, :recorded_at, :actor_id, :form, :payload, :revisions, :texts, :key, :previous, "
    ":digest)"
)


def values_of(link: Link) -> dict[str, object]:
    values = asdict(link)
    if reading().get_bind().dialect.name == "sqlite":
        for name in ("happened_at", "recorded_at"):
            values[name] = values[name].strftime("%Y-%m-%d %H:%M:%S.%f")
    return values


def insert(link: Link, how: str = "") -> str:
    return refused(INSERT.replace("{how}", how), **values_of(link))
