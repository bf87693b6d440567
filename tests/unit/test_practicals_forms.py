"""What a browser sends about one line of a sheet."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask

from training.errors import Invalid
from training.practicals.domain.result import Mark
from training.practicals.forms import Ticket, open_ticket, read_change, read_tenths

TICKET = Ticket(
    observation_id="observation00001",
    person_id="assessor00000001",
    digest="d" * 64,
    shown_at=datetime(2026, 11, 26, 9, 34, 12, 345678, tzinfo=UTC),
)


@pytest.fixture
def _secret() -> Iterator[None]:
    app = Flask("test")
    app.config["SECRET_KEY"] = "a secret only for this test, long enough"
    with app.app_context():
        yield


def test_a_tap_says_its_level_and_leaves_note_and_time_alone() -> None:
    change = read_change("C10", {"seen": "3", "mark": "2"})
    assert (change.criterion, change.seen, change.mark, change.note, change.tenths) == ("C10", 3, Mark.TWO, None, None)


def test_not_observed_is_a_mark_of_its_own() -> None:
    assert read_change("C10", {"seen": "0", "mark": "not_observed"}).mark is Mark.NOT_OBSERVED


def test_an_empty_note_takes_the_note_away_and_a_missing_one_does_not() -> None:
    assert read_change("C10", {"seen": "0", "note": "  "}).note == ""
    assert read_change("C10", {"seen": "0"}).note is None


@pytest.mark.parametrize("seen", ["", "-1", "x", "1.5", "٣", "9" * 30])
def test_a_revision_that_cannot_be_read_is_refused(seen: str) -> None:
    with pytest.raises(Invalid, match="Reload"):
        read_change("C10", {"seen": seen, "mark": "2"})


@pytest.mark.parametrize("mark", ["", "4", "-1", "two", "02"])
def test_a_level_that_does_not_exist_is_refused(mark: str) -> None:
    with pytest.raises(Invalid, match="no such level"):
        read_change("C10", {"seen": "0", "mark": mark})


def test_a_note_that_is_too_long_is_refused_with_its_length() -> None:
    with pytest.raises(Invalid, match="501"):
        read_change("C10", {"seen": "0", "note": "x" * 501})


@pytest.mark.parametrize(
    ("text", "tenths"), [("2.4", 24), ("2,4", 24), (" 3 ", 30), ("0", 0), ("600", 6000), ("", -1), ("2.44", 24)]
)
def test_seconds_are_read_as_people_write_them(text: str, tenths: int) -> None:
    assert read_tenths(text) == tenths


@pytest.mark.parametrize("text", ["-1", "601", "nan", "inf", "soon", "1:02", "２"])
def test_seconds_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(Invalid, match="seconds"):
        read_tenths(text)


@pytest.mark.usefixtures("_secret")
def test_a_ticket_comes_back_as_it_was_sealed() -> None:
    assert open_ticket(TICKET.seal(), observation_id=TICKET.observation_id, person_id=TICKET.person_id) == TICKET


@pytest.mark.usefixtures("_secret")
@pytest.mark.parametrize("text", [None, "", "x", "[]", "WzFd.abc"])
def test_a_ticket_that_was_not_issued_here_is_refused(text: str | None) -> None:
    with pytest.raises(Invalid):
        open_ticket(text, observation_id=TICKET.observation_id, person_id=TICKET.person_id)


@pytest.mark.usefixtures("_secret")
def test_a_ticket_changed_on_the_way_is_refused() -> None:
    sealed = TICKET.seal()
    changed = ("A" if sealed[0] != "A" else "B") + sealed[1:]
    with pytest.raises(Invalid):
        open_ticket(changed, observation_id=TICKET.observation_id, person_id=TICKET.person_id)


@pytest.mark.usefixtures("_secret")
def test_a_ticket_of_another_sheet_or_person_is_refused() -> None:
    for other in (replace(TICKET, observation_id="observation00002"), replace(TICKET, person_id="assessor00000002")):
        with pytest.raises(Invalid, match="does not belong"):
            open_ticket(other.seal(), observation_id=TICKET.observation_id, person_id=TICKET.person_id)
