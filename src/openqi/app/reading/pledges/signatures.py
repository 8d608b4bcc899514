"""One signature as a page shows it: every promise as it stood on a day, what contradicts it, how it ended.

States rest on all that the log holds, also on what a reader may not see: else a promise that was kept before the eyes of the
association alone would be called missed. A record that may not be seen is then shown as withheld.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from openqi.app.reading.context import Context, Seen
from openqi.app.reading.naming import Named
from openqi.app.reading.steadily import view as steady_view
from openqi.evidence.view import View
from openqi.kernel.errors import NotFoundError
from openqi.pillars.governance.pledges.evidence import promised
from openqi.pillars.governance.pledges.facts import Contradicted, any_holds
from openqi.pillars.governance.pledges.register import PLEDGE_PROOFS, PLEDGE_SIGNATURES, signature_key
from openqi.pillars.governance.pledges.standing import Signature, the_signature
from openqi.pillars.governance.pledges.states import MOST_NAMED, PromiseState, states
from openqi.records.pledges import PledgeEnded, PledgePublished, PledgeSigned, PromiseCode, obligations_subject
from openqi.store.store import MAX_PAGE

ContradictionState = Literal["open", "waits", "closed", "void"]
Standing = Literal["contradicted", "missed", "due", "kept", "ended"]
STANDINGS: Final[tuple[Standing, ...]] = ("contradicted", "missed", "due", "kept", "ended")
"""How a signature stands: as the worst of its promises does; ended, whatever they are, once it ended."""
CODES: Final[tuple[PromiseCode, ...]] = ("kept", "due", "missed", "contradicted")


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A promise on a day, with the records that its state rests on."""

    state: PromiseState
    evidence: tuple[Seen, ...]


@dataclass(frozen=True, kw_only=True)
class Contradicting:
    """What contradicts a pledge, and whether it still does on the day.

    `open`: it does; `waits`: what it says is closed, and no evidence was handed in since; `closed`: repaired; `void`: withdrawn.
    """

    fact: Contradicted
    day: date
    seen: Seen
    now: ContradictionState
    promises: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ProofLine:
    """A written proof in one line; `withdrawn` is the record that revoked it."""

    record: str
    uri: str
    number: str
    since: str
    until: str
    withdrawn: str
    withdrawn_at: str


@dataclass(frozen=True, kw_only=True)
class SignatureTold:
    """A signature on a day.

    Args:
        on: the day, where the pledge says that days begin.
        signed, said: the signature.
        firm, pledge: what they are called.
        edition, published: the edition that was signed.
        standing: how the whole stands.
        promises: each promise; empty before the day of the signature.
        over: last instant before which it held; empty while nothing ends it.
        ended, end: the record that ended it, where it may be seen, and what it says.
        withdrawn: the withdrawal of the signature.
        open_complaints: how many complaints about the firm were open when it ended; None where it did not end so.
        proofs: the newest first.
        contradicting: what contradicts it, the newest first.
    """

    on: date
    signed: Seen
    said: PledgeSigned
    firm: Named
    pledge: Named
    edition: Seen
    published: PledgePublished
    standing: Standing
    promises: tuple[Promise, ...]
    over: str
    ended: Seen | None
    end: PledgeEnded | None
    withdrawn: Seen | None
    open_complaints: int | None
    proofs: tuple[ProofLine, ...]
    contradicting: tuple[Contradicting, ...]

    def count(self, code: str) -> int:
        """Return how many promises are in a state."""
        return sum(one.state.state == code for one in self.promises)

    @property
    def turn(self) -> date | None:
        """The next day on which it may stand otherwise though nothing is recorded."""
        days = [one.state.due for one in self.promises if one.state.due is not None]
        grace = {one.state.obligation.code: one.state.obligation.grace for one in self.promises}
        late = [
            one.state.due + timedelta(days=grace[one.state.obligation.code]) for one in self.promises if one.state.due is not None
        ]
        ends = [date.fromisoformat(self.over[:10]), date.fromisoformat(self.over[:10]) + timedelta(days=1)] if self.over else []
        later = [day + timedelta(days=1) for day in (*days, *late) if day >= self.on] + [day for day in ends if day > self.on]
        return min(later, default=None)


def signature_told(context: Context, signed: str, *, now: str, on: date | None = None) -> SignatureTold:
    """Return a signature on a day.

    Args:
        context: the log.
        signed: record of the signature.
        now: the present instant.
        on: the day; None for the present one where the pledge says that days begin.

    Raises:
        NotFoundError: there is none of this log, or it may not be seen.
    """
    return _told(context, steady_view(context, now), signed, now, on)


