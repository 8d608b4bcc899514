"""`openqi draw commit`: freezes a list and the rules under one hash, before the randomness exists."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.draw_words import sentence, term, terms
from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output

if TYPE_CHECKING:
    from fractions import Fraction

    from openqi.app.draws.folder import Loaded
    from openqi.formats.draw_plan import StatedPlan


@click.command()
@click.argument("list_file", metavar="LIST", type=PATH)
@click.option("-o", "--out", "folder", type=PATH, required=True, help="New folder of the draw.")
@click.option("--plan", "plan_file", type=PATH, metavar="FILE", help="plan.yaml with purpose, strata, sources; else by options.")
@click.option("--purpose", help="What the draw is for, which no other draw from the same randomness has.")
@click.option("--design", help="How each stratum is drawn, by default pareto.")
@click.option("--size", type=int, help="How many are drawn of each stratum.")
@click.option("--ratio", help="Instead of it, a part: 5 %, 1/20.")
@click.option("--floor", "floors", multiple=True, metavar="CLASS=PART", help="Least chance of a class; or several.")
@click.option("--cap", "caps", multiple=True, metavar="CLASS=PART", help="Greatest chance of a class; or several.")
@click.option(
    "--source",
    "sources",
    multiple=True,
    nargs=3,
    metavar="SOURCE EVENT INSTANT",
    help="Randomness that will be used, and before which instant nobody knows it (- for a round of drand); or several.",
)
@click.option("--name", default="name", help="Column of the names, by default name.")
@click.option("--stratum", help="Column of the strata, by default stratum where the list has it.")
@click.option("--class", "risk_class", help="Column of the classes, by default class where the list has it.")
@click.option("--size-by", help="Column of the sizes, by default size where the list has it; else all are 1.")
@click.option("--exclude", type=PATH, metavar="FILE", help="Table name, reason, detail of those who are left out.")
@click.option("--past", type=PATH, metavar="FILE", help="Table name, day of past visits, for the caps of frequency of the plan.")
@click.option(
    "--key", "key_file", type=PATH, metavar="FILE", help="Key of unannounced visits, of which the public half is committed to."
)
@click.option("--at", metavar="INSTANT", help="Instant that the commitment states, by default now.")
@answering
def commit(out: Output, /, list_file: Path, folder: Path, at: str | None, **asked: Any) -> None:
    """Freeze LIST (CSV, XLSX or Parquet) and the rules under one hash, before the randomness exists."""
    from openqi.app.draws.committing import Asked
    from openqi.app.draws.committing import commit as committed
    from openqi.app.folder import now
    from openqi.engines.draws.reading import Naming
    from openqi.kernel.instant import format_instant, parse_instant

    found = committed(
        folder,
        Asked(
            objects=list_file,
            naming=Naming(name=asked["name"], stratum=asked["stratum"], risk_class=asked["risk_class"], size=asked["size_by"]),
            stated=_stated(asked),
            exclusions=asked["exclude"],
            past=asked["past"],
            key=b"" if asked["key_file"] is None else _public(asked["key_file"]),
            committed_at=format_instant(now()) if at is None else format_instant(parse_instant(at)),
        ),
    )
    out.answer(_document(folder, found), _lines(out, folder, found))


def _stated(asked: dict[str, Any]) -> "StatedPlan":
    """The plan of the file, or of the options."""
    from openqi.app.files import read_file
    from openqi.formats.document import MAX_BYTES
    from openqi.formats.draw_plan import EVERY, StatedPlan, part, read_draw_plan, stated_source
    from openqi.science.draws.plan import Plan, StratumRule

    by_option = [name for name in ("purpose", "design", "size", "ratio", "floors", "caps", "sources") if asked[name]]
    if asked["plan_file"] is not None:
        if by_option:
            raise click.UsageError(f"the plan is in {asked['plan_file']}; leave out --{by_option[0].removesuffix('s')}")
        return read_draw_plan(read_file(asked["plan_file"], MAX_BYTES), name=asked["plan_file"].name)
    if not asked["purpose"] or not asked["sources"]:
        raise click.UsageError("give --plan, or --purpose, --size or --ratio, and --source")
    rule = StratumRule(
        stratum=EVERY, design=asked["design"] or "pareto", size=asked["size"],
        ratio=None if asked["ratio"] is None else part(asked["ratio"]),
        floors=_bounds(asked["floors"]), caps=_bounds(asked["caps"]),
    )  # fmt: skip
    sources = tuple(
        stated_source(source, event, None if instant == "-" else instant) for source, event, instant in asked["sources"]
    )
    return StatedPlan(plan=Plan(purpose=asked["purpose"], rules=(rule,)), sources=sources, caps={}, day=None)


def _bounds(texts: tuple[str, ...]) -> "tuple[tuple[str, Fraction], ...]":
    from openqi.formats.draw_plan import part

    found = []
    for text in texts:
        name, sign, bound = text.rpartition("=")
        if not sign:
            raise click.UsageError(f"{text!r}: write CLASS=PART, as A=5%")
        found.append((name, part(bound)))
    return tuple(found)


def _public(path: Path) -> bytes:
    from openqi.app.files import public_half
    from openqi.kernel.errors import RefusedError

    found = public_half(path)
    if found.algorithm != "Ed25519":
        raise RefusedError("key-as-committed", f"{path} is a key of {found.algorithm}; unannounced visits take one of Ed25519")
    return found.data


def _document(folder: Path, found: "Loaded") -> dict[str, Any]:
    return {
        "folder": str(folder), "commitment": found.commitment.hex(), "root": found.under.root.hex(),
        "purpose": found.terms.plan.purpose, "objects": len(found.frame), "excluded": len(found.frame.exclusions),
        "strata": [
            {
                "stratum": one.rule.stratum, "design": one.rule.design, "objects": len(one.targets),
                "expected": str(one.targets.expected),
            }
            for one in found.strata
        ],
        "sources": [{"source": one.source, "event": one.event, "notBefore": one.not_before} for one in found.terms.sources],
        "key": found.terms.key.hex() or None, "committedAt": found.terms.committed_at,
    }  # fmt: skip


def _lines(out: Output, folder: Path, found: "Loaded") -> list[str]:
    frame, language = found.frame, out.language
    head: list[tuple[str, object]] = [
        ("commitment", found.commitment.hex()), ("purpose", found.terms.plan.purpose), ("root", found.under.root.hex()),
        ("objects", len(frame)), ("excluded", len(frame.exclusions)),
    ]  # fmt: skip
    strata = [terms(("stratum", "design", "objects", "expected"), language)]
    strata += [
        (one.rule.stratum or "-", one.rule.design, f"{len(one.targets)}", f"{float(one.targets.expected):g}")
        for one in found.strata
    ]
    sources = [terms(("source", "event", "not before"), language)]
    sources += [(one.source, one.event, one.not_before) for one in found.terms.sources]
    first = min(one.not_before for one in found.terms.sources)
    return [
        *out.pairs([(term(name, language), value) for name, value in head]), "", *out.columns(strata), "",
        *out.columns(sources), "", sentence("next", language, instant=first), sentence("run", language, folder=folder),
    ]  # fmt: skip
