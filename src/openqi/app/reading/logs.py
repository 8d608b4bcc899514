"""The log on pages: its newest checkpoint and whether the policy accepts it, its entries newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
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


NO_HEAD: Final = Head(origin="", size=0, root="", root_hex="", note="", state="not checked", detail="", cosigned={}, policy="")
"""Stands where a head is yet to be put in."""


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
    named = f"{data.hex()} {sha256(policy or b'').hexdigest()}"
    return context.kept("head", named, lambda: _head(data, policy))


def _head(data: bytes, policy: bytes | None) -> Head:
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
    first = (wanted - 1) * PER_PAGE
    stop = min(first + PER_PAGE, context.size)
    # What stands on a page never moves, so it is kept under its length; how far each was checked may.
    ids = context.kept("log page", f"{first} {stop}", lambda: tuple(one.record.id for one in context.store.scan(first, stop)))
    return LogPage(head=head(context, policy), page=wanted, pages=pages, entries=context.all_seen(ids[::-1]))
