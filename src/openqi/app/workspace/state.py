"""What the last build made of each entry: a cache beside the ledger. Losing it loses nothing but time."""

from pathlib import Path
from typing import Final

import msgspec

from openqi.app.files import read_file, write_file
from openqi.kernel.errors import FormatError, NotFoundError

FORMAT: Final = "openqi-build/1"
_MAX: Final = 100_000_000


class Made(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry as it was built: what it was made from, the record that it became, and for decisions the streams they read.

    `digest` is over all that the entry was made from; `heads` over the ends of the streams in the decision's basis.
    """

    digest: str
    record: str
    heads: str = ""


class _State(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: str
    version: str
    made: dict[str, Made]


def read_state(path: Path, version: str) -> dict[str, Made]:
    """Return what was made of each entry; empty where there is no such file, or another version wrote it."""
    try:
        state = msgspec.json.decode(read_file(path, _MAX), type=_State)
    except (NotFoundError, FormatError, msgspec.DecodeError):
        return {}  # then everything is read again, and found in the ledger
    return state.made if (state.format, state.version) == (FORMAT, version) else {}


def write_state(path: Path, version: str, made: dict[str, Made]) -> None:
    """Keep what was made of each entry."""
    write_file(path, msgspec.json.encode(_State(format=FORMAT, version=version, made=made)))
