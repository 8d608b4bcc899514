"""What contradicts a pledge, whatever was handed in for it: failed tests, upheld complaints, recalls, late answers.

Only decisions of this log count, each made by who may make it: an assessment body judges, whoever received a complaint closes it,
a recall is published by its own rule. What a stranger states under the name of a product moves nothing.
"""

from collections.abc import Iterator
from itertools import chain

from openqi.evidence.record import Record
from openqi.evidence.view import View
from openqi.pillars.governance import tasks
from openqi.pillars.governance.pledges.facts import Contradicted, Span
from openqi.pillars.governance.pledges.failed_tests import failed_tests
from openqi.pillars.governance.pledges.standing import Signature, decided
from openqi.records.complaints import ComplaintReceived, ComplaintUpheld, complained_subject
from openqi.records.recalls import RecallEnded, RecallPublished, recalls_subject
from openqi.records.tasks import TaskAsked, tasks_subject


def contradictions(view: View, signature: Signature, wanted: frozenset[str]) -> Iterator[Contradicted]:
    """Yield what contradicts a signature, of the wanted sorts, each record once; also what came before it was signed."""
    if "failed-test" in wanted:
        yield from failed_tests(view, signature)
    if "upheld-complaint" in wanted:
        yield from _upheld(view, signature)
    if "recall" in wanted:
        yield from _recalls(view, signature)
    if "late-answer" in wanted:
        yield from _late_answers(view, signature)


def _about(signature: Signature) -> tuple[str, ...]:
    return (signature.signed.firm, *signature.signed.products)


def _concerns(signature: Signature, product: str | None) -> bool:
    """Whether what is said of a product of the firm is about this signature: it is for the products named, or for all."""
    return product is None or not signature.signed.products or product in signature.signed.products


def _span(signature: Signature, record: Record, gone: Record | None = None) -> Span:
    until = None if gone is None else signature.day(gone.valid_from).toordinal()
    return Span(since=signature.day(record.valid_from).toordinal(), until=until)


def _void(signature: Signature, gone: Record | None) -> tuple[Span, ...]:
    return () if gone is None else (_span(signature, gone),)


def _upheld(view: View, signature: Signature) -> Iterator[Contradicted]:
    """Complaints that were upheld, as they were made public; what was said in them stays with the parties."""
    found = chain.from_iterable(decided(view, complained_subject(one), ComplaintUpheld) for one in _about(signature))
    for record, said, gone in {record.id: (record, said, gone) for record, said, gone in found}.values():
        mine = said.firm in (None, signature.signed.firm) and _concerns(signature, said.product)
        if mine:
            span = _span(signature, record)
            yield Contradicted(
                sort="upheld-complaint", record=record.id, at=record.valid_from, day=span.since, void=_void(signature, gone),
                closed=(Span(since=span.since),),
            )  # fmt: skip


def _recalls(view: View, signature: Signature) -> Iterator[Contradicted]:
    """Recalls from their first edition on that names goods of the pledge; one that no longer names any voids it."""
    found = chain.from_iterable(decided(view, recalls_subject(one), RecallPublished) for one in _about(signature))
    recalls = {record.id: (record, said, gone) for record, said, gone in found if said.firm == signature.signed.firm}
    mine = {name for name, (_, said, _) in recalls.items() if any(_concerns(signature, line.product) for line in said.lines)}
    for record, said, gone in recalls.values():
        before = recalls.get(said.replaces or "")
        if record.id not in mine:
            continue
        if before is not None and before[0].id in mine and before[0].issuer == record.issuer and before[2] is None:
            continue  # a new edition is no second contradiction, unless the one that it replaces was withdrawn
        narrowed = [
            _span(signature, other, undone)
            for other, edition, undone in recalls.values()
            if (edition.recall, other.issuer) == (said.recall, record.issuer) and edition.edition > said.edition
            and other.id not in mine
        ]  # fmt: skip
        closed = [
            _span(signature, end, undone)
            for end, ended, undone in decided(view, said.recall, RecallEnded)
            if ended.recall == said.recall and end.issuer == record.issuer
        ]
        yield Contradicted(
            sort="recall", record=record.id, at=record.valid_from, day=_span(signature, record).since,
            void=(*_void(signature, gone), *narrowed), closed=tuple(closed),
        )  # fmt: skip


def _late_answers(view: View, signature: Signature) -> Iterator[Contradicted]:
    """Tasks about complaints that the firm answered late or not at all, asked by who received them or by the association."""
    found = chain.from_iterable(decided(view, complained_subject(one), ComplaintReceived) for one in _about(signature))
    received = {
        said.complaint: record.issuer
        for record, said, gone in found
        if gone is None and said.firm in (None, signature.signed.firm) and _concerns(signature, said.product)
    }
    firm = signature.signed.firm
    for record, said, gone in decided(view, tasks_subject(firm), TaskAsked):
        asks = (received.get(said.subject), signature.edition.issuer)
        if gone is not None or said.party != firm or said.subject not in received or record.issuer not in asks:
            continue
        task = tasks.standing(view, record.id)
        if task.pause is not None or (task.answer is not None and task.answer.body.get("inTime") is True):
            continue
        closed = () if task.answer is None else (_span(signature, task.answer),)
        yield Contradicted(
            sort="late-answer", record=record.id, at=task.due, day=signature.day(task.due).toordinal(), closed=closed
        )
