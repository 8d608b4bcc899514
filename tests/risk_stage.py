"""A stage with an authority that classifies by risk: a scheme, two models, what is known of firms, and a draw with its visits."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from openqi.app.ledger import Signer
from openqi.evidence.batch import Item, parse_batch
from openqi.evidence.batching import items
from openqi.evidence.record import Record
from openqi.pillars.surveillance.inspections.reporting import ReportVisit
from openqi.pillars.surveillance.risk.changing import AppealClass, DecideAppeal, RepairClass, shown
from openqi.pillars.surveillance.risk.classifying import ClassifyObjects
from openqi.pillars.surveillance.risk.comparing import CompareModels
from openqi.pillars.surveillance.risk.models import RegisterModel
from openqi.records import Items
from openqi.records.draws import StratumStated
from openqi.records.risk import ClassStated, ComparisonRule, RiskSchemePublished
from openqi.records.risk_classes import FeaturesStated
from openqi.records.risk_rows import ClassRow, FeatureRow
from openqi.records.rows import committed, decoded, row_line
from risk_models import DOCUMENT
from surveillance_stage import COUNTIES, NAMED, Surveillance, changed, firm, lines

SCHEME, MODEL = "https://bureau.example/scheme/toys", "https://bureau.example/model/"
CLASSES = (
    ClassStated(risk_class="A", least="0", ratio="1/50", floor="1/100"),
    ClassStated(risk_class="B", least="1/20", ratio="1/20", floor="1/100"),
    ClassStated(risk_class="C", least="3/20", ratio="1", floor="1/100"),
)
RULE = ComparisonRule(least_visits=10, least_found=2, least_effective=5)
STATED = RiskSchemePublished(
    risk_scheme=SCHEME, edition="1", name=NAMED, target=NAMED, classes=CLASSES, rule=RULE, valid_days=365,
    valid_from="2023-01-01T00:00:00Z",
)  # fmt: skip
COLUMNS = ("trade", "complaints")
BLIND = DOCUMENT | {"trees": [], "base": -2.4}
"""A model that knows nothing: every object has one risk."""
KNOWS = DOCUMENT | {"calibration": {"scores": [-2.6, -2.4, -2.1], "probabilities": [0.1, 0.7, 0.8]}}
"""A model that knows what seven complaints mean."""


def salt(name: str) -> str:
    """A salt that everybody knows."""
    return sha256(b"salt " + name.encode()).hexdigest()[:32]


def feature_rows(complaints: Mapping[str, str] | None = None, count: int = 40) -> list[FeatureRow]:
    """Firms of which every third has seven complaints, and of the first is not known whether any."""
    rows = []
    for number in range(count):
        name = firm(number)
        told = (complaints or {}).get(name, "" if number == 0 else "7" if number % 3 == 0 else "1")
        rows.append(FeatureRow(object=name, salt=salt(name), values=("retail" if number % 2 else "catering", told)))
    return rows


class Risk(Surveillance):
    """A stage with an authority that classifies by risk, the station beside it, and strangers."""

    def scheme(self, *, by: Signer | None = None, **more: Any) -> Record:
        """Publish the scheme."""
        return self.ledger.state(changed(STATED, parties=(self.station.party,), **more), by or self.bureau)

    def model(
        self, scheme: Record, document: Mapping[str, Any] = DOCUMENT, *, name: str = "1", by: Signer | None = None, **more: Any
    ) -> Record:
        """Register a model; the first one unless told otherwise."""
        command = RegisterModel(
            under=scheme.id, model=MODEL + name, name=NAMED,
            document=self.kept(json.dumps(document).encode(), "application/json"), trained_until="2023-06-30T00:00:00Z", first=True,
        )  # fmt: skip
        return self.ledger.perform(changed(command, **more), by or self.bureau)[0]

    def rowed(self, rows: Sequence[Any]) -> Items:
        """Keep rows, and commit to them."""
        found, content = committed(map(row_line, rows))
        self.ledger.store.put_blob(content)
        return found

    def features(
        self, scheme: Record, rows: Sequence[FeatureRow] | None = None, *, by: Signer | None = None, **more: Any
    ) -> Record:
        """State what is known of the firms."""
        body = FeaturesStated(
            risk_scheme=SCHEME, under=scheme.id, as_of="2023-09-01T00:00:00Z", source=NAMED, features=COLUMNS,
            items=self.rowed(feature_rows() if rows is None else rows),
        )  # fmt: skip
        return self.ledger.state(changed(body, **more), by or self.bureau)

    def classified(self, scheme: Record, features: Record, *, by: Signer | None = None, **more: Any) -> Record:
        """Classify."""
        command = ClassifyObjects(under=scheme.id, features=features.id, valid_until="2024-08-01T00:00:00Z")
        return self.ledger.perform(changed(command, **more), by or self.bureau)[0]

    def class_rows(self, classified: Record) -> list[ClassRow]:
        """The rows of a classification."""
        return decoded(self.ledger.store.blob(classified.body["items"]["rows"]["sha256"]).split(b"\n")[:-1], ClassRow)

    def whole_classification(self) -> tuple[Record, Record]:
        """A scheme with its first model, and the firms in classes."""
        scheme = self.scheme()
        self.model(scheme)
        return scheme, self.classified(scheme, self.features(scheme))

    def item(self, classified: Record, number: int) -> Item:
        """A firm's own row with its proof."""
        batch = parse_batch(classified.body["items"])
        return items(classified.id, batch, self.ledger.store.blob(batch.blob), [number])[0]

    def appealed(self, classified: Record, number: int, *, by: Signer | None = None, **more: Any) -> Record:
        """Appeal for a firm, by the bureau on its behalf unless told otherwise."""
        told: dict[str, Any] = {"grounds": NAMED} | shown(self.item(classified, number)) | more
        return self.ledger.perform(AppealClass(classified=classified.id, **told), by or self.bureau)[0]

    def decided(self, appeal: Record, outcome: str = "upheld", *, by: Signer | None = None, **more: Any) -> Record:
        """Decide an appeal: upheld to class A unless told otherwise."""
        told: dict[str, Any] = {"grounds": NAMED, "risk_class": "A" if outcome == "upheld" else None} | more
        return self.ledger.perform(DecideAppeal(appeal=appeal.id, outcome=outcome, **told), by or self.bureau)[0]  # type: ignore[arg-type]

    def repaired(self, classified: Record, number: int, *evidence: Record, by: Signer | None = None, **more: Any) -> Record:
        """Repair the class of a firm to A."""
        told: dict[str, Any] = {"grounds": NAMED, "risk_class": "A"} | shown(self.item(classified, number)) | more
        command = RepairClass(classified=classified.id, evidence=tuple(one.id for one in evidence), **told)
        return self.ledger.perform(command, by or self.bureau)[0]

    def compared(self, scheme: Record, challenger: Record, features: Record, *draws: Record, by: Signer | None = None) -> Record:
        """Compare."""
        command = CompareModels(
            under=scheme.id, challenger=challenger.id, draws=tuple(one.id for one in draws), features=features.id
        )
        return self.ledger.perform(command, by or self.bureau)[0]

    def held_out(self, number: int = 1, *, size: int = 20, **more: Any) -> Record:
        """A draw of all firms, whose visits come after everything that was known."""
        strata = tuple(StratumStated(design="equal", stratum=name, size=size) for name in COUNTIES)
        frame = self.frame(lines(), frame=f"https://bureau.example/frame/{number}")
        commitment = self.commit(frame, strata=strata, draw=f"https://bureau.example/draw/{number}", **more)
        return self.made(commitment, self.beacon(commitment))

    def reported(self, made: Record, bad: Mapping[str, bool] | None = None, *, outcome: str = "conforming") -> None:
        """Report all visits on one day: badly for those who have seven complaints, or as told."""
        self.clock.instant = max(self.clock.instant, datetime(2023, 9, 21, tzinfo=UTC))
        known = {row.object: row.values[1] == "7" for row in feature_rows()} if bad is None else bad
        for row in self.rows(made):
            command = ReportVisit(
                made=made.id, object=row.object, outcome="nonconforming" if known[row.object] else outcome,  # type: ignore[arg-type]
                at="2023-09-20T08:00:00Z", day="2023-09-20", officers=("a", "b"),
            )  # fmt: skip
            self.ledger.perform(command, self.bureau)
