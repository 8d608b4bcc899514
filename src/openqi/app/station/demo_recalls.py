"""The recalls of the example station: one of invented chargers that is under way, and an invented public list."""

import json
from datetime import timedelta
from typing import Final

from openqi.app.ledger import Signer
from openqi.app.recalls.taking import take
from openqi.app.station.station import Station
from openqi.kernel.instant import format_instant
from openqi.pillars.surveillance.recalls.progress import ReportRecallProgress
from openqi.pillars.surveillance.recalls.publishing import PublishRecall
from openqi.records import Names
from openqi.records.recalls import RecallLine

_MAKER: Final = "https://maker.example"
CHARGERS: Final = f"{_MAKER}/recall/chargers"
FOREIGN: Final = "EXAMPLE-1"
_LIST: Final = [
    {
        "agency": "FDA", "uid": FOREIGN, "title": "Invented recall of an example snack", "company_name": "Example Foods",
        "brand_name": "Example", "product_description": "Example snack, 100 g", "recall_reason": "Undeclared milk",
        "notification_dttm": "2025-11-06T05:00:00+00:00",
    }
]  # fmt: skip


def recall_example_chargers(station: Station, maker: Signer, regulator: Signer) -> None:
    """Recall chargers, report how many came back so far, and take an invented list in."""
    begins = (station.clock() - timedelta(days=2)).date().isoformat()
    line = RecallLine(
        number="1", name=Names(zh="示例充电器 C-1", en="Example charger C-1"), product=f"{_MAKER}/product/charger-c1",
        models=("C-1",), batches=("2603", "2604"), made_from="2026-03-01", made_until="2026-04-30", made=1200, recalled=1000,
    )  # fmt: skip
    recall = PublishRecall(
        recall=CHARGERS, number="R-2026-1", firm=_MAKER, name=Names(zh="示例充电器召回", en="Recall of example chargers"),
        lines=(line,), defect=Names(zh="外壳绝缘过薄", en="The insulation of the housing is too thin"),
        consequence=Names(zh="可能触电", en="Risk of electric shock"), risk="serious", remedies=("refund", "replacement"),
        what_to_do=Names(zh="请立即停止使用并拔下电源", en="Stop using it at once and unplug it"),
        contact=Names(zh="示例电话 400-000-0000", en="example telephone 400-000-0000"),
        sold=Names(zh="示例商店，2026年4月至6月", en="Example shops, April to June 2026"), begins=begins, learned=begins,
        complaints=3, illustrative=True,
    )  # fmt: skip
    (published,) = station.ledger.perform(recall, maker)
    at = format_instant(station.clock())
    report = ReportRecallProgress(published=published.id, line="1", at=at, returned=412, repaired=0, destroyed=8, told=900)
    station.ledger.perform(report, maker)
    data = json.dumps(_LIST).encode()
    taken_at = format_instant(station.clock())
    take(station.ledger, regulator, layout="fda", data=data, taken_at=taken_at, illustrative=True)
