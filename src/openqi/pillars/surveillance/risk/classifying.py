"""Classifying objects: the model in force tells each its probability, and with it class and reasons."""

from collections import Counter
from datetime import timedelta
from typing import ClassVar, Final

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.kernel.instant import format_instant, parse_instant
from openqi.pillars.surveillance.risk.known import Known, columns_of, the_features
from openqi.pillars.surveillance.risk.models import document_of, in_force
from openqi.pillars.surveillance.risk.schemes import classes_of, the_scheme
from openqi.records import Command, Instant, RecordId, Small, statement
from openqi.records.risk import AUTHORITY, RiskSchemePublished
from openqi.records.risk_classes import ClassCounted, ObjectsClassified
from openqi.records.risk_rows import ClassRow, ReasonCell
from openqi.records.rows import committed, row_line
from openqi.science.risk.model import Model
from openqi.science.risk.parts import text_of
from openqi.science.risk.reasons import Reason
from openqi.science.risk.told import told_of, values_of

MOST_REASONS: Final = 10


class ClassifyObjects(Command, frozen=True):
    """Classify the objects of which features were stated, by the model in force; the outcome is seen by who sees the features.

    It holds until `valid_until`, at most for as many days as the scheme says. `reasons` is how many each object is told.
    """

    NAME: ClassVar[str] = "surveillance.classify-objects/1"
    ROLE: ClassVar[str | None] = AUTHORITY
    INHERITS: ClassVar[bool] = True

    under: RecordId
    features: RecordId
    valid_until: Instant
    reasons: Small = 3


def classify_objects(view: View, command: ClassifyObjects, issuer: str) -> tuple[Statement, ...]:
    """Return the classification, with its rows.

    Raises:
        NotFoundError: the scheme, the features or the model's document are not at hand.
        FormatError: a row of the features is none.
        RefusedError: no model is in force, a feature is missing from all rows, the classification would hold too long, or whoever
            asks does not act under the scheme.
    """
    scheme_record, scheme = the_scheme(view, command.under, issuer)
    current = in_force(view, scheme_record, scheme)
    if current is None:
        raise RefusedError("model-in-force", f"no model is in force under scheme {scheme.risk_scheme}; register the first one")
    known = the_features(view, command.features, scheme_record, scheme)
    _check_end(command, scheme)
    if not 1 <= command.reasons <= MOST_REASONS:
        raise RefusedError("reasons-told", f"{command.reasons} reasons; each object is told 1 to {MOST_REASONS}")
    model = document_of(view, current[1].document)
    rows = class_rows(known, model, scheme, command.reasons)
    items, content = committed(map(row_line, rows))
    counts = Counter(row.risk_class for row in rows)
    classified = ObjectsClassified(
        risk_scheme=scheme.risk_scheme, under=scheme_record.id, model=current[0].id, features=known.record.id,
        as_of=known.stated.as_of, valid_until=command.valid_until, items=items, reasons=command.reasons,
        classes=tuple(ClassCounted(risk_class=one.risk_class, objects=counts[one.risk_class]) for one in scheme.classes),
        incomplete=len([row for row in rows if row.missing]), simulated=known.stated.simulated,
        illustrative=scheme.illustrative or known.stated.illustrative or current[1].illustrative,
    )  # fmt: skip
    return (statement(classified, contents=(content,)),)


def class_rows(known: Known, model: Model, scheme: RiskSchemePublished, reasons: int) -> list[ClassRow]:
    """Return the row of each object, in the order in which the features name them."""
    told = told_of(model, values_of(model, columns_of(known)), classes_of(scheme), reasons=reasons)
    stated = {name: place for place, name in enumerate(known.stated.features)}
    return [
        ClassRow(
            missing=lacking, object=row.object, probability=text_of(risk), risk_class=scheme.classes[place].risk_class,
            reasons=tuple(_cell(one, row.values[stated[one.feature]]) for one in own), salt=row.salt,
        )
        for row, risk, place, lacking, own in zip(known.rows, told.parts, told.places, told.missing, told.reasons, strict=True)
    ]  # fmt: skip


def _cell(reason: Reason, text: str) -> ReasonCell:
    """A reason, its value as it was stated; a text that the model does not know is told as missing, as it was taken."""
    return ReasonCell(adds=f"{reason.adds:.3f}", feature=reason.feature, value=None if reason.value is None else text)


def _check_end(command: ClassifyObjects, scheme: RiskSchemePublished) -> None:
    last = format_instant(parse_instant(command.now) + timedelta(days=scheme.valid_days))
    if not command.now < command.valid_until <= last:
        why = f"a classification under {scheme.risk_scheme} holds {scheme.valid_days} days at most"
        raise RefusedError("valid-days", f"{why}: until {last}, not {command.valid_until}")
