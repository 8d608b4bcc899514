"""The golden records of what follows a draw: a log of its own, so that no other golden bytes move."""

from hashlib import sha256
from typing import TypeVar

import msgspec

from openqi.app.ledger import Ledger, Signer
from openqi.evidence.record import Record
from openqi.pillars.surveillance.draws.commitments import CommitDraw
from openqi.pillars.surveillance.draws.drawing import MakeDraw
from openqi.pillars.surveillance.draws.frames import FreezeFrame
from openqi.pillars.surveillance.draws.officers import FreezeOfficers
from openqi.pillars.surveillance.draws.randomness import PublishRandomness
from openqi.pillars.surveillance.draws.rolls import officer_listing
from openqi.pillars.surveillance.inspections.assigning import AssignOfficers
from openqi.pillars.surveillance.inspections.changing import ChangeAssignment
from openqi.pillars.surveillance.inspections.following import ReportFollowUp
from openqi.pillars.surveillance.inspections.publishing import PublishResults
from openqi.pillars.surveillance.inspections.rating import EstimateRate
from openqi.pillars.surveillance.inspections.reporting import ReportVisit
from openqi.records import Content, Names
from openqi.records.draw_lists import InspectionItem, ItemListPublished
from openqi.records.draw_rows import DrawnRow, OfficerRow, PermitCell, TeamRow, VisitRow
from openqi.records.draws import AUTHORITY, Sending, SourceNamed, StratumStated
from openqi.records.governance import RoleGranted
from openqi.records.inspections import Finding, OutcomeCode
from openqi.records.rows import committed, decoded, row_line
from openqi.records.tasks import CalendarPublished, Holiday, LimitPublished
from openqi.science.draws.listing import MEDIA_TYPE

DAY, CALENDAR = "2026-11-20", "https://operator.example/calendar/cn"
NAMED = Names(zh="示例", en="example")
SOURCE = SourceNamed(source="example lottery", event="1", not_before="2026-11-20T08:01:00Z", form="bytes", taken=NAMED)
R = TypeVar("R", bound=msgspec.Struct)
ENDINGS: tuple[OutcomeCode, ...] = ("nonconforming", "conforming", "not-found", "conforming", "closed")


def inspections_records(ledger: Ledger, operator: Signer, bureau: Signer) -> list[Record]:
    """Draw eight of sixteen firms, send officers, change one, report five visits, publish, follow one up, estimate."""
    ledger.state(RoleGranted(party=bureau.party, role=AUTHORITY, valid_from="2026-01-01T00:00:00Z"), operator)
    made = _drawn(ledger, bureau, _limit(ledger, operator))
    rows = _rows(ledger, made, DrawnRow)
    items, content = committed(row_line(VisitRow(day=DAY, object=row.object)) for row in rows)
    ledger.store.put_blob(content)
    (assigned,) = ledger.perform(AssignOfficers(made=made.id, items=items), bureau)
    teams = {team.object: team for team in _rows(ledger, assigned, TeamRow)}
    first = teams[rows[0].object]
    change = ChangeAssignment(
        assigned=assigned.id, object=first.object, reason="ill", explained=NAMED, left=first.officers[0]
    )  # fmt: skip
    (changed,) = ledger.perform(change, bureau)
    visits: list[Record] = []
    for row, outcome in zip(rows, ENDINGS, strict=False):
        went = teams[row.object].officers
        if row.object == first.object:
            went = (changed.body["joined"], *went[1:])
        visits += ledger.perform(_visit(made, assigned, row.object, outcome, went), bureau)
    (published,) = ledger.perform(PublishResults(made=made.id), bureau)
    follow = ReportFollowUp(visit=visits[0].id, at="2026-11-20T08:01:00Z", sort="corrected", text=NAMED)
    (followed,) = ledger.perform(follow, bureau)
    (estimated,) = ledger.perform(EstimateRate(made=made.id, by="class"), bureau)
    return [assigned, changed, visits[0], published, followed, estimated]


