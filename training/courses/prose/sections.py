"""The only place for a whole section's Markdown as finished HTML, cut where pictures and checks stand."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from unicodedata import normalize

import nh3
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token
from markupsafe import escape

from training.courses.domain.module import Check, Figure, Html, Part, Words
from training.courses.prose.blocks import NOTES, fence_faults, name_of, use_blocks, words_of
from training.courses.prose.inline import parser
from training.courses.prose.marks import CLOSE, OPEN, Ref, RefKind, faults_in, refs_in

_MD: Final = parser()
use_blocks(_MD)

_SLOT: Final = re.compile(f"{OPEN}([fwc]):([^{CLOSE}]*){CLOSE}")
_LINK: Final = re.compile(r"^(?:(?:(?P<slug>[a-z0-9-]+)/)?(?P<section>[a-z0-9-]+))?(?:#(?P<anchor>[a-z0-9-]+))?$")
_TEXT_TAGS: Final = {"a", "b", "br", "em", "p", "s", "span", "strong", "sub", "sup"}
_BLOCK_TAGS: Final = {
    "blockquote",
    "div",
    "figcaption",
    "figure",
    "h2",
    "h3",
    "h4",
    "h5",
    "hr",
    "li",
    "ol",
    "section",
    "ul",
}
_TABLE_TAGS: Final = {"table", "tbody", "td", "th", "thead", "tr"}
_ATTRIBUTES: Final = {
    "*": {"id", "class", "data-block"},
    "a": {"href", "aria-label"},
    "div": {"role", "tabindex", "aria-label"},
    "th": {"scope"},
    "ol": {"start"},
}
_DEEPEST: Final = 4
_ALIGNED: Final = {"text-align:right": "right", "text-align:center": "center", "text-align:left": "left"}


@dataclass(frozen=True, slots=True)
class Rendered:
    """One section's prose, with what it points to and what is wrong with it."""

    parts: tuple[Part, ...]
    anchors: tuple[str, ...]
    refs: tuple[Ref, ...]
    #: (line, sentence)
    faults: tuple[tuple[int, str], ...]


def render_section(text: str, *, slug: str, tall: Collection[str] = (), first_line: int = 1) -> Rendered:
    """Render a section of the module `slug`.

    Args:
        text: the Markdown, without its front matter.
        slug: for links to other sections of the same module.
        tall: names of pictures higher than wide.
        first_line: the line of the file at which `text` begins.
    """
    faults = list(fence_faults(text))
    faults += [
        (line, "a private-use character has no place in content")
        for line, content in enumerate(text.splitlines(), 1)
        if OPEN in content or CLOSE in content
    ]
    tokens = _MD.parse(text, env := {"linked": True})
    outline = _Outline(slug, frozenset(tall))
    outline.walk(tokens)
    faults += outline.faults
    html = nh3.clean(
        _MD.renderer.render(tokens, _MD.options, env),
        tags=_TEXT_TAGS | _BLOCK_TAGS | _TABLE_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=set(),
        link_rel=None,
    )
    shift = first_line - 1
    return Rendered(
        parts=tuple(_parts(html)),
        anchors=tuple(outline.anchors),
        refs=tuple(Ref(ref.kind, ref.target, ref.line + shift) for ref in outline.refs),
        faults=tuple(sorted((line + shift, sentence) for line, sentence in faults)),
    )


def _parts(html: str) -> Iterator[Part]:
    pieces = _SLOT.split(html)
    # split() alternates: prose, slot kind, slot value, prose, …
    for place, piece in enumerate(pieces):
        match place % 3, pieces[place - 1]:
            case 0, _:
                if piece.strip():
                    yield Html(piece)
            case 2, "f":
                yield Figure(piece)
            case 2, "w":
                yield Words(piece)
            case 2, _:
                check, level, anchor = piece.split(":")
                yield Check(check=check, level=int(level), anchor=anchor)


