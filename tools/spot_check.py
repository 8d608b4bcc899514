"""Writes the invented lists of the spot check example, always the same bytes: `python -m tools.spot_check`.

Firms, classes, weights, officers, and how visits ended are made up with SHA-256; who was drawn and sent is not: that comes out of
the list and the published round, and `python -m tools.spot_check` reads it from a build of the example.
"""

import csv
import io
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from openqi.app.folder import ledger_folder
from openqi.app.workspace.build import build, ledger_path
from openqi.records.draw_rows import DrawnRow, TeamRow
from openqi.records.rows import decoded
from openqi.store.store import Store

R = TypeVar("R", bound=Struct)

FOLDER: Final = Path(__file__).resolve().parent.parent / "examples" / "spot-check"
DAYS: Final = (
    ("", "2023-09-14T08:00:00Z"), ("2-draw", "2023-09-15T12:00:00Z"), ("3-sending", "2023-09-15T13:00:00Z"),
    ("4-visits", "2023-09-28T10:00:00Z"), ("5-publication", "2023-10-20T08:00:00Z"),
)  # fmt: skip
"""What each day adds to `openqi.yaml`, and the instant that its build states."""
TRADES: Final = ("生产", "流通", "餐饮")
SHARES: Final = (("A", 160, 10), ("B", 224, 20), ("C", 246, 45), ("D", 256, 90))
"""Class, the byte below which a firm has it, and what it weighs about."""
LATELY: Final = {7: "2023-08-22", 31: "2023-08-29"}
COVERED: Final = {50: "upper-level-covers-it"}
RECUSED: Final = (("E06", "EX-013", "kin"), ("E08", "EX-020", "past-employer"))
"""Who may not go where; both firms are drawn by this round, so that it shows."""
ENDED: Final = ("未发现问题", "未发现问题", "不合格", "未发现问题", "发现问题经责令已改正", "未发现问题", "通过登记的住所无法联系")
_PASSPHRASE: Final = "correct horse battery staple"


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a CSV file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue().encode()


def firm(number: int) -> tuple[str, str, str, str, int]:
    """Return code, name, trade, class and weight of an invented firm."""
    told = sha256(f"spot check firm {number}".encode()).digest()
    name, base = next((name, base) for name, below, base in SHARES if told[0] < below)
    return f"EX-{number:03}", f"示例企业{number}号", TRADES[number % 3], name, base + told[1] % 10


def lists() -> dict[str, bytes]:
    """Return the lists of the first day."""
    officers = [
        (f"E{number:02}", f"示例{'一二三'[number % 3]}所", "2022-01-01", "2024-12-31", "hygiene;labels", 6)
        for number in range(1, 9)
    ]
    return {
        "lists/firms.csv": table(("编号", "名称", "行业", "等级", "权重"), map(firm, range(1, 61))),
        "lists/visited-lately.csv": table(("编号", "上次检查"), [(firm(one)[0], day) for one, day in LATELY.items()]),
        "lists/covered-above.csv": table(("编号", "原因"), [(firm(one)[0], why) for one, why in COVERED.items()]),
        "lists/recusals.csv": table(("工号", "编号", "理由"), RECUSED),
        "lists/officers.csv": table(("工号", "单位", "证件起", "证件止", "可检查事项", "最多"), officers),
    }


def visit_days(drawn: Sequence[DrawnRow]) -> bytes:
    """Return a day for each firm that was drawn: four a day, in drawn order, from Monday, 18 September."""
    rows = [(row.object, f"2023-09-{18 + place // 4}") for place, row in enumerate(drawn)]
    return table(("编号", "日期"), rows)


def visits(teams: Sequence[TeamRow]) -> bytes:
    """Return how visits ended, made up: one firm was closed, nobody went to one, the rest by turns."""
    rows = []
    for place, team in enumerate(sorted(teams, key=lambda one: (one.day, one.object))):
        told = "已关闭停业或正在清算" if place == 9 else "未检查" if place == 12 else ENDED[place % len(ENDED)]
        went = told != "未检查"
        officers = ";".join(team.officers) if went else ""
        order = ("责令改正", "2023-10-13") if told == "不合格" else ("", "")
        at = f"{team.day} 1{place % 4 + 3}:30" if went else "2023-09-28 17:00"
        rows.append((team.object, team.day if went else "", at, told, officers, *order))
    return table(("编号", "检查日期", "结果时间", "结果", "检查人员", "处理", "改正期限"), rows)


def applied(teams: Iterable[TeamRow], change: Mapping[str, Any]) -> list[TeamRow]:
    """Return the teams after an officer was changed for another."""
    return [
        replace(team, officers=tuple(change["joined"] if one == change["left"] else one for one in team.officers))
        if team.object == change["object"]
        else team
        for team in teams
    ]


def build_until(folder: Path, last: str) -> dict[str, str]:
    """Build a copy of the example day by day, and return entry → record."""
    shutil.copyfile(FOLDER / "openqi.yaml", folder / "openqi.yaml")
    for name in ("lists", "days"):
        shutil.copytree(FOLDER / name, folder / name, dirs_exist_ok=True)
    made: dict[str, str] = {}
    for name, at in DAYS:
        if name:
            with (folder / "openqi.yaml").open("a", encoding="utf-8") as file:
                file.write((folder / "days" / f"{name}.yaml").read_text(encoding="utf-8"))
        made = dict(build(folder, passphrase=lambda _: _PASSPHRASE, at=at).records)
        if name == last:
            break
    return made


def main() -> None:
    """Write the files."""
    (FOLDER / "lists").mkdir(exist_ok=True)
    for name, data in lists().items():
        (FOLDER / name).write_bytes(data)
    with built("2-draw") as (made, store):
        days = visit_days(rows_of(store, made["made_draws/autumn"], DrawnRow))
    (FOLDER / "days" / "visit-days.csv").write_bytes(days)
    with built("3-sending") as (made, store):
        change = store.logged(made["assignment_changes/ill"]).record.body
        teams = applied(rows_of(store, made["assignments/autumn"], TeamRow), change)
    (FOLDER / "days" / "visits.csv").write_bytes(visits(teams))


@contextmanager
def built(last: str) -> Iterator[tuple[dict[str, str], Store]]:
    """Give entry → record and the store of a copy of the example that is built until a day."""
    with tempfile.TemporaryDirectory() as place:
        made = build_until(Path(place), last)
        with ledger_folder(ledger_path(Path(place))).reading() as store:
            yield made, store


def rows_of(store: Store, record: str, row: type[R]) -> list[R]:
    """Return the rows of a record."""
    items = store.logged(record).record.body["items"]
    return decoded(store.blob(items["rows"]["sha256"]).splitlines(), row)


if __name__ == "__main__":
    main()
