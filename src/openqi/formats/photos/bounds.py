"""How large a photo may be, and the one way to say that a file ends too early."""

from typing import Final, Literal, TypedDict

from openqi.kernel.errors import FormatError

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_PIXELS: Final = 50_000_000
"""A telephone takes 12 to 50 million. A file of a hundred bytes may claim 2^62 of them, and whoever opens it pays."""
MAX_SIDE: Final = 20_000


Why = Literal["damaged", "large", "heic", "moving", "rare", "unknown"]


class PhotoError(FormatError):
    """A photo is not taken. `why` names the reason in one word, so that a page says it in its language."""

    def __init__(self, why: Why, message: str) -> None:
        super().__init__(message)
        self.why = why


class Bare(TypedDict):
    """A stripped file with its size in pixels."""

    data: bytes
    width: int
    height: int


def check_size(width: int, height: int) -> None:
    """Raise PhotoError where a picture has no pixels or too many."""
    if width < 1 or height < 1:
        raise PhotoError("damaged", f"the photo claims to be {width} by {height} pixels; send another")
    if width > MAX_SIDE or height > MAX_SIDE or width * height > MAX_PIXELS:
        raise PhotoError("large", f"the photo has {width} by {height} pixels, and at most {MAX_PIXELS} are taken; send it smaller")


def piece(data: bytes, start: int, count: int) -> bytes:
    """Return `count` bytes from `start` on; raises PhotoError where there are fewer."""
    found = data[start : start + count]
    if len(found) != count:
        raise PhotoError("damaged", "the photo ends in the middle; take it again or send another")
    return found
