"""The measurement model behind a verdict and the budget of one item, for readers who may see all that they rest on."""

from dataclasses import dataclass
from fractions import Fraction

from openqi.app.reading.context import Context
from openqi.app.views import noting_view
from openqi.evidence.view import parse_basis
from openqi.kernel.decimals import fraction_of_float, rounded_result
from openqi.kernel.errors import OpenQIError
from openqi.pillars.conformity.budgets import evaluation_of
from openqi.pillars.conformity.measured import Shown
from openqi.pillars.conformity.verdicts import AnyRow
from openqi.records.judgements import MeasuredJudged
from openqi.records.procedures import MeasurementPublished
from openqi.records.rows import MeasuredRow
from openqi.science.uncertainty.inputs.quantity import InputQuantity


@dataclass(frozen=True, kw_only=True)
class BudgetLine:
    """One input of a budget: estimate and standard uncertainty in its unit, what it contributes to the result, and its share.

    `certificate` is the number of the one that it comes from; empty for the reading and for what the procedure states.
    """

    name: str
    unit: str
    value: str
    standard_uncertainty: str
    contribution: str
    share: str
    certificate: str
    stated: bool


@dataclass(frozen=True, kw_only=True)
class Budget:
    """The budget of an item, the largest share first; its standard uncertainty is in `unit`, the one of the procedure."""

    equations: tuple[str, ...]
    model: str
    unit: str
    standard_uncertainty: str
    lines: tuple[BudgetLine, ...]


def equations(text: str) -> tuple[str, ...]:
    """Return the equations of a model's text, without its head and units."""
    return tuple(line for line in text.splitlines() if "=" in line)


def budget(context: Context, record_id: str, row: AnyRow) -> Budget | None:
    """Return the budget of one row of verdicts; None where they are by a model of the catalogue, or something is withheld."""
    stated = context.body(record_id, MeasuredJudged)
    if stated is None or not isinstance(row, MeasuredRow):
        return None
    return context.kept("budget", f"{record_id} {row.item}", lambda: _budget(context, record_id, stated, row))


def _budget(context: Context, record_id: str, stated: MeasuredJudged, row: MeasuredRow) -> Budget | None:
    procedure = context.body(stated.procedure, MeasurementPublished)
    basis = context.logged(record_id).record.basis
    named = (stated.readings, *stated.instruments, *stated.certificates)
    if procedure is None or basis is None or not all(context.shown(context.logged(name).record) for name in named):
        return None
    read = parse_basis(basis)
    try:
        view = noting_view(context.store, known_at=read.known_at, valid_at=read.valid_at)
        found = evaluation_of(view, stated, Shown(row.indicated, row.reference))
    except OpenQIError:
        return None  # the state of the verdicts says what is wrong with their evidence
    shares = {one.name: one.share for one in found.evaluation.budget()}
    told = {one.name for one in procedure.stated}
    lines = [
        BudgetLine(
            name=one.name,
            unit=_unit(procedure.model, one.name),
            value=_texts(found.inputs[one.name])[0],
            standard_uncertainty=_texts(found.inputs[one.name])[1],
            contribution=_text(abs(one.contribution)),
            share=f"{100 * shares[one.name]:.1f}",
            certificate=one.certificate or "",
            stated=one.name in told,
        )
        for one in sorted(found.evaluation.components, key=lambda one: -shares[one.name])
    ]
    return Budget(
        equations=equations(procedure.model),
        model=procedure.model_digest,
        unit=procedure.unit,
        standard_uncertainty=_text(found.evaluation.standard_uncertainty),
        lines=tuple(lines),
    )


def _texts(given: InputQuantity) -> tuple[str, str]:
    """An estimate and its standard uncertainty of two digits, to the same place."""
    if not given.standard_uncertainty:
        return f"{given.value:.12g}", "0"
    return rounded_result(fraction_of_float(given.value), fraction_of_float(given.standard_uncertainty))


def _text(size: float) -> str:
    """A size of two digits."""
    return rounded_result(Fraction(0), fraction_of_float(size))[1] if size else "0"


def _unit(model: str, name: str) -> str:
    """The unit of an input, as the model's text declares it."""
    start = f"{name} : "
    return next((line.removeprefix(start).removesuffix(" difference") for line in model.splitlines() if line.startswith(start)), "")
