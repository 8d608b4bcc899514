"""The objects that were drawn: with what probability, in which stratum and which first-stage unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.rates.kernels import totals_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

Column = Sequence[str] | Sequence[int]
Values: TypeAlias = "Sequence[float] | NDArray[Any]"


@dataclass(frozen=True, kw_only=True)
class Coded:
    """A column of names as numbers: the names in the order in which they first appear, and the number of each row."""

    names: tuple[str, ...]
    codes: "NDArray[Any]"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A drawn sample; made by `sample_of`, which checks it.

    Args:
        probability: of inclusion, of each object, in (0, 1].
        stratum: of each object.
        unit: first-stage unit of each object, counted over all strata; None where objects were drawn themselves.
        unit_stratum: stratum of each unit.
        unit_probability: of inclusion of each unit; None where it is not known.
        stratum_units: how many units the population has in each stratum; None where that is not known.
    """

    probability: "NDArray[Any]"
    stratum: Coded
    unit: "NDArray[Any] | None"
    unit_stratum: "NDArray[Any]"
    unit_probability: "NDArray[Any] | None"
    stratum_units: "NDArray[Any] | None"

    @cached_property
    def drawn(self) -> "NDArray[Any]":
        """Units that were drawn in each stratum."""
        return self._counted(None)

    @cached_property
    def unsure(self) -> "tuple[NDArray[Any], NDArray[Any]]":
        """Of the units that were not certain, their number in each stratum and the sum of their probabilities."""
        import numpy as np

        if self.unit_probability is None:
            return self.drawn, np.zeros(len(self.stratum.names))
        rows = np.flatnonzero(self.unit_probability < 1.0)
        weight = totals_by(self.unit_probability[rows], self.unit_stratum[rows], len(self.stratum.names))
        return self._counted(rows), weight

    @cached_property
    def nobody_certain(self) -> "Sample":
        """The same with who was certain to be drawn made all but certain: where some were not examined, all is chance.

        For intervals, not for variances: weights stay the same to the last bits, and nobody counts as known.
        """
        import numpy as np

        below = float(np.nextafter(1.0, 0.0))
        chance = None if self.unit_probability is None else np.minimum(self.unit_probability, below)
        return replace(self, probability=np.minimum(self.probability, below), unit_probability=chance)

    def _counted(self, rows: "NDArray[Any] | None") -> "NDArray[Any]":
        import numpy as np

        where = self.unit_stratum if rows is None else self.unit_stratum[rows]
        return np.bincount(where, minlength=len(self.stratum.names)).astype(float)

    def __len__(self) -> int:
        """Return how many objects were drawn."""
        return len(self.probability)

    @property
    def units(self) -> int:
        """Return how many units of the first stage were drawn."""
        return len(self.unit_stratum)


def coded(column: Column) -> Coded:
    """Return the distinct values of a column, in the order in which they first appear, and the number of each row."""
    import numpy as np

    values: Sequence[Any] = column.tolist() if hasattr(column, "tolist") else column
    known = {name: place for place, name in enumerate(dict.fromkeys(values))}
    codes = np.fromiter(map(known.__getitem__, values), dtype=np.int64, count=len(values))
    return Coded(names=tuple(str(one) for one in known), codes=codes)


def sample_of(
    probability: Sequence[float],
    *,
    stratum: Column | None = None,
    psu: Column | None = None,
    psu_probability: Sequence[float] | None = None,
    stratum_units: Mapping[str, int] | None = None,
) -> Sample:
    """Return a sample that has been checked.

    Args:
        probability: with which each object was drawn, in (0, 1].
        stratum: of each object; without, all are in one.
        psu: first-stage unit of each object, its name unique within its stratum; without, objects were drawn themselves.
        psu_probability: with which the unit of each object was drawn.
        stratum_units: units (objects, where objects were drawn) that the population has in each stratum.

    Raises:
        DomainError: columns of different length, a probability outside (0, 1], units that disagree.
        RefusedError: a stratum of the population has no object in the sample.
    """
    import numpy as np

    chance = _chances("probability", probability)
    if not len(chance):
        raise DomainError("no object in the sample: nothing can be estimated from nothing")
    _same_length(len(chance), stratum=stratum, psu=psu, psu_probability=psu_probability)
    strata = coded(stratum) if stratum is not None else Coded(names=("all",), codes=np.zeros(len(chance), dtype=np.int64))
    sizes = None if stratum_units is None else _sizes(stratum_units, strata.names)
    if psu is None:
        if psu_probability is not None:
            raise DomainError("psu_probability without psu: name the first-stage units too")
        found = Sample(
            probability=chance, stratum=strata, unit=None, unit_stratum=strata.codes, unit_probability=chance, stratum_units=sizes
        )
    else:
        found = _of_units(chance, strata, coded(psu), psu_probability, sizes)
    if sizes is not None:
        _not_more_than_there_are(found, sizes)
    return found


def _of_units(
    chance: "NDArray[Any]", strata: Coded, places: Coded, given: Sequence[float] | None, sizes: "NDArray[Any] | None"
) -> Sample:
    """A sample whose objects lie in first-stage units, of which each has one probability."""
    import numpy as np

    both = strata.codes * len(places.names) + places.codes
    _, first, unit = np.unique(both, return_index=True, return_inverse=True)
    own = None
    if given is not None:
        stated = _chances("psu_probability", given)
        own = stated[first]
        if (wrong := np.flatnonzero(own[unit] != stated)).size:
            raise DomainError(
                f"psu_probability of row {int(wrong[0]) + 1}: another one than an object of the same unit has; a unit has one"
            )
    return Sample(
        probability=chance,
        stratum=strata,
        unit=unit.astype(np.int64),
        unit_stratum=strata.codes[first],
        unit_probability=own,
        stratum_units=sizes,
    )


def _chances(name: str, given: Sequence[float]) -> "NDArray[Any]":
    import numpy as np

    found = np.asarray(given, dtype=float)
    bad = np.flatnonzero(~((found > 0.0) & (found <= 1.0)))
    if bad.size:
        raise DomainError(
            f"{name} of row {int(bad[0]) + 1} is {float(found[bad[0]])}; every drawn object has one above 0 and at most 1, "
            "and without it cannot stand for others"
        )
    return found


def _same_length(rows: int, **columns: Sequence[Any] | None) -> None:
    for name, column in columns.items():
        if column is not None and len(column) != rows:
            raise DomainError(f"{name} has {len(column)} rows and probability {rows}; one a drawn object")


def _sizes(stated: Mapping[str, int], names: tuple[str, ...]) -> "NDArray[Any]":
    import numpy as np

    if missing := [name for name in names if name not in stated]:
        raise DomainError(f"no number of units for stratum {missing[0]!r}; state it for each of {', '.join(names[:30])}")
    if empty := [name for name, size in stated.items() if size > 0 and name not in names]:
        raise RefusedError(
            "every-stratum-drawn",
            f"stratum {empty[0]!r} has {stated[empty[0]]} objects and none was drawn: no rate of the whole population can be "
            "estimated; draw in it, or say that the rate leaves it out by leaving it out of the numbers",
        )
    return np.asarray([float(stated[name]) for name in names])


def _not_more_than_there_are(sample: Sample, sizes: "NDArray[Any]") -> None:
    for name, one, size in zip(sample.stratum.names, sample.drawn.tolist(), sizes.tolist(), strict=True):
        if one > size:
            raise DomainError(f"stratum {name!r}: {one:.0f} units were drawn of {size:.0f}; no more can be drawn than there are")
