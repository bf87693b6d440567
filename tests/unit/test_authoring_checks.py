"""All content checked together: the small course and the real one pass, and every broken pointer is told."""

from pathlib import Path

import pytest

from tests.coursefiles import CHECKS, FIRST, ITEMS_FILE, MAP, MODULE, SECOND, STRIP, edit, write_content
from training.authoring.files import read_content
from training.authoring.service import check
from training.config import ROOT


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_content(tmp_path / "content")


def problems_in(root: Path) -> list[str]:
    return [str(problem) for problem in check(root).problems]


def test_the_small_course_passes(root: Path) -> None:
    report = check(root)
    assert [str(problem) for problem in report.problems] == []
    assert (report.modules, report.sections, report.items) == (1, 2, 5)


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        (FIRST, "[@80]", "[@81]", "01-spine.md:12: 81: the bibliography has no number 81"),
        (FIRST, "[HP-14]", "[HP-15]", "01-spine.md:7: HP-15: there is no house number HP-15"),
        (FIRST, "{HP-14.l1_percent}", "{HP-14.l9_percent}", "HP-14 has no value 'l9_percent'; it has l1_percent"),
        (FIRST, "{HP-14.l1_percent}", "{HP-15.l1_percent}", "there is no house number HP-15"),
        (FIRST, "(loin)", "(neck)", "body-map/neck: body-map has no section 'neck'"),
        (FIRST, "(loin)", "(stools/loin)", "there is no module 'stools'"),
        (FIRST, "(loin)", "(loin#h-rule)", "body-map/loin has nothing called #h-rule"),
        (FIRST, "figure strip", "figure stripe", "01-spine.md:11: stripe: there is no picture 'stripe'"),
        (STRIP, "<use", "<script/><use", "01-spine.md:11: strip: there is no picture 'strip'"),
        (MODULE, "pass: HP-21", "pass: HP-22", "module.yaml:16: quiz.pass: there is no house number HP-22"),
        (MODULE, "pass: HP-21", "pass: HP-14", "HP-14 needs a whole number called quiz_percent"),
        (MODULE, "SAF-1: 1,", "SAF-1: 4,", "SAF-1: 4 items are drawn and the bank has 3"),
        (MODULE, "SAF-2, must_know: false", "SAF-2, must_know: true", "SAF-2 is must-know and needs at least 3 items"),
        (MODULE, "{SAF-1: 1, ", "{", "SAF-1 is must-know and is not drawn"),
        (CHECKS, "sources: [78]", "sources: [79]", "checks.yaml:1: M3-K01: the bibliography has no number 79"),
        (CHECKS, "Slow is still load.", "Slow <b>is</b> load.", "M3-K01: HTML is not used in content: <b>"),
        (ITEMS_FILE, "[HP-14]", "[HP-15]", "M3-Q01: there is no house number HP-15"),
        (ITEMS_FILE, "number M3-Q02", "number [@7]", "M3-Q02: the bibliography has no number 7"),
        (ITEMS_FILE, "section: loin", "section: neck", "the module has no section 'neck'"),
        (MAP, "sources: [78]", "sources: [79]", "body-map.yaml:1: r09: the bibliography has no number 79"),
        ("numbers.yaml", "title: Load levels", "title: Load levels\n  sources: [79]", "HP-14: the bibliography has no"),
        ("policy.yaml", "module: M3", "module: M4", "policy.yaml:1: quiz-m3: there is no module M4"),
        ("policy.yaml", "kind: practical, sheet: bar", "kind: practical, sheet: rope", "there is no sheet 'rope'"),
    ],
)
def test_each_broken_pointer_is_told_with_its_place(root: Path, name: str, old: str, new: str, told: str) -> None:
    edit(root, name, old, new)
    problems = problems_in(root)
    assert any(told in problem for problem in problems), problems


def test_problems_come_in_order_each_once_and_files_are_named_from_content(root: Path) -> None:
    edit(root, FIRST, "[@80]", "[@81] [@81]")
    edit(root, SECOND, "[@78]", "[@79]")
    assert problems_in(root) == [
        "content/modules/body-map/01-spine.md:12: 81: the bibliography has no number 81",
        "content/modules/body-map/02-loin.md:7: 79: the bibliography has no number 79",
    ]


def test_a_module_with_problems_still_has_its_pointers_checked(root: Path) -> None:
    edit(root, MODULE, "minutes: 7", "minutes: 8")
    edit(root, FIRST, "[@80]", "[@81]")
    assert len(problems_in(root)) == 2


@pytest.mark.parametrize("name", ["sources.yaml", "numbers.yaml"])
@pytest.mark.parametrize("text", ["{[", "[]"])
def test_a_list_that_cannot_be_read_is_one_problem_and_not_one_for_every_pointer(
    root: Path, name: str, text: str
) -> None:
    (root / name).write_text(text, encoding="utf-8")
    (problem,) = problems_in(root)
    assert problem.startswith(f"content/{name}:")


def test_no_folder_at_all_is_told_and_does_not_crash(tmp_path: Path) -> None:
    problems = problems_in(tmp_path / "nowhere")
    assert any("sources.yaml" in problem and "missing" in problem for problem in problems)


def test_the_real_course_has_no_problems() -> None:
    content, problems = read_content(ROOT / "content")
    assert [str(problem) for problem in problems] == []
    assert {module.id for module in content.course.modules} >= {"M3", "M9"}
