"""Every route × method × role × own, same-site and other-site object, against the reviewed table."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tests.cast import Cast, make_cast
from tests.web.access_table import TABLE
from training import clock
from training.attempts import service as attempts
from training.authoring import service as authoring
from training.clearance import service as clearance
from training.config import ROOT
from training.courses import service as courses
from training.db import new_id, stamp, transaction
from training.documents import store as document_store
from training.documents.domain import DocumentKind, State
from training.evidence.domain import Kind, NewFact, Suspended
from training.people import store as people
from training.permissions import GRANTS, PUBLIC, Permission, Role
from training.practicals.tables import ObservationRow
from training.web import access

NO_SUCH = "0000000000000000"
ROLES: dict[str, Role | None] = {
    "trainee": Role.THERAPIST,
    "senior": Role.SENIOR,
    "manager": Role.MANAGER,
    "administrator": Role.ADMINISTRATOR,
    "nobody": None,
}


def _routes(app: Flask) -> Iterator[tuple[str, str, Rule]]:
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                yield method, rule.endpoint, rule


def _address(app: Flask, rule: Rule) -> str:
    values = {
        name: 1 if type(converter).__name__ == "SmallNumber" else NO_SUCH
        for name, converter in rule._converters.items()
    }
    with app.test_request_context():
        return rule.build(values, append_unknown=False)[1]  # type: ignore[index]


def _may(role: Role | None, permission: Permission) -> bool:
    if permission in {Permission.PUBLIC, Permission.SIGNED_IN}:
        return True
    return role is not None and permission in GRANTS[role]


@pytest.fixture(scope="module")
def players(migrated_app: Flask) -> Cast:
    """The cast of this module."""
    return make_cast(migrated_app)


@pytest.fixture(scope="module")
def everybody(migrated_app: Flask, players: Cast) -> dict[str, FlaskClient]:
    """One signed-in client a role, and one that nobody signed in."""
    clients = {role: players.sign_in(migrated_app.test_client(), getattr(players, role)) for role in ROLES}
    return clients | {"stranger": migrated_app.test_client()}


def test_every_route_is_in_the_reviewed_table_and_asks_what_it_says(app: Flask) -> None:
    found = {(method, endpoint): access.asked_by(app, endpoint) for method, endpoint, _ in _routes(app)}
    assert found == {key: row.permission for key, row in TABLE.items()}


def test_a_view_that_says_nothing_is_refused_at_start_up_and_by_the_guard(app: Flask, cast: Cast) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "open", methods=["GET"]) if not app._got_first_request else None
    with pytest.raises(Exception, match="forgotten"):
        access.check_closed(app)
    client = cast.sign_in(app.test_client(), cast.administrator)
    assert client.get("/forgotten").status_code == 403


@pytest.mark.parametrize("role", ROLES)
def test_the_guard_lets_each_role_through_exactly_where_the_table_says(
    migrated_app: Flask, everybody: dict[str, FlaskClient], role: str
) -> None:
    wrong = []
    for method, endpoint, rule in sorted(_routes(migrated_app), key=lambda one: (one[1], one[0])):
        if endpoint == "people.sign_out":
            continue  # it would end the client's own session
        answer = everybody[role].open(_address(migrated_app, rule), method=method)
        let_in = answer.status_code not in {403, 401}
        if let_in is not _may(ROLES[role], TABLE[method, endpoint].permission) or answer.status_code >= 500:
            wrong.append((method, endpoint, answer.status_code))
    assert wrong == []


def test_strangers_are_sent_to_sign_in_and_nothing_they_send_is_taken(
    migrated_app: Flask, everybody: dict[str, FlaskClient]
) -> None:
    wrong = []
    for method, endpoint, rule in _routes(migrated_app):
        if TABLE[method, endpoint].permission is PUBLIC:
            continue
        answer = everybody["stranger"].open(_address(migrated_app, rule), method=method)
        sent_away = answer.status_code == 302 and answer.location.startswith("/sign-in")
        if not (sent_away if method == "GET" else answer.status_code == 403):
            wrong.append((method, endpoint, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize(
    ("role", "address", "status"),
    [("trainee", "/register", 403), ("manager", f"/people/{NO_SUCH}", 404), ("senior", f"/practicals/{NO_SUCH}", 404)],
)
def test_each_denial_leaves_one_audit_line_without_the_address(  # noqa: PLR0917
    migrated_app: Flask,
    everybody: dict[str, FlaskClient],
    caplog: pytest.LogCaptureFixture,
    role: str,
    address: str,
    status: int,
) -> None:
    assert everybody[role].get(address).status_code == status
    lines = [one.getMessage() for one in caplog.records if one.getMessage().startswith("denied")]
    assert len(lines) == 1
    assert f"status={status}" in lines[0]
    assert address not in lines[0]


# ---- whose object

#: Who asks, by the permission: the first of the cast that holds it, and does it for others.
ASKS: dict[Permission, str] = {
    Permission.LEARN: "trainee",
    Permission.OBSERVE: "senior",
    Permission.SEE_REGISTER: "manager",
    Permission.MANAGE_PEOPLE: "manager",
    Permission.VERIFY_DOCUMENTS: "manager",
    Permission.SUSPEND: "manager",
    Permission.FOUND: "manager",
    Permission.SIGNED_IN: "manager",
}


class Things:
    """Objects of everybody of the cast, made as they are asked for, without the rules that pages have."""

    def __init__(self, app: Flask, cast: Cast) -> None:
        self.app, self.cast = app, cast
        self.made: dict[tuple[str, str], dict[str, str]] = {}

    def of(self, thing: str, person_id: str) -> dict[str, str]:
        """The parts of an address that name that person's object."""
        key = (thing, person_id)
        # A context of its own: one that stays open would lend its viewer to the requests that follow.
        with self.app.app_context():
            # A document that was decided on is no longer there to decide on.
            if key not in self.made or thing == "document":
                self.made[key] = getattr(self, f"_{thing}")(person_id)
        return self.made[key]

    def _person(self, person_id: str) -> dict[str, str]:
        return {"person_id": person_id, "authorisation": "ashiatsu-bar", "slug": "body-map"}

    def _membership(self, person_id: str) -> dict[str, str]:
        # A further one, so that ending it takes nobody off the stage.
        site = self.cast.old_town if person_id == self.cast.stranger else self.cast.riverside
        with transaction() as session:
            at = stamp(session)
            made = people.add_membership(
                session,
                person_id=person_id,
                role=Role.THERAPIST,
                site_id=site,
                from_at=at,
                recorded_at=at,
                recorded_by=None,
            )
        return {"person_id": person_id, "membership_id": made}

    def _attempt(self, person_id: str) -> dict[str, str]:
        return {"attempt_id": attempts.start(person_id, "body-map", zone="UTC").attempt_id, "place": "1"}

    def _document(self, person_id: str) -> dict[str, str]:
        with transaction() as session:
            waiting = [one for one in document_store.documents_of(session, person_id) if one.state is State.WAITING]
            made = (
                waiting[0].id
                if waiting
                else document_store.add_document(
                    session,
                    person_id=person_id,
                    kind=DocumentKind.LICENCE,
                    issuer="Board",
                    reference="1",
                    expires_on=date(2099, 1, 1),
                    added_by=person_id,
                    at=stamp(session),
                )
            )
        return {"person_id": person_id, "document_id": made}

    def _observation(self, person_id: str) -> dict[str, str]:
        assessor = self.cast.senior if person_id != self.cast.senior else self.cast.other_senior
        site = self.cast.old_town if person_id == self.cast.stranger else self.cast.riverside
        with transaction() as session:
            sheet = courses.current(session, "sheet", "bar")
            row = ObservationRow(
                id=new_id(),
                subject_id=person_id,
                authorisation="ashiatsu-bar",
                leads_to="provisional",
                sheet_key="bar",
                sheet_revision=sheet.revision,
                sheet_digest=sheet.digest,
                site_id=site,
                zone="UTC",
                assessor_id=assessor if person_id != self.cast.stranger else self.cast.other_senior,
                started_by=assessor,
                started_at=stamp(session),
                state="open",
            )
            session.add(row)
            return {"observation_id": row.id, "criterion": "C1"}

    def _fact(self, person_id: str) -> dict[str, str]:
        with transaction() as session:
            made = clearance.record(
                session,
                NewFact(
                    person_id=person_id,
                    kind=Kind.SUSPENDED,
                    authorisation="ashiatsu-bar",
                    about=None,
                    happened_at=stamp(session),
                    zone="UTC",
                    actor_id=self.cast.administrator,
                    payload=Suspended(serious=False, review_on=None),
                    revisions={},
                    key=new_id(),
                    texts={"reason": "For the sweep."},
                ),
            )
        return {"person_id": person_id, "fact_id": made.fact.id}


