"""The golden records of draws: a log of its own in the days of a real round of drand, so that no other golden bytes move."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from openqi.app.ledger import Ledger, Signer
from openqi.evidence.record import Record
from openqi.pillars.surveillance.draws.commitments import CancelDraw, CommitDraw
from openqi.pillars.surveillance.draws.drawing import MakeDraw, ShowDraw
from openqi.pillars.surveillance.draws.frames import FreezeFrame
from openqi.pillars.surveillance.draws.officers import FreezeOfficers, FreezeRecusals
from openqi.pillars.surveillance.draws.randomness import PublishRandomness
from openqi.records import Content, Names, body
from openqi.records.draw_lists import InspectionItem, ItemListPublished
from openqi.records.draws import AUTHORITY, ClassBound, DrawCommitted, RandomnessPublished, Sending, SourceNamed, StratumStated
from openqi.records.governance import RoleGranted
from openqi.science.draws.listing import MEDIA_TYPE
from openqi.science.draws.seed import NamedSource, PublicValue, mixed_seed
from openqi.science.draws.vrf.ecvrf import public_key
from openqi.science.draws.vrf.hidden import hidden_seed

# Round 657413 of quicknet as drand itself has it in its tests; see vectors/surveillance/drand_beacons.json.
SIGNATURE = "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b"
DRAND = SourceNamed(source="drand quicknet", event="657413", not_before="2023-09-15T11:00:03Z", form="drand")
LOTTERY = SourceNamed(
    source="福彩双色球", event="example", not_before="2023-09-15T11:30:00Z", form="numbers", numbers=(6, 1)
)  # fmt: skip
PAPER = SourceNamed(
    source="example exchange", event="closing price", not_before="2023-09-15T11:15:00Z", form="bytes",
    taken=Names(zh="收盘行情一行，UTF-8", en="the line of the closing price, UTF-8"),
)  # fmt: skip
SECRET = sha256(b"golden key of unannounced visits").digest()
KEY = public_key(SECRET).hex()
NAMED = Names(zh="示例", en="example")


class DrawClock:
    """A clock of September 2023 that goes on by a second each time it is asked, and further when told to."""

    def __init__(self) -> None:
        self.instant = datetime(2023, 9, 15, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the next instant."""
        self.instant += timedelta(seconds=1)
        return self.instant

    def wait_until(self, instant: datetime) -> None:
        """Let time pass."""
        self.instant = max(self.instant, instant)


def draws_records(ledger: Ledger, operator: Signer, bureau: Signer, clock: DrawClock) -> list[Record]:
    """Freeze lists, commit to three draws, cancel one, make one in public and one hidden, and show that."""
    ledger.state(RoleGranted(party=bureau.party, role=AUTHORITY, valid_from="2023-01-01T00:00:00Z"), operator)
    items, frame, officers = _lists(ledger, bureau)
    seen_by = ("https://county.example",)
    kept = FreezeRecusals(officers=officers.id, recusals=_kept(ledger, "E001\tfirm 01\tkin\n"), visible_to=seen_by)
    (recusals,) = ledger.perform(kept, bureau)
    commits = (_first(items, frame, officers, recusals), _commit(2, frame, key=KEY), _commit(3, frame))
    public, hidden, dropped = (ledger.perform(one, bureau)[0] for one in commits)
    (cancelled,) = ledger.perform(CancelDraw(committed=dropped.id, reason=Names(zh="重复", en="a duplicate")), bureau)
    clock.wait_until(datetime(2023, 9, 15, 12, tzinfo=UTC))
    values = [ledger.perform(one, bureau)[0] for one in _published(public)]
    (made,) = ledger.perform(MakeDraw(committed=public.id, randomness=tuple(one.id for one in values)), bureau)
    beacon = PublishRandomness(committed=hidden.id, source=DRAND.source, event=DRAND.event, signature=SIGNATURE)
    (value,) = ledger.perform(beacon, bureau)
    command = MakeDraw(committed=hidden.id, randomness=(value.id,), proof=_proof(hidden, value), visible_to=seen_by)
    (sealed,) = ledger.perform(command, bureau)
    clock.wait_until(datetime(2023, 10, 21, 8, tzinfo=UTC))
    (shown,) = ledger.perform(ShowDraw(made=sealed.id), bureau)
    return [items, frame, officers, recusals, public, cancelled, values[1], sealed, shown, made]


