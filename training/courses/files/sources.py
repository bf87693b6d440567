"""The only place that reads content/sources.yaml."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from training.courses.domain.sources import Grade, Source, Sources
from training.yamlfiles import Content, Problem, read_yaml, validate_list

FILE = "sources.yaml"


class _Source(Content):
    id: Annotated[int, Field(strict=True, gt=0)]
    grade: Grade
    title: Annotated[str, StringConstraints(min_length=1)]
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"']+$")] | None = None


def load_sources(root: Path) -> tuple[Sources, list[Problem]]:
    """The bibliography."""
    path = root / FILE
    read = read_yaml(path)
    if isinstance(read, Problem):
        return Sources({}), [read]
    good, problems = validate_list(_Source, read[0], str(path), read[1])
    if read[0] == []:
        problems.append(Problem(str(path), "", "the list is empty", 1))
    by_id: dict[int, Source] = {}
    for source, line in good:
        if source.id in by_id:
            problems.append(Problem(str(path), str(source.id), "this number is used twice", line))
        by_id[source.id] = Source(id=source.id, grade=source.grade, title=source.title, url=source.url)
    return Sources(by_id), problems
