"""The whole life of a task over New Year and Spring Festival 2026: commitment, draw, officers, visits, results, rate, dossiers.

Firms, officers and lottery are invented; the calendar is the one that the State Council's notice says (国办发明电〔2025〕7号).
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from inspection_stage import CALENDAR, Inspections, firms, officer
from openqi.app.dossiers import verified
from openqi.app.folder import FOLDS, FORMAT, POLICY, SETTINGS
from openqi.app.work.published import calendar_at_hand, limit_at_hand
from openqi.evidence.record import Record
from openqi.pillars.governance.workflow import Withdraw
from openqi.records.draw_rows import RecusalRow, VisitRow
from openqi.records.draws import Sending, StratumStated
from openqi.records.inspections import PassedOver
from openqi.store.kinds.local import STOREKIND
from stage import outcome
from unit.interfaces.cli_world import openqi

# How each visit ends, in drawn order, and on which day; the last two objects are never reported.
PLAN = (
    ("2026-01-05", "conforming"), ("2026-01-08", "nonconforming"), ("2026-01-19", "conforming"), ("2026-01-20", "not-found"),
    ("2026-01-27", "corrected"), ("2026-02-05", "conforming"), ("2026-02-14", "nonconforming"), ("2026-02-25", "closed"),
    ("2026-02-28", "refused"), ("2026-03-02", "conforming"), ("2026-03-04", "conforming"), ("2026-03-05", "conforming"),
)  # fmt: skip
ORIGIN = "log.example/task"
OFFICERS = [officer(number, unit=f"unit {number % 4}", most=12) for number in range(12)]


class Task:
    """One task, lived through."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        store = STOREKIND.open(folder, origin=ORIGIN, folds=FOLDS)
        settings = {"format": FORMAT, "origin": ORIGIN, "store": "local"}
        (folder / SETTINGS).write_text(json.dumps(settings), encoding="utf-8")
        s = self.stage = Inspections(ORIGIN, store=store)
        (folder / POLICY).write_bytes(s.policy)
        for year in ("cn-2025", "cn-2026"):
            s.ledger.state(calendar_at_hand(year, CALENDAR), s.operator)
        limit = s.ledger.state(limit_at_hand("publication", "https://operator.example/limit/1", CALENDAR), s.operator)
        lines = [*firms(30, stratum="town", risk_class="A"), *firms(10, stratum="harbour", risk_class="D", first=30)]
        strata = [StratumStated(design="equal", stratum=name, size=size) for name, size in (("town", 8), ("harbour", 6))]
        kin = [RecusalRow(object=f"firm {place}", officer="officer 0", reason="kin") for place in range(40)]
        sending = Sending(each=2, different_units=True, substitutes=2)
        self.made = s.draw(lines, strata, officers=OFFICERS, recusals=kin, sending=sending, publication_limit=limit.id)
        self.names = [row.object for row in s.rows(self.made)]
        days = [day for day, _ in PLAN] + ["2026-03-30"] * 2
        visits = [VisitRow(day=day, object=name) for name, day in zip(self.names, days, strict=True)]
        self.assigned = s.assign(self.made, rows=visits)
        self.teams = {name: list(team.officers) for name, team in s.teams(self.assigned).items()}
        self.visits: dict[str, Record] = {}
        self.published: list[Record] = []
        self._live()

    def _live(self) -> None:
        s = self.stage
        for name, (day, ending) in zip(self.names, PLAN, strict=False):
            if day == "2026-01-08":
                self.changed = self._change(name)
            if day == "2026-02-05":
                s.until("2026-02-04T00:00:00+00:00")
                self.published.append(s.publish(self.made))
            s.until(f"{day}T09:00:00+00:00")
            self.visits[name] = self._report(name, day, ending)
        s.until("2026-03-12T00:00:00+00:00")
        self.published.append(s.publish(self.made, by=s.station))
        self.followed = s.follow(self.visits[self.names[1]], "inspected-again", "2026-03-10T08:00:00Z", outcome="conforming")
        self.before = s.estimate(self.made)
        wrong = self.visits[self.names[0]]
        s.ledger.perform(Withdraw(record=wrong.id, reason="another firm in the same house was visited"), s.bureau)
        self.visits[self.names[0]] = s.ledger.perform(self._said(self.names[0], "2026-01-05", "nonconforming"), s.bureau)[0]
        self.published.append(s.publish(self.made))
        self.rate = s.estimate(self.made, by="stratum")

    def _change(self, name: str) -> Record:
        s = self.stage
        s.until("2026-01-07T06:00:00+00:00")
        leaving, first = self.teams[name][0], s.teams(self.assigned)[name].substitutes[0]
        changed = s.change(self.assigned, name, left=leaving, passed_over=self._over(name, first))
        self.teams[name][0] = changed.body["joined"]
        return changed

    def _over(self, name: str, first: str) -> tuple[PassedOver, ...]:
        stays = next(one.unit for one in OFFICERS if one.officer == self.teams[name][1])
        kept_off = next(one.unit for one in OFFICERS if one.officer == first) == stays
        return () if kept_off else (PassedOver(officer=first, reason="on leave"),)

    def _said(self, name: str, day: str, ending: str) -> Any:
        from openqi.pillars.surveillance.inspections.reporting import ReportVisit

        return ReportVisit(
            made=self.made.id, object=name, at=f"{day}T08:00:00Z", outcome=ending, day=day, officers=tuple(self.teams[name]),  # type: ignore[arg-type]
            assigned=self.assigned.id,
        )  # fmt: skip

    def _report(self, name: str, day: str, ending: str) -> Record:
        return self.stage.ledger.perform(self._said(name, day, ending), self.stage.bureau)[0]


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Task]:
    lived = Task(tmp_path_factory.mktemp("task"))
    yield lived
    lived.stage.store.close()


