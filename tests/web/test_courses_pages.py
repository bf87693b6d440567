"""The pages of the course: reading, going on, knowledge checks whose key stays away, and what all this costs."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.cast import Cast
from tests.coursefiles import KEY_WORDS, MODULE, SECOND, course_drafts, edit, write_course
from training.courses import service
from training.db import reading, transaction
from training.extensions import db

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FIRST_PAGE = "/modules/body-map/spine"
SECOND_PAGE = "/modules/body-map/loin"
CHECK = "/modules/body-map/spine/checks/M3-K01"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_course(tmp_path / "content")


@pytest.fixture
def trainee(app: Flask, cast: Cast, client: FlaskClient, root: Path) -> FlaskClient:
    """The trainee, signed in, with the small course published."""
    publish(app, root, NOON)
    return cast.sign_in(client, cast.trainee)


def publish(app: Flask, root: Path, at: datetime) -> None:
    with app.app_context(), transaction() as session:
        service.publish(session, course_drafts(root), by=None, at=at, reason="Test")


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def token_of(html: str, option: str) -> str:
    """What the page calls an option."""
    found = re.search(rf'value="([^"]+)"[^>]*>\s*<span>{re.escape(option)}', html)
    assert found, option
    return found[1]


@pytest.fixture
def statements(app: Flask, trainee: FlaskClient) -> list[str]:
    """What the database is asked from here on."""
    asked: list[str] = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    return asked


def selects(statements: list[str]) -> int:
    return len([one for one in statements if one.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))])


def test_a_stranger_is_sent_to_sign_in_and_a_manager_has_no_modules(app: Flask, cast: Cast, root: Path) -> None:
    publish(app, root, NOON)
    stranger = app.test_client().get(FIRST_PAGE)
    assert stranger.status_code == 302
    assert "/sign-in" in stranger.location
    manager = cast.sign_in(app.test_client(), cast.manager)
    assert manager.get(FIRST_PAGE).status_code == 403


def test_before_anything_is_published_the_page_says_who_can(cast: Cast, client: FlaskClient) -> None:
    cast.sign_in(client, cast.trainee)
    assert "No module is published here yet" in page(client, "/modules")
    assert client.get("/modules/body-map").status_code == 404
    assert client.get(FIRST_PAGE).status_code == 404


def test_a_section_shows_its_prose_numbers_and_sources(trainee: FlaskClient) -> None:
    html = page(trainee, FIRST_PAGE)
    assert "<h1>The spine is a gap, not a path</h1>" in html
    assert 'at most <span class="number">10</span> %' in html
    assert 'id="source-78"' in html
    assert 'href="https://example.org/78"' in html
    assert 'id="number-HP-14"' in html
    assert "L1: 10 %, L2: 25 %" in html
    assert 'aria-label="The strip beside the spine"' in html
    assert "Two strips of muscle, one on each side of the ridge." in html
    assert "Section 1 of 2" in html


def test_a_section_obeys_the_strict_content_policy(trainee: FlaskClient) -> None:
    for path in ("/modules", "/modules/body-map", FIRST_PAGE, SECOND_PAGE):
        html = page(trainee, path)
        assert "style=" not in html
        assert "<style" not in html
        assert not re.search(r"<script(?![^>]*\bsrc=)", html)
        assert not re.search(r"\son[a-z]+=", html)


def test_headings_have_no_gap_and_no_id_is_used_twice(trainee: FlaskClient) -> None:
    for path in ("/modules", "/modules/body-map", FIRST_PAGE, SECOND_PAGE):
        html = page(trainee, path)
        main = html[html.index("<main") :]
        article = main[main.index("<article") :] if "<article" in main else main
        levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", article)]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels)), (path, levels)
        ids = re.findall(r'\sid="([^"]+)"', html)
        assert len(ids) == len(set(ids)), path


def test_every_anchor_a_page_links_to_is_on_it(trainee: FlaskClient) -> None:
    for path in (FIRST_PAGE, SECOND_PAGE):
        html = page(trainee, path)
        ids = set(re.findall(r'\sid="([^"]+)"', html))
        assert set(re.findall(r'href="#([^"]+)"', html)) <= ids


def test_a_page_view_writes_nothing(trainee: FlaskClient, statements: list[str]) -> None:
    page(trainee, FIRST_PAGE)
    assert not [one for one in statements if not one.lstrip().upper().startswith(("SELECT", "BEGIN", "ROLLBACK"))]


def test_reading_to_the_end_goes_on_to_the_next_section_and_then_to_the_quiz(trainee: FlaskClient) -> None:
    assert "Begin reading" in page(trainee, "/modules")
    assert "I have read this to the end" in page(trainee, FIRST_PAGE)
    after = trainee.post(f"{FIRST_PAGE}/read")
    assert (after.status_code, after.location) == (303, SECOND_PAGE)
    html = page(trainee, SECOND_PAGE)
    assert "(read)" in html
    assert "About 3 minutes left" in html
    assert "1 of 2" in page(trainee, "/modules")
    assert "Continue: Lift off before the loin" in page(trainee, FIRST_PAGE)
    last = trainee.post(f"{SECOND_PAGE}/read")
    assert (last.status_code, last.location) == (303, "/modules/body-map")
    done = page(trainee, "/modules/body-map")
    assert "Read to the end" in done
    assert re.search(r'<a class="btn" href="[^"]*body-map[^"]*">Take the quiz', done)
    assert "You have read every module" in page(trainee, "/modules")


def test_she_goes_on_where_she_left_off_on_any_device(app: Flask, cast: Cast, trainee: FlaskClient) -> None:
    told = trainee.post(f"{FIRST_PAGE}/place", json={"position": 3})
    assert (told.status_code, told.text) == (204, "")
    other = cast.sign_in(app.test_client(), cast.trainee)
    assert f'href="{FIRST_PAGE}#figure-strip"' in page(other, "/modules")
    assert 'href="#figure-strip"' in page(other, FIRST_PAGE)
    assert "Continue reading" in page(other, "/modules/body-map")


def test_the_page_itself_can_tell_that_the_end_was_reached(trainee: FlaskClient) -> None:
    assert trainee.post(f"{FIRST_PAGE}/place", json={"position": 5, "read": True}).status_code == 204
    assert "Continue: Lift off" in page(trainee, FIRST_PAGE)


@pytest.mark.parametrize(
    "told",
    [None, [], {}, {"position": "3"}, {"position": True}, {"position": 0}, {"position": 1.5}, {"position": None}],
)
def test_a_place_that_is_none_is_refused_with_a_sentence(trainee: FlaskClient, told: object) -> None:
    answer = trainee.post(f"{FIRST_PAGE}/place", json=told, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert answer.get_json()["error"]


def test_a_huge_place_is_the_end_and_not_read(trainee: FlaskClient) -> None:
    assert trainee.post(f"{FIRST_PAGE}/place", json={"position": 10**30}).status_code == 204
    assert "I have read this to the end" in page(trainee, FIRST_PAGE)


def test_telling_a_place_needs_the_token(app: Flask, trainee: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert trainee.post(f"{FIRST_PAGE}/place", json={"position": 3}).status_code == 400
    found = re.search(r'data-token="([^"]+)"', page(trainee, FIRST_PAGE))
    assert found
    told = trainee.post(f"{FIRST_PAGE}/place", json={"position": 3}, headers={"X-CSRFToken": found[1]})
    assert told.status_code == 204


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/modules/stools"),
        ("GET", "/modules/body-map/neck"),
        ("GET", "/modules/stools/spine"),
        ("POST", "/modules/body-map/neck/read"),
        ("POST", "/modules/body-map/spine/checks/M3-K99"),
        ("POST", "/modules/body-map/loin/checks/M3-K01"),  # it belongs to the other section
        ("POST", "/modules/body-map/spine/checks/M3-Q01"),  # the quiz's items are not to be tried here
    ],
)
def test_what_is_not_there_is_404_with_the_way_back(trainee: FlaskClient, method: str, path: str) -> None:
    answer = trainee.open(path, method=method)
    assert answer.status_code == 404
    assert "Traceback" not in answer.text


def test_the_key_of_a_check_is_nowhere_before_the_answer(trainee: FlaskClient) -> None:
    for path in (FIRST_PAGE, SECOND_PAGE):
        html = page(trainee, path)
        for words in (*KEY_WORDS, "Slow is still load"):
            assert words not in html
        form = html[html.index('class="check"') : html.index("</form>", html.index('class="check"'))]
        assert "right" not in form
        assert "true" not in form.replace('aria-hidden="true"', "").replace('focusable="true"', "")
    # And the map of a question says nothing about what a region may take.
    form = page(trainee, SECOND_PAGE).split('class="check"')[1]
    assert "data-region" in form
    assert not re.search(r"no-load|caution", form)


def test_an_answered_check_says_right_or_wrong_and_why(trainee: FlaskClient) -> None:
    html = page(trainee, FIRST_PAGE)
    wrong = trainee.post(CHECK, data={"M3-K01": token_of(html, "Press on and hope")})
    assert wrong.status_code == 200
    assert "Not quite" in wrong.text
    assert "The ridge is bone." in wrong.text
    assert "<h1>The spine is a gap, not a path</h1>" in wrong.text  # the whole section, without a script
    right = trainee.post(CHECK, data={"M3-K01": token_of(html, "Lift it off first")})
    assert re.search(r'id="check-M3-K01-head"[^>]*>Right<', right.text)
    assert "house policy HP-14" in right.text


def test_a_script_gets_the_check_alone(trainee: FlaskClient) -> None:
    token = token_of(page(trainee, FIRST_PAGE), "Press on and hope")
    answer = trainee.post(CHECK, data={"M3-K01": token}, headers={"X-Fragment": "1"})
    assert "Not quite" in answer.text
    assert "<h1" not in answer.text
    assert "<main" not in answer.text


def test_an_empty_answer_says_what_is_missing_and_tells_nothing(trainee: FlaskClient) -> None:
    for headers in ({}, {"X-Fragment": "1"}):
        answer = trainee.post(CHECK, headers=headers)
        assert answer.status_code == 422
        assert "Not answered yet" in answer.text
        assert not any(words in answer.text for words in KEY_WORDS)


@pytest.mark.parametrize("given", ["9", "b", "<script>", "r09"])
def test_an_option_that_was_not_offered_is_refused(trainee: FlaskClient, given: str) -> None:
    answer = trainee.post(CHECK, data={"M3-K01": given})
    assert answer.status_code == 422
    assert not any(words in answer.text for words in KEY_WORDS)


def test_a_hot_spot_check_is_answered_from_the_list(trainee: FlaskClient) -> None:
    answer = trainee.post(f"{SECOND_PAGE}/checks/M3-K02", data={"M3-K02": "r12"})
    assert re.search(r'id="check-M3-K02-head"[^>]*>Right<', answer.text)
    assert "That is the loin." in answer.text
    assert "&#34;" not in answer.text.split('class="check"')[1]


def test_the_map_of_a_section_teaches_and_has_its_words(trainee: FlaskClient) -> None:
    html = page(trainee, SECOND_PAGE)
    figure = html[html.index("<figure") : html.index("</figure>")]
    assert 'class="region no-load" data-region="r12"' in figure
    assert "<b>Loin</b>: Kidney. Bare" in figure
    # The question's own map stands on the same page with ids of its own.
    assert 'id="body-map-hatch"' in figure
    assert 'id="body-map-M3-K02-hatch"' in html


def test_a_changed_section_says_so_on_every_page(app: Flask, trainee: FlaskClient, root: Path) -> None:
    trainee.post(f"{FIRST_PAGE}/read")
    trainee.post(f"{SECOND_PAGE}/read")
    edit(root, SECOND, "A kidney lies close", "A kidney lies very close")
    edit(root, MODULE, "revision: 1\nchange: major", "revision: 2\nchange: minor")
    publish(app, root, NOON + timedelta(days=1))
    assert "Changed since you read it" in page(trainee, "/modules")
    assert "Read it again" in page(trainee, "/modules/body-map")
    html = page(trainee, SECOND_PAGE)
    assert "This section has changed since you read it" in html
    assert "I have read this to the end" in html
    assert "has changed" not in page(trainee, FIRST_PAGE)


def test_a_name_in_the_content_stays_inert(app: Flask, trainee: FlaskClient, root: Path) -> None:
    edit(root, "sources.yaml", "Take the danger out", "<script>alert(1)</script>")
    edit(root, MODULE, 'title: "Body map"', 'title: "<img src=x onerror=alert(1)>"')
    edit(root, MODULE, "revision: 1\nchange: major", "revision: 2\nchange: minor")
    publish(app, root, NOON + timedelta(days=1))
    for path in ("/modules", "/modules/body-map", FIRST_PAGE):
        html = page(trainee, path)
        assert "<script>alert" not in html
        assert "<img" not in html


def test_the_pages_cost_few_questions_to_the_database(trainee: FlaskClient, statements: list[str]) -> None:
    page(trainee, "/account")
    statements.clear()
    page(trainee, "/account")
    guard = selects(statements)
    for path, most in (("/modules", 2), ("/modules/body-map", 2), (FIRST_PAGE, 2)):
        page(trainee, path)
        statements.clear()
        page(trainee, path)
        assert selects(statements) - guard <= most, (path, statements)


def test_more_modules_cost_no_more_questions(
    app: Flask, trainee: FlaskClient, root: Path, statements: list[str]
) -> None:
    page(trainee, "/modules")
    statements.clear()
    page(trainee, "/modules")
    before = selects(statements)
    folder = root / "modules" / "loins"
    (root / "modules" / "body-map").rename(folder)
    for file in folder.iterdir():
        text = file.read_text(encoding="utf-8").replace("M3", "M4").replace("slug: body-map", "slug: loins")
        file.write_text(text, encoding="utf-8")
    publish(app, root, NOON + timedelta(days=1))
    assert "/modules/loins" in page(trainee, "/modules")
    statements.clear()
    html = page(trainee, "/modules")
    assert html.count("of reading</span>") == 2
    assert selects(statements) == before


def test_a_page_needs_no_file_of_the_content(
    app: Flask, trainee: FlaskClient, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in sorted(root.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    monkeypatch.setattr("training.courses.prose.sections.render_section", None)
    assert "The spine is a gap" in page(trainee, FIRST_PAGE)
    with app.app_context():
        assert service.library(reading()).modules