class _Outline:
    """Walks the tokens once: gives every block its anchor, every note its heading level, and gathers what to check."""

    def __init__(self, slug: str, tall: frozenset[str]) -> None:
        self._slug = slug
        self._tall = tall
        self._level = 1
        self._line = 1
        self._tables = 0
        self._ids: set[str] = set()
        self._open: list[Token] = []
        self.anchors: list[str] = []
        self.refs: list[Ref] = []
        self.faults: list[tuple[int, str]] = []

    def walk(self, tokens: Sequence[Token]) -> None:
        for place, token in enumerate(tokens):
            if token.map:
                self._line = token.map[0] + 1
            if token.type == "inline":
                self._inline(token)
            elif token.type in ("fence", "code_block"):
                self.faults.append((self._line, "code has no place in a section (is this text indented by accident?)"))
            elif token.type == "heading_open":
                self._heading(token, tokens[place + 1])
            elif name_of(token):
                self._block(token, tokens, place)
            elif token.type.startswith("container_"):
                token.meta.update(self._open.pop().meta)
            elif token.level == 0 and token.nesting == 1:
                self._number(token, f"p-{len(self.anchors) + 1}")
            elif style := token.attrs.pop("style", None):
                token.attrs["class"] = _ALIGNED[str(style)]
            if token.type == "table_open":
                self._tables += 1
                token.attrs["aria-label"] = f"Table {self._tables}: {_headings(tokens, place)}"
            elif token.type == "th_open":
                token.attrs["scope"] = "col"

    def _number(self, token: Token, anchor: str) -> str:
        """Give a block its place in the order of reading, and an anchor no other block has."""
        while anchor in self._ids:
            anchor += "-2"
        self._ids.add(anchor)
        if token.level == 0:
            self.anchors.append(anchor)
            token.attrs["data-block"] = str(len(self.anchors))
        token.attrs["id"] = anchor
        return anchor

    def _heading(self, token: Token, inline: Token) -> None:
        level = int(token.tag[1])
        if level == 1:
            self.faults.append((self._line, "the title is the only heading of the first level; begin with ##"))
        elif level > _DEEPEST:
            self.faults.append((self._line, "headings go down to ####; split the section instead"))
        elif level > self._level + 1:
            self.faults.append((self._line, f"a heading of level {level} follows one of level {self._level}"))
        self._level = level
        self._number(token, f"h-{_slug_of(inline)}")

    def _block(self, token: Token, tokens: Sequence[Token], place: int) -> None:
        name, words = name_of(token), words_of(token)
        level = min(self._level + 1, _DEEPEST + 1)
        if name in NOTES:
            title = _MD.parseInline(words, {})
            for inline in title:
                self._inline(inline)
            token.meta.update(level=level, title=_MD.renderer.render(title, _MD.options, {"linked": True}))
            self._number(token, f"p-{len(self.anchors) + 1}")
        elif not re.fullmatch(r"[A-Za-z0-9-]+", words):
            self.faults.append((self._line, f"`::: {name}` takes one name; this one says {words!r}"))
            token.meta.update(picture="", tall=False, check="", level=level, anchor="")
        elif name == "figure":
            token.meta.update(picture=words, tall=words in self._tall)
            self.refs.append(Ref(RefKind.PICTURE, words, self._line))
            if tokens[place + 1].type == "container_figure_close":
                self.faults.append((self._line, f"the figure {words!r} has no caption"))
            self._number(token, f"figure-{words}")
        else:
            self.refs.append(Ref(RefKind.CHECK, words, self._line))
            if tokens[place + 1].type != "container_check_close":
                self.faults.append(
                    (self._line, f"the check {words!r} is written in checks.yaml; leave the block empty")
                )
            token.meta.update(check=words, level=level, anchor=self._number(token, f"check-{words}"))
        self._open.append(token)

    def _inline(self, token: Token) -> None:
        self.refs += refs_in(token, self._line)
        self.faults += faults_in(token, self._line)
        for child in token.children or ():
            if child.type == "link_open":
                self._link(child)

    def _link(self, token: Token) -> None:
        href = str(token.attrs.get("href", ""))
        found = _LINK.match(href)
        if not href or found is None:
            self.faults.append(
                (
                    self._line,
                    f"{href!r}: link to a section (`section-id`, `module-slug/section-id`) or cite a source [@n]",
                )
            )
            return
        section, anchor = found["section"], found["anchor"]
        fragment = f"#{anchor}" if anchor else ""
        if section is None:
            self.refs.append(Ref(RefKind.LINK, fragment, self._line))
            return
        slug = found["slug"] or self._slug
        self.refs.append(Ref(RefKind.LINK, f"{slug}/{section}{fragment}", self._line))
        token.attrs["href"] = f"/modules/{slug}/{section}{fragment}"


def _headings(tokens: Sequence[Token], place: int) -> str:
    """The texts of a table's heading row, from the token that opens the table."""
    texts = []
    for token in tokens[place:]:
        if token.type == "thead_close":
            break
        if token.type == "inline":
            texts.append(_text_of(token))
    return ", ".join(texts)


def _text_of(inline: Token) -> str:
    return "".join(child.content for child in inline.children or () if child.type in ("text", "code_inline"))


def _slug_of(inline: Token) -> str:
    plain = normalize("NFKD", _text_of(inline)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "part"


def _open_table(_self: RendererProtocol, tokens: Sequence[Token], index: int, *_: Any) -> str:
    # On a narrow page a table scrolls by itself, so it must be reachable by keyboard and have a name of its own.
    own = "".join(f' {key}="{escape(value)}"' for key, value in tokens[index].attrs.items())
    return f'<div class="scroll" role="region" tabindex="0"{own}><table>\n'


def _close_table(*_: Any) -> str:
    return "</table></div>\n"


_MD.add_render_rule("table_open", _open_table)
_MD.add_render_rule("table_close", _close_table)
