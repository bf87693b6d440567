"""The only place for finding a person, her roles and her main trainer."""

import logging

from sqlalchemy.orm import Session

from training.db import stamp, transaction
from training.errors import Invalid, NotFound, Refused
from training.people import store
from training.people.domain import (
    PersonCard,
    Viewer,
)
from training.permissions import Permission, Role

log = logging.getLogger(__name__)


def get_person(
    session: Session, viewer: Viewer, person_id: str, *, needs: Permission = Permission.SEE_REGISTER
) -> PersonCard:
    """The person, where the viewer is she herself, or holds `needs` at a site she works or worked at.

    Raises:
        NotFound: unknown, or a stranger.
    """
    card = store.get_cards(session, [person_id]).get(person_id)
    if card is None:
        raise NotFound
    if person_id == viewer.person_id:
        return card
    if not viewer.may(needs):
        raise NotFound
    sites = viewer.sites_with(needs)
    if sites is not None and not any(one.site and one.site.id in sites for one in card.memberships):
        raise NotFound
    return card


def give_role(viewer: Viewer, person_id: str, *, role: Role, site_id: str) -> None:
    """A further membership for somebody in the viewer's sight."""
    with transaction() as session:
        card = get_person(session, viewer, person_id, needs=Permission.MANAGE_PEOPLE)
        _managed_site(viewer, site_id)
        at = stamp(session)
        store.lock_persons(session, [person_id])
        if any(one.role is role and one.site and one.site.id == site_id for one in card.at_work(at)):
            raise Refused(f"{card.name} holds that role there already.")
        store.add_membership(
            session,
            person_id=person_id,
            role=role,
            site_id=site_id,
            from_at=at,
            recorded_at=at,
            recorded_by=viewer.person_id,
        )
    log.info("role given person=%s role=%s site=%s by=%s", person_id, role, site_id, viewer.person_id)


def end_role(viewer: Viewer, person_id: str, membership_id: str) -> None:
    """End a membership now; the person's sessions end with it."""
    with transaction() as session:
        card = get_person(session, viewer, person_id, needs=Permission.MANAGE_PEOPLE)
        at = stamp(session)
        found = next((one for one in card.at_work(at) if one.id == membership_id), None)
        if found is None:
            raise NotFound
        if found.site is None:
            if not viewer.everywhere(Permission.MANAGE_PEOPLE):
                raise NotFound
        else:
            _managed_site(viewer, found.site.id)
        if person_id == viewer.person_id:
            raise Refused("You cannot end your own role. Ask another manager.")
        store.close_membership(session, membership_id, until_at=at)
        store.end_sessions_of(session, person_id, at=at)
    log.info("role ended person=%s membership=%s by=%s", person_id, membership_id, viewer.person_id)


def set_main_trainer(viewer: Viewer, trainee_id: str, trainer_id: str | None) -> None:
    """Say who mainly trains somebody, or explicitly that nobody does."""
    if trainee_id == trainer_id:
        raise Invalid("Nobody is her own main trainer. Choose another senior, or “nobody”.")
    with transaction() as session:
        get_person(session, viewer, trainee_id, needs=Permission.MANAGE_PEOPLE)
        at = stamp(session)
        if trainer_id is not None:
            trainer = get_person(session, viewer, trainer_id, needs=Permission.MANAGE_PEOPLE)
            if all(one.role is not Role.SENIOR for one in trainer.at_work(at)):
                raise Invalid(f"{trainer.name} is not a senior. Choose a senior, or “nobody”.")
        store.lock_persons(session, [trainee_id])
        store.add_main_trainer(
            session, trainee_id=trainee_id, trainer_id=trainer_id, from_at=at, recorded_by=viewer.person_id
        )
    log.info("main trainer set trainee=%s trainer=%s by=%s", trainee_id, trainer_id, viewer.person_id)


def _managed_site(viewer: Viewer, site_id: str) -> None:
    sites = viewer.sites_with(Permission.MANAGE_PEOPLE)
    if sites is not None and site_id not in sites:
        raise NotFound
