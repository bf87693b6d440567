"""The use cases of clearance: recording facts, asking who may work, the register, the acts of the desk."""

from training.clearance.service.acts import confirm_founding, lift, propose_founding, suspend, void
from training.clearance.service.asking import (
    assessor_right,
    facts_of,
    periods_of_person,
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
from training.clearance.service.register import Cell, RegisterPage, RegisterRow, register_page
from training.clearance.service.rules import current_policy, policy_digest, rulebook

__all__ = [
    "Cell",
    "Recorded",
    "RegisterPage",
    "RegisterRow",
    "assessor_right",
    "confirm_founding",
    "current_policy",
    "facts_of",
    "hold_rulebook",
    "lift",
    "lock_people",
    "periods_of_person",
    "policy_digest",
    "propose_founding",
    "rebuild",
    "record",
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
