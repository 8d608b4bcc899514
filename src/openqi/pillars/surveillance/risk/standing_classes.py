"""Which class an object has at an instant: what it was given, as appeals and repairs changed it since, while it holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from openqi.evidence.record import Record
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.surveillance.risk.schemes import check_same, own_of
from openqi.pillars.surveillance.standing import content_of, own_records, standing
from openqi.records.draw_lists import FrameFrozen
from openqi.records.risk import RiskSchemePublished
from openqi.records.risk_classes import AppealDecided, ClassRepaired, ObjectsClassified, changes_subject, object_subject
from openqi.records.risk_rows import ClassRow
from openqi.records.rows import decoded, rows_of
from openqi.science.draws.listing import MEDIA_TYPE, frame_of_listing


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A change of the class of an object: when, to which, by which record."""

    object: str
    at: str
    risk_class: str
    record: str


@dataclass(frozen=True, kw_only=True)
class Classification:
    """A classification that stands, with its scheme and who acts under it."""

    record: Record
    stated: ObjectsClassified
    scheme_record: Record
    scheme: RiskSchemePublished
    own: tuple[str, ...]

    def holds(self, instant: str) -> bool:
        """Return whether it holds at an instant: from when it was made, and before it ends."""
        return self.record.valid_from <= instant < self.stated.valid_until


def class_at(given: str, changes: Iterable[Changed], instant: str) -> str:
    """Return the class of one object at an instant: the one that it was given, or the last change up to then.

    Args:
        given: by the classification.
        changes: of this object, in log order.
        instant: of the question.
    """
    found = given
    for one in changes:
        if one.at <= instant:
            found = one.risk_class
    return found


def classes_at(given: Mapping[str, str], changes: Iterable[Changed], instant: str) -> dict[str, str]:
    """Return the class of every object at an instant; see `class_at`."""
    found = dict(given)
    for one in changes:
        if one.at <= instant and one.object in found:
            found[one.object] = one.risk_class
    return found


def the_classification(view: View, name: str) -> Classification:
    """Return a classification that stands.

    Raises:
        NotFoundError: it or its scheme is not in the log.
        RefusedError: one does not stand, or a stranger to the scheme decided it.
    """
    record, stated = standing(view, name, ObjectsClassified)
    scheme_record, scheme = standing(view, stated.under, RiskSchemePublished)
    own = own_of(scheme_record, scheme)
    check_same(own, record, stated.under, scheme_record)
    return Classification(record=record, stated=stated, scheme_record=scheme_record, scheme=scheme, own=own)


def changes_of_object(view: View, found: Classification, object_name: str) -> list[Changed]:
    """Return the changes of one object's class that stand, in log order; reads nothing of others."""
    return _changes(view, object_subject(found.scheme.risk_scheme, found.record.id, object_name), found)


def changes_of_all(view: View, found: Classification) -> list[Changed]:
    """Return the changes of all objects of a classification that stand, in log order."""
    return _changes(view, changes_subject(found.scheme.risk_scheme, found.record.id), found)


def classes_of_objects(view: View, name: str, instant: str) -> dict[str, str]:
    """Return the class of every object of a classification at an instant.

    Args:
        view: what can be read; the rows of the classification have to be at hand.
        name: record of the classification.
        instant: of the question.

    Raises:
        NotFoundError: it is not in the log, or its rows are not at hand.
        RefusedError: it does not stand, or does not hold at that instant.
    """
    found = the_classification(view, name)
    check_holds(found, instant)
    given = {row.object: row.risk_class for row in decoded(rows_of(view, found.stated.items), ClassRow)}
    return classes_at(given, changes_of_all(view, found), instant)


def check_holds(found: Classification, instant: str) -> None:
    """Raise RefusedError unless a classification holds at an instant."""
    if not found.holds(instant):
        why = f"classification {found.record.id} holds from {found.record.valid_from} until {found.stated.valid_until}"
        raise RefusedError("classification-holds", f"{why}, not at {instant}; classify anew")


def check_classes_of_list(view: View, name: str, listed: Mapping[str, str], instant: str) -> None:
    """Raise RefusedError unless a list has each object in the class that a classification gives it at an instant.

    Args:
        view: what can be read.
        name: record of the classification.
        listed: class by object, as the list has it.
        instant: as of which the list is.
    """
    known = classes_of_objects(view, name, instant)
    lacking = [one for one in listed if one not in known]
    wrong = [one for one, risk_class in listed.items() if one in known and known[one] != risk_class]
    if lacking:
        raise RefusedError("classes-agree", f"{len(lacking)} objects, {lacking[0]} first, have no class by classification {name}")
    if wrong:
        one = wrong[0]
        why = f"{one} is in class {listed[one]!r} on the list and in {known[one]!r} by classification {name} at {instant}"
        raise RefusedError("classes-agree", f"{len(wrong)} objects differ: {why}; appeals and repairs count")


def check_classes_of_frame(view: View, frame: str) -> int:
    """Return how many objects a frozen list has whose classes agree with the classification that it names.

    The list is public and so is every draw from it; the rows of the classification are not. So freezing does not read them, and
    whoever has them asks this.

    Args:
        view: what can be read; the rows of the classification have to be at hand.
        frame: record of the list.

    Raises:
        NotFoundError: a record or its content is not at hand.
        RefusedError: the list names no classification, or an object has another class than it gives, appeals and repairs counted.
    """
    _, frozen = standing(view, frame, FrameFrozen)
    if frozen.classified is None:
        raise RefusedError("classes-agree", f"list {frame} names no classification")
    found = frame_of_listing(content_of(view, frozen.document, media_type=MEDIA_TYPE, what="the list"))
    names = [name.decode() for name in found.names]
    listed = {name: found.classes[rank] for name, rank in zip(names, found.risk_class.tolist(), strict=True)}
    check_classes_of_list(view, frozen.classified, listed, frozen.as_of)
    return len(listed)


def _changes(view: View, subject: str, found: Classification) -> list[Changed]:
    own: dict[str, AppealDecided | ClassRepaired] = {}
    for appeal, decided, stands in own_records(view, subject, AppealDecided, found.own):
        if stands and decided.outcome == "upheld":
            own[appeal.id] = decided
    own |= {repair.id: repaired for repair, repaired, stands in own_records(view, subject, ClassRepaired, found.own) if stands}
    changes = []
    for placed in view.stream(subject):
        one = own.get(placed.id)
        if one is not None and one.classified == found.record.id:
            changes.append(Changed(object=one.object, at=placed.valid_from, risk_class=one.risk_class, record=placed.id))
    return changes
