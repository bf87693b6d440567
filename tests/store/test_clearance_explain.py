"""The commands: `training clearance explain` with its exact keys and exit codes, and `training evidence verify`."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import Result
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import text

from tests import records
from tests.cast import Cast, make_cast
from tests.histories import BAR
from tests.records import FakeClock
from training import clock
from training.clearance import service as clearance
from training.clearance.cli import read_when
from training.cli import group
from training.db import reading, transaction
from training.errors import Invalid
from training.people.service import viewer_of

KEYS = [
    "person",
    "authorisation",
    "at",
    "known_at",
    "grade",
    "status",
    "may_work",
    "load_cap",
    "conditions",
    "valid_through",
    "changes_at",
    "requirements",
]
LINE_KEYS = ["id", "title", "met", "through", "fact", "missing"]
#: Summer time in London: 09:00 UTC is 10:00 there.
START = datetime(2026, 4, 14, 9, 0, tzinfo=UTC)


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The clock, in the test's hand."""
    fake = FakeClock(START)
    monkeypatch.setattr(clock, "now", fake)
    return fake


@pytest.fixture
def cast(engine_app: Flask, ticking: FakeClock) -> Cast:
    """The cast on each engine; the trainee cleared on 14 April at noon UTC, suspended on the 20th at noon."""
    made = make_cast(engine_app)
    with engine_app.app_context():
        records.publish()
        ticking.forward(hours=3)
        records.clear(made, made.trainee)
        ticking.forward(days=6)
        clearance.suspend(
            viewer_of(reading(), made.manager, at=clock.now()),
            made.trainee,
            authorisation=BAR,
            reason="Worked with the bar tagged out",
            way_back="Show the twelve checks",
            serious=False,
            review_on=None,
        )
        ticking.forward(days=1)
    return made


def run(app: Flask, *words: str) -> Result:
    runner = app.test_cli_runner()
    return runner.invoke(group, list(words), obj=ScriptInfo(create_app=lambda: app))


def explained(app: Flask, person: str, *words: str) -> dict[str, object]:
    result = run(app, "clearance", "explain", person, BAR, "--json", *words)
    answer: dict[str, object] = json.loads(result.stdout)
    assert result.exit_code == (0 if answer["may_work"] else 3)
    return answer


def test_the_json_has_exactly_the_promised_keys(engine_app: Flask, cast: Cast) -> None:
    answer = explained(engine_app, cast.trainee, "--at", "2026-04-19")
    assert list(answer) == KEYS
    assert all(list(line) == LINE_KEYS for line in answer["requirements"])  # type: ignore[attr-defined]
    assert {name: answer[name] for name in KEYS[:11] if name not in ("at", "known_at")} == {
        "person": cast.trainee,
        "authorisation": BAR,
        "grade": "provisional",
        "status": "cleared",
        "may_work": True,
        "load_cap": "L2",
        "conditions": ["senior on site"],
        "valid_through": "2026-10-14",
        "changes_at": "2026-04-20T12:00:00+00:00",
    }
    assert answer["at"] == "2026-04-19T22:59:59.999999+00:00"
    lines = answer["requirements"]
    assert isinstance(lines, list)
    assert [line["id"] for line in lines] == ["licence", "insurance", "quiz-m3", "quiz-m9", "practical-bar"]
    assert lines[4]["met"] is True
    assert lines[4]["through"] == "2026-10-14"
    assert lines[4]["fact"]
    assert lines[4]["missing"] is None


def test_exit_status_says_may_work_may_not_and_wrong_call(engine_app: Flask, cast: Cast) -> None:
    email = cast.emails[cast.trainee]
    assert run(engine_app, "clearance", "explain", email, BAR, "--at", "2026-04-19").exit_code == 0
    assert run(engine_app, "clearance", "explain", email, BAR).exit_code == 3
    assert run(engine_app, "clearance", "explain", email.upper(), BAR).exit_code == 3
    for words in (
        ("nobody@nowhere.example", BAR),
        (email, "chavutti-rope"),
        (email,),
        (),
        (email, BAR, "--at", "yesterday"),
        (email, BAR, "--at", "2026-02-30"),
        (email, BAR, "--known-at", "2026-03-29T01:30"),
        (email, BAR, "--at", "0001-01-01"),
        (email, BAR, "--at", "9999-12-31T12:00"),
        (email, BAR, "--no-such-option"),
    ):
        result = run(engine_app, "clearance", "explain", *words)
        assert result.exit_code == 2, words
        assert "Traceback" not in result.output
        assert result.stderr.strip()


def test_the_moment_before_the_suspension_still_says_cleared(engine_app: Flask, cast: Cast) -> None:
    assert explained(engine_app, cast.trainee)["status"] == "suspended"
    assert explained(engine_app, cast.trainee, "--at", "2026-04-20T11:59:59+00:00")["status"] == "cleared"
    assert explained(engine_app, cast.trainee, "--at", "2026-04-20T12:00:00+00:00")["status"] == "suspended"
    # The site is in London: noon UTC is one o'clock there.
    assert explained(engine_app, cast.trainee, "--at", "2026-04-20T12:59:59")["status"] == "cleared"
    assert explained(engine_app, cast.trainee, "--at", "2026-04-20T13:00:00")["status"] == "suspended"
    # A date alone is the end of that day.
    assert explained(engine_app, cast.trainee, "--at", "2026-04-20")["status"] == "suspended"
    assert explained(engine_app, cast.trainee, "--at", "2026-04-19")["status"] == "cleared"


