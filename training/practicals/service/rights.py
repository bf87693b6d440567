"""The only place that gathers what decides who may observe and sign, and which sheet that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from training.clearance import service as clearance
from training.clearance.domain import Authorisation, Policy, Status
from training.courses import service as courses
from training.errors import NotFound, Refused
from training.people import store as people
from training.people.domain import PersonCard
from training.permissions import GRANTS, Membership, Permission, Viewer
from training.practicals.domain import signing
from training.practicals.domain.sheet import Sheet
from training.practicals.domain.signing import AssessorFacts, GradeStep, Verdict, may_sign

# Published bodies never change, so a parsed one stays good for as long as the process runs.
_SHEETS: dict[str, Sheet] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedSheet:
    """A sheet and the digest of its published body."""

    sheet: Sheet
    digest: str


def sheet_by_digest(session: Session, digest: str) -> Sheet:
    """The sheet behind a published digest."""
    if digest not in _SHEETS:
        _SHEETS[digest] = Sheet.from_body(courses.by_digest(session, digest))
    return _SHEETS[digest]


def current_sheet(session: Session, key: str, *, at: datetime) -> PublishedSheet:
    """The sheet published last under that key.

    Raises:
        Refused: none was published.
    """
    published = courses.find_current(session, "sheet", key, at=at)
    if published is None:
        raise Refused("The sheet for this practical is not published yet. Your administrator can publish it.")
    return PublishedSheet(sheet=sheet_by_digest(session, published.digest), digest=published.digest)


def seats(memberships: tuple[Membership, ...]) -> frozenset[str]:
    """The sites at which these memberships let somebody observe."""
    return frozenset(one.site.id for one in memberships if one.site and Permission.OBSERVE in GRANTS[one.role])


def shared_site(viewer: Viewer, card: PersonCard, at: datetime) -> str | None:
    """The site at which the viewer may observe this person now: the one she joined last, or None."""
    mine = seats(viewer.memberships)
    here = [one.site.id for one in card.at_work(at) if one.site and one.site.id in mine]
    return here[-1] if here else None


def get_authorisation(policy: Policy | None, authorisation: str) -> Authorisation:
    """The authorisation in the policy in force.

    Raises:
        NotFound: the policy has none of that id.
    """
    found = policy.find(authorisation) if policy else None
    if found is None:
        raise NotFound
    return found


def leads_to(policy: Policy, authorisation: Authorisation, *, present: str | None) -> str | None:
    """The grade a practical there is a step to, for somebody at the grade `present`."""
    steps = [
        GradeStep(
            id=grade.id,
            asks_practical=any(policy.line(line).kind == "practical" for line in grade.requirements),
        )
        for grade in authorisation.grades
    ]
    return signing.leads_to(steps, present=present)


def assessor_facts(
    session: Session,
    *,
    person_id: str,
    authorisation: str,
    site_id: str,
    at: datetime,
) -> AssessorFacts:
    """What decides whether this person may sign there, at that moment."""
    card = people.get_cards(session, [person_id])[person_id]
    right = clearance.assessor_right(session, person_id=person_id, authorisation=authorisation, at=at, known_at=at)
    return AssessorFacts(
        person_id=person_id,
        works_at_site=site_id in seats(card.at_work(at)),
        holds_right=right.holds,
        right_reason=right.reason,
        # Who holds the right may work there, so only somebody without it is asked about.
        suspended=not right.holds and _is_suspended(session, person_id, authorisation, at),
    )


def _is_suspended(session: Session, person_id: str, authorisation: str, at: datetime) -> bool:
    own = clearance.standing_of(session, person_id=person_id, authorisation=authorisation, at=at, known_at=at)
    return own.status in {Status.SUSPENDED, Status.REVOKED}


def verdict_on(
    session: Session,
    *,
    assessor_id: str,
    subject_id: str,
    authorisation: str,
    grade: str,
    site_id: str,
    at: datetime,
) -> Verdict:
    """Whether this assessor may observe and sign this person's practical, asked of the record at that moment."""
    trainer = people.find_main_trainers(session, [subject_id], at=at).get(subject_id)
    return may_sign(
        assessor=assessor_facts(session, person_id=assessor_id, authorisation=authorisation, site_id=site_id, at=at),
        subject_id=subject_id,
        main_trainer_id=trainer.trainer_id if trainer else None,
        leads_to=grade,
    )


def names(session: Session, *ids: str | None) -> Mapping[str, str]:
    """Names by id."""
    return people.names_of(session, ids)
