"""A ledger folder with own recalls and lists that were taken in, and its pages on a standing day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from openqi.app.folder import FOLDS
from openqi.app.reading.reader import Reader
from openqi.app.recalls.taking import take
from openqi.records import Names
from openqi.records.recalls import RecallLine
from openqi.store.kinds.local import STOREKIND
from recalls_stage import LOTS, PRODUCT, RECALL, WHOLE, Recalls

NOW = datetime(2027, 6, 30, 2, tzinfo=UTC)
FOOD = (
    b'[{"agency":"FDA","uid":"a-1","title":"Moringa powder","company_name":"Example Foods","brand_name":"Example",'
    b'"product_description":"Organic powder","notification_dttm":"2025-11-06T05:00:00+00:00","recall_reason":"Salmonella"}]'
)
CAR = (
    "1\t24V580000\tEXAMPLE\tTITAN\t{year}\t\tAIR BAGS\tExample Motors\t20200101\t20210131\tV\t86\t20240901\tMFR\tExample Motors\t"
    "20240802\t20240803\t\t\tTHE BAG MAY TEAR\tIT MAY NOT PROTECT\tDEALERS REPLACE IT\t\t000127294004588751000001543\t\t\tP-1\t"
    "No\tNo\n"
)
CARS = "".join(CAR.format(year=year) for year in (2021, 2022)).encode()
CHARGER = RecallLine(
    number="1", name=Names(zh="示例充电器 C-1", en="Example charger C-1"), product=PRODUCT, lots=LOTS[:2], models=("C-1",),
    batches=("2603",), gtins=("06901234567892",), made_from="2026-03-01", made_until="2026-03-31", made=1200, recalled=1000,
)  # fmt: skip


def recalls_folder(folder: Path) -> Recalls:
    """Make a ledger folder with two recalls, one that is under way, and two lists; whoever is done closes its store."""
    folder.mkdir(parents=True, exist_ok=True)
    stage = Recalls("log.example/1", store=STOREKIND.open(folder, origin="log.example/1", folds=FOLDS))
    published = stage.publish(
        lines=(CHARGER, WHOLE), name=Names(zh="示例充电器召回", en="Recall of example chargers"), complaints=3,
        defect=Names(zh="外壳绝缘过薄", en="The insulation of the housing is too thin"),
        consequence=Names(zh="可能触电", en="Risk of electric shock"), contact=Names(zh="400-123-4567", en="400-123-4567"),
        what_to_do=Names(zh="请立即停止使用并拔下电源", en="Stop using it at once and unplug it"),
        sold=Names(zh="2026年3月至5月，福建各商店", en="Shops of Fujian, March to May 2026"),
    )  # fmt: skip
    for days, told in ((10, (120,)), (40, (390, 20)), (60, (540, 31, 12))):
        stage.clock.instant = datetime(2026, 11, 20, 9, tzinfo=UTC) + timedelta(days=days)
        stage.report(published, *told, told=900)
    other = stage.publish(recall=RECALL + "0", number="R-2", lines=(WHOLE,))
    stage.report(other, 5, line="2")
    stage.end(other)
    for layout, data in (("fda", FOOD), ("nhtsa", CARS), ("fda", FOOD.replace(b"Salmonella", b"Salmonella and lead"))):
        stage.clock.wait(hours=1)
        take(stage.ledger, stage.bureau, layout=layout, data=data, taken_at=stage.ledger.now(), illustrative=True)  # type: ignore[arg-type]
    (folder / "policy.txt").write_bytes(stage.ledger.policy())
    (folder / "ledger.json").write_text('{"format":"openqi-ledger/1","origin":"log.example/1","store":"local"}')
    return stage


@contextmanager
def recalls_reader(folder: Path) -> Iterator[Reader]:
    """Read it as on 30 June 2027."""
    with Reader(folder, clock=lambda: NOW) as reader:
        yield reader
