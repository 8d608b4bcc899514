"""The draws of the example station: one that was carried out, with results that are overdue, and one that waits for its round.

Firms, officers and how visits ended are made up, and the records say so. The story took place in the weeks before the station was
founded, so its records state instants of those weeks. The lottery of the first draw is invented; the round of the second is real.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from msgspec.structs import replace

from openqi.app.ledger import Signer
from openqi.app.published import limit_at_hand
from openqi.app.station.demo_past import Past
from openqi.app.station.station import Station
from openqi.evidence.record import Record
from openqi.kernel.identifier import organisation_code_fits, usci_check_character
from openqi.kernel.instant import format_instant, parse_instant
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
from openqi.records import Names, body
from openqi.records.draw_lists import InspectionItem, ItemListPublished
from openqi.records.draw_rows import DrawnRow, OfficerRow, PermitCell, TeamRow, VisitRow
from openqi.records.draws import AUTHORITY, ClassBound, Sending, SourceNamed, StratumStated
from openqi.records.governance import Identifier, PartyRegistered, RoleGranted
from openqi.records.inspections import OutcomeCode
from openqi.science.draws.foreign.drand import NETWORKS

_REGULATOR: Final = "https://regulator.example"
_MAKER: Final = "https://maker.example"
_ASSOCIATION: Final = "https://association.example"
AUTUMN, WINTER = f"{_REGULATOR}/draw/batteries-1", f"{_REGULATOR}/draw/batteries-2"
_FIRMS: Final = 36
_TOWNS: Final = ("示例一镇", "示例二镇")
_NUMBERS: Final = "3 8 15 17 26 31 + 9"
_LOTTERY: Final = "示例彩票（号码系编造）invented lottery"
_ITEMS: Final = ("marks", "records")
_STRATA: Final = (
    StratumStated(design="pareto", stratum=_TOWNS[0], size=8, floors=(ClassBound(risk_class="A", chance="1/10"),)),
    StratumStated(design="equal", stratum=_TOWNS[1], ratio="1/4"),
)
_ENDED: Final[Sequence[OutcomeCode]] = (
    "nonconforming", "not-found", "conforming", "corrected", "conforming", "closed", "conforming", "conforming", "conforming",
    "nonconforming", "refused", "conforming",
)  # fmt: skip
"""How visits ended, one after the other; the first is that of the maker."""
_BY: Final = {0: 32, 9: 15}
"""Place of a visit → so many days ago it was to be put right; the maker did it, the other did not."""
_REPORTED: Final = 8
"""So many are reported and made public in time; the others but one are reported, and overdue since; the last has no result."""


def code(number: int) -> str:
    """Return the code of an invented firm: built as real ones are, in a region that does not exist; number 0 is the maker's."""
    first = f"91000000MA{number:06}"
    whole = (first + last + usci_check_character(first + last) for last in "0123456789X")
    return next(one for one in whole if organisation_code_fits(one))


def draw_example_firms(station: Station, regulator: Signer) -> None:
    """Let the example regulator draw, send, report and publish, and commit to a second draw whose round comes tomorrow.

    Args:
        station: of the example, with its calendars published.
        regulator: who draws.
    """
    past, ledger = Past(station, regulator), station.ledger
    ledger.state(RoleGranted(party=_REGULATOR, role=AUTHORITY, valid_from="2024-01-01T00:00:00Z"), station.operator)
    _name_maker(station)
    limit = ledger.state(
        limit_at_hand("publication", f"{_ASSOCIATION}/limit/results", f"{_ASSOCIATION}/calendar/cn"), station.operator
    )
    lists = _lists(past)
    drawn = _carried_out(past, lists, limit)
    past.do(EstimateRate(made=drawn.id, by="stratum"))
    network = NETWORKS["quicknet"]
    come = int((parse_instant(past.ago()) + timedelta(days=1)).timestamp())
    number = (come - network.genesis) // network.period + 1
    at = parse_instant("1970-01-01T00:00:00Z") + timedelta(seconds=network.seconds_of(number))
    source = SourceNamed(source="drand quicknet", event=str(number), not_before=format_instant(at), form="drand")
    past.do(replace(_commit(past, lists, limit, source), draw=WINTER, purpose="batteries, second draw",
        name=Names(zh="电池企业第二次抽查（编造）", en="Battery firms, second draw (made up)"),
        visits_from=past.day(-3), visits_until=past.day(-20),
    ))  # fmt: skip


def _name_maker(station: Station) -> None:
    """Give the maker a code, under which it finds its own inspections."""
    stream = (one.record for one in station.ledger.store.stream(_MAKER))
    registered = next(body(one, PartyRegistered) for one in stream if one.kind == PartyRegistered.KIND)
    own = Identifier(scheme="usci", value=code(0))
    station.ledger.state(replace(registered, identifiers=(*registered.identifiers, own)), station.operator)


