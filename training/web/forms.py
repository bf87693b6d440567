"""The only place for what every form shares."""

from flask import g, session
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from wtforms import StringField


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


class Form(FlaskForm):  # type: ignore[misc]
    """A form with a CSRF token; text fields lose the blanks around them."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Strip every text field that has no filter of its own."""

        def bind_field(self, form: object, unbound_field: object, options: dict[str, object]) -> object:
            """Give plain text fields the filter."""
            filters = unbound_field.kwargs.get("filters", [])  # type: ignore[attr-defined]
            if unbound_field.field_class is StringField:  # type: ignore[attr-defined]
                filters = [*filters, stripped]
            return unbound_field.bind(form=form, filters=filters, **options)  # type: ignore[attr-defined]
