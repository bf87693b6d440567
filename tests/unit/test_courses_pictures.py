"""Our own drawings: what may stand in one, and that nothing else gets through."""

from pathlib import Path

import pytest

from training.courses.domain.module import Picture
from training.courses.files.pictures import read_picture, read_pictures

WORDS = "<title>A bar</title><desc>A bar under\na ceiling.\n\nTwo hands.</desc>"


def read(
    folder: Path, inside: str, root: str = 'viewBox="0 0 10 20"', words: str = WORDS
) -> tuple[Picture | None, list[str]]:
    path = folder / "bar.svg"
    path.write_text(f"<svg {root}>{words}\n{inside}</svg>", encoding="utf-8")
    picture, _, problems = read_picture(path)
    return picture, [f"{problem.line}: {problem.message}" for problem in problems]


def drawn(folder: Path, inside: str, root: str = 'viewBox="0 0 10 20"') -> Picture:
    picture, problems = read(folder, inside, root)
    assert problems == []
    assert picture is not None
    return picture


def test_a_picture_has_a_name_and_its_words(tmp_path: Path) -> None:
    picture = drawn(tmp_path, '<path class="ink" d="M0 0L1 1"/>', 'class="picture dark" viewBox="0 0 10 20" width="50"')
    assert (picture.name, picture.title, picture.tall) == ("bar", "A bar", True)
    assert picture.words == "A bar under a ceiling.\n\nTwo hands."
    assert picture.svg.startswith('<svg class="picture dark" viewBox="0 0 10 20" role="img" aria-label="A bar">')
    assert '<path class="ink" d="M0 0L1 1">' in picture.svg
    assert "width" not in picture.svg


def test_ids_become_the_pictures_own(tmp_path: Path) -> None:
    svg = drawn(
        tmp_path,
        '<defs><pattern id="hatch" width="5" height="5"/></defs>'
        '<rect id="bar-box" fill="url(#hatch)"/><use href="#bar-box"/>',
    ).svg
    assert 'id="bar-hatch"' in svg
    assert 'fill="url(#bar-hatch)"' in svg
    assert 'id="bar-box"' in svg
    assert 'href="#bar-box"' in svg


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("<script>alert(1)</script>", "<script> has no place"),
        ("<style>path{}</style>", "<style> has no place"),
        ("<foreignObject/>", "<foreignObject> has no place"),
        ("<image href='#x'/>", "<image> has no place"),
        ("<a href='#x'/>", "<a> has no place"),
        ("<animate/>", "<animate> has no place"),
        ("<svg/>", "<svg> has no place"),
        ('<path style="fill:red" d="M0 0"/>', "'style' has no place"),
        ('<path onclick="x()" d="M0 0"/>', "'onclick' has no place"),
        ('<path onload="x()" d="M0 0"/>', "'onload' has no place"),
        ('<path fill="#ff0000" d="M0 0"/>', "colours come from classes"),
        ('<path stroke="red" d="M0 0"/>', "colours come from classes"),
        ('<path fill="url(https://example.org/x)" d="M0 0"/>', "colours come from classes"),
        ('<use href="https://example.org/x#y"/>', "leads out of the picture"),
        ('<use href="data:image/svg+xml,x"/>', "leads out of the picture"),
        ('<use xmlns:x="http://www.w3.org/1999/xlink" x:href="https://example.org"/>', "has no place"),
        ('<use href="#nowhere"/>', "nothing in the picture has the id 'nowhere'"),
        ('<path id="a"/><path id="a"/>', "used twice"),
        ('<path d="javascript:alert(1)"/>', "has no place"),
        ("<g>words</g>", "text stands in <text>"),
        ("<g><title>A tooltip</title></g>", "directly under <svg>"),
        ("<?php x ?>", "an instruction has no place"),
    ],
)
def test_what_has_no_place_in_a_picture_is_told(tmp_path: Path, inside: str, words: str) -> None:
    picture, problems = read(tmp_path, inside)
    assert picture is None
    assert any(problem.startswith("5: ") and words in problem for problem in problems), problems


def test_a_picture_without_words_or_size_or_sense_is_refused(tmp_path: Path) -> None:
    assert any("no <title>" in problem for problem in read(tmp_path, "", words="<desc>x</desc>")[1])
    assert any("no <desc>" in problem for problem in read(tmp_path, "", words="<title>x</title><desc> </desc>")[1])
    assert any("viewBox" in problem for problem in read(tmp_path, "", root="")[1])
    assert any("viewBox" in problem for problem in read(tmp_path, "", root='viewBox="0 0 a b"')[1])
    assert any("not SVG" in problem for problem in read(tmp_path, "<path")[1])


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bar.svg"
    path.write_text(f'<!DOCTYPE svg [<!ENTITY x "y">]>\n<svg viewBox="0 0 1 1">{WORDS}</svg>', encoding="utf-8")
    assert any("DOCTYPE" in problem.message for problem in read_picture(path)[2])


def test_text_and_attributes_stay_inert(tmp_path: Path) -> None:
    svg = drawn(tmp_path, '<text class="label">5 &lt; 6 &amp; "x"</text>').svg
    assert "5 &lt; 6 &amp;" in svg
    assert "<script" not in drawn(tmp_path, "<text>&lt;script&gt;</text>").svg


def test_only_pictures_lie_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "Bar 1.svg").write_text("<svg/>")
    (tmp_path / "bar.png").write_bytes(b"\x89PNG")
    pictures, _, problems = read_pictures(tmp_path)
    assert pictures == {}
    assert len(problems) == 2
