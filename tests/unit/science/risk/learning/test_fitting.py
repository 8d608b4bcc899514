"""A fitted model: its document says what the library says, does not fall where it must not, and has not seen what judges it."""

import json

import numpy as np
import pytest

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.risk.features import Feature, features_of, known_of, order_of
from openqi.science.risk.forest import probabilities_of, scores_of
from openqi.science.risk.learning.boosting import Growing, grown, raw_scores, rows_of, trees_of
from openqi.science.risk.learning.fitting import Asked, fit
from openqi.science.risk.learning.folds import folds_of
from openqi.science.risk.learning.visits import visits_of
from openqi.science.risk.model import read_model
from risk_cases import matrix_of

pytest.importorskip("lightgbm")
FEATURES = features_of(
    [
        {"name": "age", "monotone": "decreasing"},
        {"name": "complaints", "monotone": "increasing"},
        {"name": "trade", "kind": "category"},
        {"name": "grade", "kind": "category", "monotone": "increasing", "categories": ["A", "B", "C"]},
    ]
)


def market(n=3000, seed=5):
    rng = np.random.default_rng(seed)
    age = rng.gamma(2.0, 5.0, n)
    complaints = rng.poisson(1.5, n).astype(float)
    complaints[rng.random(n) < 0.1] = np.nan
    trade = rng.choice(["retail", "catering", "workshop", "rare", ""], n, p=[0.4, 0.3, 0.2, 0.002, 0.098])
    grade = rng.choice(["A", "B", "C"], n)
    eta = -1.5 - 0.05 * age + 0.5 * np.nan_to_num(complaints) + (trade == "catering") + 0.5 * (grade == "C")
    bad = rng.random(n) < 1 / (1 + np.exp(-eta))
    columns = {"age": age, "complaints": complaints, "trade": trade, "grade": grade}
    return columns, ["nonconforming" if one else "conforming" for one in bad], rng.uniform(0.05, 1.0, n)


@pytest.fixture(scope="module")
def fitted():
    columns, outcome, probability = market()
    return columns, fit(visits_of(columns, FEATURES, outcome=outcome, probability=probability), table="ab" * 32)


def test_what_a_document_scores_is_what_the_library_scores(fitted):
    columns, found = fitted
    _, outcome, probability = market()
    matrix = matrix_of(found.document, columns)
    bad, weight = np.asarray([float(one == "nonconforming") for one in outcome]), 1.0 / probability
    growing, monotone = Growing(rounds=found.rounds), [-1, 1, 0, 1]
    booster, base = grown(rows_of(matrix, bad, weight, growing, monotone), growing, monotone)
    model = read_model((json.dumps(found.document, ensure_ascii=False) + "\n").encode())
    library = base + booster.predict(matrix, raw_score=True)
    assert len(model.trees) > 5 and np.isnan(matrix).any()
    np.testing.assert_allclose(scores_of(model, matrix), library, rtol=0, atol=1e-9)
    np.testing.assert_allclose(raw_scores(booster, matrix, base, rounds=None, threads=2), library, rtol=0, atol=1e-12)


def test_the_covers_of_a_tree_are_the_weights_that_reached_its_nodes(fitted):
    columns, found = fitted
    weight = 1.0 / market()[2]
    matrix = matrix_of(found.document, columns)
    for tree in found.document["trees"][:3]:
        covers = np.zeros(len(tree["cover"]))
        for row, own in zip(matrix, weight, strict=True):
            node = 0
            while node >= 0:
                covers[node] += own
                value = row[tree["feature"][node]]
                left = tree["missing_left"][node] if np.isnan(value) else value <= tree["threshold"][node]
                node = tree["left" if left else "right"][node]
            covers[len(tree["feature"]) + ~node] += own
        np.testing.assert_allclose(tree["cover"], covers, rtol=1e-10)


def test_risk_never_falls_where_it_must_not(fitted):
    columns, found = fitted
    model = read_model(json.dumps(found.document).encode())
    matrix = matrix_of(found.document, columns)[:200]
    for place, direction, values in ((0, -1, np.linspace(0, 60, 40)), (1, 1, np.arange(9.0)), (3, 1, np.arange(3.0))):
        scores = []
        for value in values:
            moved = matrix.copy()
            moved[:, place] = value
            scores.append(probabilities_of(model, scores_of(model, moved)))
        assert np.all(direction * np.diff(scores, axis=0) >= 0.0)
        assert np.any(np.diff(scores, axis=0) != 0.0)


def test_the_same_table_gives_the_same_document_with_one_thread_and_with_two(fitted):
    columns, outcome, probability = market()
    visits = visits_of(columns, FEATURES, outcome=outcome, probability=probability)
    again = fit(visits, asked=Asked(growing=Growing(threads=2)), table="ab" * 32)
    assert json.dumps(again.document) == json.dumps(fitted[1].document)


