"""Facts in the database: insert-only, next in their chain, two-person rules, and tampering found; on both engines."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.cast import Cast, make_cast
from training.clearance import service as clearance
from training.db import reading, transaction
from training.evidence import store
from training.evidence.domain import (
    DocumentVerified,
    Fault,
    FoundingConfirmed,
    FoundingProposed,
    Kind,
    Link,
    NewFact,
    Payload,
    QuizPassed,
    Suspended,
    SuspensionLifted,
    Voided,
    digest_of,
)
from training.evidence.service import verify

HAPPENED = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
BAR = "ashiatsu-bar"

#: The triggers that would stop a tamperer who is not the owner of the database.
SQLITE_TRIGGERS = ("kept", "stays", "once", "first", "next", "other_hand", "own_chain", "two_persons", "lift", "void")


@pytest.fixture
def people(engine_app: Flask) -> Iterator[Cast]:
    """The cast on each engine, inside the app."""
    made = make_cast(engine_app)
    with engine_app.app_context():
        yield made


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


# ---- insert-only


def test_a_fact_is_stored_as_it_was_sealed_and_its_chain_holds(people: Cast) -> None:
    quizzes(people.trainee, 3)
    record(
        people.trainee,
        Kind.DOCUMENT_VERIFIED,
        DocumentVerified(document="licence", document_id="d1", expires_on=date(2027, 6, 30)),
        by=people.manager,
        key="doc",
    )
    links = chain(people.trainee)
    assert [link.seq for link in links] == [1, 2, 3, 4]
    assert all(digest_of(link) == link.digest for link in links)
    found = verify(reading())
    assert (found.people, found.facts, found.broken) == (1, 4, ())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE fact SET payload = '{}'",
        "UPDATE fact SET recorded_at = recorded_at",
        "UPDATE fact SET seq = seq + 10",
        "DELETE FROM fact",
        "DELETE FROM fact WHERE seq = 2",
    ],
)
def test_facts_are_neither_changed_nor_removed(people: Cast, statement: str) -> None:
    quizzes(people.trainee, 2)
    assert "insert-only" in refused(statement)
    assert len(chain(people.trainee)) == 2


def test_the_table_is_not_emptied_on_postgresql(people: Cast) -> None:
    quizzes(people.trainee, 1)
    if reading().get_bind().dialect.name == "sqlite":
        assert "insert-only" in refused("DELETE FROM fact")  # SQLite knows no TRUNCATE
    else:
        assert "insert-only" in refused("TRUNCATE fact CASCADE")
        assert "never changed" in refused("TRUNCATE fact_text")
    assert len(chain(people.trainee)) == 1


@pytest.mark.parametrize("taken", ["id", "key", "seq", "digest"])
def test_no_insert_takes_the_place_of_a_fact(people: Cast, taken: str) -> None:
    quizzes(people.trainee, 2)
    first = chain(people.trainee)[0]
    link = next_link(people.trainee, Kind.QUIZ_PASSED, by=people.trainee)
    link = replace(link, **{taken: getattr(first, taken)})
    if taken != "digest":
        link = replace(link, digest=digest_of(link))
    if reading().get_bind().dialect.name == "sqlite":
        ways = ["", " OR REPLACE", " OR IGNORE"]
    else:
        ways = [""]
        upsert = INSERT.replace("{how}", "") + " ON CONFLICT (id) DO UPDATE SET payload = 'x'"
        assert "on record already" in refused(upsert, **values_of(link))
    # A taken place is not the next one either; which of two triggers speaks first is SQLite's choice.
    words = ("on record already", "follows the last one") if taken == "seq" else ("on record already",)
    for how in ways:
        said = insert(link, how)
        assert any(word in said for word in words), said
    assert chain(people.trainee)[0] == first
    assert len(chain(people.trainee)) == 2


def test_a_fact_is_only_ever_the_next_of_its_chain(people: Cast) -> None:
    quizzes(people.trainee, 2)
    good = next_link(people.trainee, Kind.QUIZ_PASSED, by=people.trainee)
    first = chain(people.trainee)[0]
    assert "follows the last one" in insert(replace(good, seq=7))
    assert "follows the last one" in insert(replace(good, previous=first.digest))
    assert "follows the last one" in insert(replace(good, recorded_at=HAPPENED))
    elsewhere = replace(good, person_id=people.stranger, actor_id=people.stranger)
    assert "begins with fact 1" in insert(elsewhere)
    assert "begins with fact 1" in insert(replace(elsewhere, seq=1))


def test_people_with_facts_are_not_deleted(people: Cast) -> None:
    quizzes(people.trainee, 1)
    with transaction() as session:
        session.execute(text("DELETE FROM membership"))
    assert "foreign key" in refused("DELETE FROM person").lower()


# ---- what the database refuses whatever the program does


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.QUIZ_PASSED])
@pytest.mark.parametrize("by", ["herself", "nobody"])
def test_nobody_records_the_acts_of_others_about_herself(people: Cast, kind: Kind, by: str) -> None:
    (quiz,) = quizzes(people.trainee, 1)
    suspension = suspended(people)
    proposed = Kind.FOUNDING_PROPOSED
    proposal = record(people.trainee, proposed, FoundingProposed(), by=people.manager, key="p", authorisation=BAR)
    about = {Kind.SUSPENSION_LIFTED: suspension, Kind.FOUNDING_CONFIRMED: proposal}.get(kind, quiz)
    actor = people.trainee if by == "herself" else None
    said = insert(next_link(people.trainee, kind, by=actor, about=about))
    # Nobody is no second person either; which of two triggers speaks first is SQLite's choice.
    assert "about herself" in said or (by == "nobody" and "second person" in said)


def test_a_fact_is_not_about_somebody_elses(people: Cast) -> None:
    quizzes(people.trainee, 1)
    (foreign,) = quizzes(people.stranger, 1)
    link = next_link(people.trainee, Kind.VOIDED, by=people.manager, about=foreign)
    assert "same person" in insert(link)
    assert insert(replace(link, about="nothing000000000"))


def test_a_founding_is_confirmed_by_a_second_person_about_its_own_proposal(people: Cast) -> None:
    proposal = record(
        people.senior, Kind.FOUNDING_PROPOSED, FoundingProposed(), by=people.manager, key="p", authorisation=BAR
    )
    (quiz,) = quizzes(people.senior, 1)
    confirm = Kind.FOUNDING_CONFIRMED
    assert "second person" in insert(next_link(people.senior, confirm, by=people.manager, about=proposal))
    assert "second person" in insert(next_link(people.senior, confirm, by=people.administrator, about=quiz))
    assert "second person" in insert(next_link(people.senior, confirm, by=people.administrator, about=None))
    other = next_link(people.senior, confirm, by=people.administrator, about=proposal, authorisation="chavutti-rope")
    assert "second person" in insert(other)
    record(
        people.senior,
        confirm,
        FoundingConfirmed(),
        by=people.administrator,
        key="c",
        about=proposal,
        authorisation=BAR,
    )
    assert verify(reading()).broken == ()


def test_a_lift_names_its_suspension_and_a_serious_one_needs_a_second_person(people: Cast) -> None:
    ordinary, serious = suspended(people), suspended(people, serious=True, key="s2")
    (quiz,) = quizzes(people.trainee, 1)
    lift = Kind.SUSPENSION_LIFTED
    assert "names the suspension" in insert(next_link(people.trainee, lift, by=people.administrator, about=quiz))
    assert "names the suspension" in insert(next_link(people.trainee, lift, by=people.administrator, about=None))
    assert "second person" in insert(next_link(people.trainee, lift, by=people.manager, about=serious))
    scope = next_link(people.trainee, lift, by=people.administrator, about=ordinary, authorisation=None)
    assert "names the suspension" in insert(scope)
    record(people.trainee, lift, SuspensionLifted(), by=people.manager, key="l1", about=ordinary, authorisation=BAR)
    record(
        people.trainee, lift, SuspensionLifted(), by=people.administrator, key="l2", about=serious, authorisation=BAR
    )


def test_a_void_takes_away_neither_a_suspension_nor_a_void(people: Cast) -> None:
    suspension = suspended(people)
    (quiz,) = quizzes(people.trainee, 1)
    void = record(people.trainee, Kind.VOIDED, Voided(), by=people.manager, key="v", about=quiz)
    for about in (suspension, void, None):
        assert "neither a suspension nor a void" in insert(
            next_link(people.trainee, Kind.VOIDED, by=people.manager, about=about)
        )


# ---- texts


def test_texts_are_kept_beside_the_fact_and_can_be_erased_without_breaking_the_chain(people: Cast) -> None:
    fact_id = suspended(people)
    assert clearance.texts_of(reading(), [fact_id]) == {
        fact_id: {"reason": "Worked without a bar", "way_back": "Talk to Rosa"}
    }
    assert verify(reading()).texts == 2
    (link,) = chain(people.trainee)
    assert "bar" not in link.payload + link.texts.replace(BAR, "")
    assert "Worked" not in link.texts
    with transaction() as session:
        assert store.erase_texts(session, people.trainee) == 2
    assert clearance.texts_of(reading(), [fact_id]) == {}
    found = verify(reading())
    assert (found.texts, found.broken) == (0, ())


def test_texts_are_never_changed(people: Cast) -> None:
    fact_id = suspended(people)
    assert "never changed" in refused("UPDATE fact_text SET body = 'nothing'")
    if reading().get_bind().dialect.name == "sqlite":
        replaced = "INSERT OR REPLACE INTO fact_text (fact_id, name, salt, body) VALUES (:id, 'reason', 's', 'nothing')"
        assert "never changed" in refused(replaced, id=fact_id)


# ---- tampering with the power of the database's owner


def drop_triggers(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        for name in SQLITE_TRIGGERS:
            session.execute(text(f"DROP TRIGGER fact_{name}"))
        for name in ("kept", "once"):
            session.execute(text(f"DROP TRIGGER fact_text_{name}"))
    else:
        session.execute(text("ALTER TABLE fact DISABLE TRIGGER USER"))
        session.execute(text("ALTER TABLE fact_text DISABLE TRIGGER USER"))


def test_the_list_of_triggers_is_whole(people: Cast) -> None:
    if reading().get_bind().dialect.name == "sqlite":
        names = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('fact', 'fact_text')"
        expected = {f"fact_{name}" for name in SQLITE_TRIGGERS} | {"fact_text_kept", "fact_text_once"}
    else:
        tables = "SELECT oid FROM pg_class WHERE relname IN ('fact', 'fact_text')"
        names = f"SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid IN ({tables})"
        expected = {"fact_kept", "fact_never_emptied", "fact_checked", "fact_text_kept", "fact_text_never_emptied"}
    assert set(reading().scalars(text(names))) == expected


def tamper(*statements: str) -> None:
    with transaction() as session:
        drop_triggers(session)
    with transaction() as session:
        for statement in statements:
            session.connection().exec_driver_sql(statement)


def _edit(_links: tuple[Link, ...]) -> list[str]:
    return ["UPDATE fact SET payload = replace(payload, '9', '8') WHERE seq = 3"]


def _edit_moment(_links: tuple[Link, ...]) -> list[str]:
    return ["UPDATE fact SET happened_at = '2026-05-01 09:00:00.000000' WHERE seq = 3"]


def _edit_and_seal_anew(links: tuple[Link, ...]) -> list[str]:
    edited = replace(links[2], payload=links[2].payload.replace("9", "8"))
    return [f"UPDATE fact SET payload = '{edited.payload}', digest = '{digest_of(edited)}' WHERE seq = 3"]


def _remove(_links: tuple[Link, ...]) -> list[str]:
    return ["DELETE FROM fact WHERE seq = 3"]


def _remove_and_move_up(_links: tuple[Link, ...]) -> list[str]:
    return ["DELETE FROM fact WHERE seq = 3", *(f"UPDATE fact SET seq = {n - 1} WHERE seq = {n}" for n in (4, 5))]


def _swap(_links: tuple[Link, ...]) -> list[str]:
    moves = ((3, 99), (4, 3), (99, 4))
    return [f"UPDATE fact SET seq = {to} WHERE seq = {was}" for was, to in moves]


def _insert(links: tuple[Link, ...]) -> list[str]:
    link = replace(links[1], id="forged0000000000", key="forged", seq=3, previous=links[1].digest)
    link = replace(link, digest=digest_of(link))
    columns = (
        f"'{link.id}', person_id, 3, kind, authorisation, about, happened_at, zone, recorded_at, actor_id, form, "
        f"payload, revisions, texts, '{link.key}', '{link.previous}', '{link.digest}'"
    )
    moves = [f"UPDATE fact SET seq = {n + 1} WHERE seq = {n}" for n in (5, 4, 3)]
    return [*moves, f"INSERT INTO fact SELECT {columns} FROM fact WHERE seq = 2"]


@pytest.mark.parametrize(
    ("how", "fault", "seq"),
    [
        (_edit, Fault.EDITED, 3),
        (_edit_moment, Fault.EDITED, 3),
        (_edit_and_seal_anew, Fault.EDITED, 3),
        (_remove, Fault.REMOVED, 3),
        (_remove_and_move_up, Fault.REMOVED, 3),
        (_swap, Fault.SWAPPED, 3),
        (_insert, Fault.INSERTED, 3),
    ],
)
def test_tampering_behind_the_applications_back_is_found_and_named(
    people: Cast, how: Callable[[tuple[Link, ...]], list[str]], fault: Fault, seq: int
) -> None:
    quizzes(people.trainee, 5)
    links = chain(people.trainee)
    tamper(*how(links))
    (found,) = verify(reading()).broken
    assert (found.person_id, found.fault, found.seq) == (people.trainee, fault, seq)
    assert (
        found.fact_id
        == {
            Fault.EDITED: links[2].id,
            Fault.REMOVED: None,
            Fault.SWAPPED: links[3].id,
            Fault.INSERTED: "forged0000000000",
        }[fault]
    )


def test_a_broken_chain_is_found_among_whole_ones_and_does_not_hide_a_second(people: Cast) -> None:
    for person in (people.trainee, people.senior, people.stranger):
        quizzes(person, 3)
    tamper(
        f"UPDATE fact SET zone = 'UTC' WHERE seq = 2 AND person_id = '{people.trainee}'",
        f"DELETE FROM fact WHERE seq = 2 AND person_id = '{people.stranger}'",
    )
    found = verify(reading())
    assert (found.people, found.facts) == (3, 8)
    assert {one.person_id for one in found.broken} == {people.trainee, people.stranger}


def test_a_text_changed_behind_the_applications_back_is_found(people: Cast) -> None:
    suspended(people)
    tamper("UPDATE fact_text SET body = 'Nothing happened' WHERE name = 'reason'")
    (found,) = verify(reading()).broken
    assert found.fault is Fault.TEXT_EDITED
    assert "reason" in found.sentence


def test_a_moment_damaged_beyond_reading_is_named_and_does_not_stop_the_walk(app: Flask) -> None:
    """On SQLite alone: PostgreSQL takes only moments into a column of moments."""
    cast = make_cast(app)
    with app.app_context():
        quizzes(cast.trainee, 3)
        tamper("UPDATE fact SET recorded_at = 'long ago', form = 'x', payload = x'ff00' WHERE seq = 2")
        (found,) = verify(reading()).broken
        assert (found.seq, found.fault) == (2, Fault.EDITED)


def test_whose_chain_is_broken_is_not_cleared_and_is_told_why(people: Cast) -> None:
    quizzes(people.trainee, 3)
    tamper("DELETE FROM fact WHERE seq = 2")
    at = datetime(2030, 1, 1, tzinfo=UTC)
    got = clearance.standing_of(reading(), person_id=people.trainee, authorisation=BAR, at=at, known_at=at)
    assert not got.may_work
    assert "Fact 2 was removed." in got.sentence
