"""The only place that reads every kind of content at once."""

from dataclasses import replace
from pathlib import Path

from training.authoring.files.content import Content
from training.authoring.files.crosschecks import crosscheck
from training.clearance import files as clearance
from training.courses import files as courses
from training.courses.files.modules import ITEMS
from training.numbers import files as numbers
from training.practicals import files as practicals
from training.questions.domain import Bank
from training.questions.files import load_items
from training.yamlfiles import Problem


def read_content(root: Path) -> tuple[Content, tuple[Problem, ...]]:
    """All content under `root`, and every problem in order of file and line. Publish only without problems."""
    course, found = courses.load(root)
    problems = list(found)
    house, found = numbers.load(root)
    problems += found
    banks: dict[str, Bank] = {}
    for module in course.modules:
        items = load_items(
            module.folder / ITEMS,
            module=module.id,
            letter="Q",
            regions=course.regions,
            sections=module.sections,
            objectives=module.objectives,
        )
        problems += items.problems
        banks[module.id] = Bank(module=module.id, items=items.items)
    policy, found = clearance.load(root)
    problems += found
    sheets = practicals.load(root)
    problems += sheets.problems
    content = Content(root=root, course=course, numbers=house, banks=banks, policy=policy, sheets=tuple(sheets.sheets))
    problems += crosscheck(content)
    told = {replace(problem, path=content.name(problem.path)) for problem in problems}
    return content, tuple(
        sorted(told, key=lambda problem: (problem.path, problem.line, problem.place, problem.message))
    )
