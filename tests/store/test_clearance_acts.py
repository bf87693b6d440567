"""The acts of the desk on both engines: who may, what they do, and that nothing happens twice."""

from collections.abc import Callable
from datetime import date

import pytest

from tests import records
from tests.cast import Cast
from tests.histories import BAR, TICK
from tests.records import FakeClock, new_quiz, record, standing, suspend, viewer
from training import clock
from training.clearance import service as clearance
from training.clearance.domain import Status
from training.db import reading
from training.errors import Invalid, NotAllowed, NotFound, Refused


def test_suspended_at_once_and_the_moment_before_stays_as_it_was(spa: Cast, ticking: FakeClock) -> None:
    records.clear(spa, spa.trainee)
    ticking.forward(days=1)
    assert standing(spa.trainee).may_work
    ticking.forward(hours=1)
    fact = suspend(spa, spa.trainee).fact
    got = standing(spa.trainee)
    assert (got.status, got.may_work) == (Status.SUSPENDED, False)
    assert standing(spa.trainee, at=fact.happened_at - TICK).may_work
    assert clearance.texts_of(reading(), [fact.id])[fact.id]["way_back"] == "Show the twelve checks to Tolu"
    ticking.forward(days=1)
    clearance.lift(viewer(spa.manager), spa.trainee, fact.id, reason="Shown on 12 January")
    assert standing(spa.trainee).may_work
    assert standing(spa.trainee, at=fact.happened_at).status is Status.SUSPENDED


def test_an_act_sent_twice_is_done_once_and_a_second_of_the_same_scope_is_refused(spa: Cast) -> None:
    first = suspend(spa, spa.trainee, key="k1")
    assert suspend(spa, spa.trainee, key="k1").already
    with pytest.raises(Refused, match="in force already"):
        suspend(spa, spa.trainee, key="k2")
    suspend(spa, spa.trainee, authorisation=None, key="k3")
    by = viewer(spa.manager)
    assert not clearance.lift(by, spa.trainee, first.fact.id, reason="Done", key="l1").already
    assert clearance.lift(by, spa.trainee, first.fact.id, reason="Done", key="l1").already
    with pytest.raises(Refused, match="lifted already"):
        clearance.lift(by, spa.trainee, first.fact.id, reason="Done", key="l2")
    assert standing(spa.trainee).status is Status.SUSPENDED


def test_a_serious_suspension_is_lifted_by_a_second_person(spa: Cast) -> None:
    fact = suspend(spa, spa.trainee, serious=True).fact
    with pytest.raises(NotAllowed, match="somebody else has to lift it"):
        clearance.lift(viewer(spa.manager), spa.trainee, fact.id, reason="Done")
    clearance.lift(viewer(spa.administrator), spa.trainee, fact.id, reason="Done")
    assert standing(spa.trainee).status is not Status.SUSPENDED


def test_acts_need_a_reason_and_a_day_of_review_to_come(spa: Cast) -> None:
    with pytest.raises(Invalid):
        suspend(spa, spa.trainee, reason="  ")
    with pytest.raises(Invalid):
        suspend(spa, spa.trainee, way_back="")
    with pytest.raises(Invalid):
        suspend(spa, spa.trainee, review_on=date(2026, 1, 9))
    fact = suspend(spa, spa.trainee, review_on=date(2026, 1, 10)).fact
    with pytest.raises(Invalid):
        clearance.lift(viewer(spa.manager), spa.trainee, fact.id, reason="")


@pytest.mark.parametrize("who", ["trainee", "senior", "other_manager", "nobody"])
def test_only_who_has_the_right_there_acts_and_the_others_find_nobody(spa: Cast, who: str) -> None:
    fact = suspend(spa, spa.trainee).fact
    by = viewer(getattr(spa, who))
    acts: list[Callable[[], object]] = [
        lambda: suspend(spa, spa.trainee, by=by.person_id, authorisation=None),
        lambda: clearance.lift(by, spa.trainee, fact.id, reason="Done"),
        lambda: clearance.void(by, spa.trainee, fact.id, reason="Done"),
        lambda: clearance.propose_founding(by, spa.trainee, authorisation=BAR, reason="Trained"),
        lambda: clearance.confirm_founding(by, spa.trainee, fact.id),
    ]
    for act in acts:
        # Oneself is seen and refused; anybody else is not even there.
        with pytest.raises(NotAllowed if who == "trainee" else NotFound):
            act()
    assert len(clearance.facts_of(reading(), spa.trainee)) == 1


