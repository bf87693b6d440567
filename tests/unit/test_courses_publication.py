"""When one edition may follow another, and the one text that a body has."""

from datetime import UTC, datetime, timedelta

import pytest

from training.courses.domain.publication import Change, Draft, Edition, Kind, canonical, digest_of, follow

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def draft(revision: int | None, change: Change = Change.MINOR) -> Draft:
    return Draft(kind=Kind.MODULE, key="M3", revision=revision, change=change, body={"a": 1}, path="m.yaml", line=6)


def after(before: Edition | None, one: Draft, *, at: datetime = NOON) -> Edition | str:
    return follow(one, before, digest=f"digest of {one.revision}", at=at, by=None, reason="why")


def first(revision: int = 1) -> Edition:
    made = after(None, draft(revision, Change.MAJOR), at=NOON - timedelta(days=1))
    assert isinstance(made, Edition)
    return made


def test_the_first_edition_takes_its_authors_number() -> None:
    assert first(4).revision == 4
    assert first(4).changed_in == 4


@pytest.mark.parametrize("revision", [3, 4])
def test_a_change_without_a_higher_revision_is_refused_with_what_to_do(revision: int) -> None:
    answer = after(first(4), draft(revision))
    assert isinstance(answer, str)
    assert "raise the revision to 5" in answer


def test_a_higher_revision_follows() -> None:
    made = after(first(4), draft(7))
    assert isinstance(made, Edition)
    assert (made.revision, made.changed_in) == (7, 7)


def test_an_editorial_revision_keeps_the_last_real_change() -> None:
    made = after(first(4), draft(5, Change.EDITORIAL))
    assert isinstance(made, Edition)
    assert made.changed_in == 4


def test_what_the_author_does_not_number_is_counted() -> None:
    made = after(first(4), draft(None))
    assert isinstance(made, Edition)
    assert made.revision == 5


@pytest.mark.parametrize("earlier", [timedelta(0), timedelta(seconds=1)])
def test_nothing_comes_into_force_before_what_it_follows(earlier: timedelta) -> None:
    before = first()
    answer = after(before, draft(2), at=before.published_at - earlier)
    assert isinstance(answer, str)
    assert "not before this one" in answer


def test_one_body_has_one_text() -> None:
    assert canonical({"b": 1, "a": "é<\u2028"}) == '{"a":"é<\u2028","b":1}'
    assert canonical({"a": "é<\u2028", "b": 1}) == canonical({"b": 1, "a": "é<\u2028"})
    assert digest_of("x") == "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"a": float("nan")})
