"""Coarse places, and the least time that anything takes between two of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, pi, sqrt
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError
from openqi.science.numbers.circular import unchecked_asin
from openqi.science.numbers.compiled import compiled
from openqi.science.numbers.elementary import cos, sin

if TYPE_CHECKING:
    from numpy.typing import NDArray

EARTH: Final = 6371.0088
"""Mean radius in kilometres. Source: [GRS80]."""
FASTEST: Final = 1000.0
"""Kilometres an hour that nothing which bears a label exceeds for long: an airliner with the wind."""
MOST_PLACES: Final = 4096


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A coarse place: a town, a district.

    Args:
        name: of the place.
        latitude: of its middle, degrees, -90 to 90.
        longitude: degrees, -180 to 180.
        reach: how far from the middle a scan may be that is told as being here, kilometres, >= 0.
        market: the market that it belongs to.
    """

    name: str
    latitude: float
    longitude: float
    reach: float
    market: str = ""


def kilometres(one: Place, other: Place) -> float:
    """Return the distance of the middles of two places on a sphere."""
    first, second = _direction(one), _direction(other)
    return _kilometres(*first, *second)


def least_seconds(places: Sequence[Place], *, fastest: float = FASTEST) -> "NDArray[Any]":
    """Return the least whole seconds between any point of one place and any of another, a row and a column a place.

    Both reaches are taken off the distance, so that what is called impossible is impossible wherever in both places it happened.

    Args:
        places: at most 4096.
        fastest: kilometres an hour, > 0.

    Raises:
        DomainError: a place lies nowhere, stands there twice, or there are too many.
    """
    import numpy as np

    if not 0 < len(places) <= MOST_PLACES or not (isfinite(fastest) and fastest > 0.0):
        raise DomainError(f"{len(places)} places at {fastest} km/h; 1 to {MOST_PLACES} at more than 0: take coarser ones")
    if len({one.name for one in places}) != len(places):
        raise DomainError("a place stands there twice")
    for one in places:
        inside = abs(one.latitude) <= 90.0 and abs(one.longitude) <= 180.0 and 0.0 <= one.reach < 20_000.0
        if not inside:
            raise DomainError(f"{one.name}: latitude {one.latitude}, longitude {one.longitude}, reach {one.reach} are no place")
    directions = np.array([_direction(one) for one in places], dtype=np.float64)
    reaches = np.array([one.reach for one in places], dtype=np.float64)
    found = np.zeros((len(places), len(places)), dtype=np.int64)
    _least_seconds(directions, reaches, fastest / 3600.0, found)
    return found


def _direction(place: Place) -> tuple[float, float, float]:
    up, around = place.latitude * pi / 180.0, place.longitude * pi / 180.0
    return cos(up) * cos(around), cos(up) * sin(around), sin(up)


def _kilometres(a: float, b: float, c: float, d: float, e: float, f: float) -> float:
    """Along the sphere, from the chord: exact enough for neighbours and for opposite ends."""
    x, y, z = a - d, b - e, c - f
    half = 0.5 * sqrt(x * x + y * y + z * z)
    return 2.0 * EARTH * unchecked_asin(min(half, 1.0))


@compiled
def _least_seconds(directions: Any, reaches: Any, a_second: float, found: Any) -> None:
    for i in range(len(reaches)):
        for j in range(len(reaches)):
            far = _kilometres(
                directions[i, 0], directions[i, 1], directions[i, 2], directions[j, 0], directions[j, 1], directions[j, 2]
            )
            rest = far - reaches[i] - reaches[j]
            found[i, j] = int(rest / a_second) if rest > 0.0 and i != j else 0
