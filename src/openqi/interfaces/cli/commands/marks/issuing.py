"""`openqi mark issue`: up to a million marks under a licence: their addresses in a private file, their hashes in the log."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from openqi.interfaces.cli.mark_words import term
from openqi.interfaces.cli.options import PATH, Passphrases, answering, ledger_argument, signer, with_passphrases, with_signer
from openqi.interfaces.cli.output import Output

if TYPE_CHECKING:
    from openqi.app.licensed.issuing import Issued


@click.command()
@ledger_argument
@click.argument("licence")
@click.option("--count", type=click.IntRange(1, 1_000_000), help="How many marks to make; with --base, --gtin and -o.")
@click.option("--base", metavar="URL", help="What marks begin with, for example https://id.example.org.")
@click.option("--gtin", help="GTIN of the product.")
@click.option("-o", "--output", type=PATH, help="New private file for the marks, one a line; it is written first.")
@click.option("--from", "source", type=PATH, metavar="FILE", help="Issue the marks of such a file instead of new ones.")
@click.option("--use-until", metavar="DAY", help="Last day on which they may be put on goods; by default the licence's last.")
@click.option("--lot", metavar="URI", help="Lot of the goods, where it is known.")
@with_signer
@with_passphrases
@answering
def issue(
    out: Output, ledger: Path, licence: str, count: int | None, base: str | None, gtin: str | None, output: Path | None,
    source: Path | None, use_until: str | None, lot: str | None, party: str, key_file: Path, passphrases: Passphrases,
) -> None:  # fmt: skip
    """Issue marks under LICENCE (its record, URI or number): all of them or none, under one signature.

    The file is the only place where the marks stand: the log has their hashes. Where a process is killed before the marks
    are issued, --from with the same file issues them; a second time it says that they are.
    """
    import os

    from openqi.app.folder import ledger_folder
    from openqi.app.licensed.issuing import issue_from, new_marks, write_marks

    making = (count, base, gtin, output)
    if (source is None) is (None in making) or (source is not None and any(one is not None for one in making)):
        raise click.UsageError("give --count, --base, --gtin and -o for new marks, or --from for those of a file")
    folder = ledger_folder(ledger)
    who = signer(party, key_file, passphrases)
    with folder.writing(passphrases.of_log(folder.log_key)) as opened:
        if count is not None and output is not None:
            write_marks(output, new_marks(count, base=base or "", gtin=gtin or "", chance=os.urandom))
        file = source or output or Path()
        issued = issue_from(opened, file, licence=licence, signer=who, use_until=use_until, lot=lot)
        index = opened.logged(issued.record.id).index
    _answer(out, issued, index, file)


def _answer(out: Output, issued: "Issued", index: int, file: Path) -> None:
    body = issued.record.body
    data = {
        "record": issued.record.id, "index": index, "licence": body["licence"], "marks": issued.count,
        "root": body["items"]["root"],
        "use_until": body["useUntil"], "file": str(file), "issued_before": issued.before,
    }  # fmt: skip
    rows: list[tuple[str, object]] = [
        ("record", issued.record.id), ("licence", body["licence"]), ("marks", issued.count), ("use until", body["useUntil"]),
        ("file", file),
    ]  # fmt: skip
    lines = out.pairs([(term(name, out.language), value) for name, value in rows])
    out.answer(data, [*lines, *([term("issued before", out.language)] if issued.before else [])])
