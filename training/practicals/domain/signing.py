"""The only place that says who may observe and sign for whom, and why not."""

from collections.abc import Iterable
from dataclasses import dataclass

#: The grade whose practical the main trainer leaves to somebody else (house policy, product 3.14).
FINAL_GRADE = "certified"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessorFacts:
    """What decides whether somebody may sign in one authorisation, gathered at one moment."""

    person_id: str
    works_at_site: bool  # a senior at the site of the practical, now
    holds_right: bool  # assessor in that very authorisation, now
    right_reason: str  # why not, where the right is missing: a sentence with the way back
    suspended: bool  # in that authorisation, now


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether it is allowed, and every reason why not."""

    allowed: bool
    reasons: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The reasons as one text; empty when allowed."""
        return " ".join(self.reasons)


def may_sign(
    *,
    assessor: AssessorFacts,
    subject_id: str,
    main_trainer_id: str | None,
    leads_to: str,
) -> Verdict:
    """Whether this assessor may observe and sign this person's practical, at the moment the facts were taken.

    `leads_to` is the grade this practical is a step to. A suspended candidate may be observed: a fresh practical is
    often a condition of the way back, and it lifts nothing by itself. All reasons are told, not only the first:
    somebody who mends one should not come back to meet the next.
    """
    reasons: list[str] = []
    if assessor.person_id == subject_id:
        reasons.append("Nobody signs for herself or himself. Ask another assessor.")
    if not assessor.works_at_site:
        reasons.append("You are not a senior at this person's site now. Your manager can change that.")
    if assessor.suspended:
        reasons.append("You are suspended in this authorisation yourself. You can sign again once that is lifted.")
    elif not assessor.holds_right:
        reasons.append(assessor.right_reason)
    if leads_to == FINAL_GRADE and main_trainer_id == assessor.person_id:
        reasons.append(
            f"You are the main trainer, and the practical that leads to {FINAL_GRADE} is signed by somebody else. "
            "Ask another assessor."
        )
    return Verdict(allowed=not reasons, reasons=tuple(reasons))


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeStep:
    """A grade of an authorisation and whether one of its lines is this sheet's practical; lowest first."""

    id: str
    asks_practical: bool


def leads_to(steps: Iterable[GradeStep], *, present: str | None) -> str | None:
    """The grade that a practical on this sheet is a step to, for somebody at the grade `present`.

    The lowest grade above the present one that asks for it; where there is none, the highest that asks for it
    (a renewal). None where no grade asks for this practical.
    """
    order = list(steps)
    asking = [step.id for step in order if step.asks_practical]
    ids = [step.id for step in order]
    above = ids[ids.index(present) + 1 :] if present in ids else ids
    return next((grade for grade in asking if grade in above), asking[-1] if asking else None)
