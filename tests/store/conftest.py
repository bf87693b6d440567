"""The only place for the fixtures of evidence and clearance on both engines."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests import records
from tests.cast import Cast, make_cast
from tests.records import FakeClock
from training import clock


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The clock, in the test's hand; it starts at records.START."""
    fake = FakeClock()
    monkeypatch.setattr(clock, "now", fake)
    return fake


@pytest.fixture
def spa(engine_app: Flask, ticking: FakeClock) -> Iterator[Cast]:
    """The cast on each engine, inside the app, with the shipped policy published an hour ago."""
    made = make_cast(engine_app)
    with engine_app.app_context():
        records.publish()
        ticking.forward(hours=1)
        yield made
