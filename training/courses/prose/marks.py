"""The only place for our own inline marks: citations, house labels and house numbers.

[@78] [@78 @80]        sources, as linked numbers
[house]                the label "house policy"
[HP-12]                the label "house policy HP-12", linked to the number
{HP-12.dynamic_factor} the value itself, filled in when the page is shown
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

#: Private characters that fence what is filled in after the Markdown was rendered. Authors may not use them.
OPEN: Final = "\ue000"
CLOSE: Final = "\ue001"

_MARK: Final = re.compile(
    r"\[(?P<cites>@\d+(?:[ ,]+@\d+)*)\]"
    r"|\[(?P<house>house)\]"
    r"|\[(?P<number>HP-\d\d)\]"
    r"|\{(?P<value>HP-\d\d\.[a-z][a-z0-9_]*)\}"
)
_NEARLY: Final = re.compile(r"\[@|\[HP|\{HP|\[house|\]\(")
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>")


class RefKind(StrEnum):
    """What a piece of prose can point to."""

    SOURCE = "source"
    HOUSE = "house"
    NUMBER = "number"  # HP-12
    VALUE = "value"  # HP-12.dynamic_factor
    LINK = "link"  # slug/section#anchor
    PICTURE = "picture"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Ref:
    """One pointer found in prose, with its line: whether it leads anywhere is asked when everything is read."""

    kind: RefKind
    target: str
    line: int


def use_marks(md: MarkdownIt) -> None:
    """Teach a parser the marks and how they look."""
    md.inline.ruler.before("link", "course_marks", _read)
    md.add_render_rule("cite", _show_cite)
    md.add_render_rule("house", _show_house)
    md.add_render_rule("number", _show_number)
    md.add_render_rule("value", _show_value)


def _read(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    found = _MARK.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        if found["cites"]:
            # The number hangs on the word before it.
            state.pending = state.pending.rstrip(" ")
            state.push("cite", "", 0).meta["sources"] = re.findall(r"\d+", found["cites"])
        elif found["house"]:
            state.push("house", "", 0)
        elif found["number"]:
            state.push("number", "", 0).content = found["number"]
        else:
            state.push("value", "", 0).content = found["value"]
    state.pos = found.end()
    return True


def _show_cite(_self: RendererProtocol, tokens: Sequence[Token], index: int, _options: Any, env: Any) -> str:
    sources = tokens[index].meta["sources"]
    if not env.get("linked"):
        return '<span class="cite">' + " ".join(f"[{number}]" for number in sources) + "</span>"
    links = " ".join(f'<a href="#source-{number}" aria-label="Source {number}">[{number}]</a>' for number in sources)
    return f'<sup class="cite">{links}</sup>'


def _show_house(*_: Any) -> str:
    return '<span class="house">house policy</span>'


def _show_number(_self: RendererProtocol, tokens: Sequence[Token], index: int, _options: Any, env: Any) -> str:
    number = tokens[index].content
    if not env.get("linked"):
        return f'<span class="house">house policy {number}</span>'
    return f'<a class="house" href="#number-{number}">house policy {number}</a>'


def _show_value(_self: RendererProtocol, tokens: Sequence[Token], index: int, *_: Any) -> str:
    return f"{OPEN}n:{tokens[index].content}{CLOSE}"


def refs_in(token: Token, line: int) -> Iterator[Ref]:
    """What one inline token points to; `line` is where it begins."""
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            line += 1
        elif child.type == "cite":
            yield from (Ref(RefKind.SOURCE, number, line) for number in child.meta["sources"])
        elif child.type == "house":
            yield Ref(RefKind.HOUSE, "house", line)
        elif child.type == "number":
            yield Ref(RefKind.NUMBER, child.content, line)
        elif child.type == "value":
            yield Ref(RefKind.VALUE, child.content, line)


def faults_in(token: Token, line: int) -> Iterator[tuple[int, str]]:
    """(line, sentence) for everything one inline token holds that content may not."""
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            line += 1
        elif child.type == "image":
            yield line, "pictures stand in a `::: figure name` block"
        elif child.type == "text":
            if tag := _TAG.search(child.content):
                yield line, f"HTML is not used in content: {tag.group()}"
            if nearly := _NEARLY.search(child.content):
                start = nearly.start()
                yield line, f"this is not a mark we know: {child.content[start : start + 24]!r}"
