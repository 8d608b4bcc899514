"""The golden records of risk: a log of its own in the days of a real round of drand, so that no other golden bytes move."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

import msgspec

from openqi.app.ledger import Ledger, Signer
from openqi.evidence.batch import parse_batch
from openqi.evidence.batching import items
from openqi.evidence.record import Record
from openqi.pillars.surveillance.draws.commitments import CommitDraw
from openqi.pillars.surveillance.draws.drawing import MakeDraw
from openqi.pillars.surveillance.draws.frames import FreezeFrame
from openqi.pillars.surveillance.draws.randomness import PublishRandomness
from openqi.pillars.surveillance.inspections.reporting import ReportVisit
from openqi.pillars.surveillance.risk.changing import AppealClass, DecideAppeal, RepairClass, shown
from openqi.pillars.surveillance.risk.classifying import ClassifyObjects
from openqi.pillars.surveillance.risk.comparing import CompareModels
from openqi.pillars.surveillance.risk.models import RegisterModel
from openqi.pillars.surveillance.risk.schemes import PublishIndicatorTree
from openqi.records import Content, Items, Names
from openqi.records.draw_rows import DrawnRow
from openqi.records.draws import StratumStated
from openqi.records.governance import RoleGranted
from openqi.records.risk import AUTHORITY, ClassStated, ComparisonRule, RiskSchemePublished
from openqi.records.risk_classes import FeaturesStated
from openqi.records.risk_rows import FeatureRow, IndicatorRow
from openqi.records.rows import committed, decoded, row_line
from openqi.science.draws.listing import MEDIA_TYPE
from tools.golden_draws import DRAND, SIGNATURE, DrawClock

NAMED = Names(zh="示例", en="example")
SCHEME, DAY = "https://bureau.example/scheme/toys", "2023-09-20"
CLASSES = tuple(
    ClassStated(risk_class=name, least=least, ratio=ratio, floor="1/100", name=NAMED)
    for name, least, ratio in (("A", "0", "1/50"), ("B", "1/20", "1/20"), ("C", "3/10", "1"), ("D", "3/5", "1"))
)
_TREE = {
    "feature": [0, 1], "threshold": [2.5, 0.0], "missing_left": [True, False], "left": [-1, -2], "right": [1, -3],
    "value": [-0.38, 0.8, -0.8, -0.2, 1.3], "cover": [1000.0, 300.0, 700.0, 100.0, 200.0],
}  # fmt: skip
_TREE["value"][0] = (300.0 * 0.8 - 700.0 * 0.8) / 1000.0  # type: ignore[index]


def _document(trees: Sequence[object]) -> bytes:
    """A model of complaints and trade, or one that knows nothing."""
    stated = {
        "format": "openqi risk model 1",
        "target": {"outcome": "nonconforming", "of": "examined", "name": {"zh": "不合格", "en": "nonconforming"}},
        "features": [
            {"name": "complaints", "kind": "number", "monotone": "increasing", "names": {"zh": "投诉数", "en": "complaints"}},
            {"name": "trade", "kind": "category", "monotone": "free", "categories": ["retail", "catering"]},
        ],
        "base": -1.0, "trees": [*trees],
        "calibration": {"scores": [-2.0, -1.0, 0.0, 1.0], "probabilities": [0.03, 0.27, 0.5, 0.8]},
        "trained": {"library": "by hand", "rows": 1000},
    }  # fmt: skip
    return json.dumps(stated, ensure_ascii=False, indent=1).encode() + b"\n"


def risk_records(ledger: Ledger, operator: Signer, bureau: Signer, clock: DrawClock) -> list[Record]:
    """Publish tree and scheme, register two models, state features, draw and visit, compare, classify, appeal, decide, repair."""
    ledger.state(RoleGranted(party=bureau.party, role=AUTHORITY, valid_from="2023-01-01T00:00:00Z"), operator)
    tree = _tree(ledger, bureau)
    scheme = ledger.state(
        RiskSchemePublished(
            risk_scheme=SCHEME, edition="1", name=NAMED, target=Names(zh="不合格", en="nonconforming"), classes=CLASSES,
            rule=ComparisonRule(least_visits=20, least_found=5, least_effective=10), valid_days=365, tree=tree.id,
            valid_from="2023-01-01T00:00:00Z", illustrative=True,
        ),
        bureau,
    )  # fmt: skip
    first, second = (_model(ledger, bureau, scheme, number) for number in (1, 2))
    features = _features(ledger, bureau, scheme)
    made = _visited(ledger, bureau, clock)
    compare = CompareModels(under=scheme.id, challenger=second.id, draws=(made.id,), features=features.id)
    (compared,) = ledger.perform(compare, bureau)
    classify = ClassifyObjects(under=scheme.id, features=features.id, valid_until="2024-08-01T00:00:00Z", reasons=2)
    (classified,) = ledger.perform(classify, bureau)
    own = [_own(ledger, classified, number) for number in (6, 12)]
    (appeal,) = ledger.perform(AppealClass(classified=classified.id, grounds=NAMED, **own[0]), bureau)  # type: ignore[arg-type]
    decide = DecideAppeal(appeal=appeal.id, outcome="upheld", risk_class="B", grounds=NAMED, evidence=(made.id,))
    (decided,) = ledger.perform(decide, bureau)
    repair = RepairClass(classified=classified.id, risk_class="A", grounds=NAMED, evidence=(made.id,), **own[1])  # type: ignore[arg-type]
    (repaired,) = ledger.perform(repair, bureau)
    return [tree, scheme, first, features, compared, classified, appeal, decided, repaired]


def _tree(ledger: Ledger, bureau: Signer) -> Record:
    rows = [
        IndicatorRow(code="1", weight="0.6", zh="投诉", en="complaints", high="10"),
        IndicatorRow(code="2", weight="0.4", zh="历史"),
    ]
    rows += [IndicatorRow(code=f"2.{place}", parent="2", weight="0.5", zh="示例") for place in (1, 2)]
    command = PublishIndicatorTree(
        tree="https://bureau.example/tree/1", edition="1", name=NAMED, items=_kept_rows(ledger, rows), source=NAMED,
        valid_from="2023-01-01T00:00:00Z", illustrative=True,
    )  # fmt: skip
    return ledger.perform(command, bureau)[0]


def _model(ledger: Ledger, bureau: Signer, scheme: Record, number: int) -> Record:
    """The first knows nothing, the second what complaints mean."""
    document = _document([] if number == 1 else [_TREE])
    command = RegisterModel(
        under=scheme.id, model=f"https://bureau.example/model/{number}", name=NAMED,
        document=_kept(ledger, document, "application/json"), trained_until="2023-06-30T00:00:00Z", first=number == 1,
    )  # fmt: skip
    return ledger.perform(command, bureau)[0]


def _firm(number: int) -> str:
    return f"firm {number:02d}"


def _features(ledger: Ledger, bureau: Signer, scheme: Record) -> Record:
    rows = [
        FeatureRow(
            object=_firm(number), salt=sha256(f"golden {number}".encode()).hexdigest()[:32],
            values=("" if number == 1 else "7" if number % 3 == 0 else "1", "retail" if number % 2 else "catering"),
        )
        for number in range(40)
    ]  # fmt: skip
    stated = FeaturesStated(
        risk_scheme=SCHEME, under=scheme.id, as_of="2023-09-01T00:00:00Z", source=NAMED, features=("complaints", "trade"),
        items=_kept_rows(ledger, rows), simulated=True, illustrative=True,
    )  # fmt: skip
    return ledger.state(stated, bureau)


def _visited(ledger: Ledger, bureau: Signer, clock: DrawClock) -> Record:
    """Thirty of forty firms are drawn and visited; those with seven complaints, and one more, do not conform."""
    listing = "".join(f"{_firm(number)}\t\t\t1\n" for number in range(40)).encode()
    frame = FreezeFrame(
        frame="https://bureau.example/frame/1", name=NAMED, as_of="2023-09-01T00:00:00Z", source=NAMED,
        document=_kept(ledger, listing, MEDIA_TYPE), illustrative=True,
    )  # fmt: skip
    (frozen,) = ledger.perform(frame, bureau)
    commit = CommitDraw(
        draw="https://bureau.example/draw/1", name=NAMED, purpose="example", frame=frozen.id, sources=(DRAND,),
        strata=(StratumStated(design="equal", size=30),), visits_from=DAY, visits_until="2023-10-20", illustrative=True,
    )  # fmt: skip
    (commitment,) = ledger.perform(commit, bureau)
    clock.wait_until(datetime(2023, 9, 15, 11, 0, 3, tzinfo=UTC))
    beacon = PublishRandomness(committed=commitment.id, source=DRAND.source, event=DRAND.event, signature=SIGNATURE)
    (randomness,) = ledger.perform(beacon, bureau)
    (made,) = ledger.perform(MakeDraw(committed=commitment.id, randomness=(randomness.id,)), bureau)
    clock.wait_until(datetime(2023, 9, 21, 8, tzinfo=UTC))
    content = ledger.store.blob(made.body["items"]["rows"]["sha256"])
    for row in decoded(content.split(b"\n")[:-1], DrawnRow):
        bad = int(row.object[-2:]) % 3 == 0 or row.object == _firm(4)
        visit = ReportVisit(
            made=made.id, object=row.object, outcome="nonconforming" if bad else "conforming", at=f"{DAY}T08:00:00Z", day=DAY,
            officers=("a", "b"),
        )  # fmt: skip
        ledger.perform(visit, bureau)
    return made


def _own(ledger: Ledger, classified: Record, number: int) -> dict[str, object]:
    batch = parse_batch(classified.body["items"])
    return shown(items(classified.id, batch, ledger.store.blob(batch.blob), [number])[0])


def _kept(ledger: Ledger, data: bytes, media_type: str) -> Content:
    ledger.store.put_blob(data)
    return Content(media_type=media_type, sha256=sha256(data).hexdigest(), size=len(data))


def _kept_rows(ledger: Ledger, rows: Sequence[msgspec.Struct]) -> Items:
    found, content = committed(map(row_line, rows))
    ledger.store.put_blob(content)
    return found
