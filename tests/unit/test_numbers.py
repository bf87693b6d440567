"""House numbers: read from one file, written out the same everywhere."""

import json
from pathlib import Path

import pytest

from training.numbers.domain import Numbers, shown
from training.numbers.files import load

GOOD = """\
- id: HP-12
  title: Share of a rating that may be used
  values: {utilisation_percent: 80, dynamic_factor: 1.6}
  basis: house, from sources
  sources: [37, 179]
- id: HP-01
  title: Youngest client
  values: {years: 18}
"""


def load_text(folder: Path, text: str) -> tuple[Numbers, list[str]]:
    (folder / "numbers.yaml").write_text(text, encoding="utf-8")
    numbers, problems = load(folder)
    return numbers, [f"{p.line} {p.place}: {p.message}" for p in problems]


def test_a_number_is_read_with_its_values(tmp_path: Path) -> None:
    numbers, problems = load_text(tmp_path, GOOD)
    assert problems == []
    assert numbers.value("HP-12", "dynamic_factor") == 1.6
    found = numbers.find("HP-12")
    assert found is not None
    assert found.sources == (37, 179)
    assert numbers.find("HP-99") is None


def test_the_published_form_is_json_in_order_of_id_and_reads_back_the_same(tmp_path: Path) -> None:
    numbers, _ = load_text(tmp_path, GOOD)
    body = json.loads(json.dumps(numbers.to_body()))
    assert [n["id"] for n in body["numbers"]] == ["HP-01", "HP-12"]
    assert Numbers.from_body(body) == numbers


def test_every_problem_is_told_with_its_line(tmp_path: Path) -> None:
    _, problems = load_text(
        tmp_path,
        """\
- {id: HP-1, title: One, values: {a: 1}}
- {id: HP-02, title: "", values: {}}
- {id: HP-03, title: Three, values: {a: true}}
- {id: HP-04, title: Four, values: {"a b": 1}, colour: red}
- {id: HP-05, title: Five, values: {a: 1}}
- {id: HP-05, title: Five again, values: {a: 1}}
""",
    )
    assert {p.split(":")[0] for p in problems} >= {"1 [0].id", "2 [1].title", "2 [1].values", "4 [3].colour", "6 HP-05"}
    assert any(p.startswith("3 [2].values") for p in problems)
    assert any(p.startswith("4 [3].values") for p in problems)


def test_a_missing_file_is_one_problem(tmp_path: Path) -> None:
    numbers, problems = load(tmp_path)
    assert numbers.by_id == {}
    assert [p.message for p in problems] == ["the file is missing"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (80, "80"),
        (1.6, "1.6"),
        (40.0, "40"),
        (2300.25, "2300.25"),
        (-5, "\N{MINUS SIGN}5"),
        ("24 to 27", "24 to 27"),
        (1_500_000, "1,500,000"),
    ],
)
def test_a_value_in_prose(value: int | float | str, text: str) -> None:
    assert shown(value) == text