def _lists(past: Past) -> Mapping[str, Record]:
    """Items, firms and officers, as they were frozen two months ago."""
    basis = Names(zh="示例规定", en="an example rule")
    names = {"marks": Names(zh="产品标识", en="Marks on products"), "records": Names(zh="进货查验记录", en="Records of purchases")}
    items = ItemListPublished(
        list=f"{_REGULATOR}/items", edition="1", name=Names(zh="随机抽查事项清单", en="Matters for random inspection"),
        items=tuple(InspectionItem(code=one, name=names[one], sort="general", basis=basis, most_ratio="2/5") for one in _ITEMS),
        valid_from="2024-01-01T00:00:00Z",
    )  # fmt: skip
    lines = [
        f"{code(number)}\t{_TOWNS[number % 2]}\t{'AAABBABCAABD'[number % 12]}\t{_weight(number)}\n" for number in range(_FIRMS)
    ]
    gone = f"{code(13)}\tvisited-lately\t{past.day(75)}\n{code(26)}\tupper-level-covers-it\t\n"
    out = {code(13), code(26)}
    listed = "".join(line for line in lines if line.partition("\t")[0] not in out)
    frame = FreezeFrame(
        frame=f"{_REGULATOR}/list/battery-firms", name=Names(zh="电池企业名录（编造）", en="Battery firms (made up)"),
        as_of=past.ago(days=61),
        source=Names(zh="为本示例编造", en="made up for this example"), document=past.content(listed.encode()),
        exclusions=past.content(gone.encode()), illustrative=True,
    )  # fmt: skip
    officers = [
        OfficerRow(
            certificates=(("2022-01-01", "2099-12-31"),), most=6, officer=f"E{number:02}", unit=f"示例{'一二三'[number % 3]}所",
            permits=tuple(PermitCell(first="2022-01-01", item=item, last="2099-12-31") for item in _ITEMS),
        )
        for number in range(1, 9)
    ]  # fmt: skip
    roll = FreezeOfficers(
        roll=f"{_REGULATOR}/list/officers", name=Names(zh="执法检查人员名录（编造）", en="Officers (made up)"),
        as_of=past.ago(days=61),
        officers=past.content(officer_listing(officers)), illustrative=True,
    )  # fmt: skip
    return {"items": past.state(items, days=61), "frame": past.do(frame, days=61), "officers": past.do(roll, days=61)}


def _weight(number: int) -> int:
    """What a firm weighs; the maker so much that it is drawn for sure."""
    return 2000 if number == 0 else 10 + 7 * number % 23


def _commit(past: Past, lists: Mapping[str, Record], limit: Record, source: SourceNamed) -> CommitDraw:
    return CommitDraw(
        draw=AUTUMN, name=Names(zh="电池企业抽查（编造）", en="Spot check of battery firms (made up)"),
        purpose="batteries, first draw",
        frame=lists["frame"].id, strata=_STRATA, sources=(source,), visits_from=past.day(57), visits_until=past.day(38),
        item_list=lists["items"].id, items=_ITEMS, officers=lists["officers"].id, sending=Sending(different_units=True),
        publication_limit=limit.id, illustrative=True,
    )  # fmt: skip


def _carried_out(past: Past, lists: Mapping[str, Record], limit: Record) -> Record:
    """The first draw, from its commitment sixty days ago to what was made public and what was not."""
    source = SourceNamed(source=_LOTTERY, event="1", not_before=past.ago(days=59), form="numbers", numbers=(6, 1))
    commitment = past.do(_commit(past, lists, limit, source), days=60)
    value = PublishRandomness(
        committed=commitment.id,
        source=source.source,
        event=source.event,
        numbers=_NUMBERS,
        published_at=past.ago(days=59, hours=-1),
    )
    known = past.do(value, days=59, hours=-2)
    drawn = past.do(MakeDraw(committed=commitment.id, randomness=(known.id,)), days=59, hours=-3)
    rows = sorted(past.rows(drawn, DrawnRow), key=lambda one: (one.object != code(0), one.stratum, one.place))
    days = [past.day(57 - place // 2 if place < _REPORTED else 42) for place in range(len(rows))]
    visits = sorted((VisitRow(day=day, object=row.object) for row, day in zip(rows, days, strict=True)), key=lambda one: one.object)
    sent = past.do(AssignOfficers(made=drawn.id, items=past.items(visits)), days=59, hours=-4)
    teams = {team.object: team for team in past.rows(sent, TeamRow)}
    ill = ChangeAssignment(
        assigned=sent.id, object=rows[1].object, reason="ill", explained=Names(zh="当日请病假", en="on sick leave that day"),
        left=teams[rows[1].object].officers[0],
    )  # fmt: skip
    joined = str(past.do(ill, days=58).body["joined"])
    officers = {one: team.officers for one, team in teams.items()} | {rows[1].object: (joined, teams[rows[1].object].officers[1])}
    first = None
    for place, (row, day) in enumerate(zip(rows[:-1], days, strict=False)):
        report = _report(past, row, day, place, drawn=drawn, sent=sent, officers=officers[row.object])
        told = past.do(report, days=50 if place < _REPORTED else 37)
        first = first or told
        if place == _REPORTED - 1:
            past.do(PublishResults(made=drawn.id), days=48)
    if first is not None:
        text = Names(zh="企业提交了改正报告", en="the firm has sent a report of what it put right")
        past.do(ReportFollowUp(visit=first.id, at=past.ago(days=30), sort="corrected", text=text), days=30)
    return drawn


def _report(
    past: Past, row: DrawnRow, day: str, place: int, *, drawn: Record, sent: Record, officers: Sequence[str]
) -> ReportVisit:  # fmt: skip
    """How a visit ended; the maker may read its own, and nobody else does before it is public."""
    outcome = _ENDED[place]
    return ReportVisit(
        made=drawn.id, object=row.object, at=f"{day}T08:30:00Z", outcome=outcome, day=day,
        officers=tuple(officers), assigned=sent.id,
        disposal=Names(zh="责令限期改正", en="ordered to put it right") if place in _BY else None,
        correct_by=past.day(_BY[place]) if place in _BY else None, visible_to=(_MAKER,) if place == 0 else (),
    )  # fmt: skip
