"""A list out of the buffers of columns, as Arrow keeps them: ten million objects without an object of Python for any of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openqi.kernel.errors import DomainError
from openqi.science.draws.frame import Exclusion, Frame, checked_exclusions, checked_frame
from openqi.science.draws.hashing.names import names_from
from openqi.science.draws.listing import check_apart, check_labels

if TYPE_CHECKING:
    from numpy.typing import NDArray

Buffer = Any
"""Whatever lends its bytes: `bytes`, a memoryview, a buffer of Arrow."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Coded:
    """A column of few different texts.

    Args:
        labels: the texts, each once, in any order; some may not be used.
        codes: a 32-bit integer an object: a place among the labels.
    """

    labels: Sequence[str]
    codes: Buffer


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """A list as columns.

    Args:
        text: the names in UTF-8, one behind the other.
        offsets: 64-bit integers, one more than there are names.
        stratum: of every object; None for one stratum without a name.
        risk_class: of every object; None for one class without a name.
        size: 64-bit integers; None for 1 each.
    """

    text: bytes
    offsets: Buffer
    stratum: Coded | None = None
    risk_class: Coded | None = None
    size: Buffer | None = None


def frame_of_columns(columns: Columns, exclusions: Sequence[Exclusion] = ()) -> Frame:
    """Return the frame of a list that is there as columns, from which those left out have been taken already.

    Raises:
        DomainError: columns of other lengths, codes without a label, names that are no text, sizes out of range, a tabulator in a
            label.
        RefusedError: an object stands there twice, in whatever spelling; or nobody is left; or as `checked_exclusions`.
    """
    import numpy as np

    names = names_from(columns.text, np.frombuffer(columns.offsets, dtype=np.int64))
    strata, stratum = _labelled(columns.stratum, len(names))
    classes, risk_class = _labelled(columns.risk_class, len(names))
    size = np.ones(len(names), dtype=np.int64) if columns.size is None else np.frombuffer(columns.size, dtype=np.int64)
    for label in (*strata, *classes):
        if any(sign in label for sign in "\t\r\n"):
            raise DomainError(f"label {label!r}: strata and classes are one line of text without tabulators")
    check_labels(strata, "stratum")
    check_labels(classes, "class")
    check_apart(names, exclusions)
    return checked_frame(
        names,
        strata=strata,
        stratum=stratum,
        classes=classes,
        risk_class=risk_class,
        size=size,
        exclusions=checked_exclusions(exclusions),
    )


def _labelled(column: Coded | None, count: int) -> "tuple[list[str], NDArray[Any]]":
    """The labels that are used, sorted, and the place of each object's among them."""
    import numpy as np

    if column is None:
        return [""], np.zeros(count, dtype=np.int64)
    codes = np.frombuffer(column.codes, dtype=np.int32)
    if len(codes) and (codes.min() < 0 or codes.max() >= len(column.labels)):
        raise DomainError("every object has one of the labels")
    used = np.flatnonzero(np.bincount(codes, minlength=len(column.labels))).tolist()
    if len({column.labels[one] for one in used}) != len(used):
        raise DomainError("a label stands among the labels twice")
    ordered = sorted(used, key=lambda one: column.labels[one])
    places = np.zeros(max(len(column.labels), 1), dtype=np.int64)
    places[ordered] = np.arange(len(ordered), dtype=np.int64)
    return [column.labels[one] for one in ordered], places[codes]
