"""The log on pages: its newest checkpoint and whether the policy accepts it, its entries newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from openqi.app.reading.context import Context, Seen
from openqi.evidence.canonical import base64_text
from openqi.evidence.log.note import parse_checkpoint, parse_note
from openqi.evidence.log.policy import parse_policy, trusted
from openqi.kernel.errors import NotFoundError, OpenQIError

PER_PAGE: Final = 50


@dataclass(frozen=True, kw_only=True)
class Head:
    """The newest published checkpoint. `state` says whether the policy accepts it; without a policy it was not checked."""

    origin: str
    size: int
    root: str
    root_hex: str
    note: str
    state: Literal["passed", "failed", "not checked"]
    detail: str
    cosigned: Mapping[str, int]
    policy: str


@dataclass(frozen=True, kw_only=True)
class LogPage:
    """Some entries of the log, newest first. Pages are counted from the oldest on, so that what stands on one never moves."""

    head: Head
    page: int
    pages: int
    entries: tuple[Seen, ...]


def head(context: Context, policy: bytes | None) -> Head:
    """Return the newest published checkpoint."""
    data = context.store.read("checkpoint")
    note = parse_note(data)
    point = parse_checkpoint(note)
    state: Literal["passed", "failed", "not checked"] = "not checked"
    detail, cosigned = "", {}
    if policy is not None:
        try:
            cosigned = dict(trusted(note, parse_policy(policy)).cosigned)
            state = "passed"
        except OpenQIError as error:
            state, detail = "failed", str(error)
    return Head(
        origin=point.origin,
        size=point.size,
        root=base64_text(point.root),
        root_hex=point.root.hex(),
        note=data.decode(),
        state=state,
        detail=detail,
        cosigned=cosigned,
        policy="" if policy is None else policy.decode("utf-8", "replace"),
    )


def log_page(context: Context, page: int | None, policy: bytes | None) -> LogPage:
    """Return a page of the log; None is the newest.

    Raises:
        NotFoundError: there is no such page.
    """
    pages = max(1, -(-context.size // PER_PAGE))
    wanted = pages if page is None else page
    if not 1 <= wanted <= pages:
        raise NotFoundError(f"the log has pages 1 to {pages}, no page {wanted}")
    entries = context.shelf.entries[(wanted - 1) * PER_PAGE : min(wanted * PER_PAGE, context.size)]
    return LogPage(
        head=head(context, policy), page=wanted, pages=pages, entries=tuple(context.seen(one.id) for one in reversed(entries))
    )
