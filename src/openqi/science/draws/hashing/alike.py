"""Names that are one name for whoever reads them: one object under two spellings would have two tickets, or two officers be one."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final
from unicodedata import category, normalize

from openqi.kernel.errors import DomainError
from openqi.science.draws.hashing.names import Names, names_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEEN = bytes(range(0x20, 0x7F))
UNSEEN: Final = ("Cc", "Cf", "Cn", "Zl", "Zp")
"""Controls, formats, ends of lines; and what no letter was yet: the next edition of Unicode could fold it to another one."""
_IGNORED: Final = ((0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2800, 0x2800), (0x3164, 0x3164),
                   (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xE0100, 0xE01EF))  # fmt: skip
IGNORED: Final = frozenset(chr(code) for first, last in _IGNORED for code in range(first, last + 1))
"""Letters and marks that show nothing, selectors of variants among them, and the blank of Braille.

Source: [UNICODE] DerivedCoreProperties, Default_Ignorable_Code_Point, as far as their category is not among those above.
"""


def folded(name: str) -> str:
    """Return what is left of a name when width, case, composition and the number of spaces are no difference.

    Source: [UAX15] NFKC; [UNICODE] default case folding.
    """
    return " ".join(normalize("NFKC", normalize("NFKC", name).casefold()).split())


def unseen(text: str) -> str | None:
    """Return the first character, by its number, that nobody can see, None where all are seen."""
    if text.isascii() and text.isprintable():
        return None
    found = [one for one in {*text} if one in IGNORED or (not one.isprintable() and category(one) in UNSEEN)]
    return min(found, default=None)


def unseen_told(character: str) -> str:
    """Return a character that cannot be seen as a message has it."""
    return f"U+{ord(character):04X}, which cannot be seen"


def first_alike(names: Iterable[str]) -> tuple[str, str] | None:
    """Return two names of a short list that are folded to one, None where there are none."""
    known: dict[str, str] = {}
    for name in names:
        plain = folded(name)
        if plain in known:
            return known[plain], name
        known[plain] = name
    return None


def folded_names(names: Names) -> Names | None:
    """Return the folded names; None where no two different ones can be folded to one, as in a column of codes.

    Raises:
        DomainError: a name holds a character that cannot be seen, or begins or ends with a space.
    """
    whole = names.text[: int(names.offsets[-1])].tobytes()
    if not whole.isascii() or whole.translate(None, SEEN):
        return _folded_text(names, whole.decode())
    if b" " in whole:
        _check_ends(names)
        if b"  " in whole:
            return names_of([folded(name.decode()) for name in names])
    if whole in (lower := whole.lower(), whole.upper()):
        return None
    return Names(text=_buffer(lower), offsets=names.offsets)


def _folded_text(names: Names, text: str) -> Names | None:
    if (character := unseen(text)) is not None:
        place = next(place for place, name in enumerate(names) if character in name.decode())
        raise DomainError(f"the name of object {place + 1}, {names.name(place)!r}, holds {unseen_told(character)}")
    spaced = any(character.isspace() for character in set(text))
    if spaced:
        _check_ends(names)
    elif normalize("NFKC", text).casefold() == text:
        return None
    return names_of([folded(name.decode()) for name in names])


def _check_ends(names: Names) -> None:
    for name in names:
        text = name.decode()
        if text != text.strip():
            raise DomainError(f"the name {text!r} begins or ends with a space: one object could so stand on the list twice")


def _buffer(text: bytes) -> "NDArray[Any]":
    import numpy as np

    return np.frombuffer(text + bytes(8), dtype=np.uint8)
