"""The only place where the bench meets Footing: a demo spa of its own, and the addresses of the main pages in it."""

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from bench.cost import Page
from training.app import create_app
from training.config import read_config

COMMAND = Path(sys.executable).parent / "training"


def environment(folder: Path) -> dict[str, str]:
    """Give the settings of an installation that lives in that folder."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TRAINING_CONTENT"}}
    return {**kept, "TRAINING_VAR": str(folder)}


def app_in(folder: Path) -> Flask:
    """Give the app as it is served from that folder."""
    return create_app(read_config(environment(folder)))


def prepare(folder: Path) -> tuple[Page, ...]:
    """Make a demo spa in that folder and bring its people to the main pages."""
    subprocess.run([COMMAND, "demo"], env=environment(folder), check=True, stdout=subprocess.DEVNULL)
    app = app_in(folder)
    app.config["WTF_CSRF_ENABLED"] = False  # only while preparing: the measured app asks for it
    trainee, senior, manager = (_signed_in(app, folder, name) for name in ("priya", "lena", "rosa"))
    return (
        _page("home, trainee", "/", trainee),
        _page("home, senior", "/", senior),
        _page("home, manager", "/", manager),
        _page("section", _link(trainee, "/modules/body-map", r"/modules/body-map/[a-z-]+"), trainee),
        _page("quiz question", _posted(trainee, "/modules/body-map/quiz"), trainee),
        _page("sheet", _sheet(senior), senior),
        _page("register", "/register", manager),
        _page("person", _link(manager, "/register", r"/people/[a-z0-9]{16}"), manager),
    )


def _signed_in(app: Flask, folder: Path, key: str) -> FlaskClient:
    with (folder / "demo-accounts.csv").open(encoding="utf-8", newline="") as file:
        accounts = {row["email"].partition("@")[0]: row for row in csv.DictReader(file)}
    client = app.test_client()
    answer = client.post("/sign-in", data={"email": accounts[key]["email"], "password": accounts[key]["password"]})
    assert answer.status_code == 302, answer.text
    return client


def _page(name: str, path: str, client: FlaskClient) -> Page:
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == 200, f"{name}: {path} answered {answer.status_code}"
    path = answer.request.path
    cookies = (client.get_cookie(key) for key in ("footing_session", "footing_device", "footing_form"))
    return Page(name=name, path=path, cookie="; ".join(f"{one.key}={one.value}" for one in cookies if one))


def _link(client: FlaskClient, path: str, pattern: str) -> str:
    found = re.search(rf'href="({pattern})["?#]', client.get(path).text)
    assert found is not None, f"{path} has no link to {pattern}"
    return found[1]


def _posted(client: FlaskClient, path: str, **given: str) -> str:
    """Send a form and give the address it leads to."""
    answer = client.post(path, data=given)
    assert answer.status_code == 302, answer.text
    return answer.location


def _sheet(senior: FlaskClient) -> str:
    """Begin with the first person who is ready, and rate half the lines, as on a sheet in use."""
    ready = senior.get("/practicals").text
    address = _posted(
        senior, "/practicals", person=_value(ready, "person"), authorisation=_value(ready, "authorisation")
    )
    lines = sorted(set(re.findall(rf'action="({address}/lines/[^"]+)"', senior.get(address).text)))
    assert lines, "the sheet has no lines"
    for line in lines[::2]:
        _posted(senior, line, seen="0", mark="2")
    return address


def _value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found is not None, f"there is no field {name}"
    return found[1]
