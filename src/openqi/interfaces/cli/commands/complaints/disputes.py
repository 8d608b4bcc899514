"""`openqi complaint dispute`: a joint sample and a rule that both sides accept before anybody knows a result."""

from pathlib import Path
from typing import Any

import click

from openqi.interfaces.cli.commands.complaints.sharing import lines, members, named
from openqi.interfaces.cli.commands.complaints.steps import opened
from openqi.interfaces.cli.options import Passphrases, answering, ledger_argument, with_passphrases, with_signer
from openqi.interfaces.cli.output import Output


@click.group()
def dispute() -> None:
    """Propose, accept and settle a dispute about quality."""


@dispute.command()
@ledger_argument
@click.option("--dispute", "uri", metavar="URI", help="What it is called; else it gets a number.")
@click.option("--claimant", required=True, metavar="URI", help="Who says that the quality is bad.")
@click.option("--respondent", required=True, metavar="URI", help="Who says that it is not.")
@click.option("--laboratory", required=True, metavar="URI", help="Third party that tests.")
@click.option("--requirement", required=True, metavar="RECORD", help="Requirement by which results are judged.")
@click.option("--item", "sample", multiple=True, required=True, metavar="URI", help="Item of the joint sample; or several.")
@click.option("--seal", "seals", multiple=True, help="Number of a seal on the sample; or several.")
@click.option("--most-failing", type=int, required=True, help="How many may fail before the claim is upheld.")
@click.option("--pays", required=True, type=click.Choice(["who-loses", "claimant", "respondent", "halves"]), help="Who pays.")
@click.option("--text-zh", default="", help="What it is about, in Chinese.")
@click.option("--text-en", default="", help="What it is about, in English.")
@click.option("--accept-until", required=True, metavar="INSTANT", help="Until when the other side accepts.")
@click.option("--complaint", "number", metavar="NUMBER", help="Complaint that it is about.")
@click.option("--illustrative", is_flag=True, help="It is an example.")
@with_signer
@with_passphrases
@answering
def propose(
    out: Output, /, ledger: Path, uri: str | None, text_zh: str, text_en: str, most_failing: int, number: str | None, party: str,
    key_file: Path, passphrases: Passphrases, **asked: Any,
) -> None:  # fmt: skip
    """Propose how a dispute is settled; both sides see it, and nobody else."""
    from openqi.app.cases import case_number
    from openqi.pillars.surveillance.disputes.proposing import ProposeDispute
    from openqi.records import of_json

    text = named(text_zh, text_en)
    if text is None:
        raise click.UsageError("say what it is about: --text-zh, --text-en or both")
    accept_until = asked.pop("accept_until")
    with opened(ledger, party, key_file, passphrases) as desk:
        said = members(**asked, text=text, acceptUntil=accept_until)
        said["dispute"] = uri or f"https://{desk.ledger.origin}/dispute/{case_number(desk.chance)}"
        if number is not None:
            said["complaint"] = str(desk.row(number)["received"])
        said |= {"mostFailing": most_failing, "visibleTo": sorted({asked["claimant"], asked["respondent"]} - {party})}
        record = desk.perform(of_json(said, ProposeDispute))
    _answer(out, record)


@dispute.command()
@ledger_argument
@click.argument("proposed", metavar="PROPOSAL")
@with_signer
@with_passphrases
@answering
def accept(out: Output, ledger: Path, proposed: str, party: str, key_file: Path, passphrases: Passphrases) -> None:
    """Accept a proposal as the other side, in time and before anything on the sample was measured."""
    from openqi.pillars.surveillance.disputes.proposing import AcceptDispute

    with opened(ledger, party, key_file, passphrases) as desk:
        seen = (desk.ledger.logged(proposed).record.issuer,)
        record = desk.perform(AcceptDispute(proposed=proposed, visible_to=seen))
    _answer(out, record)


@dispute.command()
@ledger_argument
@click.argument("accepted", metavar="ACCEPTANCE")
@with_signer
@with_passphrases
@answering
def settle(out: Output, ledger: Path, accepted: str, party: str, key_file: Path, passphrases: Passphrases) -> None:
    """Say what the accepted rule says of the verdicts on the sample."""
    from openqi.pillars.surveillance.disputes.settling import SettleDispute
    from openqi.records import body
    from openqi.records.disputes import DisputeAccepted, DisputeProposed

    with opened(ledger, party, key_file, passphrases) as desk:
        told = body(desk.ledger.logged(accepted).record, DisputeAccepted)
        proposed = body(desk.ledger.logged(told.proposed).record, DisputeProposed)
        seen = tuple(sorted({proposed.claimant, proposed.respondent} - {party}))
        record = desk.perform(SettleDispute(accepted=accepted, visible_to=seen))
    _answer(out, record, finding=record.body["outcome"] == "open")


def _answer(out: Output, record: Any, *, finding: bool = False) -> None:
    told = {
        name: record.body[name] for name in ("dispute", "outcome", "pays", "tested", "failing", "missing") if name in record.body
    }
    data = {"record": record.id, "kind": record.kind, "body": dict(record.body)}
    out.answer(data, lines(out, {"record": record.id, **told}), finding=finding)
