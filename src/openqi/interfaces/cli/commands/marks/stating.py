"""`openqi mark state`: what became of marks after they were issued, and what is known of one."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

import click

from openqi.interfaces.cli.mark_words import term
from openqi.interfaces.cli.options import PATH, Passphrases, answering, ledger_argument, signer, with_passphrases
from openqi.interfaces.cli.output import Output
from openqi.records.licences import MarkState

if TYPE_CHECKING:
    from collections.abc import Callable

    from openqi.app.licensed.stating import Said

_STATES: Final = get_args(MarkState)


@click.command()
@ledger_argument
@click.argument("marks", nargs=-1)
@click.option("--to", "state_", type=click.Choice(_STATES), help="What became of them; without it, what is known is shown.")
@click.option("--marks", "file", type=PATH, metavar="FILE", help="File of marks, one a line, or a table with a column `mark`.")
@click.option("--whole", metavar="RECORD", help="All marks of this issue.")
@click.option("--at", metavar="INSTANT", help="When it was so; by default now.")
@click.option("--reason-zh", default="", help="Why, in Chinese.")
@click.option("--reason-en", default="", help="Why, in English.")
@click.option("--because", metavar="RECORD", help="Record that it is because of: of a recall, for example.")
@click.option("--as", "party", metavar="URI", help="Party that states it.")
@click.option("--key", "key_file", type=PATH, help="Key file of that party.")
@with_passphrases
@answering
def state(
    out: Output, ledger: Path, marks: tuple[str, ...], state_: MarkState | None, file: Path | None, whole: str | None,
    at: str | None, reason_zh: str, reason_en: str, because: str | None, party: str | None, key_file: Path | None,
    passphrases: Passphrases,
) -> None:  # fmt: skip
    """State what became of marks, a record for each issue that they are of; or show what is known of them."""
    from openqi.app.printing.marks_files import marks_in

    named = (*marks, *(marks_in(file) if file is not None else ()))
    if bool(named) is (whole is not None):
        raise click.UsageError("name marks (as arguments or with --marks), or a whole issue with --whole")
    if state_ is None:
        if whole is not None:
            raise click.UsageError("--whole goes with --to; name single marks to be shown what is known of them")
        _show(out, ledger, named)
        return
    if party is None or key_file is None:
        raise click.UsageError("who states it? give --as and --key")
    _state(out, ledger, named, whole, _said(state_, at, reason_zh, reason_en, because), party, key_file, passphrases)


def _said(state: MarkState, at: str | None, zh: str, en: str, because: str | None) -> "Callable[[str], Said]":
    """What is to be said of marks, once the present instant of the ledger is known."""
    from openqi.app.licensed.stating import Said
    from openqi.records import Names

    reason = Names(zh=zh, en=en) if zh or en else None
    return lambda now: Said(state=state, at=at or now, reason=reason, because=because)


def _state(
    out: Output, ledger: Path, marks: tuple[str, ...], whole: str | None, said: "Callable[[str], Said]", party: str,
    key_file: Path, passphrases: Passphrases,
) -> None:  # fmt: skip
    from openqi.app.folder import ledger_folder
    from openqi.app.licensed.stating import state_marks, state_whole
    from openqi.app.marks import INDEX
    from openqi.store.marks import MarkIndex

    folder = ledger_folder(ledger)
    who = signer(party, key_file, passphrases)
    with folder.writing(passphrases.of_log(folder.log_key)) as opened:
        told = said(opened.now())
        if whole is not None:
            records = [state_whole(opened, whole, told, who)]
        else:
            with closing(MarkIndex(ledger / INDEX, origin=opened.origin)) as index:
                index.update(opened.store)
                records = state_marks(opened, index, marks, told, who)
    rows = [
        {"record": one.id, "marks": one.body["marks"], "count": one.body["items"]["count"] if "items" in one.body else None}
        for one in records
    ]
    all_of_them = term("all", out.language)
    lines = out.columns((one["record"], one["marks"], str(one["count"] or all_of_them)) for one in rows)
    out.answer({"state": told.state, "records": rows}, lines)


def _show(out: Output, ledger: Path, marks: tuple[str, ...]) -> None:
    """What is known of marks, without counting a scan."""
    from openqi.app.marks import mark_answer, reading_marks

    with reading_marks(ledger) as reader:
        answers = [mark_answer(reader, mark, scanned=False).as_json() for mark in marks]
    rows = [
        (one["mark"], term(one["standing"], out.language), term(one.get("state", {}).get("state", "-"), out.language),
         str(one.get("licence", {}).get("number", "-")))
        for one in answers
    ]  # fmt: skip
    bad = any(one["standing"] != "issued" for one in answers)
    out.answer({"marks": answers}, out.columns(rows), finding=bad)