def test_nobody_visits_who_is_recused_and_teams_are_of_different_units(task: Task):
    unit = {one.officer: one.unit for one in OFFICERS}
    for team in task.teams.values():
        assert "officer 0" not in team
        assert len({unit[one] for one in team}) == 2
    assert task.changed.body["passedOver"]


def test_results_are_due_over_the_holidays_on_the_days_that_a_calendar_on_the_wall_says(task: Task):
    s = task.stage
    first, second, third = map(s.results, task.published)
    due = {name: row.due for rows in (first, second) for name, row in rows.items()}
    assert [due[name] for name in task.names[:12]] == [
        "2026-02-02", "2026-02-05", "2026-02-14", "2026-02-24", "2026-03-02", "2026-03-11", "2026-03-20", "2026-03-24",
        "2026-03-27", "2026-03-30", "2026-04-01", "2026-04-02",
    ]  # fmt: skip
    assert [name for name, row in first.items() if row.late] == task.names[:1], "the first was two days late on 4 February"
    assert {name for name, row in second.items() if row.late} == {task.names[5]}, "the sixth was due the day before"
    assert [one.body["waiting"] for one in task.published] == [9, 2, 2]
    assert third[task.names[0]].outcome == "nonconforming" and third[task.names[0]].replaces == first[task.names[0]].record
    assert set(third) == {task.names[0]}


def test_the_rate_follows_the_correction_and_counts_who_was_never_reported_as_unresolved(task: Task):
    rates = {one["rate"]: one for one in task.rate.body["rates"]}
    # Of the town eight of thirty, of the harbour six of ten were drawn; weighted by hand.
    weights = {name: 30 / 8 if int(name.split()[1]) < 30 else 10 / 6 for name in task.names}
    endings = {name: record.body["outcome"] for name, record in task.visits.items()}
    bad = sum(weights[name] for name, one in endings.items() if one in ("nonconforming", "corrected"))
    seen = sum(weights[name] for name, one in endings.items() if one in ("conforming", "nonconforming", "corrected"))
    assert float(rates["population"]["exactValue"]) == pytest.approx(bad / seen, rel=1e-12)
    assert float(rates["lowest"]["value"]) < float(rates["population"]["value"]) < float(rates["highest"]["value"])
    assert (task.rate.body["waiting"], task.rate.body["unresolved"], task.rate.body["outside"]) == (2, 4, 1)
    hit = {one["rate"]: one["value"] for one in task.before.body["rates"]}["hit"]
    assert (hit, rates["hit"]["value"]) == ("0.33333", "0.44444")
    assert {one["domain"] for one in task.rate.body["domains"]} == {"town", "harbour"}


def test_every_step_proves_and_replays_from_its_dossier_alone_and_says_what_came_later(task: Task):
    s = task.stage
    complete = {
        "assigned": (task.assigned, "passed"), "changed": (task.changed, "passed"), "visit": (task.visits[task.names[3]], "passed"),
        "first publication": (task.published[0], "failed"), "last publication": (task.published[-1], "passed"),
        "follow-up": (task.followed, "passed"), "old rate": (task.before, "failed"), "rate": (task.rate, "passed"),
    }  # fmt: skip
    for name, (record, later) in complete.items():
        # Who is sent rests on sealed recusals: their parties replay all that follows, others see that a step is withheld.
        assert outcome(s.verified(s.dossier(record), whole=False))[:2] == ("withheld", "withheld"), name
        own = s.dossier(record, shown=lambda _: True)
        assert outcome(s.verified(own, whole=False))[:2] == ("passed", "passed"), name
        found = verified(own, policy=s.policy, log=s.whole(*[one.record for one in s.store.scan() if not one.record.public]))
        assert outcome(found) == ("passed", "passed", later), name


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_command_line_verifies_and_explains_each_step(task: Task, tmp_path: Path, language: str):
    s, told = task.stage, {}
    for name, record in (
        ("assigned", task.assigned), ("changed", task.changed), ("visit", task.visits[task.names[1]]),
        ("published", task.published[-1]), ("followed", task.followed), ("rate", task.rate),
    ):  # fmt: skip
        file = tmp_path / f"{name}.openqi"
        file.write_bytes(s.dossier(record, shown=lambda _: True))
        checked = openqi("verify", file, "--policy", task.folder / POLICY, "--json")
        assert checked.status == 0, (name, checked)
        found = json.loads(checked.out)
        assert (found["proved"], found["replayed"]) == ("passed", "passed")
        explained = openqi("explain", record.id, "--in", task.folder, "--lang", language)
        assert explained.status == 0, (name, explained)
        told[name] = explained.out
    wanted = (
        ("14 visits", "14 次检查"), (task.changed.body["joined"], "→"), ("nonconforming", "不合格"),
        ("12/14 objects reported", "12/14 个对象已有结果"), ("inspected-again", "复查"), ("9/14 objects", "9/14 个对象已检查"),
    )  # fmt: skip
    for texts, out in zip(wanted, told.values(), strict=True):
        assert texts[language == "zh"] in out
    assert task.names[1] in told["visit"]
