"""Issuing marks under a licence: within its term and its number, each mark once, also over all issues of the licence."""

from collections.abc import Sequence
from typing import ClassVar

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.errors import FormatError, RefusedError
from openqi.pillars.conformity.licensing.marks import items_in
from openqi.pillars.conformity.licensing.standing import last_day, licence_in_force
from openqi.pillars.conformity.standing import decided_rows
from openqi.records import Command, Day, Items, RecordId, Uri, body, statement
from openqi.records.governance import withdrawal
from openqi.records.licence_rows import LicensedMarkRow, digests
from openqi.records.licences import LicensedMarksIssued, issues_subject
from openqi.records.rows import rows_of


class IssueLicensedMarks(Command, frozen=True):
    """Issue marks under a licence: the rows have the hash of each mark, and its item where it is known; all of them or none."""

    NAME: ClassVar[str] = "conformity.issue-marks/2"
    ROLE: ClassVar[str | None] = "mark-issuer"
    INHERITS: ClassVar[bool] = True

    licence: RecordId
    items: Items
    use_until: Day
    lot: Uri | None = None
    illustrative: bool = False


def issue_licensed_marks(view: View, command: IssueLicensedMarks, issuer: str) -> tuple[Statement, ...]:
    """Return the issue.

    Raises:
        NotFoundError: the licence, or rows of this issue or of an earlier one, are not at hand.
        FormatError: a row is none, or holds something else than the hash of a mark.
        RefusedError: the licence does not hold now, does not name the issuer, or allows fewer; the marks could be used after its
            end; a mark or an item stands there twice, or was issued under the licence before.
    """
    record, licence = licence_in_force(view, command.licence, now=command.now)
    if issuer not in (licence.holder, *licence.issuers):
        raise RefusedError("named-issuer", f"licence {licence.number} does not name {issuer} as one that may issue its marks")
    _check_days(command, licence.valid_until)
    earlier = _issues(view, licence.licence, record.id)
    count = sum(one.items.count for one in earlier)
    if licence.most is not None and count + command.items.count > licence.most:
        why = f"licence {licence.number} is for {licence.most} marks, {count} are issued, and these are {command.items.count}"
        raise RefusedError("licence-number", f"{why}: none of them is issued")
    _check_marks(view, command, earlier)
    stated = LicensedMarksIssued(
        licence=licence.licence, licensed=record.id, product=licence.product, items=command.items, use_until=command.use_until,
        lot=command.lot, illustrative=command.illustrative or licence.illustrative,
    )  # fmt: skip
    return (statement(stated),)


def _check_days(command: IssueLicensedMarks, valid_until: str) -> None:
    """A licence that ends while its marks lie about: none is put on goods after its end, so that day is named beforehand."""
    end = last_day(valid_until)
    if command.use_until > end:
        raise RefusedError("use-within-term", f"marks to be used until {command.use_until}; the licence ends on {end}: name that")
    if command.use_until < command.now[:10]:
        raise RefusedError("use-to-come", f"marks to be used until {command.use_until}, which is over")


def _issues(view: View, licence: str, record_id: str) -> list[LicensedMarksIssued]:
    """The issues under a licence that stand. What was withdrawn does not count, and its marks may be issued again."""
    stream = [one for one in view.stream(issues_subject(licence)) if view.home(one.id) == view.origin]
    issued = [
        body(one, LicensedMarksIssued) for one in stream
        if one.kind == LicensedMarksIssued.KIND and one.basis is not None and withdrawal(one, stream, view.home) is None
    ]  # fmt: skip
    return [one for one in issued if one.licensed == record_id]


def _check_marks(view: View, command: IssueLicensedMarks, earlier: Sequence[LicensedMarksIssued]) -> None:
    lines = rows_of(view, command.items)
    if not lines:
        raise RefusedError("some-marks", "there are no marks to issue")
    try:
        items = items_in(lines, LicensedMarkRow)
    except FormatError as error:
        raise RefusedError("hashed-marks", str(error)) from error
    if len({*items}) != len(items):
        raise RefusedError("one-mark-an-item", "an item stands twice among the rows")
    marks = {*digests(lines)}
    if len(marks) != len(lines):
        raise RefusedError("marks-once", f"{len(lines) - len(marks)} marks stand twice among the rows: none of them is issued")
    for issue in earlier:
        known = marks.intersection(digests(decided_rows(view, issue.items)))
        if known:
            why = f"{len(known)} of these marks were issued under licence {issue.licence} before"
            raise RefusedError("marks-once", f"{why}: a mark stands on one thing; none of them is issued")
