"""Evaluating an uncertainty as evidence: a model, its inputs, and the certificates that they come from."""

import sys
from collections.abc import Mapping, Sequence
from itertools import combinations
from math import inf, sqrt
from typing import ClassVar, Final

from openqi.evidence.canonical import canonical_bytes
from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.decimals import fraction, fraction_of_float, rounded
from openqi.kernel.errors import DomainError, RefusedError
from openqi.pillars.metrology.inputs import Quantities, quantities_of
from openqi.pillars.metrology.reported import Coverage, Evaluated, evaluated_input, evaluated_output
from openqi.pillars.metrology.sources import as_input, certificate_of, result_of
from openqi.records import Command, DecimalText, Names, Text, Uri, as_json, statement
from openqi.records.duties import is_reserved
from openqi.records.evaluations import (
    CorrelationKnown,
    CorrelationStated,
    InputStated,
    ModelText,
    Order,
    OutputStated,
    Trials,
    UncertaintyEvaluated,
)
from openqi.records.metrology import Certificate
from openqi.science.uncertainty.expression.model import MeasurementModel, measurement_model
from openqi.science.uncertainty.expression.tape import Operation
from openqi.science.uncertainty.inputs.quantity import InputQuantity
from openqi.science.uncertainty.monte_carlo.propagated import Propagated
from openqi.science.uncertainty.monte_carlo.run import monte_carlo
from openqi.science.uncertainty.propagation.carried import carried_along
from openqi.science.uncertainty.propagation.covariance import covariance_of
from openqi.science.uncertainty.propagation.evaluation import Evaluation
from openqi.science.uncertainty.propagation.first_order import first_order
from openqi.science.uncertainty.propagation.second_order import second_order

MOST_INPUTS: Final = 100
MOST_LINES: Final = 200
"""Inputs times outputs: the lines of all budgets of one record."""
MOST_READINGS: Final = 2000
MOST_BYTES: Final = 44_000
MOST_SECOND: Final = 50
MOST_PAIRED: Final = 150_000
"""Inputs of second order, and their pairs times steps of the model: each pair is a run, a few seconds for all."""
LEAST_TRIALS: Final = 1000
MOST_TRIALS: Final = 1_000_000
MOST_WORK: Final = 10_000_000
"""Trials times what one costs, in steps of arithmetic: some ten seconds for whoever replays without numba."""
_FUNCTION: Final = 9
"""What an elementary function costs in them."""


class EvaluateUncertainty(Command, frozen=True):
    """Evaluate the uncertainty of a result by a measurement model, with its budget.

    `model` has one equation a line. Either `coverage_probability` (0.95 where neither stands) or `coverage_factor` is given.
    `trials` asks for Monte Carlo beside; without `seed` it is the digest of model and inputs.
    """

    NAME: ClassVar[str] = "metrology.evaluate-uncertainty/1"
    ROLE: ClassVar[str | None] = None  # it is arithmetic on what is shown; whose the inputs are says the signature
    ANY_ROLE: ClassVar[bool] = True  # but it lies in the stream of its subject, where not everybody with a key has a word
    INHERITS: ClassVar[bool] = True

    evaluation: Uri
    model: ModelText
    inputs: tuple[InputStated, ...]
    outputs: tuple[OutputStated, ...] = ()
    name: Names | None = None
    subject: Uri | None = None
    correlations: tuple[CorrelationStated, ...] = ()
    coverage_probability: DecimalText | None = None
    coverage_factor: DecimalText | None = None
    order: Order = "first-order"
    trials: int | None = None
    seed: Text | None = None
    illustrative: bool = False


