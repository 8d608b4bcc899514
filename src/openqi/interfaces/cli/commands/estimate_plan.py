"""`openqi estimate plan`: before a draw, what a number of visits buys, and how much of them should go at random."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.rate_words import sentence, terms
from openqi.interfaces.cli.results_options import confidence_option
from openqi.interfaces.cli.results_table import counts, fixed, numbers, table_of

if TYPE_CHECKING:
    from openqi.science.draws.rates.plan import Advice, Bought, Group


@click.command()
@click.argument("groups", type=PATH)
@click.option("--visits", type=click.IntRange(min=1), required=True, help="How many visits there are.")
@click.option("--floor", type=float, help="Share of them at random, 0 to 1; without, the advised one.")
@click.option("--exponent", type=float, default=1.0, help="Of the sizes that the rest goes by, 0 to 4; by default 1.")
@click.option("--half-width", type=float, help="Wanted of the population rate, 0.01 for one point; else 1.25 times the narrowest.")
@click.option("--stratified", is_flag=True, help="Each group is drawn by itself.")
@click.option("--least", type=click.IntRange(min=1), default=2, help="Visits of each group in the allocations, by default 2.")
@confidence_option
@answering
def plan(
    out: Output, groups: Path, visits: int, floor: float | None, exponent: float, half_width: float | None, stratified: bool,
    least: int, confidence: float,
) -> None:  # fmt: skip
    """Say what visits buy: bad objects found, against how sure the population rate will be.

    GROUPS is a table with a row a group: name, count, the believed rate, and size where the draw goes by another number.
    """
    from openqi.science.draws.rates.plan import advised_floor, bought, neyman, power_allocation

    all_of_them = _groups(groups)
    how: dict[str, Any] = {"exponent": exponent, "confidence": confidence, "stratified": stratified}
    advice = advised_floor(all_of_them, visits, wanted=half_width, **how)
    chosen = advice.best if floor is None else bought(all_of_them, visits, floor=floor, **how)
    best, even = neyman(all_of_them, visits, least=least), power_allocation(all_of_them, visits, least=least)
    data = {
        "visits": visits,
        "wanted": advice.wanted,
        "advisedFloor": advice.best.floor,
        "chosen": _bought(chosen),
        "curve": [_bought(one, brief=True) for one in advice.curve],
        "groups": [
            {"name": one.name, "count": one.count, "rate": one.rate, "probability": p, "visits": n, "neyman": a, "power": b}
            for one, p, n, a, b in zip(all_of_them, chosen.chances, chosen.visits, best, even, strict=True)
        ],
    }
    out.answer(data, _lines(out, advice, chosen, data["groups"]))


def _groups(path: Path) -> "list[Group]":
    from openqi.science.draws.rates.plan import Group

    table = table_of(path)
    sizes: list[float | None] = [None] * len(table.lines)
    if "size" in table.columns:
        sizes = [*numbers(table, "size")]
    return [
        Group(name=name, count=count, rate=rate, size=size)
        for name, count, rate, size in zip(table.column("name"), counts(table, "count"), numbers(table, "rate"), sizes, strict=True)
    ]


def _bought(one: "Bought", *, brief: bool = False) -> dict[str, Any]:
    found = {
        "floor": one.floor, "exponent": one.exponent, "hits": one.hits, "halfWidth": one.half_width, "guarded": one.guarded,
        "smallestProbability": one.least,
    }  # fmt: skip
    return found if brief else found | {"probabilities": list(one.chances)}


def _lines(out: Output, advice: "Advice", chosen: "Bought", groups: Any) -> list[str]:
    heads = ("random floor", "expected hits", "half-width", "guarded half-width", "smallest probability")
    curve = [terms(heads, out.language), *(_row(one) for one in advice.curve if round(one.floor * 100) % 10 == 0)]
    columns = ("group", "objects", "believed rate", "probability", "visits", "neyman", "power")
    table = [terms(columns, out.language)]
    table += [
        (one["name"], f"{one['count']}", fixed(one["rate"]), f"{one['probability']:.5f}", f"{one['visits']:.1f}",
         f"{one['neyman']}", f"{one['power']}")
        for one in groups
    ]  # fmt: skip
    told = {"floor": advice.best.floor, "wanted": advice.wanted, "hits": advice.best.hits, "random": advice.curve[-1].hits}
    return [
        *out.columns(curve), "", sentence("floor", out.language, **told), sentence("guarded", out.language), "",
        *out.columns([terms(heads, out.language), _row(chosen)]), "", *out.columns(table),
    ]  # fmt: skip


def _row(one: "Bought") -> tuple[str, ...]:
    return f"{one.floor:.0%}", f"{one.hits:.1f}", f"{one.half_width:.4f}", f"{one.guarded:.4f}", f"{one.least:.5f}"
