"""Deciding on a lot: a published seed draws the sample, the verdicts on its items decide."""

from typing import ClassVar

from openqi.evidence.record import Statement, record_subject
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.conformity.standing import decided_rows, standing
from openqi.pillars.conformity.verdicts import verdict_rows, verdicts_of
from openqi.records import Command, RecordId, Text, body, statement
from openqi.records.conformity import LotDecided, LotFormed, PlanPublished
from openqi.records.rows import ItemRow, committed, decoded, quoted, rows_of
from openqi.science.sampling.draw import drawn
from openqi.science.sampling.single import lot_verdict


class DecideLot(Command, frozen=True):
    """Accept or reject a lot by a single sampling plan, on the verdicts on its items."""

    NAME: ClassVar[str] = "conformity.decide-lot/1"
    ROLE: ClassVar[str | None] = "conformity-assessment-body"
    INHERITS: ClassVar[bool] = True

    lot: RecordId
    judged: RecordId
    plan: RecordId
    seed: Text


def decide_lot(view: View, command: DecideLot, issuer: str) -> tuple[Statement, ...]:  # noqa: ARG001 -- the role decides
    """Return the decision on a lot.

    Raises:
        NotFoundError: lot, verdicts, plan or rows are not in the log.
        RefusedError: one was withdrawn, the verdicts are on another subject, a drawn item has none, or an item was left open.
        DomainError: the lot is smaller than its sample.
    """
    formed_record, judged_record, plan_record = (standing(view, name) for name in (command.lot, command.judged, command.plan))
    formed, judged, plan = body(formed_record, LotFormed), verdicts_of(judged_record), body(plan_record, PlanPublished)
    if judged.subject != formed.lot:
        raise RefusedError("same-lot", f"the verdicts are on {judged.subject}, the lot is {formed.lot}")
    for other in view.stream(record_subject(formed_record.id)):
        # Withdrawn ones too: else whoever does not like a draw would draw again.
        if other.kind == LotDecided.KIND and view.home(other.id) == view.origin:
            before = body(other, LotDecided)
            if (before.seed, before.plan) != (command.seed, plan_record.id):
                why = f"lot {formed.lot} was decided with seed {before.seed!r} and plan {before.plan} (record {other.id})"
                raise RefusedError("one-draw", f"{why}; a second draw would pick its outcome")
    pool = [row.item for row in decoded(rows_of(view, formed.items), ItemRow)]
    sample = drawn(pool, plan.sample_size, command.seed)
    verdicts: dict[str, str] = {}
    for row in verdict_rows(judged_record.kind, decided_rows(view, judged.items)):
        if verdicts.setdefault(row.item, row.verdict) != row.verdict:
            raise RefusedError("one-verdict", f"item {row.item} has two verdicts; a lot is decided on one an item")
    missing = [item for item in sample if item not in verdicts]
    if missing:
        raise RefusedError("all-readings-present", f"no verdict on {len(missing)} of the sample, {missing[0]} first")
    # Of the whole lot, not of the sample alone: else whoever does not like a sample with an open item would take another seed.
    if open_ones := [item for item, found in verdicts.items() if found == "undecided"]:
        why = f"the rule left {len(open_ones)} of {len(verdicts)} items open, {open_ones[0]} first"
        raise RefusedError("all-decided", f"{why}; measure them again with a smaller uncertainty")
    nonconforming = sum(verdicts[item] != "conforming" for item in sample)
    # The verdict is a word of ours, so nothing in it is to be escaped.
    lines = (b'{"item":' + quoted(item) + b',"verdict":"' + verdicts[item].encode() + b'"}' for item in sample)
    items, content = committed(lines)
    stated = LotDecided(
        lot=formed.lot,
        formed=formed_record.id,
        judged=judged_record.id,
        plan=plan_record.id,
        seed=command.seed,
        sample=items,
        nonconforming=nonconforming,
        verdict=lot_verdict(nonconforming, plan.acceptance_number),
    )
    return (statement(stated, contents=(content,)),)