def test_categories_stand_in_the_order_of_their_rate_and_rare_ones_are_missing(fitted):
    document = fitted[1].document
    assert document["features"][2]["categories"] in (["retail", "workshop", "catering"], ["workshop", "retail", "catering"])
    assert document["features"][3]["categories"] == ["A", "B", "C"]
    known = known_of(Feature(name="x", kind="category"), ["b"] * 30 + ["a"] * 30 + ["", "z"])
    bad, weight = np.asarray([0.0] * 28 + [1.0, 1.0] + [1.0] * 15 + [0.0] * 15 + [0.0, 1.0]), np.ones(62)
    assert order_of(known, bad, weight) == ("b", "a")
    assert order_of(known, 1.0 - bad, weight) == ("a", "b")


def test_visits_of_one_object_are_never_on_both_sides_and_its_fold_does_not_hang_on_the_order():
    columns, outcome, probability = market(600)
    group = [f"firm {place % 150}" for place in range(600)]
    visits = visits_of(columns, FEATURES, outcome=outcome, probability=probability, group=group)
    folds = folds_of(visits, split="objects", count=5, seed=0)
    for fold in folds:
        assert not {group[row] for row in fold.grown_on} & {group[row] for row in fold.held_out}
    where = {group[row]: place for place, fold in enumerate(folds) for row in fold.held_out}
    turned = {name: list(column)[::-1] for name, column in columns.items()}
    other = visits_of(turned, FEATURES, outcome=outcome[::-1], probability=probability[::-1], group=group[::-1])
    for place, fold in enumerate(folds_of(other, split="objects", count=5, seed=0)):
        assert {where[group[::-1][row]] for row in fold.held_out} == {place}


def test_twins_do_not_help_where_objects_stay_together_and_would_where_not():
    rng = np.random.default_rng(2)
    x = np.repeat(rng.random(300), 8)
    bad = np.repeat(rng.random(300) < 0.3, 8)
    outcome = ["nonconforming" if one else "conforming" for one in bad]
    told = {"features": features_of([{"name": "x"}]), "outcome": outcome, "probability": np.full(2400, 0.5)}
    group = [str(place) for place in np.repeat(np.arange(300), 8)]
    growing = Asked(growing=Growing(least_leaf=4, leaves=63, rounds=60))
    kept = fit(visits_of({"x": x}, **told, group=group), asked=growing).document["trained"]["held_out"]["auc"]
    parted = fit(visits_of({"x": x}, **told), asked=growing).document["trained"]["held_out"]["auc"]
    assert abs(kept - 0.5) < 0.1
    assert parted > 0.7


def test_by_time_a_model_is_judged_only_by_what_came_after():
    columns, outcome, probability = market(800)
    days = [f"2026-{1 + place % 12:02d}-{1 + place % 28:02d}" for place in range(800)]
    visits = visits_of(columns, FEATURES, outcome=outcome, probability=probability, days=days)
    for fold in folds_of(visits, split="time", count=4, seed=0):
        assert max(days[row] for row in fold.grown_on) < min(days[row] for row in fold.held_out)
    told = fit(visits, asked=Asked(split="time", folds=3)).document["trained"]
    assert told["folds"] == {"count": 3, "by": "time"} and told["held_out"]["visits"] < 800
    assert told["dates"] == {"first": "2026-01-01", "last": "2026-12-28"}


def test_of_a_single_fold_the_model_that_was_judged_is_the_one_that_is_given_out():
    columns, outcome, probability = market(4000)
    group = [f"firm {place % 1500}" for place in range(4000)]
    visits = visits_of(columns, FEATURES, outcome=outcome, probability=probability, group=group)
    (fold,) = folds_of(visits, split="objects", count=1, seed=0)
    assert 0.2 < len(fold.held_out) / 4000 < 0.3 and len(fold.held_out) + len(fold.grown_on) == 4000
    assert not {group[row] for row in fold.grown_on} & {group[row] for row in fold.held_out}
    found = fit(visits, asked=Asked(folds=1))
    model = read_model(json.dumps(found.document).encode())
    scores = scores_of(model, matrix_of(found.document, columns))
    np.testing.assert_allclose(scores[found.held_out.rows], found.held_out.score, rtol=0, atol=1e-9)
    assert len(model.trees) == found.rounds and found.document["trained"]["folds"]["count"] == 1
    assert "held-out-models" not in found.document["trained"]["not_shown"]
    # Each probability is calibrated on other objects: it is near the curve that is given out, and not the same.
    near = probabilities_of(model, found.held_out.score) - found.held_out.probability
    assert 0.0 < np.abs(near).mean() < 0.05
    days = [f"2026-{1 + place % 12:02d}-{1 + place % 28:02d}" for place in range(4000)]
    dated = visits_of(columns, FEATURES, outcome=outcome, probability=probability, days=days)
    (fold,) = folds_of(dated, split="time", count=1, seed=0)
    assert max(days[row] for row in fold.grown_on) < min(days[row] for row in fold.held_out)
    assert 0.2 < len(fold.held_out) / 4000 < 0.3


def test_who_was_not_examined_teaches_nothing_and_is_counted():
    columns, outcome, probability = market(1000)
    more = [*outcome[:900], *["not-found"] * 60, *["closed"] * 40]
    visits = visits_of(columns, FEATURES, outcome=more, probability=probability)
    assert len(visits) == 900 and dict(visits.left_out) == {"unresolved": 60, "outside": 40}
    told = fit(visits).document["trained"]
    assert (told["rows"], told["examined"], told["left_out"]) == (1000, 900, {"unresolved": 60, "outside": 40})


