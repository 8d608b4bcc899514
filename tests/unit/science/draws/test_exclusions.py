"""Caps of frequency leave out those whom they should, each with its figures."""

import pytest

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.exclusions import FrequencyCap, PastVisit, frequency_exclusions
from openqi.science.draws.frame import Candidate, frame_of

FIRMS = [Candidate(name=name, risk_class=risk) for name, risk in (("a", "A"), ("b", "A"), ("c", "C"), ("d", "D"), ("e", "C"))]
CAPS = {"A": FrequencyCap(at_most=1, period=365), "C": FrequencyCap(at_most=2, period=365, apart=90)}


def told(*past):
    found = frequency_exclusions(FIRMS, [PastVisit(name=name, day=day) for name, day in past], day=1000, caps=CAPS)
    return {one.name: (one.reason, one.detail) for one in found}


def test_a_cap_counts_visits_of_the_period_alone():
    assert told(("a", 635), ("b", 636)) == {"b": ("frequency-cap", "1 of 1 in 365 days")}
    assert told(("c", 700), ("c", 800)) == {"c": ("frequency-cap", "2 of 2 in 365 days")}


def test_visits_lie_apart():
    assert told(("c", 911), ("e", 910)) == {"c": ("visited-lately", "89 days ago, not within 90")}


def test_a_class_without_a_cap_is_left_alone():
    assert told(("d", 999), ("d", 998), ("stranger", 5)) == {}


def test_the_excluded_leave_the_list_with_their_reason():
    found = frame_of(FIRMS, frequency_exclusions(FIRMS, [PastVisit(name="a", day=999)], day=1000, caps=CAPS))
    assert (len(found), found.exclusions[0].reason) == (4, "frequency-cap")


def test_visits_to_come_and_caps_of_nought_are_refused():
    with pytest.raises(RefusedError, match="after the draw"):
        told(("a", 1001))
    with pytest.raises(DomainError, match="exclude a class"):
        frequency_exclusions(FIRMS, [], day=1, caps={"A": FrequencyCap(at_most=0, period=365)})
