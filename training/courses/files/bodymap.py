"""The only place that reads content/body-map.yaml and marries it to its picture."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final, Literal

from markupsafe import escape
from pydantic import StringConstraints

from training.courses.domain.bodymap import PICTURE, BodyMap, Code, Region
from training.courses.domain.module import Picture
from training.yamlfiles import Content, KeyPath, Lines, Problem, read_yaml, validate

FILE = "body-map.yaml"

_Text = Annotated[str, StringConstraints(min_length=1)]
_GROUP: Final = re.compile(r'(<g [^>]*)class="region"([^>]*)>')
#: Words that would give a region away in the picture a quiz shows.
_TELLING: Final = re.compile(r"no-load|caution|\bwork\b", re.IGNORECASE)


class _Region(Content):
    id: Annotated[str, StringConstraints(pattern=r"^r\d\d$")]
    title: _Text
    code: Code
    levels: str | None
    structures: _Text
    reason: _Text
    sources: tuple[int, ...] = ()
    house: bool = False
    figure: Literal["back", "front"]


class _Map(Content):
    regions: tuple[_Region, ...]


def load_map(
    root: Path, pictures: Mapping[str, Picture], marked: Mapping[str, Sequence[str]]
) -> tuple[BodyMap | None, list[str], list[Problem]]:
    """The body map, if its list and its picture are whole and agree; the ids of its regions; every problem."""
    path = root / FILE
    read = read_yaml(path)
    if isinstance(read, Problem):
        return None, [], [read]
    found = validate(_Map, read[0], str(path), read[1])
    if isinstance(found, list):
        return None, [], found
    ids = [region.id for region in found.regions]
    problems = _list_problems(found, str(path), read[1])
    picture = pictures.get(PICTURE)
    drawn = root / "pictures" / f"{PICTURE}.svg"
    if picture is None:
        if PICTURE not in marked:  # else its own problems are told already
            problems.append(Problem(str(drawn), "", "the body map has no picture"))
        return None, ids, problems
    problems += _picture_problems(found, picture, marked[PICTURE], str(drawn))
    codes = {region.id: region.code for region in found.regions}
    body_map = BodyMap(
        title=picture.title,
        regions=tuple(
            Region(
                id=r.id,
                title=r.title,
                code=r.code,
                levels=r.levels,
                structures=r.structures,
                reason=r.reason,
                sources=r.sources,
                house=r.house,
                figure=r.figure,
            )
            for r in found.regions
        ),
        neutral=picture.svg,
        taught=_taught(picture, codes),
    )
    return (None if problems else body_map), ids, problems


def _taught(picture: Picture, codes: Mapping[str, Code]) -> str:
    def coded(group: re.Match[str]) -> str:
        id_ = re.search(r'data-region="(\w+)"', group[0])
        code = codes.get(id_[1]) if id_ else None
        return f'{group[1]}class="region {code}"{group[2]}>' if code else group[0]

    label = f"{picture.title}. Regions never to be loaded are hatched, caution regions dotted, work regions plain"
    return _GROUP.sub(coded, picture.svg).replace(
        f'aria-label="{escape(picture.title)}"', f'aria-label="{escape(label)}"', 1
    )


def _list_problems(found: _Map, path: str, lines: Lines) -> list[Problem]:
    problems: list[Problem] = []

    def problem(at: KeyPath, message: str) -> None:
        problems.append(Problem(path, lines.place(at), message, lines(at)))

    seen: set[str] = set()
    for place, region in enumerate(found.regions):
        at: KeyPath = ("regions", place)
        if region.id in seen:
            problem((*at, "id"), f"region {region.id} stands twice")
        seen.add(region.id)
        if region.code is Code.NO_LOAD and region.levels:
            problem((*at, "levels"), "a no-load region has no levels")
        if not region.sources and not region.house:
            problem((*at, "sources"), "name a source, or say `house: true`")
        if _TELLING.search(region.title):
            problem((*at, "title"), "the quiz shows this title too: it may not tell what the region takes")
    ids = [region.id for region in found.regions]
    if ids != sorted(ids):
        problem(("regions",), "the regions stand in the order of their ids, which tells nothing about them")
    return problems


def _picture_problems(found: _Map, picture: Picture, marked: Sequence[str], path: str) -> list[Problem]:
    listed = {region.id for region in found.regions}
    problems = [
        Problem(path, id_, f"{FILE} has no region {id_}" if id_ not in listed else f"region {id_} is drawn twice")
        for place, id_ in enumerate(marked)
        if id_ not in listed or id_ in marked[:place]
    ]
    problems += [Problem(path, id_, f"region {id_} is not drawn") for id_ in sorted(listed - set(marked))]
    if len(_GROUP.findall(picture.svg)) != len(marked):
        problems.append(Problem(path, "", 'a region is `<g class="region" data-region="r01">`, with no other class'))
    if telling := _TELLING.search(picture.svg):
        problems.append(Problem(path, "", f"{telling.group()!r} stands in the picture, which a quiz shows too"))
    return problems