def test_a_visit_that_was_entered_twice_is_counted_and_told():
    """Fifty rows again, of the same objects: told with days and without. Another day, outcome or feature is another visit."""
    columns, outcome, probability = market(1000)
    names = [f"firm {place}" for place in range(1000)]
    days = ["2026-03-01"] * 1000

    def visits(**changed):
        twice = {name: np.concatenate([one, changed.get(name, one[:50])]) for name, one in columns.items()}
        told = {"outcome": outcome + changed.get("outcome", outcome[:50]), "probability": np.append(probability, probability[:50])}
        on = None if "days" not in changed else days + changed["days"]
        return visits_of(twice, FEATURES, group=changed.get("group", names + names[:50]), days=on, **told)

    assert visits().repeated == visits(days=days[:50]).repeated == 50
    document = fit(visits()).document["trained"]
    assert document["repeated"] == 50 and "rows-once" in document["not_shown"]
    other = ["conforming" if one == "nonconforming" else "nonconforming" for one in outcome[:50]]
    again = {"days": ["2026-04-01"] * 50}, {"outcome": other}, {"age": columns["age"][:50] + 1.0}, {"group": names + names[50:100]}
    assert [visits(**one).repeated for one in again] == [0, 0, 0, 0]
    plain = fit(visits_of(columns, FEATURES, group=names, outcome=outcome, probability=probability)).document["trained"]
    assert "repeated" not in plain and "rows-once" not in plain["not_shown"]


@pytest.mark.parametrize("name", ["age", "trade"])
def test_a_feature_of_which_nothing_is_known_is_refused(name):
    columns, outcome, probability = market(1000)
    columns[name] = np.full(1000, np.nan) if name == "age" else np.full(1000, "")
    with pytest.raises(DomainError, match=f"'{name}': every cell is empty"):
        fit(visits_of(columns, FEATURES, outcome=outcome, probability=probability))


def test_weights_are_cut_only_by_the_rule_that_is_stated():
    columns, outcome, probability = market(1000)
    plain = visits_of(columns, FEATURES, outcome=outcome, probability=probability)
    cut = visits_of(columns, FEATURES, outcome=outcome, probability=probability, trim=3.0)
    assert plain.weights.trimmed == 0 and plain.weights.greatest == 1.0 / probability.min()
    most = 3.0 * np.mean(1.0 / probability)
    assert cut.weights.greatest == pytest.approx(most) and cut.weights.trimmed == np.count_nonzero(1.0 / probability > most)
    assert cut.weights.effective > plain.weights.effective


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"outcome": ["nonconforming"] * 1000}, RefusedError, "failures alone"),
        ({"outcome": [""] * 1000}, DomainError, "no such ending"),
        ({"probability": np.zeros(1000)}, DomainError, "above 0"),
        ({"trim": 0.5}, DomainError, "at least 1"),
        ({"days": ["yesterday"] * 1000}, DomainError, "no ISO date"),
        ({"group": [""] * 1000}, DomainError, "empty"),
        ({"group": ["x"]}, DomainError, "1 rows"),
    ],
)
def test_a_table_that_teaches_nothing_is_refused(change, error, match):
    columns, outcome, probability = market(1000)
    with pytest.raises(error, match=match):
        visits_of(columns, FEATURES, **({"outcome": outcome, "probability": probability} | change))


@pytest.mark.parametrize(
    ("stated", "match"),
    [
        ([], "no feature"), ([{"kind": "number"}], "no name"), (["x"], "no name"), ([{"name": "x"}, {"name": "x"}], "twice"),
        ([{"name": "x", "monotone": "up"}], "one of increasing"), ([{"name": "x", "kind": "colour"}], "one of number"),
        ([{"name": "x", "kind": "category", "monotone": "increasing"}], "in their order"),
        ([{"name": "x", "unit": "m"}], "unknown"),
        ([{"name": "x", "categories": ["a"]}], "no categories"), ([{"name": "x", "kind": "category", "categories": "ab"}], "list"),
    ],
)  # fmt: skip
def test_features_that_are_none_are_refused(stated, match):
    with pytest.raises(DomainError, match=match):
        features_of(stated)


def test_an_infinite_or_foreign_value_is_refused():
    with pytest.raises(DomainError, match="row 2 is infinite"):
        known_of(Feature(name="x"), [1.0, np.inf])
    with pytest.raises(DomainError, match="is a number"):
        known_of(Feature(name="x"), ["many"])


def test_trees_of_one_leaf_are_trees():
    booster_rows = rows_of(np.zeros((50, 1)), np.asarray([1.0, 0.0] * 25), np.ones(50), Growing(rounds=1), [0])
    booster, base = grown(booster_rows, Growing(rounds=1), [0])
    trees = trees_of(booster, np.zeros((50, 1)), np.ones(50), threads=1)
    assert base == 0.0 and all(tree["feature"] == [] and len(tree["value"]) == 1 and tree["cover"] == [50.0] for tree in trees)
