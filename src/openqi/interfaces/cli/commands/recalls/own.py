"""`openqi recall publish`, `progress` and `end`: what a firm or an authority states about a recall."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from openqi.interfaces.cli.options import PATH, Passphrases, answering, ledger_argument, signer, with_passphrases, with_signer
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.recall_words import TERMS

if TYPE_CHECKING:
    from openqi.app.ledger import Ledger
    from openqi.records import Command

_MOST_PICTURE: Final = 10_000_000
_recall_argument = click.argument("recall", metavar="RECALL")
_at_option = click.option("--at", metavar="INSTANT", help="As 2026-03-31T08:00:00Z; by default now.")


def _names(zh: str | None, en: str | None) -> dict[str, str] | None:
    return {name: text for name, text in (("zh", zh), ("en", en)) if text} or None


@click.command()
@ledger_argument
@click.argument("file", type=PATH)
@with_signer
@with_passphrases
@answering
def publish(out: Output, ledger: Path, file: Path, party: str, key_file: Path, passphrases: Passphrases) -> None:
    """Publish the recall that FILE (YAML or JSON) tells; where it stands already, this is its next edition.

    The firm publishes a recall of its own goods; whoever else signs orders it, as an authority.
    """
    from openqi.app.files import read_file
    from openqi.app.recalls.acting import recall_asked
    from openqi.app.recalls.notice import MOST, notice_of

    notice = notice_of(read_file(file, MOST), "json" if file.suffix.lower() == ".json" else "yaml")

    def asked(opened: "Ledger") -> "Command":
        return recall_asked(notice, party, opened.store, lambda name: read_file(file.parent / name, _MOST_PICTURE))

    _perform(out, ledger, asked, party, key_file, passphrases)


@click.command()
@ledger_argument
@_recall_argument
@click.option("--line", default="1", help="Number of the line, by default 1.")
@click.option("--returned", type=click.IntRange(min=0), default=0, help="Units taken back from their holders.")
@click.option("--repaired", type=click.IntRange(min=0), default=0, help="Units made safe at their holders'.")
@click.option("--destroyed", type=click.IntRange(min=0), default=0, help="Units destroyed at their holders'.")
@click.option("--told", type=click.IntRange(min=0), help="Units whose holders were told.")
@click.option("--units", type=PATH, metavar="FILE", help="Table of units known one by one: columns mark and state.")
@_at_option
@with_signer
@with_passphrases
@answering
def progress(
    out: Output, ledger: Path, recall: str, line: str, returned: int, repaired: int, destroyed: int, told: int | None,
    units: Path | None, at: str | None, party: str, key_file: Path, passphrases: Passphrases,
) -> None:  # fmt: skip
    """Report how many units of a line of RECALL were reached since its beginning, each unit once; counts never fall."""
    from openqi.app.recalls.acting import edition_asked, units_asked
    from openqi.interfaces.cli.tables import table_of
    from openqi.pillars.surveillance.recalls.progress import ReportRecallProgress

    table = None if units is None else table_of(units)
    rows = [] if table is None else list(zip(table.column("mark"), table.column("state"), strict=True))

    def asked(opened: "Ledger") -> "Command":
        return ReportRecallProgress(
            published=edition_asked(opened.store, recall), line=line, at=at or opened.now(), returned=returned, repaired=repaired,
            destroyed=destroyed, told=told, items=units_asked(opened.store, rows),
        )  # fmt: skip

    _perform(out, ledger, asked, party, key_file, passphrases)


@click.command()
@ledger_argument
@_recall_argument
@click.option("--summary-zh", help="What was done, in Chinese.")
@click.option("--summary-en", help="The same in English; one of the two is needed.")
@click.option("--not-reached-zh", help="What of the rest could not be reached, in Chinese.")
@click.option("--not-reached-en", help="The same in English.")
@_at_option
@with_signer
@with_passphrases
@answering
def end(
    out: Output, ledger: Path, recall: str, summary_zh: str | None, summary_en: str | None, not_reached_zh: str | None,
    not_reached_en: str | None, at: str | None, party: str, key_file: Path, passphrases: Passphrases,
) -> None:  # fmt: skip
    """End RECALL: what share was reached by the last report of each line, and what could not be."""
    from openqi.app.recalls.acting import edition_asked
    from openqi.pillars.surveillance.recalls.ending import EndRecall
    from openqi.records import of_json

    summary, rest = _names(summary_zh, summary_en), _names(not_reached_zh, not_reached_en)
    if summary is None:
        raise click.UsageError("say what was done: --summary-zh, --summary-en or both")

    def asked(opened: "Ledger") -> "Command":
        told = {"published": edition_asked(opened.store, recall), "at": at or opened.now(), "summary": summary}
        return of_json(told | ({} if rest is None else {"notReached": rest}), EndRecall)

    _perform(out, ledger, asked, party, key_file, passphrases)


def _perform(
    out: Output, ledger: Path, asked: "Callable[[Ledger], Command]", party: str, key_file: Path, passphrases: Passphrases
) -> None:
    from openqi.app.folder import ledger_folder
    from openqi.app.reading.recalls.register import recall_index

    folder = ledger_folder(ledger)
    who = signer(party, key_file, passphrases)
    with folder.writing(passphrases.of_log(folder.log_key)) as opened:
        (sealed,) = opened.perform(asked(opened), who)
        index = opened.logged(sealed.id).index
        with recall_index(ledger, opened.store):
            pass  # brought up to the log now, so that no page has to do so
    body = sealed.body
    told: dict[str, Any] = {"record": sealed.id, "kind": sealed.kind, "index": index, "recall": body["recall"]}
    told |= {name: body[name] for name in ("edition", "line", "reached", "recalled", "share") if name in body}
    lines = out.pairs([(TERMS.term(name, out.language), value) for name, value in told.items()])
    out.answer(told | {"body": body}, lines)
