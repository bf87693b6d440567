"""The register on both engines: everybody, narrowed, paged, now and as of any date."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import event, text

from tests import records
from tests.cast import Cast
from tests.histories import BAR, LATE, TICK
from tests.records import FakeClock, standing, suspend
from training import clock
from training.clearance import service as clearance
from training.clearance.domain import Status
from training.db import reading, transaction


def row(person_id: str, **changes: object) -> clearance.RegisterRow:
    page = register(**changes)
    return next(one for one in page.rows if one.person_id == person_id)


def register(**changes: object) -> clearance.RegisterPage:
    asked = {"sites": None, "at": clock.now(), "known_at": clock.now(), **changes}
    return clearance.register_page(reading(), **asked)  # type: ignore[arg-type]


def names(page: clearance.RegisterPage) -> list[str]:
    return [one.name for one in page.rows]


def test_the_register_lists_who_works_on_clients_with_their_answers(spa: Cast, ticking: FakeClock) -> None:
    records.clear(spa, spa.trainee)
    records.found(spa, spa.senior)
    ticking.forward(days=1)
    page = register()
    assert names(page) == ["Lena Brandt", "Milo Costa", "Priya Nair", "Tolu Adeyemi"]
    assert (page.total, page.pages, page.first, page.last) == (4, 1, 1, 4)
    priya = row(spa.trainee)
    assert (priya.sites, priya.left_at) == ("Riverside", None)
    assert (priya.cells[BAR].grade, priya.cells[BAR].load_cap) == ("provisional", "L2")
    assert priya.cells[BAR].told == "through 10 Jul 2026"
    assert row(spa.senior).cells[BAR].assessor
    assert row(spa.stranger).cells == {}


def test_the_register_is_narrowed_by_site_name_status_and_authorisation(spa: Cast, ticking: FakeClock) -> None:
    records.clear(spa, spa.trainee)
    records.quiz(spa.stranger, "M3")
    ticking.forward(days=1)
    assert names(register(sites=frozenset({spa.old_town}))) == ["Milo Costa"]
    assert names(register(sites=frozenset())) == []
    assert names(register(find="priya")) == ["Priya Nair"]
    assert names(register(find="COSTA")) == ["Milo Costa"]
    assert names(register(find="milo@spa")) == ["Milo Costa"]
    assert names(register(find="%")) == []
    assert names(register(find="_")) == []
    assert names(register(status="cleared")) == ["Priya Nair"]
    assert names(register(status="cleared", authorisation=BAR)) == ["Priya Nair"]
    assert names(register(status="cleared", authorisation="chavutti-rope")) == []
    assert names(register(status="in_training")) == ["Milo Costa"]
    assert names(register(status="none")) == ["Lena Brandt", "Tolu Adeyemi"]
    assert names(register(status="none", authorisation="chavutti-rope")) == names(register())
    assert names(register(status="no such word")) == []


def test_the_register_as_of_a_date_and_as_known_on_a_date(spa: Cast, ticking: FakeClock) -> None:
    records.clear(spa, spa.trainee)
    cleared_at = ticking.forward(days=1)
    suspended_at = ticking.forward(days=1)
    suspend(spa, spa.trainee)
    ticking.forward(days=1)
    assert row(spa.trainee).cells[BAR].status is Status.SUSPENDED
    assert row(spa.trainee).cells[BAR].told == "since 12 Jan 2026"
    assert row(spa.trainee, at=cleared_at).cells[BAR].status is Status.CLEARED
    assert row(spa.trainee, at=suspended_at, known_at=suspended_at - TICK).cells[BAR].status is Status.CLEARED
    assert row(spa.trainee, at=LATE).cells[BAR].status is Status.SUSPENDED


def test_people_who_left_stay_on_the_register_and_are_marked(spa: Cast, ticking: FakeClock) -> None:
    records.clear(spa, spa.trainee)
    worked = ticking.forward(days=1)
    with transaction() as session:
        session.execute(
            text("UPDATE membership SET until_at = :at, closed_at = :at WHERE person_id = :id"),
            {"at": moment_for(ticking.forward(days=1)), "id": spa.trainee},
        )
    left = clock.now()
    ticking.forward(days=1)
    assert (row(spa.trainee).left_at, row(spa.trainee).sites) == (left, "Riverside")
    assert row(spa.trainee, at=worked).left_at is None
    assert row(spa.trainee, at=clock.now(), known_at=worked).left_at is None
    counted = clearance.count_standings(reading(), sites=None, at=clock.now())
    assert (counted.therapists, counted.cleared) == (3, 0)
    assert clearance.count_standings(reading(), sites=None, at=worked).cleared == 1


def moment_for(at: datetime) -> object:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f") if reading().get_bind().dialect.name == "sqlite" else at


def test_the_desk_counts_people_once_under_each_word(spa: Cast, ticking: FakeClock) -> None:
    records.clear(spa, spa.trainee)
    records.found(spa, spa.senior)
    ticking.forward(days=1)
    suspend(spa, spa.other_senior)
    counted = clearance.count_standings(reading(), sites=frozenset({spa.riverside}), at=clock.now())
    assert (counted.therapists, counted.cleared, counted.ending, counted.suspended) == (3, 2, 0, 1)


def test_the_register_is_paged(spa: Cast) -> None:
    page = register(per_page=3, page=2)
    assert (names(page), page.pages, page.first, page.last) == (["Tolu Adeyemi"], 2, 4, 4)
    assert register(per_page=3, page=99).page == 2
    assert register(per_page=3, page=-1).page == 1


def test_standings_of_many_are_the_standings_of_each(spa: Cast, ticking: FakeClock) -> None:
    records.clear(spa, spa.trainee)
    now = ticking.forward(days=1)
    many = clearance.standings_of_many(reading(), person_ids=[spa.trainee, spa.senior], at=now, known_at=now)
    for person in (spa.trainee, spa.senior):
        assert many[person] == clearance.standings_of(reading(), person_id=person, at=now, known_at=now)
    assert many[spa.trainee][0] == standing(spa.trainee)


def test_a_cache_that_missed_a_publication_says_no(spa: Cast, ticking: FakeClock) -> None:
    records.clear(spa, spa.trainee)
    now = ticking.forward(days=1)
    assert row(spa.trainee).cells[BAR].may_work
    with transaction() as session:
        session.execute(text("UPDATE clearance_state SET edition = 0"))
    assert row(spa.trainee).cells == {}
    with transaction() as session:
        assert clearance.rebuild(session) == 1
    assert row(spa.trainee).cells[BAR].may_work
    assert standing(spa.trainee, at=now).may_work


def test_the_number_of_queries_does_not_grow_with_the_number_of_people(spa: Cast, ticking: FakeClock) -> None:
    ticking.forward(days=1)
    register()  # what is read once and kept is read here
    counts = []
    for more in (0, 20):
        for number in range(more):
            person = records.somebody(spa, f"Person {number:02}")
            if number % 5 == 0:
                records.quiz(person, "M3")
        reading().rollback()
        with counted() as statements:
            page = register()
        counts.append((page.total, len(statements)))
    assert [total for total, _ in counts] == [4, 24]
    assert counts[0][1] == counts[1][1] <= 5
    with counted() as statements:
        clearance.count_standings(reading(), sites=None, at=clock.now())
        clearance.standings_of_many(reading(), person_ids=[one.person_id for one in page.rows], at=LATE, known_at=LATE)
    assert len(statements) <= 5


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every query sent to the database meanwhile."""
    statements: list[str] = []

    def note(*args: Any) -> None:
        if args[2].startswith("SELECT"):
            statements.append(args[2])

    engine = reading().get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