def _commit(number: int, frame: Record, **more: Any) -> CommitDraw:
    return CommitDraw(
        draw=f"https://bureau.example/draw/{number}", name=Names(zh="玩具监督抽查", en="Spot check of toys"),
        purpose=f"2023-9 spot check of toys, {number}", frame=frame.id, strata=STRATA, sources=more.pop("sources", (DRAND,)),
        visits_from="2023-09-18", visits_until="2023-10-20", parties=("https://county.example",), illustrative=True, **more,
    )  # fmt: skip


def _first(items: Record, frame: Record, officers: Record, recusals: Record) -> CommitDraw:
    return _commit(
        1, frame, sources=(DRAND, LOTTERY, PAPER), targeted=True, item_list=items.id, items=("toys",), officers=officers.id,
        recusals=recusals.id, sending=Sending(different_units=True, reach=20_000),
    )  # fmt: skip


STRATA = (
    StratumStated(
        design="pareto", stratum="east", size=4, floors=(ClassBound(risk_class="A", chance="1/20"),),
        caps=(ClassBound(risk_class="D", chance="3/5"),),
    ),
    StratumStated(design="equal", stratum="west", ratio="1/5"),
)  # fmt: skip


def _lists(ledger: Ledger, bureau: Signer) -> tuple[Record, Record, Record]:
    items = ItemListPublished(
        list="https://bureau.example/items", edition="2023", name=NAMED, valid_from="2023-01-01T00:00:00Z",
        items=(
            InspectionItem(
                code="toys", name=Names(zh="玩具", en="Toys"), sort="general", basis=NAMED, objects=NAMED, most_ratio="3/10"
            ),
            InspectionItem(code="lifts", name=Names(zh="电梯", en="Lifts"), sort="key", basis=NAMED),
        ),
    )  # fmt: skip
    firms = "".join(
        f"firm {number:02d}\t{('east', 'west')[number % 2]}\t{'ABCD'[number // 2 % 4]}\t{1 + number % 13}\n"
        for number in range(40)
        if number != 5
    )
    frame = FreezeFrame(
        frame="https://bureau.example/firms", name=Names(zh="玩具生产企业", en="Makers of toys"), as_of="2023-09-01T00:00:00Z",
        source=NAMED, document=_kept(ledger, firms), exclusions=_kept(ledger, "firm 05\tupper-level-covers-it\tprovince, June\n"),
        illustrative=True,
    )  # fmt: skip
    people = "".join(
        f"E{number:03d}\tunit {number % 3}\t2022-01-01/2025-12-31\ttoys 2022-01-01/2024-12-31\t4\t{100 * number}\t0\n"
        for number in range(12)
    )
    officers = FreezeOfficers(
        roll="https://bureau.example/officers", name=NAMED, as_of="2023-09-01T00:00:00Z", officers=_kept(ledger, people),
        illustrative=True,
    )  # fmt: skip
    return ledger.state(items, bureau), ledger.perform(frame, bureau)[0], ledger.perform(officers, bureau)[0]


def _kept(ledger: Ledger, text: str) -> Content:
    data = text.encode()
    ledger.store.put_blob(data)
    return Content(media_type=MEDIA_TYPE, sha256=sha256(data).hexdigest(), size=len(data))


def _published(committed: Record) -> list[PublishRandomness]:
    return [
        PublishRandomness(
            committed=committed.id, source=DRAND.source, event=DRAND.event, signature=SIGNATURE, read_at="https://api.drand.sh/"
        ),
        PublishRandomness(
            committed=committed.id, source=LOTTERY.source, event=LOTTERY.event, numbers="21, 3, 17, 9, 30, 1 + 16",
            published_at="2023-09-15T11:45:00Z",
        ),
        PublishRandomness(
            committed=committed.id, source=PAPER.source, event=PAPER.event, value=b"2023-09-15 close 987.65".hex(),
            published_at="2023-09-15T11:20:00Z",
        ),
    ]  # fmt: skip


def _proof(committed: Record, value: Record) -> str:
    said, one = body(committed, DrawCommitted), body(value, RandomnessPublished)
    seed = mixed_seed(
        bytes.fromhex(said.commitment), [NamedSource(source=one.source, event=one.event)],
        [PublicValue(source=one.source, event=one.event, value=bytes.fromhex(one.value))],
    )  # fmt: skip
    return hidden_seed(SECRET, seed, said.purpose)[1].hex()
