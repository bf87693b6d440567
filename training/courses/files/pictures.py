"""The only place that reads our own SVG drawings and decides what may stand in one."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final
from xml.parsers import expat

from markupsafe import escape

from training.courses.domain.module import Picture
from training.yamlfiles import Problem, read_text

_SHAPES: Final = frozenset(("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "use"))
_HOLDERS: Final = frozenset(("svg", "g", "defs", "marker", "pattern", "clipPath", "mask", "symbol"))
_WORDS: Final = frozenset(("title", "desc"))
_ELEMENTS: Final = _SHAPES | _HOLDERS | _WORDS

_GEOMETRY: Final = frozenset(
    (
        *("viewBox", "preserveAspectRatio", "transform", "d", "points", "pathLength"),
        *("x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "dx", "dy", "width", "height"),
        *("patternUnits", "patternContentUnits", "patternTransform", "clipPathUnits", "maskUnits", "maskContentUnits"),
        *("refX", "refY", "markerWidth", "markerHeight", "markerUnits", "orient"),
    )
)
_STROKES: Final = frozenset(
    (
        *("stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-dasharray", "stroke-dashoffset"),
        *("stroke-opacity", "fill-opacity", "opacity", "fill-rule", "clip-rule", "vector-effect"),
        *("text-anchor", "dominant-baseline", "font-size", "font-weight", "font-style", "letter-spacing"),
    )
)
_PAINTS: Final = frozenset(("fill", "stroke", "clip-path", "mask", "marker-start", "marker-mid", "marker-end"))
_NAMES: Final = frozenset(("id", "class", "href", "data-region"))
#: Written by us onto the root; an author's own are dropped without a word.
_OURS: Final = frozenset(("xmlns", "role", "aria-label", "aria-labelledby", "aria-hidden", "version"))

#: From here on a picture is so narrow that it can stand in the margin of a wide page and stay readable.
_TALL: Final = 1.5

_PAINT: Final = re.compile(r"none|currentColor|var\(--[a-z0-9-]+\)|url\(#[A-Za-z][\w-]*\)")
_PLAIN: Final = re.compile(r"[\w\s.,#%()+-]*")
_ID: Final = re.compile(r"[A-Za-z][\w-]*")
_LOCAL: Final = re.compile(r"url\(#([\w-]+)\)")


class _Reader:
    """Reads one drawing: writes down what is allowed, with its ids made the picture's own, and every fault."""

    def __init__(self, name: str, path: str) -> None:
        self._name = name
        self._path = path
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = lambda *_: self._fault("a DOCTYPE has no place in a picture")
        self._parser.ProcessingInstructionHandler = lambda *_: self._fault("an instruction has no place in a picture")
        self._parser.StartCdataSectionHandler = lambda: self._fault("CDATA has no place in a picture")
        self._parser.SkippedEntityHandler = lambda *_: self._fault("an entity has no place in a picture")
        self._open: list[str] = []
        self._ids: set[str] = set()
        self._wanted: dict[str, int] = {}
        self._out: list[str] = []
        self._classes = "picture"
        self.words = {"title": "", "desc": ""}
        self.box: tuple[float, ...] = ()
        self.regions: list[str] = []
        self.problems: list[Problem] = []

    def read(self, text: str) -> None:
        try:
            self._parser.Parse(text.encode("utf-8"), True)  # noqa: FBT003 - expat's signature
        except expat.ExpatError as error:
            self.problems.append(
                Problem(self._path, "", f"this is not SVG: {expat.errors.messages[error.code]}", error.lineno)
            )
            return
        for id_, line in self._wanted.items():
            if id_ not in self._ids:
                self.problems.append(Problem(self._path, "", f"nothing in the picture has the id {id_!r}", line))
        if not self.words["title"].strip():
            self.problems.append(Problem(self._path, "title", "the picture has no <title>: name it in a few words", 1))
        if not self.words["desc"].strip():
            self.problems.append(
                Problem(self._path, "desc", "the picture has no <desc>: say in words everything it shows", 1)
            )

    def svg(self) -> str:
        """The drawing, to stand in a page."""
        title = escape(" ".join(self.words["title"].split()))
        box = " ".join(f"{number:g}" for number in self.box)
        return (
            f'<svg class="{self._classes}" viewBox="{box}" role="img" aria-label="{title}">{"".join(self._out)}</svg>'
        )

    def _fault(self, sentence: str) -> None:
        place = "/".join(self._open) or "svg"
        self.problems.append(Problem(self._path, place, sentence, self._parser.CurrentLineNumber))

    def _start(self, element: str, attributes: Mapping[str, str]) -> None:
        self._open.append(element)
        if len(self._open) == 1:
            self._root(element, attributes)
            return
        if element not in _ELEMENTS or element == "svg":
            self._fault(f"<{element}> has no place in a picture")
            return
        if element in _WORDS:
            if len(self._open) > 2:
                self._fault(f"<{element}> stands directly under <svg>, once")
            return
        kept = "".join(f' {key}="{escape(value)}"' for key, value in self._kept(attributes))
        self._out.append(f"<{element}{kept}>")

    def _end(self, element: str) -> None:
        self._open.pop()
        if self._open and element in _ELEMENTS - _WORDS:
            self._out.append(f"</{element}>")

    def _text(self, data: str) -> None:
        if self._open[-1] in _WORDS:
            self.words[self._open[-1]] += data
        elif self._open[-1] in ("text", "tspan"):
            self._out.append(str(escape(data)))
        elif data.strip():
            self._fault("text stands in <text>")

    def _root(self, element: str, attributes: Mapping[str, str]) -> None:
        if element != "svg":
            self._fault("a picture is an <svg>")
        try:
            self.box = tuple(float(number) for number in attributes.get("viewBox", "").replace(",", " ").split())
        except ValueError:
            self.box = ()
        if len(self.box) != 4 or min(self.box[2:]) <= 0:
            self._fault("the picture needs viewBox with four numbers")
        kept = dict(self._kept({key: v for key, v in attributes.items() if key not in ("viewBox", "width", "height")}))
        classes = ["picture", *kept.get("class", "").split()]
        self._classes = str(escape(" ".join(dict.fromkeys(classes))))

    def _kept(self, attributes: Mapping[str, str]) -> Iterable[tuple[str, str]]:
        for key, value in attributes.items():
            if key in _OURS:
                continue
            if key in _PAINTS:
                yield key, self._paint(key, value)
            elif key in _NAMES:
                yield key, self._name_of(key, value)
            elif key in _GEOMETRY | _STROKES:
                if not _PLAIN.fullmatch(value):
                    self._fault(f"{key}={value!r} has no place in a picture")
                yield key, value
            else:
                self._fault(f"the attribute {key!r} has no place in a picture")

    def _paint(self, key: str, value: str) -> str:
        if not _PAINT.fullmatch(value.strip()):
            self._fault(f"{key}={value!r}: colours come from classes; write none, currentColor, var(--…) or url(#…)")
        if local := _LOCAL.fullmatch(value.strip()):
            return f"url(#{self._own(local[1])})"
        return value

    def _name_of(self, key: str, value: str) -> str:
        if key == "id":
            if not _ID.fullmatch(value):
                self._fault(f"id={value!r} cannot be an id")
            if value in self._ids:
                self._fault(f"the id {value!r} is used twice")
            self._ids.add(value)
            return self._prefixed(value)
        if key == "href":
            if not value.startswith("#"):
                self._fault(f"href={value!r} leads out of the picture")
            return f"#{self._own(value.removeprefix('#'))}"
        if key == "data-region":
            self.regions.append(value)
        if not _PLAIN.fullmatch(value):
            self._fault(f"{key}={value!r} has no place in a picture")
        return value

    def _own(self, id_: str) -> str:
        self._wanted.setdefault(id_, self._parser.CurrentLineNumber)
        return self._prefixed(id_)

    def _prefixed(self, id_: str) -> str:
        # Two pictures on one page must not share an id.
        return id_ if id_.startswith(f"{self._name}-") else f"{self._name}-{id_}"


