"""The list that is frozen before a draw: every object with stratum, class and size, and who was left out, with the reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.hashing.alike import folded_names
from openqi.science.draws.hashing.names import Names, names_of
from openqi.science.draws.tickets import ordered_with_ties

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGEST = 2**40
"""Sizes above this are refused: ten million of them still add up within 64 bits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """An object that can be drawn.

    Args:
        name: its identifier, a unified social credit code for example; one line of text.
        stratum: within which it is drawn; one line, may be empty.
        risk_class: whose floor and cap hold for it; one line, may be empty.
        size: how much it weighs within its stratum, an integer >= 0: risk, turnover, staff.
    """

    name: str
    stratum: str = ""
    risk_class: str = ""
    size: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Exclusion:
    """An object that cannot be drawn this time, and why: `visited-lately`, `upper-level-covers-it`, `closed` …"""

    name: str
    reason: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Frame:
    """A list as columns: one object a place. Labels are sorted, codes are places among them.

    Args:
        names: of the objects that can be drawn, each once.
        strata: labels; `stratum` has the code of each object.
        classes: labels; `risk_class` has the code of each object.
        size: 64-bit integers.
        by_digest: places in the order of SHA-256 of the names, in which the list is committed to.
        exclusions: who is left out, sorted by name.
    """

    names: Names
    strata: tuple[str, ...]
    stratum: "NDArray[Any]"
    classes: tuple[str, ...]
    risk_class: "NDArray[Any]"
    size: "NDArray[Any]"
    by_digest: "NDArray[Any]"
    exclusions: tuple[Exclusion, ...] = ()

    def __len__(self) -> int:
        return len(self.names)

    def place_of(self, name: str) -> int:
        """Return the place of an object.

        Raises:
            DomainError: it is not on the list; told with the reason where it was left out.
        """
        if (place := self._place(name.encode(errors="surrogatepass"))) is not None:
            return place
        for one in self.exclusions:
            if one.name == name:
                raise DomainError(f"{name} was left out of the list: {one.reason}{' (' + one.detail + ')' if one.detail else ''}")
        raise DomainError(f"{name} is not on the list")

    def _place(self, wanted: bytes) -> int | None:
        """The place of a name, halving the list in the order of digests: as many hashes as its length has binary digits."""
        digest = sha256(wanted).digest()
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if sha256(self.names[int(self.by_digest[middle])]).digest() < digest:
                low = middle + 1
            else:
                high = middle
        found = int(self.by_digest[low]) if low < len(self) else None
        return found if found is not None and self.names[found] == wanted else None


def counted(labels: Sequence[str], codes: "NDArray[Any]") -> tuple[tuple[str, int], ...]:
    """Return how many objects have each label."""
    import numpy as np

    return tuple(zip(labels, np.bincount(codes, minlength=len(labels)).tolist(), strict=True))


def frame_of(candidates: Iterable[Candidate], exclusions: Iterable[Exclusion] = ()) -> Frame:
    """Return the frame of a list of objects; who is excluded is taken out of it and kept beside it.

    Raises:
        DomainError: a name or label of more than one line, a size that is no integer from 0 to 2**40.
        RefusedError: an object stands there twice, is excluded twice or without a reason, or nobody is left.
    """
    import numpy as np

    left_out = checked_exclusions(exclusions)
    out = {one.name for one in left_out}
    everybody = list(candidates)
    if unknown := out - {one.name for one in everybody}:
        raise RefusedError("exclusions-are-on-the-list", f"{min(unknown)} is excluded and was not on the list")
    kept = [one for one in everybody if one.name not in out]
    strata, classes = sorted({one.stratum for one in kept}), sorted({one.risk_class for one in kept})
    for each in kept:
        if type(each.size) is not int or not 0 <= each.size <= LARGEST:
            raise DomainError(f"{each.name}: a size is an integer from 0 to 2**40, not {each.size!r}")
    places = {label: place for place, label in enumerate(strata)}
    ranks = {label: place for place, label in enumerate(classes)}
    return checked_frame(
        names_of([one.name for one in kept]),
        strata=strata,
        stratum=np.array([places[one.stratum] for one in kept], dtype=np.int64),
        classes=classes,
        risk_class=np.array([ranks[one.risk_class] for one in kept], dtype=np.int64),
        size=np.array([one.size for one in kept], dtype=np.int64),
        exclusions=left_out,
    )


