"""The only place for the shape of what a sheet sends: one line of it, a reason, a signature.

A sheet's 25 lines are plain markup read here by hand: as form objects they would cost three times the page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from wtforms import HiddenField, PasswordField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from training.errors import Invalid
from training.practicals.domain.observation import NOTE_MAXIMUM, REASON_MAXIMUM, Change
from training.practicals.domain.result import Mark
from training.web.forms import Form, stripped

_TICKET: Final = "practicals.sign"
_LONGEST_SECONDS: Final = 600
_DIGITS: Final = 9


def read_change(criterion: str, sent: Mapping[str, str]) -> Change:
    """One line of a sheet as the browser sends it: `seen`, and any of `mark`, `note`, `seconds`.

    Raises:
        Invalid: something of it cannot be read.
    """
    seen = sent.get("seen", "")
    if not (seen.isascii() and seen.isdigit() and len(seen) <= _DIGITS):
        raise Invalid("This page is out of step with the sheet. Reload it; what was saved is still there.")
    mark = None
    if "mark" in sent:
        try:
            mark = Mark(sent["mark"])
        except ValueError:
            raise Invalid("There is no such level. Reload the page.") from None
    note = " ".join(sent["note"].split()) if "note" in sent else None
    if note is not None and len(note) > NOTE_MAXIMUM:
        raise Invalid(f"Keep the note under {NOTE_MAXIMUM} characters; this one has {len(note)}.")
    return Change(
        criterion=criterion,
        seen=int(seen),
        mark=mark,
        note=note,
        tenths=read_tenths(sent["seconds"]) if "seconds" in sent else None,
    )


def read_tenths(text: str) -> int:
    """Seconds as people write them, 2.4 or 2,4, in tenths; -1 for an empty field, which takes the time away.

    Raises:
        Invalid: not a time between 0 and 600 seconds.
    """
    text = text.strip().replace(",", ".")
    if not text:
        return -1
    try:
        seconds = float(text) if text.isascii() else -1.0
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= _LONGEST_SECONDS:
        raise Invalid(f"Write the seconds as a number between 0 and {_LONGEST_SECONDS}, like 2.4.")
    return round(seconds * 10)


class CloseForm(Form):
    """Why a practical was broken off."""

    reason = TextAreaField(
        "Why it was broken off",
        [
            DataRequired("Write why the practical was broken off."),
            Length(max=REASON_MAXIMUM, message=f"Keep this under {REASON_MAXIMUM} characters."),
        ],
        filters=[stripped],
    )


class SignForm(Form):
    """The password under the statement, and the ticket that says which statement it was."""

    password = PasswordField("Your password", [InputRequired("Write your password to sign.")])
    ticket = HiddenField()


class StartForm(Form):
    """Whom to observe, in which authorisation."""

    person = HiddenField(validators=[InputRequired(), Length(min=16, max=16)])
    authorisation = HiddenField(validators=[InputRequired(), Length(max=40)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Which statement was shown to whom, and when; signed with the installation's secret."""

    observation_id: str
    person_id: str
    digest: str
    shown_at: datetime

    def seal(self) -> str:
        """As the page carries it."""
        return str(_serializer().dumps([self.observation_id, self.person_id, self.digest, self.shown_at.isoformat()]))


def open_ticket(text: str | None, *, observation_id: str, person_id: str) -> Ticket:
    """The ticket a signing form brought back.

    Raises:
        Invalid: it was not issued here, or for another sheet or person.
    """
    try:
        found: Any = _serializer().loads(text or "")
        ticket = Ticket(
            observation_id=str(found[0]),
            person_id=str(found[1]),
            digest=str(found[2]),
            shown_at=datetime.fromisoformat(found[3]),
        )
    except (BadData, IndexError, KeyError, TypeError, ValueError):
        ticket = None
    if ticket is None or (ticket.observation_id, ticket.person_id) != (observation_id, person_id):
        raise Invalid("This form does not belong to this sheet. Read the statement again, then sign.")
    return ticket


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=_TICKET)
