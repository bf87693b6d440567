"""Facts in the database: insert-only, next in their chain, two-person rules, texts; on both engines."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import text

from tests.cast import Cast, make_cast
from tests.chains import BAR, HAPPENED, INSERT, chain, insert, next_link, quizzes, record, refused, suspended, values_of
from training.clearance import service as clearance
from training.db import reading, transaction
from training.evidence import store
from training.evidence.domain import (
    DocumentVerified,
    FoundingConfirmed,
    FoundingProposed,
    Kind,
    SuspensionLifted,
    Voided,
    digest_of,
)
from training.evidence.service import verify


@pytest.fixture
def people(engine_app: Flask) -> Iterator[Cast]:
    """The cast on each engine, inside the app."""
    made = make_cast(engine_app)
    with engine_app.app_context():
        yield made


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
