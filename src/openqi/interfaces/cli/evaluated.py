"""What `openqi uncertainty` came to as values: for `--json`, and for the lines that are printed."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from openqi.formats.model_file import ModelFile
    from openqi.science.uncertainty.monte_carlo.propagated import Propagated
    from openqi.science.uncertainty.propagation.budget import By
    from openqi.science.uncertainty.propagation.complex_values import ComplexEvaluation
    from openqi.science.uncertainty.propagation.evaluation import Evaluation
    from openqi.science.uncertainty.propagation.validation import Validation


class Coverage(NamedTuple):
    """The expanded uncertainty that the file asks for: by a probability, or by a factor that it states."""

    uncertainty: float
    coverage_factor: float
    probability: float | None
    degrees_of_freedom: float | None


def coverage_asked(file: "ModelFile", one: "Evaluation") -> Coverage | None:
    """None where a probability is asked for and the degrees of freedom are not defined."""
    if file.coverage_factor is not None:
        k = file.coverage_factor
        return Coverage(k * one.standard_uncertainty, k, None, one.degrees_of_freedom)
    if one.degrees_of_freedom is None or file.coverage_probability is None:
        return None
    found = one.expanded(file.coverage_probability)
    return Coverage(found.uncertainty, found.coverage_factor, found.probability, found.degrees_of_freedom)


def _finite(number: float | None) -> float | str | None:
    """A number for JSON, which has no infinity."""
    return "inf" if number == float("inf") else number


def result_data(file: "ModelFile", one: "Evaluation", by: "By") -> dict[str, Any]:
    expanded = coverage_asked(file, one)
    return {
        "name": one.name,
        "unit": one.unit,
        "value": one.value,
        "standard_uncertainty": one.standard_uncertainty,
        "degrees_of_freedom": _finite(one.degrees_of_freedom),
        "expanded": None
        if expanded is None
        else expanded._asdict() | {"degrees_of_freedom": _finite(expanded.degrees_of_freedom)},
        "method": one.method,
        "bias": one.bias,
        "budget": [{"name": row.name, "contribution": row.contribution, "share": row.share} for row in one.budget(by=by)],
        "components": [
            {"name": part.name, "id": part.id, "certificate": part.certificate, "sensitivity": part.sensitivity,
             "contribution": part.contribution, "degrees_of_freedom": _finite(part.degrees_of_freedom)}
            for part in one.components
        ],
        "warnings": list(one.warnings),
        "cautions": [warning.document() for warning in one.warnings],
    }  # fmt: skip


def complex_results(found: "Sequence[Evaluation]") -> "list[tuple[str, ComplexEvaluation]]":
    """Return the complex outputs among results, by name: those with the two parts `name.re` and `name.im`."""
    from openqi.science.uncertainty.propagation.complex_values import complex_evaluation

    parts = {one.name: one for one in found}
    names = [name.removesuffix(".re") for name in parts if name.endswith(".re") and name.removesuffix("re") + "im" in parts]
    return [(name, complex_evaluation(parts[f"{name}.re"], parts[f"{name}.im"])) for name in names]


def complex_data(name: str, one: "ComplexEvaluation") -> dict[str, Any]:
    return {
        "name": name,
        "value": [one.value.real, one.value.imag],
        "covariance": one.covariance,
        "degrees_of_freedom": _finite(one.degrees_of_freedom),
    }


def run_data(run: "Propagated", first: "Sequence[Evaluation]") -> dict[str, Any]:
    fits = fits_of(run, first)
    return {
        "trials": run.trials,
        "seed": run.seed,
        "generator": run.generator,
        "digest": run.digest,
        "probability": run.probability,
        "warnings": list(run.warnings),
        "cautions": [warning.document() for warning in run.warnings],
        "outputs": [
            {
                "name": name,
                "value": run.value[place],
                "standard_uncertainty": run.standard_uncertainty[place],
                "shortest": list(run.shortest[place]),
                "symmetric": list(run.symmetric[place]),
                "first_order": None if (fit := fits[name]) is None else asdict(fit) | {"noise": _finite(fit.noise)},
            }
            for place, name in enumerate(run.names)
        ],
    }


def fits_of(run: "Propagated", first: "Sequence[Evaluation]") -> "dict[str, Validation | None]":
    """Whether first order fits each output; None where it has no coverage interval to be compared."""
    from openqi.science.uncertainty.propagation.validation import validated

    # Below one degree of freedom there is no coverage interval either.
    able = [one for one in first if (one.degrees_of_freedom or 0.0) >= 1.0 and one.standard_uncertainty]
    return {one.name: None for one in first} | {one.name: validated(one, run) for one in able}


def covariance_asked(found: "Sequence[Evaluation]") -> tuple[tuple[float, ...], ...] | None:
    """The covariance matrix of results; None where covariances of first order do not go with variances of second order."""
    from openqi.kernel.errors import DomainError
    from openqi.science.uncertainty.propagation.covariance import covariance_of

    try:
        return covariance_of(found)
    except DomainError:
        if all(one.method == "first-order" for one in found):
            raise
        return None


def correlated_pairs(found: "Sequence[Evaluation]") -> Iterator[tuple[str, str, float | None]]:
    """Yield each two outputs and the correlation coefficient of their results, where both have an uncertainty.

    It is None where it is not defined, see `covariance_of`.
    """
    matrix = covariance_asked(found)
    for (i, one), (j, two) in combinations(enumerate(found), 2):
        if one.standard_uncertainty and two.standard_uncertainty:
            r = None if matrix is None else matrix[i][j] / one.standard_uncertainty / two.standard_uncertainty
            yield one.name, two.name, r
