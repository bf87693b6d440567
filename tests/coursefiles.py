"""The only place for the small course of the tests: one module of two sections, with everything a module can have."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from training.config import ROOT
from training.courses.domain.publication import Change, Draft, Kind
from training.courses.files import load
from training.courses.files.modules import ITEMS
from training.numbers import files as numbers
from training.questions.domain import Bank
from training.questions.files import load_items

MODULE: Final = "modules/body-map/module.yaml"
FIRST: Final = "modules/body-map/01-spine.md"
SECOND: Final = "modules/body-map/02-loin.md"
CHECKS: Final = "modules/body-map/checks.yaml"
ITEMS_FILE: Final = "modules/body-map/items.yaml"
MAP: Final = "body-map.yaml"
PICTURE: Final = "pictures/body-map.svg"
STRIP: Final = "pictures/strip.svg"

#: Words that only a key or its explanation holds: they may not be in a page before an answer.
KEY_WORDS: Final = ("Muscle takes load, bone does not.", "The ridge is bone.", "That is the loin.")

_ITEM = """\
- id: {id}
  version: 1
  type: single
  objective: {objective}
  difficulty: easy
  stem: "The foot slides toward the ridge, number {id}. What now?"
  options:
    - {{id: a, text: "Press on and hope", right: false, why: "The ridge is bone."}}
    - {{id: b, text: "Lift it off first", right: true, why: "Muscle takes load, bone does not. [HP-14]"}}
    - {{id: c, text: "Slow down a little", right: false, why: "Slow is still load."}}
  section: {section}
  sources: [78]
"""

_HOTSPOT = """\
- id: M3-K02
  version: 1
  type: hotspot
  objective: SAF-2
  difficulty: medium
  stem: "Mark where a kidney lies close."
  regions: {right: [r12], needed: all, choose: 1}
  why: "That is the loin."
  section: loin
  house: true
"""

FILES: Final[dict[str, str]] = {
    "sources.yaml": """\
- {id: 78, grade: B, title: "Take the danger out of endangerment sites", url: "https://example.org/78"}
- {id: 80, grade: D, title: "Which part is an endangerment site?"}
""",
    "numbers.yaml": """\
- id: HP-14
  title: Load levels
  values: {l1_percent: 10, l2_percent: 25}
- id: HP-21
  title: Pass marks
  values: {quiz_percent: 85, must_know_percent: 100}
""",
    MAP: """\
regions:
  - {id: r09, title: Spine, code: no-load, levels: null, structures: Bone, reason: Bare, sources: [78], figure: back}
  - {id: r12, title: Loin, code: no-load, levels: null, structures: Kidney, reason: Bare, house: true, figure: back}
  - {id: r18, title: Thigh, code: work, levels: null, structures: Muscle, reason: Broad, house: true, figure: back}
""",
    PICTURE: """\
<svg class="picture tall" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 200" role="img">
<title>Body map: a client lying face down</title>
<desc>A figure from behind, with spine, loin and thighs.</desc>
<defs><pattern id="body-map-hatch" width="5" height="5"><path class="hatch-line" d="M0 0v5"/></pattern></defs>
<g class="region" data-region="r09"><path class="shape" d="M50 20v80"/></g>
<g class="region" data-region="r12"><circle class="shape" cx="40" cy="90" r="8"/></g>
<g class="region" data-region="r18"><rect class="shape" x="35" y="130" width="10" height="40"/></g>
</svg>
""",
    STRIP: """\
<svg viewBox="0 0 200 100"><title>The strip beside the spine</title>
<desc>Two strips of muscle, one on each side of the ridge.</desc>
<rect id="left" class="wash-act" x="10" y="10" width="20" height="80"/><use href="#left" x="60"/></svg>
""",
    MODULE: """\
id: M3
slug: body-map
title: "Body map"
track: safety
minutes: 7
revision: 1
change: major
summary: Where a foot may work.
review: {state: drafted}
objectives:
  - {id: SAF-1, must_know: true, text: "Stay beside the spine."}
  - {id: SAF-2, must_know: false, text: "Lift before the loin."}
