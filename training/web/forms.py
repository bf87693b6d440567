"""The only place for what every form shares."""

from collections.abc import Mapping
from typing import Final

from flask import g, request, session
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from wtforms import StringField

#: WTForms' own words for what a browser rarely sends, in ours.
_WORDS: Final[Mapping[str, str]] = {
    "Not a valid choice.": "Choose one of those listed.",
    "Not a valid date value.": "That date cannot be read. Write it as year-month-day, like 2027-10-14.",
}


def stripped(value: str | None) -> str | None:
    """Text without blanks around it; a filter for fields."""
    return value.strip() if value else value


def begin_session() -> None:
    """Start the browser's session afresh, with a CSRF token of its own; one from before a sign-in is worth nothing.

    The token is made here and not by the next page: two pages loaded side by side would each make one, and the
    answer that came last would spoil every form of the other.
    """
    session.clear()
    g.pop("csrf_token", None)
    generate_csrf()


class _Words:
    """Says in our words what WTForms would say in its own."""

    def gettext(self, text: str) -> str:
        """Give our sentence for that one."""
        return _WORDS.get(text, text)

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Give the form of the word that goes with the number."""
        return one if number == 1 else many


class Form(FlaskForm):  # type: ignore[misc]
    """A form with a CSRF token; text fields lose the blanks around them."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Strip every text field that has no filter of its own; take what a form sends, and nothing else."""

        def wrap_formdata(self, _form: object, formdata: object) -> object:
            """Read the texts of a submitted form. Files and JSON are none: a field would take them for texts."""
            return None if formdata is None or request.method != "POST" else request.form

        def get_translations(self, _form: object) -> _Words:
            """Say it in our words."""
            return _Words()

        def bind_field(self, form: object, unbound_field: object, options: dict[str, object]) -> object:
            """Give plain text fields the filter."""
            filters = unbound_field.kwargs.get("filters", [])  # type: ignore[attr-defined]
            if unbound_field.field_class is StringField:  # type: ignore[attr-defined]
                filters = [*filters, stripped]
            return unbound_field.bind(form=form, filters=filters, **options)  # type: ignore[attr-defined]
