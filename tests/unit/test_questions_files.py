"""Items come from files whole, or with every problem and its place."""

import json
from pathlib import Path

import pytest

from training.questions.files import LoadedItems, load_items
from training.questions.types.hotspot.domain import HotSpot

SINGLE = {
    "id": "M3-Q01",
    "version": 1,
    "type": "single",
    "objective": "SAF-2",
    "difficulty": "easy",
    "stem": "Mid-glide, the client says “seven”. What first?",
    "options": [
        {"id": "a", "text": "Ease to L1, then ask", "right": False, "why": "The glide goes on."},
        {"id": "b", "text": "Foot off, then ask", "right": True, "why": "Unload first."},
        {"id": "c", "text": "Ask whether to stop", "right": False, "why": "The rule has answered."},
    ],
    "section": "gap",
    "sources": [78],
}
HOTSPOT = {
    "id": "M3-Q20",
    "version": 1,
    "type": "hotspot",
    "objective": "SAF-1",
    "difficulty": "hard",
    "stem": "Mark it.",
    "regions": {"right": ["r19"], "needed": "all", "choose": 1},
    "why": "Vessels.",
    "wrong": {"r18": "Muscle."},
    "section": "gap",
    "house": True,
}


def load(folder: Path, items: object) -> LoadedItems:
    path = folder / "items.yaml"
    path.write_text(items if isinstance(items, str) else json.dumps(items))
    return load_items(
        path, module="M3", letter="Q", regions=("r07", "r18", "r19"), sections={"gap"}, objectives={"SAF-1", "SAF-2"}
    )


def places(loaded: LoadedItems) -> list[tuple[str, str]]:
    return [(problem.place, problem.message) for problem in loaded.problems]


def test_good_items_load(tmp_path: Path) -> None:
    loaded = load(tmp_path, [SINGLE, HOTSPOT])
    assert places(loaded) == []
    assert [item.id for item in loaded.items] == ["M3-Q01", "M3-Q20"]
    assert loaded.items[1].task == HotSpot(
        right_regions=("r19",), all_needed=True, choose=1, why="Vessels.", wrong=(("r18", "Muscle."),)
    )


def test_every_problem_is_told_with_its_place(tmp_path: Path) -> None:
    twice = SINGLE["options"] + [{"id": "a", "text": "foot off, then ASK.", "right": True, "why": "x"}]  # type: ignore[operator]
    broken = [
        {**SINGLE, "objective": "SAF-9", "section": "nowhere", "sources": [], "colour": "red"},
        {**SINGLE, "objective": "SAF-9", "section": "nowhere", "sources": []},
        {**SINGLE, "type": "essay"},
        {**SINGLE, "id": "M9-Q01", "options": twice},
        {**HOTSPOT, "regions": {"right": ["r19", "r99"], "needed": "all", "choose": 1}, "wrong": {"r19": "x"}},
        {**HOTSPOT, "id": "M3-Q01"},
        "not an item",
    ]
    found = places(load(tmp_path, broken))
    for expected in [
        ("[0].colour", "this key is not known here"),
        ("[1].objective", "M3-Q01: the module has no objective 'SAF-9'."),
        ("[1].section", "M3-Q01: the module has no section 'nowhere'."),
        ("[1].sources", "M3-Q01: name a source, or say `house: true`."),
        ("[2].type", "an item has a type, one of hotspot, multiple, single; this one says 'essay'"),
        ("[3].id", "ids of this file begin with M3-Q; this one is M9-Q01"),
        ("[3].options[3].id", "Option id 'a' stands twice in this item."),
        ("[3].options[3].text", "Two options say the same."),
        ("[3].options", "A single-choice item has exactly one right option; this one has 2."),
        ("[4].regions.right[1]", "There is no region 'r99' on the body map."),
        ("[4].wrong.r19", "Region r19 is right and explained as wrong."),
        ("[4].regions.choose", "All 2 are needed, so “choose” must say that number."),
        ("[5].id", "Item id M3-Q01 stands twice; ids are never reused."),
        ("[6].type", "an item has a type, one of hotspot, multiple, single; this one says None"),
    ]:
        assert expected in found
    assert len(found) == 14


@pytest.mark.parametrize(("text", "message"), [("a: 1", "a list of items is needed here"), ("[", "this is not YAML")])
def test_a_file_that_is_no_list_is_one_problem(tmp_path: Path, text: str, message: str) -> None:
    loaded = load(tmp_path, text)
    assert len(loaded.problems) == 1
    assert loaded.problems[0].message.startswith(message)


def test_a_key_that_is_far_the_longest_is_a_fault(tmp_path: Path) -> None:
    options = [{**option} for option in SINGLE["options"]]  # type: ignore[attr-defined]
    options[1]["text"] = "Take the foot off altogether, find out what it is, and only then go on"
    assert "far the longest" in places(load(tmp_path, [{**SINGLE, "options": options}]))[0][1]


def test_a_bank_in_which_length_tells_is_a_fault(tmp_path: Path) -> None:
    options = [{**option} for option in SINGLE["options"]]  # type: ignore[attr-defined]
    options[1]["text"] = "Foot off, then ask her why"
    items = [{**SINGLE, "id": f"M3-Q{number:02}", "options": options} for number in range(1, 13)]
    assert [message for _, message in places(load(tmp_path, items))] == [
        f"The {word} option is right in {hits} of 12 items; chance would give about 4. "
        "Rewrite options until length says nothing."
        for word, hits in (("longest", 12), ("shortest", 0))
    ]


def test_a_bank_whose_keys_are_never_the_longest_is_as_it_should_be(tmp_path: Path) -> None:
    options = [{**option} for option in SINGLE["options"]]  # type: ignore[attr-defined]
    options[0]["text"] = "Ease"
    options[1]["text"] = "Foot off, then ask"
    options[2]["text"] = "Breathe with her until the seven has become a five"
    items = [{**SINGLE, "id": f"M3-Q{number:02}", "options": options} for number in range(1, 31)]
    assert [message for _, message in places(load(tmp_path, items)) if "longest" in message] == []
