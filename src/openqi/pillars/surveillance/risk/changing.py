"""What changes a class after it was given: appeals and their decisions, and repair; each on the row of one object and its proof."""

from typing import ClassVar, Literal

from openqi.evidence.batch import Item, parse_batch, verify_item
from openqi.evidence.record import Record, Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError, VerificationError
from openqi.pillars.surveillance.risk.schemes import check_evidence, rank_of
from openqi.pillars.surveillance.risk.standing_classes import (
    Classification,
    changes_of_object,
    check_holds,
    class_at,
    the_classification,
)
from openqi.pillars.surveillance.standing import own_records, standing
from openqi.records import ClassName, Command, Content, Hash, Index, Names, RecordId, Text, body, statement
from openqi.records.governance import PartyRegistered, withdrawal
from openqi.records.risk import AUTHORITY
from openqi.records.risk_classes import AppealDecided, ClassAppealed, ClassRepaired, object_subject
from openqi.records.risk_rows import ClassRow
from openqi.records.rows import decoded


class AppealClass(Command, frozen=True):
    """Object to the class of an object, by itself or on its behalf; its row and the path that proves it come with the appeal.

    Only this one row is shown: the rows of others are not read. Itself is the party whose URI or registered number the object
    bears; on behalf of any object acts who acts under the scheme.
    """

    NAME: ClassVar[str] = "surveillance.appeal-class/1"
    ROLE: ClassVar[str | None] = None
    INHERITS: ClassVar[bool] = True

    classified: RecordId
    leaf: Index
    row: Text
    path: tuple[Hash, ...]
    grounds: Names
    documents: tuple[Content, ...] = ()


class DecideAppeal(Command, frozen=True):
    """Decide an appeal: upheld, with a lower class; or rejected. Reasons are given either way."""

    NAME: ClassVar[str] = "surveillance.decide-appeal/1"
    ROLE: ClassVar[str | None] = AUTHORITY
    INHERITS: ClassVar[bool] = True

    appeal: RecordId
    outcome: Literal["upheld", "rejected"]
    grounds: Names
    risk_class: ClassName | None = None
    evidence: tuple[RecordId, ...] = ()


class RepairClass(Command, frozen=True):
    """Give an object a lower class because it put right what raised it; the evidence is named, and stands."""

    NAME: ClassVar[str] = "surveillance.repair-class/1"
    ROLE: ClassVar[str | None] = AUTHORITY
    INHERITS: ClassVar[bool] = True

    classified: RecordId
    leaf: Index
    row: Text
    path: tuple[Hash, ...]
    risk_class: ClassName
    grounds: Names
    evidence: tuple[RecordId, ...]


def appeal_class(view: View, command: AppealClass, issuer: str) -> tuple[Statement, ...]:
    """Return the appeal.

    Raises:
        NotFoundError: the classification is not in the log.
        RefusedError: the row is not in it, it holds no longer, an appeal is open or was decided, or whoever asks is a stranger.
    """
    found = the_classification(view, command.classified)
    check_holds(found, command.now)
    row = shown_row(found.record, command.leaf, command.row, command.path)
    own_row = row.object in _names(view, issuer)
    if not own_row and issuer not in found.own:
        raise RefusedError(
            "own-class", f"{issuer} is not {row.object}, and does not act under {found.scheme.risk_scheme}: it may not appeal"
        )
    for record, _, stands in _appeals(view, found, row.object):
        if stands:
            raise RefusedError("appealed-once", f"{row.object} appealed against this class before, by record {record.id}")
    current = class_at(row.risk_class, changes_of_object(view, found, row.object), command.now)
    appealed = ClassAppealed(
        risk_scheme=found.scheme.risk_scheme, under=found.scheme_record.id, classified=found.record.id, object=row.object,
        leaf=command.leaf, risk_class=current, grounds=command.grounds, on_behalf=not own_row, documents=command.documents,
        illustrative=found.stated.illustrative,
    )  # fmt: skip
    return (statement(appealed),)


