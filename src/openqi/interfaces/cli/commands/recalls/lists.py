"""`openqi recall import`, `list` and `search`: public lists taken in, and everything that is recalled found again."""

from contextlib import ExitStack
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from openqi.interfaces.cli.options import PATH, Passphrases, answering, ledger_argument, signer, with_passphrases, with_signer
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.recall_words import TERMS

if TYPE_CHECKING:
    from openqi.store.recalls import FoundLine

_LAYOUTS: Final = ("safety-gate", "cpsc", "nhtsa", "fda", "usda")
_SHOWN: Final = 10


@click.command("import")
@ledger_argument
@click.argument("layout", type=click.Choice(_LAYOUTS))
@click.argument("file", type=PATH)
@click.option("--taken-at", metavar="INSTANT", help="When the list was fetched; by default now.")
@click.option("--register", metavar="URI", help="Under which the list is taken in; by default the usual one.")
@click.option("--illustrative", is_flag=True, help="The list is an invented one.")
@with_signer
@with_passphrases
@answering
def take_in(
    out: Output, ledger: Path, layout: Any, file: Path, taken_at: str | None, register: str | None, illustrative: bool, party: str,
    key_file: Path, passphrases: Passphrases,
) -> None:  # fmt: skip
    """Take a public list of recalls in: what is new or other than before becomes evidence, nothing is removed.

    Lines that cannot be read are kept apart, each with its place and why.
    """
    from openqi.app.folder import ledger_folder
    from openqi.app.reading.recalls.register import recall_index
    from openqi.app.recalls.taking import take
    from openqi.kernel.errors import FormatError, NotFoundError

    folder = ledger_folder(ledger)
    if not file.is_file():
        raise NotFoundError(f"there is no file {file}; check the path")
    if not file.stat().st_size:
        raise FormatError(f"{file} is empty")
    who = signer(party, key_file, passphrases)
    with ExitStack() as stack:
        data = stack.enter_context(mmap(stack.enter_context(file.open("rb")).fileno(), 0, access=ACCESS_READ))
        opened = stack.enter_context(folder.writing(passphrases.of_log(folder.log_key)))
        took = take(
            opened, who, layout=layout, data=data, taken_at=taken_at or opened.now(), register=register, illustrative=illustrative
        )
        with recall_index(ledger, opened.store):
            pass  # brought up to the log now, so that no page has to do so
    found = took.compared
    counts = {name: getattr(found, name) for name in ("listed", "added", "changed", "same")} | {"refused": len(found.faults)}
    faults = [{"place": one.place, "why": one.why, "text": one.text} for one in found.faults]
    record = None if took.record is None else took.record.id
    said = record or TERMS.term("nothing new", out.language)
    lines = out.pairs([(TERMS.term(name, out.language), value) for name, value in (("record", said), *counts.items())])
    lines += out.columns((f"{file.name}:{one['place']}", str(one["why"])) for one in faults[:_SHOWN])
    out.answer({"record": record, "layout": layout, **counts, "faults": faults}, lines)


@click.command("list")
@ledger_argument
@click.option("--limit", type=click.IntRange(1, 1000), default=50, help="Most own recalls, the newest; by default 50.")
@answering
def listed(out: Output, ledger: Path, limit: int) -> None:
    """List own recalls, the newest first, and the public lists that were taken in."""
    from openqi.app.folder import ledger_folder
    from openqi.app.reading.recalls.register import recall_index
    from openqi.app.recalls.concerning import standing_edition
    from openqi.formats.recalls.layouts import LAYOUTS
    from openqi.pillars.surveillance.recalls.register import RECALLS

    with ledger_folder(ledger).reading() as store, recall_index(ledger, store) as index:
        rows = store.page(RECALLS, order=("place",), descending=True, limit=limit).rows
        standing = [one for row in rows if (one := standing_edition(store, str(row["recall"]))) is not None]
        counts = index.counts()
    own = [
        {
            "recall": told.recall, "number": told.number, "firm": told.firm, "begins": told.begins, "risk": told.risk,
            "edition": told.edition, "record": record.id, "ended": ended or None,
            "name": {name: text for name in ("zh", "en") if (text := getattr(told.name, name))},
        }
        for record, told, ended in standing
    ]  # fmt: skip
    lists = [{"list": name, "keeper": LAYOUTS[name].keeper, "lines": counts[name]} for name in LAYOUTS if name in counts]
    lines = out.columns(
        (
            str(one["number"]), _name(one["name"], out.language), str(one["begins"]),
            TERMS.term("ended" if one["ended"] else "going on", out.language), str(one["recall"]),
        )
        for one in own
    )  # fmt: skip
    lines += out.columns((str(one["list"]), str(one["keeper"]), f"{one['lines']}") for one in lists)
    out.answer({"own": own, "lists": lists}, lines)


def _name(names: Any, language: str) -> str:
    return str(names.get(language) or next(iter(names.values())))


@click.command()
@ledger_argument
@click.argument("text", default="")
@click.option("--list", "of", type=click.Choice(("own", *_LAYOUTS)), help="Only of this list.")
@click.option("--gtin", help="Lines that name this GTIN, instead of TEXT.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, help="Most lines, by default 20.")
@answering
def search(out: Output, ledger: Path, text: str, of: str | None, gtin: str | None, limit: int) -> None:
    """Find recalled goods by words of TEXT: brand, model, lot, maker; of Chinese two characters are enough."""
    from openqi.app.folder import ledger_folder
    from openqi.app.reading.recalls.register import recall_index

    if (gtin is None) == (not text):
        raise click.UsageError("give words to be found, or --gtin")
    with ledger_folder(ledger).reading() as store, recall_index(ledger, store) as index:
        if gtin is not None:
            lines = index.by_gtin(gtin, most=limit)
            count = len(lines)
        else:
            found = index.search(text, of=of, limit=limit)
            lines, count = found.lines, found.count
    data = {"count": count, "lines": [line_data(one) for one in lines]}
    shown = out.columns(
        (one.list, one.row.header, one.row.brand or one.row.maker or one.row.firm, one.row.name or one.row.title, one.row.published)
        for one in lines
    )
    if any(one.list != "own" for one in lines):
        shown.append(TERMS.term("not verified here", out.language))
    out.answer(data, [*out.pairs([(TERMS.term("found", out.language), count)]), *shown])


def line_data(one: "FoundLine") -> dict[str, Any]:
    """Return a line as programs are told it: what the list says, and where that stands in the log."""
    import msgspec

    told = {name: value for name, value in msgspec.to_builtins(one.row).items() if value not in ("", [], None)}
    return {"list": one.list, "verified": one.list == "own", "record": one.record, "leaf": one.leaf, **told}
