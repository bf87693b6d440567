"""The only place that checks one kind of content against another, so that every pointer leads somewhere."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from training.authoring.files.content import Content
from training.clearance.domain import PracticalRequired, QuizRequired
from training.clearance.files import FILE as POLICY
from training.courses.files import LoadedCourse, LoadedModule
from training.courses.files.bodymap import FILE as MAP
from training.courses.files.modules import CHECKS, ITEMS
from training.courses.prose import Ref, RefKind, read_inline
from training.numbers.domain import Numbers
from training.numbers.files import FILE as NUMBERS
from training.questions.domain import Bank, Item
from training.yamlfiles import Problem

#: What the house number of a quiz must hold.
PASS_VALUES: Final = ("quiz_percent", "must_know_percent")


def crosscheck(content: Content) -> Iterator[Problem]:
    """Every problem that is only seen when all kinds of content are read."""
    course, numbers = content.course, content.numbers
    for module in course.modules:
        bank = content.banks[module.id]
        for path, ref in module.refs:
            if sentence := _broken(ref, course, numbers):
                yield Problem(path, ref.target, sentence, ref.line)
        yield from _quiz(module, bank, numbers)
        checks = module.module.checks.values() if module.module else ()
        for name, items in ((CHECKS, checks), (ITEMS, bank.items)):
            for item in items:
                for sentence in _item(item, course, numbers):
                    yield Problem(str(module.folder / name), item.id, sentence)
    for region in course.body_map.regions if course.body_map else ():
        yield from _sources(str(content.root / MAP), region.id, region.sources, course)
    for number in numbers.by_id.values():
        yield from _sources(str(content.root / NUMBERS), number.id, number.sources, course)
    yield from _policy(content)


def _broken(ref: Ref, course: LoadedCourse, numbers: Numbers) -> str | None:
    """Why a pointer leads nowhere."""
    match ref.kind:
        case RefKind.SOURCE:
            return next(_missing([int(ref.target)], course), None)
        case RefKind.NUMBER if numbers.by_id and numbers.find(ref.target) is None:
            return f"there is no house number {ref.target}"
        case RefKind.VALUE if numbers.by_id:
            id_, _, name = ref.target.partition(".")
            number = numbers.find(id_)
            if number is None:
                return f"there is no house number {id_}"
            if name not in number.values:
                return f"{id_} has no value {name!r}; it has {', '.join(number.values)}"
        case RefKind.PICTURE if ref.target not in course.pictures:
            return f"there is no picture {ref.target!r} among content/pictures, or it has problems of its own"
        case RefKind.LINK if not ref.target.startswith("#"):
            return _broken_link(ref.target, course)
    return None


def _broken_link(target: str, course: LoadedCourse) -> str | None:
    address, _, anchor = target.partition("#")
    slug, _, section = address.partition("/")
    module = next((one for one in course.modules if one.slug == slug), None)
    if module is None:
        return f"there is no module {slug!r}"
    if section not in module.sections:
        return f"{slug} has no section {section!r}"
    if anchor and anchor not in module.anchors.get(section, (anchor,)):
        return f"{address} has nothing called #{anchor}"
    return None


def _quiz(module: LoadedModule, bank: Bank, numbers: Numbers) -> Iterator[Problem]:
    number = numbers.find(module.pass_number)
    if number is None and numbers.by_id:
        yield Problem(module.path, "quiz.pass", f"there is no house number {module.pass_number}", module.quiz_line)
    elif number is not None:
        for name in PASS_VALUES:
            if not isinstance(number.values.get(name), int):
                message = f"{module.pass_number} needs a whole number called {name}"
                yield Problem(module.path, "quiz.pass", message, module.quiz_line)
    if module.module is not None:
        for sentence in module.module.blueprint.problems(bank):
            yield Problem(module.path, "quiz", sentence, module.quiz_line)


def _item(item: Item, course: LoadedCourse, numbers: Numbers) -> Iterator[str]:
    for text in _texts((item.stem, item.task.to_body())):
        read = read_inline(text)
        yield from read.faults
        for ref in read.refs:
            if sentence := _broken(ref, course, numbers):
                yield sentence
    yield from _missing(item.sources, course)


def _texts(value: object) -> Iterator[str]:
    """Every text inside a body."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def _sources(path: str, place: str, sources: Collection[int], course: LoadedCourse) -> Iterator[Problem]:
    for sentence in _missing(sources, course):
        yield Problem(path, place, sentence)


def _missing(sources: Collection[int], course: LoadedCourse) -> Iterator[str]:
    # A bibliography that cannot be read is one problem, not one for every citation; so with the house numbers.
    for source in sources if course.sources.by_id else ():
        if source not in course.sources.by_id:
            yield f"the bibliography has no number {source}"


def _policy(content: Content) -> Iterator[Problem]:
    if content.policy is None:
        return
    path = str(content.root / POLICY)
    modules = {module.id for module in content.course.modules}
    sheets = {sheet.key for sheet in content.sheets}
    for line in content.policy.requirements:
        if isinstance(line, QuizRequired) and line.module not in modules:
            yield Problem(path, line.id, f"there is no module {line.module}")
        if isinstance(line, PracticalRequired) and line.sheet not in sheets:
            yield Problem(path, line.id, f"there is no sheet {line.sheet!r}, or it has problems of its own")
    for authorisation in content.policy.authorisations:
        if authorisation.sheet not in sheets:
            message = f"there is no sheet {authorisation.sheet!r}, or it has problems of its own"
            yield Problem(path, authorisation.id, message)
