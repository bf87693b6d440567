"""The only place for the shape of the desk's forms: suspend, lift, void, propose and confirm."""

from datetime import date, datetime

from wtforms import BooleanField, DateField, HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, Regexp, ValidationError

from training.clearance.domain import start_of
from training.web.forms import Form, stripped

LONGEST = 2000
_LONG = Length(max=LONGEST, message=f"Keep this under {LONGEST} characters.")


class _ActForm(Form):
    """What every act has: a key of its own, so that sending it twice is the same as once."""

    key = HiddenField(validators=[Regexp(r"\A[a-z0-9]{16}\Z", message="Reload the page, then send it again.")])


class SuspendForm(_ActForm):
    """Why, what leads back, and when it is looked at again."""

    reason = TextAreaField("Reason", [DataRequired("Write why."), _LONG], filters=[stripped])
    way_back = TextAreaField("What leads back", [DataRequired("Write what leads back."), _LONG], filters=[stripped])
    review_on = DateField("Looked at again on", [Optional()])
    serious = BooleanField("Serious: only a second person can lift it")

    #: The present day where the person works; the route sets it before validating.
    today: date | None = None

    def validate_review_on(self, field: DateField) -> None:
        """A day to come."""
        if field.data and self.today and field.data < self.today:
            raise ValidationError("That day is past. Choose a later one, or leave it empty.")


class LiftForm(_ActForm):
    """What was done."""

    reason = TextAreaField("What was done", [DataRequired("Write what was done."), _LONG], filters=[stripped])


class VoidForm(_ActForm):
    """Why it does not count, and from when."""

    reason = TextAreaField("Reason", [DataRequired("Write why."), _LONG], filters=[stripped])
    from_on = DateField("Only from this day on", [Optional()])

    #: The present day where the person works; the route sets it before validating.
    today: date | None = None

    def validate_from_on(self, field: DateField) -> None:
        """Today or earlier."""
        if field.data and self.today and field.data > self.today:
            raise ValidationError("That day is yet to come. Choose today or an earlier one, or leave it empty.")

    def from_at(self, zone: str) -> datetime | None:
        """The instant from which it does not count; None when it never did."""
        return start_of(self.from_on.data, zone) if self.from_on.data else None


class FoundingForm(_ActForm):
    """What the proposal or the confirmation rests on."""

    reason = TextAreaField("What it rests on", [DataRequired("Write what it rests on."), _LONG], filters=[stripped])
