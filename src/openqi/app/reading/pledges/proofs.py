"""The written proof (书面证明) of a signature: what it says, and what of it holds now; revoked is shown as revoked."""

from dataclasses import dataclass
from typing import Final, Literal

from openqi.app.reading.context import Context, Seen
from openqi.app.reading.pledges.signatures import SignatureTold, proof_lines, signature_told
from openqi.kernel.errors import NotFoundError
from openqi.pillars.governance.pledges.register import PLEDGE_PROOFS
from openqi.records.pledges import PledgeProved

ProofState = Literal["holds", "revoked", "over", "pledge-over", "not-proved"]
STATES: Final[tuple[ProofState, ...]] = ("not-proved", "revoked", "pledge-over", "over", "holds")


@dataclass(frozen=True, kw_only=True)
class ProofPage:
    """A written proof.

    Args:
        seen, said: the proof.
        jws: its bytes, as they were sealed.
        state: whether it holds at `now`: its signature does, it was not revoked, its term and the pledge run.
        now: the instant at which that was looked at.
        revoked, revoked_at: the withdrawal.
        signature: what was signed, on the day of `now`.
        others: further proofs of the same signature.
        origin, size: the log, and its size then.
        index: where the proof lies in it.
    """

    seen: Seen
    said: PledgeProved
    jws: bytes
    state: ProofState
    now: str
    revoked: Seen | None
    revoked_at: str
    signature: SignatureTold
    others: tuple[str, ...]
    origin: str
    size: int
    index: int


def proof_page(context: Context, name: str, *, now: str) -> ProofPage:
    """Return a written proof.

    Args:
        context: the log.
        name: its record, its URI or its number.
        now: the present instant.

    Raises:
        NotFoundError: there is none that can be seen.
    """
    record = _named(context, name)
    said = None if record is None else context.body(record, PledgeProved)
    row = None if record is None else context.store.row(PLEDGE_PROOFS, record)
    if record is None or said is None or row is None:
        raise NotFoundError(f"{name[:200]} is no written proof of this log; give its record, its URI or its number")
    logged, seen = context.logged(record), context.seen(record)
    signature = signature_told(context, said.signed, now=now)
    revoked = str(row["withdrawn"] or "")
    if revoked and context.logged(revoked).index >= context.size:
        revoked = ""
    return ProofPage(
        seen=seen, said=said, jws=logged.record.jws, state=_state(seen, said, signature, revoked, now), now=now,
        revoked=context.seen(revoked) if revoked else None, revoked_at=str(row["withdrawn_at"] or "") if revoked else "",
        signature=signature, others=tuple(one.record for one in proof_lines(context, said.signed) if one.record != record),
        origin=context.store.origin, size=context.size, index=logged.index,
    )  # fmt: skip


def _named(context: Context, name: str) -> str | None:
    """The record of a proof; of several with one number the newest that stands, else the newest."""
    if context.store.row(PLEDGE_PROOFS, name) is not None:
        return name
    for column in ("proof_uri", "number"):
        page = context.store.page(PLEDGE_PROOFS, where={"origin": context.store.origin, column: name}, order=(), limit=100)
        rows = sorted(page.rows, key=lambda row: (row["withdrawn"] is None, str(row["since"])))
        if rows:
            return str(rows[-1]["proof"])
    return None


def _state(seen: Seen, said: PledgeProved, signature: SignatureTold, revoked: str, now: str) -> ProofState:
    if seen.state in ("failed", "not here", "withheld"):
        return "not-proved"
    if revoked or seen.state == "withdrawn":
        return "revoked"
    if signature.standing == "ended":
        return "pledge-over"
    return "over" if said.valid_until is not None and said.valid_until <= now else "holds"
