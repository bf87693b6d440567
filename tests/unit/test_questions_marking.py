"""Marking is all or nothing; pages get tokens that say nothing; bodies survive the round trip."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from training.errors import Invalid
from training.questions.domain import Bank, Difficulty, Item, Material, mark
from training.questions.types import kinds, task_type
from training.questions.types.choosing import Option
from training.questions.types.hotspot.domain import HotSpot
from training.questions.types.multiple.domain import Multiple
from training.questions.types.single.domain import Single
from training.questions.types.task import Task

REGIONS = tuple((f"r{number:02}", f"Place {number}") for number in range(1, 28))
MATERIAL = Material(render=lambda text: text, regions=REGIONS)


def options(key: str, of: str = "abcd") -> tuple[Option, ...]:
    return tuple(Option(id=id_, text=f"Text {id_}", right=id_ in key, why=f"Why {id_}") for id_ in of)


SINGLE = Single(options=options("b"))
MULTIPLE = Multiple(options=options("bd", "abcde"))
ALL = HotSpot(right_regions=("r07", "r19"), all_needed=True, choose=2, why="Key", wrong=(("r18", "Muscle."),))
ANY = HotSpot(right_regions=("r07", "r12", "r19"), all_needed=False, choose=2, why="Key")


def item(task: Task) -> Item:
    return Item(
        id="M3-Q01",
        version=2,
        objective="SAF-1",
        difficulty=Difficulty.HARD,
        stem="Where?",
        task=task,
        section="gap",
        sources=(78,),
    )


@pytest.mark.parametrize(
    ("task", "answer", "right"),
    [
        (SINGLE, ("b",), True),
        (SINGLE, ("a",), False),
        (SINGLE, (), False),
        (MULTIPLE, ("b", "d"), True),
        (MULTIPLE, ("b",), False),
        (MULTIPLE, ("a", "b", "d"), False),
        (MULTIPLE, (), False),
        (ALL, ("r07", "r19"), True),
        (ALL, ("r07",), False),
        (ALL, ("r07", "r18", "r19"), False),
        (ALL, (), False),
        (ANY, ("r07", "r19"), True),
        (ANY, ("r12", "r19"), True),
        (ANY, ("r12",), False),
        (ANY, ("r07", "r12", "r19"), False),
        (ANY, ("r12", "r18"), False),
        (ANY, (), False),
    ],
)
def test_an_answer_is_right_or_it_is_not(task: Task, answer: tuple[str, ...], right: object) -> None:
    found = mark(item(task), answer)
    assert (found.right, found.points, found.available) == (right, int(bool(right)), 1)


@given(st.sets(st.sampled_from("abcde")))
def test_only_the_exact_set_of_a_multiple_response_is_right(chosen: set[str]) -> None:
    assert mark(item(MULTIPLE), sorted(chosen)).right == (chosen == {"b", "d"})


@given(st.sets(st.sampled_from([id_ for id_, _ in REGIONS])))
def test_only_the_exact_regions_of_a_hot_spot_are_right(chosen: set[str]) -> None:
    assert mark(item(ALL), sorted(chosen)).right == (chosen == {"r07", "r19"})


@given(st.permutations("abcde"), st.sets(st.sampled_from("12345")))
def test_tokens_are_places_on_the_page_and_come_back_as_given(order: list[str], tokens: set[str]) -> None:
    answer = MULTIPLE.accept(sorted(tokens), order, MATERIAL)
    assert answer == tuple(sorted(order[int(token) - 1] for token in tokens))
    assert MULTIPLE.tokens(answer, order) == tokens


@pytest.mark.parametrize("given_", [["5"], ["0"], ["b"], ["1", "x"], [""], ["٣"]])
def test_a_token_that_was_not_offered_is_refused(given_: list[str]) -> None:
    with pytest.raises(Invalid):
        SINGLE.accept(given_, "abcd", MATERIAL)


def test_single_choice_takes_one_answer_and_hot_spots_only_places_of_the_map() -> None:
    with pytest.raises(Invalid, match="takes one answer"):
        SINGLE.accept(["1", "2"], "abcd", MATERIAL)
    with pytest.raises(Invalid, match="not a place"):
        ALL.accept(["r99"], (), MATERIAL)
    assert ALL.accept(["r19", "r07", "r19"], (), MATERIAL) == ("r07", "r19")


def test_what_an_answer_lacks_is_told_without_the_key() -> None:
    assert SINGLE.lacking(()) == "Not answered yet."
    assert SINGLE.lacking(("a",)) is None
    assert ALL.lacking(("r01",)) == "The question asks for 2 places; you have marked 1."
    assert ALL.lacking(("r01", "r02")) is None


@pytest.mark.parametrize("task", [SINGLE, MULTIPLE, ALL, ANY])
def test_the_view_is_the_same_whatever_is_right(task: Task) -> None:
    order = "cabd" if not isinstance(task, Multiple) else "ecabd"
    shown = repr(item(task).view(order, MATERIAL))
    assert "Why" not in shown
    assert "Key" not in shown
    if isinstance(task, HotSpot):
        turned: Task = replace(task, right_regions=("r01", "r02"), wrong=())
    elif isinstance(task, (Single, Multiple)):
        turned = replace(task, options=tuple(replace(option, right=not option.right) for option in task.options))
    assert repr(item(turned).view(order, MATERIAL)) == shown


def test_feedback_says_for_each_choice_what_was_chosen_what_is_right_and_why() -> None:
    told = item(SINGLE).feedback(("a",), "cabd", MATERIAL)
    assert not told.right
    assert [(note.token, note.chosen, note.right, note.why) for note in told.notes] == [
        ("1", False, False, "Why c"),
        ("2", True, False, "Why a"),
        ("3", False, True, "Why b"),
        ("4", False, False, "Why d"),
    ]
    spot = item(ALL).feedback(("r18", "r19"), (), MATERIAL)
    assert spot.why == "Key"
    assert [(note.token, note.chosen, note.right, note.why) for note in spot.notes if note.chosen or note.right] == [
        ("r07", False, True, ""),
        ("r18", True, False, "Muscle."),
        ("r19", True, True, ""),
    ]


def test_the_picture_of_the_feedback_tells_right_wrong_and_missed_apart_and_stays_safe_html() -> None:
    regions = "".join(f'<g class="region" data-region="{id_}"><path/></g>' for id_ in ("r07", "r18", "r19", "r20"))
    material = replace(MATERIAL, picture=Markup(regions))  # noqa: S704 - made two lines above
    painted = item(ALL).feedback(("r18", "r19"), (), material).picture
    assert isinstance(painted, Markup)
    assert [piece.split('"')[1] for piece in painted.split("<g ")[1:]] == [
        "region missed",
        "region wrong",
        "region right",
        "region",
    ]
    assert item(ALL).view((), material).picture == regions


@pytest.mark.parametrize("task", [SINGLE, MULTIPLE, ALL, ANY])
def test_the_solution_is_right(task: Task) -> None:
    assert mark(item(task), task.solution()).right
    assert task.lacking(task.solution()) is None


@pytest.mark.parametrize("task", [SINGLE, MULTIPLE, ALL, ANY])
def test_a_published_body_reads_back_the_same(task: Task) -> None:
    bank = Bank("M3", (item(task),))
    assert Bank.from_body(json.loads(json.dumps(bank.to_body()))) == bank


def test_every_folder_of_types_is_a_type_of_its_own_name() -> None:
    assert kinds() == ("hotspot", "multiple", "single")
    assert [task_type(kind).kind for kind in kinds()] == list(kinds())
    with pytest.raises(KeyError):
        task_type("essay")
