"""`openqi log`: found a log, look at its newest checkpoint, check it, prove an entry, mirror it, cosign it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.options import (
    PATH,
    Passphrases,
    answering,
    policy_bytes,
    policy_option,
    with_passphrase,
    with_passphrases,
)
from openqi.interfaces.cli.output import Output

if TYPE_CHECKING:
    from openqi.evidence.log.fsck import LogReport
    from openqi.evidence.log.note import Checkpoint


@click.group()
def log() -> None:
    """Found, look at, check, mirror and cosign a log."""


@log.command()
@click.argument("folder", type=PATH)
@click.option("--origin", required=True, help="Name of the log, for example example.org/log.")
@click.option("--operator", required=True, metavar="URI", help="Party that runs the log.")
@click.option("--name-en", default="", help="What the operator is called in English.")
@click.option("--name-zh", default="", help="What the operator is called in Chinese.")
@click.option("--postgresql", metavar="URL", help="Empty database that keeps the ledger; without, the folder does.")
@click.option("--objects", metavar="URL", help="Empty s3://bucket/prefix for contents and static files; else the folder.")
@with_passphrases
@answering
def new(
    out: Output, folder: Path, origin: str, operator: str, name_en: str, name_zh: str, postgresql: str | None,
    objects: str | None, passphrases: Passphrases,
) -> None:  # fmt: skip
    """Make a ledger FOLDER: keys, store, genesis and trust policy."""
    from openqi.app.folder import LOG_KEY, OPERATOR_KEY, check_founding, found_folder
    from openqi.records import Names

    if not (name_en or name_zh):
        raise click.UsageError("the operator has a name: give --name-en, --name-zh or both")
    check_founding(folder, origin=origin, operator=operator)
    founded = found_folder(
        folder,
        origin=origin,
        signer=operator,
        name=Names(en=name_en, zh=name_zh),
        passphrase=passphrases.of(folder / OPERATOR_KEY, new=True),
        log_passphrase=passphrases.of_log(folder / LOG_KEY, new=True),
        postgresql=postgresql,
        objects=objects,
    )
    data = {"folder": str(folder), "origin": origin, "operator": operator, "genesis": founded.genesis.id, "vkey": founded.log_vkey}
    out.answer(data, out.pairs([("folder", folder), ("origin", origin), ("genesis", data["genesis"]), ("vkey", data["vkey"])]))


@log.command()
@click.argument("folder", metavar="LEDGER|MIRROR", type=PATH)
@policy_option
@answering
def head(out: Output, folder: Path, policy_file: Path | None) -> None:
    """Show the newest checkpoint of a log, and whether the policy accepts it."""
    from openqi.app.lookup import log_head

    found = log_head(folder, policy=policy_bytes(policy_file))
    data = _checkpoint(found.checkpoint) | {
        "state": found.state, "detail": found.detail, "cosigned": dict(found.cosigned), "note": found.note.decode("utf-8"),
    }  # fmt: skip
    rows: list[tuple[str, object]] = [
        ("origin", found.checkpoint.origin), ("size", found.checkpoint.size), ("root", found.checkpoint.root.hex()),
        ("checkpoint", out.state(found.state, f"{out.word(found.state)}: {found.detail}")),
    ]  # fmt: skip
    if found.cosigned:
        rows.append(("cosigned by", list(found.cosigned)))
    out.answer(data, out.pairs(rows), finding=found.state == "failed")


def _checkpoint(checkpoint: "Checkpoint | None") -> dict[str, Any]:
    if checkpoint is None:
        return {"origin": None, "size": None, "root": None}
    return {"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root.hex()}


@log.command()
@click.argument("folder", metavar="LEDGER|MIRROR", type=PATH)
@policy_option
@click.option("--no-records", is_flag=True, help="Check hashes and root only, not the records and their signatures.")
@answering
def fsck(out: Output, folder: Path, policy_file: Path | None, no_records: bool) -> None:
    """Check a whole log again from nothing."""
    from openqi.app.examine import log_report, log_state

    report = log_report(folder, policy=policy_bytes(policy_file), records=not no_records)
    out.answer(log_data(folder, report, log_state(report)), log_lines(out, report), finding=bool(report.findings))


def log_data(folder: Path, report: "LogReport", state: str) -> dict[str, Any]:
    """Return a report on a log as --json prints it."""
    return {
        "target": str(folder), "form": "log", "origin": report.origin, "size": report.size, "sealed": report.sealed,
        "records_checked": report.records_checked, "policy_checked": report.policy_checked,
        "findings": list(report.findings), "proved": state, "replayed": "not checked", "complete": "not checked",
    }  # fmt: skip


def log_lines(out: Output, report: "LogReport") -> list[str]:
    """Return a report on a log as people read it, what is wrong first."""
    yes = {True: out.word("yes"), False: out.state("not checked")}
    rows: list[tuple[str, object]] = [
        ("findings", list(report.findings) or out.word("no findings")), ("origin", report.origin), ("size", report.size),
        ("records checked", yes[report.records_checked]), ("policy checked", yes[report.policy_checked]),
        ("sealed entries", report.sealed),
    ]  # fmt: skip
    return out.pairs(rows)


@log.command()
@click.argument("folder", metavar="LEDGER|MIRROR", type=PATH)
@click.argument("record")
@click.option("-o", "--output", type=PATH, help="File to write; else the proof is printed.")
@answering
def proof(out: Output, folder: Path, record: str, output: Path | None) -> None:
    """Prove that RECORD stands in the log, as a C2SP tlog-proof."""
    from openqi.app.files import write_file
    from openqi.app.lookup import log_proof

    found = log_proof(folder, record)
    text = found.encode()
    data = {"record": record, "index": found.index, "file": None if output is None else str(output)}
    if output is None:
        out.answer(data | {"proof": text.decode("utf-8")}, text.decode("utf-8").split("\n")[:-1])
        return
    write_file(output, text)
    out.answer(data, out.pairs([("record", record), ("index", found.index), ("file", output)]))


@log.command()
@click.argument("source")
@click.argument("folder", metavar="MIRROR", type=PATH)
@policy_option
@click.option("--most", type=click.IntRange(0), help="New entries that are taken at most; 50 million unless told otherwise.")
@answering
def mirror(out: Output, source: str, folder: Path, policy_file: Path | None, most: int | None) -> None:
    """Copy what is new in a log, from a folder or a web address, into a mirror.

    Nothing is believed: what is fetched must continue what the mirror holds, or the mirror stays as it is.
    """
    from openqi.app.mirror import MOST, mirror
    from openqi.app.source import log_source

    done = mirror(log_source(source), folder, policy=policy_bytes(policy_file), most=MOST if most is None else most)
    data = _checkpoint(done.offered) | {
        "held": _checkpoint(done.held), "files": done.files, "policy_checked": done.policy_checked,
        "findings": [] if done.finding is None else [done.finding],
    }  # fmt: skip
    rows: list[tuple[str, object]] = [
        ("finding", done.finding or out.word("no findings")), ("origin", done.offered.origin), ("size", done.offered.size),
        ("before", done.held.size if done.held else 0), ("root", done.offered.root.hex()), ("files fetched", done.files),
        ("policy checked", out.word("yes") if done.policy_checked else out.state("not checked")),
    ]  # fmt: skip
    out.answer(data, out.pairs(rows), finding=done.finding is not None)


@log.command()
@click.argument("folder", metavar="LEDGER|MIRROR", type=PATH)
@click.option("--key", "key_file", type=PATH, required=True, help="Key file of the witness, used for nothing else.")
@click.option("--name", required=True, help="Name of the witness, as trust policies write it.")
@policy_option
@with_passphrase
@answering
def cosign(out: Output, folder: Path, key_file: Path, name: str, policy_file: Path | None, passphrases: Passphrases) -> None:
    """Cosign a log's checkpoint as a witness, if it continues the last one cosigned.

    What the witness has seen is kept beside its key, in a file that ends in .seen.
    """
    from openqi.app.files import unlocked
    from openqi.app.witness import cosign, state_file

    done = cosign(
        folder,
        key=unlocked(key_file, passphrases.of(key_file)),
        name=name,
        seen=state_file(key_file),
        policy=policy_bytes(policy_file),
    )
    data = _checkpoint(done.checkpoint) | {"before": _checkpoint(done.before), "vkey": done.vkey}
    rows: list[tuple[str, object]] = [
        ("origin", done.checkpoint.origin), ("size", done.checkpoint.size), ("root", done.checkpoint.root.hex()),
        ("before", done.before.size if done.before else 0), ("vkey", done.vkey),
    ]  # fmt: skip
    out.answer(data, out.pairs(rows))
