"""The only place that reads the rulebook: the published policies, in order."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from training.clearance.domain import BrokenPolicyError, Edition, Policy, Rulebook
from training.courses import service as courses
from training.courses.domain.publication import Kind

log = logging.getLogger(__name__)

#: The key the policy is published under; there is one.
POLICY_KEY: Final = "policy"

# A published body never changes, so what was read from it stays good for as long as the process runs.
_POLICIES: dict[str, Policy | None] = {}


def rulebook(session: Session) -> Rulebook:
    """Every edition ever published. One that cannot be read is there without its policy, and clears nobody."""
    return Rulebook(
        tuple(
            Edition(
                published_at=one.published_at,
                revision=one.revision,
                digest=one.digest,
                policy=_policy(one.digest, one.body),
            )
            for one in courses.history(session, Kind.POLICY, POLICY_KEY)
        )
    )


def _policy(digest: str, body: Mapping[str, Any]) -> Policy | None:
    if digest not in _POLICIES:
        try:
            _POLICIES[digest] = Policy.from_body(body)
        except BrokenPolicyError as broken:
            log.error("policy unreadable digest=%s reason=%s", digest, broken)  # noqa: TRY400 - the reason is enough
            _POLICIES[digest] = None
    return _POLICIES[digest]


def current_policy(session: Session, *, at: datetime) -> Policy | None:
    """The policy in force at that moment; None before the first publication and where it cannot be read."""
    edition = rulebook(session).at(at)
    return edition.policy if edition else None


def policy_digest(session: Session, *, at: datetime) -> str | None:
    """Digest of the policy in force at that moment, for a fact to pin."""
    edition = rulebook(session).at(at)
    return edition.digest if edition else None
