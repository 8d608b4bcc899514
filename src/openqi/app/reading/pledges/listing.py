"""A page of the register of pledges: what was asked, what was found, and a row for each signature as files and programs have it."""

from dataclasses import dataclass
from typing import Any, Final, cast

from openqi.app.reading.context import Context
from openqi.app.reading.pledges.search import Asked, Hits, PledgeSearch, codes_of
from openqi.app.reading.pledges.signatures import CODES, STANDINGS, SignatureTold, Standing, signature_told
from openqi.app.reading.reader import Reader
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.kernel.instant import format_instant
from openqi.records.pledges import PledgePublished

LONGEST: Final = 2_100
PER_PAGE: Final = 20
EDITIONS: Final = 100


@dataclass(frozen=True, kw_only=True)
class RegisterPage:
    """A page of the register: what was asked, what was found, and the pledges to choose from (URI, names)."""

    asked: Asked
    hits: Hits
    lines: tuple[SignatureTold, ...]
    pledges: tuple[tuple[str, Any], ...]


def asked_of(query: Any) -> Asked:
    """Return what a request asks the register; raises FormatError.

    Args:
        query: its parameters, by name.
    """
    standing, before = query.get("state", ""), query.get("before", "")
    if standing and standing not in STANDINGS:
        raise FormatError(f"state {standing[:40]!r}: write one of {', '.join(STANDINGS)}")
    if before and not (before.isascii() and before.isdigit() and len(before) < 16):
        raise FormatError(f"before {before[:20]!r}: give back what the page before named as next")
    pledge = query.get("pledge", "").strip()
    if len(pledge) > LONGEST:
        raise FormatError("a pledge is named by its URI: ?pledge=…")
    return Asked(
        query=query.get("q", "")[:200], pledge=pledge, standing=cast(Standing, standing) if standing else None,
        before=int(before) if before else None,
    )  # fmt: skip


def register_page(reader: Reader, search: PledgeSearch, asked: Asked, *, limit: int = PER_PAGE) -> RegisterPage:
    """Return a page of the public register, whoever asks."""
    context, now = reader.as_party(None).context(), format_instant(reader.now())
    hits = search.find(context, asked, now=now, limit=limit)
    lines = []
    for one in hits.signed:
        try:
            lines.append(signature_told(context, one, now=now))
        except NotFoundError:  # the index was made of a longer copy of this log
            continue
    pledges: dict[str, Any] = {}
    for placed in reversed(context.listed(PledgePublished.KIND)[-EDITIONS:]):
        said = context.body(placed.id, PledgePublished)
        if said is not None:
            pledges.setdefault(said.pledge, said.name)
    return RegisterPage(asked=asked, hits=hits, lines=tuple(lines), pledges=tuple(pledges.items()))


def row_of(context: Context, one: SignatureTold) -> dict[str, Any]:
    """Return a signature as a row of the file."""
    proof = one.proofs[0] if one.proofs else None
    return {
        "signed": one.signed.id, "firm": one.said.firm, "firmZh": one.firm.zh, "firmEn": one.firm.en,
        "codes": list(codes_of(context, one.said.firm)), "pledge": one.said.pledge, "edition": one.published.edition,
        "signedAt": one.said.signed_at, "validUntil": one.said.valid_until, "asOf": one.on.isoformat(), "standing": one.standing,
        "promises": len(one.promises), **{code: one.count(code) for code in CODES}, "endedAt": one.over or None,
        "openComplaints": one.open_complaints, "proof": None if proof is None else proof.number,
        "proofRevoked": None if proof is None else bool(proof.withdrawn),
    }  # fmt: skip