def read_picture(path: Path) -> tuple[Picture | None, tuple[str, ...], list[Problem]]:
    """One drawing, the body-map regions it marks in drawing order, and every problem."""
    text = read_text(path)
    if isinstance(text, Problem):
        return None, (), [text]
    reader = _Reader(path.stem, str(path))
    reader.read(text)
    if reader.problems:
        return None, tuple(reader.regions), reader.problems
    _, _, width, height = reader.box
    picture = Picture(
        name=path.stem,
        title=" ".join(reader.words["title"].split()),
        words="\n\n".join(
            " ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", reader.words["desc"].strip())
        ),
        svg=reader.svg(),
        tall=height > _TALL * width,
    )
    return picture, tuple(reader.regions), []


def read_pictures(folder: Path) -> tuple[dict[str, Picture], dict[str, tuple[str, ...]], list[Problem]]:
    """Every drawing of a folder by name, the regions each marks, and every problem."""
    pictures: dict[str, Picture] = {}
    regions: dict[str, tuple[str, ...]] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*")):
        if path.suffix != ".svg" or not re.fullmatch(r"[a-z][a-z0-9-]*", path.stem):
            problems.append(
                Problem(str(path), "", "a picture is called name.svg, in small letters, digits and hyphens")
            )
            continue
        picture, marked, found = read_picture(path)
        problems += found
        regions[path.stem] = marked
        if picture is not None:
            pictures[path.stem] = picture
    return pictures, regions, problems
