"""Reading sheets: the good one, and every fault with its place."""

import json
from pathlib import Path

import pytest

from training.practicals.domain.sheet import Sheet
from training.practicals.files import load

CONTENT = Path(__file__).resolve().parents[2] / "content"
GOOD = (CONTENT / "sheets" / "bar.yaml").read_text(encoding="utf-8")


def faults(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "sheets").mkdir(exist_ok=True)
    (tmp_path / "sheets" / "bar.yaml").write_text(text, encoding="utf-8")
    loaded = load(tmp_path)
    assert bool(loaded.problems) is not bool(loaded.sheets)
    return [f"{one.place}: {one.message}" for one in loaded.problems]


def test_the_published_form_reads_back_the_same() -> None:
    sheet = load(CONTENT).sheets[0]
    assert Sheet.from_body(json.loads(json.dumps(sheet.to_body()))) == sheet


def test_a_published_form_of_another_kind_is_refused_rather_than_guessed() -> None:
    body = load(CONTENT).sheets[0].to_body()
    with pytest.raises(ValueError, match="form 2"):
        Sheet.from_body({**body, "form": 2})


def test_the_file_of_the_bar_has_no_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("    critical: cf\n", "    critical: very\n", "criteria[3].critical"),
        ("  - id: B2\n", "  - id: B1\n", "the id B1 is used 2 times"),
        ("    group: closing\n", "    group: afterwards\n", "there is no group afterwards"),
        ('      0: "Cannot show it"\n', "", "describe the levels 0, 1, 2"),
        ('      0: "Cannot show it"\n', '      0: ""\n', "criteria[3].levels[0]: this may not be empty"),
        ("key: bar\n", "key: rope\n", "the key must be the file's name"),
        ("minutes: {from: 45, to: 60}\n", "minutes: {from: 45, to: 30}\n", "earlier than `from`"),
        ("  most_at_one: 2 ", "  most_at_two: 2 ", "rules.most_at_two: this key is not known here"),
        ("basis: house policy\n", "", "basis"),
    ],
)
def test_each_fault_is_told_with_its_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    assert any(told in one for one in faults(tmp_path, GOOD.replace(old, new, 1)))


def test_several_faults_are_told_together(tmp_path: Path) -> None:
    text = GOOD.replace("  - id: B2\n", "  - id: B1\n", 1).replace("    group: closing\n", "    group: afterwards\n", 1)
    assert len(faults(tmp_path, text)) >= 3  # twice the id, the group, and the heading nobody stands under


def test_a_folder_without_sheets_is_a_fault(tmp_path: Path) -> None:
    assert load(tmp_path).problems[0].message == "there is no sheet here"
