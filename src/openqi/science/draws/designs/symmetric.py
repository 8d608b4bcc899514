"""Designs whose samples have chances in closed form, in whole numbers: Sampford's, and Poisson given how many are drawn.

With chances a_i / q the chance of a sample s is in proportion to the product of a_i within s and of q - a_i outside of it, for
Sampford's design times the sum of q - a_i within s. Generating polynomials add this up over all samples, without a division.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from openqi.kernel.errors import RefusedError
from openqi.science.draws.designs.design import Pool, Selection, certain_places
from openqi.science.draws.targets import Targets
from openqi.science.draws.tickets import WHOLE

WORK = 20_000_000
"""The square of the number of objects, times how many are drawn: more takes minutes and gigabytes."""
WORD = 64
"""Bits of the whole number that stands for one, for which `WORK` holds; floors and caps without a common measure make more."""
Row = list[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Weights:
    """A stratum in whole numbers, its certain objects left out.

    Args:
        places: of the objects, in the order of their names.
        inside: a_i of each.
        outside: q - a_i of each.
        wanted: how many of them are drawn.
        sampford: whether samples are weighted by the sum of q - a_i within them.
    """

    places: tuple[int, ...]
    inside: tuple[int, ...]
    outside: tuple[int, ...]
    wanted: int
    sampford: bool


def weights_of(targets: Targets, *, sampford: bool, key: Callable[[int], bytes] | None = None) -> Weights:
    """Return the weights of those who are not certain.

    Args:
        targets: the chances.
        sampford: which of the two designs.
        key: sorts places; None leaves them as they stand.

    Raises:
        RefusedError: there are too many for whole numbers.
    """
    certain = set(certain_places(targets))
    wanted = int(targets.expected) - len(certain)
    places = [place for place in range(len(targets)) if place not in certain]
    lengths, whole = targets.in_whole_numbers() if len(places) ** 2 * wanted <= WORK else ([], 0)
    if not lengths or len(places) ** 2 * wanted * max(WORD, whole.bit_length()) > WORK * WORD:
        raise RefusedError(
            "small-enough",
            f"{wanted} of {len(places)} is too much for exact whole numbers: take pareto, systematic in drawn order, or rounder "
            "floors and caps",
        )
    if key:
        places.sort(key=key)
    inside = tuple(lengths[place] for place in places)
    outside = tuple(whole - one for one in inside)
    return Weights(places=tuple(places), inside=inside, outside=outside, wanted=wanted, sampford=sampford)


def _times(plain: Row, marked: Row, inside: int, outside: int, wanted: int) -> tuple[Row, Row]:
    """The polynomials with one object more: how many samples weigh what, and with the sum of q - a within them."""
    last = min(len(plain), wanted)
    following, with_sum = [0] * (last + 1), [0] * (last + 1)
    for k in range(last + 1):
        if k < len(plain):
            following[k] = outside * plain[k]
            with_sum[k] = outside * marked[k]
        if k:
            following[k] += inside * plain[k - 1]
            with_sum[k] += inside * (marked[k - 1] + outside * plain[k - 1])
    return following, with_sum


def _without(plain: Row, marked: Row, inside: int, outside: int) -> tuple[Row, Row]:
    """The polynomials without an object: the division has no rest."""
    fewer, with_sum = [0] * len(plain), [0] * len(plain)
    for k in range(len(plain)):
        before, marked_before = (fewer[k - 1], with_sum[k - 1]) if k else (0, 0)
        fewer[k] = (plain[k] - inside * before) // outside
        with_sum[k] = (marked[k] - inside * (marked_before + outside * before)) // outside
    return fewer, with_sum


def drawn(pool: Pool, targets: Targets, *, sampford: bool) -> Selection:
    """Return one sample: the last name first, each object by its own ticket against its chance given those before it."""
    weights = weights_of(targets, sampford=sampford, key=pool.name)
    rows: list[tuple[Row, Row]] = [([1], [0])]
    for inside, outside in zip(weights.inside, weights.outside, strict=True):
        rows.append(_times(*rows[-1], inside, outside, weights.wanted))
    left, gathered = weights.wanted, 0 if sampford else 1
    found = []
    for number in range(len(weights.places) - 1, -1, -1):
        plain, marked = rows[number]
        inside, outside, place = weights.inside[number], weights.outside[number], weights.places[number]
        more = gathered + outside if sampford else 1
        into = inside * _weight(plain, marked, left - 1, more, sampford)
        out = outside * _weight(plain, marked, left, gathered, sampford)
        if pool.ticket(place) * (into + out) < into * WHOLE:
            found.append(place)
            left, gathered = left - 1, more
    sure = sorted(certain_places(targets), key=pool.name)
    return Selection(places=(*sure, *sorted(found, key=lambda place: (pool.ticket(place), pool.name(place)))))


def _weight(plain: Row, marked: Row, k: int, gathered: int, sampford: bool) -> int:
    """What all ways weigh to draw k more."""
    if not 0 <= k < len(plain):
        return 0
    return gathered * plain[k] + (marked[k] if sampford else 0)


def _all(weights: Weights) -> tuple[Row, Row]:
    plain, marked = [1], [0]
    for inside, outside in zip(weights.inside, weights.outside, strict=True):
        plain, marked = _times(plain, marked, inside, outside, weights.wanted)
    return plain, marked


def single_chances(targets: Targets, *, sampford: bool) -> tuple[Fraction, ...]:
    """Return the exact chance of every object."""
    weights = weights_of(targets, sampford=sampford)
    found = [Fraction(1)] * len(targets)
    plain, marked = _all(weights)
    n = weights.wanted
    for place, inside, outside in zip(weights.places, weights.inside, weights.outside, strict=True):
        fewer, with_sum = _without(plain, marked, inside, outside)
        if sampford:
            found[place] = Fraction(inside * (with_sum[n - 1] + outside * fewer[n - 1]), marked[n])
        else:
            found[place] = Fraction(inside * fewer[n - 1], plain[n])
    return tuple(found)


def joint_chances(targets: Targets, *, sampford: bool) -> tuple[tuple[Fraction, ...], ...]:
    """Return the exact chance that two objects are both drawn, the single ones on the diagonal."""
    alone = single_chances(targets, sampford=sampford)
    weights = weights_of(targets, sampford=sampford)
    found = [[one if row == column else one * other for column, other in enumerate(alone)] for row, one in enumerate(alone)]
    plain, marked = _all(weights)
    n = weights.wanted
    for first in range(len(weights.places)):
        fewer = _without(plain, marked, weights.inside[first], weights.outside[first])
        for second in range(first):
            least, with_sum = _without(*fewer, weights.inside[second], weights.outside[second])
            pair = weights.inside[first] * weights.inside[second]
            if n < 2:
                value = Fraction(0)
            elif sampford:
                sums = (weights.outside[first] + weights.outside[second]) * least[n - 2] + with_sum[n - 2]
                value = Fraction(pair * sums, marked[n])
            else:
                value = Fraction(pair * least[n - 2], plain[n])
            one, other = weights.places[first], weights.places[second]
            found[one][other] = found[other][one] = value
    return tuple(tuple(row) for row in found)
