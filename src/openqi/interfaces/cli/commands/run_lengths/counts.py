"""`openqi arl` of counts: p and np charts (binomial), c and u charts (Poisson), with the distribution that counts really have."""

import click

from openqi.interfaces.cli.commands.run_lengths.asking import answer
from openqi.interfaces.cli.options import answering
from openqi.interfaces.cli.output import Output


@click.command("binomial")
@click.option("--size", type=int, required=True, help="Items in a sample.")
@click.option("--in-control", type=float, required=True, help="Fraction nonconforming in control, from which the limits are drawn.")
@click.option("--fraction", type=float, help="After the change; by default that in control.")
@click.option("--limits", type=click.Choice(["sigma", "exact"]), default="sigma", help="Three sigma (by default), or quantiles.")
@click.option("--lower", type=float, help="Instead: lower limit of the count, in items.")
@click.option("--upper", type=float, help="Instead: upper limit of the count, in items.")
@answering
def of_binomial(
    out: Output, size: int, in_control: float, fraction: float | None, limits: str, lower: float | None, upper: float | None
) -> None:  # fmt: skip
    """Of a p or np chart: a signal where the count of nonconforming items lies outside of its limits."""
    from openqi.kernel.errors import DomainError
    from openqi.science.charts.exact_limits import binomial_limits
    from openqi.science.charts.run_lengths.charts.attributes import binomial_run_length, three_sigma_limits

    if not 0.0 < in_control < 1.0 or size < 1:
        raise DomainError(f"a fraction of {in_control} of {size} items in control; a fraction between 0 and 1 of at least one item")
    drawn = (
        binomial_limits(size, in_control) if limits == "exact"
        else three_sigma_limits(size * in_control, size * in_control * (1.0 - in_control))
    )  # fmt: skip
    low, high = (one if given is None else given for one, given in zip(drawn, (lower, upper), strict=True))
    now = in_control if fraction is None else fraction
    found = binomial_run_length(now, size, lower=low, upper=high)
    named = {"chart": "binomial", "size": size, "inControl": in_control, "fraction": now, **_limits(low, high, size)}
    answer(out, named, found, None, ())


@click.command("poisson")
@click.option("--in-control", type=float, required=True, help="Mean count of a sample in control (of a u chart, rate times size).")
@click.option("--mean", type=float, help="After the change; by default that in control.")
@click.option("--limits", type=click.Choice(["sigma", "exact"]), default="sigma", help="Three sigma (by default), or quantiles.")
@click.option("--lower", type=float, help="Instead: lower limit of the count.")
@click.option("--upper", type=float, help="Instead: upper limit of the count.")
@answering
def of_poisson(
    out: Output, in_control: float, mean: float | None, limits: str, lower: float | None, upper: float | None
) -> None:  # fmt: skip
    """Of a c or u chart: a signal where the count of defects lies outside of its limits."""
    from openqi.kernel.errors import DomainError
    from openqi.science.charts.exact_limits import poisson_limits
    from openqi.science.charts.run_lengths.charts.attributes import poisson_run_length, three_sigma_limits

    if not 0.0 < in_control <= 1e9:
        raise DomainError(f"a mean count of {in_control} in control; above 0, at most 1e9")
    drawn = poisson_limits(in_control) if limits == "exact" else three_sigma_limits(in_control, in_control)
    low, high = (one if given is None else given for one, given in zip(drawn, (lower, upper), strict=True))
    now = in_control if mean is None else mean
    found = poisson_run_length(now, lower=low, upper=high)
    named = {"chart": "poisson", "inControl": in_control, "mean": now, **_limits(low, high, None)}
    answer(out, named, found, None, ())


def _limits(low: float, high: float, most: int | None) -> dict[str, float | None]:
    """Both limits; one that no count can lie beyond is none."""
    return {"lower": low if low > 0.0 else None, "upper": None if most is not None and high >= most else high}
