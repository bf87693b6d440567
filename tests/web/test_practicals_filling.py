"""The queue and the sheet, as a senior meets them."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.cast import EARLIER, HASH, Cast
from tests.practicals import BAR, fill, give_documents, give_theory, publish, set_stage, sign, suspend, viewer_of
from training.db import reading, transaction
from training.extensions import db
from training.people import service as people_service
from training.permissions import Role
from training.practicals import service, store
from training.practicals.domain.observation import State

JSON = {"Accept": "application/json"}


@pytest.fixture
def senior(app: Flask, cast: Cast, client: FlaskClient) -> FlaskClient:
    set_stage(app, cast)
    return cast.sign_in(client, cast.senior)


def begin(client: FlaskClient, cast: Cast) -> str:
    answer = client.post("/practicals", data={"person": cast.trainee, "authorisation": BAR})
    assert answer.status_code == 302, answer.text
    return answer.location.rsplit("/", 1)[-1]


def tap(client: FlaskClient, observation_id: str, line: str, **data: Any) -> Any:
    return client.post(f"/practicals/{observation_id}/lines/{line}", data=data, headers=JSON)


def other(app: Flask, cast: Cast, who: str) -> FlaskClient:
    return cast.sign_in(app.test_client(), who)


# ---- the queue


def test_the_queue_says_who_is_ready_and_that_the_senior_may_observe(senior: FlaskClient) -> None:
    page = senior.get("/practicals").text
    assert "Priya Nair" in page
    assert "You may observe." in page
    assert "toward provisional" in page


def test_nobody_is_ready_before_the_theory_is_passed(app: Flask, cast: Cast, client: FlaskClient) -> None:
    publish(app)
    page = cast.sign_in(client, cast.senior).get("/practicals").text
    assert "Nobody is ready" in page
    answer = client.post("/practicals", data={"person": cast.trainee, "authorisation": BAR})
    assert answer.status_code == 409


def test_a_senior_without_the_right_is_told_why_before_she_starts(app: Flask, cast: Cast, client: FlaskClient) -> None:
    publish(app)
    with app.app_context(), transaction() as session:
        give_theory(session, cast.trainee)
    page = cast.sign_in(client, cast.senior).get("/practicals").text
    assert "Not by you." in page
    assert "You may not sign for Ashiatsu on the bar" in page
    answer = client.post("/practicals", data={"person": cast.trainee, "authorisation": BAR})
    assert answer.status_code == 409
    assert "You may not sign for Ashiatsu on the bar" in answer.text


def test_a_suspended_assessor_is_told_in_the_queue_and_refused_at_the_start(
    app: Flask, cast: Cast, senior: FlaskClient
) -> None:
    with app.app_context(), transaction() as session:
        suspend(session, cast.senior, by=cast.manager)
    assert "You are suspended in this authorisation yourself." in senior.get("/practicals").text
    answer = senior.post("/practicals", data={"person": cast.trainee, "authorisation": BAR})
    assert answer.status_code == 409


def test_people_of_another_site_are_neither_listed_nor_observed(app: Flask, cast: Cast, senior: FlaskClient) -> None:
    with app.app_context(), transaction() as session:
        give_theory(session, cast.stranger)
    assert "Milo Costa" not in senior.get("/practicals").text
    answer = senior.post("/practicals", data={"person": cast.stranger, "authorisation": BAR})
    assert answer.status_code == 404


def test_nobody_observes_herself(app: Flask, cast: Cast, senior: FlaskClient) -> None:
    with app.app_context(), transaction() as session:
        give_theory(session, cast.senior)
    answer = senior.post("/practicals", data={"person": cast.senior, "authorisation": BAR})
    assert answer.status_code == 409
    assert "Nobody signs for herself" in answer.text


def test_the_main_trainer_may_observe_the_practical_that_leads_to_provisional(
    app: Flask, cast: Cast, senior: FlaskClient
) -> None:
    with app.app_context():
        people_service.set_main_trainer(viewer_of(reading(), cast.manager), cast.trainee, cast.senior)
    assert "main trainer Tolu Adeyemi" in senior.get("/practicals").text
    assert begin(senior, cast)


def test_an_unknown_person_or_authorisation_is_not_found(cast: Cast, senior: FlaskClient) -> None:
    for person, authorisation in (("0" * 16, BAR), (cast.trainee, "chavutti-rope"), ("", BAR), ("x", "")):
        answer = senior.post("/practicals", data={"person": person, "authorisation": authorisation})
        assert answer.status_code == 404


def test_the_queries_of_the_queue_do_not_grow_with_the_people(app: Flask, cast: Cast, senior: FlaskClient) -> None:
    def queries() -> int:
        seen: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        assert senior.get("/practicals").status_code == 200
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    few = queries()
    with app.app_context(), transaction() as session:
        for number in range(12):
            person_id = people_service.add_member(
                session,
                name=f"Trainee {number:02}",
                email=f"t{number}@spa.example",
                password_hash="x",
                role=Role.THERAPIST,
                site_id=cast.riverside,
                at=EARLIER,
            )
            give_theory(session, person_id)
            give_documents(session, person_id, by=cast.manager)
    assert "Trainee 11" in senior.get("/practicals").text
    assert queries() == few


# ---- the sheet


def test_beginning_twice_opens_the_same_sheet(cast: Cast, senior: FlaskClient) -> None:
    assert begin(senior, cast) == begin(senior, cast)


def test_the_sheet_shows_every_line_with_its_levels_and_critical_marks(cast: Cast, senior: FlaskClient) -> None:
    page = senior.get(f"/practicals/{begin(senior, cast)}").text
    assert len(re.findall(r'data-line="', page)) == 25
    assert len(re.findall(r'name="mark"', page)) == 25 * 5
    assert page.count("◆ Critical below 2") == 16
    assert page.count("◆ Critical at 0") == 6
    assert "0 of 25" in page
    assert "no critical fail so far" in page


def test_a_tap_without_script_is_saved_and_comes_back_to_its_line(cast: Cast, senior: FlaskClient) -> None:
    observation_id = begin(senior, cast)
    answer = senior.post(f"/practicals/{observation_id}/lines/C10", data={"seen": "0", "mark": "2"})
    assert answer.status_code == 302
    assert answer.location.endswith(f"/practicals/{observation_id}#C10")
    assert "1 of 25" in senior.get(f"/practicals/{observation_id}").text


def test_a_tap_by_script_answers_with_the_whole_state(cast: Cast, senior: FlaskClient) -> None:
    observation_id = begin(senior, cast)
    told = tap(senior, observation_id, "C10", seen=0, mark="1", note="  Twice   on the spine. ").json
    assert told["line"] == {
        "criterion": "C10",
        "mark": "1",
        "seconds": None,
        "note": "Twice on the spine.",
        "seen": 1,
    }
    assert told["failed"] == ["C10"]
    assert told["groups"]["working"] == "1 of 12"
    assert told["critical"] == "critical fail: C10"
    assert told["signable"] is True
    assert told["outcome"] == "Critical fail"


def test_a_repeated_tap_changes_nothing_and_is_no_conflict(cast: Cast, senior: FlaskClient) -> None:
    observation_id = begin(senior, cast)
    first = tap(senior, observation_id, "C10", seen=0, mark="2").json
    again = tap(senior, observation_id, "C10", seen=0, mark="2")
    assert again.status_code == 200
    assert again.json["line"] == first["line"]


def test_an_older_page_overwrites_nothing_and_is_told_what_the_line_says(cast: Cast, senior: FlaskClient) -> None:
    observation_id = begin(senior, cast)
    tap(senior, observation_id, "C10", seen=0, mark="2")
    answer = tap(senior, observation_id, "C10", seen=0, mark="0")
    assert answer.status_code == 409
    assert "by Tolu Adeyemi and says level 2" in answer.json["error"]
    assert answer.json["line"]["mark"] == "2"
    page = senior.post(f"/practicals/{observation_id}/lines/C10", data={"seen": "0", "mark": "0"})
    assert page.status_code == 409
    assert "says level 2. Yours was not saved" in page.text


def test_a_note_alone_is_saved_and_leaves_the_line_open(cast: Cast, senior: FlaskClient) -> None:
    observation_id = begin(senior, cast)
    told = tap(senior, observation_id, "C10", seen=0, note="To look at again").json
    assert told["rated"] == 0
    assert "To look at again" in senior.get(f"/practicals/{observation_id}").text
    assert tap(senior, observation_id, "C10", seen=1, note="").json["line"]["note"] == ""


def test_the_time_of_the_stop_drill_is_kept_and_stands_against_a_level_that_denies_it(
    app: Flask, cast: Cast, senior: FlaskClient
) -> None:
    observation_id = begin(senior, cast)
    with app.app_context():
        fill(cast, observation_id)
    told = tap(senior, observation_id, "C17", seen=1, seconds="3,4").json
    assert told["line"]["seconds"] == 3.4
    assert told["signable"] is False
    assert "the clock says 3.4 s" in told["sentence"]
    assert tap(senior, observation_id, "C17", seen=2, seconds="").json["signable"] is True


@pytest.mark.parametrize(
    ("line", "data"),
    [
        ("R1", {"seen": "0", "mark": "2"}),
        ("C10", {"seen": "0", "mark": "4"}),
        ("C10", {"mark": "2"}),
        ("C10", {"seen": "0", "seconds": "2.0"}),
        ("C17", {"seen": "0", "seconds": "soon"}),
        ("C10", {"seen": "0", "note": "x" * 501}),
    ],
)
def test_what_the_sheet_cannot_take_is_refused_with_a_sentence(
    cast: Cast, senior: FlaskClient, line: str, data: dict[str, str]
) -> None:
    observation_id = begin(senior, cast)
    answer = tap(senior, observation_id, line, **data)
    assert answer.status_code == 422
    assert answer.json["error"]
    assert senior.post(f"/practicals/{observation_id}/lines/{line}", data=data).status_code == 422
    assert "0 of 25" in senior.get(f"/practicals/{observation_id}").text


def test_what_is_typed_is_inert_when_shown(cast: Cast, senior: FlaskClient) -> None:
    observation_id = begin(senior, cast)
    tap(senior, observation_id, "C10", seen=0, mark="2", note="<script>alert(1)</script></textarea><b>x")
    page = senior.get(f"/practicals/{observation_id}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


# ---- whose hand it is in


def test_another_assessor_sees_the_sheet_read_only_and_may_take_it_over(
    app: Flask, cast: Cast, senior: FlaskClient
) -> None:
    observation_id = begin(senior, cast)
    tap(senior, observation_id, "C10", seen=0, mark="2")
    lena = other(app, cast, cast.other_senior)
    assert "in another hand" in lena.get("/practicals").text
    page = lena.get(f"/practicals/{observation_id}").text
    assert 'name="mark"' not in page
    assert "Take the sheet over" in page
    assert tap(lena, observation_id, "C11", seen=0, mark="2").status_code == 409
    assert lena.post(f"/practicals/{observation_id}/take-over").status_code == 302
    assert "took the sheet over from Tolu Adeyemi" in lena.get(f"/practicals/{observation_id}").text
    late = tap(senior, observation_id, "C11", seen=0, mark="2")
    assert late.status_code == 409
    assert "Lena Brandt holds this sheet now" in late.json["error"]
    with app.app_context():
        assert store.get_observation(reading(), observation_id).assessor_id == cast.other_senior
        assert store.ratings_of(reading(), observation_id)["C10"].rated_by == cast.senior


def test_a_senior_who_may_not_sign_cannot_take_a_sheet_over(app: Flask, cast: Cast, senior: FlaskClient) -> None:
    observation_id = begin(senior, cast)
    with app.app_context(), transaction() as session:
        suspend(session, cast.other_senior, by=cast.manager)
    lena = other(app, cast, cast.other_senior)
    assert "You cannot take it over." in lena.get(f"/practicals/{observation_id}").text
    assert lena.post(f"/practicals/{observation_id}/take-over").status_code == 409


def test_an_open_sheet_is_not_found_by_the_trainee_and_by_other_sites(
    app: Flask, cast: Cast, senior: FlaskClient
) -> None:
    observation_id = begin(senior, cast)
    with app.app_context(), transaction() as session:
        people_service.add_member(
            session,
            name="Far Away",
            email="far@spa.example",
            password_hash=HASH,
            role=Role.SENIOR,
            site_id=cast.old_town,
            at=EARLIER,
        )
    cast.emails["far"] = "far@spa.example"
    far = cast.sign_in(app.test_client(), "far")
    for path in ("", "/pause", "/sign", "/signed"):
        assert far.get(f"/practicals/{observation_id}{path}").status_code == 404
    for path in ("/lines/C10", "/take-over", "/close", "/sign"):
        data = {"seen": "0", "mark": "2", "reason": "x", "password": "x"}
        assert far.post(f"/practicals/{observation_id}{path}", data=data).status_code == 404
    assert other(app, cast, cast.trainee).get(f"/practicals/{observation_id}").status_code == 403
    assert other(app, cast, cast.trainee).get(f"/practicals/{observation_id}/signed").status_code == 404


# ---- pausing and breaking off


def test_a_sheet_with_nothing_decided_can_be_broken_off_and_another_begun(
    app: Flask, cast: Cast, senior: FlaskClient
) -> None:
    observation_id = begin(senior, cast)
    tap(senior, observation_id, "C10", seen=0, mark="2")
    assert "Break it off" in senior.get(f"/practicals/{observation_id}/pause").text
    assert senior.post(f"/practicals/{observation_id}/close", data={"reason": " "}).status_code == 422
    assert senior.post(f"/practicals/{observation_id}/close", data={"reason": "Client left."}).status_code == 302
    assert "Client left." in senior.get(f"/practicals/{observation_id}").text
    assert tap(senior, observation_id, "C11", seen=0, mark="2").status_code == 409
    with app.app_context():
        assert store.get_observation(reading(), observation_id).state is State.CLOSED
    assert begin(senior, cast) != observation_id


def test_a_sheet_that_shows_a_fail_is_signed_and_cannot_be_put_away(cast: Cast, senior: FlaskClient) -> None:
    observation_id = begin(senior, cast)
    tap(senior, observation_id, "C10", seen=0, mark="0")
    answer = senior.post(f"/practicals/{observation_id}/close", data={"reason": "Let us forget this one."})
    assert answer.status_code == 409
    assert "Sign it" in answer.text


def test_progress_tells_the_open_sheet_and_the_one_signed_last(app: Flask, cast: Cast, senior: FlaskClient) -> None:
    with app.app_context():
        none = service.progress(reading(), person_id=cast.trainee, authorisation=BAR)
        assert (none.open, none.last) == (None, None)
    observation_id = begin(senior, cast)
    with app.app_context():
        begun = service.progress(reading(), person_id=cast.trainee, authorisation=BAR)
        assert begun.open is not None
        assert (begun.open.id, begun.open_with) == (observation_id, "Tolu Adeyemi")
        fill(cast, observation_id)
        sign(cast, observation_id)
        done = service.progress(reading(), person_id=cast.trainee, authorisation=BAR)
        assert done.open is None
        assert done.last is not None
        assert (done.last.id, done.last_by) == (observation_id, "Tolu Adeyemi")
