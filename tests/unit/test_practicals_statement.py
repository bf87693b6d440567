"""What a signature covers."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from training.practicals.domain.result import Mark, result
from training.practicals.domain.statement import Occasion, Rating, canonical, digest, read_signed
from training.practicals.files import load

SHEET = load(Path(__file__).resolve().parents[2] / "content").sheets[0]
OCCASION = Occasion(
    observation_id="observation00001",
    subject_id="subject000000001",
    assessor_id="assessor00000001",
    authorisation="ashiatsu-bar",
    leads_to="provisional",
    sheet_key="bar",
    sheet_revision=1,
    sheet_digest="d" * 64,
    observed_at=datetime(2026, 11, 26, 9, 34, tzinfo=UTC),
    zone="Europe/Berlin",
)


def ratings(**changes: Mark | None) -> dict[str, Rating]:
    marks: dict[str, Mark | None] = {**{one.id: Mark.TWO for one in SHEET.criteria}, **changes}
    return {
        line: Rating(
            criterion=line,
            mark=mark,
            seconds=2.4 if line == "C17" else None,
            note="Stepped well clear." if line == "C10" else None,
            note_salt="salt" if line == "C10" else None,
            revision=1,
            rated_by="assessor00000001",
            rated_at=OCCASION.observed_at,
        )
        for line, mark in marks.items()
    }


def signed(occasion: Occasion = OCCASION, /, **changes: Mark | None) -> str:
    given = ratings(**changes)
    marks = {line: one.mark for line, one in given.items() if one.mark is not None}
    return canonical(occasion, SHEET, given, result(SHEET, marks))


def test_the_same_ratings_give_the_same_text_in_any_order() -> None:
    given = ratings()
    marks = {line: one.mark for line, one in given.items() if one.mark}
    turned = dict(reversed(list(given.items())))
    assert canonical(OCCASION, SHEET, given, result(SHEET, marks)) == canonical(
        OCCASION, SHEET, turned, result(SHEET, marks)
    )


@pytest.mark.parametrize("line", [one.id for one in SHEET.criteria])
def test_any_changed_level_changes_the_digest(line: str) -> None:
    assert digest(signed()) != digest(signed(**{line: Mark.THREE}))


@pytest.mark.parametrize(
    "change",
    [
        {"observation_id": "observation00002"},
        {"subject_id": "subject000000002"},
        {"assessor_id": "assessor00000002"},
        {"authorisation": "chavutti-rope"},
        {"leads_to": "certified"},
        {"sheet_digest": "e" * 64},
        {"sheet_revision": 2},
        {"zone": "Asia/Kolkata"},
    ],
)
def test_anything_of_the_occasion_changes_the_digest(change: dict[str, str]) -> None:
    assert digest(signed()) != digest(signed(replace(OCCASION, **change)))  # type: ignore[arg-type]


def test_it_holds_no_note_but_its_salted_digest() -> None:
    text = signed()
    assert "Stepped well clear" not in text
    line = next(one for one in json.loads(text)["lines"] if one["criterion"] == "C10")
    assert len(line["note"]) == 64


def test_not_observed_and_left_open_are_told_apart() -> None:
    lines = {
        one["criterion"]: one for one in json.loads(signed(C10=Mark.ZERO, C11=Mark.NOT_OBSERVED, C12=None))["lines"]
    }
    assert [lines[one]["seen"] for one in ("C10", "C11", "C12")] == ["yes", "no", "open"]


def test_an_untouched_sheet_reads_back_intact() -> None:
    text = signed(C1=Mark.THREE)
    found = read_signed(text, stored_digest=digest(text), occasion=OCCASION)
    assert found.intact
    assert found.lines["C1"].level == 3
    assert found.lines["C17"].seconds == 2.4


def test_an_edited_sheet_is_found_by_its_digest() -> None:
    text = signed()
    edited = text.replace('"level":2', '"level":3', 1)
    assert not read_signed(edited, stored_digest=digest(text), occasion=OCCASION).intact


@pytest.mark.parametrize("change", [{"subject_id": "subject000000002"}, {"observation_id": "observation00002"}])
def test_a_sheet_copied_to_another_record_fails_although_its_digest_fits(change: dict[str, str]) -> None:
    text = signed()
    found = read_signed(text, stored_digest=digest(text), occasion=replace(OCCASION, **change))  # type: ignore[arg-type]
    assert not found.intact
    assert "another record" in (found.fault or "")
