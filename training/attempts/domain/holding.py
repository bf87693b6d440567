"""The only place that reads from the record whether a passed quiz still counts, and when it may be renewed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from training.attempts.domain.starting import Holding
from training.clearance.domain import Policy, QuizRequired, known, read_ledger
from training.evidence.domain import Fact


def holding_of(
    policy: Policy | None, facts: Iterable[Fact], *, person_id: str, module: str, at: datetime
) -> Holding | None:
    """What the policy says of a person's pass of this module's quiz at a moment.

    Asks the policy's own lines, not a standing: a standing tells only the lines of the grade a person is on.

    Returns:
        None where no line asks for this quiz. Where several do, all have to be met, and the first to end counts.
    """
    lines = [line for line in policy.requirements if isinstance(line, QuizRequired)] if policy else []
    asked = [line for line in lines if line.module == module]
    if policy is None or not asked:
        return None
    ledger = read_ledger(known(facts, at), person_id=person_id)
    held = [line.evidence(ledger, "").at(at) for line in asked]
    ends = [coverage.through for coverage in held if coverage is not None]
    if len(ends) < len(held):
        return Holding(met=False)
    through = min(ends)
    return Holding(met=True, through=through, renewable_from=through - timedelta(days=policy.renewal_window_days))
