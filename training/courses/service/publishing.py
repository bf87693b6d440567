"""The only place that publishes, and that finds what is or was in force."""

import json
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from training.courses.domain.publication import (
    Draft,
    Edition,
    Kind,
    Published,
    canonical,
    digest_of,
    follow,
)
from training.courses.service.kept import Kept
from training.courses.store import publications as store
from training.errors import Invalid, NotFound
from training.yamlfiles import Problem

log = logging.getLogger(__name__)

_BODIES: Final = Kept[Mapping[str, Any]]()

NOT_PUBLISHED: Final = "This has not been published here. Your manager publishes it; the rest of the course is open."


def publish(
    session: Session, batch: Sequence[Draft], *, by: str | None, at: datetime, reason: str
) -> tuple[Edition, ...]:
    """Put every draft in force that differs from what is; all of them or none. Returns the new editions.

    Args:
        session: of the caller's transaction.
        batch: what to publish; each (kind, key) once.
        by: the person; None for the command line and the demo.
        at: the moment they come into force.
        reason: why, in a sentence.

    Raises:
        Invalid: a draft may not follow what is in force; `problems` names file and place of each.
    """
    store.lock(session)
    wanted = [(draft.kind, draft.key) for draft in batch]
    in_force = {(edition.kind, edition.key): edition for edition in store.find_current(session, wanted, at=None)}
    problems: list[Problem] = []
    new: list[Edition] = []
    for draft in batch:
        body = canonical(draft.body)
        before = in_force.get((draft.kind, draft.key))
        if before is not None and before.digest == digest_of(body):
            continue
        edition = follow(draft, before, digest=digest_of(body), at=at, by=by, reason=reason)
        if isinstance(edition, str):
            problems.append(Problem(draft.path, "revision", edition, draft.line))
            continue
        store.add_body(session, digest=edition.digest, body=body)
        store.add_edition(session, edition)
        new.append(edition)
    if problems:
        raise Invalid("Nothing was published; what is in force stays.", [str(problem) for problem in sorted(problems)])
    for edition in new:
        log.info("published kind=%s key=%s revision=%s by=%s", edition.kind, edition.key, edition.revision, by)
    return tuple(new)


def find_current(session: Session, kind: Kind | str, key: str, *, at: datetime | None = None) -> Published | None:
    """What was in force at a moment (None: what is), or None when nothing was published by then."""
    found = store.find_current(session, [(Kind(kind), key)], at=at)
    return _with_body(session, found[0]) if found else None


def current(session: Session, kind: Kind | str, key: str, *, at: datetime | None = None) -> Published:
    """As `find_current`.

    Raises:
        NotFound: nothing was published by then.
    """
    found = find_current(session, kind, key, at=at)
    if found is None:
        raise NotFound(NOT_PUBLISHED)
    return found


def history(session: Session, kind: Kind | str, key: str) -> tuple[Published, ...]:
    """Everything that was in force one after the other, the oldest first."""
    found = store.list_editions(session, Kind(kind), key)
    read_bodies(session, [edition.digest for edition in found])
    return tuple(_with_body(session, edition) for edition in found)


def editions(session: Session, kind: Kind | str, key: str) -> tuple[Edition, ...]:
    """As `history`, with who published and why, and without the bodies."""
    return store.list_editions(session, Kind(kind), key)


def by_digest(session: Session, digest: str) -> Mapping[str, Any]:
    """A body by its digest, whether it is still in force or not. Not to be changed.

    Raises:
        NotFound: no such body was ever published.
    """
    found = read_bodies(session, [digest]).get(digest)
    if found is None:
        raise NotFound(NOT_PUBLISHED)
    return found


def read_bodies(session: Session, digests: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """Bodies by digest, from memory where they are kept; at most one query."""
    asked = tuple(dict.fromkeys(digests))
    found = {digest: body for digest in asked if (body := _BODIES.find(digest)) is not None}
    missing = [digest for digest in asked if digest not in found]
    for digest, text in read_texts(session, missing).items():
        found[digest] = _BODIES.keep(digest, json.loads(text))
    return found


def read_texts(session: Session, digests: Collection[str]) -> dict[str, str]:
    """The text of each body, proven to be what was published; at most one query."""
    texts = store.find_bodies(session, digests) if digests else {}
    for digest, text in texts.items():
        if digest_of(text) != digest:
            raise RuntimeError(f"the published body {digest} is not what was published")
    return texts


def _with_body(session: Session, edition: Edition) -> Published:
    return Published(
        kind=edition.kind,
        key=edition.key,
        revision=edition.revision,
        change=edition.change,
        digest=edition.digest,
        body=by_digest(session, edition.digest),
        published_at=edition.published_at,
        changed_in=edition.changed_in,
    )
