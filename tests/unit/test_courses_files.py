"""Reading the course's files: the small course is whole, and every breach of it is told with file and line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import coursefiles
from tests.coursefiles import CHECKS, FIRST, MAP, MODULE, PICTURE, SECOND, STRIP, edit, write_course
from training.courses.domain.bodymap import BodyMap
from training.courses.domain.module import Module
from training.courses.domain.sources import Sources
from training.courses.files import load


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_course(tmp_path / "content")


def module_in(root: Path) -> Module:
    course, problems = load(root)
    assert problems == ()
    module = course.modules[0].module
    assert module is not None
    return module


def problems_in(root: Path) -> list[str]:
    _, problems = load(root)
    return [f"{Path(p.path).relative_to(root)}:{p.line}: {p.place}: {p.message}" for p in problems]


def test_the_small_course_is_whole(root: Path) -> None:
    module = module_in(root)
    assert [section.id for section in module.sections] == ["spine", "loin"]
    first = module.sections[0]
    assert first.sources == (78, 80)
    assert first.numbers == ("HP-14",)
    assert first.anchors == ("p-1", "h-beside-it", "figure-strip", "check-M3-K01", "p-5")
    assert set(module.checks) == {"M3-K01", "M3-K02"}
    assert module.pictures["strip"].words.startswith("Two strips")
    assert module.blueprint.draw == (("SAF-1", 1), ("SAF-2", 1))
    assert module.blueprint.must_know == {"SAF-1"}


def test_what_is_published_is_json_and_reads_back_the_same(root: Path) -> None:
    course, _ = load(root)
    module = module_in(root)
    assert course.body_map is not None
    assert Module.from_body(json.loads(json.dumps(module.to_body()))) == module
    assert BodyMap.from_body(json.loads(json.dumps(course.body_map.to_body()))) == course.body_map
    assert Sources.from_body(json.loads(json.dumps(course.sources.to_body()))) == course.sources


def test_loading_twice_gives_the_same_body(root: Path) -> None:
    assert module_in(root).to_body() == module_in(root).to_body()


def test_the_map_for_teaching_says_the_codes_and_the_map_for_quizzes_nothing(root: Path) -> None:
    course, _ = load(root)
    assert course.body_map is not None
    assert '<g class="region no-load" data-region="r09">' in course.body_map.taught
    assert '<g class="region work" data-region="r18">' in course.body_map.taught
    assert "hatched" in course.body_map.taught
    for word in ("no-load", "caution", "work", "hatched"):
        assert word not in course.body_map.neutral


@pytest.mark.parametrize(
    ("name", "old", "new", "section"),
    [
        (FIRST, "comes next", "is next", "spine"),
        (STRIP, 'height="80"', 'height="70"', "spine"),
        (CHECKS, "Press on and hope", "Press on and wait", "spine"),
        (SECOND, "Lift off before the loin", "Lift before the loin", "loin"),
    ],
)
def test_a_sections_digest_changes_with_what_it_shows_and_with_nothing_else(
    root: Path, name: str, old: str, new: str, section: str
) -> None:
    before = module_in(root)
    edit(root, name, old, new)
    after = module_in(root)
    changed = [one.id for one, other in zip(before.sections, after.sections, strict=True) if one.digest != other.digest]
    assert changed == [section]


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        (MODULE, "slug: body-map", "slug: bodymap", "modules/body-map/module.yaml:2: slug: the folder is called"),
        (MODULE, "track: safety", "track: security", "modules/body-map/module.yaml:4: track"),
        (
            MODULE,
            "track: safety",
            "track: safety\ncolour: red",
            "modules/body-map/module.yaml:5: colour: this key is not",
        ),
        (MODULE, "change: major", "change: huge", "modules/body-map/module.yaml:7: change"),
        (MODULE, "minutes: 7", "minutes: 8", ":5: minutes: the sections add up to 7 minutes and the module says 8"),
        (MODULE, "state: drafted", "state: reviewed", "a reviewed module names by, role and date"),
        (MODULE, "state: drafted", "state: drafted, by: A. Nobody", "a drafted one names none"),
        (MODULE, "02-loin.md", "03-loin.md", "sections[1].file: there is no such file"),
        (MODULE, "02-loin.md", "03-loin.md", "02-loin.md:0: : module.yaml does not name this file"),
        (MODULE, "id: loin,", "id: spine,", "sections[1].id: spine stands twice"),
        (MODULE, "id: SAF-2, must", "id: SAF-1, must", "objectives[1].id: SAF-1 stands twice"),
        (MODULE, "SAF-2: 1}", "SAF-3: 1}", "quiz.draw.SAF-3: the module has no objective SAF-3"),
        (MODULE, "SAF-2: 1}", "SAF-2: 0}", "quiz.draw.SAF-2"),
        (FIRST, "id: spine", "id: back", "01-spine.md:2: id: module.yaml calls this section 'spine'"),
        (
            FIRST,
            "objectives: [SAF-1]",
            "objectives: [SAF-2]",
            "module.yaml:11: objectives[0]: no section teaches SAF-1",
        ),
        (FIRST, "objectives: [SAF-1]", "objectives: [SAF-9]", "01-spine.md:4: objectives: the module has no objective"),
        (FIRST, "minutes: 4", "minutes: four", "01-spine.md:5: minutes"),
        (FIRST, "---\nid", "id", "01-spine.md:1: : the file begins with front matter"),
        (FIRST, "## Beside", "# Beside", "01-spine.md:9: text: the title is the only heading of the first level"),
        (FIRST, "M3-K01", "M3-K09", "01-spine.md:15: M3-K09: checks.yaml has no check M3-K09"),
        (FIRST, "M3-K01", "M3-K09", "checks.yaml:0: M3-K01: no section shows the check M3-K01"),
        (SECOND, "M3-K02", "M3-K01", "02-loin.md:13: M3-K01: the check M3-K01 stands in the module already"),
        (CHECKS, "section: spine", "section: loin", "M3-K01 says it belongs to section 'loin'"),
        (CHECKS, "section: spine", "section: neck", "the module has no section 'neck'"),
        (CHECKS, "objective: SAF-1", "objective: SAF-9", "the module has no objective 'SAF-9'"),
        (CHECKS, "right: [r12]", "right: [r99]", "There is no region 'r99'"),
        (FIRST, "(loin)", "(#loin)", "01-spine.md:18: text: nothing here is called #loin"),
        (FIRST, "::: figure strip", "::: figure", "takes one name"),
        (SECOND, "A kidney", "::: figure body-map\nTwice.\n:::\n\nA kidney", "'body-map' stands twice in this section"),
        (MAP, "r12, title: Loin", "r12, title: Caution loin", "regions[1].title: the quiz shows this title too"),
        (MAP, "house: true", "house: false", "name a source, or say `house: true`"),
        (MAP, "levels: null", "levels: L1", "a no-load region has no levels"),
        (MAP, "id: r12", "id: r13", "region r13 is not drawn"),
        (MAP, "id: r12", "id: r13", "body-map.yaml has no region r12"),
        (MAP, "{id: r12", "{id: r09", "region r09 stands twice"),
        (MAP, "id: r09", "id: r99", "the regions stand in the order of their ids"),
        (PICTURE, 'class="region" data-region="r12"', 'class="region kidney" data-region="r12"', "with no other class"),
        (PICTURE, 'cx="40"', 'cx="40" id="caution-1"', "stands in the picture, which a quiz shows too"),
        ("sources.yaml", "id: 80", "id: 78", "sources.yaml:2: 78: this number is used twice"),
        ("sources.yaml", "https://example.org/78", "javascript:alert(1)", "sources.yaml:1: [0].url"),
    ],
)
def test_each_breach_is_told_with_its_place(root: Path, name: str, old: str, new: str, told: str) -> None:
    edit(root, name, old, new)
    problems = problems_in(root)
    assert any(told in problem for problem in problems), problems


def test_a_section_without_a_single_source_is_told(root: Path) -> None:
    (root / SECOND).write_text(
        "---\nid: loin\ntitle: Loin\nobjectives: [SAF-2]\nminutes: 3\n---\nA kidney lies close.\n\n"
        "::: check M3-K02\n:::\n",
        encoding="utf-8",
    )
    assert any("nothing in this section has a source" in problem for problem in problems_in(root))


def test_problems_of_many_files_are_told_together(root: Path) -> None:
    edit(root, MODULE, "track: safety", "track: safety\ncolour: red")
    edit(root, MAP, "code: work", "code: maybe")
    edit(root, "sources.yaml", "grade: B", "grade: E")
    edit(root, STRIP, "<use", '<use onload="x()"')
    files = {problem.split(":")[0] for problem in problems_in(root)}
    assert files >= {"modules/body-map/module.yaml", "body-map.yaml", "sources.yaml", "pictures/strip.svg"}


@pytest.mark.parametrize("name", sorted(coursefiles.FILES.keys() - {"numbers.yaml", coursefiles.ITEMS_FILE}))
@pytest.mark.parametrize(
    "break_",
    [
        lambda path: path.write_bytes(b"\xff\xfe\x00"),
        lambda path: path.write_text("", encoding="utf-8"),
        lambda path: path.write_text("{[", encoding="utf-8"),
        lambda path: path.unlink(),
    ],
    ids=["not text", "empty", "nonsense", "missing"],
)
def test_a_corrupt_file_is_a_problem_and_never_a_crash(root: Path, name: str, break_: Callable[[Path], None]) -> None:
    break_(root / name)
    if name == STRIP and not (root / name).exists():
        course, _ = load(root)
        assert "strip" not in course.pictures  # whoever shows it is told by the cross-check
        return
    assert problems_in(root)
