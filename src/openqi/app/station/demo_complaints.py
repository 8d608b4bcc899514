"""Complaints of the example station: some wait, one is late, one tells of a burnt child; figures of a month; all invented."""

from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from hashlib import sha256
from importlib.resources import files
from itertools import count
from typing import Any, Final, NamedTuple

from openqi.app.complaints.desk import AUTOMATIC, ComplaintDesk
from openqi.app.complaints.keeping import WORDS
from openqi.app.ledger import Signer
from openqi.app.published import limit_at_hand
from openqi.app.station.station import Station
from openqi.kernel.instant import format_instant
from openqi.pillars.surveillance.complaints.counting import CountComplaints
from openqi.records import Names, as_json
from openqi.store.complaint_words import ComplaintWords

ASSOCIATION: Final = "https://association.example"
CALENDAR: Final = f"{ASSOCIATION}/calendar/cn"
MAKER: Final = "https://maker.example"
_LIMITS: Final = ("complaint-acceptance", "complaint-mediation", "mediation-ended")
_MODEL: Final = "triage-model.json"


class _Said(NamedTuple):
    """What somebody wrote: how many days ago it came in, by which way, about which matter, and what is said of it."""

    ago: int
    text: str
    matter: str
    more: dict[str, Any]
    person: str = "王女士 139****0000"


_WAITING: Final = (
    _Said(
        2, "充电宝插上电就冒烟，几秒后爆炸，三岁的孩子手背被烫伤，在医院住了两天。要求赔偿医药费，查一查这批货。", "appliance",
        {"channel": "telephone", "hazard": "burn", "harmed": True, "wishes": ["compensation"], "firm": MAKER},
    ),
    _Said(
        20, "电动车电池充电时发烫鼓包，担心起火，商家一直推脱不换。", "appliance",
        {"channel": "platform", "wishes": ["replacement"], "firm": MAKER},
    ),
    _Said(
        1, "孩子的校服有刺鼻的气味，要求检验成分。", "clothing",
        {"channel": "mark-page", "wishes": ["answer"], "suggested": True},
    ),
    _Said(
        3, "Parcel opened on arrival, two cells missing. Nobody was hurt.", "delivery",
        {"channel": "letter", "wishes": ["refund"]},
    ),
)  # fmt: skip
_MEDIATED: Final = _Said(
    12, "新买的电池包用了一周就坏了，充不进电，没有人受伤。售后说要收费。", "appliance",
    {"channel": "counter", "wishes": ["replacement"], "firm": MAKER},
)  # fmt: skip
_MONTH: Final = 8
"""Complaints of the month before, of which the first was upheld and the others settled."""


def complain_to_example_regulator(station: Station, authority: Signer, maker: Signer) -> None:
    """Publish the limits, take complaints in, and let some of them go on."""
    ledger = station.ledger
    for name in _LIMITS:
        ledger.state(limit_at_hand(name, f"{ASSOCIATION}/limit/{name}", CALENDAR), station.operator)
    with closing(ComplaintWords(station.ledger_path / WORDS)) as words:
        chance = _chances()
        desk = ComplaintDesk(ledger=ledger, signer=authority, words=words, chance=chance)
        for one in _WAITING:
            _receive(station, desk, one)
        mediated = _receive(station, desk, _MEDIATED)
        desk.decide(mediated, {"decision": "accepted"}, limit=AUTOMATIC)
        firm = ComplaintDesk(ledger=ledger, signer=maker, words=words, chance=chance)
        firm.answer(mediated, {"offers": ["replacement"]}, text="已核对序列号，属保修期内，同意免费更换；请客户寄回旧电池包。")
        _month_before(station, desk)
    model = files("openqi.app.station") / "demo_triage.json"
    (station.ledger_path / _MODEL).write_bytes(model.read_bytes())


def _receive(station: Station, desk: ComplaintDesk, said: _Said) -> str:
    at = format_instant(station.clock() - timedelta(days=said.ago))
    told = {"matter": said.matter, "receivedAt": at, "illustrative": True, **said.more}
    received = desk.receive(told, text=said.text, person=said.person, limit=AUTOMATIC, tell="firm" in told)
    return received.number


def _month_before(station: Station, desk: ComplaintDesk) -> None:
    """Eight complaints of the month before; the first is upheld and public, and the figures are counted."""
    today = station.clock().date()
    last = date(today.year, today.month, 1) - timedelta(days=1)
    reason = Names(zh="核查票据和检验报告后认定", en="found so from the receipt and the test report")
    for number in range(_MONTH):
        ago = (today - last).days + 4 + 2 * number
        more = {"channel": ("platform", "telephone")[number % 2], "firm": MAKER, "harmed": number < 3}
        said = _Said(ago, f"第 {number + 1} 件：电池包鼓包，要求退货。", "appliance", more, f"示例用户 {number + 1}")
        name = _receive(station, desk, said)
        desk.decide(name, {"decision": "accepted"}, limit=AUTOMATIC)
        outcome = "upheld" if number < 3 else "settled"
        product = {} if number else {"product": f"{MAKER}/product/pack-48v-20ah"}
        desk.close(name, {"outcome": outcome, **product, "reason": as_json(reason)}, notice=None, clue=None)
        if number == 0:
            desk.publish(name, {"reason": as_json(reason)})
    first = date(last.year, last.month, 1)
    counted = CountComplaints(first_day=first.isoformat(), last_day=last.isoformat(), calendar=CALENDAR, least=3)
    desk.perform(counted)


def _chances() -> Callable[[int], bytes]:
    """Bytes that are the same in every example, so that its pages are; nobody hides anything here."""
    numbers = count()

    def chance(size: int) -> bytes:
        return b"".join(sha256(f"example {next(numbers)}".encode()).digest() for _ in range(-(-size // 32)))[:size]

    return chance
