"""A small simulated plant for the READMEs, and what the commands say of it: `python -m tools.plant [FOLDER]`.

Sixty presses measure a thickness every minute for two nights; in the second, press 7 has moved, 23 wears and 41 scatters.
Without FOLDER the commands are played too.
"""

import random
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow import parquet

from tools.demo import Player

START, END = "<!-- plant -->\n```console\n", "```\n<!-- /plant -->"
PAGES: Final = {"README.md": "C", "README.zh.md": "zh_CN"}
COMMANDS: Final = (
    'openqi chart press-07.csv --kind i-mr --rules "nelson 1+5" --column thickness --centre 2 --sigma 0.02 --picture press-07.svg',
    "openqi watch readings/ --baseline limits.csv --rules nelson --out results/",
    "openqi screen results/ --top 4 --picture map.svg",
)
_PRESSES, _NIGHTS, _POINTS = 60, 2, 240
_BEGAN: Final = datetime(2026, 11, 28, 22)  # noqa: DTZ001 -- plants write local times


def write_plant(folder: Path) -> None:
    """Write `readings/` (Parquet, a file a night), `limits.csv` and the second night of one press as `press-07.csv`."""
    chance = random.Random(20261130)
    (folder / "readings").mkdir(parents=True)
    names = [f"press-{number:02}" for number in range(1, _PRESSES + 1)]
    for night in range(_NIGHTS):
        rows = [
            (name, _BEGAN + timedelta(days=night, minutes=point), _thickness(chance, name, night, point))
            for name in names
            for point in range(_POINTS)
        ]
        columns = dict(zip(("stream", "time", "value"), map(list, zip(*rows, strict=True)), strict=True))
        table = pa.table({**columns, "unit": ["mm"] * len(rows)})
        parquet.write_table(table, folder / "readings" / f"{_BEGAN + timedelta(days=night):%Y-%m-%d}.parquet")
    limits = "".join(f"{name},2,0.02,1.9,2.1,mm\n" for name in names)
    (folder / "limits.csv").write_text(f"stream,centre,sigma,lower,upper,unit\n{limits}", encoding="utf-8")
    seen = [(time, value) for name, time, value in rows if name == "press-07" and time.minute % 6 == 0]
    told = "".join(f"{time:%Y-%m-%dT%H:%M},{value}\n" for time, value in seen)
    (folder / "press-07.csv").write_text(f"time,thickness\n{told}", encoding="utf-8")


def _thickness(chance: random.Random, name: str, night: int, point: int) -> float:
    drawn = chance.gauss(0, 0.02)
    if night:
        moved = {"press-07": 0.03, "press-23": 0.0002 * point}.get(name, 0.0)
        drawn = moved + drawn * (1.8 if name == "press-41" else 1.0)
    return round(2 + drawn, 3)


def shown(text: str) -> str:
    """Return the commands with their answers as a README shows them."""
    return text[text.index(START) + len(START) : text.index(END)]


def main(folder: Path) -> None:
    """Play the commands in both languages, and print what the READMEs show."""
    for language in PAGES.values():
        place = folder / language
        place.mkdir()
        write_plant(place)
        player = Player(place, language)
        for line in COMMANDS:
            player.run(line, status=1)  # each finds something


if __name__ == "__main__":
    if len(sys.argv) > 1:
        write_plant(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as made:
            main(Path(made))
