"""The course's Markdown: our marks and blocks become safe HTML, and what is odd is told with its line."""

import pytest

from training.courses.domain.module import Check, Figure, Html, Words
from training.courses.prose import RefKind, fill, inline, read_inline, render_section
from training.numbers.domain import HouseNumber, Numbers

NUMBERS = Numbers(
    {"HP-12": HouseNumber(id="HP-12", title="Factor", values={"factor": 1.6, "word": "<b>"}, basis="house")}
)


def html_of(text: str) -> str:
    rendered = render_section(text, slug="body-map")
    assert rendered.faults == ()
    return "".join(part.html for part in rendered.parts if isinstance(part, Html))


def faults_of(text: str) -> list[str]:
    return [f"{line}: {sentence}" for line, sentence in render_section(text, slug="body-map").faults]


def test_a_citation_hangs_on_its_word_and_links_to_the_source() -> None:
    assert (
        'fist<sup class="cite"><a href="#source-78" aria-label="Source 78">[78]</a> '
        '<a href="#source-80" aria-label="Source 80">[80]</a></sup>.' in html_of("The client's fist [@78, @80].")
    )


def test_house_labels_say_house_policy_and_a_house_number_links_to_itself() -> None:
    html = html_of("Ours [house], and [HP-12].")
    assert '<span class="house">house policy</span>' in html
    assert '<a class="house" href="#number-HP-12">house policy HP-12</a>' in html


def test_a_house_number_is_filled_in_when_the_page_is_shown() -> None:
    html = html_of("Count her {HP-12.factor} times.")
    assert "1.6" not in html
    assert 'Count her <span class="number">1.6</span> times.' in fill(html, NUMBERS)


def test_what_a_house_number_holds_is_inert_and_a_missing_one_is_said() -> None:
    html = html_of("A {HP-12.word} and {HP-99.factor} and {HP-12.other}.")
    filled = fill(html, NUMBERS)
    assert "&lt;b&gt;" in filled
    assert "HP-99: not set" in filled
    assert "HP-12: not set" in filled


def test_every_pointer_is_found_with_its_line() -> None:
    rendered = render_section(
        "One [@3]\nand [house]\n\n- [HP-12]\n- {HP-12.factor} [x](loin)\n", slug="m", first_line=9
    )
    assert [(ref.kind, ref.target, ref.line) for ref in rendered.refs] == [
        (RefKind.SOURCE, "3", 9),
        (RefKind.HOUSE, "house", 10),
        (RefKind.NUMBER, "HP-12", 12),
        (RefKind.VALUE, "HP-12.factor", 13),
        (RefKind.LINK, "m/loin", 13),
    ]


def test_blocks_have_anchors_in_the_order_of_reading() -> None:
    rendered = render_section(
        "One.\n\n## The rule\n\n- a\n- b\n\n::: check M3-K01\n:::\n\n::: try Now\nDo.\n:::\n\n## The rule\n", slug="m"
    )
    assert rendered.anchors == ("p-1", "h-the-rule", "p-3", "check-M3-K01", "p-5", "h-the-rule-2")
    html = "".join(part.html for part in rendered.parts if isinstance(part, Html))
    assert '<h2 data-block="2" id="h-the-rule">' in html
    assert '<ul data-block="3" id="p-3">' in html


def test_pictures_and_checks_are_cut_out_where_they_stand() -> None:
    rendered = render_section(
        "## Look\n\n::: figure loin\nA *caption* [@1].\n:::\n\n::: check M3-K01\n:::\n\nEnd.\n", slug="m", tall={"loin"}
    )
    kinds = [type(part) for part in rendered.parts]
    assert kinds == [Html, Figure, Html, Words, Html, Check, Html]
    assert rendered.parts[0].html.endswith('<figure class="fig tall" data-block="2" id="figure-loin">')  # type: ignore[union-attr]
    assert "<em>caption</em>" in rendered.parts[2].html  # type: ignore[union-attr]
    assert rendered.parts[5] == Check(check="M3-K01", level=3, anchor="check-M3-K01")


