"""A stage with an authority after a draw around New Year 2026: officers, visits, reports and publications in a line each."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import msgspec
from msgspec.structs import replace

from openqi.app.ledger import Signer
from openqi.app.work.published import calendar_at_hand
from openqi.evidence.record import Record
from openqi.evidence.sealing import seal
from openqi.pillars.surveillance.draws.randomness import PublishRandomness
from openqi.pillars.surveillance.inspections.assigning import AssignOfficers
from openqi.pillars.surveillance.inspections.changing import ChangeAssignment
from openqi.pillars.surveillance.inspections.following import ReportFollowUp
from openqi.pillars.surveillance.inspections.publishing import PublishResults
from openqi.pillars.surveillance.inspections.rating import EstimateRate
from openqi.pillars.surveillance.inspections.reporting import ReportVisit
from openqi.records import Items, body, statement
from openqi.records.draw_lists import InspectionItem
from openqi.records.draw_rows import OfficerRow, PermitCell, RecusalRow, ResultRow, TeamRow, VisitRow
from openqi.records.draws import Sending, SourceNamed, StratumStated
from openqi.records.inspections import VisitReported
from openqi.records.rows import committed, decoded, row_line
from openqi.records.tasks import LimitPublished
from surveillance_stage import NAMED, Surveillance

CALENDAR = "https://operator.example/calendar/cn"
FIRST, LAST = "2026-01-05", "2026-03-31"
NUMBERS = SourceNamed(source="lottery", event="1", not_before="2025-12-20T13:00:00Z", form="bytes", taken=NAMED)
DRAWN_AT = datetime(2025, 12, 20, 14, tzinfo=UTC)


def officer(number: int, unit: str = "", *, items: Sequence[str] = ("fire",), **more: Any) -> OfficerRow:
    """An officer whose certificate and permits hold for the year."""
    span = ("2026-01-01", "2026-12-31")
    permits = tuple(PermitCell(first=span[0], item=item, last=span[1]) for item in items)
    told: dict[str, Any] = {"certificates": (span,), "most": 9, "officer": f"officer {number}", "permits": permits, "unit": unit}
    return OfficerRow(**(told | more))


def firms(count: int, *, stratum: str = "", risk_class: str = "", size: int = 1, first: int = 0) -> list[str]:
    """Lines of a list."""
    return [f"firm {place}\t{stratum}\t{risk_class}\t{size}\n" for place in range(first, first + count)]


class Inspections(Surveillance):
    """A stage with an authority, the bureau, that drew; the station acts in its draws, the stranger does not."""

    def rowed(self, rows: Iterable[msgspec.Struct]) -> Items:
        """Commit to rows and keep them."""
        items, content = committed(map(row_line, rows))
        self.store.put_blob(content)
        return items

    def limit(self, count: int = 20, unit: Any = "working-days", *, years: Sequence[str] = ("cn-2025", "cn-2026")) -> Record:
        """Publish calendars and a limit of so many working days."""
        for year in years:
            self.ledger.state(calendar_at_hand(year, CALENDAR), self.operator)
        stated = LimitPublished(
            limit="https://operator.example/limit/publication", name=NAMED, source=NAMED, ground="legal", count=count, unit=unit,
            ends="as-counted" if unit == "hours" else "next-working-day", calendar=CALENDAR, pausing="nobody",
            valid_from="2019-01-01T00:00:00Z",
        )  # fmt: skip
        return self.ledger.state(stated, self.operator)

    def draw(
        self,
        lines: Sequence[str],
        strata: Sequence[StratumStated] = (),
        *,
        officers: Sequence[OfficerRow] = (),
        recusals: Sequence[RecusalRow] = (),
        items: tuple[str, ...] = ("fire",),
        sending: Sending | None = None,
        proof: Any = None,
        **more: Any,
    ) -> Record:
        """Commit to a draw of a list and make it: all objects are drawn, unless strata say otherwise.

        `proof` makes a hidden one of it: commitment and randomness → what `MakeDraw` is told besides.
        """
        self.until("2025-12-01T00:00:00+00:00")
        said = tuple(InspectionItem(code=code, name=NAMED, sort="key", basis=NAMED) for code in ("fire", "lifts"))
        told: dict[str, Any] = {"item_list": self.item_list(*said).id, "items": items} if items else {}
        if officers:
            told |= {"officers": self.officers(officers, recusals).id, "sending": sending or Sending()}
        rules = tuple(strata) or (StratumStated(design="equal", size=len(lines)),)
        commitment = self.commit(
            self.frame("".join(lines).encode()),
            strata=rules,
            sources=(NUMBERS,),
            visits_from=FIRST,
            visits_until=LAST,
            **told,
            **more,
        )
        self.clock.instant = DRAWN_AT
        command = PublishRandomness(
            committed=commitment.id, source=NUMBERS.source, event=NUMBERS.event, value=sha256(b"numbers").hexdigest(),
            published_at="2025-12-20T13:30:00Z",
        )  # fmt: skip
        (randomness,) = self.ledger.perform(command, self.bureau)
        return self.made(commitment, randomness, **({} if proof is None else proof(commitment, randomness)))

    def draw_again(self, lines: Sequence[str]) -> Record:
        """Another draw of the bureau, under another URI."""
        return self.draw(lines, draw="https://bureau.example/draw/2")

    def others_draw(self, lines: Sequence[str], *, by: Signer | None = None, parties: tuple[str, ...] = ()) -> Record:
        """A stranger, or who is named, commits to a draw under the same URI, and makes it."""
        bureau, self.bureau = self.bureau, by or self.stranger
        try:
            return self.draw(lines, parties=parties)
        finally:
            self.bureau = bureau

    def assign(
        self, made: Record, day: str = "2026-01-06", *, rows: Sequence[VisitRow] | None = None, by: Signer | None = None
    ) -> Record:
        """Draw who goes where, all on one day unless told otherwise."""
        visits = [VisitRow(day=day, object=row.object) for row in self.rows(made)] if rows is None else rows
        command = AssignOfficers(made=made.id, items=self.rowed(visits))
        return self.ledger.perform(command, by or self.bureau)[0]

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
        return self.ledger.perform(command, by or self.bureau)[0]

    def until(self, text: str) -> None:
        """Let time pass until an instant."""
        self.clock.instant = datetime.fromisoformat(text)

    def report(self, made: Record, name: str, outcome: str = "conforming", *, by: Signer | None = None, **more: Any) -> Record:
        """Report how a visit ended, by two officers on the first day unless told otherwise."""
        went: dict[str, Any] = {} if outcome == "not-visited" else {"day": "2026-01-06", "officers": ("a", "b")}
        told: dict[str, Any] = {"at": "2026-01-06T08:00:00Z"} | went | more
        command = ReportVisit(made=made.id, object=name, outcome=outcome, **told)  # type: ignore[arg-type]
        return self.ledger.perform(command, by or self.bureau)[0]

    def publish(self, made: Record, *, by: Signer | None = None, **more: Any) -> Record:
        """Make results public."""
        return self.ledger.perform(PublishResults(made=made.id, **more), by or self.bureau)[0]

    def results(self, published: Record) -> dict[str, ResultRow]:
        """The rows of a publication."""
        return {row.object: row for row in self.read(published, ResultRow)}

    def follow(
        self, visit: Record, sort: str, at: str = "2026-01-07T08:00:00Z", *, by: Signer | None = None, **more: Any
    ) -> Record:
        """Report what came after a visit."""
        command = ReportFollowUp(visit=visit.id, sort=sort, at=at, text=NAMED, **more)  # type: ignore[arg-type]
        return self.ledger.perform(command, by or self.bureau)[0]

    def estimate(self, made: Record, *, signer: Signer | None = None, **more: Any) -> Record:
        """Estimate rates."""
        return self.ledger.perform(EstimateRate(made=made.id, **more), signer or self.bureau)[0]

    def many(self, made: Record, outcomes: Sequence[str]) -> None:
        """Report all drawn objects at once, outcomes in turn: what one report says, said of each; only reading it is the matter."""
        names = [row.object for row in self.rows(made)]
        first = self.report(made, names[0], outcomes[0])
        said, records = body(first, VisitReported), []
        for place, name in enumerate(names[1:], start=1):
            one = replace(said, object=name, outcome=outcomes[place % len(outcomes)])
            records.append(
                seal(
                    statement(one), issuer=self.bureau.party, key=self.bureau.key, now=first.valid_from, command=first.command,
                    basis=first.basis,
                )
            )  # fmt: skip
        self.ledger.append_signed(records)
