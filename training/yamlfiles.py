"""The only place that reads YAML: data, the line each value stands on, and every problem with file and place."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

#: Names and positions from the top of a document down to one value: `("options", 2, "text")`.
KeyPath = tuple[str | int, ...]

#: libyaml's parser is ten times the speed of the pure one and accepts the same documents.
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp")}

#: What pydantic says, in words for an author. Anything else is shown as pydantic puts it.
_WORDS: Mapping[str, str] = {
    "extra_forbidden": "this key is not known here",
    "missing": "this key is missing",
    "string_type": "text is needed here (put quotes around it)",
    "string_too_short": "this may not be empty",
    "tuple_type": "a list is needed here",
    "list_type": "a list is needed here",
    "mapping_type": "keys and values are needed here",
    "dict_type": "keys and values are needed here",
    "model_type": "keys and values are needed here",
}


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault of one content file, in words an author can act on."""

    path: str
    #: Where in the file: a key path such as `options[2].text`, a heading, or empty for the whole file.
    place: str
    message: str
    #: Counted from 1; 0 when the fault has no line of its own.
    line: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line or 1}: {self.place or 'file'}: {self.message}"


class Content(BaseModel):
    """What every model of a content file builds on: nothing unknown gets in, nothing changes later."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Lines:
    """The line of every value in one document."""

    def __init__(self, known: Mapping[KeyPath, int]) -> None:
        self._known = known

    def __call__(self, keypath: Iterable[str | int] = ()) -> int:
        """The line of the value at `keypath`, or of its nearest parent.

        A step that is not in the document is passed over: pydantic puts the name of a union's branch into its paths.
        """
        here: KeyPath = ()
        for step in keypath:
            if (*here, step) in self._known:
                here = (*here, step)
        return self._known.get(here, 1)

    def place(self, keypath: Iterable[str | int]) -> str:
        """The key path as an author writes it, `options[2].text`: the steps that exist, and a missing last one."""
        steps = tuple(keypath)
        here: KeyPath = ()
        for number, step in enumerate(steps, 1):
            if (*here, step) in self._known or number == len(steps):
                here = (*here, step)
        return written(here)


def written(keypath: Iterable[str | int]) -> str:
    """`("options", 2, "text")` as `options[2].text`."""
    text = ""
    for step in keypath:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def read_text(path: Path) -> str | Problem:
    """The whole file as UTF-8 text."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Problem(str(path), "", "the file is missing")
    except UnicodeDecodeError as error:
        return Problem(str(path), "", f"this is not UTF-8 text (byte {error.start + 1})")
    except OSError as error:
        return Problem(str(path), "", f"the file cannot be read: {error.strerror}")


def read_yaml(path: Path) -> tuple[object, Lines] | Problem:
    """The data of one YAML file and where each value stands, or why it cannot be read."""
    text = read_text(path)
    return text if isinstance(text, Problem) else parse_yaml(text, str(path))


def parse_yaml(text: str, path: str, *, first_line: int = 1) -> tuple[object, Lines] | Problem:
    """As `read_yaml`, for text already in hand; `first_line` is the line of `path` at which the text begins."""
    try:
        loader = _Loader(text)
        try:
            root = loader.get_single_node()
            walk = _Walk(loader, first_line)
            data = walk.value(root, ()) if root is not None else None
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = " ".join(part for part in (error.context, error.problem) if part)
        return Problem(path, "", f"this is not YAML: {message}", (mark.line if mark else 0) + first_line)
    except (yaml.YAMLError, ValueError) as error:
        return Problem(path, "", f"this is not YAML: {error}")
    if walk.faults:
        told = "; ".join(f"{what} (line {line})" for line, what in walk.faults)
        return Problem(path, "", told, walk.faults[0][0])
    return data, Lines(walk.lines)


class _Walk:
    """Builds the data of a composed document and notes each value's line; YAML's own constructor forgets them."""

    def __init__(self, loader: yaml.SafeLoader, first_line: int) -> None:
        self._loader = loader
        self._first = first_line
        self._seen: set[int] = set()
        self.lines: dict[KeyPath, int] = {}
        self.faults: list[tuple[int, str]] = []

    def value(self, node: yaml.Node, here: KeyPath) -> object:
        line = node.start_mark.line + self._first
        # A mapping's value keeps the line of its key, which is where an author looks.
        self.lines.setdefault(here, line)
        if id(node) in self._seen:
            self.faults.append((self.lines[here], "anchors and aliases are not used in content"))
            return None
        self._seen.add(id(node))
        if node.tag not in _TAGS:
            self.faults.append((line, f"the tag {node.tag} is not used in content"))
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, here)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*here, number)) for number, child in enumerate(node.value)]
        return self._loader.construct_object(node, deep=True)

    def _mapping(self, node: yaml.MappingNode, here: KeyPath) -> dict[Hashable, object]:
        data: dict[Hashable, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + self._first
            key = self._loader.construct_object(key_node, deep=True)
            if not isinstance(key, str | int):
                self.faults.append((line, f"{key!r} cannot be a key"))
                continue
            if key in data:
                self.faults.append((line, f"the key {key!r} is given twice"))
                continue
            self.lines[*here, key] = line
            data[key] = self.value(value_node, (*here, key))
        return data


_Model = TypeVar("_Model", bound=BaseModel)


def validate(model: type[_Model], data: object, path: str, lines: Lines, at: KeyPath = ()) -> _Model | list[Problem]:
    """`data` as a `model`, or every problem it has. `at` is where in the document `data` stands."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        return [
            Problem(
                path,
                lines.place((*at, *fault["loc"])),
                _in_words(fault["type"], fault["msg"]),
                lines((*at, *fault["loc"])),
            )
            for fault in error.errors(include_url=False, include_input=False)
        ]


def validate_list(
    model: type[_Model], data: object, path: str, lines: Lines
) -> tuple[list[tuple[_Model, int]], list[Problem]]:
    """A document that is a list of `model`: the good ones, each with its line, and every problem of the others."""
    if not isinstance(data, list):
        return [], [Problem(path, "", "a list is needed here", 1)]
    good: list[tuple[_Model, int]] = []
    problems: list[Problem] = []
    for number, entry in enumerate(data):
        value = validate(model, entry, path, lines, (number,))
        if isinstance(value, list):
            problems += value
        else:
            good.append((value, lines((number,))))
    return good, problems


def _in_words(kind: str, message: str) -> str:
    return _WORDS.get(kind) or message.removeprefix("Value error, ")