def test_notes_say_their_kind_and_fit_into_the_outline() -> None:
    html = html_of("::: mistakes\nx [house]\n:::\n\n## A\n\n### B\n\n::: floor Before *you* start\n- one\n:::\n")
    assert "<h2>Common mistakes</h2>" in html
    assert '<h4><span class="kind">On the floor</span> Before <em>you</em> start</h4>' in html


def test_a_table_scrolls_by_itself_has_a_name_and_no_style() -> None:
    html = html_of("| Zone | Load |\n| --- | ---: |\n| Spine | 0 |\n")
    assert 'role="region" tabindex="0"' in html
    assert 'aria-label="Table 1: Zone, Load"' in html
    assert '<th class="right" scope="col">Load</th>' in html
    assert "style" not in html


def test_links_lead_to_sections_of_this_module_and_of_others() -> None:
    html = html_of("[a](loin) [b](overhead-bars/strap#h-rule) [c](#p-1)")
    assert 'href="/modules/body-map/loin"' in html
    assert 'href="/modules/overhead-bars/strap#h-rule"' in html
    assert 'href="#p-1"' in html


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("# Title", 1, "only heading of the first level"),
        ("## A\n\n#### B", 3, "level 4 follows one of level 2"),
        ("a\n\n<b>x</b>", 3, "HTML is not used"),
        ("<script>alert(1)</script>", 1, "HTML is not used"),
        ("a\n![x](y.png)", 2, "pictures stand in"),
        ("[x](https://example.org)", 1, "cite a source"),
        ("<https://example.org>", 1, "cite a source"),
        ("[x](javascript:alert)", 1, "not a mark we know"),
        ("A fact [@x].", 1, "not a mark we know"),
        ("A fact [HP-1].", 1, "not a mark we know"),
        ("A fact {HP-12}.", 1, "not a mark we know"),
        ("::: boxed\nx\n:::", 1, "no block called 'boxed'"),
        ("::: try\nx", 1, "'try' is never closed"),
        ("x\n\n:::", 3, "closes nothing"),
        ("::: try\n::: floor\nx\n:::\n:::", 2, "needs more colons"),
        ("::: figure\nx\n:::", 1, "takes one name"),
        ("::: figure loin\n:::", 1, "no caption"),
        ("::: check M3-K01\nx\n:::", 1, "leave the block empty"),
        ("x\n\n    indented", 3, "code has no place"),
        ("x \ue000n:HP-12.factor\ue001", 1, "private-use"),
    ],
)
def test_what_has_no_place_in_a_section_is_told_with_its_line(text: str, line: int, words: str) -> None:
    faults = faults_of(text)
    assert any(fault.startswith(f"{line}: ") and words in fault for fault in faults), faults


def test_every_fault_of_a_section_is_told_at_once() -> None:
    assert len(faults_of("# One\n\n<b>\n\n[x](http://a)\n\n::: boxed\n")) >= 4


@pytest.mark.parametrize(
    "attack", ['<img src=x onerror="alert(1)">', "<svg/onload=alert(1)>", "[x](javascript:alert(1))"]
)
def test_nothing_an_author_writes_can_run(attack: str) -> None:
    html = "".join(part.html for part in render_section(attack, slug="m").parts if isinstance(part, Html))
    assert "<img" not in html
    assert "<svg" not in html
    assert "href" not in html
    assert "<img" not in inline(attack)
    assert "<svg" not in inline(attack)


def test_a_line_of_markdown_has_marks_without_links() -> None:
    read = read_inline("**Seven** means stop [HP-13] [@78]")
    assert read.html == (
        '<strong>Seven</strong> means stop <span class="house">house policy HP-13</span><span class="cite">[78]</span>'
    )
    assert [ref.target for ref in read.refs] == ["HP-13", "78"]
    assert read.faults == ()


def test_a_line_of_markdown_tells_what_has_no_place_in_it() -> None:
    assert len(read_inline("<b>x</b>").faults) == 1
    assert len(read_inline("[x](loin)").faults) == 1
    assert len(read_inline("see [@x]").faults) == 1
