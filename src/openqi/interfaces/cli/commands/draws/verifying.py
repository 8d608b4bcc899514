"""`openqi draw verify`: everything computed again from nothing; the first thing that differs is named first."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from openqi.interfaces.cli.draw_words import term
from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output

if TYPE_CHECKING:
    from openqi.app.draws.verifying import Report


@click.command()
@click.argument("folder", type=PATH)
@answering
def verify(out: Output, folder: Path) -> None:
    """Verify the draw in FOLDER from nothing: list, commitment, randomness, seed, who was drawn, who was sent.

    Proved: hashes and proofs hold. Recomputed: the same result comes out again. What was not checked is said.
    """
    from openqi.app.draws.verifying import verify as verified

    found = verified(folder)
    first = found.first_difference
    data = {
        "folder": str(folder), "commitment": found.commitment, "drawn": found.drawn,
        "first_difference": None if first is None else {"name": first.name, "state": first.state, "detail": first.detail},
        "steps": [{"name": one.name, "state": one.state, "detail": one.detail} for one in found.steps],
        "proved": found.sum_of("proved"), "recomputed": found.sum_of("recomputed"), "not_checked": found.not_checked,
    }  # fmt: skip
    out.answer(data, _lines(out, found), finding=found.failed)


def _lines(out: Output, found: "Report") -> list[str]:
    language = out.language
    lines = []
    if (first := found.first_difference) is not None:
        lines += [*out.pairs([(term("first difference", language), f"{term(first.name, language)}: {first.detail}")]), ""]
    steps = [(term(one.name, language), out.state(one.state), "" if one is first else one.detail) for one in found.steps]
    sums = [(term(what, language), out.state(found.sum_of(what))) for what in ("proved", "recomputed")]
    return [
        *lines, *out.columns(steps), "", *out.columns(sums), "",
        *out.pairs([(term("not checked", language), found.not_checked)]),
    ]  # fmt: skip
