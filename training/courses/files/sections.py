"""The only place that reads one section file: front matter, then Markdown."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints

from training.courses.domain.module import Section, part_body
from training.courses.domain.publication import canonical, digest_of
from training.courses.prose import Ref, RefKind, Rendered, render_section
from training.yamlfiles import Content, Lines, Problem, parse_yaml, read_text, validate

_FENCE: Final = "---"


class _Front(Content):
    id: str
    title: Annotated[str, StringConstraints(min_length=1)]
    objectives: tuple[str, ...] = Field(min_length=1)
    minutes: Annotated[int, Field(strict=True, ge=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSection:
    """One section file, rendered, with what it points to."""

    path: Path
    id: str
    title: str
    objectives: tuple[str, ...]
    minutes: int
    rendered: Rendered
    #: the line of a key of the front matter
    front_line: Callable[[str], int]

    @property
    def refs(self) -> tuple[Ref, ...]:
        """What the prose points to."""
        return self.rendered.refs

    def _targets(self, *kinds: RefKind) -> tuple[str, ...]:
        return tuple(dict.fromkeys(ref.target for ref in self.refs if ref.kind in kinds))

    def finish(self, *, shown: Mapping[str, Any]) -> Section:
        """The section as published. `shown` holds the pictures and checks in it: they count towards its digest."""
        parts = [part_body(part) for part in self.rendered.parts]
        numbers = tuple(target.partition(".")[0] for target in self._targets(RefKind.NUMBER, RefKind.VALUE))
        return Section(
            id=self.id,
            title=self.title,
            objectives=self.objectives,
            minutes=self.minutes,
            parts=self.rendered.parts,
            anchors=self.rendered.anchors,
            sources=tuple(int(target) for target in self._targets(RefKind.SOURCE)),
            numbers=tuple(dict.fromkeys(numbers)),
            digest=digest_of(canonical({"title": self.title, "parts": parts, "shown": dict(shown)})),
        )


def load_section(
    path: Path, *, slug: str, tall: Collection[str], id_: str
) -> tuple[LoadedSection | None, list[Problem]]:
    """One section of the module `slug`; `id_` is what module.yaml calls it, `tall` names pictures higher than wide."""
    text = read_text(path)
    if isinstance(text, Problem):
        return None, [text]
    front, body, body_line = _split(text)
    if front is None:
        return None, [Problem(str(path), "", "the file begins with front matter between two lines of ---", 1)]
    read = parse_yaml(front, str(path), first_line=2)
    if isinstance(read, Problem):
        return None, [read]
    lines = read[1]
    told = validate(_Front, read[0], str(path), lines)
    if isinstance(told, list):
        return None, told
    rendered = render_section(body, slug=slug, tall=tall, first_line=body_line)
    problems = [Problem(str(path), "text", sentence, line) for line, sentence in rendered.faults]
    problems += _section_problems(path, told, rendered, lines, id_)
    if problems:
        return None, problems
    loaded = LoadedSection(
        path=path,
        id=told.id,
        title=told.title,
        objectives=told.objectives,
        minutes=told.minutes,
        rendered=rendered,
        front_line=lambda key: lines((key,)),
    )
    return loaded, []


def _split(text: str) -> tuple[str | None, str, int]:
    """Front matter, body, and the body's first line; None for a file without front matter."""
    rows = text.splitlines(keepends=True)
    if not rows or rows[0].strip() != _FENCE:
        return None, text, 1
    for number, row in enumerate(rows[1:], 1):
        if row.strip() == _FENCE:
            return "".join(rows[1:number]), "".join(rows[number + 1 :]), number + 2
    return None, text, 1


def _section_problems(path: Path, told: _Front, rendered: Rendered, lines: Lines, id_: str) -> list[Problem]:
    problems: list[Problem] = []
    if told.id != id_:
        problems.append(Problem(str(path), "id", f"module.yaml calls this section {id_!r}", lines(("id",))))
    if not rendered.anchors:
        problems.append(Problem(str(path), "text", "the section has no text", 1))
    elif not any(ref.kind in (RefKind.SOURCE, RefKind.HOUSE, RefKind.NUMBER) for ref in rendered.refs):
        message = "nothing in this section has a source: cite one ([@78]) or say [house]"
        problems.append(Problem(str(path), "text", message, 1))
    pictures = [ref.target for ref in rendered.refs if ref.kind is RefKind.PICTURE]
    problems += [
        Problem(str(path), "text", f"the picture {name!r} stands twice in this section", 1)
        for name in dict.fromkeys(pictures)
        if pictures.count(name) > 1
    ]
    problems += [
        Problem(str(path), "text", f"nothing here is called {ref.target}", ref.line)
        for ref in rendered.refs
        if ref.kind is RefKind.LINK and ref.target.startswith("#") and ref.target[1:] not in rendered.anchors
    ]
    return problems
