"""The uncertainty budget of one judged item, computed again from the evidence that its verdict rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from openqi.evidence.view import View
from openqi.pillars.conformity.measured import Shown, shown_texts
from openqi.pillars.conformity.modelled import entering
from openqi.records import body
from openqi.records.conformity import ReadingsReported
from openqi.records.judgements import MeasuredJudged
from openqi.records.procedures import MeasurementPublished
from openqi.science.uncertainty.inputs.quantity import Correlation, InputQuantity
from openqi.science.uncertainty.propagation.evaluation import Evaluation
from openqi.science.uncertainty.propagation.first_order import first_order


@dataclass(frozen=True, kw_only=True)
class ItemEvaluation:
    """What the model of a procedure gave for one item, and what went in, by the names of the model."""

    evaluation: Evaluation
    inputs: Mapping[str, InputQuantity]


def evaluation_of(view: View, judged: MeasuredJudged, shown: Shown) -> ItemEvaluation:
    """Return what the model of a procedure gives for one item, with what each input contributes, in the unit of the procedure.

    Args:
        view: of what the verdicts read.
        judged: the verdicts.
        shown: the readings of the item, as its row states them.

    Raises:
        NotFoundError: something that they rest on is not at hand.
        RefusedError, DomainError: as `judge_measured`.
    """
    record = view.record(judged.readings)
    readings = body(record, ReadingsReported)
    procedure = body(view.record(judged.procedure), MeasurementPublished)
    behind = entering(view, readings, procedure, record.issuer)
    entries = behind.entries(shown_texts(procedure, shown))
    inputs = {
        name: InputQuantity(
            value=float(entry.value),
            standard_uncertainty=sqrt(float(entry.variance)),
            degrees_of_freedom=dof,
            certificate=behind.numbers.get(name),
            exact=entry.value,
        )
        for name, entry, dof in zip(behind.model.inputs, entries, behind.dof, strict=True)
    }
    names = behind.model.inputs
    correlations = [
        Correlation(first=names[row], second=names[column], coefficient=behind.correlation[row][column])
        for row in range(len(names))
        for column in range(row)
        if behind.correlation is not None and behind.correlation[row][column]
    ]
    (evaluation,) = first_order(behind.model, inputs, correlations)
    return ItemEvaluation(evaluation=evaluation, inputs=inputs)