def test_what_was_known_then_is_told_as_it_was_known_then(engine_app: Flask, cast: Cast) -> None:
    known = ("--known-at", "2026-04-19")
    assert explained(engine_app, cast.trainee, "--at", "2026-04-21", *known)["status"] == "cleared"
    assert explained(engine_app, cast.trainee, "--at", "2026-04-21", "--known-at", "2026-04-13")["status"] == "none"


def test_before_the_first_publication_the_answer_is_no(engine_app: Flask, cast: Cast) -> None:
    answer = explained(engine_app, cast.trainee, "--at", "2026-04-13")
    assert (answer["status"], answer["may_work"], answer["requirements"]) == ("none", False, [])


def test_in_words_it_says_the_sentence_and_every_line(engine_app: Flask, cast: Cast) -> None:
    result = run(engine_app, "clearance", "explain", cast.trainee, BAR)
    assert "Priya Nair, Ashiatsu on the bar" in result.stdout
    assert "May not work. Suspended in this authorisation since 20 Apr 2026." in result.stdout
    assert "Reason: Worked with the bar tagged out" in result.stdout
    assert "Way back: Show the twelve checks" in result.stdout
    assert "Practical on the bar" in result.stdout


def test_the_help_says_what_a_date_alone_means(engine_app: Flask) -> None:
    helped = run(engine_app, "clearance", "explain", "--help").stdout
    assert "last moment of that day" in " ".join(helped.split())
    assert "Exit status: 0 the person may work, 3 the person may not, 2 a wrong call" in " ".join(helped.split())


@pytest.mark.parametrize(
    ("given", "zone", "meant"),
    [
        ("2026-04-14", "Europe/London", "2026-04-14T22:59:59.999999+00:00"),
        ("2026-04-14", "America/New_York", "2026-04-15T03:59:59.999999+00:00"),
        (" 2026-04-14T10:34 ", "Europe/London", "2026-04-14T09:34:00+00:00"),
        ("2026-04-14T10:34:56", "UTC", "2026-04-14T10:34:56+00:00"),
        ("2026-04-14 10:34Z", "Europe/London", "2026-04-14T10:34:00+00:00"),
        ("2026-04-14T10:34+05:30", "Europe/London", "2026-04-14T05:04:00+00:00"),
        ("2026-10-25T01:30+00:00", "Europe/London", "2026-10-25T01:30:00+00:00"),
    ],
)
def test_a_when_is_read_in_the_zone_of_the_site(given: str, zone: str, meant: str) -> None:
    assert read_when(given, now=START, zone=zone, option="--at") == datetime.fromisoformat(meant)
    assert read_when(None, now=START, zone=zone, option="--at") == START


@pytest.mark.parametrize("given", ["2026-03-29T01:30", "2026-10-25T01:30", "soon", "", "2026-13-01", "14.4.2026"])
def test_a_when_that_could_mean_two_moments_or_none_is_refused(given: str) -> None:
    with pytest.raises(Invalid):
        read_when(given, now=START, zone="Europe/London", option="--at")


# ---- training evidence verify


def test_verify_says_that_every_chain_holds(engine_app: Flask, cast: Cast) -> None:
    result = run(engine_app, "evidence", "verify")
    assert (result.exit_code, result.stdout.strip()) == (0, "Every chain holds: 6 facts of 1 person, 2 texts.")
    found = json.loads(run(engine_app, "evidence", "verify", "--json").stdout)
    assert found == {"holds": True, "people": 1, "facts": 6, "texts": 2, "broken": []}


def test_verify_names_the_first_broken_link_and_ends_with_1(engine_app: Flask, cast: Cast) -> None:
    with engine_app.app_context(), transaction() as session:
        if session.get_bind().dialect.name == "sqlite":
            session.execute(text("DROP TRIGGER fact_kept"))
        else:
            session.execute(text("ALTER TABLE fact DISABLE TRIGGER USER"))
        session.execute(text("UPDATE fact SET zone = 'UTC' WHERE seq = 3"))
    result = run(engine_app, "evidence", "verify", "--json")
    assert result.exit_code == 1
    (broken,) = json.loads(result.stdout)["broken"]
    assert list(broken) == ["person", "seq", "fact", "fault", "sentence"]
    assert (broken["person"], broken["seq"], broken["fault"]) == (cast.trainee, 3, "edited")
    told = run(engine_app, "evidence", "verify")
    assert told.exit_code == 1
    assert "edited" in told.stdout
    answer = explained(engine_app, cast.trainee, "--at", "2026-04-19")
    assert answer["may_work"] is False


def test_rebuild_makes_the_cache_anew(engine_app: Flask, cast: Cast) -> None:
    result = run(engine_app, "clearance", "rebuild")
    assert (result.exit_code, result.stdout.strip()) == (0, "The periods of 1 person were made anew.")


def test_verify_of_an_empty_record_holds(engine_app: Flask) -> None:
    assert run(engine_app, "evidence", "verify").exit_code == 0


def test_years_from_now_are_answered_too(engine_app: Flask, cast: Cast) -> None:
    later = (START + timedelta(days=3000)).date().isoformat()
    assert explained(engine_app, cast.trainee, "--at", later)["status"] == "suspended"
