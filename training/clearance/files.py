"""The only place that reads content/policy.yaml."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from training.clearance.domain import (
    AssessorRule,
    Authorisation,
    DocumentRequired,
    FoundingRequired,
    Grade,
    Policy,
    PracticalRequired,
    QuizRequired,
    Requirement,
)
from training.yamlfiles import Content, KeyPath, Problem, read_yaml, validate

FILE = "policy.yaml"

_Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
_Module = Annotated[str, StringConstraints(pattern=r"^M[1-9][0-9]?$")]
_Text = Annotated[str, StringConstraints(min_length=1)]
_Months = Annotated[int, Field(strict=True, ge=1, le=120)]


class _Line(Content):
    id: _Slug
    title: _Text


class _Document(_Line):
    kind: Literal["document"]
    document: _Slug
    term_months: _Months | None = None

    def value(self) -> Requirement:
        return DocumentRequired(id=self.id, title=self.title, document=self.document, term_months=self.term_months)


class _Quiz(_Line):
    kind: Literal["quiz"]
    module: _Module
    term_months: _Months

    def value(self) -> Requirement:
        return QuizRequired(id=self.id, title=self.title, module=self.module, term_months=self.term_months)


class _Practical(_Line):
    kind: Literal["practical"]
    sheet: _Slug
    term_months: _Months

    def value(self) -> Requirement:
        return PracticalRequired(id=self.id, title=self.title, sheet=self.sheet, term_months=self.term_months)


class _Founding(_Line):
    kind: Literal["founding"]
    term_months: _Months

    def value(self) -> Requirement:
        return FoundingRequired(id=self.id, title=self.title, term_months=self.term_months)


_Requirement = Annotated[_Document | _Quiz | _Practical | _Founding, Field(discriminator="kind")]
# All of nothing would hold for everybody, so nothing may require nothing.
_Required = Annotated[tuple[_Slug, ...], Field(min_length=1)]


class _Grade(Content):
    id: _Slug
    load_cap: Literal["L1", "L2", "L3"]
    conditions: tuple[_Text, ...]
    requirements: _Required


class _Assessor(Content):
    grade: _Slug
    requirements: _Required


class _Authorisation(Content):
    id: _Slug
    title: _Text
    style: _Slug
    support: _Slug
    sheet: _Slug
    grades: Annotated[tuple[_Grade, ...], Field(min_length=1)]
    assessor: _Assessor | None = None


class _Policy(Content):
    revision: Annotated[int, Field(strict=True, ge=1)]
    change: Literal["editorial", "minor", "major"]
    reason: _Text
    renewal_window_days: Annotated[int, Field(strict=True, ge=0, le=365)]
    requirements: Annotated[tuple[_Requirement, ...], Field(min_length=1)]
    authorisations: Annotated[tuple[_Authorisation, ...], Field(min_length=1)]


def load(root: Path) -> tuple[Policy | None, tuple[Problem, ...]]:
    """The policy, or every problem that keeps it from being one."""
    path = root / FILE
    read = read_yaml(path)
    if isinstance(read, Problem):
        return None, (read,)
    data, lines = read
    found = validate(_Policy, data, str(path), lines)
    if isinstance(found, list):
        return None, tuple(found)
    problems = tuple(Problem(str(path), lines.place(at), message, lines(at)) for at, message in _contradictions(found))
    return (None, problems) if problems else (_value(found), ())


def _contradictions(policy: _Policy) -> Iterator[tuple[KeyPath, str]]:
    known = {line.id for line in policy.requirements}
    yield from _twice((("requirements", i, "id"), line.id) for i, line in enumerate(policy.requirements))
    yield from _twice((("authorisations", i, "id"), one.id) for i, one in enumerate(policy.authorisations))
    asked: set[str] = set()
    for i, one in enumerate(policy.authorisations):
        here: KeyPath = ("authorisations", i)
        yield from _twice(((*here, "grades", j, "id"), grade.id) for j, grade in enumerate(one.grades))
        lists = [((*here, "grades", j, "requirements"), grade.requirements) for j, grade in enumerate(one.grades)]
        if one.assessor:
            lists.append(((*here, "assessor", "requirements"), one.assessor.requirements))
            if one.assessor.grade not in {grade.id for grade in one.grades}:
                yield (*here, "assessor", "grade"), f"there is no grade {one.assessor.grade!r} in this authorisation"
        for place, requirements in lists:
            asked |= set(requirements)
            for k, requirement in enumerate(requirements):
                if requirement not in known:
                    yield (*place, k), f"there is no requirement {requirement!r}"
            yield from _twice(((*place, k), requirement) for k, requirement in enumerate(requirements))
    for i, line in enumerate(policy.requirements):
        if line.id not in asked:
            yield ("requirements", i, "id"), "no grade and no assessor asks for this requirement"


def _twice(ids: Iterable[tuple[KeyPath, str]]) -> Iterator[tuple[KeyPath, str]]:
    seen: Counter[str] = Counter()
    for place, id_ in ids:
        seen[id_] += 1
        if seen[id_] > 1:
            yield place, f"{id_!r} is used twice"


def _value(policy: _Policy) -> Policy:
    return Policy(
        revision=policy.revision,
        change=policy.change,
        reason=policy.reason,
        renewal_window_days=policy.renewal_window_days,
        requirements=tuple(line.value() for line in policy.requirements),
        authorisations=tuple(
            Authorisation(
                id=one.id,
                title=one.title,
                style=one.style,
                support=one.support,
                sheet=one.sheet,
                grades=tuple(
                    Grade(
                        id=grade.id,
                        load_cap=grade.load_cap,
                        conditions=grade.conditions,
                        requirements=grade.requirements,
                    )
                    for grade in one.grades
                ),
                assessor=AssessorRule(grade=one.assessor.grade, requirements=one.assessor.requirements)
                if one.assessor
                else None,
            )
            for one in policy.authorisations
        ),
    )
