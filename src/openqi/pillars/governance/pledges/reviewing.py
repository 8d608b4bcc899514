"""Following up a model firm (百家标杆跟踪): every promise as it stands, and what the rule of the programme makes of the status."""

from collections.abc import Sequence
from itertools import takewhile
from typing import ClassVar, Final

from openqi.evidence.record import Record, Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.governance.pledges.standing import Signature, decided, local_day, standing_record, the_signature
from openqi.pillars.governance.pledges.states import PromiseState, states_of
from openqi.records import Command, RecordId, statement
from openqi.records.pledges import BenchmarkProgrammePublished, BenchmarkReviewed, ModelStatus, ObligationState, benchmark_subject

_LOST: Final = ("lost", "stays-lost")


class ReviewBenchmark(Command, frozen=True):
    """Look at a model firm: the status follows from how its promises stand now, nobody chooses it."""

    NAME: ClassVar[str] = "governance.review-benchmark/1"
    ROLE: ClassVar[str | None] = None

    published: RecordId
    signed: RecordId


def review_benchmark(view: View, command: ReviewBenchmark, issuer: str) -> tuple[Statement, ...]:
    """Return the review, and the status by the rule: listed, kept, lost, repaired or lost as before.

    Raises:
        NotFoundError, FormatError: there is no such programme or signature.
        RefusedError: the programme does not stand or does not hold now, somebody else asks, the signature is of another pledge or
            another association's, or the firm was not listed before and is not within the bounds.
    """
    record, programme = standing_record(view, command.published, BenchmarkProgrammePublished)
    if issuer != record.issuer:
        raise RefusedError("association-reviews", f"the programme was published by {record.issuer}; only they review firms in it")
    now, until = view.valid_at, programme.valid_until
    if now < programme.valid_from or (until is not None and now >= until):
        raise RefusedError("programme-in-force", f"programme {programme.programme} does not hold at {now}")
    found = the_signature(view, command.signed)
    if found.signed.pledge != programme.pledge or found.edition.issuer != issuer:
        raise RefusedError("pledge-of-programme", f"signature {command.signed} is not one under {programme.pledge} of {issuer}")
    states = states_of(view, found.record.id, found.day(now))
    missed, contradicted = (sum(one.state == code for one in states) for code in ("missed", "contradicted"))
    over = found.ended_at is not None and found.ended_at <= now
    within = not over and missed <= programme.most_missed and contradicted <= programme.most_contradicted
    reviews = _reviews(view, programme.programme, found.signed.firm, issuer)
    reviewed = BenchmarkReviewed(
        programme=programme.programme, published=record.id, firm=found.signed.firm, signed=found.record.id, at=now,
        states=tuple(map(_stated, states)), missed=missed, contradicted=contradicted, over=over,
        status=_status(programme, found, reviews, within=within, now=now), before=reviews[-1][0].id if reviews else None,
        illustrative=programme.illustrative,
    )  # fmt: skip
    return (statement(reviewed),)


def _reviews(view: View, programme: str, firm: str, issuer: str) -> list[tuple[Record, BenchmarkReviewed]]:
    return [
        (record, said)
        for record, said, gone in decided(view, benchmark_subject(programme, firm), BenchmarkReviewed)
        if gone is None and record.issuer == issuer and (said.programme, said.firm) == (programme, firm)
    ]


def _status(
    programme: BenchmarkProgrammePublished,
    found: Signature,
    reviews: Sequence[tuple[Record, BenchmarkReviewed]],
    *,
    within: bool,
    now: str,
) -> ModelStatus:
    if not reviews:
        if not within:
            bounds = f"{programme.most_missed} missed and {programme.most_contradicted} contradicted"
            raise RefusedError("within-bounds", f"a firm is listed with at most {bounds} promises, under a pledge that holds")
        return "listed"
    if reviews[-1][1].status not in _LOST:
        return "kept" if within else "lost"
    lost = [said.at for _, said in takewhile(lambda one: one[1].status in _LOST, reversed(reviews))][-1]
    offset = found.published.offset
    waited = (local_day(now, offset) - local_day(lost, offset)).days
    return "repaired" if within and waited >= programme.repair_after else "stays-lost"


def _stated(one: PromiseState) -> ObligationState:
    return ObligationState(
        obligation=one.obligation.code, state=one.state, since=one.since.isoformat(),
        due=None if one.due is None else one.due.isoformat(), unshown=one.unshown, evidence=one.evidence,
    )  # fmt: skip
