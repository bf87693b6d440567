"""The reviewed table of every route: what it asks, and whose object it opens. A route that is not here fails the tests.

Each row: (method, endpoint) → (permission, the object in the address or None, who sees that object).
Relations: own = the viewer's, same = of somebody at the viewer's site, other = of somebody at another site.
A relation that is not named answers 404, whatever the permission. What one's own object refuses (nobody verifies,
suspends or signs for herself) is told with a reason, not hidden; the tests of each feature hold that.
"""

from typing import NamedTuple

from training.permissions import Permission


class Access(NamedTuple):
    """What a route asks."""

    permission: Permission
    thing: str | None = None
    sees: frozenset[str] = frozenset()


def _of(permission: Permission, thing: str, *sees: str) -> Access:
    return Access(permission, thing, frozenset(sees))


TABLE: dict[tuple[str, str], Access] = {
    # people
    ("GET", "people.sign_in"): Access(Permission.PUBLIC),
    ("POST", "people.sign_in"): Access(Permission.PUBLIC),
    ("GET", "people.join"): Access(Permission.PUBLIC),
    ("POST", "people.join"): Access(Permission.PUBLIC),
    ("POST", "people.sign_out"): Access(Permission.SIGNED_IN),
    ("GET", "people.account"): Access(Permission.SIGNED_IN),
    ("POST", "people.change_password"): Access(Permission.SIGNED_IN),
    ("GET", "people.people"): Access(Permission.MANAGE_PEOPLE),
    ("POST", "people.invite"): Access(Permission.MANAGE_PEOPLE),
    ("GET", "people.roles"): _of(Permission.MANAGE_PEOPLE, "person", "own", "same"),
    ("POST", "people.give_role"): _of(Permission.MANAGE_PEOPLE, "person", "own", "same"),
    ("POST", "people.end_role"): _of(Permission.MANAGE_PEOPLE, "membership", "own", "same"),
    ("POST", "people.set_trainer"): _of(Permission.MANAGE_PEOPLE, "person", "own", "same"),
    ("POST", "people.release_signing"): _of(Permission.MANAGE_PEOPLE, "person", "own", "same"),
    # homes
    ("GET", "homes.home"): Access(Permission.SIGNED_IN),
    ("GET", "homes.my_way"): Access(Permission.LEARN),
    ("GET", "homes.today"): Access(Permission.SEE_REGISTER),
    # register
    ("GET", "register.register"): Access(Permission.SEE_REGISTER),
    ("GET", "register.person"): _of(Permission.SEE_REGISTER, "person", "own", "same"),
    # courses: content is everybody's, a reading place only ever the viewer's own
    ("GET", "courses.modules"): Access(Permission.LEARN),
    ("GET", "courses.module"): Access(Permission.LEARN),
    ("GET", "courses.section"): Access(Permission.LEARN),
    ("POST", "courses.keep_place"): Access(Permission.LEARN),
    ("POST", "courses.finish_section"): Access(Permission.LEARN),
    ("POST", "courses.try_check"): Access(Permission.LEARN),
    # attempts: an attempt is seen by whose it is, and by nobody else
    ("GET", "attempts.rules"): Access(Permission.LEARN),
    ("POST", "attempts.start"): Access(Permission.LEARN),
    ("GET", "attempts.question"): _of(Permission.LEARN, "attempt", "own"),
    ("POST", "attempts.answer"): _of(Permission.LEARN, "attempt", "own"),
    ("GET", "attempts.review"): _of(Permission.LEARN, "attempt", "own"),
    ("POST", "attempts.submit"): _of(Permission.LEARN, "attempt", "own"),
    ("GET", "attempts.result"): _of(Permission.LEARN, "attempt", "own"),
    ("GET", "attempts.quizzes"): _of(Permission.MANAGE_PEOPLE, "person", "own", "same"),
    ("POST", "attempts.release"): _of(Permission.MANAGE_PEOPLE, "person", "own", "same"),
    # documents: one's own; the manager's, of people at her sites
    ("GET", "documents.own"): Access(Permission.LEARN),
    ("POST", "documents.add"): Access(Permission.LEARN),
    ("POST", "documents.take_back"): _of(Permission.LEARN, "document", "own"),
    ("GET", "documents.of_person"): _of(Permission.VERIFY_DOCUMENTS, "person", "own", "same"),
    ("POST", "documents.add_for"): _of(Permission.VERIFY_DOCUMENTS, "person", "own", "same"),
    ("POST", "documents.verify"): _of(Permission.VERIFY_DOCUMENTS, "document", "own", "same"),
    ("POST", "documents.send_back"): _of(Permission.VERIFY_DOCUMENTS, "document", "own", "same"),
    ("POST", "documents.take_back_for"): _of(Permission.VERIFY_DOCUMENTS, "document", "own", "same"),
    # practicals: an open sheet is seen by seniors of its site, and never by the one it is about
    ("GET", "practicals.queue"): Access(Permission.OBSERVE),
    ("POST", "practicals.start"): _of(Permission.OBSERVE, "person", "own", "same"),
    ("GET", "practicals.sheet"): _of(Permission.OBSERVE, "observation", "same"),
    ("POST", "practicals.rate"): _of(Permission.OBSERVE, "observation", "same"),
    ("POST", "practicals.take_over"): _of(Permission.OBSERVE, "observation", "same"),
    ("GET", "practicals.pause"): _of(Permission.OBSERVE, "observation", "same"),
    ("POST", "practicals.close"): _of(Permission.OBSERVE, "observation", "same"),
    ("GET", "practicals.statement"): _of(Permission.OBSERVE, "observation", "same"),
    ("POST", "practicals.sign"): _of(Permission.OBSERVE, "observation", "same"),
    # a signed one also by whom it is about, by managers of her sites
    # (a signed sheet takes a signature to make: test_practicals_signing_pages sweeps whose it is)
    ("GET", "practicals.signed"): Access(Permission.SIGNED_IN),
    # clearance: the desk's acts, on others at one's own sites; on oneself they are refused with the reason
    ("GET", "clearance.suspend"): _of(Permission.SUSPEND, "person", "own", "same"),
    ("POST", "clearance.suspend_now"): _of(Permission.SUSPEND, "person", "own", "same"),
    ("GET", "clearance.lift"): _of(Permission.SUSPEND, "fact", "own", "same"),
    ("POST", "clearance.lift_now"): _of(Permission.SUSPEND, "fact", "own", "same"),
    ("GET", "clearance.void"): _of(Permission.SUSPEND, "fact", "own", "same"),
    ("POST", "clearance.void_now"): _of(Permission.SUSPEND, "fact", "own", "same"),
    ("GET", "clearance.founding"): _of(Permission.FOUND, "person", "own", "same"),
    ("POST", "clearance.propose"): _of(Permission.FOUND, "person", "own", "same"),
    ("POST", "clearance.confirm"): _of(Permission.FOUND, "fact", "own", "same"),
}
