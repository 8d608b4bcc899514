"""Reasons are the greatest contributions, and a change is one that the model itself confirms."""

from math import nan

import pytest

from openqi.kernel.errors import DomainError
from openqi.science.risk.contributions import contributions_of
from openqi.science.risk.forest import probabilities_of, scores_of
from openqi.science.risk.parts import parts_of
from openqi.science.risk.reasons import changes_of, reasons_of
from risk_models import model_of


def parts_at(model, *row):
    """The risk of one object in millionths."""
    return int(parts_of(probabilities_of(model, scores_of(model, [row])))[0])


def test_reasons_are_the_contributions_in_falling_order_with_the_value():
    model = model_of()
    (reasons,) = reasons_of(model, [[3.0, nan]])
    added = dict(zip(model.names, contributions_of(model, [[3.0, nan]])[0].tolist(), strict=True))
    assert [(one.feature, one.value, one.adds) for one in reasons] == [
        ("complaints", 3.0, added["complaints"]), ("trade", None, added["trade"]),
    ]  # fmt: skip
    assert reasons[0].adds > reasons[1].adds > 0


def test_a_feature_that_adds_nothing_is_no_reason():
    leaf = {"feature": [], "threshold": [], "missing_left": [], "left": [], "right": [], "value": [0.5], "cover": [9.0]}
    assert reasons_of(model_of(trees=[leaf]), [[3.0, 1.0]]) == [()]


def test_another_number_of_reasons_is_refused():
    with pytest.raises(DomainError, match="1 to 20"):
        reasons_of(model_of(), [[3.0, 1.0]], most=0)


def test_the_nearest_change_is_the_threshold_and_nothing_nearer_does():
    model = model_of()
    (change,) = changes_of(model, [7.0, 1.0], below=90_000)
    assert (change.feature, change.upto, change.below) == ("complaints", 2.5, True)
    assert parts_at(model, 2.5, 1.0) == change.parts < 90_000 <= parts_at(model, 2.5000000000000004, 1.0)


def test_where_no_change_of_one_feature_helps_there_is_none():
    assert changes_of(model_of(), [7.0, 1.0], below=1) == ()
    assert changes_of(model_of(), [nan, 1.0], below=90_000) == ()
    assert changes_of(model_of(), [1.0, 1.0], below=90_000) == ()  # it is below already


def test_a_feature_that_lowers_the_risk_has_to_rise():
    tree = {
        "feature": [0], "threshold": [2.0], "missing_left": [True], "left": [-1], "right": [-2], "value": [0.0, 1.0, -1.0],
        "cover": [2.0, 1.0, 1.0],
    }  # fmt: skip
    graded = {"name": "grade", "kind": "category", "monotone": "decreasing", "categories": ["a", "b", "c", "d"]}
    model = model_of(trees=[tree], base=-2.4, features=[graded])
    (change,) = changes_of(model, [1.0], below=90_000)
    assert (change.feature, change.upto, change.below) == ("grade", 3.0, False)
    number = {"name": "years", "kind": "number", "monotone": "decreasing"}
    (change,) = changes_of(model_of(trees=[tree], base=-2.4, features=[number]), [2.0], below=90_000)
    assert change.upto == 2.0000000000000004