sections:
  - {id: spine, file: 01-spine.md}
  - {id: loin, file: 02-loin.md}
quiz:
  draw: {SAF-1: 1, SAF-2: 1}
  pass: HP-21
  attempts: 3
  wait_hours: 24
""",
    FIRST: """\
---
id: spine
title: "The spine is a gap, not a path"
objectives: [SAF-1]
minutes: 4
---
Bone lies bare there [@78]. At L1 you use at most {HP-14.l1_percent} % of your weight [HP-14].

## Beside it

::: figure strip
The strip is narrow [@80].
:::

::: check M3-K01
:::

The [loin](loin) comes next, and that rule is ours [house].
""",
    SECOND: """\
---
id: loin
title: "Lift off before the loin"
objectives: [SAF-2]
minutes: 3
---
A kidney lies close [@78].

::: figure body-map
Where a foot may work [house].
:::

::: check M3-K02
:::
""",
    CHECKS: _ITEM.format(id="M3-K01", objective="SAF-1", section="spine") + _HOTSPOT,
    ITEMS_FILE: "".join(
        _ITEM.format(id=f"M3-Q{number:02}", objective=objective, section=section)
        for number, (objective, section) in enumerate([("SAF-1", "spine")] * 3 + [("SAF-2", "loin")] * 2, 1)
    ),
}


_POLICY: Final = """\
revision: 1
change: major
reason: First edition
renewal_window_days: 30
requirements:
  - {id: quiz-m3, kind: quiz, module: M3, term_months: 12, title: Body map}
  - {id: practical-bar, kind: practical, sheet: bar, term_months: 6, title: Practical on the bar}
authorisations:
  - id: ashiatsu-bar
    title: Ashiatsu on the bar
    style: ashiatsu
    support: bar
    sheet: bar
    grades:
      - {id: provisional, load_cap: L2, conditions: [senior on site], requirements: [quiz-m3, practical-bar]}
"""


def write_course(root: Path) -> Path:
    """Write the small course under `root`. Returns `root`."""
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def write_content(root: Path) -> Path:
    """The small course with a policy and the real sheets: everything there is to publish. Returns `root`."""
    write_course(root)
    (root / "policy.yaml").write_text(_POLICY, encoding="utf-8")
    shutil.copytree(ROOT / "content" / "sheets", root / "sheets")
    return root


def edit(root: Path, name: str, old: str, new: str) -> None:
    """Replace a piece of one file; it has to be there."""
    text = (root / name).read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {name}"
    (root / name).write_text(text.replace(old, new), encoding="utf-8")


def course_drafts(root: Path) -> tuple[Draft, ...]:
    """The small course as bodies to publish: everything a page or a quiz needs, and neither policy nor sheet."""
    return tuple(_drafts(root))


def _drafts(root: Path) -> Iterator[Draft]:
    course, problems = load(root)
    assert not problems, "\n".join(map(str, problems))
    house, problems = numbers.load(root)
    assert not problems, "\n".join(map(str, problems))
    assert course.body_map is not None
    for kind, key, body in (
        (Kind.SOURCES, "sources", course.sources.to_body()),
        (Kind.NUMBERS, "numbers", house.to_body()),
        (Kind.MAP, "body-map", course.body_map.to_body()),
    ):
        yield Draft(kind=kind, key=key, revision=None, change=Change.MINOR, body=body)
    for loaded in course.modules:
        module = loaded.module
        assert module is not None
        items = load_items(loaded.folder / ITEMS, module=module.id, letter="Q", regions=course.regions)
        bank = Bank(module=module.id, items=items.items)
        yield Draft(kind=Kind.BANK, key=module.id, revision=None, change=Change.MINOR, body=bank.to_body())
        yield Draft(
            kind=Kind.MODULE,
            key=module.id,
            revision=module.revision,
            change=Change(module.change),
            body=module.to_body(),
            path=loaded.path,
            line=loaded.revision_line,
        )