def checked_exclusions(exclusions: Iterable[Exclusion]) -> tuple[Exclusion, ...]:
    """Return who is left out, sorted by name.

    Raises:
        RefusedError: somebody is excluded twice or without a reason.
    """
    left_out = tuple(sorted(exclusions, key=lambda one: one.name))
    for before, one in zip((None, *left_out), left_out, strict=False):
        if not one.reason:
            raise RefusedError("exclusions-have-reasons", f"{one.name} is excluded without a reason: say why")
        if before and before.name == one.name:
            raise RefusedError("one-exclusion-an-object", f"{one.name} is excluded twice: {before.reason}, {one.reason}")
    return left_out


def checked_frame(
    names: Names,
    *,
    strata: Sequence[str],
    stratum: "NDArray[Any]",
    classes: Sequence[str],
    risk_class: "NDArray[Any]",
    size: "NDArray[Any]",
    exclusions: tuple[Exclusion, ...] = (),
) -> Frame:
    """Return a frame of columns that are there already, ten million objects for example.

    Raises:
        DomainError: columns of other lengths, codes without a label, labels that are not sorted, sizes out of range.
        RefusedError: an object stands there twice, in whatever spelling, a stratum is empty, or nobody is there.
    """
    _check_columns(names, strata, stratum, classes, risk_class, size)
    by_digest, ties = ordered_with_ties(names, b"")
    if (twice := _twice(names, by_digest, ties)) is not None:
        raise RefusedError("objects-once", f"{names.name(twice[0])} stands on the list twice: one object has one ticket")
    if (plain := folded_names(names)) is not None and (twice := _twice(plain, *ordered_with_ties(plain, b""))) is not None:
        one, other = (names.name(place) for place in sorted(twice))
        raise RefusedError("objects-once", f"{one!r} and {other!r} read as one object: one object has one ticket")
    return Frame(
        names=names,
        strata=tuple(strata),
        stratum=stratum,
        classes=tuple(classes),
        risk_class=risk_class,
        size=size,
        by_digest=by_digest,
        exclusions=exclusions,
    )


def _check_columns(
    names: Names,
    strata: Sequence[str],
    stratum: "NDArray[Any]",
    classes: Sequence[str],
    risk_class: "NDArray[Any]",
    size: "NDArray[Any]",
) -> None:
    import numpy as np

    count = len(names)
    if count == 0:
        raise RefusedError("frame-not-empty", "nobody is on the list: there is nothing to draw from")
    for labels, codes, what in ((strata, stratum, "stratum"), (classes, risk_class, "class")):
        if len(codes) != count or codes.min() < 0 or codes.max() >= len(labels):
            raise DomainError(f"every object has one {what} of those listed")
        if list(labels) != sorted(set(labels)) or any("\n" in label for label in labels):
            raise DomainError(f"the names of each {what} are lines of text, sorted, each once")
    if len(size) != count or size.min() < 0 or size.max() > LARGEST:
        raise DomainError("every object has a size, an integer from 0 to 2**40")
    if bool(np.any(names.text[: int(names.offsets[-1])] == ord("\n"))):
        raise DomainError("the name of an object is one line")
    if (
        absent := sorted(set(range(len(strata))) - set(np.flatnonzero(np.bincount(stratum, minlength=len(strata))).tolist()))
    ) != []:
        raise RefusedError("strata-not-empty", f"no object is in stratum {strata[absent[0]]!r}: leave it out of the plan")


def _twice(names: Names, by_digest: "NDArray[Any]", ties: list[tuple[int, int]]) -> tuple[int, int] | None:
    """The places of a name that stands there twice: both have one digest, so they are neighbours with equal first bits."""
    for begin, end in ties:
        for one, other in pairwise(by_digest[begin:end].tolist()):
            if names[one] == names[other]:
                return one, other
    return None
