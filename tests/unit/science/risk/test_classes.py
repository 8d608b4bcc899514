"""Classes begin where they say, to the millionth; by cost they begin where two cost the same; nobody has no chance."""

from fractions import Fraction

import numpy as np
import pytest

from openqi.kernel.errors import DomainError
from openqi.science.draws.drawing import drawn
from openqi.science.draws.frame import Candidate, frame_of
from openqi.science.draws.plan import Plan, StratumRule
from openqi.science.risk.classes import RiskClass, Treatment, class_places, cost_bounds, floors_of, ratios_of

HUNDREDTH = Fraction(1, 100)
CLASSES = tuple(
    RiskClass(name=name, least=Fraction(least), ratio=Fraction(ratio, 100), floor=HUNDREDTH)
    for name, least, ratio in (("A", "0", 2), ("B", "1/50", 5), ("C", "1/3", 100), ("D", "0.6", 100))
)


def test_a_class_begins_at_its_bound_exactly():
    found = class_places(CLASSES, [1, 19_999, 20_000, 333_333, 333_334, 599_999, 600_000, 999_999])
    assert found.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]


def test_where_objects_differ_in_what_is_lost_by_them_the_expected_loss_decides():
    found = class_places(CLASSES, [10_000, 10_000, 10_000, 700_000], [1, 2, 34, 1], loss=1)
    assert found.tolist() == [0, 1, 2, 3]
    half = class_places(CLASSES, [10_000, 700_000], [100, 50], loss=100)
    assert half.tolist() == [0, 2]


TREATMENTS = tuple(
    Treatment(name=name, cost=Fraction(cost), prevented=Fraction(prevented, 100))
    for name, cost, prevented in (("A", 20, 5), ("B", 50, 15), ("C", 200, 50), ("D", 1000, 90))
)


def test_by_cost_every_class_is_the_cheapest_within_its_bounds():
    bounds = cost_bounds(TREATMENTS, Fraction(10_000))
    assert bounds == (0, Fraction(30, 1000), Fraction(150, 3500), Fraction(800, 4000))
    for risk in [Fraction(place, 997) for place in range(1, 997)]:
        costs = [one.cost + risk * 10_000 * (1 - one.prevented) for one in TREATMENTS]
        assert costs.index(min(costs)) == max(place for place, bound in enumerate(bounds) if bound <= risk)


@pytest.mark.parametrize(
    ("costs", "told"),
    [
        ((20, 100, 200, 1000), "'B' is nowhere"),
        ((20, 50, 200, 5000), "for nobody"),
        ((20, 20, 200, 1000), "costs and prevents more"),
    ],
)
def test_a_class_that_is_nowhere_the_cheapest_is_refused(costs, told):
    from dataclasses import replace

    with pytest.raises(DomainError, match=told):
        cost_bounds([replace(one, cost=Fraction(cost)) for one, cost in zip(TREATMENTS, costs, strict=True)], Fraction(10_000))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"floor": Fraction(0)}, "floor"),
        ({"ratio": Fraction(1, 200)}, "ratio"),
        ({"least": Fraction(2, 3)}, "'D' begins"),
        ({"name": "A"}, "name"),
    ],
)
def test_classes_that_leave_somebody_without_a_chance_or_out_of_order_are_refused(changes, told):
    from dataclasses import replace

    with pytest.raises(DomainError, match=told):
        class_places([*CLASSES[:2], replace(CLASSES[2], **changes), CLASSES[3]], [1])


def test_the_floors_are_those_that_a_draw_takes():
    names = np.array([one.name for one in CLASSES])[class_places(CLASSES, list(range(1000, 900_000, 9000)))]
    firms = [Candidate(name=f"firm {n}", risk_class=str(name), size=1 + 500 * (name == "D")) for n, name in enumerate(names)]
    rule = StratumRule(design="poisson", size=20, floors=floors_of(CLASSES))
    draw = drawn(frame_of(firms), Plan(purpose="p", rules=(rule,)), bytes(32))
    from openqi.science.draws.drawing import answer

    assert min(answer(draw, one.name).chance.value for one in firms) >= HUNDREDTH
    assert ratios_of(CLASSES)["B"] == Fraction(5, 100)
