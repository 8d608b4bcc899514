"""Stating what became of marks after they were issued, by who may: who puts them on, who recalls, who gave the licence."""

from typing import ClassVar, Final, Literal, NamedTuple, get_args

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.errors import FormatError, RefusedError
from openqi.kernel.instant import parse_instant
from openqi.pillars.conformity.licensing.marks import items_in
from openqi.pillars.conformity.licensing.standing import at_home
from openqi.pillars.conformity.standing import decided_rows, standing
from openqi.records import Command, Instant, Items, Names, RecordId, body, statement
from openqi.records.conformity import CertificateIssued, MarksIssued
from openqi.records.governance import withdrawal
from openqi.records.licence_rows import MarkStateRow, digests
from openqi.records.licences import FINAL, LicensedMarksIssued, MarkLicensed, MarkState, MarkStatesStated, states_subject
from openqi.records.recalls import RecallLine, RecallPublished
from openqi.records.rows import rows_of

By = Literal["bearer", "recaller", "licensor"]
MAY: Final[dict[MarkState, tuple[By, ...]]] = {
    "activated": ("bearer",),
    "sold": ("bearer",),
    "returned": ("bearer",),
    "recalled": ("recaller",),
    "destroyed": ("bearer", "recaller"),
    "revoked": ("licensor", "bearer"),
    "ended": ("licensor", "bearer"),
}
"""Who may say which state. The bearers are the holder of the licence and who issued the marks."""
assert set(MAY) == {*get_args(MarkState)}


class StateMarks(Command, frozen=True):
    """State what became of marks of one issue: of those in the rows, or of all; `because` is a recall, or what else showed it."""

    NAME: ClassVar[str] = "conformity.state-marks/1"
    ROLE: ClassVar[str | None] = None
    ANY_ROLE: ClassVar[bool] = True
    INHERITS: ClassVar[bool] = True

    marks: RecordId
    state: MarkState
    at: Instant
    reason: Names | None = None
    whole: bool = False
    items: Items | None = None
    because: RecordId | None = None


class _Issue(NamedTuple):
    """What is asked of an issue, under a licence or under a certificate; `day` is that of its issue, in UTC."""

    day: str
    product: str
    lot: str | None
    items: Items
    use_until: str | None
    bearers: tuple[str, ...]
    licensor: str


def state_marks(view: View, command: StateMarks, issuer: str) -> tuple[Statement, ...]:
    """Return what is stated of the marks.

    Raises:
        NotFoundError: the issue, its rows, or what it is because of are not at hand.
        FormatError: a record is of another kind.
        RefusedError: the party may not say it, the recall is of other goods or by another firm, rows are no marks of the issue, it
            is said of a day to come or before the issue, marks are activated after the last day of their use, or all
            were revoked or destroyed before.
    """
    issue = _issue(view, command.marks)
    by = _capacity(view, command, issue, issuer)
    if command.state in ("revoked", "recalled") and command.reason is None:
        raise RefusedError("states-say-why", f"what is {command.state} says why: give a reason, in zh, in en or in both")
    if command.whole == (command.items is not None):
        raise RefusedError("some-marks", "name the marks in rows, or say `whole`, not both and not neither")
    parse_instant(command.at)
    if command.at > command.now:
        raise RefusedError("state-of-the-past", f"at {command.at}, which is to come: state it then")
    if command.at[:10] < issue.day:
        raise RefusedError(
            "state-after-issue", f"at {command.at}: these marks were issued on {issue.day}, and nothing became of them before"
        )
    if command.state == "activated" and issue.use_until is not None and command.at[:10] > issue.use_until:
        why = f"these marks could be put on goods until {issue.use_until}, and {command.at} is after it"
        raise RefusedError("use-within-term", f"{why}: they have ended with their licence")
    _check_before(view, command)
    if command.items is not None:
        _check_rows(view, command.items, issue.items)
    stated = MarkStatesStated(
        marks=command.marks, product=issue.product, state=command.state, at=command.at, by=by, reason=command.reason,
        whole=command.whole, items=command.items, because=command.because,
    )  # fmt: skip
    return (statement(stated),)