def evaluate_uncertainty(view: View, command: EvaluateUncertainty, issuer: str) -> tuple[Statement, ...]:  # noqa: ARG001
    """Return the evaluation with its budget.

    Raises:
        NotFoundError: a certificate or an earlier evaluation is not in the log.
        RefusedError: one was withdrawn or does not say what the input takes from it, or all this is more than a record holds.
        FormatError: the model is none.
        DomainError: inputs and model do not fit each other, or there is no result.
    """
    _check_size(command)
    _check_streams(view, command)
    coverage = _coverage(command)
    model = _model(command)
    results = {one.name: old for one in command.inputs if (old := result_of(view, one)) is not None}
    certificates = {one.name: certificate_of(view, one, one.certified) for one in command.inputs if one.certified is not None}
    known = quantities_of(command.inputs, command.correlations, {name: as_input(one) for name, one in results.items()})
    found = _evaluated(command, model, known, results)
    run = None if command.trials is None else _run(command, model, known, coverage, command.trials)
    body = UncertaintyEvaluated(
        evaluation=command.evaluation,
        name=command.name,
        subject=command.subject,
        model=model.text,
        model_digest=model.digest,
        order=command.order,
        inputs=tuple(evaluated_input(one, known.inputs[one.name]) for one in command.inputs),
        measurands=tuple(evaluated_output(one, coverage, run) for one in found),
        correlations=tuple(
            CorrelationKnown(first=one.first, second=one.second, coefficient=repr(float(one.coefficient)))
            for one in found[0].made.correlations
        ),
        between=_between([one.made for one in found]),
        trials=None if run is None else _trials(run, coverage),
        certificates=tuple(dict.fromkeys(one.certified.certificate for one in command.inputs if one.certified is not None)),
        results=tuple(dict.fromkeys(one.of_result.result for one in command.inputs if one.of_result is not None)),
        illustrative=command.illustrative or _any_illustrative(certificates),
    )
    _check_bytes(command, body)
    return (statement(body),)


def _check_size(command: EvaluateUncertainty) -> None:
    inputs, lines = len(command.inputs), len(command.inputs) * max(len(command.outputs), 1)
    readings = sum(len(one.readings) for one in command.inputs)
    if inputs > MOST_INPUTS or lines > MOST_LINES or readings > MOST_READINGS:
        raise RefusedError(
            "evaluation-size",
            f"{inputs} inputs, {lines} lines of budgets, {readings} readings; one record takes {MOST_INPUTS}, {MOST_LINES} and "
            f"{MOST_READINGS}: evaluate parts on their own and name them as earlier results",
        )
    if command.order == "second-order" and inputs > MOST_SECOND:
        raise RefusedError("evaluation-size", f"{inputs} inputs; second order takes {MOST_SECOND} in one record")


def _check_streams(view: View, command: EvaluateUncertainty) -> None:
    """Refuse streams that decisions about others read: of governance, of records, of what hangs on a thing (#certificates)."""
    for name, subject in (("evaluation", command.evaluation), ("subject", command.subject)):
        if subject is not None and ("#" in subject or subject.startswith("ni:") or is_reserved(view.origin, subject)):
            raise RefusedError(
                "reserved-stream",
                f"{name} {subject} is no thing, but a part of one, a record, a key or the log; "
                "give the evaluation a URI of its own, and name the thing that it is about",
            )


def _check_bytes(command: EvaluateUncertainty, body: UncertaintyEvaluated) -> None:
    """Refuse what no record takes: command and body stand in it together, beside what was read."""
    size = sum(len(canonical_bytes(as_json(one), limit=sys.maxsize)) for one in (command, body))
    if size > MOST_BYTES:
        why = f"inputs and budget are {size} bytes; a record takes {MOST_BYTES} of them: evaluate parts on their own"
        raise RefusedError("evaluation-size", f"{why} and name them as earlier results, or say it shorter")


def _coverage(command: EvaluateUncertainty) -> Coverage:
    probability, factor = command.coverage_probability, command.coverage_factor
    if probability is not None and factor is not None:
        raise RefusedError("coverage-once", "give a coverage probability or a coverage factor, one of them")
    if factor is not None:
        if fraction(factor) <= 0:
            raise DomainError(f"coverage factor {factor}; it is above 0, for example 2")
        return Coverage(probability=None, factor=factor)
    if not 0 < fraction(probability or "0.95") < 1:
        raise DomainError(f"coverage probability {probability}; it lies between 0 and 1, for example 0.95")
    return Coverage(probability=probability or "0.95", factor=None)


def _model(command: EvaluateUncertainty) -> MeasurementModel:
    stated: tuple[InputStated | OutputStated, ...] = (*command.inputs, *command.outputs)
    units = {one.name: one.unit for one in stated if one.unit is not None}
    model = measurement_model(command.model, units=units or None, differences=[one.name for one in stated if one.difference])
    names = [one.name for one in command.inputs]
    missing, foreign = set(model.inputs) - set(names), set(names) - set(model.inputs)
    if missing or foreign:
        what = f"{', '.join(sorted(missing))} is not given" if missing else f"{', '.join(sorted(foreign))} is none of them"
        raise DomainError(f"the model's inputs are {', '.join(model.inputs)}; {what}")
    if len(names) * len(model.outputs) > MOST_LINES:
        raise RefusedError("evaluation-size", f"{len(names)} inputs and {len(model.outputs)} outputs; at most {MOST_LINES} lines")
    return model


