"""`openqi draw run` makes the draw when its randomness is there; `openqi draw show` makes a hidden one public."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.draw_words import reason, sentence, term, terms
from openqi.interfaces.cli.options import PATH, Passphrases, answering, with_passphrase
from openqi.interfaces.cli.output import Output

if TYPE_CHECKING:
    from openqi.app.draws.drawing import Made

TOLD = 20
"""So many of those drawn are listed; all of them stand in the table."""


@click.command()
@click.argument("folder", type=PATH)
@click.option(
    "--randomness", "files", type=PATH, multiple=True, required=True, help="What a named source has published; or several."
)
@click.option("--proofs", is_flag=True, help="Write for all who are drawn the proof that they stand on the list.")
@click.option("--key", "key_file", type=PATH, metavar="FILE", help="Key of unannounced visits.")
@click.option("--at", metavar="INSTANT", help="Instant at which the draw is made, by default now.")
@with_passphrase
@answering
def run(
    out: Output, folder: Path, files: tuple[Path, ...], *, proofs: bool, key_file: Path | None, at: str | None,
    passphrases: Passphrases,
) -> None:  # fmt: skip
    """Make the draw in FOLDER from published randomness; it is made once."""
    from openqi.app.draws.drawing import run as made
    from openqi.app.folder import now
    from openqi.kernel.instant import format_instant, parse_instant

    secret = b"" if key_file is None else _secret(key_file, passphrases)
    instant = format_instant(now()) if at is None else format_instant(parse_instant(at))
    found = made(folder, files, secret=secret, now=instant, proofs=proofs)
    out.answer(_document(folder, found), _lines(out, folder, found))


def _secret(path: Path, passphrases: Passphrases) -> bytes:
    """The seed of a key of Ed25519, with which the function proves too; its private half holds the public one behind it."""
    from openqi.app.files import unlocked
    from openqi.kernel.errors import RefusedError

    found = unlocked(path, passphrases.of(path))
    if found.algorithm != "Ed25519":
        raise RefusedError("key-as-committed", f"{path} is a key of {found.algorithm}; unannounced visits take one of Ed25519")
    return found.private[:32]


@click.command()
@click.argument("folder", type=PATH)
@answering
def show(out: Output, folder: Path) -> None:
    """Make the hidden draw in FOLDER public, after its visits."""
    from openqi.app.draws.drawing import show as shown

    shown(folder)
    out.answer({"folder": str(folder), "shown": True}, [sentence("shown", out.language, folder=folder)])


def _document(folder: Path, made: "Made") -> dict[str, Any]:
    return {
        "folder": str(folder), "commitment": made.loaded.commitment.hex(), "seed": made.draw.seed.hex(),
        "randomness": [one.data() for one in made.randomness],
        "strata": [
            {
                "stratum": one.planned.rule.stratum, "design": one.planned.rule.design, "objects": len(one.pool),
                "drawn": [one.pool.name(place).decode() for place in one.selection.places],
            }
            for one in made.draw.strata
        ],
        "hidden": bool(made.proof),
    }  # fmt: skip


def _lines(out: Output, folder: Path, made: "Made") -> list[str]:
    language = out.language
    sources = [(one.stated.source, one.stated.event, one.published_at) for one in made.randomness]
    rows = [terms(("place", "name", "stratum", "class", "size", "planned chance", "why"), language)]
    count = 0
    for one in made.draw.strata:
        targets = one.planned.targets
        count += len(one.selection.places)
        for number, place in enumerate(one.selection.places[: TOLD + 1 - len(rows)]):
            chance, why = targets.chance_and_why(place)
            at = place if one.planned.members is None else int(one.planned.members[place])
            told = why if one.planned.design.sized or why == "certain" else "equal"
            rows.append(
                (
                    f"{number + 1}", one.pool.name(place).decode(), one.planned.rule.stratum or "-",
                    made.draw.frame.classes[int(made.draw.frame.risk_class[at])] or "-", f"{int(made.draw.frame.size[at])}",
                    f"{float(chance):.4%}", reason(told, language),
                )
            )  # fmt: skip
    rest = [f"… {count - len(rows) + 1} {term('more', language)}"] if count >= len(rows) else []
    hidden = ["", sentence("hidden", language, folder=folder)] if made.proof else []
    return [
        *out.pairs([(term("seed", language), made.draw.seed.hex()), (term("drawn", language), count)]), "",
        *out.columns([terms(("source", "event", "published at"), language), *sources]), "", *out.columns(rows), *rest, *hidden,
    ]  # fmt: skip
