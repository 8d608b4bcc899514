"""Certificates of conformity, and the marks that are issued under them."""

import re
from typing import ClassVar

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.conformity.ruling import clause_of
from openqi.pillars.conformity.standing import standing
from openqi.pillars.conformity.verdicts import verdicts_of
from openqi.records import Command, Items, RecordId, Text, Uri, body, statement
from openqi.records.accreditation import ScopeGranted
from openqi.records.conformity import CertificateIssued, LotDecided, LotFormed, MarksIssued, ProductRegistered, registration_subject
from openqi.records.governance import first_standing
from openqi.records.judgements import MeasuredJudged
from openqi.records.rows import MarkRow, decoded, rows_of

_HASHED = re.compile(r"ni:///sha-256;[A-Za-z0-9_-]{43}")


class IssueCertificate(Command, frozen=True):
    """Certify a product and its lots on the verdicts of type tests and on lot decisions, within a scope of accreditation."""

    NAME: ClassVar[str] = "conformity.issue-certificate/1"
    ROLE: ClassVar[str | None] = "conformity-assessment-body"
    INHERITS: ClassVar[bool] = True

    certificate: Uri
    number: Text
    holder: Uri
    product: Uri
    scope: RecordId
    type_tests: tuple[RecordId, ...]
    lots: tuple[RecordId, ...]
    mark_issuers: tuple[Uri, ...] = ()


class IssueMarks(Command, frozen=True):
    """Issue marks under a certificate; the rows name each item and the hash of its mark."""

    NAME: ClassVar[str] = "conformity.issue-marks/1"
    ROLE: ClassVar[str | None] = "mark-issuer"
    INHERITS: ClassVar[bool] = True

    certificate: RecordId
    items: Items


def issue_certificate(view: View, command: IssueCertificate, issuer: str) -> tuple[Statement, ...]:
    """Return the certificate.

    Raises:
        NotFoundError: something that it rests on is not in the log.
        RefusedError: something was withdrawn, does not conform, is about another product, or is not covered by the scope today.
    """
    scope_record = standing(view, command.scope)
    scope = body(scope_record, ScopeGranted)
    _check_scope(view, scope, issuer, command.product)
    check_holder(view, command.product, command.holder)
    if not command.type_tests:
        raise RefusedError("type-test", "a certificate rests on at least one type test")
    covered = [_requirement(view, name) for name in command.type_tests]
    for name in command.lots:
        decided = body(standing(view, name), LotDecided)
        if decided.verdict != "accepted":
            raise RefusedError(
                "lot-accepted", f"lot {decided.lot} was rejected: {decided.nonconforming} of its sample do not conform"
            )
        standing(view, decided.plan)
        product = body(standing(view, decided.formed), LotFormed).product
        if product != command.product:
            raise RefusedError("same-product", f"lot {decided.lot} is of {product}, the certificate is for {command.product}")
        covered.append(_requirement(view, decided.judged, whole=False))
    uncovered = [name for name in covered if name not in scope.requirements]
    if uncovered:
        raise RefusedError("scope-covers", f"scope {scope.number} of {issuer} does not cover the requirement {uncovered[0]}")
    stated = CertificateIssued(
        certificate=command.certificate,
        number=command.number,
        holder=command.holder,
        product=command.product,
        scope=scope_record.id,
        requirements=tuple(dict.fromkeys(covered)),
        type_tests=command.type_tests,
        lots=command.lots,
        mark_issuers=command.mark_issuers,
    )
    return (statement(stated),)


def check_holder(view: View, product: str, holder: str) -> None:
    """Raise RefusedError unless the holder made the product: it was the first to register it."""
    record = first_standing(view.stream(registration_subject(product)), ProductRegistered, view.home, view.origin)
    if record is None:
        raise RefusedError("holder-made", f"nobody has registered the product {product}; its maker does")
    if record.issuer != holder:
        raise RefusedError("holder-made", f"{product} was registered by {record.issuer}; {holder} did not make it")


def _check_scope(view: View, scope: ScopeGranted, issuer: str, product: str) -> None:
    if scope.body != issuer:
        raise RefusedError("own-scope", f"scope {scope.number} was granted to {scope.body}, not to {issuer}")
    end = scope.valid_until
    if view.valid_at < scope.valid_from or (end is not None and view.valid_at >= end):
        dates = f"{scope.valid_from} to {end or 'now'}"
        raise RefusedError("scope-covers", f"scope {scope.number} of {issuer} is valid from {dates}, not at {view.valid_at}")
    if product not in scope.products:
        raise RefusedError("scope-covers", f"scope {scope.number} of {issuer} does not cover the product {product}")


def _requirement(view: View, judged_id: str, *, whole: bool = True) -> str:
    """The requirement that verdicts are on, after checking that both stand; in a type test every item conforms."""
    judged = verdicts_of(standing(view, judged_id))
    standing(view, judged.readings)
    if whole and not judged.items.count:
        raise RefusedError("type-test-passed", f"the verdicts on {judged.subject} are on no item (record {judged_id})")
    if whole and isinstance(judged, MeasuredJudged) and judged.undecided:
        why = f"{judged.undecided} of {judged.items.count} items of {judged.subject} were left open by rule {judged.rule}"
        raise RefusedError("type-test-passed", f"{why} (record {judged_id})")
    if whole and judged.nonconforming:
        why = f"{judged.nonconforming} of {judged.items.count} items of {judged.subject} do not conform"
        raise RefusedError("type-test-passed", f"{why} (record {judged_id})")
    return clause_of(standing(view, judged.requirement)).requirement


def issue_marks(view: View, command: IssueMarks, issuer: str) -> tuple[Statement, ...]:
    """Return the issue of marks.

    Raises:
        NotFoundError: certificate or rows are not at hand.
        RefusedError: the certificate or something below it was withdrawn, it does not name the issuer, a mark is no hash, or
            a mark or an item stands there twice.
    """
    issued_record = standing(view, command.certificate)
    issued = body(issued_record, CertificateIssued)
    if issuer not in (issued_record.issuer, *issued.mark_issuers):
        raise RefusedError("named-issuer", f"certificate {issued.number} does not name {issuer} as one that may issue its marks")
    standing(view, issued.scope)
    for name in issued.type_tests:
        _requirement(view, name)
    for name in issued.lots:
        decided = body(standing(view, name), LotDecided)
        _requirement(view, decided.judged, whole=False)
    rows = decoded(rows_of(view, command.items), MarkRow)
    if not rows:
        raise RefusedError("some-marks", "there are no marks to issue")
    for row in rows:
        if not _HASHED.fullmatch(row.mark):
            raise RefusedError("hashed-marks", f"the mark of {row.item} is no ni:///sha-256;… name; a serial never enters the log")
    if len({row.mark for row in rows}) != len(rows) or len({row.item for row in rows}) != len(rows):
        raise RefusedError("one-mark-an-item", "a mark or an item stands twice among the rows")
    stated = MarksIssued(certificate=issued.certificate, issued=issued_record.id, product=issued.product, items=command.items)
    return (statement(stated),)