def _visit(made: Record, assigned: Record, name: str, outcome: OutcomeCode, went: tuple[str, ...]) -> ReportVisit:
    found = {"nonconforming": ("nonconforming", "conforming"), "conforming": ("conforming", "not-applicable")}
    findings = tuple(Finding(item=item, outcome=one) for item, one in zip(("fire", "lifts"), found.get(outcome, ()), strict=False))  # type: ignore[arg-type]
    return ReportVisit(
        made=made.id, object=name, at="2026-11-20T08:01:00Z", outcome=outcome, day=DAY, officers=went, assigned=assigned.id,
        findings=findings, correct_by="2026-12-20" if outcome == "nonconforming" else None,
    )  # fmt: skip


def _limit(ledger: Ledger, operator: Signer) -> Record:
    ledger.state(
        CalendarPublished(
            calendar=CALENDAR, name=NAMED, source=NAMED, since="2026-01-01", until="2026-12-31", offset="+08:00",
            weekend=("saturday", "sunday"), holidays=(Holiday(first="2026-10-01", last="2026-10-07", name=NAMED),),
            working_days=("2026-10-10",),
        ),
        operator,
    )  # fmt: skip
    limit = LimitPublished(
        limit="https://operator.example/limit/publication", name=NAMED, source=NAMED, ground="legal", count=20,
        unit="working-days", ends="next-working-day", calendar=CALENDAR, pausing="nobody", valid_from="2026-01-01T00:00:00Z",
    )  # fmt: skip
    return ledger.state(limit, operator)


def _drawn(ledger: Ledger, bureau: Signer, limit: Record) -> Record:
    """Freeze lists, commit, let the clock tick until the randomness is there, publish it, and draw."""
    items = ledger.state(
        ItemListPublished(
            list="https://bureau.example/items", edition="1", name=NAMED, valid_from="2026-01-01T00:00:00Z",
            items=tuple(InspectionItem(code=code, name=NAMED, sort="key", basis=NAMED) for code in ("fire", "lifts")),
        ),
        bureau,
    )  # fmt: skip
    lines = "".join(f"firm {place}\t\t{'AD'[place % 4 == 0]}\t{1 + place % 5}\n" for place in range(16))
    as_of = "2026-11-01T00:00:00Z"
    frame = FreezeFrame(
        frame="https://bureau.example/frame", name=NAMED, as_of=as_of, source=NAMED, document=_kept(ledger, lines.encode())
    )
    (frozen,) = ledger.perform(frame, bureau)
    span = ("2026-01-01", "2026-12-31")
    permits = tuple(PermitCell(first=span[0], item=item, last=span[1]) for item in ("fire", "lifts"))
    officers = [OfficerRow(certificates=(span,), most=9, officer=f"E{place}", permits=permits) for place in range(6)]
    roll = FreezeOfficers(
        roll="https://bureau.example/roll", name=NAMED, as_of=as_of, officers=_kept(ledger, officer_listing(officers))
    )
    (sent,) = ledger.perform(roll, bureau)
    commit = CommitDraw(
        draw="https://bureau.example/draw", name=NAMED, purpose="golden draw", frame=frozen.id,
        strata=(StratumStated(design="pareto", size=8),), sources=(SOURCE,), visits_from=DAY, visits_until="2026-12-31",
        item_list=items.id, items=("fire", "lifts"), officers=sent.id, sending=Sending(), publication_limit=limit.id,
        illustrative=True,
    )  # fmt: skip
    (commitment,) = ledger.perform(commit, bureau)
    while ledger.now() < SOURCE.not_before:
        pass
    value = sha256(b"golden").hexdigest()
    told = PublishRandomness(
        committed=commitment.id, source=SOURCE.source, event=SOURCE.event, value=value, published_at=SOURCE.not_before
    )
    (randomness,) = ledger.perform(told, bureau)
    (made,) = ledger.perform(MakeDraw(committed=commitment.id, randomness=(randomness.id,)), bureau)
    return made


def _kept(ledger: Ledger, data: bytes) -> Content:
    ledger.store.put_blob(data)
    return Content(media_type=MEDIA_TYPE, sha256=sha256(data).hexdigest(), size=len(data))


def _rows(ledger: Ledger, record: Record, kind: type[R]) -> list[R]:
    return decoded(ledger.store.blob(record.body["items"]["rows"]["sha256"]).split(b"\n")[:-1], kind)
