"""The only place for the bare page: Flask, a layout template, a signed-in user and one indexed SELECT, nothing else.

It knows nothing of Footing, so none of Footing's listeners or settings weigh on it. The one SELECT is the one that
loads the signed-in user by primary key: the cheapest page that still knows who is asking.
"""

import os
from pathlib import Path

from flask import Flask, render_template
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, login_required, login_user
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

#: Names the folder of the SQLite file; set by whoever starts this app.
FOLDER = "BENCH_BARE_FOLDER"


class Base(DeclarativeBase):
    """What the one mapped class builds on."""


db = SQLAlchemy(model_class=Base)
login = LoginManager()


class Person(UserMixin, Base):  # type: ignore[misc]  # Flask-Login has no types
    """Who is signed in."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


@login.user_loader  # type: ignore[untyped-decorator]
def load(person_id: str) -> Person | None:
    """Run the one indexed SELECT."""
    return db.session.get(Person, int(person_id))


def create_app(folder: Path) -> Flask:
    """Give the bare app on a SQLite file in that folder."""
    app = Flask("bench.bare", template_folder=str(Path(__file__).parent / "templates"))
    app.config.update(SECRET_KEY="only for the bench", SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder / 'bare.sqlite3'}")
    db.init_app(app)
    login.init_app(app)

    @app.get("/")
    @login_required  # type: ignore[untyped-decorator]
    def page() -> ResponseReturnValue:
        return render_template("page.html")

    @app.post("/sign-in")
    def sign_in() -> ResponseReturnValue:
        login_user(db.session.get(Person, 1))
        return "", 204

    with app.app_context():
        db.create_all()
        if db.session.get(Person, 1) is None:
            db.session.add_all(Person(id=number, name=f"Person {number}") for number in range(1, 1001))
            db.session.commit()
        db.engine.dispose()
    return app


def served() -> Flask:
    """Give the app to gunicorn."""
    return create_app(Path(os.environ[FOLDER]))
