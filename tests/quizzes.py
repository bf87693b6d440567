"""The only place for the small quiz of the tests: a module, a bank of all item types, and all it needs in force."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from flask import Flask
from flask.testing import FlaskClient

from training.clearance.domain import Policy, QuizRequired
from training.courses import service as courses
from training.courses.domain.bodymap import BodyMap, Code, Region
from training.courses.domain.module import Html, Module, Objective, Quiz, Review, Section, Track
from training.courses.domain.publication import Change, Draft, Kind
from training.db import reading, transaction
from training.numbers.domain import HouseNumber, Numbers
from training.questions.domain import Bank, Difficulty, Item
from training.questions.types import kinds
from training.questions.types.choosing import Option
from training.questions.types.hotspot.domain import HotSpot
from training.questions.types.multiple.domain import Multiple
from training.questions.types.single.domain import Single

PUBLISHED: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SLUG: Final = "body-map"
MODULE: Final = "M3"
#: One must-know objective and one that is not.
MUST, MAY = "SAF-1", "SAF-6"
DRAW: Final = {MUST: 6, MAY: 4}
PER_OBJECTIVE: Final = 12
REGIONS: Final = tuple(f"r{number:02}" for number in range(1, 10))


@dataclass(frozen=True)
class SmallQuiz:
    """What was published, for tests that need the key."""

    bank: Bank
    module: Module

    def right(self, item_id: str) -> tuple[str, ...]:
        """The right answer in the item's own ids."""
        return self.bank.item(item_id).task.solution()

    def wrong(self, item_id: str) -> tuple[str, ...]:
        """A wrong answer in the item's own ids."""
        task = self.bank.item(item_id).task
        if isinstance(task, HotSpot):
            return tuple(id_ for id_ in REGIONS if id_ not in task.right_regions)[:1]
        assert isinstance(task, (Single, Multiple))
        return tuple(sorted(set(task.ids) - task.key))[:1]


def small_bank(*, why: str = "Because.") -> Bank:
    """Twelve items an objective: five single, four multiple, three hot-spots. `why` stands in every explanation."""
    return Bank(MODULE, tuple(_items(why)))


def _items(why: str) -> list[Item]:
    numbers = itertools.count(1)
    made = []
    for objective in DRAW:
        for place in range(PER_OBJECTIVE):
            number = next(numbers)
            made.append(
                Item(
                    id=f"M3-Q{number:02}",
                    version=1,
                    objective=objective,
                    difficulty=Difficulty.MEDIUM,
                    stem=f"Moment {number}: your foot is on the back. What now?",
                    task=_task(place, number, why),
                    section="gap",
                    sources=(78,),
                )
            )
    return made


def _task(place: int, number: int, why: str) -> Single | Multiple | HotSpot:
    def option(id_: str, *, right: bool) -> Option:
        return Option(id=id_, text=f"Act {id_.upper()} in moment {number}", right=right, why=f"{why} {number}{id_}")

    key = "abcd"[number % 4]
    if place < 5:
        return Single(options=tuple(option(id_, right=id_ == key) for id_ in "abcd"))
    if place < 9:
        return Multiple(options=tuple(option(id_, right=id_ in {key, "e"}) for id_ in "abcde"))
    right = REGIONS[number % len(REGIONS)]
    other = REGIONS[(number + 1) % len(REGIONS)]
    return HotSpot(
        right_regions=(right,), all_needed=True, choose=1, why=f"{why} {number}", wrong=((other, f"{why} {other}"),)
    )


def small_module(*, attempts: int = 3, wait_hours: int = 24, revision: int = 1) -> Module:
    """The module of that quiz, with one section."""
    section = Section(
        id="gap",
        title="The spine is a gap, not a path",
        objectives=(MUST, MAY),
        minutes=3,
        parts=(Html("<p>Stay beside it.</p>"),),
        anchors=("p-1",),
        sources=(78,),
        numbers=(),
        digest="0" * 64,
    )
    return Module(
        id=MODULE,
        slug=SLUG,
        title="Body map: where never to load",
        track=Track.SAFETY,
        minutes=3,
        revision=revision,
        change="major",
        summary="Where a foot may work.",
        review=Review(state="drafted"),
        objectives=(
            Objective(id=MUST, text="Mark the zones from memory.", must_know=True),
            Objective(id=MAY, text="Explain what is at risk.", must_know=False),
        ),
        sections=(section,),
        pictures={},
        checks={},
        quiz=Quiz(draw=DRAW, pass_number="HP-21", attempts=attempts, wait_hours=wait_hours),
    )