def decide_appeal(view: View, command: DecideAppeal, issuer: str) -> tuple[Statement, ...]:
    """Return the decision on an appeal.

    Raises:
        NotFoundError: the appeal is not in the log.
        RefusedError: it was decided before, the class is not lower, or whoever asks does not act under the scheme.
    """
    record, appeal = standing(view, command.appeal, ClassAppealed)
    found = the_classification(view, appeal.classified)
    _check_own(found, issuer)
    subject = object_subject(found.scheme.risk_scheme, found.record.id, appeal.object)
    for other, one, stands in own_records(view, subject, AppealDecided, found.own):
        if stands and one.appeal == record.id:
            raise RefusedError(
                "decided-once", f"appeal {record.id} was {one.outcome} before, by record {other.id}; withdraw that first"
            )
    current = class_at(appeal.risk_class, changes_of_object(view, found, appeal.object), command.now)
    if (command.outcome == "upheld") != (command.risk_class is not None):
        raise RefusedError("class-told", "an appeal that is upheld has a new class, and one that is rejected has none")
    told = command.risk_class or current
    if command.outcome == "upheld":
        _check_lower(found, current, told)
    check_evidence(view, found.own, command.evidence)
    decided = AppealDecided(
        risk_scheme=found.scheme.risk_scheme, under=found.scheme_record.id, appeal=record.id, classified=found.record.id,
        object=appeal.object, outcome=command.outcome, before=current, risk_class=told, grounds=command.grounds,
        evidence=command.evidence, illustrative=found.stated.illustrative,
    )  # fmt: skip
    return (statement(decided),)


def repair_class(view: View, command: RepairClass, issuer: str) -> tuple[Statement, ...]:
    """Return the repair.

    Raises:
        NotFoundError: the classification or evidence is not in the log.
        RefusedError: the row is not in it, it holds no longer, the class is not lower, no evidence is named, or whoever asks does
            not act under the scheme.
    """
    found = the_classification(view, command.classified)
    _check_own(found, issuer)
    check_holds(found, command.now)
    row = shown_row(found.record, command.leaf, command.row, command.path)
    current = class_at(row.risk_class, changes_of_object(view, found, row.object), command.now)
    _check_lower(found, current, command.risk_class)
    if not command.evidence:
        raise RefusedError("repair-evidence", f"{row.object}: name the records that show what was put right")
    check_evidence(view, found.own, command.evidence)
    repaired = ClassRepaired(
        risk_scheme=found.scheme.risk_scheme, under=found.scheme_record.id, classified=found.record.id, object=row.object,
        before=current, risk_class=command.risk_class, grounds=command.grounds, evidence=command.evidence,
        illustrative=found.stated.illustrative,
    )  # fmt: skip
    return (statement(repaired),)


def shown_row(record: Record, leaf: int, row: str, path: tuple[str, ...]) -> ClassRow:
    """Return the one row of a classification that is shown with its proof.

    Raises:
        FormatError: it is no row.
        RefusedError: it is not the row of that classification at that place.
    """
    data = row.encode()
    item = Item(record=record.id, leaf=leaf, row=data, path=tuple(bytes.fromhex(one) for one in path))
    try:
        verify_item(item, parse_batch(record.body["items"]))
    except VerificationError as error:
        raise RefusedError("row-proved", f"the row is not number {leaf} of classification {record.id}: {error}") from error
    (found,) = decoded([data], ClassRow)
    return found


def shown(item: Item) -> dict[str, object]:
    """Return the members of an appeal or a repair that show an item's row with its proof."""
    return {"leaf": item.leaf, "row": item.row.decode(), "path": tuple(one.hex() for one in item.path)}


def _check_own(found: Classification, issuer: str) -> None:
    if issuer not in found.own:
        raise RefusedError(
            "own-scheme", f"scheme {found.scheme.risk_scheme} is for {', '.join(found.own)}; {issuer} does not act under it"
        )


def _check_lower(found: Classification, current: str, told: str) -> None:
    if rank_of(found.scheme, told) >= rank_of(found.scheme, current):
        raise RefusedError("class-lower", f"class {told} is not lower than {current}, which it has; classify anew to raise a class")


def _names(view: View, party: str) -> set[str]:
    """The URI of a party, and the numbers under which the operator registered it."""
    found = {party}
    for record in view.stream(party):
        if record.kind == PartyRegistered.KIND and view.home(record.id) == view.origin:
            found |= {one.value for one in body(record, PartyRegistered).identifiers}
    return found


def _appeals(view: View, found: Classification, object_name: str) -> list[tuple[Record, ClassAppealed, bool]]:
    """The appeals of an object; whoever decided one was checked then: it is the object itself, or acts under the scheme."""
    subject = object_subject(found.scheme.risk_scheme, found.record.id, object_name)
    stream = [one for one in view.stream(subject) if view.home(one.id) == view.origin and one.basis is not None]
    return [
        (record, body(record, ClassAppealed), withdrawal(record, stream, view.home) is None)
        for record in stream
        if record.kind == ClassAppealed.KIND
    ]
