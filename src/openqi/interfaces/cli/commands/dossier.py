"""`openqi dossier`: one file that proves and replays a record anywhere; taking a foreign one into a log."""

from pathlib import Path

import click

from openqi.interfaces.cli.commands.chain import place_option
from openqi.interfaces.cli.commands.verify import report_data, report_lines
from openqi.interfaces.cli.lazy import DefaultGroup
from openqi.interfaces.cli.options import PATH, Passphrases, answering, ledger_argument, policy_bytes, with_passphrases
from openqi.interfaces.cli.output import Output


@click.group(cls=DefaultGroup)
def dossier() -> None:
    """Make a dossier; admit a foreign one.

    `openqi dossier MARK -o FILE` and `openqi dossier LEDGER RECORD -o FILE` are short for `openqi dossier make`.
    """


@dossier.command()
@click.argument("targets", metavar="MARK | [LEDGER] RECORD", nargs=-1, required=True)
@place_option
@click.option("-o", "--output", type=PATH, required=True, help="File to write, for example item7.dossier.")
@click.option("--leaf", type=click.IntRange(0), help="Of a record about many items, the item that the dossier is about.")
@click.option("--for", "reader", metavar="URI", help="Party that it is for: what that party may see is shown, too.")
@click.option("--policy", "policy_file", type=PATH, help="Trust policy to enclose; by default the ledger's own.")
@answering
def make(
    out: Output, targets: tuple[str, ...], place: Path, output: Path, leaf: int | None, reader: str | None, policy_file: Path | None
) -> None:
    """Make one file that proves and replays a mark or record with no network and no clock.

    Without LEDGER it is looked for in the workspace or ledger of --in.
    """
    from openqi.app.dossiers import dossier
    from openqi.app.files import write_file
    from openqi.app.folder import policy_of, readable_by
    from openqi.app.targets import opened

    if len(targets) > 2:
        raise click.UsageError("give a mark or record, and before it perhaps the folder of its ledger")
    with opened(Path(targets[0]) if len(targets) == 2 else place) as chain:
        policy = policy_of(chain.ledger.path, policy_file)
        if policy is None:
            raise click.UsageError(f"{chain.ledger.path} has no policy.txt; name the trust policy to enclose with --policy")
        found = chain.find(targets[-1])
        row = found.leaf if leaf is None else leaf
        content = dossier(chain.store, found.record, policy=policy, leaf=row, shown=readable_by(reader))
    write_file(output, content)
    data = {"file": str(output), "size": len(content), "record": found.record, "leaf": row}
    out.answer(data, out.pairs([("file", output), ("record", found.record)]))


@dossier.command()
@ledger_argument
@click.argument("file", type=PATH)
@click.option("--policy", "policy_file", type=PATH, required=True, help="Trust policy under which the dossier must be proved.")
@click.option("--key", "key_file", type=PATH, help="Key file of the operator; by default the ledger's own.")
@with_passphrases
@answering
def admit(out: Output, ledger: Path, file: Path, policy_file: Path, key_file: Path | None, passphrases: Passphrases) -> None:
    """Take the records of a foreign dossier FILE into LEDGER, unchanged, each beside its proof."""
    from openqi.app.dossiers import admit
    from openqi.app.examine import dossier_report
    from openqi.app.folder import ledger_folder
    from openqi.app.lookup import content_of
    from openqi.interfaces.cli.options import signer

    folder, content, policy = ledger_folder(ledger), content_of(file), policy_bytes(policy_file) or b""
    report = dossier_report(content, policy=policy)
    if report.proved == "failed":  # one that is not complete may come in: a withdrawal must
        out.answer(report_data(file, "dossier", report), report_lines(out, report), finding=True)
    who = signer(folder.operator, key_file or folder.operator_key, passphrases)
    with folder.writing(passphrases.of_log(folder.log_key)) as opened:
        records = admit(opened, content, policy=policy, signer=who)
    rows = [{"record": one.id, "kind": one.kind} for one in records]
    out.answer({"records": rows}, out.columns((one.id, one.kind) for one in records))
