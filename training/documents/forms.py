"""The only place for the shape of the document forms."""

from datetime import date

from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from training.documents.domain import (
    ISSUER_MAXIMUM,
    REASON_MAXIMUM,
    REFERENCE_MAXIMUM,
    TITLES,
    expiry_problem,
    read_day,
)
from training.web.forms import Form, stripped


class DocumentForm(Form):
    """A document as its holder writes it down."""

    kind = RadioField(
        "Which document",
        [InputRequired("Say which document it is.")],
        choices=[SelectChoice(kind.value, title) for kind, title in TITLES.items()],
    )
    issuer = StringField(
        "Issued by",
        [
            DataRequired("Write who issued it."),
            Length(max=ISSUER_MAXIMUM, message=f"Keep this under {ISSUER_MAXIMUM} characters."),
        ],
    )
    reference = StringField(
        "Number or reference",
        [
            DataRequired("Write the number printed on it."),
            Length(max=REFERENCE_MAXIMUM, message=f"Keep this under {REFERENCE_MAXIMUM} characters."),
        ],
    )
    expires_on = StringField("Valid through", [DataRequired("Write the last day printed on it.")])

    #: The present day where the person works; the route sets it before validating.
    today: date | None = None

    def validate_expires_on(self, field: StringField) -> None:
        """A real date, ahead of today, within reason."""
        found = read_day(field.data or "")
        if found is None:
            raise ValidationError("That date cannot be read. Write it as year-month-day, like 2027-10-14.")
        problem = expiry_problem(found, today=self.today) if self.today else None
        if problem:
            raise ValidationError(problem)

    def day(self) -> date:
        """The expiry, once the form is valid."""
        found = read_day(self.expires_on.data or "")
        if found is None:
            raise ValueError("the form was not validated")
        return found


class VerifyForm(Form):
    """I have seen the original."""

    seen = BooleanField(
        "I have seen the original, and name, number and date agree",
        [InputRequired("Tick this once you have seen the original.")],
    )


class SendBackForm(Form):
    """What is wrong with it."""

    reason = TextAreaField(
        "What is wrong with it",
        [
            DataRequired("Write what is wrong with it, so that the next one is right."),
            Length(max=REASON_MAXIMUM, message=f"Keep this under {REASON_MAXIMUM} characters."),
        ],
        filters=[stripped],
    )
