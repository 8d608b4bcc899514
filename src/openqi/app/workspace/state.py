"""What the last build made of each entry, beside the ledger: it saves time, and it knows what a changed entry was before.

Where it is lost, evidence is found again in the log by what it says; only what was changed at the same time is then taken for new.
"""

from pathlib import Path
from typing import Final

import msgspec

from openqi.app.files import read_file, write_file
from openqi.kernel.errors import FormatError, NotFoundError

FORMAT: Final = "openqi-build/1"
_MAX: Final = 100_000_000


class Made(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry as it was built: what it was made from, the record that it became, and for decisions the streams they read.

    `digest` is over all that the entry was made from, `own` over what is declared of it alone; `heads` over the ends of the streams
    in the decision's basis.
    """

    digest: str
    record: str
    heads: str = ""
    own: str = ""


class _State(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: str
    made: dict[str, Made]


def read_state(path: Path) -> dict[str, Made]:
    """Return what was made of each entry; empty where there is no such file, or it was damaged."""
    try:
        state = msgspec.json.decode(read_file(path, _MAX), type=_State)
    except (NotFoundError, FormatError, msgspec.DecodeError):
        return {}  # then everything is read again, and found in the ledger
    return state.made if state.format == FORMAT else {}


def write_state(path: Path, made: dict[str, Made]) -> None:
    """Keep what was made of each entry, where it differs from what is kept."""
    if made != read_state(path):
        write_file(path, msgspec.json.encode(_State(format=FORMAT, made=made)))
