"""A risk model's document is read whole or refused, saying where."""

import json
from copy import deepcopy

import pytest

from openqi.kernel.errors import FormatError
from openqi.science.risk.model import read_model
from risk_models import DOCUMENT, TREE, document

EDITS = {
    "another format": (lambda d: d.update(format="openqi risk model 2"), "format"),
    "a foreign member": (lambda d: d.update(more=1), "foreign member 'more'"),
    "no base": (lambda d: d.pop("base"), "no member 'base'"),
    "a base that is text": (lambda d: d.update(base="1"), "base"),
    "a number beyond floats": (lambda d: d.update(base=10**400), "base is no finite"),
    "no features": (lambda d: d.update(features=[]), "features has 0 entries"),
    "a feature twice": (lambda d: d["features"].append(d["features"][0]), "stands twice"),
    "a monotone word": (lambda d: d["features"][0].update(monotone="up"), "features[0]"),
    "a number with categories": (lambda d: d["features"][0].update(categories=["a"]), "a number has none"),
    "a category twice": (lambda d: d["features"][1].update(categories=["a", "a"]), "none stands twice"),
    "a feature that there is not": (lambda d: d["trees"][0]["feature"].__setitem__(1, 2), "trees[0].feature[1] is 2"),
    "a true that is a one": (lambda d: d["trees"][0]["missing_left"].__setitem__(0, 1), "missing_left"),
    "a circle": (lambda d: d["trees"][0]["right"].__setitem__(1, 0), "right[1] is 0"),
    "a child out of range": (lambda d: d["trees"][0]["right"].__setitem__(1, -4), "right[1] is -4"),
    "a child twice": (lambda d: d["trees"][0]["right"].__setitem__(1, -1), "child before"),
    "a threshold missing": (lambda d: d["trees"][0]["threshold"].pop(), "trees[0].threshold has 1 entries"),
    "a cover that is not the sum": (lambda d: d["trees"][0]["cover"].__setitem__(0, 1001.0), "not the sum"),
    "a cover of nothing": (lambda d: d["trees"][0]["cover"].__setitem__(3, 0.0), "positive"),
    "an inner value that is not the mean": (lambda d: d["trees"][0]["value"].__setitem__(0, 0.5), "not the mean"),
    "a calibration that falls": (lambda d: d["calibration"]["probabilities"].__setitem__(2, 0.05), "probabilities[2] = 0.05 falls"),
    "scores that do not rise": (lambda d: d["calibration"]["scores"].__setitem__(1, -2.6), "scores[1]"),
    "a probability of nothing": (lambda d: d["calibration"]["probabilities"].__setitem__(0, 0.0), "inside of 0 and 1"),
    "as many scores as probabilities": (lambda d: d["calibration"]["scores"].pop(), "as many of each"),
    "leaves beyond floats": (lambda d: (d["trees"].append(_leaf(1.7e308)), d["trees"].append(_leaf(1.7e308))), "no float holds"),
}


def _leaf(value):
    return {"feature": [], "threshold": [], "missing_left": [], "left": [], "right": [], "value": [value], "cover": [1.0]}


def test_a_document_is_read_as_it_stands():
    model = read_model(document())
    assert model.names == ("complaints", "trade")
    assert model.trees[0].threshold == (2.5, 0.0)
    assert model.features[1].categories == ("retail", "catering")
    assert model.features[0].direction == 1


@pytest.mark.parametrize("edit", EDITS)
def test_what_is_no_model_is_refused_saying_where(edit):
    changed = deepcopy(DOCUMENT)
    change, told = EDITS[edit]
    change(changed)
    with pytest.raises(FormatError) as raised:
        read_model(json.dumps(changed).encode())
    assert told in str(raised.value)


@pytest.mark.parametrize(
    "text", [b"", b"\xff", b"[", b"[" * 100_000, b'{"base":NaN}', b'{"base":1,"base":2}', b'{"base":' + b"9" * 5000 + b"}", b"[]"]
)
def test_any_bytes_are_a_model_or_a_format_error(text):
    with pytest.raises(FormatError):
        read_model(text)


def test_a_tree_deeper_than_the_bound_is_refused():
    k = 65
    cover = [float(k + 1 - node) for node in range(k)] + [1.0] * (k + 1)
    chain = {
        "feature": [0] * k, "threshold": [float(-node) for node in range(k)], "missing_left": [True] * k,
        "left": [*range(1, k), -k - 1], "right": [-1 - node for node in range(k)], "value": [0.0] * (2 * k + 1), "cover": cover,
    }  # fmt: skip
    with pytest.raises(FormatError, match="deeper than 64"):
        read_model(document(trees=[chain]))


def test_a_tree_against_which_a_feature_is_not_monotone_is_refused():
    falls = TREE | {"value": [(-0.1 * 700 - 0.5 * 300) / 1000, -0.5, -0.1, -0.5, -0.5]}
    with pytest.raises(FormatError, match=r"trees\[0\]: the risk falls while 'complaints' rises, from -0.1 in leaf 0"):
        read_model(document(trees=[falls]))


def test_sides_may_overlap_where_no_object_that_differs_in_the_feature_alone_reaches_both():
    # Split on trade first, then on complaints at other places: leaves 0.5 (few, catering) and 0.1 (many, retail) are no neighbours.
    tree = {
        "feature": [0, 1, 1], "threshold": [2.5, 0.0, 0.0], "missing_left": [True] * 3, "left": [1, -1, -3], "right": [2, -2, -4],
        "value": [0.325, 0.25, 0.4, 0.0, 0.5, 0.1, 0.7], "cover": [40.0, 20.0, 20.0, 10.0, 10.0, 10.0, 10.0],
    }  # fmt: skip
    read_model(document(trees=[tree]))
    swapped = tree | {"value": [0.325, 0.25, 0.4, 0.0, 0.5, 0.7, 0.1]}
    with pytest.raises(FormatError, match=r"the risk falls while 'complaints' rises, from 0\.5 in leaf 1 to 0.1 in leaf 3"):
        read_model(document(trees=[swapped]))
