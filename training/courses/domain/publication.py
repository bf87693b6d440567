"""The only place for what a published edition is and when a new one may follow."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Change(StrEnum):
    """What a revision asks of people who knew the one before."""

    EDITORIAL = "editorial"  # nothing
    MINOR = "minor"  # shown as "changed since you read it"
    MAJOR = "major"  # changed objectives are taken again


class Kind(StrEnum):
    """What can be published. Everything that decides is."""

    MODULE = "module"
    BANK = "bank"
    MAP = "map"
    SOURCES = "sources"
    NUMBERS = "numbers"
    POLICY = "policy"
    SHEET = "sheet"


def canonical(body: Mapping[str, Any]) -> str:
    """The one text of a body: keys in order, no spaces, no escapes beyond JSON's own."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest_of(text: str) -> str:
    """SHA-256 of canonical text, as 64 hexadecimal characters."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One body on its way to publication."""

    kind: Kind
    key: str
    #: as its author numbered it; None where the store counts (banks, numbers, sources, the body map)
    revision: int | None
    change: Change
    body: Mapping[str, Any]
    #: the file it was read from, for problems
    path: str = ""
    #: the line of its revision in that file
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What was published when; the body is found by its digest."""

    kind: Kind
    key: str
    revision: int
    change: Change
    digest: str
    published_at: datetime
    published_by: str | None
    reason: str
    #: the latest revision up to this one that was more than editorial
    changed_in: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """An edition with its body."""

    kind: Kind
    key: str
    revision: int
    change: Change
    digest: str
    body: Mapping[str, Any]
    published_at: datetime
    changed_in: int


def follow(
    draft: Draft, before: Edition | None, *, digest: str, at: datetime, by: str | None, reason: str
) -> Edition | str:
    """The edition a draft becomes after `before`, from which it differs; or why it may not, for its author."""
    last = before.revision if before else 0
    revision = last + 1 if draft.revision is None else draft.revision
    if before and revision <= last:
        return (
            f"this differs from revision {last}, which is in force: raise the revision to {last + 1} and say what "
            "kind of change it is (editorial, minor or major)"
        )
    if before and at <= before.published_at:
        return f"revision {last} came into force at {before.published_at.isoformat()}, which is not before this one"
    return Edition(
        kind=draft.kind,
        key=draft.key,
        revision=revision,
        change=draft.change,
        digest=digest,
        published_at=at,
        published_by=by,
        reason=reason,
        changed_in=(before.changed_in if before else 0) if draft.change is Change.EDITORIAL else revision,
    )
