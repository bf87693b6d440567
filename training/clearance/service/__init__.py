"""The use cases of clearance: recording facts, asking who may work, the register, the acts of the desk."""

from training.clearance.service.acts import confirm_founding, lift, propose_founding, suspend, void
from training.clearance.service.asking import (
    Proposal,
    Record,
    assessor_right,
    assessors_among,
    facts_of,
    open_proposals,
    record_of,
    standing_of,
    standings_of,
    standings_of_many,
    texts_of,
    voided_among,
)
from training.clearance.service.recording import (
    Recorded,
    hold_rulebook,
    lock_people,
    rebuild,
    record,
    rulebook_published,
)
from training.clearance.service.register import Cell, Counts, RegisterPage, RegisterRow, count_standings, register_page
from training.clearance.service.rules import current_policy, policy_digest, rulebook

__all__ = [
    "Cell",
    "Counts",
    "Proposal",
    "Record",
    "Recorded",
    "RegisterPage",
    "RegisterRow",
    "assessor_right",
    "assessors_among",
    "confirm_founding",
    "count_standings",
    "current_policy",
    "facts_of",
    "hold_rulebook",
    "lift",
    "lock_people",
    "open_proposals",
    "policy_digest",
    "propose_founding",
    "rebuild",
    "record",
    "record_of",
    "register_page",
    "rulebook",
    "rulebook_published",
    "standing_of",
    "standings_of",
    "standings_of_many",
    "suspend",
    "texts_of",
    "void",
    "voided_among",
]
