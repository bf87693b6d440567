"""The only place that reads content/numbers.yaml."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from training.numbers.domain import HouseNumber, Numbers
from training.yamlfiles import Content, Problem, read_yaml, validate_list

FILE = "numbers.yaml"

_Id = Annotated[str, StringConstraints(pattern=r"^HP-\d\d$")]
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
_Text = Annotated[str, StringConstraints(min_length=1)]
# Strict: `12` must not quietly become text, nor `true` a number.
_Value = Annotated[int, Field(strict=True)] | Annotated[float, Field(strict=True)] | Annotated[str, Field(strict=True)]


class _Number(Content):
    id: _Id
    title: _Text
    values: dict[_Name, _Value] = Field(min_length=1)
    basis: _Text = "house"
    note: str = ""
    sources: tuple[int, ...] = ()


def load(root: Path) -> tuple[Numbers, tuple[Problem, ...]]:
    """Every house number that is well formed, and every problem of the others."""
    path = root / FILE
    read = read_yaml(path)
    if isinstance(read, Problem):
        return Numbers({}), (read,)
    data, lines = read
    good, problems = validate_list(_Number, data, str(path), lines)
    if data == []:
        problems.append(Problem(str(path), "", "the list is empty", 1))
    by_id: dict[str, HouseNumber] = {}
    for number, line in good:
        if number.id in by_id:
            problems.append(Problem(str(path), number.id, "this id is used twice", line))
        by_id[number.id] = HouseNumber(
            id=number.id,
            title=number.title,
            values=dict(number.values),
            basis=number.basis,
            note=number.note,
            sources=number.sources,
        )
    return Numbers(by_id), tuple(problems)
