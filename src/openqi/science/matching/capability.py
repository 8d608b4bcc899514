"""What a body states that it can do, and what somebody needs: everything that is compared, in one unit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from openqi.science.matching.spans import Span
from openqi.science.matching.uncertainties import Stated
from openqi.science.signals.places import Place

NOTHING: Final[Mapping[str, Span]] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """A range of the quantity and the uncertainty that is stated over it; None where none is stated.

    Args:
        span: in the unit of the need.
        uncertainty: in the same unit.
    """

    span: Span
    uncertainty: Stated | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Attested:
    """An accreditation or approval that covers a capability: under which scheme, from which day until which day, both included.

    Args:
        scheme: as `CNAS`, `CMA`.
        first, last: days as numbers of `date.toordinal`; last is None where there is no end.
    """

    scheme: str
    first: int
    last: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Capability:
    """One thing that a body states it can do; what it does not state is None or empty, and then nobody knows.

    Args:
        body: who.
        service: as `calibration`, `testing`.
        quantity: the term of the field, as needs name it.
        stretches: ranges with their uncertainty; a need may be covered by several together. Empty for what has no range.
        methods: by which it works.
        conditions: condition → range in which it holds, in the unit of the need.
        attested: accreditations that cover it.
        languages: of its reports.
        free_from: first day on which it can begin, as `date.toordinal`.
        position: where it is.
    """

    body: str
    service: str
    quantity: str
    stretches: tuple[Stretch, ...] = ()
    methods: frozenset[str] = frozenset()
    conditions: Mapping[str, Span] = field(default_factory=lambda: NOTHING)
    attested: tuple[Attested, ...] = ()
    languages: frozenset[str] = frozenset()
    free_from: int | None = None
    position: Place | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """What somebody needs; what is None or empty is not asked for.

    Args:
        service: as capabilities name it.
        quantity: as capabilities name it.
        span: range over which it is needed.
        uncertainty: greatest expanded uncertainty, which may hang on the value; over `span`, which then has two ends.
        methods: any of these will do.
        conditions: condition → range in which it has to hold, all of it.
        schemes: any of these accreditations, valid on the day.
        day: on which it is needed, as `date.toordinal`.
        languages: any of these.
        position: from where distance is counted.
        within: greatest distance in kilometres.
    """

    service: str
    quantity: str
    span: Span | None = None
    uncertainty: Stated | None = None
    methods: frozenset[str] = frozenset()
    conditions: Mapping[str, Span] = field(default_factory=lambda: NOTHING)
    schemes: frozenset[str] = frozenset()
    day: int | None = None
    languages: frozenset[str] = frozenset()
    position: Place | None = None
    within: float | None = None
