"""`openqi draw explain`: what was my chance, and why; in sentences for whoever asks."""

import json
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.draw_words import reason, sentence, term
from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output

if TYPE_CHECKING:
    from openqi.app.draws.explaining import Explained

_STATES = {"drawn": "is-drawn", "not-drawn": "not-drawn", "before": "before", "hidden": "is-hidden"}
_DIGITS = 60
"""A fraction of more digits is told as a decimal number alone."""


@click.command()
@click.argument("folder", type=PATH)
@click.argument("name")
@click.option("--proof", "proof_file", type=PATH, metavar="FILE", help="Write the proof that the object stands on the list.")
@answering
def explain(out: Output, folder: Path, name: str, proof_file: Path | None) -> None:
    """Say what the chance of NAME was in the draw in FOLDER, and why."""
    from openqi.app.draws.explaining import explain as explained
    from openqi.app.files import write_file

    found = explained(folder, name)
    if proof_file is not None:
        if found.proof is None:
            raise click.UsageError(f"{name} was left out of the list; what is not there has no proof of its place")
        write_file(proof_file, (json.dumps(found.proof, ensure_ascii=False, indent=2) + "\n").encode())
    out.answer(_document(found), _lines(out, found))


def _document(found: "Explained") -> dict[str, Any]:
    if (excluded := found.excluded) is not None:
        return {"name": found.name, "state": "excluded", "reason": excluded.reason, "detail": excluded.detail}
    chance = found.chance
    assert chance is not None
    return {
        "name": found.name, "state": found.state, "stratum": found.stratum, "class": found.risk_class, "size": found.size,
        "objects": found.objects, "expected": str(found.expected), "design": found.design, "target": str(found.target),
        "why": found.why, "floor": str(found.floor), "cap": str(found.cap),
        "chance": {"value": float(chance.value), "error": chance.error, "method": chance.method},
        "ticket": found.ticket, "statistic": {name: str(value) for name, value in found.statistic},
        "facts": {name: str(value) for name, value in found.facts}, "proof": found.proof,
    }  # fmt: skip


def _lines(out: Output, found: "Explained") -> list[str]:
    language = out.language
    if (excluded := found.excluded) is not None:
        why = f"{excluded.reason} ({excluded.detail})" if excluded.detail else excluded.reason
        return [sentence("left-out", language, name=found.name, reason=why)]
    head = [(term("stratum", language), found.stratum or "-"), (term("class", language), found.risk_class or "-")]
    head += [(term("size", language), f"{found.size}")]
    asked = {"objects": found.objects, "expected": f"{float(found.expected):g}", "design": found.design}
    why = reason(found.why, language)
    exact = _told(found.target)
    lines = [
        sentence("stands", language, name=found.name, **asked),
        sentence("target", language, percent=_percent(float(found.target)), exact=exact, why=why),
        _known(found, language),
    ]
    if found.ticket is not None:
        lines.append(sentence("ticket", language, ticket=found.ticket))
        lines += _compared(found, language)
    lines.append(sentence(_STATES[found.state], language))
    assert found.proof is not None
    return [*out.pairs(head), "", *lines, sentence("proof", language, hashes=len(found.proof["hashes"]))]


def _known(found: "Explained", language: str) -> str:
    chance = found.chance
    assert chance is not None
    if chance.method == "exact" and chance.value == found.target:
        return sentence("exact", language)
    if chance.method == "target":
        return sentence("near", language, error=f"{chance.error:.1g}")
    return sentence("integrated", language, percent=_percent(float(chance.value)), error=f"{chance.error:.1g}")


def _compared(found: "Explained", language: str) -> list[str]:
    """What was compared, where the design compares one number of each with that of the last who was drawn."""
    limit = dict(found.facts).get("last drawn")
    own = dict(found.statistic)
    if limit is None or found.why == "certain":
        return []
    what = "rank" if "rank" in own else "ticket"
    told = {"own": f"{float(own[what]):.9g}", "limit": f"{float(limit):.9g}"}
    return [sentence("compared", language, what=term(what, language), **told)]


def _told(value: Fraction) -> str:
    text = str(value)
    return text if len(text) <= _DIGITS else f"{float(value):.12g}"


def _percent(value: float) -> str:
    return f"{100 * value:.6g} %"
