"""What a design is: how it draws, and what it knows of the chances of single objects and of pairs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from openqi.kernel.catalogue import load
from openqi.kernel.errors import DomainError
from openqi.science.draws.hashing.many import first_words
from openqi.science.draws.hashing.names import Names
from openqi.science.draws.targets import Targets
from openqi.science.draws.tickets import WHOLE, whole_ticket

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDER = "openqi.science.draws.designs.kinds"
HEAD = 1 << 192
"""A whole ticket is its first 64 bits times this, and less than this."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Pool:
    """The objects of a stratum with their tickets.

    Args:
        names: of the whole list.
        members: places of the list that belong to the stratum, None for all of them in order.
        prefix: 64 bytes that stand before a name: of the seed and the purpose.
        first: the first 64 bits of the ticket of every member.
        whole: the ticket of the stratum itself, for designs that need one number more.
    """

    names: Names
    members: "NDArray[Any] | None"
    prefix: bytes
    first: "NDArray[Any]"
    whole: int

    def __len__(self) -> int:
        return len(self.first)

    def name(self, place: int) -> bytes:
        """Return the name of a member in UTF-8."""
        return self.names[place if self.members is None else int(self.members[place])]

    def ticket(self, place: int) -> int:
        """Return the whole ticket of a member."""
        return whole_ticket(self.prefix, self.name(place))


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """What was drawn.

    Args:
        places: members, in the order in which they were drawn.
        facts: numbers that hold for the whole draw, the last ticket that was drawn for example.
    """

    places: tuple[int, ...]
    facts: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Chance:
    """The chance that an object had.

    Args:
        value: the chance; exact where `error` is 0, else the number that is nearest to it among those known.
        error: how far the true chance can be off.
        method: `exact`; `integrated`, with the error seen by taking more nodes; or `target`, with an error that is proved.
    """

    value: Fraction
    error: float
    method: Literal["exact", "integrated", "target"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Design:
    """A way to draw.

    Args:
        name: as a plan names it.
        fixed: whether it always draws as many as are expected.
        sized: whether chances follow sizes; else all are alike.
        draw: what is drawn of a pool with these targets.
        chances: of some members, under these targets.
        joint: chances of pairs of all members; None where the design does not know them exactly.
        statistic: what is compared for a member, by name; each explains itself in docs/surveillance/draws.md.
        source: where it is from.
    """

    name: str
    fixed: bool
    sized: bool
    draw: Callable[[Pool, Targets], Selection]
    chances: Callable[[Targets, tuple[int, ...]], tuple[Chance, ...]]
    joint: Callable[[Targets], tuple[tuple[Fraction, ...], ...]] | None
    statistic: Callable[[Pool, Targets, int], Mapping[str, Fraction]]
    source: str


def designs() -> Mapping[str, Design]:
    """Return all designs by name."""
    return load(FOLDER, Design)


def design(name: str) -> Design:
    """Return a design.

    Raises:
        DomainError: there is none of this name.
    """
    if name not in designs():
        raise DomainError(f"there is no design {name!r}; there are {', '.join(designs())}")
    return designs()[name]


def pool_of(names: Names, members: "NDArray[Any] | None", prefix: bytes, first: "NDArray[Any]", stratum: str) -> Pool:
    """Return the pool of a stratum.

    Args:
        names: of the whole list.
        members: its places of the list, None for all.
        prefix: of the seed and the purpose.
        first: first bits of the tickets of the whole list.
        stratum: its name.
    """
    # No name of an object has a line end, so that this ticket is nobody's.
    whole = whole_ticket(prefix, f"\nstratum\n{stratum}".encode())
    return Pool(names=names, members=members, prefix=prefix, first=first if members is None else first[members], whole=whole)


def small_pool(names: list[str], prefix: bytes, stratum: str = "") -> Pool:
    """Return the pool of a list of names that is a stratum of its own."""
    from openqi.science.draws.hashing.names import names_of

    columns = names_of(names)
    return pool_of(columns, None, prefix, first_words(columns, prefix), stratum)


def exact_targets(targets: Targets, places: tuple[int, ...]) -> tuple[Chance, ...]:
    """Return the targets as exact chances: the design meets them."""
    return tuple(Chance(value=targets.chance(place), error=0.0, method="exact") for place in places)


def ticket_alone(pool: Pool, _: Targets, place: int) -> Mapping[str, Fraction]:
    """Return the ticket, as a part of all tickets."""
    return {"ticket": Fraction(pool.ticket(place), WHOLE)}


def certain_places(targets: Targets) -> list[int]:
    """Return the places of those who are drawn for certain."""
    import numpy as np

    return [int(place) for place in np.flatnonzero(targets.certain())]


def by_ticket(pool: Pool) -> list[int]:
    """Return the members in the order of their tickets, whole ones where first bits are equal."""
    import numpy as np

    places = np.argsort(pool.first, kind="stable")
    first = pool.first[places]
    found: list[int] = places.tolist()
    if bool(np.any(first[1:] == first[:-1])):
        found.sort(key=lambda place: (int(pool.first[place]), pool.ticket(place), pool.name(place)))
    return found
