"""`openqi uncertainty`: a measurement model of a file, evaluated to first or second order or by Monte Carlo."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.pictures import checked, draw, picture_of_results, picture_option

if TYPE_CHECKING:
    from openqi.formats.model_file import ModelFile
    from openqi.science.uncertainty.caution import Caution
    from openqi.science.uncertainty.monte_carlo.propagated import Propagated
    from openqi.science.uncertainty.propagation.budget import By
    from openqi.science.uncertainty.propagation.complex_values import ComplexEvaluation
    from openqi.science.uncertainty.propagation.evaluation import Evaluation
    from openqi.science.uncertainty.propagation.validation import Validation


@click.command()
@click.argument("model", type=PATH)
@click.option("--second-order", is_flag=True, help="Take the terms of next higher order too.")
@click.option("--monte-carlo", type=click.IntRange(min=1), metavar="N", help="Propagate distributions too, with N trials.")
@click.option("--seed", metavar="TEXT", help="Of the trials; by default the hash of model and inputs.")
@click.option("--by", type=click.Choice(["input", "certificate", "intermediate"]), help="What the rows of the budget are.")
@picture_option
@click.option(
    "--of", type=click.Choice(["budget", "distribution", "ellipse"]), help="What the picture shows, by default the budget."
)
@click.option(
    "--result", "results", multiple=True, metavar="NAME", help="Which output it shows, by default the first; two of an ellipse."
)
@answering
def uncertainty(
    out: Output, model: Path, second_order: bool, monte_carlo: int | None, seed: str | None, by: "By | None",
    picture: Path | None, of: str | None, results: tuple[str, ...],
) -> None:  # fmt: skip
    """Evaluate a measurement model, with its budget: value, uncertainty, degrees of freedom and where they come from.

    MODEL is a YAML file with the equation and its inputs.
    """
    from openqi.app.files import read_file
    from openqi.formats.document import MAX_BYTES
    from openqi.formats.model_file import read_model_file
    from openqi.science.uncertainty.propagation.first_order import first_order
    from openqi.science.uncertainty.propagation.second_order import second_order as higher

    checked(picture, of=of, result=results)
    file = read_model_file(read_file(model, MAX_BYTES), name=str(model))
    first = first_order(file.model, file.inputs, file.correlations)
    found = higher(file.model, file.inputs, file.correlations) if second_order else first
    trials = monte_carlo if monte_carlo is not None else file.trials
    if seed is not None and trials is None:
        raise click.UsageError("--seed is that of a Monte Carlo run; give --monte-carlo too")
    run = None if trials is None else _run(file, trials, seed if seed is not None else file.seed)
    data = {
        "model": file.model.digest,
        "text": file.model.text,
        "outputs": [_result_data(file, one, by or "input") for one in found],
        "covariance": _covariance(found),
        "complex": [_complex_data(name, one) for name, one in complex_results(found)],
        "monte_carlo": None if run is None else _run_data(run, first),
    }
    lines = [*_lines(out, file, found, by or "input"), *([] if run is None else _run_lines(out, run, first))]
    draw(out, picture, lambda wording: picture_of_results(of or "budget", results, found, first, run, by or "input", wording))
    out.answer(data, lines)


def _run(file: "ModelFile", trials: int, seed: str | None) -> "Propagated":
    from openqi.science.uncertainty.monte_carlo.run import monte_carlo

    return monte_carlo(
        file.model,
        file.inputs,
        trials=trials,
        seed=seed,
        correlations=file.correlations,
        probability=0.95 if file.coverage_probability is None else file.coverage_probability,
    )


class Coverage(NamedTuple):
    """The expanded uncertainty that the file asks for: by a probability, or by a factor that it states."""

    uncertainty: float
    coverage_factor: float
    probability: float | None
    degrees_of_freedom: float | None


def _coverage(file: "ModelFile", one: "Evaluation") -> Coverage | None:
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


def _result_data(file: "ModelFile", one: "Evaluation", by: "By") -> dict[str, Any]:
    expanded = _coverage(file, one)
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


def _complex_data(name: str, one: "ComplexEvaluation") -> dict[str, Any]:
    return {
        "name": name,
        "value": [one.value.real, one.value.imag],
        "covariance": one.covariance,
        "degrees_of_freedom": _finite(one.degrees_of_freedom),
    }


def _run_data(run: "Propagated", first: "Sequence[Evaluation]") -> dict[str, Any]:
    fits = _fits(run, first)
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


def _fits(run: "Propagated", first: "Sequence[Evaluation]") -> "dict[str, Validation | None]":
    """Whether first order fits each output; None where it has no coverage interval to be compared."""
    from openqi.science.uncertainty.propagation.validation import validated

    # Below one degree of freedom there is no coverage interval either.
    able = [one for one in first if (one.degrees_of_freedom or 0.0) >= 1.0 and one.standard_uncertainty]
    return {one.name: None for one in first} | {one.name: validated(one, run) for one in able}


def _lines(out: Output, file: "ModelFile", found: "Sequence[Evaluation]", by: "By") -> Iterator[str]:
    for place, one in enumerate(found):
        if place:
            yield ""
        yield from out.pairs(_result_rows(out, file, one))
        yield ""
        yield from out.columns(_budget_rows(out, file, one, by))
    yield ""
    for first, second, r in correlated_pairs(found):
        told = out.word("not defined") if r is None else f"{r:.3f}"
        yield from out.pairs([("correlation", f"{first}, {second}: {told}")])
    for name, both in complex_results(found):
        if both.degrees_of_freedom is not None:
            yield from out.pairs([("degrees of freedom", f"{name}: {both.degrees_of_freedom:.4g}")])
    yield from out.pairs([("measurement model", file.model.digest)])


def _budget_rows(out: Output, file: "ModelFile", one: "Evaluation", by: "By") -> Iterator[tuple[str, ...]]:
    """The budget as a table; by input with what a budget after JJF 1059.1 says of each."""
    from openqi.science.uncertainty.propagation.evaluation import HIGHER

    units, parts = file.model.units, {part.name: part for part in one.components}
    heads = ("u(x)", "ν", "c") if by == "input" else ()
    yield (out.word("source of uncertainty"), *heads, out.word("contribution"), out.word("share"))
    for row in one.budget(by=by):
        more: tuple[str, ...] = ("", "", "") if heads else ()
        if heads and row.name in parts:
            given, part = file.inputs[row.name], parts[row.name]
            unit = f" {units[row.name]}" if units is not None else ""
            dof = "∞" if part.degrees_of_freedom == float("inf") else f"{part.degrees_of_freedom:.4g}"
            more = (f"{given.standard_uncertainty:.3g}{unit}", dof, f"{part.sensitivity:.4g}")
        name = out.word(row.name) if row.name == HIGHER else row.name
        yield (name, *more, f"{row.contribution:.3g}", f"{100 * row.share:.1f} %")


def _covariance(found: "Sequence[Evaluation]") -> tuple[tuple[float, ...], ...] | None:
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
    matrix = _covariance(found)
    for (i, one), (j, two) in combinations(enumerate(found), 2):
        if one.standard_uncertainty and two.standard_uncertainty:
            r = None if matrix is None else matrix[i][j] / one.standard_uncertainty / two.standard_uncertainty
            yield one.name, two.name, r


def _result_rows(out: Output, file: "ModelFile", one: "Evaluation") -> Iterator[tuple[str, object]]:
    value, u = stated(one.value, one.standard_uncertainty)
    unit = "" if one.unit is None else f" {one.unit}"
    yield "result", f"{one.name} = {value}{unit}"
    yield "standard uncertainty", f"{u}{unit}"
    if one.degrees_of_freedom is None:
        yield "degrees of freedom", out.word("not defined")
    else:
        yield "degrees of freedom", f"{one.degrees_of_freedom:.4g}"
    expanded = _coverage(file, one)
    if expanded is not None:
        reason = f"k = {expanded.coverage_factor:.3g}"
        if expanded.probability is not None:
            reason += f", {100 * expanded.probability:g} %"
        yield "expanded uncertainty", f"{stated(one.value, expanded.uncertainty)[1]}{unit} ({reason})"
    if one.bias is not None:
        yield "bias", f"{one.bias:.3g}{unit}"
    yield from _told(out, one.warnings)


def _told(out: Output, warnings: "Sequence[Caution]") -> Iterator[tuple[str, object]]:
    from openqi.interfaces.web.figures import caution

    for one in warnings:
        yield "warning", caution(one.code, one.names, one.figures, "zh") if out.language == "zh" else one


def _fit(fit: "Validation | None") -> str:
    """Whether first order fits, in a word."""
    if fit is None:
        return "not checked"
    return "too few trials to tell" if fit.fits is None else "yes" if fit.fits else "no"


def _run_lines(out: Output, run: "Propagated", first: "Sequence[Evaluation]") -> Iterator[str]:
    fits = _fits(run, first)
    for place, name in enumerate(run.names):
        value, u = stated(run.value[place], run.standard_uncertainty[place])
        shortest, symmetric = (
            " … ".join(stated(end, run.standard_uncertainty[place])[0] for end in ends[place])
            for ends in (run.shortest, run.symmetric)
        )
        yield ""
        yield from out.pairs([
            ("Monte Carlo", f"{name} = {value}"),
            ("standard uncertainty", u),
            ("shortest interval", f"{shortest} ({100 * run.probability:g} %)"),
            ("symmetric interval", f"{symmetric} ({100 * run.probability:g} %)"),
            ("first order fits", out.word(_fit(fits[name]))),
        ])  # fmt: skip
    yield ""
    yield from out.pairs([*_told(out, run.warnings)])
    yield from out.pairs([("trials", run.trials), ("seed", run.seed), ("generator", run.generator), ("SHA-256", run.digest)])


def stated(value: float, uncertainty: float) -> tuple[str, str]:
    """Return value and uncertainty as they are reported: two digits of the uncertainty, the value to the same place."""
    from openqi.kernel.decimals import fraction_of_float, rounded_result
    from openqi.kernel.errors import DomainError

    try:
        return rounded_result(fraction_of_float(value), fraction_of_float(uncertainty))
    except DomainError:  # no uncertainty, or a number whose plain decimals are too long to be read
        return f"{value:.10g}", f"{uncertainty:.2g}"
