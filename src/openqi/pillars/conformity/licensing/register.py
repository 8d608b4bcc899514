"""Registers of licensed marks: licences with their terms, and issues under them; by firm, product and rule.

Nothing expires in them: until when a licence holds is a column, and whether it is over is asked with a date. Rows of records that
are not public say so; whoever reads them asks who may.
"""

from collections.abc import Iterable
from typing import Final, TypeVar

from openqi.evidence.fold import Fold, Row
from openqi.evidence.record import Logged, Record
from openqi.kernel.errors import FormatError
from openqi.records import Body, body
from openqi.records.governance import Withdrawn
from openqi.records.licences import OF_ISSUES, OF_LICENCES, LicensedMarksIssued, MarkLicensed

B = TypeVar("B", bound=Body)
_MOST: Final = 2**53


def register_key(record: str, origin: str) -> str:
    """Return the key of a licence in `LICENCES`, and of an issue in `MARK_ISSUES`."""
    return f"{record} {origin}"


def _said(record: Record, kind: type[B]) -> B | None:
    """The body of a decided record of a kind; None where it is another, or was written elsewhere in another form."""
    if record.kind != kind.KIND or record.basis is None:
        return None
    try:
        return body(record, kind)
    except FormatError:
        return None


def _keys(logged: Logged, kind: type[Body], ending: str) -> Iterable[str]:
    record = logged.record
    if record.kind == kind.KIND:
        return (register_key(record.id, logged.origin),)
    if record.kind == Withdrawn.KIND and any(one.endswith(ending) for one in record.streams):
        return (register_key(str(record.body.get("record")), logged.origin),)
    return ()


def _withdrawn(row: Row, record: Record) -> Row:
    """The row after its record was withdrawn by its issuer; what only some may see moves no row that all see."""
    if record.kind != Withdrawn.KIND or record.issuer != row["issuer"] or record.public < bool(row["public"]):
        return row
    return {**row, "withdrawn": record.id}


def _licence(row: Row | None, logged: Logged) -> Row | None:
    record = logged.record
    if row is not None:
        return _withdrawn(row, record)
    said = _said(record, MarkLicensed)
    if said is None:
        return None
    return {
        "origin": logged.origin, "public": int(record.public), "record": record.id, "issuer": record.issuer,
        "place": logged.index, "licence": said.licence, "number": said.number, "rule": said.rule, "published": said.published,
        "holder": said.holder, "product": said.product, "valid_from": said.valid_from, "valid_until": said.valid_until,
        "most": said.most, "tests": sum(one.tests for one in said.series), "illustrative": int(said.illustrative),
        "withdrawn": None,
    }  # fmt: skip


def _issue(row: Row | None, logged: Logged) -> Row | None:
    record = logged.record
    if row is not None:
        return _withdrawn(row, record)
    said = _said(record, LicensedMarksIssued)
    if said is None:
        return None
    return {
        "origin": logged.origin, "public": int(record.public), "record": record.id, "issuer": record.issuer,
        "place": logged.index, "at": record.valid_from, "licence": said.licence, "licensed": said.licensed,
        "product": said.product, "count": min(said.items.count, _MOST), "use_until": said.use_until, "withdrawn": None,
    }  # fmt: skip


LICENCES = Fold(
    name="mark_licences",
    version=1,
    columns={
        "origin": str, "public": int, "record": str, "issuer": str, "place": int, "licence": str, "number": str, "rule": str,
        "published": str, "holder": str, "product": str, "valid_from": str, "valid_until": str, "most": int, "tests": int,
        "illustrative": int, "withdrawn": str,
    },
    keys=lambda logged: _keys(logged, MarkLicensed, OF_LICENCES),
    step=_licence,
    indexes=(
        ("origin", "public", "place"), ("origin", "holder", "place"), ("origin", "product", "place"), ("origin", "rule", "place"),
        ("origin", "licence"), ("origin", "number"),
    ),
)  # fmt: skip
"""A row a licence, with its withdrawal where there is one."""

MARK_ISSUES = Fold(
    name="mark_issues",
    version=1,
    columns={
        "origin": str, "public": int, "record": str, "issuer": str, "place": int, "at": str, "licence": str, "licensed": str,
        "product": str, "count": int, "use_until": str, "withdrawn": str,
    },
    keys=lambda logged: _keys(logged, LicensedMarksIssued, OF_ISSUES),
    step=_issue,
    indexes=(("origin", "licensed", "place"), ("origin", "product", "place"), ("origin", "public", "place")),
)  # fmt: skip
"""A row an issue of marks under a licence."""
