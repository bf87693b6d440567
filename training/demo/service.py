"""The only place that makes the demo spa: every fact in it comes through the door a real one takes."""

import csv
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from training.attempts import service as attempts
from training.attempts import store as attempt_store
from training.attempts.service.quizzes import pinned
from training.authoring import service as authoring
from training.clearance import service as clearance
from training.config import DATABASE, Config
from training.db import close, reading, stamp, transaction
from training.demo.domain import PARTS, SITES, WORDS, Part
from training.documents import service as documents
from training.documents.domain import DocumentKind
from training.errors import Refused
from training.people import service as people
from training.people import store as people_store
from training.permissions import Role, Viewer
from training.practicals import service as practicals
from training.practicals.domain.observation import Change
from training.practicals.domain.result import Mark
from training.questions.types.choosing import Choosing
from training.questions.types.hotspot.domain import HotSpot

ACCOUNTS: Final = "demo-accounts.csv"
AUTHORISATION: Final = "ashiatsu-bar"
_HEADER: Final = ("name", "role", "email", "password", "in the demo")
_REASON: Final = "Used bar 2 after it was tagged out. Nobody was hurt."
_WAY_BACK: Final = "Read the module on bars again, then show the twelve checks to Lena."

Told = Callable[[str], None]
#: The clock: the demo lives through a row of moments, not one.
Tick = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAccount:
    """What a visitor signs in with."""

    name: str
    role: str
    email: str
    password: str
    says: str


def throw_away(settings: Config) -> None:
    """Remove the embedded database of this installation.

    Raises:
        Refused: the database is not the embedded one under var/; that one nobody throws away with a command.
    """
    path = settings.var / DATABASE
    if settings.database_url != f"sqlite:///{path}":
        raise Refused("Only the embedded database under var/ can be started over. Nothing was removed.")
    close()
    for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", ACCOUNTS):
        (settings.var / name).unlink(missing_ok=True)


def is_empty() -> bool:
    """Whether nobody is known here yet."""
    return people_store.is_empty(reading())


def read_accounts(var: Path) -> tuple[DemoAccount, ...]:
    """The accounts written when the demo was made; none where the file is gone."""
    try:
        with (var / ACCOUNTS).open(encoding="utf-8", newline="") as file:
            return tuple(
                DemoAccount(name=n, role=r, email=e, password=p, says=s) for n, r, e, p, s in list(csv.reader(file))[1:]
            )
    except FileNotFoundError:
        return ()


def publish(content: Path, *, at: datetime) -> int:
    """Publish what differs from what is in force; how many editions that made."""
    return len(authoring.publish_all(content, by=None, at=at, reason="Prepared by the command training demo"))


def make(var: Path, *, tick: Tick, told: Told) -> tuple[DemoAccount, ...]:
    """Make the spa: people, documents, founding, two cleared therapists, one of them suspended, one ready."""
    told("People and sites")
    accounts, ids = _people()
    _write_accounts(var, accounts)
    passwords = {account.email: account.password for account in accounts}

    def as_(key: str) -> Viewer:
        return people.viewer_of(reading(), ids[key], at=tick())

    today = tick().date()
    told("Documents, and managers who look at them")
    for key in ("tolu", "lena", "mara", "jonas", "ewa"):
        for document_id in _documents(as_(key), today=today):
            documents.verify(as_("dario"), ids[key], document_id)
    _documents(as_("priya"), today=today)
    people.set_main_trainer(as_("rosa"), ids["mara"], ids["lena"])
    people.set_main_trainer(as_("rosa"), ids["priya"], ids["lena"])

    told("Founding assessors, proposed by one manager and confirmed by the other")
    for key, first, second in (("tolu", "rosa", "dario"), ("lena", "dario", "rosa")):
        proposal = clearance.propose_founding(
            as_(first),
            ids[key],
            authorisation=AUTHORISATION,
            reason="Trained and assessed elsewhere; seen at work.",
        )
        clearance.confirm_founding(as_(second), ids[key], proposal.fact.id)

    for key in ("mara", "jonas", "ewa"):
        told(f"{as_(key).name} passes the quizzes")
        for slug in ("body-map", "overhead-bars"):
            _pass_quiz(ids[key], slug, zone=as_(key).zone)
    for key in ("mara", "jonas"):
        told(f"Tolu observes {as_(key).name} on the bar and signs")
        _observe(as_("tolu"), ids[key], password=passwords[as_("tolu").email], tick=tick)
    told("A suspension")
    clearance.suspend(
        as_("rosa"),
        ids["jonas"],
        authorisation=AUTHORISATION,
        reason=_REASON,
        way_back=_WAY_BACK,
        serious=False,
        review_on=today + timedelta(days=14),
    )
    return accounts


