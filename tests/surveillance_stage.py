"""A stage with an authority that draws: forty invented firms, officers, a real round of drand, each step in a line."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Any

from openqi.app.ledger import Signer
from openqi.evidence.record import Record
from openqi.pillars.surveillance.draws.commitments import CancelDraw, CommitDraw
from openqi.pillars.surveillance.draws.drawing import MakeDraw, ShowDraw
from openqi.pillars.surveillance.draws.frames import FreezeFrame
from openqi.pillars.surveillance.draws.officers import FreezeOfficers, FreezeRecusals
from openqi.pillars.surveillance.draws.randomness import PublishRandomness
from openqi.pillars.surveillance.draws.rolls import officer_listing, recusal_listing
from openqi.records import Content, Names, body
from openqi.records.draw_lists import InspectionItem, ItemListPublished
from openqi.records.draw_rows import DrawnRow, OfficerRow, PermitCell, RecusalRow
from openqi.records.draws import AUTHORITY, ClassBound, DrawCommitted, RandomnessPublished, Sending, SourceNamed, StratumStated
from openqi.records.governance import RoleGranted
from openqi.records.rows import decoded
from openqi.science.draws.listing import MEDIA_TYPE
from openqi.science.draws.seed import NamedSource, PublicValue, mixed_seed
from openqi.science.draws.vrf.ecvrf import public_key
from openqi.science.draws.vrf.hidden import hidden_seed
from stage import Stage, party
from vectors_of import vectors_of

NAMED = Names(zh="示例", en="example")
START = datetime(2023, 9, 15, 8, tzinfo=UTC)
BEACON = next(one for one in vectors_of("surveillance/drand_beacons.json")["figures"] if one["Round"] == 657413)
DRAND = SourceNamed(source="drand quicknet", event="657413", not_before="2023-09-15T11:00:03Z", form="drand")
LOTTERY = SourceNamed(source="福彩双色球", event="2023107", not_before="2023-09-15T13:15:00Z", form="numbers", numbers=(6, 1))
COUNTIES = ("east", "west")
ITEM_LIST, FRAME, ROLL, DRAW = (f"https://bureau.example/{name}/1" for name in ("items", "frame", "officers", "draw"))
STRATA = (
    StratumStated(
        design="pareto", stratum="east", size=4, floors=(ClassBound(risk_class="A", chance="1/20"),),
        caps=(ClassBound(risk_class="D", chance="3/5"),),
    ),
    StratumStated(design="equal", stratum="west", ratio="1/5"),
)  # fmt: skip
SECRET = sha256(b"kept by the bureau").digest()


def firm(number: int) -> str:
    """The name of an invented firm: a code of eighteen characters."""
    return f"91350{number:03d}MA00000{number:02d}X"


def lines(firms: Iterable[int] = range(40)) -> bytes:
    """The list as a file: two counties, four classes, sizes from 1 to 13."""
    return b"".join(
        f"{firm(number)}\t{COUNTIES[number % 2]}\t{'ABCD'[number // 2 % 4]}\t{1 + number % 13}\n".encode() for number in firms
    )


@cache
def officer_rows(count: int = 12) -> tuple[OfficerRow, ...]:
    """Officers of three units, all of them permitted one item."""
    return tuple(
        OfficerRow(
            certificates=(("2022-01-01", "2025-12-31"),), most=4, officer=f"E{number:03d}",
            permits=(PermitCell(first="2022-01-01", item="toys", last="2024-12-31"),), unit=f"unit {number % 3}",
        )
        for number in range(count)
    )  # fmt: skip


class Surveillance(Stage):
    """A stage with an authority that draws, another one beside it, and a party that acts with it; in 2023, when the round came."""

    def __init__(self, origin: str = "log.example/draws", **more: Any) -> None:
        super().__init__(origin, start=START, empty=True, **more)
        self.recusals: Record | None = None
        self.bureau, self.station, self.stranger = party("bureau", 61), party("station", 62), party("stranger", 63)
        for signer in (self.bureau, self.station, self.stranger):
            self.welcome(signer, AUTHORITY)

    def grant(self, signer: Signer, role: str) -> Record:
        """Grant a party a role that holds in the year of the round."""
        return self.ledger.state(RoleGranted(party=signer.party, role=role, valid_from="2023-01-01T00:00:00Z"), self.operator)

    def kept(self, data: bytes, media_type: str = MEDIA_TYPE) -> Content:
        """Keep a file, and name it."""
        self.ledger.store.put_blob(data)
        return Content(media_type=media_type, sha256=sha256(data).hexdigest(), size=len(data))

    def item_list(self, *items: InspectionItem, by: Signer | None = None, **more: Any) -> Record:
        """Publish a list of items: toys at 30 % at most, lifts without a ceiling."""
        told = items or (
            InspectionItem(code="toys", name=NAMED, sort="general", basis=NAMED, most_ratio="3/10"),
            InspectionItem(code="lifts", name=NAMED, sort="key", basis=NAMED),
        )
        body = ItemListPublished(
            list=ITEM_LIST, name=NAMED, items=told, edition=more.pop("edition", "2023"),
            valid_from=more.pop("valid_from", "2023-01-01T00:00:00Z"), **more,
        )  # fmt: skip
        return self.ledger.state(body, by or self.bureau)

    def frame(self, data: bytes | None = None, exclusions: bytes | None = None, *, by: Signer | None = None, **more: Any) -> Record:
        """Freeze the list; without arguments the forty firms less one."""
        if data is None:
            data, exclusions = (
                lines(number for number in range(40) if number != 5),
                f"{firm(5)}\tupper-level-covers-it\t\n".encode(),
            )
        command = FreezeFrame(
            frame=FRAME, name=NAMED, as_of="2023-09-01T00:00:00Z", source=NAMED, document=self.kept(data),
            exclusions=None if exclusions is None else self.kept(exclusions),
        )  # fmt: skip
        return self.ledger.perform(changed(command, **more), by or self.bureau)[0]

    def officers(
        self,
        rows: Sequence[OfficerRow] = officer_rows(),
        recusals: Sequence[RecusalRow] = (),
        *,
        by: Signer | None = None,
        **more: Any,
    ) -> Record:
        """Freeze the officers; recusals too, which the next commitment names."""
        command = FreezeOfficers(
            roll=ROLL, name=NAMED, as_of="2023-09-01T00:00:00Z", officers=self.kept(officer_listing(rows))
        )  # fmt: skip
        (roll,) = self.ledger.perform(changed(command, **more), by or self.bureau)
        self.recusals = self.recused(roll, recusals, by=by) if recusals else None
        return roll

    def recused(self, roll: Record, recusals: Sequence[RecusalRow], *, by: Signer | None = None, **more: Any) -> Record:
        """Freeze recusals of officers, for the station alone."""
        command = FreezeRecusals(officers=roll.id, recusals=self.kept(recusal_listing(recusals)), visible_to=(self.station.party,))
        return self.ledger.perform(changed(command, **more), by or self.bureau)[0]

    def commit(self, frame: Record, *, by: Signer | None = None, **more: Any) -> Record:
        """Commit to the usual draw, or to one that differs from it."""
        if self.recusals is not None and "officers" in more:
            more = {"recusals": self.recusals.id} | more
        command = CommitDraw(
            draw=DRAW, name=NAMED, purpose="2023-9 spot check of toys", frame=frame.id, strata=STRATA, sources=(DRAND,),
            visits_from="2023-09-18", visits_until="2023-10-20", parties=(self.station.party,),
        )  # fmt: skip
        return self.ledger.perform(changed(command, **more), by or self.bureau)[0]

    def sent(self, **more: Any) -> dict[str, Any]:
        """What a commitment says whose visits are made by officers of the usual roll."""
        return {"item_list": self.item_list().id, "items": ("toys",), "officers": self.officers().id, "sending": Sending()} | more

    def wait_for_round(self) -> None:
        """Let the round come."""
        self.clock.instant = max(self.clock.instant, datetime(2023, 9, 15, 11, 0, 3, tzinfo=UTC))

    def beacon(self, commitment: Record, *, by: Signer | None = None, **more: Any) -> Record:
        """Publish the round that was named."""
        self.wait_for_round()
        command = PublishRandomness(
            committed=commitment.id, source=DRAND.source, event=DRAND.event, signature=BEACON["Sig"],
            read_at="https://api.drand.sh/",
        )  # fmt: skip
        return self.ledger.perform(changed(command, **more), by or self.bureau)[0]

    def made(self, commitment: Record, *randomness: Record, by: Signer | None = None, **more: Any) -> Record:
        """Draw."""
        command = MakeDraw(committed=commitment.id, randomness=tuple(one.id for one in randomness), **more)
        return self.ledger.perform(command, by or self.bureau)[0]

    def shown(self, made: Record, *, by: Signer | None = None, **more: Any) -> Record:
        """Show a hidden draw."""
        return self.ledger.perform(ShowDraw(made=made.id, **more), by or self.bureau)[0]

    def proof(self, commitment: Record, randomness: Record, secret: bytes = SECRET) -> str:
        """The proof of the hidden seed that the holder of the key makes."""
        said, one = body(commitment, DrawCommitted), body(randomness, RandomnessPublished)
        seed = mixed_seed(
            bytes.fromhex(said.commitment), [NamedSource(source=one.source, event=one.event)],
            [PublicValue(source=one.source, event=one.event, value=bytes.fromhex(one.value))],
        )  # fmt: skip
        return hidden_seed(secret, seed, said.purpose)[1].hex()

    def cancelled(self, commitment: Record, *, by: Signer | None = None) -> Record:
        """Cancel a draw."""
        return self.ledger.perform(CancelDraw(committed=commitment.id, reason=NAMED), by or self.bureau)[0]

    def drawn(self, **more: Any) -> Record:
        """Everything up to the usual draw."""
        commitment = self.commit(self.frame(), **more)
        return self.made(commitment, self.beacon(commitment))

    def rows(self, made: Record) -> list[DrawnRow]:
        """Who was drawn."""
        return decoded(self.ledger.store.blob(made.body["items"]["rows"]["sha256"]).split(b"\n")[:-1], DrawnRow)


def changed(command: Any, **changes: Any) -> Any:
    """The same command with other members."""
    from msgspec.structs import replace

    return replace(command, **changes)


KEY = public_key(SECRET).hex()
"""The public key of unannounced visits."""
