"""Reading YAML: the data, its lines, and every problem at once."""

from pathlib import Path

import pytest

from training.yamlfiles import Content, Lines, Problem, parse_yaml, read_yaml, validate, validate_list


class Option(Content):
    id: str
    right: bool


class Question(Content):
    id: str
    options: tuple[Option, ...]


GOOD = """\
id: M3-Q01
options:
  - {id: a, right: false}
  - id: b
    right: true
"""


def parsed(text: str) -> tuple[object, Lines]:
    answer = parse_yaml(text, "items.yaml")
    assert not isinstance(answer, Problem), answer
    return answer


def refused(text: str) -> Problem:
    answer = parse_yaml(text, "items.yaml")
    assert isinstance(answer, Problem)
    return answer


def test_data_and_the_line_of_every_value() -> None:
    data, lines = parsed(GOOD)
    assert data == {"id": "M3-Q01", "options": [{"id": "a", "right": False}, {"id": "b", "right": True}]}
    assert [lines(place) for place in [(), ("id",), ("options",), ("options", 0), ("options", 1, "right")]] == [
        1,
        1,
        2,
        3,
        5,
    ]


def test_an_unknown_place_has_the_line_of_its_nearest_parent() -> None:
    _, lines = parsed(GOOD)
    assert lines(("options", 1, "why")) == 4
    assert lines(("single", "options", 1, "right")) == 5


def test_an_empty_file_is_no_data() -> None:
    data, _ = parsed("# nothing yet\n")
    assert data is None


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("id: [a\nb: c", 2, "this is not YAML"),
        ("id: a\nid: b\n", 2, "the key 'id' is given twice"),
        ("a: &x [1]\nb: *x\n", 2, "anchors and aliases are not used"),
        ("a: &x [*x]\n", 1, "anchors and aliases are not used"),
        ("? [1, 2]\n: b\n", 1, "cannot be a key"),
        ("when: 2026-02-31\n", 1, "this is not YAML"),
        ("run: !!python/object/apply:os.system [ls]\n", 1, "is not used in content"),
        ("kinds: !!set {a, b}\n", 1, "is not used in content"),
        ("a: b\x00", 1, "this is not YAML"),
    ],
)
def test_what_is_not_our_yaml_is_one_problem_with_its_line(text: str, line: int, words: str) -> None:
    problem = refused(text)
    assert words in problem.message
    assert problem.path == "items.yaml"
    assert (problem.line or 1) == line


def test_every_repeated_key_is_told() -> None:
    assert "line 2" in refused("a: 1\na: 2\nb: 1\nb: 2\n").message
    assert "line 4" in refused("a: 1\na: 2\nb: 1\nb: 2\n").message


def test_a_missing_file_and_one_that_is_not_text_are_problems(tmp_path: Path) -> None:
    missing = read_yaml(tmp_path / "none.yaml")
    assert isinstance(missing, Problem)
    assert missing.message == "the file is missing"
    (tmp_path / "latin.yaml").write_bytes(b"title: caf\xe9\n")
    latin = read_yaml(tmp_path / "latin.yaml")
    assert isinstance(latin, Problem)
    assert "not UTF-8" in latin.message


def test_validation_tells_every_problem_with_place_and_line() -> None:
    data, lines = parsed("id: 7\noptions:\n  - {id: a, right: perhaps}\n  - {id: b}\ncolour: red\n")
    problems = validate(Question, data, "items.yaml", lines)
    assert isinstance(problems, list)
    assert [(p.line, p.place) for p in problems] == [
        (1, "id"),
        (3, "options[0].right"),
        (4, "options[1].right"),
        (5, "colour"),
    ]
    assert str(problems[2]) == "items.yaml:4: options[1].right: this key is missing"
    assert problems[3].message == "this key is not known here"


def test_a_valid_document_becomes_a_value_that_cannot_change() -> None:
    data, lines = parsed(GOOD)
    question = validate(Question, data, "items.yaml", lines)
    assert isinstance(question, Question)
    with pytest.raises(ValueError, match="frozen"):
        question.id = "M3-Q02"


def test_a_list_gives_the_good_entries_and_every_problem_of_the_others() -> None:
    data, lines = parsed("- {id: a, right: true}\n- {id: b}\n- {id: c, right: false}\n- 4\n")
    good, problems = validate_list(Option, data, "options.yaml", lines)
    assert [(value.id, line) for value, line in good] == [("a", 1), ("c", 3)]
    assert [(p.line, p.place) for p in problems] == [(2, "[1].right"), (4, "[3]")]


def test_a_document_that_should_be_a_list_and_is_not() -> None:
    data, lines = parsed("id: a\n")
    assert validate_list(Option, data, "options.yaml", lines) == (
        [],
        [Problem("options.yaml", "", "a list is needed here", 1)],
    )
