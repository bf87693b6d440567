"""Publishing all content: problems change nothing, the unchanged is left alone, and the commands say so."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo

from tests.coursefiles import FIRST, ITEMS_FILE, MODULE, edit, write_content
from training.authoring.service import publish_all
from training.cli import group
from training.courses import service as courses
from training.courses.domain.publication import Edition
from training.db import reading
from training.errors import Invalid

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_content(tmp_path / "content")


@pytest.fixture
def inside(engine_app: Flask) -> Iterator[Flask]:
    with engine_app.app_context():
        yield engine_app


def publish(root: Path, *, after: int = 0) -> tuple[Edition, ...]:
    return publish_all(root, by=None, at=NOON + timedelta(days=after), reason="Because")


@pytest.mark.usefixtures("inside")
def test_everything_that_decides_is_published(root: Path) -> None:
    assert {(edition.kind.value, edition.key) for edition in publish(root)} == {
        ("sources", "sources"),
        ("numbers", "numbers"),
        ("map", "body-map"),
        ("bank", "M3"),
        ("module", "M3"),
        ("sheet", "bar"),
        ("policy", "policy"),
    }
    assert publish(root, after=1) == ()


@pytest.mark.usefixtures("inside")
def test_a_content_error_refuses_everything_and_what_was_published_goes_on(root: Path) -> None:
    publish(root)
    edit(root, "numbers.yaml", "l1_percent: 10", "l1_percent: 12")
    edit(root, FIRST, "[@80]", "[@81]")
    with pytest.raises(Invalid) as refused:
        publish(root, after=1)
    assert refused.value.problems == ("content/modules/body-map/01-spine.md:12: 81: the bibliography has no number 81",)
    shelf = courses.library(reading())
    assert shelf.numbers.value("HP-14", "l1_percent") == 10
    assert shelf.module("body-map").revision == 1


@pytest.mark.usefixtures("inside")
def test_a_changed_section_needs_a_higher_revision_of_its_module(root: Path) -> None:
    publish(root)
    edit(root, FIRST, "Bone lies bare there", "Bone lies open there")
    with pytest.raises(Invalid) as refused:
        publish(root, after=1)
    assert refused.value.problems[0].startswith("content/modules/body-map/module.yaml:6: revision: this differs")
    edit(root, MODULE, "revision: 1\nchange: major", "revision: 2\nchange: editorial")
    assert [(edition.kind, edition.revision) for edition in publish(root, after=2)] == [("module", 2)]


@pytest.mark.usefixtures("inside")
def test_a_changed_house_number_changes_the_page_without_a_new_revision_of_the_module(root: Path) -> None:
    publish(root)
    edit(root, "numbers.yaml", "l1_percent: 10", "l1_percent: 12")
    assert [(edition.kind, edition.revision) for edition in publish(root, after=1)] == [("numbers", 2)]
    assert courses.library(reading()).numbers.value("HP-14", "l1_percent") == 12


@pytest.mark.usefixtures("inside")
def test_a_changed_item_needs_a_higher_version(root: Path) -> None:
    publish(root)
    edit(root, ITEMS_FILE, "number M3-Q02", "numbered M3-Q02")
    with pytest.raises(Invalid) as refused:
        publish(root, after=1)
    (problem,) = refused.value.problems
    assert "items.yaml" in problem
    assert "M3-Q02: this differs from version 1" in problem
    edit(root, ITEMS_FILE, "id: M3-Q02\n  version: 1", "id: M3-Q02\n  version: 2")
    assert [(edition.kind, edition.revision) for edition in publish(root, after=1)] == [("bank", 2)]


def run(app: Flask, *args: str) -> Result:
    return CliRunner().invoke(group, args, obj=ScriptInfo(create_app=lambda: app))


def test_check_says_what_there_is_and_ends_well(app: Flask, root: Path) -> None:
    told = run(app, "content", "check", str(root))
    assert told.output == "1 module, 2 sections, 5 items: no problems\n"
    assert told.exit_code == 0


def test_check_prints_every_problem_and_ends_badly(app: Flask, root: Path) -> None:
    edit(root, FIRST, "[@80]", "[@81]")
    edit(root, MODULE, "minutes: 7", "minutes: 8")
    told = run(app, "content", "check", str(root))
    assert told.exit_code == 1
    lines = told.output.splitlines()
    assert lines[0] == "content/modules/body-map/01-spine.md:12: 81: the bibliography has no number 81"
    assert lines[1].startswith("content/modules/body-map/module.yaml:5: minutes: ")
    assert lines[-1] == "1 module, 2 sections, 5 items: 2 problems"


def test_publish_asks_then_publishes_then_has_nothing_to_do(
    app: Flask, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.authoring.cli._root", lambda: root)
    declined = CliRunner().invoke(group, ["content", "publish"], obj=ScriptInfo(create_app=lambda: app), input="n\n")
    assert "module M3 revision 1, major" in declined.output
    assert declined.exit_code == 1
    done = run(app, "content", "publish", "--yes")
    assert "Published module M3 revision 1." in done.output, done.output
    assert "as it stands" in run(app, "content", "publish").output


def test_publish_tells_problems_without_a_traceback(app: Flask, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.authoring.cli._root", lambda: root)
    (root / "sources.yaml").write_text("- {id: 1\n", encoding="utf-8")
    told = run(app, "content", "publish", "--yes")
    assert told.exit_code == 2
    assert "Nothing was published" in told.output
    assert told.output.count("\n  content/") == 1
    assert "content/sources.yaml:2: file: this is not YAML" in told.output
    assert "Traceback" not in told.output
