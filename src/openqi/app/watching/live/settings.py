"""What a folder of live results is about: it is written at the first start, and another start has to be about the same."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from openqi.app.files import read_file, write_file
from openqi.kernel.errors import FormatError, RefusedError

_NAME: Final = "live.json"
_SESSION: Final = "session"
_MAX_BYTES: Final = 100_000


@dataclass(frozen=True, kw_only=True)
class Folder:
    """A folder of live results.

    Args:
        out: where it is.
        client: by which a broker knows us again.
    """

    out: Path
    client: str

    @property
    def had_session(self) -> bool:
        """Whether a broker has kept readings for us before."""
        return (self.out / _SESSION).exists()

    def has_session(self) -> None:
        """Note that a broker keeps readings for us from now on."""
        if not self.had_session:
            write_file(self.out / _SESSION, b"")


def settled(out: Path, *, settings: str, origin: str, forget: Callable[[], bool] = lambda: False) -> Folder:
    """Return the folder, about which nothing has changed since the first start.

    Args:
        out: where it is.
        settings: digest of limits, rules and kind of times.
        origin: where readings come from.
        forget: takes away what a folder holds into which nothing has come yet, which may be about something else; says whether.

    Raises:
        RefusedError: it is about something else.
        FormatError: what it is about cannot be read.
    """
    place = out / _NAME
    if not place.exists():
        return _begun(out, settings, origin)
    try:
        known = json.loads(read_file(place, _MAX_BYTES))
        number, before, came, client = (known[name] for name in ("format", "settings", "origin", "client"))
    except (ValueError, KeyError, TypeError) as error:
        raise FormatError(f"{place} cannot be read: {error}; restore a copy, or watch into another folder") from error
    if number != 1:
        raise FormatError(f"{place} is of another format; watch into another folder")
    if (before, came) == (settings, origin):
        return Folder(out=out, client=str(client))
    if forget():
        return _begun(out, settings, origin)
    if before != settings:
        raise RefusedError("same-settings", f"{out} is about other limits, rules or kinds of times; watch into another folder")
    raise RefusedError("same-origin", f"{out} takes readings from {came}, not from {origin}; watch into another folder")


def _begun(out: Path, settings: str, origin: str) -> Folder:
    """A folder that is about this from now on."""
    client = f"openqi-{os.urandom(8).hex()}"
    said = {"format": 1, "settings": settings, "origin": origin, "client": client}
    (out / _SESSION).unlink(missing_ok=True)
    write_file(out / _NAME, (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode())
    return Folder(out=out, client=client)
