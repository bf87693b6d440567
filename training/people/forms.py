"""The only place for the shape of the people forms."""

from wtforms import BooleanField, EmailField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Email, InputRequired, Length

from training.people.domain import PASSWORD_MAXIMUM, PASSWORD_MINIMUM
from training.permissions import Role
from training.web.forms import Form, stripped

_ROLES = [
    SelectChoice(Role.THERAPIST.value, "Therapist"),
    SelectChoice(Role.SENIOR.value, "Senior therapist"),
    SelectChoice(Role.MANAGER.value, "Manager"),
]


class SignInForm(Form):
    """E-mail address and password."""

    email = EmailField("E-mail address", [InputRequired("Write your e-mail address.")], filters=[stripped])
    password = PasswordField("Password", [InputRequired("Write your password.")])
    own_device = BooleanField("This is my own phone: keep me signed in")


class JoinForm(Form):
    """What an invited person fills in."""

    name = StringField(
        "Your name",
        [DataRequired("Write your name."), Length(max=120, message="Keep the name under 120 characters.")],
    )
    password = PasswordField(
        "Choose a password",
        [
            InputRequired("Choose a password."),
            Length(
                min=PASSWORD_MINIMUM,
                max=PASSWORD_MAXIMUM,
                message=f"Use at least {PASSWORD_MINIMUM} characters.",
            ),
        ],
    )


class PasswordForm(Form):
    """Changing one's own password."""

    old = PasswordField("Your password now", [InputRequired("Write your present password.")])
    new = PasswordField(
        "New password",
        [
            InputRequired("Choose a new password."),
            Length(
                min=PASSWORD_MINIMUM,
                max=PASSWORD_MAXIMUM,
                message=f"Use at least {PASSWORD_MINIMUM} characters.",
            ),
        ],
    )


class InviteForm(Form):
    """Somebody new."""

    name = StringField("Name", [DataRequired("Write the person's name."), Length(max=120)])
    email = EmailField(
        "E-mail address",
        [InputRequired("Write the person's e-mail address."), Email("That is not an e-mail address.")],
        filters=[stripped],
    )
    role = SelectField("Role", choices=_ROLES)
    site = SelectField("Site")


class RoleForm(Form):
    """A further role for somebody known."""

    role = SelectField("Role", choices=_ROLES)
    site = SelectField("Site")


class TrainerForm(Form):
    """Who mainly trains somebody."""

    trainer = SelectField("Main trainer")


class ActForm(Form):
    """A single button: only the token."""
