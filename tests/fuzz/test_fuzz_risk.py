"""Any bytes give a risk model or our own error; what is a model scores any object, plainly and with reasons that add up."""

from functools import partial
from math import nan
from time import thread_time

import pytest

from clocked import fair
from fuzz.mutate import inputs
from openqi.kernel.errors import FormatError
from openqi.science.risk.contributions import contributions_of, mean_score
from openqi.science.risk.forest import probabilities_of, scores_of
from openqi.science.risk.model import read_model
from risk_models import document

SEEDS = (document(), document(trees=[]), document(base=0, calibration={"scores": [0], "probabilities": [0.5]}))
WORDS = tuple(
    text.encode()
    for text in (
        '"feature"', '"left": [-1, -2]', "[", "]", "{", "}", ",", "-1", "0", "1e308", "-1e308", "1e400", "NaN", "Infinity", "true",
        "null", '"monotone": "increasing"', '"kind": "category"', '"categories": ["a"]', "0.5", '""', "\\u0000", "[[[[[[",
    )
)  # fmt: skip


def read(data: bytes) -> bool:
    """Whether the bytes are a model; then it scores, and its contributions add up."""
    try:
        model = read_model(data)
    except FormatError as error:
        assert str(error)
        return False
    rows = [[value] * len(model.features) for value in (0.0, nan)]
    scores = scores_of(model, rows)
    assert all(0.0 < one < 1.0 for one in probabilities_of(model, scores).tolist())
    scale = 1e-9 * max(1.0, *(abs(one) for tree in model.trees for one in tree.value), abs(model.base))
    for score, added in zip(scores.tolist(), contributions_of(model, rows).tolist(), strict=True):
        assert abs(mean_score(model) + sum(added) - score) <= scale * max(len(model.trees), 1)
    return True


def fuzzed(count: int) -> None:
    values, longest = 0, 0.0
    for data in inputs("risk", SEEDS, WORDS, count):
        start = thread_time()
        values += read(data)
        longest = max(longest, fair(thread_time() - start, 1.0, partial(read, data)))
    assert values > count / 200
    assert longest < 1.0


def test_any_bytes_give_a_model_or_our_own_error():
    fuzzed(1_500)


@pytest.mark.long
def test_many_inputs_give_a_model_or_our_own_error():
    fuzzed(200_000)
