"""A stage with a market surveillance authority after a draw: objects, officers, visits and reports in a line each."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from hashlib import sha256
from typing import Any

import msgspec

from openqi.app.ledger import Signer
from openqi.app.work.published import calendar_at_hand
from openqi.evidence.record import Record
from openqi.evidence.sealing import seal
from openqi.pillars.surveillance.inspections.assigning import AssignOfficers
from openqi.pillars.surveillance.inspections.changing import ChangeAssignment
from openqi.pillars.surveillance.inspections.following import ReportFollowUp
from openqi.pillars.surveillance.inspections.publishing import PublishResults
from openqi.pillars.surveillance.inspections.rating import EstimateRate
from openqi.pillars.surveillance.inspections.reporting import ReportVisit
from openqi.records import Body, Content, Items, Names, statement
from openqi.records.draw_rows import DrawnRow, OfficerRow, PermitCell, RecusalRow, ResultRow, TeamRow, VisitRow
from openqi.records.draws import (
    AUTHORITY,
    DrawCommitted,
    DrawMade,
    OfficersFrozen,
    Sending,
    SourceNamed,
    StratumDrawn,
    StratumExpected,
    StratumStated,
)
from openqi.records.rows import committed, decoded, row_line
from openqi.records.tasks import LimitPublished
from stage import Stage, party

DRAW, CALENDAR = "https://authority.example/draw/1", "https://operator.example/calendar/cn"
SEED = sha256(b"seed").digest()
NAMED = Names(en="example", zh="示例")
FIRST, LAST = "2026-01-05", "2026-03-31"
START = datetime(2026, 1, 1, 8, tzinfo=UTC)


def officer(number: int, unit: str = "", *, most: int = 9, items: Sequence[str] = ("fire",), **more: Any) -> OfficerRow:
    """An officer whose certificate holds for the year."""
    span = ("2026-01-01", "2026-12-31")
    permits = tuple(PermitCell(first=span[0], item=item, last=span[1]) for item in items)
    return OfficerRow(certificates=(span,), most=most, officer=f"officer {number}", permits=permits, unit=unit, **more)


def drawn(count: int, *, chance: Fraction | str = "1/2", stratum: str = "", risk_class: str = "", first: int = 0) -> list[DrawnRow]:
    """Rows of drawn objects, all with one chance."""
    return [
        DrawnRow(
            object=f"firm {place}", place=place, target=str(chance), ticket=f"{place:064x}", why="equal", stratum=stratum,
            risk_class=risk_class,
        )
        for place in range(first, first + count)
    ]  # fmt: skip


class Inspections(Stage):
    """A stage with an authority that drew."""

    def __init__(self, *, stratum_sizes: Mapping[str, int] | None = None) -> None:
        super().__init__()
        self.clock.instant = START
        self.authority, self.county, self.stranger = party("authority", 70), party("county", 71), party("stranger", 72)
        for one in (self.authority, self.county, self.stranger):
            self.welcome(one, AUTHORITY)
        self.sizes = stratum_sizes

    def rows(self, rows: Iterable[msgspec.Struct]) -> Items:
        """Commit to rows and keep them."""
        items, content = committed(map(row_line, rows))
        self.store.put_blob(content)
        return items

    def decided(self, body: Body, signer: Signer, **more: Any) -> Record:
        """A record as if it had been decided: what comes before inspections is not their business."""
        now = self.ledger.now()
        basis = {"blobs": [], "knownAt": 0, "origin": self.store.origin, "records": [], "streams": [], "validAt": now}
        command = {"arguments": {"now": now}, "name": "surveillance.example/1"}
        record = seal(statement(body, **more), issuer=signer.party, key=signer.key, now=now, command=command, basis=basis)
        self.ledger.append_signed([record])
        return record

    def limit(self, count: int = 20, unit: Any = "working-days", **more: Any) -> Record:
        """Publish the calendars of three years and a limit of so many working days."""
        for year in ("cn-2025", "cn-2026"):
            self.ledger.state(calendar_at_hand(year, CALENDAR), self.operator)
        stated = LimitPublished(
            limit="https://operator.example/limit/publication", name=NAMED, source=NAMED, ground="legal", count=count, unit=unit,
            ends="as-counted" if unit == "hours" else "next-working-day", calendar=CALENDAR, pausing="nobody",
            valid_from="2019-01-01T00:00:00Z",
        )  # fmt: skip
        return self.ledger.state(stated, more.get("signer", self.operator))

    def roll(self, officers: Sequence[OfficerRow], recusals: Sequence[RecusalRow] = ()) -> Record:
        """Freeze who can be sent."""
        frozen = OfficersFrozen(
            roll="https://authority.example/roll", name=NAMED, as_of="2026-01-01T00:00:00Z", officers=self.rows(officers),
            units=len({one.unit for one in officers}), recusals=self.rows(recusals) if recusals else None,
        )  # fmt: skip
        return self.decided(frozen, self.authority)

    def draw(
        self, rows: Sequence[DrawnRow], *, officers: Record | None = None, sending: Sending | None = None,
        limit: Record | None = None, signer: Signer | None = None, items: tuple[str, ...] = ("fire",), hidden: bool = False,
        visible_to: tuple[str, ...] | None = None, **more: Any,
    ) -> Record:  # fmt: skip
        """Commit to a draw and make it."""
        who = signer or self.authority
        strata = dict.fromkeys(row.stratum for row in rows)
        sizes = self.sizes or {one: 2 * sum(row.stratum == one for row in rows) for one in strata}
        commitment = DrawCommitted(
            draw=DRAW, organiser=who.party, name=NAMED, purpose="spot check 1", frame="00" * 32,
            strata=tuple(StratumStated(design="equal", stratum=one, size=1) for one in strata),
            expected=tuple(StratumExpected(stratum=one, objects=1, drawn="1") for one in strata),
            sources=(SourceNamed(source="drand", event="1", not_before="2026-01-01T00:00:00Z"),), version="1", commitment="00" * 32,
            visits_from=FIRST, visits_until=LAST, items=items, officers=None if officers is None else officers.id,
            sending=sending or (None if officers is None else Sending()), publication_limit=None if limit is None else limit.id,
            parties=(self.county.party,), **more,
        )  # fmt: skip
        self.committed = self.decided(commitment, who)
        made = DrawMade(
            draw=DRAW, committed=self.committed.id, randomness=(), seed=SEED.hex(), items=self.rows(rows),
            strata=tuple(
                StratumDrawn(stratum=one, design="equal", objects=sizes[one], drawn=sum(row.stratum == one for row in rows))
                for one in strata
            ),
            hidden=hidden,
        )  # fmt: skip
        self.drawn_rows = rows
        salt = None if visible_to is None else "AAAAAAAAAAAAAAAAAAAAAA"
        return self.decided(made, who, visible_to=visible_to, salt=salt)

    def assign(
        self, made: Record, day: str = "2026-01-06", *, rows: Sequence[VisitRow] | None = None, by: Signer | None = None
    ) -> Record:
        """Draw who goes where, all on one day unless told otherwise."""
        visits = [VisitRow(day=day, object=row.object) for row in self.drawn_rows] if rows is None else rows
        command = AssignOfficers(made=made.id, items=self.rows(visits))
        return self.ledger.perform(command, by or self.authority)[0]

    def teams(self, assigned: Record) -> dict[str, TeamRow]:
        """The teams of an assignment."""
        return {row.object: row for row in self.read(assigned, TeamRow)}

    def read(self, record: Record, kind: Any) -> Any:
        """The rows of a record."""
        return decoded(self.store.blob(record.body["items"]["rows"]["sha256"]).split(b"\n")[:-1], kind)

    def change(self, assigned: Record, name: str, *, by: Signer | None = None, **more: Any) -> Record:
        """Change who goes, or when."""
        told: dict[str, Any] = {"reason": "ill", "explained": NAMED} | more
        command = ChangeAssignment(assigned=assigned.id, object=name, **told)
        return self.ledger.perform(command, by or self.authority)[0]

    def until(self, text: str) -> None:
        """Let time pass until an instant."""
        self.clock.instant = datetime.fromisoformat(text)

    def report(self, made: Record, name: str, outcome: str = "conforming", *, by: Signer | None = None, **more: Any) -> Record:
        """Report how a visit ended, by two officers on the first day unless told otherwise."""
        went: dict[str, Any] = {} if outcome == "not-visited" else {"day": "2026-01-06", "officers": ("a", "b")}
        told: dict[str, Any] = {"at": "2026-01-06T08:00:00Z"} | went | more
        command = ReportVisit(made=made.id, object=name, outcome=outcome, **told)  # type: ignore[arg-type]
        return self.ledger.perform(command, by or self.authority)[0]

    def publish(self, made: Record, *, by: Signer | None = None, **more: Any) -> Record:
        """Make results public."""
        return self.ledger.perform(PublishResults(made=made.id, **more), by or self.authority)[0]

    def results(self, published: Record) -> dict[str, ResultRow]:
        """The rows of a publication."""
        return {row.object: row for row in self.read(published, ResultRow)}

    def follow(self, visit: Record, sort: str, at: str = "2026-01-07T08:00:00Z", **more: Any) -> Record:
        """Report what came after a visit."""
        command = ReportFollowUp(visit=visit.id, sort=sort, at=at, text=NAMED, **more)  # type: ignore[arg-type]
        return self.ledger.perform(command, self.authority)[0]

    def estimate(self, made: Record, *, by: Signer | None = None, **more: Any) -> Record:
        """Estimate rates."""
        signer = by or self.authority
        return self.ledger.perform(EstimateRate(made=made.id, **more), signer)[0]


def content() -> Content:
    """A content beside the log."""
    return Content(media_type="text/plain", sha256="11" * 32, size=3)
