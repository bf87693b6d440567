"""The only place for what every form shares."""

from flask_wtf import FlaskForm
from wtforms import StringField


def stripped(value: str | None) -> str | None:
    """Text without blanks around it; a filter for fields."""
    return value.strip() if value else value


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
