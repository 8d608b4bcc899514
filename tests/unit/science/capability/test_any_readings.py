"""Any readings, however small, large, tied or few: a study with finite numbers, or our own error; never anything else."""

import json
from random import Random

import pytest

from openqi.kernel.errors import DomainError
from openqi.science import capability
from openqi.science.capability.shapes.shape import shape_kinds


def readings(random: Random) -> list[float]:
    n, size = random.choice([3, 4, 8, 20, 40]), 10.0 ** random.choice([-140, -30, -6, 0, 3, 30, 140])
    off = random.choice([0.0, 0.0, 1.0, 1e3, 1e8]) * size
    draw = random.choice([
        lambda k: random.gauss(0, 1), lambda k: random.expovariate(1), lambda k: float(random.randrange(3)),
        lambda k: random.lognormvariate(0, 3), lambda k: float(random.random() < 0.5), lambda k: k + 0.1 * random.random(),
    ])  # fmt: skip
    return [off + size * draw(k) for k in range(n)]


def question(random: Random, values: list[float]) -> dict[str, object]:
    low, high = min(values), max(values)
    width = high - low or 1.0
    asked: dict[str, object] = {
        "lower": random.choice([None, low - width * random.choice([0.1, 1, 1e3, 1e9]), 0.0]),
        "upper": random.choice([None, high + width * random.choice([-0.3, 0.1, 1, 1e3, 1e9])]),
        "by": random.choice([None, None, 1, 2, 3, 5, 100]),
    }
    way = random.random()
    if way < 0.3:
        asked["distribution"] = random.choice([*sorted(set(shape_kinds()) - {"gamma", "folded-normal"}), "empirical"])
    elif way < 0.45:
        asked["transform"] = random.choice(["box-cox", "johnson"])
    else:
        asked |= {"target": random.choice([None, (low + high) / 2]), "u": random.choice([0.0, 0.01 * width, width])}
    return asked


@pytest.mark.parametrize("seed", [2, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(3, 40))])
def test_any_readings_give_a_study_or_our_own_error(seed):
    random, answered = Random(seed), 0
    for _ in range(25):
        values = readings(random)
        try:
            found = capability.study(values, **question(random, values))
        except DomainError as error:
            assert "noncentral" not in str(error) and "settle" not in str(error)
            continue
        answered += 1
        json.dumps(found.document(), allow_nan=False)
        for index in found.indices:
            assert index.interval is None or index.interval.lower <= index.value <= index.interval.upper
    assert answered >= 3
