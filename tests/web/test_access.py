"""Every route × method × role × own, same-site and other-site object, against the reviewed table."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tests.cast import Cast, make_cast
from tests.web.access_table import TABLE
from training.permissions import GRANTS, PUBLIC, Permission, Role
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
def everybody(migrated_app: Flask) -> dict[str, FlaskClient]:
    """One signed-in client a role, and one that nobody signed in."""
    cast = make_cast(migrated_app)
    clients = {role: cast.sign_in(migrated_app.test_client(), getattr(cast, role)) for role in ROLES}
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
