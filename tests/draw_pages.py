"""A ledger folder with draws in every state, and a server of it, for tests of what pages and programs show of them."""

from pathlib import Path

from inspection_stage import Inspections, firms, officer
from openqi.app.folder import FOLDS
from openqi.records.draws import ClassBound, StratumStated
from openqi.store.kinds.local import STOREKIND
from surveillance_stage import COUNTIES, DRAND, DRAW, KEY, LOTTERY, STRATA, firm

OVERDUE, CANCELLED, HIDDEN, RESULTS = (
    f"https://bureau.example/draw/{name}" for name in ("overdue", "cancelled", "hidden", "results")
)
NUMBERS = "3 5 12 14 20 31 + 7"
OUTCOMES = ("conforming", "nonconforming", "conforming", "not-found", "conforming", "closed")
BY_CLASS = (
    StratumStated(design="equal", stratum="A", ratio="1/50"),
    StratumStated(design="equal", stratum="D", ratio="1"),
    StratumStated(design="order", stratum="key"),
)


def draws_ledger(folder: Path, *, objects: int = 900) -> Inspections:
    """A draw that was made of a beacon and a lottery, one without a result, one cancelled, one hidden, and one with results."""
    folder.mkdir(parents=True, exist_ok=True)
    stage = Inspections("log.example/1", store=STOREKIND.open(folder, origin="log.example/1", folds=FOLDS))
    (folder / "policy.txt").write_bytes(stage.ledger.policy())
    (folder / "ledger.json").write_text('{"format":"openqi-ledger/1","origin":"log.example/1","store":"local"}')
    rows = b"".join(
        f"{firm(number)}\t{COUNTIES[number % 2]}\t{'ABCD'[number // 2 % 4]}\t{1 + number % 13}\n".encode()
        for number in range(objects)
        if number != 5
    )
    frame = stage.frame(rows, f"{firm(5)}\tupper-level-covers-it\t\n".encode())
    east = StratumStated(
        design="pareto",
        stratum="east",
        size=objects // 9,
        floors=STRATA[0].floors,
        caps=(ClassBound(risk_class="D", chance="3/5"),),
    )
    told = {"item_list": stage.item_list().id, "items": ("toys",)}
    first = stage.commit(frame, strata=(east, STRATA[1]), sources=(DRAND, LOTTERY), **told)
    stage.commit(frame, draw=OVERDUE, strata=(east, STRATA[1]), sources=(DRAND, LOTTERY))
    stage.cancelled(stage.commit(frame, draw=CANCELLED, strata=(east, STRATA[1])))
    stage.commit(frame, draw=HIDDEN, strata=(east, STRATA[1]), key=KEY)
    beacon = stage.beacon(first)
    stage.clock.wait(hours=3)
    numbers = stage.beacon(
        first, source=LOTTERY.source, event=LOTTERY.event, signature=None, numbers=NUMBERS, published_at="2023-09-15T13:15:00Z",
        read_at="https://www.cwl.gov.cn/",
    )  # fmt: skip
    stage.made(first, beacon, numbers)
    _with_results(stage)
    stage.ledger.store.publish()
    return stage


def _with_results(stage: Inspections) -> None:
    """A draw by class with officers, a change of them, and results of most visits."""
    limit = stage.limit()
    lines = [
        *firms(100, stratum="A", risk_class="A"),
        *firms(8, stratum="D", risk_class="D", first=200),
        *firms(3, stratum="key", first=300),
    ]
    roll = [officer(number, f"unit {number % 3}") for number in range(12)]
    made = stage.draw(lines, BY_CLASS, officers=roll, draw=RESULTS, publication_limit=limit.id)
    assigned = stage.assign(made)
    names = [row.object for row in stage.rows(made)]
    team = stage.teams(assigned)[names[0]]
    stage.change(assigned, names[0], left=team.officers[0])
    stage.until("2026-01-07T00:00:00+00:00")
    for place, name in enumerate(names[1:-1], start=1):
        stage.report(
            made, name, OUTCOMES[place % len(OUTCOMES)], officers=stage.teams(assigned)[name].officers, assigned=assigned.id
        )
    stage.publish(made)
    stage.estimate(made)


__all__ = ["CANCELLED", "DRAW", "HIDDEN", "NUMBERS", "OVERDUE", "RESULTS", "draws_ledger"]
