"""`openqi decide`: one measured value decided by one rule, exact on the decimals as stated, with its risk."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, cast

import click

from openqi.interfaces.cli.options import answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.pictures import checked, draw, picture_option

if TYPE_CHECKING:
    from openqi.app.pictures.frame import Spec, Wording
    from openqi.science.decision.outcomes import Decision
    from openqi.science.decision.rule import Interval
    from openqi.science.distributions.distribution import Distribution

_PASSED: Final = ("pass", "conditionalPass")


@click.command(context_settings={"ignore_unknown_options": True})  # a value may be negative
@click.argument("value")
@click.option("--unit", help="Of the value, the limits and the uncertainty.")
@click.option("--u", "standard", help="Standard uncertainty.")
@click.option("--expanded", help="Expanded uncertainty U = k u, in place of --u.")
@click.option("--k", "factor", default="2", help="Coverage factor, by default 2.")
@click.option("--lower", help="Lower limit of tolerance.")
@click.option("--upper", help="Upper limit of tolerance.")
@click.option("--rule", required=True, help="Decision rule, for example guarded-acceptance/2.")
@click.option("--method", help="How the value is compared, full-value or rounded-value; without it nothing is decided.")
@click.option("--interval", help="Rounding interval of rounded-value.")
@click.option("--parameter", "parameters", multiple=True, metavar="NAME=VALUE", help="A parameter of the rule; or several.")
@click.option("--prior", metavar="KIND:NAME=VALUE,...", help="What items are like before they are measured, for global-risk/1.")
@picture_option
@click.option(
    "--of", type=click.Choice(["decision", "risk", "guard-band"]), help="What the picture shows, by default the decision."
)
@answering
def decide(
    out: Output, value: str, unit: str | None, standard: str | None, expanded: str | None, factor: str, lower: str | None,
    upper: str | None, rule: str, method: str | None, interval: str | None, parameters: tuple[str, ...], prior: str | None,
    picture: Path | None, of: str | None,
) -> None:  # fmt: skip
    """Decide on a measured value by a decision rule; a value that does not pass is a finding."""
    from openqi.kernel.decimals import fraction
    from openqi.science.decision.outcomes import decided

    checked(picture, of=of)
    known = _prior(prior)
    found = decided(
        value, unit=unit or "", u=standard, expanded=expanded, k=factor, lower=lower, upper=upper, rule=rule,
        method=cast("Literal['full-value', 'rounded-value'] | None", method), interval=interval,  # `decided` refuses any other
        parameters={name: fraction(text) for name, text in _once(parameters).items()}, prior=known,
    )  # fmt: skip
    data: dict[str, Any] = {
        "value": value, "unit": unit, "outcome": found.outcome, "compared": found.compared, "accept": _interval(found.accept),
        "reject": _interval(found.reject), "specificRisk": found.specific_risk,
        "rule": found.rule, "method": found.method,
    }  # fmt: skip
    made = {"unit": unit or "", "u": standard, "expanded": expanded, "k": factor, "lower": lower, "upper": upper}
    draw(out, picture, lambda wording: _picture(of or "decision", found, made, known, wording))
    out.answer(data, _lines(out, found, unit or ""), finding=found.outcome not in _PASSED)


def _picture(
    of: str, found: "Decision", made: Mapping[str, str | None], prior: "Distribution | None", wording: "Wording"
) -> "Spec":
    from openqi.app.pictures.decision import Decided, decision_picture
    from openqi.app.pictures.risks import guard_band_curve, specific_risk_curve
    from openqi.kernel.decimals import fraction
    from openqi.science.decision.rule import Interval

    k, u, whole = (None if (text := made[name]) is None else fraction(text) for name in ("k", "u", "expanded"))
    limits = {name: None if (text := made[name]) is None else fraction(text) for name in ("lower", "upper")}
    known = Decided(
        decision=found,
        standard_uncertainty=float(u if whole is None else whole / k),  # type: ignore[arg-type,operator] # `decided` has checked them
        coverage_factor=float(k),  # type: ignore[arg-type]
        tolerance=Interval(**limits),
        unit=made["unit"] or "",
    )
    if of == "decision":
        return decision_picture(known, wording)
    if of == "risk":
        return specific_risk_curve(known, wording)
    if prior is None:
        raise click.UsageError("--of guard-band shows the risks over all items; give --prior, and a rule that takes one")
    return guard_band_curve(known, prior, wording)


def _lines(out: Output, found: "Decision", unit: str) -> list[str]:
    rows: list[tuple[str, object]] = [
        ("outcome", out.state("passed" if found.outcome in _PASSED else "failed", out.word(found.outcome))),
        ("compared", f"{found.compared} {unit}"),
        ("accepted from", out.word("no value") if found.accept is None else _span(found.accept)),
    ]
    if found.reject is not None:
        rows.append(("rejected outside of", _span(found.reject)))
    rows += [
        ("risk of being wrong", f"{found.specific_risk:.2g}"),
        ("rule", out.word(found.rule)),
        ("comparison", out.word(found.method)),
    ]
    return out.pairs(rows)


def _span(interval: "Interval") -> str:
    ends = _interval(interval) or {}
    return f"{ends['lower'] or '-∞'} … {ends['upper'] or '∞'}"


def _interval(interval: "Interval | None") -> dict[str, str | None] | None:
    if interval is None:
        return None
    return {
        name: None if end is None else decimal_of(end)
        for name, end in (("lower", interval.lower), ("upper", interval.upper))
    }  # fmt: skip


def decimal_of(number: Fraction) -> str:
    """Return a number as decimal text: exactly where it ends within 30 decimals, else to 15; of one below 1 zeros do not count."""
    from openqi.kernel.decimals import rounded

    zeros = next((zeros for zeros in range(42) if abs(number) * 10 ** (zeros + 1) >= 1), 0)
    exact = range(min(57, zeros + 31))
    places = next((places for places in exact if 10**places % number.denominator == 0), zeros + 15)
    return rounded(number, "1" if places == 0 else "0." + "1".rjust(places, "0"))


def _named(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise click.UsageError(f"{text!r}: write it as NAME=VALUE, for example target=0.02")
    return name, value


def _once(texts: Iterable[str]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name, value in map(_named, texts):
        if name in found:
            raise click.UsageError(f"{name} is stated twice, as {found[name]} and as {value}: state it once")
        found[name] = value
    return found


def _prior(text: str | None) -> "Distribution | None":
    """A distribution as `normal:mean=9.5,sd=0.3` names it."""
    if text is None:
        return None
    from openqi.kernel.decimals import fraction
    from openqi.science.distributions.distribution import distribution

    kind, _, rest = text.partition(":")
    parameters = {name: float(fraction(value)) for name, value in _once(rest.split(",")).items()}
    if "kind" in parameters:
        raise click.UsageError(f"--prior {text!r}: write the kind before the colon, for example normal:mean=9.5,sd=0.3")
    return distribution(kind, **parameters)
