"""`openqi complaint list`, `show` and `forget`: by the register, never by a walk over the log; and what is erased for good."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from openqi.interfaces.cli.commands.complaints.sharing import lines
from openqi.interfaces.cli.complaint_words import said
from openqi.interfaces.cli.options import answering, ledger_argument
from openqi.interfaces.cli.output import Output

if TYPE_CHECKING:
    from openqi.evidence.fold import Row

_SHOWN: Final = (
    "received", "authority", "firm", "told", "state", "due", "decided", "closed", "outcome", "testing_since", "test_days", "late",
    "answers", "joined", "harmed", "complaint", "product", "lot", "item", "mark", "matter", "hazard", "channel", "received_at",
    "same_as",
)  # fmt: skip


@click.command("list")
@ledger_argument
@click.option("--authority", metavar="URI", help="Whose complaints; or --firm.")
@click.option("--firm", metavar="URI", help="Complaints that this firm was told of.")
@click.option("--state", help="Only those in this state; with --due by default accepted.")
@click.option("--due", metavar="DAY", help="Only what is due by the end of this day, the first due first.")
@click.option("--about", metavar="URI", help="Only those about this firm or product.")
@click.option("--most", type=int, default=100, show_default=True, help="How many at most.")
@answering
def list_complaints(
    out: Output, ledger: Path, authority: str | None, firm: str | None, state: str | None, due: str | None, about: str | None,
    most: int,
) -> None:  # fmt: skip
    """List complaints by the register, without their words. Whoever has the folder sees what is sealed."""
    from openqi.app.complaints.listing import Asked, listed
    from openqi.app.folder import ledger_folder

    asked = Asked(
        authority=authority, firm=firm, state=state or ("accepted" if due else None), due=due, about=about, most=max(most, 1)
    )
    with ledger_folder(ledger).reading() as store:
        rows = listed(store, asked)
    head = tuple(said(one, out.language) for one in ("number", "state", "due", "late", "matter", "firm"))
    table = [(_number(row), _state(out, row), *(str(row[one] or "-") for one in ("due", "late", "matter", "firm"))) for row in rows]
    shown = out.columns([head, *table]) if table else [said("no complaints", out.language)]
    out.answer({"complaints": [_told(row) for row in rows]}, shown)


@click.command()
@ledger_argument
@click.argument("number")
@click.option("--words", is_flag=True, help="Also what people wrote and who they are, where it is not erased.")
@answering
def show(out: Output, ledger: Path, number: str, words: bool) -> None:
    """Show complaint NUMBER."""
    from openqi.app.complaints.listing import by_number
    from openqi.app.folder import ledger_folder

    with ledger_folder(ledger).reading() as store:
        row = by_number(store, number)
        found = _words(ledger, row) if words else {}
    data = _told(row) | ({"words": found} if words else {})
    rows = {name.replace("_", " "): one for name, one in _told(row).items() if one not in (None, "", 0)}
    if words and not found:
        found = {"text": said("erased, or not kept here", out.language)}
    out.answer(data, [*lines(out, rows), *out.pairs([(said(name, out.language), one) for name, one in found.items()])])


@click.command()
@ledger_argument
@click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
@answering
def forget(out: Output, ledger: Path, numbers: tuple[str, ...]) -> None:
    """Erase the words and the person of complaints for good; the log stays whole. Erase them in backups too."""
    from openqi.app.complaints.keeping import forgotten
    from openqi.app.complaints.listing import by_number
    from openqi.app.folder import ledger_folder

    with ledger_folder(ledger).reading() as store:
        rows = [by_number(store, number) for number in numbers]
        cases = [str(store.logged(str(row["received"])).record.body.get("case") or "") for row in rows]
        reports = tuple(str(store.logged(case).record.body.get("report") or "") for case in cases if case)
    told = forgotten(ledger, tuple(str(row["complaint"]) for row in rows), tuple(one for one in reports if one))
    out.answer({"complaints": list(numbers), "erased": told}, lines(out, {"erased": told}))


def _words(ledger: Path, row: "Row") -> dict[str, str]:
    from contextlib import closing

    from openqi.app.complaints.keeping import WORDS
    from openqi.store.complaint_words import ComplaintWords

    if not (ledger / WORDS).exists():
        return {}
    with closing(ComplaintWords(ledger / WORDS)) as kept:
        return {one.what: one.text for one in kept.of(str(row["complaint"]))}


def _told(row: "Row") -> dict[str, Any]:
    return {"number": _number(row), **{name: row[name] for name in _SHOWN}}


def _number(row: "Row") -> str:
    return str(row["complaint"]).rpartition("/")[2]


def _state(out: Output, row: "Row") -> str:
    state = str(row["outcome"] or row["state"])
    return said("waits" if state == "received" else state, out.language)
