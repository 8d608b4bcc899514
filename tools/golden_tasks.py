"""The golden records of calendars, limits, tasks and clocks: a log of its own, so that no other golden bytes move."""

from openqi.app.ledger import Ledger, Signer
from openqi.evidence.record import Record
from openqi.pillars.governance.clocks import PauseClock, RecountClock, ResumeClock
from openqi.pillars.governance.tasks import AnswerTask, AskTask
from openqi.records import Names
from openqi.records.governance import PartyRegistered
from openqi.records.tasks import CalendarPublished, Holiday, LimitPublished

CALENDAR, LOT = "https://operator.example/calendar/cn", "https://maker.example/lot/1"


def tasks_records(ledger: Ledger, operator: Signer, laboratory: Signer) -> list[Record]:
    """Publish a calendar and a limit, ask a task, stop its clock, let it go on, count it anew, and answer."""
    published = ledger.state(_calendar(), operator)
    limit = ledger.state(
        LimitPublished(
            limit="https://operator.example/limit/inspection", name=Names(zh="检验时限", en="Time to test"),
            source=Names(zh="双方约定", en="agreed"), ground="agreed", count=5, unit="working-days", ends="next-working-day",
            calendar=CALENDAR, pausing="either", valid_from="2026-01-01T00:00:00Z", starts="governance.party-registered/1",
        ),
        operator,
    )  # fmt: skip
    event = ledger.state(_party(laboratory), operator)
    ask = AskTask(
        party=laboratory.party, subject=LOT, asks=Names(zh="请说明样品状态", en="Tell how the samples are"), limit=limit.id,
        event=event.id, visible_to=(laboratory.party,),
    )  # fmt: skip
    (asked,) = ledger.perform(ask, operator)
    (paused,) = ledger.perform(PauseClock(task=asked.id, reason=Names(zh="等待样品", en="waits for samples")), laboratory)
    (resumed,) = ledger.perform(ResumeClock(task=asked.id), operator)
    ledger.state(_calendar(Holiday(first="2026-11-25", last="2026-11-25", name=Names(zh="示例", en="Example"))), operator)
    (recounted,) = ledger.perform(RecountClock(task=asked.id), operator)
    answer = AnswerTask(task=asked.id, outcome="declined", reason=Names(zh="样品已损坏", en="the samples are broken"))
    (answered,) = ledger.perform(answer, laboratory)
    return [published, limit, asked, paused, resumed, recounted, answered]


def _calendar(*more: Holiday) -> CalendarPublished:
    return CalendarPublished(
        calendar=CALENDAR, name=Names(zh="中国工作日历", en="Working days in China"),
        source=Names(zh="示例通知", en="example notice"),
        since="2026-01-01", until="2026-12-31", offset="+08:00", weekend=("saturday", "sunday"),
        holidays=(Holiday(first="2026-10-01", last="2026-10-07", name=Names(zh="国庆节", en="National Day")), *more),
        working_days=("2026-09-20", "2026-10-10"),
    )  # fmt: skip


def _party(laboratory: Signer) -> PartyRegistered:
    return PartyRegistered(party=laboratory.party, name=Names(en="Laboratory", zh="实验室"))
