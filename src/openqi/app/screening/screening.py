"""Screening: every watched stream judged for stability against the run length of its rules, and for capability; the worst first."""

from math import isfinite
from pathlib import Path
from typing import Any

from openqi.app.screening.measures import Quadrant, Screened, Screening
from openqi.app.screening.ordering import ordered
from openqi.app.screening.results import Alarms, Results, read_results
from openqi.kernel.errors import DomainError
from openqi.science.charts.rules.rule import RuleSet
from openqi.science.charts.run_lengths.streams.screening import (
    log_chance_of_alarms,
    log_chance_of_distance,
    log_chance_of_either,
    named_streams,
)

RATE, CAPABLE = 0.05, 1.33


def screen(
    folder: Path, *, rules: RuleSet | None = None, rate: float = RATE, dependent: bool = False, capable_from: float = CAPABLE,
    order: str = "worst",
) -> Screening:  # fmt: skip
    """Return the streams of a folder of results, the worst first.

    Args:
        folder: the --out of `openqi watch`.
        rules: that were watched, where they are one's own.
        rate: false discovery rate among the streams that are named unstable, in (0, 1).
        dependent: streams may depend on each other in any way.
        capable_from: least Ppk that is called capable, > 0.
        order: a name of `ORDERS`.

    Raises:
        NotFoundError: there are no results.
        FormatError: they are damaged, or of other rules.
        DomainError: an argument lies outside.
    """
    return screened(read_results(folder, rules), rate=rate, dependent=dependent, capable_from=capable_from, order=order)


def screened(
    results: Results, *, rate: float = RATE, dependent: bool = False, capable_from: float = CAPABLE, order: str = "worst"
) -> Screening:
    """Return the streams of results that were read; arguments and errors as `screen` has them."""
    if not 0.0 < rate < 1.0:
        raise DomainError(f"a false discovery rate of {rate}; between 0 and 1, both excluded")
    if not (isfinite(capable_from) and capable_from > 0.0):
        raise DomainError(f"capable from {capable_from}; a Ppk above 0, for example 1.33")
    chance = results.manifest.chance
    length = chance["run_length"]
    found, none = results.alarms(), Alarms()
    alarms = [found.get(stream, none) for stream in results.rows["stream"]]
    there = [read - missing for read, missing in zip(results.rows["readings"], results.rows["missing"], strict=True)]
    expected = [None if length is None else count / length for count in there]
    far = [_farthest(results, place, one) for place, one in enumerate(alarms)]
    chances = [
        None
        if mean is None
        else log_chance_of_either(log_chance_of_alarms(one.separate, mean), log_chance_of_distance(off or 0.0, count))
        for one, mean, off, count in zip(alarms, expected, far, there, strict=True)
    ]
    known = [one for one in chances if one is not None]
    named = named_streams(known, rate, dependent=dependent) if known else None
    unstable = named.unstable if named is not None else (False,) * len(alarms)
    streams = [
        _screened(results, place, alarms[place], far[place], expected[place], chances[place], unstable[place], capable_from)
        for place in range(len(alarms))
    ]
    return Screening(
        streams=ordered(streams, order), rules=results.rules.name, run_length=length, run_length_off_by=chance["off_by"],
        run_length_method=chance["method"], rate=rate, dependent=dependent, capable_from=capable_from, order=order,
        log_threshold=None if named is None else named.log_threshold, clock=results.manifest.clock,
    )  # fmt: skip


def _screened(
    results: Results, place: int, alarms: Alarms, farthest: float | None, expected: float | None, log_chance: float | None,
    unstable: bool, capable_from: float,
) -> Screened:  # fmt: skip
    def of(name: str) -> Any:
        column = results.rows.get(name)
        return None if column is None else column[place]

    def ends(name: str) -> tuple[float, float] | None:
        low, high = of(f"{name}_lower"), of(f"{name}_upper")
        return None if low is None or high is None else (low, high)

    ppk = of("ppk")
    capable = None if ppk is None else ppk >= capable_from
    return Screened(
        stream=str(of("stream")), unit=of("unit") or "", readings=of("readings") - of("missing"), missing=of("missing"),
        last_time=of("last_time"), centre=of("centre"), sigma=of("sigma"), lower_limit=of("lower_limit"),
        upper_limit=of("upper_limit"), lower=of("lower_tolerance"), upper=of("upper_tolerance"), mean=of("mean"),
        within=of("sigma_within"), overall=of("sigma_overall"), alarm_points=of("alarms"), alarms=alarms.separate,
        farthest=farthest, expected=expected, log_chance=log_chance, unstable=unstable, last_alarm=alarms.time,
        last_alarm_value=alarms.value,
        cp=of("cp"), cpk=of("cpk"), pp=of("pp"), ppk=ppk, cpm=of("cpm"), cpk_ends=ends("cpk"), ppk_ends=ends("ppk"),
        capable=capable, quadrant=_quadrant(unstable, capable),
        rules={rule.number: of(f"rule_{rule.number}") for rule in results.rules.rules},
    )  # fmt: skip


def _farthest(results: Results, place: int, alarms: Alarms) -> float | None:
    """How far from the centre the farthest point with an alarm lies, in sigma; None where there is none, or no sigma."""
    centre, sigma = float(results.rows["centre"][place]), float(results.rows["sigma"][place])
    if not sigma or alarms.greatest < alarms.least:
        return None
    return max(alarms.greatest - centre, centre - alarms.least, 0.0) / sigma


def _quadrant(unstable: bool, capable: bool | None) -> Quadrant:
    if capable is None:
        return "unstable" if unstable else "stable"
    if unstable:
        return "unstable-capable" if capable else "unstable-incapable"
    return "stable-capable" if capable else "stable-incapable"
