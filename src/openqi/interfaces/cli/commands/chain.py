"""`openqi explain` and `impact`: the way from a mark down to the SI, and from a certificate up to all that rests on it."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.steps import role, told

if TYPE_CHECKING:
    from openqi.app.impact import Effect, Flip, Impact
    from openqi.app.tree import Node

place_option = click.option(
    "--in", "place", metavar="DIR", type=PATH, default=Path(), help="Workspace or ledger; by default this folder."
)
_SHOWN: Final = 12


@click.command()
@click.argument("target", metavar="MARK|RECORD")
@place_option
@click.option("--html", "html_file", metavar="FILE", type=PATH, help="Write the tree as one page that needs nothing else.")
@click.option("--depth", type=click.IntRange(1), default=20, help="How many steps to show.")
@answering
def explain(out: Output, target: str, place: Path, html_file: Path | None, depth: int) -> None:
    """Show the tree from a mark down to the SI, or from any record, each step with how far it was checked.

    Replayed: the decision came out the same again. Signature checked: its issuer said so. Only stated: copied from paper.
    Illustrative: made up for an example.
    """
    from openqi.app.targets import opened
    from openqi.app.tree import ends, evidence_tree

    with opened(place) as chain:
        found = chain.find(target)
        capacity = "mark" if found.leaf is not None else "record"
        tree = evidence_tree(chain.checker, found.record, leaf=found.leaf, capacity=capacity)
        chain.checker.remember()
        if html_file is not None:
            from openqi.app.files import write_file
            from openqi.interfaces.web.site import tree_page

            write_file(html_file, tree_page(tree, language=out.language).encode())
    reached = ends(tree)
    failed = [node for node in tree.walk() if node.state in ("failed", "withdrawn", "not here")]
    data = {"target": target, "record": found.record, "leaf": found.leaf, "ends": list(reached), "tree": tree.as_json()}
    lines = [*_tree_lines(out, tree, depth), "", *_ends(out, reached)]
    out.answer(data, lines, finding=bool(failed))


def _ends(out: Output, reached: tuple[str, ...]) -> list[str]:
    if reached == ("SI",):
        return [out.word("every branch reaches the SI")]
    return out.pairs([("branches end", ", ".join(out.word(one) for one in reached) or "-")])


def _tree_lines(out: Output, tree: "Node", depth: int) -> list[str]:
    lines: list[str] = []

    def draw(node: "Node", first: str, rest: str, left: int) -> None:
        lines.append(f"{first}{role(out, node)} [{out.state(node.state)}]  {told(out, node)}".rstrip())
        if node.why:
            lines.append(f"{rest}    {node.why}")
        if left == 0:
            return
        *others, last = node.children or (None,)
        for child in others:
            draw(child, f"{rest}├─ ", f"{rest}│  ", left - 1)
        if last is not None:
            draw(last, f"{rest}└─ ", f"{rest}   ", left - 1)

    draw(tree, "", "", depth)
    return lines


@click.command()
@click.argument("target", metavar="RECORD")
@click.option(
    "--correction", "correction_file", metavar="FILE", type=PATH, help="The corrected certificate (DCC) that replaces it."
)
@click.option("-o", "--output", metavar="FILE", type=PATH, help="Write every item with another verdict to a table, CSV or XLSX.")
@place_option
@answering
def impact(out: Output, target: str, correction_file: Path | None, output: Path | None, place: Path) -> None:
    """Show what rests on a record, decided again as if it were withdrawn, or corrected: what flips, and where the items are.

    Nothing is sealed. To take a correction in, declare it with `replaces` and run `openqi build --withdraw`.
    """
    from openqi.app.corrections import read_correction
    from openqi.app.impact import impact as impact_of
    from openqi.app.targets import opened

    with opened(place) as chain:
        found = chain.find(target)
        correction = None if correction_file is None else read_correction(chain.store, found.record, correction_file)
        effect = impact_of(chain.store, found.record, correction=correction)
    if output is not None:
        from openqi.app.files import write_file

        write_file(output, _table(effect.flips, output))
    changes = any(one.outcome in ("flips", "falls") for one in effect.effects)
    out.answer(effect.as_json(), _impact_lines(out, effect, output), finding=changes)


def _impact_lines(out: Output, effect: "Impact", output: Path | None) -> list[str]:
    told = out.word("withdrawn") if effect.correction is None else f"{out.word('corrected by')} {effect.correction}"
    lines = [f"{out.word('record')} {effect.target} {told}", ""]
    if not effect.effects:
        return [*lines, out.word("nothing rests on it")]
    lines += out.columns(_row(out, one) for one in effect.effects)
    lines += [f"  {one.subject}: {one.why}" for one in effect.effects if one.why]
    lines += ["", f"{out.word('readings corrected otherwise')} {len(set(effect.readings))}"]
    lines += [f"{out.word('items decided again')} {effect.judged}, {out.word('with another verdict')} {len(effect.flips)}"]
    lines += (
        out.columns((f"  {place or out.word('not seen')}", str(count)) for place, count in effect.places().items())
        if effect.flips
        else []
    )
    for flip in effect.flips[:_SHOWN]:
        after = out.word("no verdict") if flip.after is None else f"{flip.after.value} ± {flip.after.expanded_uncertainty}"
        told = f"{flip.before.value} → {after}"
        lines.append(f"  {flip.item}  {told}  {' < '.join(flip.within)}")
    if len(effect.flips) > _SHOWN:
        more = f"… {len(effect.flips) - _SHOWN}"
        lines.append(f"  {more}" + ("" if output else f"  ({out.word('all of them')}: -o FILE.csv)"))
    if effect.marks:
        lines += ["", f"{out.word('marks touched')} {len(effect.marks)}"]
        where = ((item, effect.whereabouts.place(item)) for item in effect.marks)
        lines += out.columns((f"  {item}", out.word("not seen") if seen is None else seen[1]) for item, seen in where)
    return lines


def _row(out: Output, one: "Effect") -> tuple[str, ...]:
    kind = one.kind.rpartition(".")[2].partition("/")[0].replace("-", " ")
    return (out.word(one.outcome), out.word(kind), one.subject, _said(out, one))


def _said(out: Output, one: "Effect") -> str:
    """What a decision says, and after an arrow what it would say."""
    before, after = (", ".join(_member(out, *pair) for pair in said.items()) for said in (one.before, one.after))
    return before if before == after else f"{before} → {after or out.word('not issued')}"


def _member(out: Output, name: str, value: str | int) -> str:
    return out.word(value) if isinstance(value, str) else f"{value} {out.word(name)}"


_COLUMNS: Final = (
    "item", "indicated", "value_before", "value_after", "expanded_uncertainty", "verdict_after", "within", "place",
)  # fmt: skip


def _table(flips: "Iterable[Flip]", path: Path) -> bytes:
    """The items with another verdict as a table: a workbook where the file is called so, else CSV."""
    from openqi.formats.table_text import write_csv, write_xlsx

    rows = []
    for flip in flips:
        after = flip.after
        values = ("", "", "no verdict") if after is None else (after.value, after.expanded_uncertainty, after.verdict)
        rows.append((flip.item, flip.before.indicated, flip.before.value, *values, " < ".join(flip.within), flip.place or ""))
    columns = {name: [row[place] for row in rows] for place, name in enumerate(_COLUMNS)}
    return write_xlsx(columns, sheet="flips") if path.suffix.lower() == ".xlsx" else write_csv(columns)
