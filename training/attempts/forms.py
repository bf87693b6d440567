"""The only place for the shape of what a quiz page sends."""

from typing import Final

from flask import Request
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from training.errors import Invalid
from training.web.forms import Form, stripped

#: More tokens than any question has choices.
_MOST: Final = 100
_LONGEST: Final = 8


def chosen(incoming: Request) -> list[str]:
    """The page's tokens for what was chosen, in the order sent; [] when nothing was.

    Raises:
        Invalid: it is not what the page sends.
    """
    tokens = incoming.form.getlist("answer")
    if len(tokens) > _MOST or any(len(token) > _LONGEST for token in tokens):
        raise Invalid("That is not an answer to this question. Open the question again and choose there.")
    return tokens


def goes_back(incoming: Request) -> bool:
    """Whether the person pressed Back rather than Next."""
    return incoming.form.get("to") == "back"


class ReleaseForm(Form):
    """Why a new round is opened."""

    reason = TextAreaField(
        "What did you go through together?",
        [
            DataRequired("Say why the new round is opened."),
            Length(max=500, message="Keep it under 500 characters."),
        ],
        filters=[stripped],
    )
