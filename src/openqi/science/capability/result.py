"""What a capability study found: indices with their intervals, how each number was made, and what speaks against them."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from openqi.kernel.errors import DomainError
from openqi.science.capability.estimates.groups import Groups
from openqi.science.capability.estimates.spread import Spread
from openqi.science.capability.indices import PER_MILLION, Limits, Nonconforming
from openqi.science.capability.intervals.interval import Interval
from openqi.science.capability.stability import Stability


@dataclass(frozen=True, kw_only=True)
class Index:
    """One index.

    Args:
        name: Cp, Cpk, Cpu, Cpl out of the spread within; Pp, Ppk, Ppu, Ppl, Cpm, Cpmk out of that of all readings.
        value: without unit.
        interval: None where none was asked for or known.
        method: how the reach was found: `normal`, a fitted distribution, a transformation, or sample quantiles with their type.
    """

    name: str
    value: float
    interval: Interval | None
    method: str


@dataclass(frozen=True, kw_only=True)
class Notice:
    """An assumption that was made or a warning, as a code with its numbers; words are made where people read.

    Args:
        code: for example `not-stable`.
        parameters: name → number or text.
    """

    code: str
    parameters: Mapping[str, float | int | str]


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How readings were described that are not taken as normal.

    Args:
        method: name of the distribution, transformation, or `empirical`.
        parameters: name → value.
        test: of the fit; `anderson-darling`.
        statistic: None where there is no test.
        p_value: None where there is no test.
        p_value_method: how it was found.
    """

    method: str
    parameters: Mapping[str, float | str]
    test: str | None = None
    statistic: float | None = None
    p_value: float | None = None
    p_value_method: str | None = None


@dataclass(frozen=True, kw_only=True)
class Study:
    """A capability study.

    Args:
        n: readings.
        subgroups: how many; n where readings are single.
        mean: of all readings.
        limits: as given.
        spreads: `overall` and, where it is known, `within` → estimate, as observed.
        uncertainty: standard uncertainty of measurement that was taken off the spreads; 0 where none was given.
        stability: what the gate said.
        fit: None where readings were taken as normal.
        indices: only what may be said: without stability none out of the spread within.
        nonconforming: observed and expected fractions.
        assumptions: what the numbers rest on.
        warnings: what speaks against them.
        groups: the readings as they were taken, in their subgroups; a document leaves them out, a picture shows them.
        moved: the same after a transformation, as the gate saw them; None where there was none.
    """

    n: int
    subgroups: int
    mean: float
    limits: Limits
    spreads: Mapping[str, Spread]
    uncertainty: float
    stability: Stability
    fit: Fit | None
    indices: tuple[Index, ...]
    nonconforming: tuple[Nonconforming, ...]
    assumptions: tuple[Notice, ...]
    warnings: tuple[Notice, ...]
    groups: Groups
    moved: Groups | None = None

    def index(self, name: str) -> Index:
        """Return an index by name.

        Raises:
            DomainError: the study does not state it; the message says which it states.
        """
        found = next((one for one in self.indices if one.name == name), None)
        if found is None:
            why = "" if self.stability.stable else " (the process is not stable: what comes next has no capability)"
            raise DomainError(f"this study states no {name}{why}; it states {', '.join(one.name for one in self.indices)}")
        return found

    @property
    def readings(self) -> tuple[float, ...]:
        """All readings in order of time."""
        return tuple(one for group in self.groups for one in group)

    def document(self) -> dict[str, Any]:
        """Return the study as JSON values; what is infinite or unknown is null."""
        return {
            "n": self.n, "subgroups": self.subgroups, "mean": self.mean,
            "limits": {"lower": _number(self.limits.lower), "upper": _number(self.limits.upper), "target": self.limits.target},
            "spreads": {name: vars(spread) for name, spread in self.spreads.items()},
            "uncertainty": self.uncertainty,
            "stability": vars(self.stability),
            "fit": None if self.fit is None else {**vars(self.fit), "parameters": dict(self.fit.parameters)},
            "indices": [
                {"name": one.name, "value": one.value, "method": one.method, "interval": _interval(one.interval)}
                for one in self.indices
            ],
            "nonconforming": [_fractions(one) for one in self.nonconforming],
            "assumptions": [{"code": one.code, **one.parameters} for one in self.assumptions],
            "warnings": [{"code": one.code, **one.parameters} for one in self.warnings],
        }  # fmt: skip


def _number(value: float) -> float | None:
    return value if isfinite(value) else None


def _interval(found: Interval | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {**vars(found), "lower": _number(found.lower), "upper": _number(found.upper)}


def _fractions(found: Nonconforming) -> dict[str, Any]:
    ppm = {name: PER_MILLION * value for name, value in (("below", found.below), ("above", found.above), ("total", found.total))}
    return {"basis": found.basis, "ppm": ppm, "zBench": found.z_bench}
