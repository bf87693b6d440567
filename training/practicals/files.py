"""The only place that opens the sheets under content/sheets/; gives them, or every problem with file and place."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field

from training.practicals.domain.sheet import Criterion, Critical, Group, Rules, Sheet
from training.yamlfiles import Content, Problem, read_yaml, validate

_LEVELS = 4


class _Review(Content):
    state: Literal["drafted", "reviewed"]
    by: str | None = None
    role: str | None = None
    on: str | None = None


class _Minutes(Content):
    start: int = Field(alias="from", ge=1)
    to: int = Field(ge=1)


class _Rules(Content):
    pass_level: int = Field(ge=1, le=3)
    most_at_one: int = Field(ge=0)
    most_not_observed: int = Field(ge=0)
    drill_seconds: float = Field(gt=0)
    retake: str = Field(min_length=1)


class _Group(Content):
    id: str = Field(pattern=r"^[a-z][a-z-]*$")
    title: str = Field(min_length=1)


class _Criterion(Content):
    id: str = Field(pattern=r"^[A-Z][1-9][0-9]?$")
    group: str
    title: str = Field(min_length=1)
    detail: str | None = None
    critical: Critical
    objectives: tuple[str, ...] = Field(min_length=1)
    levels: dict[int, str]
    timed: bool = False


class _Sheet(Content):
    key: str = Field(pattern=r"^[a-z][a-z-]*$")
    title: str = Field(min_length=1)
    support: str
    revision: int = Field(ge=1)
    change: Literal["editorial", "minor", "major"]
    reason: str = Field(min_length=1)
    basis: Literal["house policy"]
    review: _Review
    minutes: _Minutes
    format: tuple[str, ...] = Field(min_length=1)
    scale: dict[int, str]
    rules: _Rules
    groups: tuple[_Group, ...] = Field(min_length=1)
    criteria: tuple[_Criterion, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What lies under content/sheets/: the good sheets, and every problem of the others."""

    sheets: tuple[Sheet, ...]
    problems: tuple[Problem, ...]


def load(root: Path) -> Loaded:
    """Every sheet under `root`/sheets. A sheet with a problem is left out, and all of its problems are told."""
    folder = root / "sheets"
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        return Loaded((), (Problem(str(folder), "", "there is no sheet here"),))
    sheets: list[Sheet] = []
    problems: list[Problem] = []
    for path in paths:
        found = _load_one(path)
        if isinstance(found, Sheet):
            sheets.append(found)
        else:
            problems += found
    return Loaded(tuple(sheets), tuple(problems))


def _load_one(path: Path) -> Sheet | list[Problem]:
    read = read_yaml(path)
    if isinstance(read, Problem):
        return [read]
    data, lines = read
    model = validate(_Sheet, data, str(path), lines)
    if isinstance(model, list):
        return model

    def problem(place: tuple[str | int, ...], message: str) -> Problem:
        return Problem(str(path), lines.place(place), message, lines(place))

    problems = []
    if model.key != path.stem:
        problems.append(problem(("key",), f"the key must be the file's name, {path.stem}"))
    if model.minutes.to < model.minutes.start:
        problems.append(problem(("minutes", "to"), "this is earlier than `from`"))
    if sorted(model.scale) != list(range(_LEVELS)):
        problems.append(problem(("scale",), "the scale describes the levels 0, 1, 2 and 3"))
    groups = [group.id for group in model.groups]
    problems += [
        problem(("groups", number, "id"), f"the group {group} is there twice")
        for number, group in enumerate(groups)
        if group in groups[:number]
    ]
    times = Counter(one.id for one in model.criteria)
    for number, one in enumerate(model.criteria):
        here: tuple[str | int, ...] = ("criteria", number)
        if times[one.id] > 1:
            problems.append(problem((*here, "id"), f"the id {one.id} is used {times[one.id]} times"))
        if one.group not in groups:
            problems.append(problem((*here, "group"), f"there is no group {one.group}"))
        if sorted(one.levels) not in ([0, 1, 2], [0, 1, 2, 3]):
            problems.append(problem((*here, "levels"), "describe the levels 0, 1, 2 and, where it exists, 3"))
        elif len(one.levels) <= model.rules.pass_level:
            problems.append(problem((*here, "levels"), "this line could never reach the pass level"))
        problems += [
            problem((*here, "levels", level), "this may not be empty")
            for level, text in one.levels.items()
            if not text.strip()
        ]
    problems += [
        problem(("groups", number), f"no criterion stands under {group.id}")
        for number, group in enumerate(model.groups)
        if all(one.group != group.id for one in model.criteria)
    ]
    return problems or _sheet(model)


def _sheet(model: _Sheet) -> Sheet:
    return Sheet(
        key=model.key,
        title=model.title,
        support=model.support,
        revision=model.revision,
        change=model.change,
        reason=model.reason,
        minutes=(model.minutes.start, model.minutes.to),
        format=model.format,
        scale=tuple(text for _, text in sorted(model.scale.items())),
        rules=Rules(
            pass_level=model.rules.pass_level,
            most_at_one=model.rules.most_at_one,
            most_not_observed=model.rules.most_not_observed,
            drill_seconds=model.rules.drill_seconds,
            retake=model.rules.retake,
        ),
        groups=tuple(Group(group.id, group.title) for group in model.groups),
        criteria=tuple(
            Criterion(
                id=one.id,
                group=one.group,
                title=one.title,
                detail=one.detail,
                critical=one.critical,
                objectives=one.objectives,
                levels=tuple(text for _, text in sorted(one.levels.items())),
                timed=one.timed,
            )
            for one in model.criteria
        ),
    )
