"""`openqi complaint triage`: what complaints seem to be about and whether somebody came to harm; suggestions, the gravest first."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from openqi.interfaces.cli.commands.complaint_triage_fit import fit
from openqi.interfaces.cli.lazy import DefaultGroup
from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.results_table import MAX_BYTES
from openqi.interfaces.cli.triage_words import term, terms

if TYPE_CHECKING:
    from openqi.app.triage import Triaged

_STDIN: Final = Path("-")
_SHOWN: Final = 40  # characters of a text in a table for people


@click.group(cls=DefaultGroup)
def triage() -> None:
    """Suggest what complaints are about, and who came to harm.

    `openqi complaint triage TEXTS` is short for `openqi complaint triage suggest TEXTS`.
    """


@triage.command()
@click.argument("texts", type=PATH)
@click.option("--model", "model_file", type=PATH, help="Model of matters, made by fit; without one only hazards are told.")
@click.option("--text", "column", default="text", help="Column of the texts in a table, by default text.")
@click.option(
    "--reasons", type=click.IntRange(0, 20), default=3, help="Runs of characters told a text, by default 3; 0 is quicker."
)
@click.option("--most", type=click.IntRange(0, 1_000_000), default=20, help="Texts shown to people, by default 20.")
@click.option("--out", "out_file", type=PATH, help="Write every text's answer as a line of JSON to a file.")
@answering
def suggest(out: Output, texts: Path, model_file: Path | None, column: str, reasons: int, most: int, out_file: Path | None) -> None:
    """Suggest matter and hazard of each text, the gravest hazard first.

    TEXTS is a table (CSV, XLSX or Parquet) with a column of texts, a .txt file with one a line, or - for lines of the standard
    input. A matter is suggested only where the model keeps its promise; else it says that it does not know, and why. A hazard is
    told in any case. Nothing is decided.
    """
    from openqi.app.files import write_file
    from openqi.app.triage import as_data, model_at, triaged
    from openqi.interfaces.cli.output import json_text

    model = None if model_file is None else model_at(model_file)[0]
    own = _texts(texts, column)
    found = triaged(own, model, reasons=reasons)
    if out_file is not None:
        write_file(out_file, "".join(f"{json_text(as_data(one))}\n" for one in found).encode())
    levels: dict[str, int] = {}
    for one in found:
        levels[one.hazard.level] = levels.get(one.hazard.level, 0) + 1
    answer: dict[str, Any] = {
        "texts": len(own), "levels": levels,
        "given": None if model is None else len([one for one in found if one.suggestion and one.suggestion.label]),
        "suggestions": [as_data(one) for one in found] if out.as_json else [], "file": None if out_file is None else str(out_file),
    }  # fmt: skip
    out.answer(answer, _lines(out, answer, found[:most], own))


triage.add_command(fit)


def _texts(path: Path, column: str) -> list[str]:
    """The texts: of the standard input, of the lines of a text file, or of a column of a table."""
    from openqi.app.files import read_file
    from openqi.formats.table import read_table
    from openqi.kernel.errors import FormatError

    if path != _STDIN and path.suffix.lower() != ".txt":
        return [*read_table(read_file(path, MAX_BYTES), name=path.name).column(column)]
    data = sys.stdin.buffer.read(MAX_BYTES + 1) if path == _STDIN else read_file(path, MAX_BYTES)
    if len(data) > MAX_BYTES:
        raise FormatError(f"the standard input is longer than {MAX_BYTES:,} bytes")
    try:
        return data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise FormatError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8, or hand over a table") from error


def _lines(out: Output, answer: dict[str, Any], found: "Sequence[Triaged]", texts: Sequence[str]) -> Iterator[str]:
    lang = out.language
    header = terms(("text", "hazard", "harm", "who", "product", "matter", "probability", "words"), lang)
    yield from out.columns([header, *(_row(one, texts[one.place], lang) for one in found)])
    for one in found:
        if one.suggestion is not None and one.suggestion.speaks:
            told = ", ".join(f"{speaks.run!r} {speaks.adds:+.2f}" for speaks in one.suggestion.speaks)
            yield f"  {one.place + 1}: {term('speaks', lang)} {told}"
    given = "-" if answer["given"] is None else f"{answer['given']:,}"
    counted = ", ".join(f"{term(level, lang)} {count:,}" for level, count in answer["levels"].items())
    yield f"{term('texts', lang)} {answer['texts']:,}: {counted}; {term('given', lang)} {given}. {term('a person decides', lang)}."
    if answer["file"]:
        yield answer["file"]


def _row(found: "Triaged", text: str, lang: str) -> tuple[str, ...]:
    hazard, said = found.hazard, found.suggestion
    harm = [term(one, lang) for one in hazard.harm] + [f"{term(one, lang)}?" for one in hazard.feared]
    matter, share = "-", "-"
    if said is not None:
        matter = said.label or f"{term('do not know', lang)}: {term(said.why, lang)}"
        share = f"{said.likeliest[0][1]:.1%}" if said.label else "-"
    return (
        str(found.place + 1), term(hazard.level, lang), ", ".join(harm) or "-",
        ", ".join(terms(hazard.who, lang)) or "-", ", ".join(terms(hazard.product, lang)) or "-", matter, share,
        text[:_SHOWN] + ("…" if len(text) > _SHOWN else ""),
    )  # fmt: skip
