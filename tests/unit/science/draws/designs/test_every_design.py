"""Every design draws as often as it says: counts of many draws against stated chances, and samples against chances of pairs.

Seeds are fixed, so a run never fails by chance; the limits are such that with other seeds one in a million would.
"""

from fractions import Fraction
from itertools import combinations

import pytest

from draws_world import FIRMS, SIZES, draw, frame, seed, targets
from openqi.kernel.errors import DomainError
from openqi.science.draws.designs.design import design, designs, small_pool
from openqi.science.draws.targets import equal_targets
from openqi.science.draws.tickets import prefix_of

NAMES = [one.name for one in FIRMS]
DRAWS = 1500
MILLIONTH = 5.4
"""Standard deviations that one of seven normal numbers exceeds in either direction once in more than a million times."""


def wanted(kind):
    if kind.name == "order":
        return equal_targets(7, Fraction(7))
    return targets(SIZES, 2) if kind.sized else equal_targets(7, Fraction(2))


def samples(kind, count=DRAWS):
    for number in range(count):
        yield kind.draw(small_pool(NAMES, prefix_of(seed(number), "p")), wanted(kind)).places


def chi_squared_limit(freedom):
    """What a chi-squared number exceeds once in a million times (Wilson and Hilferty)."""
    part = 2 / (9 * freedom)
    return freedom * (1 - part + 4.7534 * part**0.5) ** 3


@pytest.mark.parametrize("kind", designs().values(), ids=lambda kind: kind.name)
def test_everybody_is_drawn_as_often_as_was_said(kind):
    chances = [float(one.value) for one in kind.chances(wanted(kind), tuple(range(7)))]
    assert min(chances) > 0
    counts, sizes = [0] * 7, set()
    for places in samples(kind):
        assert len(set(places)) == len(places)
        sizes.add(len(places))
        for place in places:
            counts[place] += 1
    assert sizes == {int(wanted(kind).expected)} or not kind.fixed
    for count, chance in zip(counts, chances, strict=True):
        spread = (DRAWS * chance * (1 - chance)) ** 0.5
        assert abs(count - DRAWS * chance) <= MILLIONTH * spread


@pytest.mark.parametrize("name", ["equal", "sampford", "conditional-poisson"])
def test_every_pair_is_drawn_as_often_as_was_said(name):
    kind = design(name)
    joint = kind.joint(wanted(kind))
    counts = dict.fromkeys(combinations(range(7), 2), 0)
    for places in samples(kind):
        counts[tuple(sorted(places))] += 1
    assert sum(joint[one][other] for one, other in counts) == 1
    found = sum((count - DRAWS * float(joint[a][b])) ** 2 / (DRAWS * float(joint[a][b])) for (a, b), count in counts.items())
    assert found < chi_squared_limit(20)


@pytest.mark.parametrize("kind", [kind for kind in designs().values() if kind.joint], ids=lambda kind: kind.name)
def test_chances_of_pairs_add_up(kind):
    chances = kind.chances(wanted(kind), tuple(range(7)))
    joint = kind.joint(wanted(kind))
    for place in range(7):
        assert joint[place][place] == chances[place].value
        others = sum(joint[place][other] for other in range(7) if other != place)
        if kind.fixed:
            assert others == (wanted(kind).expected - 1) * chances[place].value
        assert all(joint[place][other] == joint[other][place] for other in range(7))


@pytest.mark.parametrize("kind", designs().values(), ids=lambda kind: kind.name)
def test_the_order_of_the_list_does_not_matter(kind):
    rule = {} if kind.name == "order" else {"size": 3}
    for number in range(20):
        forward = draw(kind.name, number, of=frame(*FIRMS), **rule).names()
        backward = draw(kind.name, number, of=frame(*reversed(FIRMS)), **rule).names()
        assert forward == backward


@pytest.mark.parametrize("kind", [kind for kind in designs().values() if kind.sized], ids=lambda kind: kind.name)
def test_certain_objects_are_always_drawn(kind):
    large = targets([1000, 1, 1, 1, 1000], 3)
    assert [large.chance(place) for place in range(5)] == [1, Fraction(1, 3), Fraction(1, 3), Fraction(1, 3), 1]
    for number in range(50):
        places = kind.draw(small_pool(list("abcde"), prefix_of(seed(number), "p")), large).places
        assert {0, 4} <= set(places)
    assert [one.value for one in kind.chances(large, (0, 4))] == [1, 1]
    everybody = targets([5, 5, 5], 3)
    assert sorted(kind.draw(small_pool(list("abc"), prefix_of(seed(1), "p")), everybody).places) == [0, 1, 2]


def test_an_unknown_design_is_refused_with_those_there_are():
    with pytest.raises(DomainError, match="pareto"):
        design("step")
