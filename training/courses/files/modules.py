"""The only place that reads a module's folder: module.yaml, its sections, its knowledge checks."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints, model_validator

from training.courses.domain.module import Module, Objective, Picture, Quiz, Review, Section, Track
from training.courses.domain.publication import Change
from training.courses.files.sections import LoadedSection, load_section
from training.courses.prose import Ref, RefKind
from training.questions.domain import Item
from training.questions.files import load_items
from training.yamlfiles import Content, KeyPath, Lines, Problem, read_text, read_yaml, validate

FILE = "module.yaml"
CHECKS = "checks.yaml"
ITEMS = "items.yaml"

_Text = Annotated[str, StringConstraints(min_length=1)]
_Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
_ObjectiveId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,4}-\d{1,2}$")]
_Count = Annotated[int, Field(strict=True, ge=1)]
_CHECK_ID: Final = re.compile(r"\bM\d+-K\d+\b")
_FILE_NAME: Final = re.compile(r"^\d\d-([a-z][a-z0-9-]*)\.md$")


class _Objective(Content):
    id: _ObjectiveId
    text: _Text
    must_know: bool = False


class _Section(Content):
    id: _Slug
    file: Annotated[str, StringConstraints(pattern=_FILE_NAME.pattern)]


class _Quiz(Content):
    draw: dict[_ObjectiveId, _Count] = Field(min_length=1)
    pass_number: Annotated[str, Field(alias="pass"), StringConstraints(pattern=r"^HP-\d\d$")]
    attempts: _Count
    wait_hours: Annotated[int, Field(strict=True, ge=0)]


class _Review(Content):
    state: Literal["drafted", "reviewed"]
    by: _Text | None = None
    role: _Text | None = None
    date: dt.date | None = None

    @model_validator(mode="after")
    def _named(self) -> "_Review":
        named = [self.by is not None, self.role is not None, self.date is not None]
        if not all(named) if self.state == "reviewed" else any(named):
            raise ValueError("a reviewed module names by, role and date; a drafted one names none of them")
        return self


class _Module(Content):
    id: Annotated[str, StringConstraints(pattern=r"^M\d{1,2}$")]
    slug: _Slug
    title: _Text
    track: Track
    minutes: _Count
    revision: _Count
    change: Change
    summary: _Text
    review: _Review
    objectives: tuple[_Objective, ...] = Field(min_length=1)
    sections: tuple[_Section, ...] = Field(min_length=1)
    quiz: _Quiz


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedModule:
    """One module, what its files point to, and where an author finds it."""

    #: None when its files have problems; what follows is known all the same
    module: Module | None
    id: str
    slug: str
    folder: Path
    objectives: tuple[str, ...]
    sections: tuple[str, ...]
    pass_number: str
    #: (file, pointer)
    refs: tuple[tuple[str, Ref], ...]
    #: section id → the anchors links may point to
    anchors: Mapping[str, frozenset[str]]
    #: of the revision and the quiz in module.yaml
    revision_line: int
    quiz_line: int

    @property
    def path(self) -> str:
        """module.yaml, for problems."""
        return str(self.folder / FILE)


def load_modules(
    root: Path, pictures: Mapping[str, Picture], regions: Sequence[str]
) -> tuple[list[LoadedModule], list[Problem]]:
    """Every module whose module.yaml can be read, in order of id, and every problem."""
    modules: list[LoadedModule] = []
    problems: list[Problem] = []
    for folder in sorted((root / "modules").glob("*")):
        loaded, found = _load(folder, pictures, regions)
        problems += found
        if loaded is not None:
            modules += [loaded]
    seen: dict[str, str] = {}
    for one in modules:
        if one.id in seen:
            problems.append(Problem(one.path, "id", f"{one.id} is also the id of {seen[one.id]}"))
        seen[one.id] = one.path
    return sorted(modules, key=lambda one: int(one.id[1:])), problems


def _load(
    folder: Path, pictures: Mapping[str, Picture], regions: Sequence[str]
) -> tuple[LoadedModule | None, list[Problem]]:
    path = folder / FILE
    read = read_yaml(path)
    if isinstance(read, Problem):
        return None, [read]
    lines = read[1]
    told = validate(_Module, read[0], str(path), lines)
    if isinstance(told, list):
        return None, told
    problems = _own_problems(told, folder, lines)
    tall = {name for name, picture in pictures.items() if picture.tall}
    sections: list[LoadedSection] = []
    for place, declared in enumerate(told.sections):
        if not (folder / declared.file).is_file():
            problems.append(
                Problem(
                    str(path), f"sections[{place}].file", "there is no such file", lines(("sections", place, "file"))
                )
            )
            continue
        section, found = load_section(folder / declared.file, slug=told.slug, tall=tall, id_=declared.id)
        problems += found
        sections += [section] if section else []
    objective_ids = [objective.id for objective in told.objectives]
    checks = load_items(
        folder / CHECKS,
        module=told.id,
        letter="K",
        regions=regions,
        sections=[section.id for section in told.sections],
        objectives=objective_ids,
    )
    problems += checks.problems
    if len(sections) == len(told.sections):
        problems += _taught_problems(told, sections, str(path), lines)
    problems += _check_problems(checks.items, sections, folder)
    loaded = LoadedModule(
        module=None if problems else _module(told, sections, checks.items, pictures),
        id=told.id,
        slug=told.slug,
        folder=folder,
        objectives=tuple(objective_ids),
        sections=tuple(section.id for section in told.sections),
        pass_number=told.quiz.pass_number,
        refs=tuple((str(section.path), ref) for section in sections for ref in section.refs),
        anchors={section.id: frozenset(section.rendered.anchors) for section in sections},
        revision_line=lines(("revision",)),
        quiz_line=lines(("quiz",)),
    )
    return loaded, problems


def _own_problems(told: _Module, folder: Path, lines: Lines) -> list[Problem]:
    problems: list[Problem] = []

    def problem(at: KeyPath, message: str) -> None:
        problems.append(Problem(str(folder / FILE), lines.place(at), message, lines(at)))

    if told.slug != folder.name:
        problem(("slug",), f"the folder is called {folder.name!r}")
    for name, ids in (
        ("objectives", [objective.id for objective in told.objectives]),
        ("sections", [section.id for section in told.sections]),
    ):
        for place, id_ in enumerate(ids):
            if id_ in ids[:place]:
                problem((name, place, "id"), f"{id_} stands twice")
    for place, section in enumerate(told.sections):
        found = _FILE_NAME.match(section.file)
        if found and found[1] != section.id:
            problem((("sections"), place, "file"), f"the file of section {section.id} is called NN-{section.id}.md")
    known = {objective.id for objective in told.objectives}
    for id_ in told.quiz.draw:
        if id_ not in known:
            problem(("quiz", "draw", id_), f"the module has no objective {id_}")
    files = {FILE, CHECKS, ITEMS, *(section.file for section in told.sections)}
    problems += [
        Problem(str(found), "", f"{FILE} does not name this file")
        for found in sorted(folder.iterdir())
        if found.name not in files
    ]
    return problems


def _taught_problems(told: _Module, sections: Sequence[LoadedSection], path: str, lines: Lines) -> list[Problem]:
    """What is only seen when every section was read."""
    problems: list[Problem] = []
    known = [objective.id for objective in told.objectives]
    taught = {id_ for section in sections for id_ in section.objectives}
    for place, id_ in enumerate(known):
        if id_ not in taught:
            at: KeyPath = ("objectives", place)
            problems.append(Problem(path, lines.place(at), f"no section teaches {id_}", lines(at)))
    for section in sections:
        for id_ in section.objectives:
            if id_ not in known:
                message = f"the module has no objective {id_}"
                problems.append(Problem(str(section.path), "objectives", message, section.front_line("objectives")))
    minutes = sum(section.minutes for section in sections)
    if minutes != told.minutes:
        message = f"the sections add up to {minutes} minutes and the module says {told.minutes}"
        problems.append(Problem(path, "minutes", message, lines(("minutes",))))
    return problems


def _check_problems(checks: Sequence[Item], sections: Sequence[LoadedSection], folder: Path) -> list[Problem]:
    """Every check is used once, and stands in the section it names."""
    problems: list[Problem] = []
    by_id = {check.id: check for check in checks}
    # A check whose own entry has problems is not among `checks`, and is not missing either.
    written = read_text(folder / CHECKS)
    faulty = set(_CHECK_ID.findall(written)) - by_id.keys() if isinstance(written, str) else None
    used: set[str] = set()
    for section in sections:
        for ref in section.refs:
            if ref.kind is not RefKind.CHECK:
                continue
            check = by_id.get(ref.target)
            if check is None and (faulty is None or ref.target in faulty):
                continue
            if check is None:
                message = f"{CHECKS} has no check {ref.target}"
            elif ref.target in used:
                message = f"the check {ref.target} stands in the module already"
            elif check.section != section.id:
                message = f"{ref.target} says it belongs to section {check.section!r}"
            else:
                used.add(ref.target)
                continue
            problems.append(Problem(str(section.path), ref.target, message, ref.line))
    problems += [
        Problem(str(folder / CHECKS), id_, f"no section shows the check {id_}") for id_ in by_id if id_ not in used
    ]
    return problems


def _module(
    told: _Module, sections: Sequence[LoadedSection], checks: Sequence[Item], pictures: Mapping[str, Picture]
) -> Module:
    by_id = {check.id: check for check in checks}
    shown = dict.fromkeys(ref.target for s in sections for ref in s.refs if ref.kind is RefKind.PICTURE)
    used = {name: pictures[name] for name in shown if name in pictures}
    review = told.review
    return Module(
        id=told.id,
        slug=told.slug,
        title=told.title,
        track=told.track,
        minutes=told.minutes,
        revision=told.revision,
        change=told.change,
        summary=told.summary,
        review=Review(
            state=review.state, by=review.by, role=review.role, date=review.date.isoformat() if review.date else None
        ),
        objectives=tuple(Objective(id=o.id, text=o.text, must_know=o.must_know) for o in told.objectives),
        sections=tuple(_section(section, by_id, used) for section in sections),
        pictures=used,
        checks=by_id,
        quiz=Quiz(
            draw=dict(told.quiz.draw),
            pass_number=told.quiz.pass_number,
            attempts=told.quiz.attempts,
            wait_hours=told.quiz.wait_hours,
        ),
    )


def _section(loaded: LoadedSection, checks: Mapping[str, Item], pictures: Mapping[str, Picture]) -> Section:
    return loaded.finish(
        shown={
            ref.target: checks[ref.target].to_body() if ref.kind is RefKind.CHECK else pictures[ref.target].svg
            for ref in loaded.refs
            if ref.target in checks or ref.target in pictures
        }
    )