def _issue(view: View, name: str) -> _Issue:
    """The issue, whether its licence still stands or not: what becomes of marks is told to the end."""
    record = standing(view, name)
    if view.home(name) != view.origin:
        raise RefusedError(
            "record-home", f"record {name} is at home in another log: who issued there says what became of its marks"
        )
    day = record.valid_from[:10]
    if record.kind == MarksIssued.KIND:
        marks = body(record, MarksIssued)
        certificate = body(view.record(marks.issued), CertificateIssued)
        return _Issue(
            day, marks.product, None, marks.items, None, (record.issuer, certificate.holder), view.record(marks.issued).issuer
        )
    issued = body(record, LicensedMarksIssued)
    licence = body(view.record(issued.licensed), MarkLicensed)
    return _Issue(
        day, issued.product, issued.lot, issued.items, issued.use_until, (record.issuer, licence.holder),
        view.record(issued.licensed).issuer,
    )  # fmt: skip


def _capacity(view: View, command: StateMarks, issue: _Issue, issuer: str) -> By:
    """In which capacity a party may say this state of these marks."""
    recaller = _recaller(view, command, issue)
    held: dict[By, bool] = {"bearer": issuer in issue.bearers, "recaller": issuer == recaller, "licensor": issuer == issue.licensor}
    for one in MAY[command.state]:
        if held[one]:
            return one
    named = {"bearer": " or ".join(dict.fromkeys(issue.bearers)), "recaller": recaller or "who recalls", "licensor": issue.licensor}
    who = ", or ".join(named[one] for one in MAY[command.state])
    raise RefusedError("who-states", f"that marks are {command.state} is said by {who}; {issuer} does not say it")


def _recaller(view: View, command: StateMarks, issue: _Issue) -> str | None:
    """Who published the recall that a state names, after checking that it stands and is of these goods."""
    if command.because is None:
        if command.state == "recalled":
            raise RefusedError("recall-named", "what is recalled names the published recall in `because`")
        return None
    if view.record(command.because).kind != RecallPublished.KIND:
        if command.state == "recalled":
            raise RefusedError("recall-named", f"record {command.because} is no recall; name the published one")
        standing(view, command.because)
        return None
    record, recall = at_home(view, command.because, RecallPublished)
    if not any(_concerns(line, issue, whole=command.whole) for line in recall.lines):
        raise RefusedError("recall-of-goods", f"recall {recall.number} names neither {issue.product} nor the lot of these marks")
    if recall.ordered_by is None and recall.firm not in issue.bearers:
        named = " or ".join(dict.fromkeys(issue.bearers))
        raise RefusedError(
            "recall-of-maker", f"recall {recall.number} is by {recall.firm}; these goods are recalled by {named}, or by order"
        )
    return record.issuer


def _concerns(line: RecallLine, issue: _Issue, *, whole: bool) -> bool:
    """Whether a line is about marks of an issue: all of its product, or its lots; else who recalls names single marks.

    A line with lots is not about the whole product, and one with batches or days says them in words that no record of marks has.
    """
    if line.lots and issue.lot is not None:
        return issue.lot in line.lots
    return issue.product == line.product and not (whole and (line.lots or line.batches or line.made_from or line.made_until))


def _check_before(view: View, command: StateMarks) -> None:
    """Nothing more is activated or sold where all marks of an issue were revoked, recalled, destroyed or ended."""
    if command.state in FINAL:
        return
    stream = [one for one in view.stream(states_subject(command.marks)) if view.home(one.id) == view.origin]
    for one in stream:
        if one.kind == MarkStatesStated.KIND and one.basis is not None and withdrawal(one, stream, view.home) is None:
            before = body(one, MarkStatesStated)
            # Goods come back because of a recall, so that alone may follow.
            if before.whole and before.state in FINAL and (before.state, command.state) != ("recalled", "returned"):
                why = f"all marks of this issue were {before.state} by record {one.id}"
                raise RefusedError("not-after-the-end", f"{why}: none of them is {command.state} after it")


def _check_rows(view: View, items: Items, issued: Items) -> None:
    lines = rows_of(view, items)
    if not lines:
        raise RefusedError("some-marks", "no mark is named: say `whole` where all are meant")
    try:
        items_in(lines, MarkStateRow)
    except FormatError as error:
        raise RefusedError("hashed-marks", str(error)) from error
    named = {*digests(lines)}
    if len(named) != len(lines):
        raise RefusedError("marks-once", f"{len(lines) - len(named)} marks stand twice among the rows")
    strangers = named.difference(digests(decided_rows(view, issued)))
    if strangers:
        raise RefusedError("marks-of-issue", f"{len(strangers)} of {len(named)} marks are none of this issue: name theirs")
