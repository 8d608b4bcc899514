"""What is asked of scans, what is known beside them, and what is told of a serial."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from openqi.kernel.errors import DomainError
from openqi.science.signals.alarms import FalseAlarms

MOST_SERIALS: Final = 50
"""Different serials that a device may scan in 24 hours before it counts for nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Usual:
    """What is usual: moves of serials that are known to be honest, as numbers of serials by their moves.

    Args:
        moves: moves → how many honest serials had as many.
        serials: which of the scanned ones are known to be honest; they are not named.
        source: where that is from, in words.
    """

    moves: Mapping[int, int] = field(default_factory=dict)
    serials: frozenset[str] = frozenset()
    source: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What is known of serials beside their scans.

    Args:
        begins: serial → seconds since 1970 when it was put to use.
        ends: serial → when it was disposed of, taken back, recalled or revoked.
        markets: serial → the markets of its licence, where it has some.
        everywhere: markets of every serial that has none of its own; empty where they may be sold anywhere.
    """

    begins: Mapping[str, int] = field(default_factory=dict)
    ends: Mapping[str, int] = field(default_factory=dict)
    markets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    everywhere: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """How scans are looked at.

    Args:
        fdr: of those that are named, how many may be named in vain on average.
        most_serials: see `MOST_SERIALS`; 0 for any number.
        coarse: seconds by which a time may be earlier than the scan was.
        most: how many serials are told at most.
    """

    fdr: float = 0.05
    most_serials: int = MOST_SERIALS
    coarse: int = 0
    most: int = 1000

    def __post_init__(self) -> None:
        """Raise DomainError for what has no meaning."""
        if not 0.0 < self.fdr < 1.0:
            raise DomainError(f"a false discovery rate of {self.fdr}; between 0 and 1, both excluded")
        if self.most_serials < 0 or not 0 <= self.coarse <= 3600 or self.most < 1:
            raise DomainError(
                "a device scans 0 (any number) or more serials a day, times are coarse by 0 to 3600 s, 1 or more are told"
            )


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan as it is told: seconds since 1970, the place, the device by a number of this answer, -1 where it is not known."""

    at: int
    place: str
    device: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What is told of one serial.

    Args:
        serial: its name.
        scans, devices: how many; devices that count for something.
        labels: on which it stands at least; `apart` are the scans that show it.
        moves: between supported places; `moved` are the scans before and after the first of them.
        p: chance that an honest serial moves as much; None where nothing says what is usual.
        outside, early, late: devices outside of its markets, before it was put to use, after its end.
        named: whether it is among those that the false discovery rate speaks of.
    """

    serial: str
    scans: int
    devices: int
    labels: int
    apart: tuple[Scan, ...]
    moves: int
    moved: tuple[tuple[Scan, Scan], ...]
    p: float | None
    outside: int
    early: int
    late: int
    named: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Scored:
    """What scans show.

    Args:
        scans, serials, places: how many were looked at.
        left_out: scans by devices that count for nothing.
        unknown: scans by devices that are not known.
        two_labels: serials that stand on two labels at least.
        usual: honest serials that say what is usual; 0 where there are none.
        threshold: moves from which on a serial is named; None where none is.
        alarms: how often honest serials reach that.
        named: serials that are named.
        told: the serials, the least usual first.
        facts: how many serials were scanned outside of their markets, before they were put to use, after their end.
    """

    scans: int
    serials: int
    places: int
    left_out: int
    unknown: int
    two_labels: int
    usual: int
    threshold: int | None
    alarms: FalseAlarms | None
    named: int
    told: tuple[Told, ...]
    facts: tuple[int, int, int]
