"""A plant of which it is known which streams are in control: for the order of screening, its map and its pages."""

from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from plant_readings import watched


def known_plant(
    folder: Path, *, streams: int, readings: int, bad: int, seed: int = 1, names: list[str] | None = None
) -> dict[str, str]:
    """Readings of a plant below `in`, its limits, its results below `out`. Return what each stream is: `good`, or how it is bad.

    The tolerance of every third good stream is too narrow: `narrow`.
    """
    draw = np.random.default_rng(seed)
    called = names or [f"line-{place // 50:02d}/gauge-{place:05d}" for place in range(streams)]
    kinds = ["shifted", "drifting", "wide", "wild"]
    values = draw.standard_normal((streams, readings))
    truth = {}
    chosen = set(draw.permutation(streams)[:bad].tolist())
    tolerance = []
    for place, name in enumerate(called):
        kind = "good" if place % 3 else "narrow"
        if place in chosen:
            kind = kinds[place % 4]
            if kind == "shifted":
                values[place, readings // 2 :] += 2.0
            elif kind == "drifting":
                values[place] += np.linspace(0.0, 3.0, readings)
            elif kind == "wide":
                values[place] *= 2.0
            else:
                values[place, readings // 3] += 12.0
        truth[name] = kind
        tolerance.append(3.0 if kind == "narrow" else 6.0)
    order = sorted(range(streams), key=called.__getitem__)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "in").mkdir()
    table = pa.table({
        "stream": [called[place] for place in order for _ in range(readings)],
        "time": pa.array(np.tile(np.arange(readings) * 3_600_000_000 + 1_764_547_200_000_000, streams)).cast(pa.timestamp("us")),
        "value": values[order].ravel(),
        "unit": ["mm"] * (streams * readings),
    })  # fmt: skip
    parquet.write_table(table, folder / "in" / "1.parquet", row_group_size=20_000)
    ends = np.array(tolerance)
    parquet.write_table(
        pa.table({
            "stream": called, "centre": np.zeros(streams), "sigma": np.ones(streams), "lower": -ends, "upper": ends,
            "unit": ["mm"] * streams,
        }),
        folder / "limits.parquet",
    )  # fmt: skip
    watched(folder / "in", folder / "out", folder / "limits.parquet")
    return truth
