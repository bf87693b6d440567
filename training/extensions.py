"""The only place for the Flask extensions, made once and bound to an app in app.py."""

from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

from training.db import Base, use_sessions

# Values leave the stores frozen, so nothing is read from an expired object after a commit.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
migrate = Migrate()
csrf = CSRFProtect()
login = LoginManager()

use_sessions(lambda: db.session())  # noqa: PLW0108 - the attribute is a proxy, not a function