def _evaluated(
    command: EvaluateUncertainty, model: MeasurementModel, known: Quantities, results: Mapping[str, Evaluation]
) -> tuple[Evaluated, ...]:
    first = made = first_order(model, known.inputs, known.correlations)
    if command.order == "second-order":
        if results:
            raise RefusedError("first-order-only", "parts of earlier results are carried along to first order only")
        pairs = len(command.inputs) * (len(command.inputs) + 1) // 2
        if pairs * len(model.tape.code) > MOST_PAIRED:
            told = f"{pairs} pairs of inputs times {len(model.tape.code)} steps of the model are more than the {MOST_PAIRED:,}"
            why = f"{told} that second order takes in one record"
            raise RefusedError("evaluation-size", f"{why}; evaluate parts on their own, or to first order")
        made = second_order(model, known.inputs, known.correlations)
    elif results:
        made = tuple(carried_along(one, results) for one in first)
    through = tuple(name for name in model.inputs for _ in (results[name].components if name in results else (name,)))
    names = frozenset(results)
    return tuple(Evaluated(first=one, made=other, through=through, results=names) for one, other in zip(first, made, strict=True))


def _run(command: EvaluateUncertainty, model: MeasurementModel, known: Quantities, coverage: Coverage, trials: int) -> Propagated:
    if any(one.of_result is not None for one in command.inputs):
        raise RefusedError("trials-of-results", "distributions of earlier results are not in their records; leave trials out")
    if not LEAST_TRIALS <= trials <= MOST_TRIALS:
        raise RefusedError("evaluation-size", f"{trials} trials; a record takes {LEAST_TRIALS:,} to {MOST_TRIALS:,}")
    code = sum(1 if operation <= Operation.INTEGER_POWER else _FUNCTION for operation, _, _ in model.tape.code)
    steps = code + sum(map(_cost, known.inputs.values()))
    if trials * steps > MOST_WORK:
        most = MOST_WORK // steps // 1000 * 1000
        raise RefusedError("evaluation-size", f"{trials:,} trials of this model take too long to repeat; at most {most:,}")
    probability = float(fraction(coverage.probability or "0.95"))
    return monte_carlo(
        model, known.inputs, trials=trials, seed=command.seed, correlations=known.correlations, probability=probability
    )


def _cost(one: InputQuantity) -> int:
    """What the quantile of an input costs without numba, in steps of arithmetic: an inverted one many, the more the narrower."""
    known = one.distribution
    kind, parameters = ("t", (one.degrees_of_freedom,)) if known is None else (known.kind, known.parameters)
    if kind == "t":
        return 1 if parameters[-1] == inf else 110 if parameters[-1] >= 2.0 else 300
    if kind == "gamma":
        return 200 + int(6.0 * sqrt(parameters[0]))
    if kind == "beta":
        return 300 + int(6.0 * sqrt(min(parameters[:2])))
    return 1


def _trials(run: Propagated, coverage: Coverage) -> Trials:
    return Trials(
        generator=run.generator, seed=run.seed, trials=run.trials, samples=run.digest, probability=coverage.probability or "0.95"
    )


def _between(found: Sequence[Evaluation]) -> tuple[CorrelationStated, ...]:
    """How the results vary together; of second order nothing, as covariances are those of first order."""
    if len(found) < 2 or any(one.method != "first-order" for one in found):
        return ()
    matrix = covariance_of(found)
    u = [one.standard_uncertainty for one in found]
    return tuple(
        CorrelationStated(
            first=found[i].name, second=found[j].name,
            coefficient=rounded(fraction_of_float(max(-1.0, min(1.0, matrix[i][j] / u[i] / u[j]))), "0.001"),
        )
        for i, j in combinations(range(len(found)), 2)
        if u[i] and u[j]
    )  # fmt: skip


def _any_illustrative(certificates: Mapping[str, Certificate]) -> bool:
    return any(one.illustrative for one in certificates.values())
