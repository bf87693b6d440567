"""The only place for our own blocks: figures, knowledge checks and notes between `:::` fences."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

from training.courses.prose.marks import CLOSE, OPEN

#: Note blocks: what they are called on the page.
NOTES: Final = {
    "try": "Try it",
    "example": "Worked example",
    "mistakes": "Common mistakes",
    "floor": "On the floor",
    "disagree": "Where sources disagree",
}
BLOCKS: Final = ("figure", "check", *NOTES)

_FENCE: Final = re.compile(r"^ {0,3}(:{3,})[ \t]*(.*?)[ \t]*$")


def fence_faults(text: str) -> Iterator[tuple[int, str]]:
    """(line from 1, sentence) for every `:::` that opens nothing, closes nothing, or is never closed."""
    open_: list[tuple[int, int, str]] = []
    for line, content in enumerate(text.splitlines(), 1):
        found = _FENCE.match(content)
        if found is None:
            continue
        colons, words = len(found[1]), found[2]
        if words:
            name = words.split()[0]
            if name not in BLOCKS:
                yield line, f"there is no block called {name!r}; there are {', '.join(BLOCKS)}"
            if open_ and colons >= open_[-1][0]:
                yield line, f"{name!r} stands inside {open_[-1][2]!r}, which needs more colons than the block in it"
            open_.append((colons, line, name))
        elif not open_:
            yield line, "this ::: closes nothing"
        elif colons != open_[-1][0]:
            yield line, f"{open_[-1][2]!r} was opened with {open_[-1][0]} colons and is closed with {colons}"
            open_.pop()
        else:
            open_.pop()
    for _, line, name in open_:
        yield line, f"{name!r} is never closed"


def use_blocks(md: MarkdownIt) -> None:
    """Teach a parser the blocks and how they look."""
    md.use(container_plugin, "figure", render=_show_figure)
    md.use(container_plugin, "check", render=_show_check)
    for name in NOTES:
        md.use(container_plugin, name, render=_show_note)


def words_of(token: Token) -> str:
    """What stands after the block's name on its opening line."""
    parts = token.info.strip().split(None, 1)
    return parts[1] if len(parts) > 1 else ""


def name_of(token: Token) -> str:
    """`figure` for `container_figure_open`; "" for a token that opens none of our blocks."""
    if token.type.startswith("container_") and token.type.endswith("_open"):
        return token.type.removeprefix("container_").removesuffix("_open")
    return ""


def _attributes(token: Token, classes: str) -> str:
    own = "".join(f' {key}="{value}"' for key, value in token.attrs.items())
    return f'class="{classes}"{own}'


def _show_figure(_self: RendererProtocol, tokens: Sequence[Token], index: int, *_: Any) -> str:
    token = tokens[index]
    if token.nesting < 0:
        return f"</figcaption>{OPEN}w:{token.meta['picture']}{CLOSE}</figure>\n"
    picture = token.meta["picture"]
    shape = "fig tall" if token.meta["tall"] else "fig"
    return f"<figure {_attributes(token, shape)}>{OPEN}f:{picture}{CLOSE}<figcaption>"


def _show_check(_self: RendererProtocol, tokens: Sequence[Token], index: int, *_: Any) -> str:
    token = tokens[index]
    if token.nesting < 0:
        return ""
    return f"{OPEN}c:{token.meta['check']}:{token.meta['level']}:{token.meta['anchor']}{CLOSE}"


def _show_note(_self: RendererProtocol, tokens: Sequence[Token], index: int, *_: Any) -> str:
    token = tokens[index]
    if token.nesting < 0:
        return "</section>\n"
    kind, level, title = name_of(token), token.meta["level"], token.meta["title"]
    heading = f'<span class="kind">{NOTES[kind]}</span> {title}' if title else NOTES[kind]
    return f"<section {_attributes(token, f'box {kind}')}><h{level}>{heading}</h{level}>\n"