def test_nobody_acts_on_herself_whatever_her_role(spa: Cast) -> None:
    for person in (spa.manager, spa.administrator):
        with pytest.raises(NotAllowed):
            suspend(spa, person, by=person)
        with pytest.raises(NotAllowed):
            clearance.propose_founding(viewer(person), person, authorisation=BAR, reason="Trained")


def test_an_act_names_a_fact_of_that_person_and_of_the_right_kind(spa: Cast) -> None:
    foreign = suspend(spa, spa.senior).fact
    quiz = record(new_quiz(spa.trainee)).fact
    by = viewer(spa.manager)
    for act in (clearance.lift, clearance.void, clearance.confirm_founding):
        with pytest.raises(NotFound):
            act(by, spa.trainee, foreign.id, reason="Done")
    for act in (clearance.lift, clearance.confirm_founding):
        with pytest.raises(NotFound):
            act(by, spa.trainee, quiz.id, reason="Done")
    with pytest.raises(NotFound):
        suspend(spa, spa.trainee, authorisation="chavutti-rope")
    with pytest.raises(NotFound):
        clearance.propose_founding(by, spa.trainee, authorisation="chavutti-rope", reason="Trained")


def test_founding_takes_two_and_gives_the_right_to_sign(spa: Cast) -> None:
    records.documents(spa.senior, by=spa.manager)
    now = clock.now()
    proposal = clearance.propose_founding(viewer(spa.manager), spa.senior, authorisation=BAR, reason="Trained").fact
    (waiting,) = clearance.open_proposals(reading(), sites=frozenset({spa.riverside}), at=now)
    assert (waiting.fact_id, waiting.person_id, waiting.proposed_by) == (proposal.id, spa.senior, spa.manager)
    assert clearance.open_proposals(reading(), sites=frozenset({spa.old_town}), at=now) == ()
    right = clearance.assessor_right(reading(), person_id=spa.senior, authorisation=BAR, at=now, known_at=now)
    assert not right.holds
    with pytest.raises(NotAllowed, match="You proposed this"):
        clearance.confirm_founding(viewer(spa.manager), spa.senior, proposal.id)
    with pytest.raises(Refused, match="waits already"):
        clearance.propose_founding(viewer(spa.administrator), spa.senior, authorisation=BAR, reason="Trained")
    clearance.confirm_founding(viewer(spa.administrator), spa.senior, proposal.id, reason="Seen at work")
    right = clearance.assessor_right(reading(), person_id=spa.senior, authorisation=BAR, at=now, known_at=now)
    assert right.holds
    assert clearance.open_proposals(reading(), sites=None, at=now) == ()
    among = clearance.assessors_among(reading(), [spa.senior, spa.other_senior], authorisation=BAR, at=now)
    assert among == {spa.senior}


def test_a_voided_proposal_is_not_confirmed(spa: Cast) -> None:
    by = viewer(spa.manager)
    proposal = clearance.propose_founding(by, spa.senior, authorisation=BAR, reason="Trained").fact
    clearance.void(by, spa.senior, proposal.id, reason="Wrong person")
    with pytest.raises(Refused, match="voided"):
        clearance.confirm_founding(viewer(spa.administrator), spa.senior, proposal.id)
    clearance.propose_founding(by, spa.senior, authorisation=BAR, reason="Trained after all")


def test_voiding_leaves_both_facts_and_is_done_once(spa: Cast, ticking: FakeClock) -> None:
    practical = records.clear(spa, spa.trainee)
    ticking.forward(days=3)
    by = viewer(spa.manager)
    clearance.void(by, spa.trainee, practical, reason="Wrong sheet", key="v1")
    assert clearance.void(by, spa.trainee, practical, reason="Wrong sheet", key="v1").already
    with pytest.raises(Refused, match="voided already"):
        clearance.void(by, spa.trainee, practical, reason="Wrong sheet")
    assert standing(spa.trainee).status is Status.IN_TRAINING
    assert clearance.voided_among(reading(), [practical]) == {practical}
    record_ = clearance.record_of(reading(), person_id=spa.trainee, at=clock.now(), known_at=clock.now())
    assert len(record_.facts) == 6
    assert record_.voided == {practical}
    suspension = suspend(spa, spa.trainee).fact
    with pytest.raises(Refused):
        clearance.void(by, spa.trainee, suspension.id, reason="Mistake")
