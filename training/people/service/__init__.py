"""The only place for the use cases of people."""

from training.people.service.joining import add_member, add_site, get_invitation, invite, join
from training.people.service.passwords import (
    change_password,
    check_password,
    hash_password,
    release_signing,
    signing_locked_until,
)
from training.people.service.roles import end_role, get_person, give_role, set_main_trainer
from training.people.service.signing_in import SignedIn, find_viewer, keep_alive, sign_in, sign_out, viewer_of

__all__ = [
    "SignedIn",
    "add_member",
    "add_site",
    "change_password",
    "check_password",
    "end_role",
    "find_viewer",
    "get_invitation",
    "get_person",
    "give_role",
    "hash_password",
    "invite",
    "join",
    "keep_alive",
    "release_signing",
    "set_main_trainer",
    "sign_in",
    "sign_out",
    "signing_locked_until",
    "viewer_of",
]