@pytest.fixture(scope="module")
def things(migrated_app: Flask, players: Cast) -> Things:
    """The published course, and a maker of objects."""
    with migrated_app.app_context():
        authoring.publish_all(ROOT / "content", by=None, at=clock.now(), reason="For the sweep")
    return Things(migrated_app, players)


OWNED = sorted((key for key, row in TABLE.items() if row.thing), key=lambda key: (key[1], key[0]))


@pytest.mark.parametrize(("method", "endpoint"), OWNED, ids=[f"{method} {endpoint}" for method, endpoint in OWNED])
@pytest.mark.parametrize("relation", ["own", "same", "other"])
def test_an_object_is_there_for_whom_the_table_says_and_404_for_everybody_else(
    migrated_app: Flask,
    things: Things,
    method: str,
    endpoint: str,
    relation: str,
) -> None:
    row = TABLE[method, endpoint]
    role, cast = ASKS[row.permission], things.cast
    asker = getattr(cast, role)
    colleague = cast.senior if role == "trainee" else cast.trainee
    whose = {"own": asker, "same": colleague, "other": cast.stranger}[relation]
    assert row.thing
    values = things.of(row.thing, whose)
    rule = next(rule for one, name, rule in _routes(migrated_app) if (one, name) == (method, endpoint))
    with migrated_app.test_request_context():
        built = rule.build({name: values[name] for name in rule.arguments}, append_unknown=False)
    assert built
    data = {"person": whose, "authorisation": "ashiatsu-bar"} if endpoint == "practicals.start" else {}
    # Signed in anew: an earlier row of the sweep may have ended a role, and the sessions with it.
    client = cast.sign_in(migrated_app.test_client(), asker)
    answer = client.open(built[1], method=method, data=data)
    assert answer.status_code < 500, answer.text
    assert (answer.status_code != 404) is (relation in row.sees), (answer.status_code, built[1])
