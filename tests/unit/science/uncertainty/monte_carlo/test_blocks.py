"""Trials are a function of seed and number: the same bits in any block, part, thread, with numba or without."""

from hashlib import sha256
from math import inf
from struct import pack

import pytest

import other_machine
from chance_cases import ALL_KINDS, ALL_KINDS_MODEL, JOINED, MASS, MASS_INPUTS
from openqi.engines.local import mapped
from openqi.science.numbers.philox import philox4x32, uniform
from openqi.science.uncertainty.expression.scalar import registers
from openqi.science.uncertainty.monte_carlo import blocks, run
from openqi.science.uncertainty.monte_carlo.plan import GENERATOR, trial_plan, trials
from openqi.science.uncertainty.monte_carlo.run import monte_carlo
from other_machine import WITHOUT_NUMBA, without_vectors
from vectors_of import vectors_of


def plain_trials(model, inputs, seed, count):
    """The definition, word by word: for independent inputs without ids."""
    digest = sha256(seed.encode()).digest()
    key = (int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:8], "little"))
    order = sorted(model.inputs)
    plan = trial_plan(model, inputs, seed=seed)
    results = []
    for trial in range(count):
        x = []
        for name, one in zip(model.inputs, plan.distributions, strict=True):
            slot = order.index(name)
            words = philox4x32((trial % 2**32, trial // 2**32, slot // 2, 0), key)
            x.append(one.quantile(uniform(*words[2 * (slot % 2) : 2 * (slot % 2) + 2])))
        values = registers(model.tape, x)
        results.append([values[register] + 0.0 for register in model.tape.outputs])
    return results


@pytest.mark.parametrize(
    ("model", "inputs"), [(MASS, MASS_INPUTS), (ALL_KINDS_MODEL, ALL_KINDS)], ids=["mass example", "all distributions"]
)
@pytest.mark.parametrize("fast", [False, True])
def test_trials_are_bit_for_bit_what_their_definition_says(model, inputs, fast, monkeypatch):
    monkeypatch.setattr(blocks, "PAYS_FROM", 0 if fast else inf)
    found = trials(trial_plan(model, inputs, seed="plain"), 0, 500)
    assert found.T.tolist() == plain_trials(model, inputs, "plain", 500)


def test_the_digest_of_ten_thousand_trials_is_the_one_kept():
    case = vectors_of("metrology/trials_of_the_mass_example.json")
    found = monte_carlo(MASS, MASS_INPUTS, trials=case["trials"], seed=case["seed"])
    rows = plain_trials(MASS, MASS_INPUTS, case["seed"], case["trials"])
    assert sha256(b"".join(pack("<d", row[0]) for row in rows)).hexdigest() == case["digest"]
    assert (found.digest, found.generator) == (case["digest"], case["generator"])
    assert found.generator == GENERATOR


@pytest.fixture(scope="module")
def digest():
    return monte_carlo(MASS, MASS_INPUTS, trials=150_000, seed="parts").digest


def reversed_parts(work, parts):
    """Does the last part first, as threads might."""
    return reversed([work(part) for part in reversed(list(parts))])


@pytest.mark.parametrize("size", [50_001, 7_919, 1_024, 1_000])
def test_blocks_and_parts_change_no_bit(size, digest, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", size)
    monkeypatch.setattr(run, "PART", 3 * size)
    for parts in (map, reversed_parts, mapped(1), mapped(2), mapped(3)):
        assert monte_carlo(MASS, MASS_INPUTS, trials=150_000, seed="parts", parts=parts).digest == digest


def test_blocks_of_one_trial_change_no_bit(monkeypatch):
    wanted = trials(trial_plan(MASS, MASS_INPUTS, seed="one"), 0, 200)
    monkeypatch.setattr(blocks, "block_of", lambda tape: 1)
    assert (trials(trial_plan(MASS, MASS_INPUTS, seed="one"), 0, 200) == wanted).all()


def test_a_trial_depends_on_seed_and_number_only():
    plan = trial_plan(ALL_KINDS_MODEL, ALL_KINDS, JOINED, seed="any")
    whole = trials(plan, 0, 300)
    assert (trials(plan, 100, 107) == whole[:, 100:107]).all()
    far = 2**32 - 2
    assert (trials(plan, far, far + 4)[:, 2:] == trials(plan, far + 2, far + 4)).all()
    assert not (trials(plan, far + 2, far + 4) == whole[:, :2]).any()


PROGRAM = """
import sys
{before}
import other_machine
from chance_cases import ALL_KINDS, ALL_KINDS_MODEL, JOINED
from openqi.science.uncertainty.monte_carlo import blocks
from openqi.science.uncertainty.monte_carlo.run import monte_carlo
blocks.PAYS_FROM = {pays}
found = monte_carlo(ALL_KINDS_MODEL, ALL_KINDS, trials=3000, correlations=JOINED)
other = monte_carlo(ALL_KINDS_MODEL, ALL_KINDS, trials=500, correlations=JOINED, copula='t:4')
print(other.digest, found.digest, found.value, found.covariance, found.shortest, found.symmetric, found.seed)
"""


def told(before="", pays="float('inf')", **environment):
    """What another process computes, in another environment."""
    return other_machine.told(PROGRAM.format(before=before, pays=pays), **environment)


def test_a_processor_without_vectors_and_a_machine_without_numba_give_the_same_bits():
    plain = told()
    assert told(WITHOUT_NUMBA, **without_vectors()) == plain
    assert told(pays="0") == plain
