"""Gathers a quality file: the streams of the subject and of what belongs to it, and what rests on the records in them.

A firm has its registration and roles, pledges, complaints, recalls, licences, the products that it registered and the lots that it
formed; a product its lots, certificates and results; a lot its readings, verdicts, events and marks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from openqi.app.quality_file.sources import Source
from openqi.app.registers import named_in
from openqi.evidence.record import Logged, Record, record_subject
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError
from openqi.pillars.governance.pledges.failed_tests import passes
from openqi.records import Body, kinds, of_json
from openqi.records.complaints import ComplaintClosed, ComplaintUpheld, complained_subject
from openqi.records.conformity import CertificateIssued, LotFormed, ProductRegistered, registration_subject
from openqi.records.governance import Withdrawn, roles_subject
from openqi.records.inspections import VisitReported
from openqi.records.licences import licences_subject
from openqi.records.own_standards import own_standards_subject
from openqi.records.pledges import PledgeProved, PledgeSigned, obligations_subject, pledges_subject
from openqi.records.recalls import RecallPublished, recalls_subject

MOST: Final = 10_000
"""Records of one file; a subject that has more is asked for part by part."""
PILLARS: Final = (
    "governance", "standards", "metrology", "conformity", "accreditation", "process-control", "traceability", "surveillance",
)  # fmt: skip
_PARTS: Final = (
    roles_subject, pledges_subject, complained_subject, recalls_subject, licences_subject, own_standards_subject,
    registration_subject,
)  # fmt: skip
_OWN: Final = {
    CertificateIssued.KIND: "certificate", PledgeProved.KIND: "proof", RecallPublished.KIND: "recall", LotFormed.KIND: "lot",
}  # fmt: skip
"""Kinds whose record founds a subject of its own, and the member that names it: what is said of that belongs to the file."""
_NOT_CONFORMING: Final = ("nonconforming", "corrected")


@dataclass(frozen=True, kw_only=True)
class Against:
    """A record of the file that speaks against the subject, or against another record (`of`)."""

    record: str
    why: str
    of: str = ""


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """A quality file.

    Args:
        subject: what it is about.
        records: all that may be seen, in log order.
        about: the subjects in whose streams they lie, as they were found.
        withheld: ids of records which these name and which may not be seen, sorted; they are in the log.
        against: what speaks against the subject or against a record of the file, in log order.
    """

    subject: str
    records: tuple[Logged, ...]
    about: tuple[str, ...]
    withheld: tuple[str, ...]
    against: tuple[Against, ...]

    def of_pillar(self, pillar: str) -> tuple[Logged, ...]:
        """Return the records of a pillar, in log order."""
        return tuple(one for one in self.records if pillar_of(one.record) == pillar)


def pillar_of(record: Record) -> str:
    """Return the pillar of a record."""
    return record.kind.partition(".")[0]


def gathered(source: Source, subject: str, *, most: int = MOST) -> Gathered:
    """Return the quality file of a subject.

    Args:
        source: where from.
        subject: URI of a firm, product, lot or anything else that records are about.
        most: records at most.

    Raises:
        NotFoundError: nothing that may be seen is about it.
        RefusedError: there is more than one file holds.
    """
    found = _Gathering(source, subject, most).run()
    if not found:
        raise NotFoundError(f"nothing that may be seen here is about {subject[:200]!r}; give the URI of a firm, product or batch")
    records = tuple(sorted(found.records.values(), key=lambda one: one.index))
    named = {name for one in records for name in named_in(one.record)} - {*found.records}
    return Gathered(
        subject=subject, records=records, about=tuple(found.subjects), withheld=tuple(sorted(source.withheld(named))),
        against=tuple(_against(records)),
    )  # fmt: skip


class _Gathering:
    def __init__(self, source: Source, subject: str, most: int) -> None:
        self._source, self._subject, self._most = source, subject, most
        self.records: dict[str, Logged] = {}
        self.subjects: dict[str, None] = {}
        self._waiting: list[str] = []

    def __bool__(self) -> bool:
        return bool(self.records)

    def run(self) -> "_Gathering":
        self._whole(self._subject)
        for kind in (ProductRegistered.KIND, LotFormed.KIND):
            self._add(self._source.issued(self._subject, kind, self._most + 1))
        while self._waiting:
            subject = self._waiting.pop(0)
            self._add(self._source.stream(subject, self._most + 1))
        for one in list(self.records.values()):
            for resting in self._source.resting(one.record.id, self._most + 1):
                self._keep(resting)
        return self

    def _whole(self, subject: str) -> None:
        for one in (subject, *(part(subject) for part in _PARTS)):
            self._ask(one)

    def _ask(self, subject: str) -> None:
        if subject not in self.subjects:
            self.subjects[subject] = None
            self._waiting.append(subject)

    def _keep(self, one: Logged) -> bool:
        if one.record.id in self.records:
            return False
        if len(self.records) >= self._most:
            why = f"{self._subject} has more than {self._most} records; ask for one product or batch of it"
            raise RefusedError("file-size", why)
        self.records[one.record.id] = one
        return True

    def _add(self, found: Iterable[Logged]) -> None:
        for one in found:
            if self._keep(one):
                self._follow(one.record)

    def _follow(self, record: Record) -> None:
        """What belongs to a record: its withdrawal, what became of it, the product or lot that it founds."""
        self._ask(record_subject(record.id))
        if record.kind == PledgeSigned.KIND and record.issuer == self._subject:
            self._ask(obligations_subject(record.id))
        elif record.kind == ProductRegistered.KIND and record.issuer == self._subject:
            self._whole(str(record.body.get("product")))
        elif record.kind in _OWN:
            self._ask(str(record.body.get(_OWN[record.kind])))


def _against(records: Iterable[Logged]) -> Iterable[Against]:
    known = {one.record.id: one.record for one in records}
    for one in records:
        record = one.record
        of = str(record.body.get("record", ""))
        if record.kind == Withdrawn.KIND and of in known and known[of].issuer == record.issuer:
            yield Against(record=record.id, why="withdrawn", of=of)
        elif why := _speaks_against(record):
            yield Against(record=record.id, why=why)


def _speaks_against(record: Record) -> str:
    said = _said(record)
    if said is None:
        return ""
    if passes(said) is False:
        return "failed-test"
    if isinstance(said, VisitReported) and said.outcome in _NOT_CONFORMING:
        return "visit"
    if isinstance(said, ComplaintUpheld) or (isinstance(said, ComplaintClosed) and said.outcome == "upheld"):
        return "upheld-complaint"
    return "recall" if isinstance(said, RecallPublished) else ""


def _said(record: Record) -> Body | None:
    kind = kinds().get(record.kind)
    try:
        return None if kind is None else of_json(record.body, kind)
    except FormatError:  # a record of another form says nothing that can be relied on
        return None
