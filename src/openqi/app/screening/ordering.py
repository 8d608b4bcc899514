"""The orders in which streams are shown, the worst first; where two are alike, by name."""

from collections.abc import Callable, Iterable, Mapping
from math import inf
from typing import Any, Final

from openqi.app.screening.measures import QUADRANTS, Screened
from openqi.kernel.errors import DomainError


def _worst(one: Screened) -> tuple[Any, ...]:
    """By quadrant; the unstable ones by their chance, the others by capability."""
    place = QUADRANTS.index(one.quadrant)
    return (place, _chance(one), _capability(one)) if one.unstable else (place, _capability(one), _chance(one))


def _chance(one: Screened) -> float:
    return 0.0 if one.log_chance is None else one.log_chance


def _capability(one: Screened) -> float:
    return inf if one.ppk is None else one.ppk


def _falling(value: float | None) -> float:
    return inf if value is None else -value


ORDERS: Final[Mapping[str, Callable[[Screened], Any]]] = {
    "worst": _worst,
    "stability": lambda one: (_chance(one), _falling(one.alarm_rate)),
    "capability": lambda one: (_capability(one), _chance(one)),
    "alarms": lambda one: (_falling(one.alarm_rate), _chance(one)),
    "shift": lambda one: _falling(None if one.shift is None else abs(one.shift)),
    "spread": lambda one: _falling(one.stability_index),
    "name": lambda _: 0,
}
"""Names of the orders, and by what each sorts: worst, chance of the alarms, Ppk, rate of alarms, shift, stability index, name."""


def ordered(streams: Iterable[Screened], order: str) -> tuple[Screened, ...]:
    """Return streams in an order.

    Raises:
        DomainError: there is no such order.
    """
    if order not in ORDERS:
        raise DomainError(f"no order is called {order!r}; there are {', '.join(ORDERS)}")
    by = ORDERS[order]
    return tuple(sorted(sorted(streams, key=lambda one: one.stream), key=by))
