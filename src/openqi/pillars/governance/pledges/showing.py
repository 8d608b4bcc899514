"""Handing in what shows that a promise is kept: records of the kinds asked for that stand and are about the firm, documents."""

from collections.abc import Iterator
from hashlib import sha256
from typing import ClassVar

from openqi.evidence.record import Record, Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError, VerificationError
from openqi.pillars.governance.pledges.failed_tests import VERDICTS, passes
from openqi.pillars.governance.pledges.standing import Signature, decided, maker_of, the_signature, withdrawal_of
from openqi.records import Command, Content, Day, Names, RecordId, Text, as_json, body, kinds, statement
from openqi.records.conformity import LotFormed, ProductRegistered
from openqi.records.metrology import InstrumentRegistered
from openqi.records.pledges import Obligation, ObligationShown
from openqi.records.tasks import day_of

MOST = 40


class ShowObligation(Command, frozen=True):
    """Show that a promise is kept on a stretch of days."""

    NAME: ClassVar[str] = "governance.show-obligation/1"
    ROLE: ClassVar[str | None] = None

    signed: RecordId
    obligation: Text
    first_day: Day
    last_day: Day
    evidence: tuple[RecordId, ...] = ()
    documents: tuple[Content, ...] = ()
    remark: Names | None = None


def show_obligation(view: View, command: ShowObligation, issuer: str) -> tuple[Statement, ...]:
    """Return what the firm that signed hands in.

    Raises:
        NotFoundError: there is no such signature or record, or a document is not at hand.
        VerificationError: a document is not the one that is named.
        FormatError: the days are none.
        RefusedError: somebody else asks, the signature was withdrawn or ended before these days, there is no such obligation, the
            days lie ahead or too long ago, or the evidence is too old, of another kind, does not stand, shows the contrary, or is
            about somebody else.
    """
    found = the_signature(view, command.signed)
    if issuer != found.record.issuer:
        raise RefusedError(
            "firm-shows", f"signature {command.signed} is of {found.record.issuer}; only the firm itself hands in for it"
        )
    if found.withdrawn is not None:
        raise RefusedError(
            "signature-holds", f"signature {command.signed} was withdrawn by record {found.withdrawn.id}; sign again first"
        )
    obligation = next((one for one in found.published.obligations if one.code == command.obligation), None)
    if obligation is None:
        known = ", ".join(one.code for one in found.published.obligations)
        raise RefusedError("obligation-known", f"the pledge has no obligation {command.obligation[:80]!r}; it has {known}")
    shown = ObligationShown(
        firm=issuer, signed=found.record.id, obligation=obligation.code, first_day=command.first_day, last_day=command.last_day,
        evidence=command.evidence, documents=command.documents, remark=command.remark,
    )  # fmt: skip
    _check_days(view, found, obligation, shown)
    _check_evidence(view, found, obligation, shown)
    return (statement(shown),)


def _check_days(view: View, found: Signature, obligation: Obligation, shown: ObligationShown) -> None:
    first, last = day_of(shown.first_day), day_of(shown.last_day)
    today, signed, end = found.day(view.valid_at), found.day(found.signed.signed_at), found.ended_at
    if last > today:
        raise RefusedError("days-over", f"{last} lies ahead; what is shown is about days until today, {today}")
    if obligation.every is not None and (signed - last).days > obligation.every:
        why = f"{last} lies more than {obligation.every} days before the signature of {signed}"
        raise RefusedError("days-recent", f"{why}; obligation {obligation.code} is shown every {obligation.every} days")
    if end is not None and first > found.day(end):
        raise RefusedError("days-of-pledge", f"the signature ended at {end}; nothing is shown for days after it")


