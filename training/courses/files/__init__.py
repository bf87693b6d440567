"""The only place that opens the course's own files: bibliography, body map, pictures, modules."""

from dataclasses import dataclass
from pathlib import Path

from training.courses.domain.bodymap import BodyMap
from training.courses.domain.module import Picture
from training.courses.domain.sources import Sources
from training.courses.files.bodymap import load_map
from training.courses.files.modules import LoadedModule, load_modules
from training.courses.files.pictures import read_pictures
from training.courses.files.sources import load_sources
from training.yamlfiles import Problem

__all__ = ["LoadedCourse", "LoadedModule", "load"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedCourse:
    """Everything this feature's files hold that is whole."""

    sources: Sources
    body_map: BodyMap | None
    #: known even when the picture is not whole
    regions: tuple[str, ...]
    pictures: dict[str, Picture]
    modules: tuple[LoadedModule, ...]


def load(root: Path) -> tuple[LoadedCourse, tuple[Problem, ...]]:
    """The course as far as it is whole, and every problem of the rest."""
    sources, problems = load_sources(root)
    pictures, regions, found = read_pictures(root / "pictures")
    problems += found
    body_map, region_ids, found = load_map(root, pictures, regions)
    problems += found
    modules, found = load_modules(root, pictures, region_ids)
    problems += found
    course = LoadedCourse(
        sources=sources,
        body_map=body_map,
        regions=tuple(region_ids),
        pictures=pictures,
        modules=tuple(modules),
    )
    return course, tuple(problems)
