"""The golden records of recalls: a log of its own, so that no other golden bytes move."""

import json
from hashlib import sha256

from openqi.app.ledger import Ledger, Signer
from openqi.app.recalls.taking import take
from openqi.evidence.record import Record
from openqi.pillars.surveillance.recalls.ending import EndRecall
from openqi.pillars.surveillance.recalls.progress import ReportRecallProgress
from openqi.pillars.surveillance.recalls.publishing import OrderRecall, PublishRecall
from openqi.records import Names
from openqi.records.draws import AUTHORITY
from openqi.records.governance import RoleGranted
from openqi.records.recall_rows import ReachedRow
from openqi.records.recalls import RecallLine
from openqi.records.rows import committed, row_line

NAMED = Names(zh="示例", en="example")
LOT = "https://laboratory.example/lot/1"
LINE = RecallLine(
    number="1", name=Names(zh="充电器", en="charger"), product="https://laboratory.example/product/1", lots=(LOT,), models=("C-1",),
    batches=("2603",), gtins=("06901234567892",), made_from="2026-03-01", made_until="2026-03-31", made=1200, recalled=1000,
)  # fmt: skip


def recalls_records(ledger: Ledger, operator: Signer, firm: Signer) -> list[Record]:
    """Publish a recall, have a wider one ordered, report on it with units, end it, and take a foreign list in."""
    for party, role in ((firm, "manufacturer"), (operator, AUTHORITY)):
        ledger.state(RoleGranted(party=party.party, role=role, valid_from="2026-01-01T00:00:00Z"), operator)
    told = {
        "recall": "https://laboratory.example/recall/1", "number": "R-1", "firm": firm.party, "name": NAMED, "defect": NAMED,
        "consequence": NAMED, "risk": "serious", "remedies": ("refund", "disposal"), "what_to_do": NAMED, "contact": NAMED,
        "sold": NAMED, "begins": "2026-11-20", "ends": "2027-02-20", "learned": "2026-11-18", "complaints": 3, "injuries": 1,
        "illustrative": True,
    }  # fmt: skip
    (published,) = ledger.perform(PublishRecall(**told, lines=(LINE,)), firm)  # type: ignore[arg-type]
    wider = (LINE, RecallLine(number="2", name=NAMED, batches=("2604",), recalled=500))
    (ordered,) = ledger.perform(OrderRecall(**told, lines=wider, replaces=published.id), operator)  # type: ignore[arg-type]
    states = ("returned", "returned", "destroyed")
    rows = (ReachedRow(mark=sha256(f"mark {place}".encode()).hexdigest(), state=one) for place, one in enumerate(states))  # type: ignore[arg-type]
    items, content = committed(map(row_line, rows))
    ledger.store.put_blob(content)
    (progress,) = ledger.perform(
        ReportRecallProgress(
            published=ordered.id, line="1", at=ledger.now(), returned=600, repaired=0, destroyed=40, told=900, items=items
        ),
        firm,
    )
    second = ReportRecallProgress(published=ordered.id, line="2", at=ledger.now(), returned=0, repaired=0, destroyed=0)
    ledger.perform(second, firm)
    (ended,) = ledger.perform(EndRecall(published=ordered.id, at=ledger.now(), summary=NAMED, not_reached=NAMED), firm)
    lists = [[("a", "glass"), ("b", "milk")], [("a", "glass splinters"), ("c", "lead"), ("", "no number")]]
    records = [
        take(ledger, operator, layout="fda", data=_list(one), taken_at=ledger.now(), illustrative=True).record for one in lists
    ]
    return [published, ordered, progress, ended, *(one for one in records if one is not None)]


def _list(lines: list[tuple[str, str]]) -> bytes:
    told = [{"agency": "FDA", "uid": uid, "title": f"recall {uid}", "recall_reason": why} for uid, why in lines]
    return json.dumps(told, separators=(",", ":")).encode()
