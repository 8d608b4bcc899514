"""`openqi complaint follow`, `publish`, `join` and `count`: what comes after, and many complaints at once."""

from pathlib import Path

import click

from openqi.interfaces.cli.commands.complaints.sharing import answered, lines, members, named, with_reason
from openqi.interfaces.cli.commands.complaints.steps import opened
from openqi.interfaces.cli.complaint_words import said
from openqi.interfaces.cli.options import Passphrases, answering, ledger_argument, with_passphrases, with_signer
from openqi.interfaces.cli.output import Output


@click.command()
@ledger_argument
@click.argument("number")
@click.argument("sort", metavar="SORT", type=click.Choice(["notice-given", "clue-checked", "clue-extended"]))
@click.option("--limit", metavar="RECORD", help="Longer limit of a clue.")
@with_reason
@with_signer
@with_passphrases
@answering
def follow(
    out: Output, ledger: Path, number: str, sort: str, limit: str | None, reason: dict[str, str] | None, party: str,
    key_file: Path, passphrases: Passphrases,
) -> None:  # fmt: skip
    """Say that the notice of the end of NUMBER was given, or a clue looked into, or give a clue longer before its time is over."""
    with opened(ledger, party, key_file, passphrases) as desk:
        record = desk.follow(number, members(sort=sort, limit=limit, reason=reason))
    answered(out, record, number=number)


@click.command()
@ledger_argument
@click.argument("number")
@click.option("--with-item", is_flag=True, help="Name the item too: it may be known whose it was.")
@with_reason
@with_signer
@with_passphrases
@answering
def publish(
    out: Output, ledger: Path, number: str, with_item: bool, reason: dict[str, str] | None, party: str, key_file: Path,
    passphrases: Passphrases,
) -> None:  # fmt: skip
    """Make upheld complaint NUMBER public: about whom and what, never by whom; its number and day are not told."""
    with opened(ledger, party, key_file, passphrases) as desk:
        record = desk.publish(number, members(withItem=with_item, reason=reason))
    answered(out, record, number=number)


@click.command()
@ledger_argument
@click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
@click.option("--name-zh", default="", help="What the matter is called in Chinese.")
@click.option("--name-en", default="", help="What the matter is called in English.")
@click.option("--firm", metavar="URI", help="Firm that all of them are about.")
@click.option("--product", metavar="URI", help="Product that all of them are about.")
@click.option("--matter", metavar="URI", help="Matter that was joined before; else a new one.")
@with_signer
@with_passphrases
@answering
def join(
    out: Output, ledger: Path, numbers: tuple[str, ...], name_zh: str, name_en: str, firm: str | None, product: str | None,
    matter: str | None, party: str, key_file: Path, passphrases: Passphrases,
) -> None:  # fmt: skip
    """Say that complaints are one matter; each keeps its clock, its answer and its end."""
    name = named(name_zh, name_en)
    if name is None:
        raise click.UsageError("a matter has a name: give --name-zh, --name-en or both")
    with opened(ledger, party, key_file, passphrases) as desk:
        record = desk.join(numbers, members(name=name, firm=firm, product=product, matter=matter))
    answered(out, record, matter=record.body["matter"])


@click.command()
@ledger_argument
@click.argument("first_day", metavar="FIRST")
@click.argument("last_day", metavar="LAST")
@click.option("--calendar", required=True, metavar="URI", help="Calendar in whose time zone days are meant.")
@click.option("--least", type=int, default=5, show_default=True, help="Smallest count that is shown, at least 3.")
@with_signer
@with_passphrases
@answering
def count(
    out: Output, ledger: Path, first_day: str, last_day: str, calendar: str, least: int, party: str, key_file: Path,
    passphrases: Passphrases,
) -> None:  # fmt: skip
    """Count the complaints received from FIRST to LAST, each figure with its denominator, for all to see."""
    from openqi.pillars.surveillance.complaints.counting import CountComplaints
    from openqi.records import of_json

    asked = {"firstDay": first_day, "lastDay": last_day, "calendar": calendar, "least": least}
    with opened(ledger, party, key_file, passphrases) as desk:
        record = desk.perform(of_json(asked, CountComplaints))
    data = {"record": record.id, "body": dict(record.body)}

    def called(name: str) -> str:
        return "/".join(said(part, out.language) for part in name.split("/"))

    figures = [(called(one["name"]), f"{one['count']} / {one['total']}", called(one["of"])) for one in record.body["figures"]]
    withheld = [called(one) for one in record.body.get("withheld", ())]
    rows = {"record": record.id, "received": str(record.body["received"])} | ({"withheld": withheld} if withheld else {})
    out.answer(data, [*lines(out, rows), *out.columns(figures)])