def told_with_reads(context: Context, signed: str, *, now: str) -> tuple[SignatureTold, tuple[str, ...]]:
    """Return a signature on the present day, and the subjects in whose streams lies what moves it; raises as `signature_told`."""
    view = steady_view(context, now)
    found = _told(context, view, signed, now, None)
    subjects = {read.subject for read in view.basis().streams}  # type: ignore[attr-defined]  # steady views note what they read
    return found, tuple(sorted({*subjects, found.said.firm, found.said.pledge}))


def _told(context: Context, view: View, signed: str, now: str, on: date | None) -> SignatureTold:
    row = context.store.row(PLEDGE_SIGNATURES, signature_key(signed, context.store.origin))
    if row is None or not context.shown(context.logged(signed).record):
        raise NotFoundError(f"record {signed[:80]} is no signature of a pledge that can be seen here")
    found = the_signature(view, signed)
    facts = promised(view, signed)
    day = on or found.day(now)
    stood = states(facts, day)
    end = None if found.ended is None else context.body(found.ended.id, PledgeEnded)
    over = found.ended_at or ""
    return SignatureTold(
        on=day, signed=context.seen(signed), said=found.signed, firm=context.named(found.signed.firm),
        pledge=_pledge_named(context, found), edition=context.seen(found.edition.id), published=found.published,
        standing=_standing(found, stood, day, now),
        promises=tuple(Promise(state=one, evidence=context.all_seen(one.evidence)) for one in stood),
        over=over, ended=None if found.ended is None else context.seen(found.ended.id), end=end,
        withdrawn=None if found.withdrawn is None else context.seen(found.withdrawn.id),
        open_complaints=None if found.ended is None else int(str(found.ended.body["openComplaints"])),
        proofs=proof_lines(context, signed), contradicting=tuple(_contradicting(context, facts.contradicted, found, stood, day)),
    )  # fmt: skip


def _pledge_named(context: Context, found: Signature) -> Named:
    named = context.named(found.signed.pledge)
    return named if named.zh or named.en else Named(uri=named.uri, zh=found.published.name.zh, en=found.published.name.en)


def _standing(found: Signature, stood: Sequence[PromiseState], day: date, now: str) -> Standing:
    end = found.ended_at
    if end is not None and (found.day(end) < day or (found.day(end) == day and end <= now)):
        return "ended"
    codes = {one.state for one in stood}
    return next((code for code in STANDINGS if code in codes), "due")


def proof_lines(context: Context, signed: str) -> tuple[ProofLine, ...]:
    """Return the public proofs of a signature, the newest first."""
    page = context.store.page(
        PLEDGE_PROOFS, where={"origin": context.store.origin, "signed": signed}, order=("since",), descending=True, limit=MAX_PAGE
    )
    return tuple(
        ProofLine(
            record=str(row["proof"]), uri=str(row["proof_uri"]), number=str(row["number"]), since=str(row["since"]),
            until=str(row["until"] or ""), withdrawn=str(row["withdrawn"] or ""), withdrawn_at=str(row["withdrawn_at"] or ""),
        )
        for row in page.rows
        if row["public"] and context.logged(str(row["proof"])).index < context.size
    )  # fmt: skip


def _contradicting(
    context: Context, facts: Sequence[Contradicted], found: Signature, stood: Sequence[PromiseState], day: date
) -> list[Contradicting]:
    number = day.toordinal()
    told = []
    for one in sorted((one for one in facts if one.day <= number), key=lambda one: (one.at, one.record), reverse=True):
        codes = tuple(each.code for each in found.published.obligations if one.sort in each.contradicted_by)
        now: ContradictionState = "open"
        if any_holds(one.void, number):
            now = "void"
        elif any_holds(one.closed, number):
            now = "waits" if _unrepaired(one, codes, stood) else "closed"
        told.append(Contradicting(fact=one, day=date.fromordinal(one.day), seen=context.seen(one.record), now=now, promises=codes))
    return told


def _unrepaired(one: Contradicted, codes: Sequence[str], stood: Sequence[PromiseState]) -> bool:
    """Whether a promise still rests on it: it is named, or too many others are for all to be named."""
    held = [each.evidence for each in stood if each.state == "contradicted" and each.obligation.code in codes]
    return any(one.record in names or len(names) >= MOST_NAMED for names in held)


def history(context: Context, signed: str) -> tuple[Seen, ...]:
    """Return what became of a signature as far as it may be seen, the newest first: itself, what was handed in, proofs, its end."""
    records = [signed, *(one.record.id for one in context.stream(obligations_subject(signed)))]
    return tuple(reversed(context.all_seen(list(dict.fromkeys(records)))))
