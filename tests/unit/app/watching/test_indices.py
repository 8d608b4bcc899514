"""Capability in the results of watching: the indices and intervals of a study of each stream, and the targets they are about."""

from hashlib import sha256

import numpy as np
import pytest
from pyarrow import parquet

from openqi.engines.plant.baseline import baseline_of
from openqi.science.capability.estimates.spread import moving_range_dof
from openqi.science.capability.intervals.interval import bissell
from openqi.science.capability.study import study
from plant_readings import plant, watched


def test_indices_and_their_intervals_are_those_of_a_study_of_each_stream(tmp_path):
    whole = plant(tmp_path / "in", streams=3, points=200)
    rows = [f"gauge-{stream:05d},0,1,-4,{upper},{target}" for stream, (upper, target) in enumerate(((4, 0.5), (5, ""), ("", "")))]
    (tmp_path / "b.csv").write_text("stream,centre,sigma,lower,upper,target\n" + "\n".join(rows), encoding="utf-8")
    watched(tmp_path / "in", tmp_path / "out", tmp_path / "b.csv")
    found = parquet.read_table(next((tmp_path / "out/streams").glob("*"))).to_pylist()
    for row, values, upper, target in zip(found, whole, (4.0, 5.0, None), (0.5, None, None), strict=True):
        there = [float(value) for value in values if not np.isnan(value)]
        asked = study(there, lower=-4.0, upper=upper, target=target, alarms=0)
        names = {one.name: one for one in asked.indices}
        assert row["cpm"] == (None if target is None else pytest.approx(names["Cpm"].value, rel=1e-12))
        if upper is None:
            assert row["ppk"] == pytest.approx(names["Ppl"].value, rel=1e-12)
            continue
        assert (row["ppk_lower"], row["ppk_upper"]) == pytest.approx(
            (names["Ppk"].interval.lower, names["Ppk"].interval.upper), rel=1e-12
        )
        # Moving ranges do not span what is missing, so sigma within is another one; its interval is that of its own figures.
        ranges = np.abs(np.diff(values))
        dof = moving_range_dof(int(np.sum(~np.isnan(ranges))))
        half = bissell(row["cpk"], len(there), dof, 0.95)
        assert (row["cpk_lower"], row["cpk_upper"]) == pytest.approx((half.lower, half.upper), rel=1e-12)


def test_a_baseline_without_targets_is_the_one_that_it_was_before_there_were_any():
    columns = {"stream": ["a", "b"], "centre": [0.0, 1.0], "sigma": [1.0, 2.0], "lower": [None, -4.0], "upper": [4.0, None]}
    without = baseline_of(columns, "b")
    before = sha256(repr((without.streams, without.units)).encode())
    for row in (without.centre, without.sigma, without.lower, without.upper):
        before.update(row.tobytes())
    assert without.digest() == before.hexdigest()
    assert baseline_of(columns | {"target": [1.0, None]}, "b").digest() != before.hexdigest()
