"""`openqi complaint receive` and `decide`: the two steps with which the clocks of a complaint begin."""

from pathlib import Path
from typing import Any, get_args

import click

from openqi.interfaces.cli.commands.complaints.sharing import AUTOMATIC, answered, members, with_reason, with_words
from openqi.interfaces.cli.options import Passphrases, answering, ledger_argument, signer, with_passphrases, with_signer
from openqi.interfaces.cli.output import Output
from openqi.records.complaints import Channel, Wish

limit_option = click.option(
    "--limit", default=AUTOMATIC, metavar="RECORD", help="Limit that is counted; else the one that the operator published for it."
)
untold_option = click.option("--untold", is_flag=True, help="The firm does not see it yet.")


@click.command()
@ledger_argument
@click.option("--matter", required=True, help="Code of what it is about.")
@click.option("--channel", type=click.Choice(get_args(Channel)), help="How it came, by default to the counter.")
@click.option("--person", help="Who complains and how they are reached; it lies beside the log and can be erased.")
@click.option("--firm", metavar="URI", help="Who is complained about.")
@click.option("--product", metavar="URI", help="Which product.")
@click.option("--lot", metavar="URI", help="Which lot.")
@click.option("--item", metavar="URI", help="Which item.")
@click.option("--mark", metavar="URI", help="Name of the mark on it.")
@click.option("--case", metavar="RECORD", help="Report on a mark's page that becomes this complaint.")
@click.option("--hazard", help="Code of a hazard.")
@click.option("--harmed", is_flag=True, help="Somebody was harmed.")
@click.option("--wish", "wishes", multiple=True, type=click.Choice(get_args(Wish)), help="What is asked for; or several.")
@click.option("--suggested", is_flag=True, help="Matter and hazard were proposed by a program.")
@click.option("--same-as", metavar="NUMBER", help="First complaint about the same by the same person.")
@click.option("--received-at", metavar="INSTANT", help="When it came in, by default now.")
@limit_option
@untold_option
@click.option("--illustrative", is_flag=True, help="It is an example.")
@with_words
@with_signer
@with_passphrases
@answering
def receive(
    out: Output, /, ledger: Path, text: str | None, person: str | None, received_at: str | None, limit: str, untold: bool,
    same_as: str | None, party: str, key_file: Path, passphrases: Passphrases, **asked: Any,
) -> None:  # fmt: skip
    """Take a complaint in: sealed, with a commitment to its words and the day until which it is to be decided."""
    from openqi.app.complaints.desk import complaint_desk
    from openqi.app.folder import ledger_folder

    folder, who = ledger_folder(ledger), signer(party, key_file, passphrases)
    with complaint_desk(ledger, who, passphrase=passphrases.of_log(folder.log_key)) as desk:
        first = None if same_as is None else str(desk.row(same_as)["received"])
        said = members(**asked, receivedAt=received_at, sameAs=first)
        found = desk.receive(said, text=text, person=person, limit=None if limit == "none" else limit, tell=not untold)
    answered(out, found.record, number=found.number, **{"perhaps the same as": list(found.alike)})


@click.command()
@ledger_argument
@click.argument("number")
@click.argument("decision", metavar="DECISION", type=click.Choice(["accepted", "not-accepted", "handed-over"]))
@with_reason
@click.option("--to", metavar="URI", help="To whom it is handed over.")
@click.option("--firm", metavar="URI", help="Who is complained about, where it was found out since.")
@limit_option
@untold_option
@with_signer
@with_passphrases
@answering
def decide(
    out: Output, ledger: Path, number: str, decision: str, reason: dict[str, str] | None, to: str | None, firm: str | None,
    limit: str, untold: bool, party: str, key_file: Path, passphrases: Passphrases,
) -> None:  # fmt: skip
    """Decide whether complaint NUMBER is accepted; mediation is counted from now on."""
    from openqi.app.complaints.desk import complaint_desk
    from openqi.app.folder import ledger_folder

    folder, who = ledger_folder(ledger), signer(party, key_file, passphrases)
    with complaint_desk(ledger, who, passphrase=passphrases.of_log(folder.log_key)) as desk:
        said = members(decision=decision, reason=reason, to=to, firm=firm)
        record = desk.decide(number, said, limit=None if limit == "none" else limit, tell=not untold)
    answered(out, record, number=number)
