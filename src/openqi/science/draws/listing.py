"""A list as a file: a line an object with name, stratum, class and size, tabulators between; and who was left out, likewise."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from unicodedata import is_normalized

from openqi.kernel.errors import DomainError, FormatError, RefusedError
from openqi.science.draws.frame import LARGEST, Exclusion, Frame, checked_frame
from openqi.science.draws.hashing.alike import first_alike, folded, folded_names, unseen, unseen_told
from openqi.science.draws.hashing.arrays import running_totals
from openqi.science.draws.hashing.names import Names, names_from
from openqi.science.draws.rows import row_pieces, split_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

MEDIA_TYPE = "text/tab-separated-values"
TAB, LINE, RETURN, NOUGHT, NINE = 9, 10, 13, 48, 57
COLUMNS = 4
DIGITS = len(str(LARGEST))
TOLD = 80
LONGEST = 400
"""Bytes of a name: a longer one would be found not to fit into a row when it is drawn, and not before."""


def frame_of_listing(document: bytes, exclusions: bytes = b"") -> Frame:
    """Return the frame that a file lists.

    Args:
        document: UTF-8, a line an object that can be drawn: name, stratum, class, size; stratum and class may be empty.
        exclusions: UTF-8, a line an object that cannot: name, reason, detail; the detail may be empty.

    Raises:
        FormatError: bytes that are no such lines; the message says which line.
        RefusedError: an object stands there twice, on the list and among the excluded, or nobody is there.
        DomainError: a name that holds what cannot be seen, a size out of range.
    """
    import numpy as np

    _check_bytes(document, "the list")
    if (split := split_rows(document)) is not None:
        names, tails, codes, size = split
        strata, stratum, classes, ranks = _coded(tails, codes)
    else:
        text = np.frombuffer(document, dtype=np.uint8)
        begins, ends = _fields(document, text)
        names = _names(text, begins[:, 0], ends[:, 0])
        strata, stratum, classes, ranks = _labels(document, begins[:, 1], ends[:, 2])
        size = _sizes(document, text, begins[:, 3], ends[:, 3])
    left_out = exclusions_of(exclusions)
    check_apart(names, left_out)
    try:
        return checked_frame(
            names, strata=strata, stratum=stratum, classes=classes, risk_class=ranks, size=size, exclusions=left_out
        )  # fmt: skip
    except RefusedError as error:
        if error.rule != "objects-once":
            raise
        raise RefusedError(error.rule, f"{_told(error)}{_where(names)}") from error


def listing_bytes(frame: Frame) -> bytes:
    """Return the file of a frame; `frame_of_listing` gives it back."""
    return b"".join(row_pieces(frame))


def exclusion_listing(exclusions: Sequence[Exclusion]) -> bytes:
    """Return the file of those who were left out."""
    return "".join(f"{one.name}\t{one.reason}\t{one.detail}\n" for one in exclusions).encode()


def exclusions_of(document: bytes) -> tuple[Exclusion, ...]:
    """Return who was left out and why, sorted by name.

    Raises:
        FormatError: bytes that are no such lines; the message says which line.
        RefusedError: somebody is left out twice, or without a reason.
    """
    if not document:
        return ()
    _check_bytes(document, "the list of exclusions")
    found: dict[str, tuple[int, Exclusion]] = {}
    for number, line in enumerate(document.decode().split("\n")[:-1], start=1):
        parts = line.split("\t")
        if len(parts) != 3 or not parts[0]:
            raise FormatError(f"line {number} of the exclusions, {line[:TOLD]!r}, is no name, reason and detail with tabs between")
        name, reason, detail = parts
        for text in parts:
            _check_seen(text, f"line {number} of the exclusions")
        if not reason:
            raise RefusedError("exclusions-have-reasons", f"line {number}: {name} is excluded without a reason: say why")
        plain = folded(name)
        if plain in found:
            before, other = found[plain]
            raise RefusedError(
                "one-exclusion-an-object", f"lines {before} and {number}: {other.name} is excluded twice: {other.reason}, {reason}"
            )
        found[plain] = (number, Exclusion(name=name, reason=reason, detail=detail))
    return tuple(sorted((one for _, one in found.values()), key=lambda one: one.name))


def _check_seen(text: str, what: str) -> None:
    """Refuse a text that reads as another one, as something in it cannot be seen."""
    if (character := unseen(text)) is not None:
        raise DomainError(f"{what} holds {unseen_told(character)}")
    if text != text.strip():
        raise DomainError(f"{what} has {text!r}, with a space at an end: write it without")


def _check_bytes(document: bytes, what: str) -> None:
    if not document:
        raise RefusedError("frame-not-empty", f"{what} is empty: there is nothing to draw from")
    if document.startswith(b"\xef\xbb\xbf"):
        raise FormatError(f"{what} begins with a byte order mark: write it as plain UTF-8")
    if (place := document.find(b"\r")) >= 0:
        number = document.count(b"\n", 0, place) + 1
        raise FormatError(f"line {number} of {what} holds a carriage return: end lines with a line feed alone")
    if not document.endswith(b"\n"):
        raise FormatError(f"{what} does not end with a line end: is it whole?")
    if document.isascii():
        return
    try:
        text = document.decode()
    except UnicodeDecodeError as error:
        number = document.count(b"\n", 0, error.start) + 1
        raise FormatError(f"line {number} of {what} is no UTF-8") from error
    if not is_normalized("NFC", text):
        number = next(place for place, line in enumerate(text.split("\n"), start=1) if not is_normalized("NFC", line))
        raise FormatError(f"line {number} of {what} is not composed (NFC): records hold text in that form alone")


def _fields(document: bytes, text: "NDArray[Any]") -> "tuple[NDArray[Any], NDArray[Any]]":
    """Where each field begins and ends, a row a line."""
    import numpy as np

    marks = np.flatnonzero((text == TAB) | (text == LINE))
    lines = document.count(b"\n")
    if len(marks) != lines * COLUMNS or bool(np.any(text[marks].reshape(-1, COLUMNS) != np.array([TAB, TAB, TAB, LINE]))):
        _wrong_columns(document)
    ends = marks.reshape(-1, COLUMNS)
    begins = np.empty_like(ends)
    flat = begins.reshape(-1)
    flat[0] = 0
    flat[1:] = marks[:-1] + 1
    return begins, ends


def _wrong_columns(document: bytes) -> None:
    for number, line in enumerate(document.split(b"\n")[:-1], start=1):
        if (found := line.count(b"\t")) != COLUMNS - 1:
            told = line.decode()[:TOLD]
            raise FormatError(
                f"line {number}, {told!r}, has {found + 1} columns: an object has {COLUMNS}, name, stratum, class and size, "
                "with tabs between"
            )


def _names(text: "NDArray[Any]", begins: "NDArray[Any]", ends: "NDArray[Any]") -> Names:
    """The first column as a run of bytes."""
    import numpy as np

    lengths = ends - begins
    if len(empty := np.flatnonzero(lengths == 0)):
        raise FormatError(f"line {int(empty[0]) + 1} has no name: every object has one")
    if len(long := np.flatnonzero(lengths > LONGEST)):
        raise FormatError(f"line {int(long[0]) + 1} has a name of more than {LONGEST} bytes: name objects by their codes")
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    running_totals(lengths, offsets[1:])
    # Byte k of all names together is byte k of the file, further by what stands between the names before it.
    taken = np.arange(int(offsets[-1]), dtype=np.int64) + np.repeat(begins - offsets[:-1], lengths)
    return names_from(text[taken].tobytes(), offsets)


def _labels(document: bytes, begins: "NDArray[Any]", ends: "NDArray[Any]") -> "tuple[list[str], Any, list[str], Any]":
    """Sorted strata and classes, and the code of both for every line: few different pairs, looked up by their bytes."""
    import numpy as np

    known: dict[bytes, int] = {}
    places = zip(begins.tolist(), ends.tolist(), strict=True)
    codes = np.fromiter(
        (known.setdefault(document[begin:end], len(known)) for begin, end in places), dtype=np.int64, count=len(begins)
    )
    return _coded([*known], codes)


def _coded(tails: Sequence[bytes], codes: "NDArray[Any]") -> "tuple[list[str], Any, list[str], Any]":
    """Sorted strata and classes out of different pairs of them, and the code of both for every line."""
    import numpy as np

    pairs = [tuple(pair.decode().split("\t")) for pair in tails]

    def column(place: int, what: str) -> "tuple[list[str], NDArray[Any]]":
        labels = sorted({pair[place] for pair in pairs})
        check_labels(labels, what)
        at = {label: number for number, label in enumerate(labels)}
        return labels, np.array([at[pair[place]] for pair in pairs], dtype=np.int64)[codes]

    return *column(0, "stratum"), *column(1, "class")


def _sizes(document: bytes, text: "NDArray[Any]", begins: "NDArray[Any]", ends: "NDArray[Any]") -> "NDArray[Any]":
    """The last column as whole numbers, digit by digit for all lines at once."""
    import numpy as np

    lengths = ends - begins
    wrong = (lengths < 1) | (lengths > DIGITS)
    size = np.zeros(len(begins), dtype=np.int64)
    for digit in range(min(int(lengths.max()), DIGITS)):
        there = lengths > digit
        found = text[np.minimum(begins + digit, len(text) - 1)].astype(np.int64)
        wrong |= there & ((found < NOUGHT) | (found > NINE))
        size = np.where(there, size * 10 + (found - NOUGHT), size)
    wrong |= (lengths > 1) & (text[begins] == NOUGHT)
    wrong |= size > LARGEST
    if len(places := np.flatnonzero(wrong)):
        place = int(places[0])
        told = document[int(begins[place]) : int(ends[place])].decode()[:TOLD]
        raise FormatError(
            f"line {place + 1} has the size {told!r}: a size is a whole number from 0 to 2**40, without leading zeros"
        )
    return size


def check_labels(labels: Sequence[str], what: str) -> None:
    """Refuse two labels that a reader takes for one, and one in which something cannot be seen.

    Args:
        labels: of strata or classes.
        what: for the message, `stratum` or `class`.
    """
    for label in labels:
        _check_seen(label, f"the {what} {label!r}")
    if (alike := first_alike(labels)) is not None:
        raise RefusedError("labels-once", f"{alike[0]!r} and {alike[1]!r} read as one {what}: write it in one way")


def check_apart(names: Names, left_out: Sequence[Exclusion]) -> None:
    """Refuse who stands on the list and among the excluded, in whatever spelling."""
    if not left_out:
        return
    plain = folded_names(names)
    whole = names.text[: int(names.offsets[-1])].tobytes()
    if plain is None and whole.isascii():  # one case throughout, which nobody can tell from the other
        plain = names_from(whole.lower(), names.offsets)
    known = {*(names if plain is None else plain)}
    for one in left_out:
        if folded(one.name).encode() in known:
            raise RefusedError(
                "excluded-or-listed", f"{one.name} stands on the list, and is excluded ({one.reason}): take it out of one"
            )


def _told(error: RefusedError) -> str:
    return str(error).removesuffix(f" [{error.rule}]")


def _where(names: Names) -> str:
    """The lines of the first two names that are read as one."""
    known: dict[str, int] = {}
    for number, name in enumerate(names, start=1):
        plain = folded(name.decode())
        if plain in known:
            return f" (lines {known[plain]} and {number})"
        known[plain] = number
    raise DomainError("no name stands on the list twice")