def _check_evidence(view: View, found: Signature, obligation: Obligation, shown: ObligationShown) -> None:
    evidence, documents = shown.evidence, shown.documents
    if len({*evidence}) != len(evidence) or len(evidence) + len(documents) > MOST:
        raise RefusedError("evidence-once", f"name up to {MOST} records and documents, each record once; hand in the others apart")
    if obligation.shown_by and not evidence:
        raise RefusedError(
            "evidence-asked", f"obligation {obligation.code} is shown by {', '.join(obligation.shown_by)}; name a record"
        )
    if not evidence and not documents:
        raise RefusedError("evidence-asked", f"obligation {obligation.code} is shown by a record or a document; name one")
    for name in evidence:
        record = view.record(name)
        check_evidence(view, found, obligation, record)
        _check_recent(found, obligation, record, shown)
    for document in documents:
        data = view.blob(document.sha256)
        if len(data) != document.size or sha256(data).hexdigest() != document.sha256:
            raise VerificationError(
                "content", f"document {document.sha256} is not the file that is named: it was edited, or is cut"
            )


def _check_recent(found: Signature, obligation: Obligation, record: Record, shown: ObligationShown) -> None:
    """What is shown again and again is shown by something new: one test is not handed in for every stretch to come.

    A record that says itself until when it holds shows the days until then, however old it is.
    """
    kind = kinds().get(record.kind)
    last = day_of(shown.last_day)
    if kind is not None and "valid_until" in kind.__struct_fields__:
        until = as_json(body(record, kind)).get("validUntil")
        if until is not None and found.day(until) < last:
            raise RefusedError("evidence-of-days", f"record {record.id} held until {until}; it shows nothing for {last}")
        return
    if obligation.every is not None and (last - found.day(record.valid_from)).days > obligation.every:
        why = f"record {record.id} is of {record.valid_from}, more than {obligation.every} days before {last}"
        raise RefusedError("evidence-of-days", f"{why}; obligation {obligation.code} is shown by something newer")


def check_evidence(view: View, found: Signature, obligation: Obligation, record: Record) -> None:
    """Raise RefusedError unless a record may show that an obligation is kept."""
    if view.home(record.id) != view.origin:
        raise RefusedError("record-home", f"record {record.id} is at home in another log, where other people have these names")
    if obligation.shown_by and record.kind not in obligation.shown_by:
        wanted = ", ".join(obligation.shown_by)
        raise RefusedError(
            "evidence-asked", f"record {record.id} is a {record.kind}; obligation {obligation.code} is shown by {wanted}"
        )
    gone = withdrawal_of(view, record)
    if gone is not None:
        raise RefusedError("basis-stands", f"record {record.id} was withdrawn by record {gone.id}; name one that stands")
    kind = kinds().get(record.kind)
    if kind in VERDICTS and passes(body(record, kind)) is not True:
        raise RefusedError("evidence-passes", f"record {record.id} is a {record.kind} that does not say that everything conforms")
    if record.issuer != found.record.issuer and not any(_own(view, found, one) for one in record.streams):
        why = f"record {record.id} is neither stated by {found.record.issuer} nor about it, its products, lots or instruments"
        raise RefusedError("evidence-own", why)


def _own(view: View, found: Signature, subject: str) -> bool:
    """Whether a subject is the firm, a product that it registered, a lot that it formed or an instrument that it owns."""
    firm = found.record.issuer
    for name in dict.fromkeys((subject, subject.partition("#")[0])):
        if name == firm or name in found.signed.products or any(_owned(view, name, firm)):
            return True
    return False


def _owned(view: View, subject: str, firm: str) -> Iterator[bool]:
    for record, said, gone in decided(view, subject, ProductRegistered):
        yield gone is None and record.issuer == firm and said.product == subject and maker_of(view, subject) == firm
    for record, formed, gone in decided(view, subject, LotFormed):
        yield gone is None and record.issuer == firm and formed.lot == subject and maker_of(view, formed.product) == firm
    for _, instrument, gone in decided(view, subject, InstrumentRegistered):
        yield gone is None and instrument.instrument == subject and instrument.owner == firm
