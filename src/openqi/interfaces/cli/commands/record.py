"""`openqi record`: show a record, state one, ask for a decision, withdraw one, and see what can be stated."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.options import PATH, Passphrases, answering, ledger_argument, signer, with_passphrases, with_signer
from openqi.interfaces.cli.output import Output, indented

if TYPE_CHECKING:
    from openqi.app.lookup import Found
    from openqi.evidence.record import Record

_STDIN = Path("-")


@click.group()
def record() -> None:
    """Show, state, decide and withdraw records."""


@record.command()
@click.argument("place", metavar="LEDGER|MIRROR|DOSSIER|FILE", type=PATH)
@click.argument("record", required=False)
@click.option("-o", "--output", type=PATH, help="File to write the record itself (its JWS) to.")
@answering
def show(out: Output, place: Path, record: str | None, output: Path | None) -> None:
    """Show RECORD; of a dossier or a file without it, the record that it is about.

    The signature is not checked here; `openqi verify` does that.
    """
    from openqi.app.files import write_file
    from openqi.app.lookup import find_record

    found = find_record(place, record)
    if output is not None:
        write_file(output, found.record.jws)
    out.answer(_shown(found), _shown_lines(out, found))


def _shown(found: "Found") -> dict[str, Any]:
    one = found.record
    return {
        "record": one.id, "kind": one.kind, "issuer": one.issuer, "valid_from": one.valid_from, "kid": one.kid,
        "origin": found.origin, "index": found.index, "streams": list(one.streams),
        "visible_to": None if one.statement.visible_to is None else list(one.statement.visible_to),
        "withdrawn_by": found.withdrawn_by, "signature": "not checked",
        "body": one.body, "command": one.command, "basis": one.basis, "jws": one.jws.decode("ascii"),
    }  # fmt: skip


def _shown_lines(out: Output, found: "Found") -> list[str]:
    one, visible = found.record, found.record.statement.visible_to
    rows: list[tuple[str, object]] = [("withdrawn by", out.state("failed", found.withdrawn_by))] if found.withdrawn_by else []
    rows += [("record", one.id), ("kind", one.kind), ("issuer", one.issuer), ("valid from", one.valid_from), ("kid", one.kid)]
    if found.origin is not None:
        rows += [("origin", found.origin), ("index", found.index)]
    rows += [("streams", list(one.streams)), ("signature", out.state("not checked"))]
    rows.append(("visible to", out.word("public") if visible is None else list(visible) or out.word("issuer only")))
    lines = [*out.pairs(rows), out.word("body"), *indented(one.body)]
    if one.command is not None:
        lines += [out.word("command"), *indented(one.command), out.word("basis"), *indented(one.basis)]
    return lines


_visible = click.option("--visible-to", multiple=True, metavar="URI", help="Party that may see it; without, all may.")
_private = click.option("--private", is_flag=True, help="Only the signer may see it.")
_request = click.argument("request", metavar="FILE.json", type=PATH)


def _readers(visible_to: tuple[str, ...], private: bool) -> tuple[str, ...] | None:
    if visible_to and private:
        raise click.UsageError("give --visible-to or --private, not both")
    return visible_to if visible_to or private else None


def _requested(path: Path) -> bytes:
    """The request in a file, or what comes in where the file is called `-`."""
    from openqi.app.files import read_file
    from openqi.app.requests import MAX_REQUEST

    return sys.stdin.buffer.read(MAX_REQUEST + 1) if path == _STDIN else read_file(path, MAX_REQUEST)


@record.command()
@ledger_argument
@_request
@with_signer
@_visible
@_private
@click.option("--blob", "blobs", type=PATH, multiple=True, help="Content that the body names by its SHA-256; it is kept first.")
@with_passphrases
@answering
def state(
    out: Output, ledger: Path, request: Path, party: str, key_file: Path, visible_to: tuple[str, ...], private: bool,
    blobs: tuple[Path, ...], passphrases: Passphrases,
) -> None:  # fmt: skip
    """State what FILE.json says: {"kind": …, "body": {…}}. `-` reads standard input."""
    from openqi.app.files import read_file
    from openqi.app.folder import ledger_folder
    from openqi.app.requests import stated_body
    from openqi.store.store import MAX_BLOB

    readers, body, folder = _readers(visible_to, private), stated_body(_requested(request)), ledger_folder(ledger)
    contents = [read_file(path, MAX_BLOB) for path in blobs]
    who = signer(party, key_file, passphrases)
    with folder.writing(passphrases.of_log(folder.log_key)) as opened:
        names = [opened.store.put_blob(content) for content in contents]
        sealed = opened.state(body, who, visible_to=readers)
        index = opened.logged(sealed.id).index
    data = _row(sealed, index) | {"blobs": names}
    out.answer(data, out.pairs([*_row(sealed, index).items(), *([("blobs", names)] if names else [])]))


@record.command()
@ledger_argument
@_request
@with_signer
@_visible
@_private
@with_passphrases
@answering
def decide(
    out: Output, ledger: Path, request: Path, party: str, key_file: Path, visible_to: tuple[str, ...], private: bool,
    passphrases: Passphrases,
) -> None:  # fmt: skip
    """Decide what FILE.json asks: {"name": …, "arguments": {…}}. `-` reads standard input."""
    from openqi.app.requests import asked_command

    command = asked_command(_requested(request), visible_to=_readers(visible_to, private))
    _perform(out, ledger, command, party, key_file, passphrases)


@record.command()
@ledger_argument
@click.argument("record")
@click.option("--reason", required=True, help="Why it no longer stands.")
@with_signer
@with_passphrases
@answering
def withdraw(out: Output, ledger: Path, record: str, reason: str, party: str, key_file: Path, passphrases: Passphrases) -> None:
    """Withdraw RECORD, which the signer issued; what was decided on it can then be decided again."""
    from openqi.app.requests import withdrawal

    _perform(out, ledger, withdrawal(record, reason), party, key_file, passphrases)


def _perform(out: Output, ledger: Path, command: Any, party: str, key_file: Path, passphrases: Passphrases) -> None:
    from openqi.app.folder import ledger_folder

    folder = ledger_folder(ledger)
    who = signer(party, key_file, passphrases)
    with folder.writing(passphrases.of_log(folder.log_key)) as opened:
        sealed = opened.perform(command, who)
        rows = [_row(one, opened.logged(one.id).index) for one in sealed]
    lines: list[str] = []
    for row, one in zip(rows, sealed, strict=True):
        lines += [*out.pairs(row.items()), out.word("body"), *indented(one.body)]
    out.answer({"records": [row | {"body": one.body} for row, one in zip(rows, sealed, strict=True)]}, lines)


def _row(sealed: "Record", index: int) -> dict[str, Any]:
    return {"record": sealed.id, "kind": sealed.kind, "index": index}


@record.command()
@click.argument("kind", required=False)
@answering
def kinds(out: Output, kind: str | None) -> None:
    """List the kinds of records and the commands, or show the JSON Schema of one."""
    from openqi.app.requests import described, schema

    if kind is not None:
        found = schema(kind)
        out.answer({"name": kind, "schema": found}, [out.word("body"), *indented(found)])
        return
    rows = described()
    data = [{"name": row.name, "how": row.how, "role": row.role, "meaning": row.meaning} for row in rows]
    out.answer({"kinds": data}, out.columns((row.name, row.how, row.role or "-", row.meaning) for row in rows))
