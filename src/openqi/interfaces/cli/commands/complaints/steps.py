"""`openqi complaint test`, `answer` and `close`: what happens between acceptance and the end."""

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from openqi.interfaces.cli.commands.complaints.sharing import AUTOMATIC, answered, members, named, with_reason, with_words
from openqi.interfaces.cli.options import PATH, Passphrases, answering, ledger_argument, signer, with_passphrases, with_signer
from openqi.interfaces.cli.output import Output
from openqi.records.complaints import Outcome, Wish

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openqi.app.complaints.desk import ComplaintDesk

evidence_option = click.option("--evidence", multiple=True, metavar="RECORD", help="Record that it rests on; or several.")


@contextmanager
def opened(ledger: Path, party: str, key_file: Path, passphrases: Passphrases) -> "Iterator[ComplaintDesk]":
    """Open the desk of a party at a ledger folder."""
    from openqi.app.complaints.desk import complaint_desk
    from openqi.app.folder import ledger_folder

    folder, who = ledger_folder(ledger), signer(party, key_file, passphrases)
    with complaint_desk(ledger, who, passphrase=passphrases.of_log(folder.log_key)) as desk:
        yield desk


@click.command()
@ledger_argument
@click.argument("number")
@click.argument("what", metavar="WHAT", type=click.Choice(["begin", "end"]))
@click.option("--asks-zh", default="", help="What is asked of the test, in Chinese.")
@click.option("--asks-en", default="", help="What is asked of the test, in English.")
@click.option("--laboratory", metavar="URI", help="Who tests; then only their records count.")
@evidence_option
@click.option("--document", "documents", multiple=True, type=PATH, metavar="FILE", help="Report on paper; or several.")
@with_signer
@with_passphrases
@answering
def test(
    out: Output, ledger: Path, number: str, what: str, asks_zh: str, asks_en: str, laboratory: str | None,
    evidence: tuple[str, ...], documents: tuple[Path, ...], party: str, key_file: Path, passphrases: Passphrases,
) -> None:  # fmt: skip
    """Begin or end a test that complaint NUMBER waits for; its days are not counted where it gave something."""
    asks = named(asks_zh, asks_en)
    if (what == "begin") != (asks is not None):
        raise click.UsageError("a test begins with --asks-zh or --asks-en, and ends without")
    if what == "begin" and (evidence or documents):
        raise click.UsageError("what a test gave is said when it ends")
    with opened(ledger, party, key_file, passphrases) as desk:
        if what == "begin":
            record = desk.begin_test(number, members(asks=asks, laboratory=laboratory))
        else:
            kept = tuple(_kept(desk, path) for path in documents)
            record = desk.end_test(number, members(evidence=evidence, documents=kept))
    answered(out, record, number=number)


def _kept(desk: "ComplaintDesk", path: Path) -> dict[str, Any]:
    from hashlib import sha256

    from openqi.app.files import read_file

    data = read_file(path, 50_000_000)
    desk.ledger.store.put_blob(data)
    return {"mediaType": _TYPES.get(path.suffix.lower(), "application/octet-stream"), "sha256": sha256(data).hexdigest(),
            "size": len(data)}  # fmt: skip


_TYPES = {".pdf": "application/pdf", ".xml": "application/xml", ".jpg": "image/jpeg", ".png": "image/png", ".txt": "text/plain"}


@click.command()
@ledger_argument
@click.argument("number")
@click.option("--offer", "offers", multiple=True, type=click.Choice(get_args(Wish)), help="What is offered; or several.")
@evidence_option
@with_words
@with_signer
@with_passphrases
@answering
def answer(
    out: Output, ledger: Path, number: str, text: str, offers: tuple[str, ...], evidence: tuple[str, ...], party: str,
    key_file: Path, passphrases: Passphrases,
) -> None:  # fmt: skip
    """Answer complaint NUMBER as the firm that is complained about."""
    with opened(ledger, party, key_file, passphrases) as desk:
        record = desk.answer(number, members(offers=offers, evidence=evidence), text=text)
    answered(out, record, number=number)


@click.command()
@ledger_argument
@click.argument("number")
@click.argument("outcome", metavar="OUTCOME", type=click.Choice(get_args(Outcome)))
@with_reason
@click.option("--product", metavar="URI", help="Which product, where it was found out since.")
@click.option("--lot", metavar="URI", help="Which lot.")
@click.option("--item", metavar="URI", help="Which item.")
@evidence_option
@click.option(
    "--notice-limit", default=AUTOMATIC, metavar="RECORD", help="Limit of the notice, unless it was settled; else as published."
)
@click.option("--clue-limit", metavar="RECORD", help="Limit of looking into a clue that was found.")
@with_signer
@with_passphrases
@answering
def close(
    out: Output, /, ledger: Path, number: str, outcome: str, notice_limit: str, clue_limit: str | None, party: str, key_file: Path,
    passphrases: Passphrases, **asked: Any,
) -> None:  # fmt: skip
    """Say how complaint NUMBER ended, in time or late; nothing of it has a default."""
    with opened(ledger, party, key_file, passphrases) as desk:
        notice = None if notice_limit == "none" else notice_limit
        record = desk.close(number, members(outcome=outcome, **asked), notice=notice, clue=clue_limit)
    answered(out, record, number=number)
