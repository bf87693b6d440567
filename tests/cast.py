"""The only place for the small cast of the tests: one person of each role, and one with no right to anything."""

from dataclasses import dataclass
from datetime import UTC, datetime

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from training.db import transaction
from training.people import service, store
from training.permissions import Role

PASSWORD = "quiet harbour lantern 42"
EARLIER = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
# Argon2 at its cheapest: the tests check our use of it, not its strength.
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@dataclass(frozen=True)
class Cast:
    """Ids and addresses of the people; the spa has two sites, in two zones."""

    riverside: str
    old_town: str
    trainee: str
    senior: str
    other_senior: str
    manager: str
    other_manager: str  # of Old Town only
    stranger: str  # therapist at Old Town only
    administrator: str
    nobody: str  # has an account and no membership
    emails: dict[str, str]

    def sign_in(self, client: FlaskClient, person_id: str) -> FlaskClient:
        """Sign that person in, through the page."""
        answer = client.post("/sign-in", data={"email": self.emails[person_id], "password": PASSWORD})
        assert answer.status_code == 302, answer.text
        return client


def make_cast(app: Flask) -> Cast:
    """Write the cast into the app's database."""
    with app.app_context(), transaction() as session:
        riverside = store.add_site(session, name="Riverside", zone="Europe/London").id
        old_town = store.add_site(session, name="Old Town", zone="America/New_York").id
        emails: dict[str, str] = {}

        def add(name: str, role: Role | None, site_id: str | None) -> str:
            email = f"{name.split(maxsplit=1)[0].lower()}@spa.example"
            if role is None:
                made = store.add_person(session, name=name, email=email, password_hash=HASH, at=EARLIER)
            else:
                made = service.add_member(
                    session, name=name, email=email, password_hash=HASH, role=role, site_id=site_id, at=EARLIER
                )
            emails[made] = email
            return made

        return Cast(
            riverside=riverside,
            old_town=old_town,
            trainee=add("Priya Nair", Role.THERAPIST, riverside),
            senior=add("Tolu Adeyemi", Role.SENIOR, riverside),
            other_senior=add("Lena Brandt", Role.SENIOR, riverside),
            manager=add("Rosa Okafor", Role.MANAGER, riverside),
            other_manager=add("Dario Ito", Role.MANAGER, old_town),
            stranger=add("Milo Costa", Role.THERAPIST, old_town),
            administrator=add("Ada Whitfield", Role.ADMINISTRATOR, None),
            nobody=add("Noa Lind", None, None),
            emails=emails,
        )
