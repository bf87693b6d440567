"""The only place for one line of Markdown as safe inline HTML, and for filling in house numbers."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import nh3
from markdown_it import MarkdownIt
from markupsafe import escape

from training.courses.prose.marks import CLOSE, OPEN, Ref, faults_in, refs_in, use_marks
from training.numbers.domain import Numbers, shown

_VALUE: Final = re.compile(f"{OPEN}n:([A-Z0-9-]+)\\.([a-z0-9_]+){CLOSE}")
_TAGS: Final = {"em", "strong", "s", "code", "span", "br"}


def parser() -> MarkdownIt:
    """A Markdown parser that lets no HTML through and knows our marks."""
    md = MarkdownIt("commonmark", {"html": False, "typographer": True})
    md.enable(["table", "strikethrough", "smartquotes"])
    # Off: an HTML tag then stays text, where `faults_in` finds it.
    md.disable(["html_block", "html_inline"])
    use_marks(md)
    return md


_MD: Final = parser()


@dataclass(frozen=True, slots=True)
class Inline:
    """A line of prose, rendered, with what it points to and what is wrong with it."""

    html: str
    refs: tuple[Ref, ...]
    faults: tuple[str, ...]


def read_inline(text: str) -> Inline:
    """Render one line of Markdown, as in a question's stem; block syntax in it stays text."""
    env: dict[str, Any] = {}
    tokens = _MD.parseInline(text, env)
    faults = [sentence for token in tokens for _, sentence in faults_in(token, 1)]
    if OPEN in text or CLOSE in text:
        faults.append("a private-use character has no place in content")
    if any(child.type == "link_open" for token in tokens for child in token.children or ()):
        faults.append("a link has no place here: name the section or the source instead")
    html = _MD.renderer.render(tokens, _MD.options, env)
    return Inline(
        html=nh3.clean(html, tags=_TAGS, attributes={"span": {"class"}}),
        refs=tuple(ref for token in tokens for ref in refs_in(token, 1)),
        faults=tuple(faults),
    )


@lru_cache(maxsize=4096)
def inline(text: str) -> str:
    """One line of Markdown as safe inline HTML; house numbers are still to be filled in."""
    return read_inline(text).html


def fill(html: str, numbers: Numbers) -> str:
    """Put the house numbers' values where their marks stand.

    A number that is no longer there is said so rather than left out: a sentence without its number misleads.
    """

    def value(found: re.Match[str]) -> str:
        number = numbers.find(found[1])
        if number is None or found[2] not in number.values:
            return f'<strong class="missing">{found[1]}: not set</strong>'
        return f'<span class="number">{escape(shown(number.values[found[2]]))}</span>'

    return _VALUE.sub(value, html) if OPEN in html else html
