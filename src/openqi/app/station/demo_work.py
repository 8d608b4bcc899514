"""The work of the example station: calendars, limits, tasks that wait, are late, stand still or were answered; all invented."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from msgspec import structs

from openqi.app.ledger import Signer
from openqi.app.published import calendar_at_hand, calendar_names
from openqi.app.station.demo_complaints import complain_to_example_regulator
from openqi.app.station.demo_control import watch_example_process
from openqi.app.station.demo_draws import draw_example_firms
from openqi.app.station.demo_pledges import pledge_example
from openqi.app.station.demo_recalls import recall_example_chargers
from openqi.app.station.station import Station
from openqi.evidence.record import Record
from openqi.kernel.instant import format_instant
from openqi.pillars.governance.clocks import PauseClock
from openqi.pillars.governance.tasks import AnswerTask, AskTask, acts_in
from openqi.records import Body, Command, Names
from openqi.records.tasks import CalendarPublished, LimitPublished

_ASSOCIATION: Final = "https://association.example"
_CALENDAR: Final = f"{_ASSOCIATION}/calendar/cn"
_DECIDE: Final = "conformity.decide-lot/1"
_LOT: Final = "https://maker.example/lot/2026-03-A"
_MAKER, _LABORATORY, _CERTIFIER = "https://maker.example", "https://laboratory.example", "https://certifier.example"
_REGULATOR, _CALIBRATION, _CHAIN = "https://regulator.example", "https://calibration.example", "https://chain.example"
_TEST: Final = LimitPublished(
    limit=f"{_ASSOCIATION}/limit/test", name=Names(zh="检验：五个工作日", en="Testing: five working days"),
    source=Names(zh="示例约定", en="agreed for this example"), ground="agreed", count=5, unit="working-days",
    ends="next-working-day", calendar=_CALENDAR, pausing="either", valid_from="2024-01-01T00:00:00Z",
)  # fmt: skip
_RETEST: Final = LimitPublished(
    limit=f"{_ASSOCIATION}/limit/retest", name=Names(zh="申请复检：十五日", en="To ask for a second test: fifteen days"),
    source=Names(zh="产品质量法第十五条", en="Product Quality Law, article 15"), ground="legal", count=15, unit="calendar-days",
    ends="next-working-day", calendar=_CALENDAR, pausing="nobody",
    valid_from="2000-08-31T16:00:00Z",
)  # fmt: skip


class _Example:
    """Does what the example people do, with the keys that are kept for them."""

    def __init__(self, station: Station) -> None:
        self._station, self._signers = station, _signers(station)

    def state(self, body: Body) -> Record:
        return self._station.ledger.state(body, self._station.operator)

    def signer(self, party: str) -> Signer:
        return self._signers[party]

    def do(self, command: Command, party: str) -> Record:
        return self._station.ledger.perform(command, self._signers[party])[0]

    def done(self, party: str, act: str, subject: str) -> Record | None:
        """The newest record of a party that an act on a subject left behind."""
        found = [one.record for one in self._station.ledger.store.stream(subject) if act in acts_in(one.record)]
        return next((record for record in reversed(found) if record.issuer == party), None)

    def ago(self, **span: float) -> str:
        return format_instant(self._station.clock() - timedelta(**span))


def ask_example_work(station: Station) -> None:
    """Publish calendars and limits, watch a process, and let the example people ask each other for work."""
    example = _Example(station)
    watch_example_process(station, example.signer(_MAKER))
    for one in (*(calendar_at_hand(name, _CALENDAR) for name in calendar_names()), *_provisional(station.clock().year)):
        example.state(one)
    draw_example_firms(station, example.signer(_REGULATOR))
    pledge_example(station, example.signer(_MAKER))
    recall_example_chargers(station, example.signer(_MAKER), example.signer(_REGULATOR))
    complain_to_example_regulator(station, example.signer(_REGULATOR), example.signer(_MAKER))
    test, retest = example.state(_TEST), example.state(_RETEST)
    for asker, asked in _waiting(example, test.id, retest.id):
        _asked(example, asker, asked)
    cycler, reason = "https://laboratory.example/instrument/cycler-3", Names(zh="等待仪器送到", en="waits for the instrument")
    calibrate = AskTask(
        party=_CALIBRATION, subject=cycler, limit=test.id, act="metrology.calibration-certified/1",
        asks=Names(zh="请校准充放电仪", en="Calibrate the cycler"),
    )  # fmt: skip
    paused = _asked(example, _LABORATORY, calibrate)
    example.do(PauseClock(task=paused.id, reason=reason, visible_to=(_LABORATORY,)), _CALIBRATION)
    decided = example.done(_CERTIFIER, _DECIDE, _LOT)
    if decided is not None:
        asks = Names(zh="请判定该批", en="Decide on this lot")
        task = _asked(example, _MAKER, AskTask(party=_CERTIFIER, subject=_LOT, act=_DECIDE, limit=test.id, asks=asks))
        example.do(AnswerTask(task=task.id, outcome="done", record=decided.id, visible_to=(_MAKER,)), _CERTIFIER)


def _waiting(example: _Example, test: str, retest: str) -> tuple[tuple[str, AskTask], ...]:
    """Who asks what that waits; the second has been late for weeks."""
    again = AskTask(
        party=_LABORATORY, subject=_LOT, asks=Names(zh="请复测该批的容量", en="Measure the capacity of this lot again"),
        act="conformity.readings-reported/1", limit=test,
    )  # fmt: skip
    late = AskTask(
        party=_LABORATORY, subject="https://maker.example/cell/B0018", act="conformity.result-reported/1", limit=test,
        asks=Names(zh="请报告 B0018 的型式试验结果", en="Report the type test of B0018"), counted_from=example.ago(days=40),
    )  # fmt: skip
    objection = AskTask(
        party=_MAKER, subject=_LOT, limit=retest,
        asks=Names(zh="对抽查结果如有异议，请申请复检", en="If you object to the result, ask for a second test"),
    )  # fmt: skip
    events = AskTask(
        party=_MAKER, subject=_LOT, act="traceability.events-captured/1", due=example.ago(hours=-36),
        asks=Names(zh="请补报该批的出厂事件", en="Report where this lot went from the plant"),
    )  # fmt: skip
    return (_REGULATOR, again), (_CERTIFIER, late), (_REGULATOR, objection), (_CHAIN, events)


def _asked(example: _Example, asker: str, command: AskTask) -> Record:
    """A task that both parties may see, and nobody else."""
    return example.do(structs.replace(command, visible_to=(command.party,)), asker)


def _provisional(year: int) -> tuple[CalendarPublished, ...]:
    """Weekends only, for the years of which this version knows no notice; a later record of the same calendar takes their place."""
    last = max(int(name.removeprefix("cn-")) for name in calendar_names())
    return tuple(
        CalendarPublished(
            calendar=_CALENDAR, name=Names(zh=f"中国工作日历 {one}（暂行）", en=f"Working days in China, {one} (provisional)"),
            source=Names(zh="通知发布前只计周末", en="weekends only, until the notice is published"), since=f"{one}-01-01",
            until=f"{one}-12-31", offset="+08:00", weekend=("saturday", "sunday"),
        )
        for one in range(last + 1, max(year + 1, last + 1) + 1)
    )  # fmt: skip


def _signers(station: Station) -> dict[str, Signer]:
    """Party → the kept key of an example person who acts for it."""
    found: dict[str, Signer] = {}
    for account, _, _ in station.people.sessions.beginning("demo-"):
        visitor = station.people.visitor(station.people.sessions.open(account))
        for hat in () if visitor is None else visitor.hats:
            if visitor is not None and hat.kept:
                found[hat.party] = station.people.custody.signer(replace(visitor, hat=hat, fresh=True))
    return found