def small_map() -> BodyMap:
    """Nine regions and a drawing of them."""
    shapes = "".join(
        f'<g class="region" data-region="{id_}"><path class="shape" d="M{place * 9} 0h8v40h-8z"/></g>'
        for place, id_ in enumerate(REGIONS)
    )
    return BodyMap(
        title="Body map",
        regions=tuple(
            Region(
                id=id_,
                title=f"Place {id_[1:]}",
                code=Code.NO_LOAD,
                levels=None,
                structures="…",
                reason="…",
                sources=(),
                house=True,
                figure="back",
            )
            for id_ in REGIONS
        ),
        neutral=f'<svg class="picture" viewBox="0 0 90 40" role="img" aria-label="Body map">{shapes}</svg>',
        taught="<svg></svg>",
    )


def publish_quiz(
    app: Flask, *, attempts: int = 3, wait_hours: int = 24, why: str = "Because.", term_months: int | None = 12
) -> SmallQuiz:
    """Put the small quiz in force, with pass marks and a policy line that asks for it (None: no line)."""
    bank, module = small_bank(why=why), small_module(attempts=attempts, wait_hours=wait_hours)
    pass_marks = HouseNumber(
        id="HP-21", title="Pass marks", values={"quiz_percent": 80, "must_know_percent": 100}, basis="house"
    )
    line = QuizRequired(id="quiz-m3", title=module.title, module=MODULE, term_months=term_months or 12)
    policy = Policy(
        revision=1,
        change="major",
        reason="First edition",
        renewal_window_days=30,
        requirements=(line,) if term_months else (),
        authorisations=(),
    )
    bodies = [
        (Kind.NUMBERS, "numbers", Numbers({"HP-21": pass_marks}).to_body()),
        (Kind.MAP, "body-map", small_map().to_body()),
        (Kind.BANK, MODULE, bank.to_body()),
        (Kind.MODULE, MODULE, module.to_body()),
        (Kind.POLICY, "policy", policy.to_body()),
    ]
    drafts = [Draft(kind=kind, key=key, revision=None, change=Change.MAJOR, body=body) for kind, key, body in bodies]
    with app.app_context(), transaction() as session:
        courses.publish(session, drafts, by=None, at=PUBLISHED, reason="For the tests")
    return SmallQuiz(bank=bank, module=module)


def shown(app: Flask, attempt_id: str, person_id: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(item id, option order) of an attempt's questions."""
    from training.attempts import store

    with app.app_context():
        attempt = store.get_attempt(reading(), attempt_id, person_id=person_id)
        return tuple((one.item_id, one.option_order) for one in attempt.drawn)


def tokens(order: tuple[str, ...], answer: tuple[str, ...]) -> list[str]:
    """What the page calls an answer."""
    return [str(order.index(id_) + 1) for id_ in answer] if order else list(answer)


def take(client: FlaskClient, app: Flask, quiz: SmallQuiz, person_id: str, *, wrong: int = 0) -> str:
    """Start a try and answer every question through the pages, the first `wrong` ones wrongly. Returns its id."""
    begun = client.post(f"/modules/{SLUG}/quiz")
    assert begun.status_code == 302, begun.text
    attempt_id = begun.location.split("/")[2]
    for place, (item_id, order) in enumerate(shown(app, attempt_id, person_id), start=1):
        answer = quiz.wrong(item_id) if place <= wrong else quiz.right(item_id)
        client.post(f"/attempts/{attempt_id}/{place}", data={"answer": tokens(order, answer)})
    return attempt_id


assert set(kinds()) == {"single", "multiple", "hotspot"}, "the small quiz has an item of every type"
