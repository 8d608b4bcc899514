"""What a firm promised: every signature of it with its promises on a day, what became of each, and programmes that follow it up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from openqi.app.reading.context import Context, Seen
from openqi.app.reading.naming import Named
from openqi.app.reading.pledges.search import codes_of
from openqi.app.reading.pledges.signatures import SignatureTold, history, signature_told
from openqi.evidence.fold import Row
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.pillars.governance.pledges.register import MODEL_FIRMS, PLEDGE_SIGNATURES
from openqi.records.pledges import BenchmarkProgrammePublished, BenchmarkReviewed, PledgePublished, PledgeSigned

MOST: Final = 100
"""Signatures of one firm on one page; a firm signs a handful."""


@dataclass(frozen=True, kw_only=True)
class ModelLine:
    """A firm in a programme: its status by the newest review.

    Args:
        firm, programme: what they are called.
        published: the rule, where it may be seen.
        review, reviewed: the newest review.
        reviews: how many there were.
        sorts: code of an obligation → its sort, as the edition that was signed has it.
        overdue: day by which the next review was due and is not there, so that the status may not be that of today; None in time.
    """

    firm: Named
    programme: Named
    published: BenchmarkProgrammePublished | None
    review: Seen
    reviewed: BenchmarkReviewed
    reviews: int
    sorts: Mapping[str, str]
    overdue: date | None = None


@dataclass(frozen=True, kw_only=True)
class Told:
    """A signature with what became of it, the newest first."""

    signature: SignatureTold
    history: tuple[Seen, ...]


@dataclass(frozen=True, kw_only=True)
class FirmPage:
    """All pledges of a firm on a day; `on` is None where each is told on its own present day."""

    firm: Named
    codes: tuple[str, ...]
    on: date | None
    signatures: tuple[Told, ...]
    models: tuple[ModelLine, ...]


def day_asked(text: str) -> date | None:
    """Return the day that was asked for; None for the present one; raises FormatError."""
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
        if found.isoformat() == text and 2000 <= found.year <= 2199:
            return found
    except ValueError:
        pass
    raise FormatError(f"{text[:20]!r} is no day between 2000 and 2199; write 2026-12-01")


def firm_page(context: Context, firm: str, *, now: str, on: date | None = None) -> FirmPage:
    """Return what is known of the pledges of a firm.

    Args:
        context: the log.
        firm: its URI.
        now: the present instant.
        on: the day as of which promises are told; it may lie ahead: then nothing further is handed in.

    Raises:
        NotFoundError: it has signed nothing that can be seen, and nobody follows it up.
    """
    told = []
    for row in _rows(context, firm):
        try:
            one = signature_told(context, str(row["signed"]), now=now, on=on)
        except NotFoundError:
            continue
        told.append(Told(signature=one, history=history(context, one.signed.id)))
    models = model_lines(context, {"firm": firm})
    if not told and not models:
        raise NotFoundError(f"{firm[:200]} has signed no pledge that can be seen in this log; look for it in the register")
    return FirmPage(
        firm=context.named(firm), codes=codes_of(context, firm), on=on, signatures=tuple(told), models=models
    )  # fmt: skip


def _rows(context: Context, firm: str) -> tuple[Row, ...]:
    where = {"origin": context.store.origin, "firm": firm}
    return tuple(context.store.page(PLEDGE_SIGNATURES, where=where, order=("since",), descending=True, limit=MOST).rows)


def model_lines(context: Context, where: dict[str, str], *, most: int = 1_000) -> tuple[ModelLine, ...]:
    """Return firms of a programme, or programmes of a firm, that can be seen.

    Args:
        context: the log.
        where: `programme` or `firm`.
        most: lines at most.
    """
    order = ("status", "firm") if "programme" in where else ("reviewed_at",)
    page = context.store.page(MODEL_FIRMS, where={"origin": context.store.origin, **where}, order=order, limit=most)
    found = []
    for row in page.rows:
        reviewed = context.body(str(row["review"]), BenchmarkReviewed)
        if reviewed is not None:
            published = context.body(reviewed.published, BenchmarkProgrammePublished)
            found.append(
                ModelLine(
                    firm=context.named(reviewed.firm), programme=context.named(reviewed.programme),
                    published=published,
                    review=context.seen(str(row["review"])), reviewed=reviewed, reviews=int(row["reviews"] or 0),
                    sorts=_sorts(context, reviewed.signed),
                    overdue=None if published is None or reviewed.over else _overdue(context, reviewed, published),
                )
            )  # fmt: skip
    return tuple(found)


def _overdue(context: Context, reviewed: BenchmarkReviewed, published: BenchmarkProgrammePublished) -> date | None:
    due = date.fromisoformat(reviewed.at[:10]) + timedelta(days=published.review_every)
    return due if due < context.today else None


def _sorts(context: Context, signed: str) -> Mapping[str, str]:
    said = context.body(signed, PledgeSigned)
    published = None if said is None else context.body(said.published, PledgePublished)
    return {} if published is None else {one.code: one.sort for one in published.obligations}
