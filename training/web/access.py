"""The only place for who may open a view: @requires, the guard, the viewer; the only user of flask_login."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar, cast

from flask import Flask, Request, Response, current_app, g, redirect, request, url_for
from flask_login import current_user
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter, RequestRedirect
from werkzeug.wrappers import Response as BaseResponse

from training import clock
from training.db import reading
from training.errors import Busy, NotAllowed, SetupError
from training.extensions import login
from training.permissions import Permission, Viewer

SESSION_COOKIE: Final = "footing_session"
DEVICE_COOKIE: Final = "footing_device"
DEVICE_LIFE: Final = timedelta(days=365)

#: On flask.g: the database could not say who the viewer is.
_UNKNOWN: Final = "viewer_unknown"

View = TypeVar("View", bound=Callable[..., Any])

#: Finds who holds a session token at a moment, and writes down that she was seen; people.routes brings it.
FindViewer = Callable[[str, datetime], Viewer | None]
_find: FindViewer | None = None


def use_viewers(find: FindViewer) -> None:
    """Say how a session token becomes a viewer; called once, by people, so that this layer stays below it."""
    global _find  # noqa: PLW0603 - the one seam between this layer and people
    _find = find


def requires(permission: Permission) -> Callable[[View], View]:
    """Say what a view asks of its viewer. A view without it is refused by the guard."""

    def mark(view: View) -> View:
        view.__dict__["requires"] = permission
        return view

    return mark


def asked_by(app: Flask, endpoint: str) -> Permission | None:
    """What the view behind an endpoint asks; None where nobody said."""
    if endpoint == "static":
        return Permission.PUBLIC
    return cast("Permission | None", getattr(app.view_functions[endpoint], "requires", None))


def viewer() -> Viewer:
    """The signed-in person behind this request.

    Raises:
        NotAllowed: nobody is signed in.
    """
    if not current_user.is_authenticated:
        raise NotAllowed("Sign in to open this page.")
    return cast("Viewer", current_user._get_current_object())  # noqa: SLF001 - the proxy's documented way out


def find_viewer() -> Viewer | None:
    """The signed-in person, or None."""
    return viewer() if current_user.is_authenticated else None


def settle_viewer() -> None:
    """Find out who asks while the database may be gone: nobody known, where it cannot say. For error pages."""
    try:
        find_viewer()
    except (OperationalError, Busy):
        reading().rollback()
        g.setdefault(_UNKNOWN, True)


def current_site_zone() -> str:
    """The time zone to show moments in on this page."""
    found = find_viewer()
    return found.zone if found else "UTC"


class OpaqueId(BaseConverter):
    """Our ids in addresses: exactly what db.new_id makes, ASCII only."""

    regex = "[a-z0-9]{16}"
    part_isolating = True


class SmallNumber(BaseConverter):
    """A question's number: ASCII digits only, unlike Werkzeug's int."""

    regex = "[1-9][0-9]{0,2}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: Any) -> str:
        return str(int(value))


def install(app: Flask) -> None:
    """Put the guard in front of every view."""
    login.init_app(app)
    app.url_map.converters["id"] = OpaqueId
    app.url_map.converters["number"] = SmallNumber
    app.before_request(_guard)


def check_closed(app: Flask) -> None:
    """Refuse to start with a view that does not say what it asks.

    Raises:
        SetupError: names the views.
    """
    open_views = sorted(endpoint for endpoint in app.view_functions if asked_by(app, endpoint) is None)
    if open_views:
        raise SetupError(f"Views without @requires: {', '.join(open_views)}.")


@login.request_loader  # type: ignore[untyped-decorator]
def _load(incoming: Request) -> Viewer | None:
    token = None if g.get(_UNKNOWN) else incoming.cookies.get(SESSION_COOKIE)
    return _find(token, clock.now()) if token and _find else None


def _guard() -> BaseResponse | None:
    if request.endpoint is None:
        return None  # no such address; the error page follows
    asked = asked_by(current_app, request.endpoint)
    if asked is Permission.PUBLIC:
        return None
    found = find_viewer()
    if found is None:
        if request.method == "GET":
            return redirect(url_for("people.sign_in", next=request.full_path.rstrip("?")))
        raise NotAllowed("You were signed out. Sign in again; what was saved before is still there.")
    if asked is None or not found.may(asked):
        raise NotAllowed("Your role does not open this page. Your manager can say who has it.")
    g.viewer = found
    return None


def own_address(target: str | None) -> str | None:
    """`target`, where it is the path of one of our own GET routes; None otherwise. For `next`."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(character) < 0x21 or character == "\\" for character in target):
        return None
    path, _, query = target.partition("?")
    try:
        current_app.create_url_adapter(request).match(path, method="GET")  # type: ignore[union-attr]
    except RequestRedirect:
        return None
    except HTTPException:
        return None
    return f"{path}?{query}" if query else path


def set_cookies(response: Response, *, token: str, device: str, keep: timedelta | None) -> None:
    """Give the browser its session (kept that long, or until it closes) and remember the device."""
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=keep,
        httponly=True,
        secure=secure,
        samesite="Lax",
    )
    response.set_cookie(DEVICE_COOKIE, device, max_age=DEVICE_LIFE, httponly=True, secure=secure, samesite="Lax")


def drop_session_cookie(response: Response) -> None:
    """Forget the session in the browser too."""
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="Lax")
