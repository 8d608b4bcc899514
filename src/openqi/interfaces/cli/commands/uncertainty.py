"""`openqi uncertainty`: a measurement model of a file, evaluated to first or second order or by Monte Carlo."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openqi.interfaces.cli.evaluated import (
    complex_data,
    complex_results,
    correlated_pairs,
    covariance_asked,
    coverage_asked,
    fits_of,
    result_data,
    run_data,
)  # fmt: skip
from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.pictures import checked, draw, picture_of_results, picture_option

if TYPE_CHECKING:
    from openqi.formats.model_file import ModelFile
    from openqi.science.uncertainty.caution import Caution
    from openqi.science.uncertainty.monte_carlo.propagated import Propagated
    from openqi.science.uncertainty.propagation.budget import By
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
        "outputs": [result_data(file, one, by or "input") for one in found],
        "covariance": covariance_asked(found),
        "complex": [complex_data(name, one) for name, one in complex_results(found)],
        "monte_carlo": None if run is None else run_data(run, first),
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


def _result_rows(out: Output, file: "ModelFile", one: "Evaluation") -> Iterator[tuple[str, object]]:
    value, u = stated(one.value, one.standard_uncertainty)
    unit = "" if one.unit is None else f" {one.unit}"
    yield "result", f"{one.name} = {value}{unit}"
    yield "standard uncertainty", f"{u}{unit}"
    if one.degrees_of_freedom is None:
        yield "degrees of freedom", out.word("not defined")
    else:
        yield "degrees of freedom", f"{one.degrees_of_freedom:.4g}"
    expanded = coverage_asked(file, one)
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
    fits = fits_of(run, first)
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
