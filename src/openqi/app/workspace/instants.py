"""The instant of a build: the present, or one that an illustrative workspace states, so that a story of weeks is built at once."""

from collections.abc import Callable
from datetime import datetime

from openqi.app.workspace.workspace import Workspace
from openqi.kernel.errors import RefusedError
from openqi.kernel.instant import format_instant, parse_instant
from openqi.store.store import Store


def stated_clock(workspace: Workspace, at: str, present: datetime) -> Callable[[], datetime]:
    """Return the clock of a build whose instant is stated.

    Raises:
        FormatError: it is no instant.
        RefusedError: the workspace is not illustrative as a whole, or the instant has not come.
    """
    stated = parse_instant(at)
    if not workspace.declared.illustrative:
        raise RefusedError(
            "present-instant", "only a workspace whose head says `illustrative: true` may state its instants; leave --at out"
        )
    if stated > present:
        raise RefusedError("present-instant", f"{at} has not come; it is {format_instant(present)}")
    return lambda: stated


def check_order(store: Store, instant: datetime) -> None:
    """Raise RefusedError where a log has a record that is later than a build: whoever goes back in time proves nothing."""
    size = store.size()
    last = next(iter(store.scan(size - 1, size)), None) if size else None
    if last is not None and parse_instant(last.record.valid_from) > instant.replace(microsecond=0):
        raise RefusedError(
            "instants-in-order", f"the log has a record of {last.record.valid_from}, and this build is of {format_instant(instant)}"
        )