def _people() -> tuple[tuple[DemoAccount, ...], dict[str, str]]:
    passwords = {part.key: _password() for part in PARTS}
    hashes = {part.key: people.hash_password(passwords[part.key]) for part in PARTS}
    ids: dict[str, str] = {}
    with transaction() as session:
        at = stamp(session)
        sites = {name: people_store.add_site(session, name=name, zone=zone).id for name, zone in SITES}
        for part in PARTS:
            ids[part.key] = _person(session, part, password_hash=hashes[part.key], sites=sites, at=at)
    accounts = tuple(
        DemoAccount(name=part.name, role=_roles(part), email=part.email, password=passwords[part.key], says=part.says)
        for part in PARTS
    )
    return accounts, ids


def _person(session: Session, part: Part, *, password_hash: str, sites: dict[str, str], at: datetime) -> str:
    person_id = people_store.add_person(session, name=part.name, email=part.email, password_hash=password_hash, at=at)
    for role, site in part.roles:
        people_store.add_membership(
            session,
            person_id=person_id,
            role=role,
            site_id=sites[site] if site else None,
            from_at=at,
            recorded_at=at,
            recorded_by=None,
        )
    return person_id


def _roles(part: Part) -> str:
    places = ", ".join(site for _, site in part.roles if site) or "everywhere"
    role: Role = part.roles[0][0]
    return f"{role.value}, {places}"


def _password() -> str:
    return "-".join(secrets.choice(WORDS) for _ in range(4)) + f"-{secrets.randbelow(90) + 10}"


def _write_accounts(var: Path, accounts: tuple[DemoAccount, ...]) -> None:
    descriptor = os.open(var / ACCOUNTS, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADER)
        writer.writerows((one.name, one.role, one.email, one.password, one.says) for one in accounts)


def _documents(viewer: Viewer, *, today: date) -> list[str]:
    first_name = viewer.name.split()[0]
    return [
        documents.add(
            viewer,
            viewer.person_id,
            kind=kind,
            issuer=issuer,
            reference=f"{prefix}-{first_name.upper()}-{today.year}",
            expires_on=today + timedelta(days=days),
        )
        for kind, issuer, prefix, days in (
            (DocumentKind.LICENCE, "Demo licensing board", "LIC", 400),
            (DocumentKind.INSURANCE, "Demo insurer", "INS", 300),
        )
    ]


def _pass_quiz(person_id: str, slug: str, *, zone: str) -> None:
    started = attempts.start(person_id, slug, zone=zone)
    for place, given in enumerate(_right(reading(), person_id, started.attempt_id), start=1):
        attempts.save(person_id, started.attempt_id, place, given)
    attempts.submit(person_id, started.attempt_id, zone=zone)


def _right(session: Session, person_id: str, attempt_id: str) -> list[list[str]]:
    """The page's tokens of the right answers to an attempt, in its order."""
    attempt = attempt_store.get_attempt(session, attempt_id, person_id=person_id)
    quiz = pinned(session, attempt.quiz, attempt.revisions)
    found = []
    for drawn in attempt.drawn:
        task = quiz.item(drawn.item_id).task
        if isinstance(task, HotSpot):
            answer = task.right_regions[: task.choose]
        elif isinstance(task, Choosing):
            answer = tuple(sorted(task.key))
        else:
            raise NotImplementedError(f"the demo does not know how to answer a {task.kind} item")
        found.append(sorted(task.tokens(answer, drawn.option_order)))
    return found


def _observe(assessor: Viewer, subject_id: str, *, password: str, tick: Tick) -> None:
    observation_id = practicals.start(assessor, subject_id=subject_id, authorisation=AUTHORISATION)
    sheet = practicals.open_sheet(reading(), assessor, observation_id, at=tick()).sheet
    for number, criterion in enumerate(sheet.criteria):
        # Safe throughout, and now and then more than that.
        mark = Mark.THREE if number % 6 == 1 and criterion.maximum == int(Mark.THREE) else Mark.TWO
        practicals.rate(
            assessor, observation_id, Change(criterion=criterion.id, seen=0, mark=mark, note=None, tenths=None)
        )
    at = tick()
    shown = practicals.to_sign(reading(), assessor, observation_id, at=at)
    practicals.sign(assessor, observation_id, shown=shown.digest, shown_at=at, password=password)
