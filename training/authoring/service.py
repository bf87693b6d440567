"""The only place for the use cases of authoring: checking all content, and publishing what has changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from training.authoring.files import read_content
from training.authoring.files.content import Content
from training.clearance import service as clearance
from training.clearance.files import FILE as POLICY
from training.courses import service as courses
from training.courses.domain.publication import Change, Draft, Edition, Kind, canonical, digest_of
from training.courses.files.modules import ITEMS
from training.db import transaction
from training.errors import Invalid
from training.questions.domain import Bank
from training.yamlfiles import Problem

#: The keys of what there is one of.
MAP_KEY: Final = "body-map"
SOURCES_KEY: Final = "sources"
NUMBERS_KEY: Final = "numbers"
POLICY_KEY: Final = "policy"

_REFUSED: Final = "The content has problems. Nothing was published; what is in force stays."


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What checking found."""

    modules: int
    sections: int
    items: int
    problems: tuple[Problem, ...]


def check(root: Path) -> Report:
    """Read all content under `root` and tell every problem."""
    content, problems = read_content(root)
    return Report(
        modules=len(content.course.modules),
        sections=sum(len(module.sections) for module in content.course.modules),
        items=sum(len(bank.items) for bank in content.banks.values()),
        problems=problems,
    )


def publish_all(root: Path, *, by: str | None, at: datetime, reason: str) -> tuple[Edition, ...]:
    """Publish everything under `root` that differs from what is in force. Returns the new editions.

    Raises:
        Invalid: the content has problems, or a revision did not go up with a change; nothing was published.
    """
    content = _whole(root)
    with transaction() as session:
        # Nothing is recorded while the rules change: a fact is judged by the old edition or by the new, never by both.
        clearance.hold_rulebook(session)
        problems = tuple(_version_problems(session, content))
        if problems:
            raise Invalid(_REFUSED, [str(problem) for problem in problems])
        published = courses.publish(session, tuple(drafts(content)), by=by, at=at, reason=reason)
        if any(edition.kind is Kind.POLICY for edition in published):
            clearance.rulebook_published(session, at=at)
        return published


def would_change(session: Session, root: Path) -> tuple[Draft, ...]:
    """What `publish_all` would publish now.

    Raises:
        Invalid: the content has problems.
    """
    content = _whole(root)
    found = []
    for draft in drafts(content):
        published = courses.find_current(session, draft.kind, draft.key)
        if published is None or published.digest != digest_of(canonical(draft.body)):
            found.append(draft)
    return tuple(found)


def drafts(content: Content) -> Iterator[Draft]:
    """All content as bodies to publish, what others lean on first."""
    root, course = content.root, content.course

    def counted(kind: Kind, key: str, body: dict[str, object], path: Path) -> Draft:
        """What its author does not number: the store counts, and a change is shown and asks nothing more."""
        return Draft(kind=kind, key=key, revision=None, change=Change.MINOR, body=body, path=content.name(path), line=1)

    yield counted(Kind.SOURCES, SOURCES_KEY, course.sources.to_body(), root / "sources.yaml")
    yield counted(Kind.NUMBERS, NUMBERS_KEY, content.numbers.to_body(), root / "numbers.yaml")
    if course.body_map is not None:
        yield counted(Kind.MAP, MAP_KEY, course.body_map.to_body(), root / "body-map.yaml")
    for loaded in course.modules:
        if loaded.module is None:
            continue
        yield counted(Kind.BANK, loaded.id, content.banks[loaded.id].to_body(), loaded.folder / ITEMS)
        yield Draft(
            kind=Kind.MODULE,
            key=loaded.id,
            revision=loaded.module.revision,
            change=Change(loaded.module.change),
            body=loaded.module.to_body(),
            path=content.name(loaded.path),
            line=loaded.revision_line,
        )
    for sheet in content.sheets:
        yield Draft(
            kind=Kind.SHEET,
            key=sheet.key,
            revision=sheet.revision,
            change=Change(sheet.change),
            body=sheet.to_body(),
            path=content.name(root / "sheets" / f"{sheet.key}.yaml"),
        )
    if content.policy is not None:
        yield Draft(
            kind=Kind.POLICY,
            key=POLICY_KEY,
            revision=content.policy.revision,
            change=Change(content.policy.change),
            body=content.policy.to_body(),
            path=content.name(root / POLICY),
        )


def _whole(root: Path) -> Content:
    content, problems = read_content(root)
    if problems:
        raise Invalid(_REFUSED, [str(problem) for problem in problems])
    return content


def _version_problems(session: Session, content: Content) -> Iterator[Problem]:
    """An item that differs from the one in force needs a higher version: past attempts keep theirs."""
    for loaded in content.course.modules:
        published = courses.find_current(session, Kind.BANK, loaded.id)
        if published is None:
            continue
        before = {item.id: item for item in Bank.from_body(published.body).items}
        for item in content.banks[loaded.id].items:
            old = before.get(item.id)
            if old is not None and old != item and item.version <= old.version:
                last = old.version
                message = f"this differs from version {last}, which is in force: raise its version to {last + 1}"
                yield Problem(content.name(loaded.folder / ITEMS), item.id, message)
