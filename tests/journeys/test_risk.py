"""From visits to classes: a model is fitted and put in force, a draw tries another, which takes over, and a firm objects."""

import json

import numpy as np
import pytest

from openqi.app.checking import Checker
from openqi.evidence.record import Record
from openqi.pillars.surveillance.inspections.reporting import ReportVisit
from openqi.pillars.surveillance.risk.standing_classes import check_classes_of_frame, classes_of_objects
from openqi.records import body
from openqi.records.draws import ClassBound, StratumStated
from openqi.records.risk import ModelsCompared
from openqi.records.risk_classes import ObjectsClassified
from openqi.records.risk_rows import FeatureRow
from openqi.science.risk.features import Feature
from openqi.science.risk.learning.boosting import Growing
from openqi.science.risk.learning.fitting import Asked, fit
from openqi.science.risk.learning.visits import visits_of
from risk_stage import CLASSES, RULE, Risk, salt
from surveillance_stage import changed, firm

pytest.importorskip("lightgbm")
FIRMS = 300
COMPLAINTS = Feature(name="complaints", monotone="increasing")
LAST_FAULT = Feature(name="months since the last fault", monotone="decreasing")


class Market:
    """Firms whose true risk is known: it rises with complaints, and falls with the months since the last fault."""

    def __init__(self, count: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.complaints, self.months = rng.poisson(1.2, count), rng.integers(0, 36, count)
        odds = np.exp(-1.0 + 0.5 * self.complaints - 0.12 * self.months)
        self.bad = rng.random(count) < odds / (1 + odds)

    def document(self, *features: Feature) -> dict[str, object]:
        """What is learned of these features from visits of a random tenth to all of them."""
        columns = {COMPLAINTS.name: self.complaints.tolist(), LAST_FAULT.name: self.months.tolist()}
        outcome = ["nonconforming" if one else "conforming" for one in self.bad]
        visits = visits_of(columns, features, outcome=outcome, probability=[0.5] * len(self.bad))
        return dict(fit(visits, asked=Asked(growing=Growing(rounds=40, leaves=6, least_leaf=20))).document)

    def rows(self) -> list[FeatureRow]:
        """What the office knows of the firms."""
        pairs = zip(self.complaints.tolist(), self.months.tolist(), strict=True)
        return [
            FeatureRow(object=firm(place), salt=salt(firm(place)), values=(str(one), str(other)))
            for place, (one, other) in enumerate(pairs)
        ]


def drawn(stage: Risk, classified: Record, classes: dict[str, str]) -> Record:
    """A draw of the firms in their classes, by risk, with a floor for every class."""
    sizes = {"A": 1, "B": 3, "C": 9}
    listing = "".join(f"{name}\t\t{one}\t{sizes[one]}\n" for name, one in classes.items()).encode()
    frame = stage.frame(listing, None, as_of=classified.valid_from, classified=classified.id)
    assert check_classes_of_frame(stage.ledger.view(), frame.id) == FIRMS
    floors = tuple(ClassBound(risk_class=name, chance="1/5") for name in sizes)
    commitment = stage.commit(frame, strata=(StratumStated(design="pareto", size=180, floors=floors),))
    return stage.made(commitment, stage.beacon(commitment))


def test_a_model_is_fitted_put_in_force_and_followed_by_one_that_knows_more():
    stage, past, now = Risk(), Market(3000, 1), Market(FIRMS, 2)
    scheme = stage.scheme(
        classes=tuple(changed(one, least=least, ratio="1") for one, least in zip(CLASSES, ("0", "3/25", "3/10"), strict=True)),
        rule=changed(RULE, least_visits=100),
    )
    first = stage.model(scheme, past.document(COMPLAINTS))
    second = stage.model(scheme, past.document(COMPLAINTS, LAST_FAULT), name="2", first=False)
    features = stage.features(scheme, now.rows(), features=(COMPLAINTS.name, LAST_FAULT.name))
    classified = stage.classified(scheme, features)
    assert body(classified, ObjectsClassified).model == first.id
    classes = classes_of_objects(stage.ledger.view(), classified.id, classified.valid_from)
    made = drawn(stage, classified, classes)
    rows = stage.rows(made)
    assert {row.risk_class for row in rows} == {*classes.values()}
    stage.clock.wait(days=6)
    places = {firm(place): place for place in range(FIRMS)}
    for row in rows:
        ended = "nonconforming" if now.bad[places[row.object]] else "conforming"
        visit = ReportVisit(
            made=made.id, object=row.object, outcome=ended, at="2023-09-20T08:00:00Z", day="2023-09-20", officers=("a", "b")
        )  # fmt: skip
        stage.ledger.perform(visit, stage.bureau)
    found = body(stage.compared(scheme, second, features, made), ModelsCompared)
    assert found.verdict == "takes-over", json.dumps(str(found.better))
    again = stage.classified(scheme, stage.features(scheme, now.rows(), features=(COMPLAINTS.name, LAST_FAULT.name)))
    assert body(again, ObjectsClassified).model == second.id
    worst = max(stage.class_rows(again), key=lambda row: row.probability)
    assert worst.risk_class == "C"
    decided = stage.decided(stage.appealed(again, places[worst.object]), risk_class="B")
    assert classes_of_objects(stage.ledger.view(), again.id, decided.valid_from)[worst.object] == "B"
    checker = Checker(store=stage.store)
    failed = [(one.record.kind, checker.check(one)[1]) for one in stage.store.scan() if checker.check(one)[0] == "failed"]
    assert failed == []
