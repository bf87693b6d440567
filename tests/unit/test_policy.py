"""The policy: what its file may say, what is published of it, and which edition judges a moment."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from training.clearance.domain import (
    BrokenPolicyError,
    DocumentRequired,
    Edition,
    Policy,
    QuizRequired,
    Rulebook,
    UnknownRequired,
)
from training.clearance.files import load
from training.config import ROOT
from training.yamlfiles import Problem

START = datetime(2026, 1, 1, tzinfo=UTC)


def shipped() -> Policy:
    policy, problems = load(ROOT / "content")
    assert problems == ()
    assert policy is not None
    return policy


def problems_of(tmp_path: Path, change: Any) -> tuple[Problem, ...]:
    data = yaml.safe_load((ROOT / "content" / "policy.yaml").read_text(encoding="utf-8"))
    change(data)
    (tmp_path / "policy.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    policy, problems = load(tmp_path)
    assert (policy is None) == bool(problems)
    return problems


def test_the_shipped_policy_says_what_the_first_edition_is_meant_to_say() -> None:
    policy = shipped()
    (bar,) = policy.authorisations
    provisional, certified = bar.grades
    assert (bar.id, bar.sheet) == ("ashiatsu-bar", "bar")
    assert (provisional.load_cap, provisional.conditions) == ("L2", ("senior on site",))
    assert provisional.requirements == ("licence", "insurance", "quiz-m3", "quiz-m9", "practical-bar")
    assert (certified.load_cap, certified.requirements) == ("L3", ("licence", "insurance", "founding"))
    assert bar.assessor is not None
    assert (bar.assessor.grade, bar.assessor.requirements) == ("certified", ("founding",))
    assert policy.renewal_window_days == 30


def test_what_is_published_reads_back_as_the_same_policy() -> None:
    assert Policy.from_body(shipped().to_body()) == shipped()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda d: d.update(extra=1), "extra"),
        (lambda d: d.pop("revision"), "revision"),
        (lambda d: d.update(change="huge"), "change"),
        (lambda d: d.update(renewal_window_days=-1), "renewal_window_days"),
        (lambda d: d["requirements"][2].pop("term_months"), "requirements[2].term_months"),
        (lambda d: d["requirements"][2].update(term_months=0), "requirements[2].term_months"),
        (lambda d: d["requirements"][2].update(kind="hearsay"), "requirements[2]"),
        (lambda d: d["requirements"][2].update(module="m3"), "requirements[2].module"),
        (lambda d: d["requirements"][1].update(id="licence"), "requirements[1].id"),
        (lambda d: d["requirements"].append({**d["requirements"][2], "id": "idle"}), "requirements[6].id"),
        (lambda d: d["authorisations"][0]["grades"][0]["requirements"].append("quiz-m5"), "grades[0].requirements[5]"),
        (lambda d: d["authorisations"][0]["grades"][0]["requirements"].append("licence"), "grades[0].requirements[5]"),
        (lambda d: d["authorisations"][0]["grades"][0].update(requirements=[]), "grades[0].requirements"),
        (lambda d: d["authorisations"][0]["grades"][0].update(load_cap="L4"), "grades[0].load_cap"),
        (lambda d: d["authorisations"][0]["grades"][1].update(id="provisional"), "grades[1].id"),
        (lambda d: d["authorisations"][0]["assessor"].update(grade="master"), "assessor.grade"),
        (lambda d: d["authorisations"][0]["assessor"].update(requirements=[]), "assessor.requirements"),
        (lambda d: d["authorisations"].append(deepcopy(d["authorisations"][0])), "authorisations[1].id"),
    ],
)
def test_a_fault_in_the_file_is_named_with_its_place(tmp_path: Path, change: Any, place: str) -> None:
    problems = problems_of(tmp_path, change)
    assert any(problem.place.endswith(place) for problem in problems), problems


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    def change(data: dict[str, Any]) -> None:
        data["change"] = "huge"
        data["renewal_window_days"] = "soon"
        data["requirements"][0]["title"] = ""

    assert len(problems_of(tmp_path, change)) == 3


def test_a_missing_or_broken_file_is_a_problem_and_no_policy(tmp_path: Path) -> None:
    assert load(tmp_path)[0] is None
    (tmp_path / "policy.yaml").write_text("a: [", encoding="utf-8")
    policy, problems = load(tmp_path)
    assert policy is None
    assert problems


@pytest.mark.parametrize(
    "line",
    [
        {"kind": "hearsay"},
        {"kind": "quiz", "module": "M3"},
        {"kind": "quiz", "module": "M3", "term_months": 0},
        {"kind": "quiz", "module": "M3", "term_months": True},
        {"kind": "quiz", "module": "M3", "term_months": "12"},
        {"kind": "quiz", "module": "", "term_months": 12},
        {"kind": "quiz", "module": None, "term_months": 12},
        {"kind": "quiz", "module": "M3", "term_months": 12, "waived": "yes"},
        {"kind": "quiz", "term_months": 12},
        {"kind": "document", "document": 7},
    ],
)
def test_a_published_line_that_cannot_be_judged_is_kept_as_never_met(line: dict[str, Any]) -> None:
    body = shipped().to_body()
    body["requirements"][0] = {"id": "licence", "title": "Licence", **line}
    policy = Policy.from_body(body)
    assert isinstance(policy.line("licence"), UnknownRequired)
    assert isinstance(policy.line("insurance"), DocumentRequired)


def test_a_requirement_the_policy_does_not_define_is_never_met() -> None:
    assert isinstance(shipped().line("quiz-m5"), UnknownRequired)
    assert isinstance(shipped().line("quiz-m3"), QuizRequired)


@pytest.mark.parametrize(
    "change",
    [
        lambda b: b.pop("authorisations"),
        lambda b: b.update(authorisations=7),
        lambda b: b.update(renewal_window_days="soon"),
        lambda b: b["authorisations"][0]["grades"][0].update(load_cap="L9"),
        lambda b: b["authorisations"][0]["grades"][0].update(requirements=[]),
        lambda b: b["authorisations"][0]["grades"][0].update(requirements="licence"),
        lambda b: b["authorisations"][0]["assessor"].update(requirements=[]),
        lambda b: b["authorisations"][0].pop("assessor"),
        lambda b: b["requirements"].append(b["requirements"][0]),
        lambda b: b.update(requirements=["licence"]),
    ],
)
def test_a_published_body_that_is_no_policy_is_refused(change: Any) -> None:
    body = shipped().to_body()
    change(body)
    with pytest.raises(BrokenPolicyError):
        Policy.from_body(body)


def edition(revision: int, days: int) -> Edition:
    at = START + timedelta(days=days)
    return Edition(published_at=at, revision=revision, digest=f"d{revision}", policy=shipped())


def test_the_edition_in_force_at_the_moment_judges_and_none_does_before_the_first() -> None:
    rulebook = Rulebook((edition(2, 10), edition(1, 0)))
    tick = timedelta(microseconds=1)
    assert rulebook.at(START - tick) is None
    for at, revision in [(START, 1), (START + timedelta(days=10) - tick, 1), (START + timedelta(days=10), 2)]:
        found = rulebook.at(at)
        assert found is not None
        assert found.revision == revision


def test_of_two_editions_published_at_one_instant_the_later_revision_judges() -> None:
    found = Rulebook((edition(3, 0), edition(2, 0))).at(START)
    assert found is not None
    assert found.revision == 3


def test_what_was_published_later_is_not_known_earlier() -> None:
    rulebook = Rulebook((edition(1, 0), edition(2, 10)))
    assert [one.revision for one in rulebook.known(START + timedelta(days=9)).editions] == [1]
    assert [one.revision for one in rulebook.known(START + timedelta(days=10)).editions] == [1, 2]
    assert rulebook.known(START - timedelta(days=1)).editions == ()


def test_authorisations_and_titles_come_from_every_edition() -> None:
    rulebook = Rulebook((edition(1, 0), Edition(published_at=START, revision=2, digest="x", policy=None)))
    assert rulebook.authorisations() == ()
    rulebook = Rulebook(
        (edition(1, 0), Edition(published_at=START + timedelta(1), revision=2, digest="x", policy=None))
    )
    assert rulebook.authorisations() == ("ashiatsu-bar",)
    assert rulebook.title("ashiatsu-bar") == "Ashiatsu on the bar"
    assert rulebook.title("unheard-of") == "unheard-of"
