"""`openqi act`: what may be stated or asked, done by name with its fields, signed at home, or many at once out of a table."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from openqi.interfaces.cli.options import (
    PATH,
    Passphrases,
    answering,
    ledger_argument,
    signer,
    with_passphrase,
    with_passphrases,
    with_signer,
)
from openqi.interfaces.cli.output import Output, complain, indented

if TYPE_CHECKING:
    from openqi.app.acts.acts import Act
    from openqi.app.acts.audience import Audience
    from openqi.app.acts.sealing.imports import RowOutcome
    from openqi.evidence.record import Record, Statement

_MAX_FILE: Final = 100_000_000


@click.group()
def act() -> None:
    """List, show and do acts; sign one at home; do many out of a table."""


@act.command("list")
@answering
def list_acts(out: Output) -> None:
    """List every act with the role that it takes and who sees its outcome by default."""
    from openqi.app.acts.acts import acts
    from openqi.interfaces.web.station.act_words import act_label

    data = [
        {"name": one.name, "role": one.role, "audience": one.audience, "decides": one.decides, "meaning": one.meaning}
        for one in acts().values()
    ]
    rows = ((one.name, one.role or "-", out.word(one.audience), act_label(one.name, out.language)) for one in acts().values())
    out.answer({"acts": data}, out.columns(rows))


@act.command()
@click.argument("name", metavar="ACT")
@answering
def show(out: Output, name: str) -> None:
    """Show the fields of ACT."""
    from openqi.app.acts.acts import act_of
    from openqi.app.acts.fields import walk
    from openqi.app.acts.schemas import schema_of
    from openqi.interfaces.web.station.act_words import act_help, field_help, field_label

    found = act_of(name)
    rows = [
        (path, field.form, out.word("yes" if field.required else "no"), field_label(found.name, path, out.language),
         field_help(found.name, path, out.language))
        for path, field in walk(found.fields)
    ]  # fmt: skip
    data = {"name": found.name, "role": found.role, "audience": found.audience, "schema": schema_of(found)}
    head = (out.word("field"), out.word("form"), out.word("required"), "", "")
    out.answer(data, [act_help(found.name, out.language), "", *out.columns([head, *rows])])


_audience = (
    click.option("--public", "reach", flag_value="public", help="Everybody may see it."),
    click.option("--parties", "reach", flag_value="parties", help="Who signs, who is named and who issued what it rests on."),
    click.option("--private", "reach", flag_value="private", help="Only the signer may see it."),
    click.option("--visible-to", multiple=True, metavar="URI", help="Further party that may see it; with --parties."),
    click.option("--zone", default="Z", show_default=True, help="Time zone of times that name none, such as +08:00."),
)


def _with_audience(command: Any) -> Any:
    for option in reversed(_audience):
        command = option(command)
    return command


@act.command("do")
@ledger_argument
@click.argument("name", metavar="ACT")
@click.argument("arguments", metavar="[FILE.json]", required=False, type=PATH)
@click.option("--set", "settings", multiple=True, metavar="FIELD=VALUE", help="One field, such as points.0.indicated=1.0.")
@click.option("--file", "files", multiple=True, metavar="FIELD=PATH", help="File or table for a field.")
@click.option("--preview", is_flag=True, help="Show what would be stated, and seal nothing.")
@with_signer
@_with_audience
@with_passphrases
@answering
def do_act(
    out: Output, ledger: Path, name: str, arguments: Path | None, settings: tuple[str, ...], files: tuple[str, ...], preview: bool,
    party: str, key_file: Path, reach: str | None, visible_to: tuple[str, ...], zone: str, passphrases: Passphrases,
) -> None:  # fmt: skip
    """Do ACT: its arguments are in FILE.json, or set one by one. Without an audience the act's own default holds."""
    from openqi.app.acts.acts import act_of
    from openqi.app.acts.sealing.alone import previewed, sealed
    from openqi.app.acts.uploads import resolved
    from openqi.app.folder import ledger_folder
    from openqi.interfaces.web.station.act_words import columns_of

    found = act_of(name)
    told, audience = _arguments(found, arguments, settings, files, zone), _chosen(found, reach, visible_to)
    folder = ledger_folder(ledger)
    who = signer(party, key_file, passphrases)
    with folder.writing(passphrases.of_log(folder.log_key)) as opened:
        whole = resolved(found, told, keep=opened.store.put_blob, columns=columns_of(found))
        if preview:
            stated = previewed(opened, found, whole, audience, party=party, hand=who.key.public_key.kid)
            data = {"records": [_stated(one) for one in stated], "sealed": False}
            out.answer(data, [line for one in stated for line in _lines(out, one, None)])
            return
        records = sealed(opened, found, whole, audience, who)
        rows = [_sealed(one, opened.logged(one.id).index) for one in records]
    lines = [line for one, row in zip(records, rows, strict=True) for line in _lines(out, one.statement, row)]
    out.answer({"records": rows, "sealed": True}, lines)


@act.command()
@click.argument("request", metavar="REQUEST.json", type=PATH)
@click.option("--key", "key_file", type=PATH, required=True, help="Key file of the party that signs.")
@click.option("-o", "--output", type=PATH, help="File for the signatures; by default beside the request.")
@click.option("--yes", is_flag=True, help="Sign without asking.")
@with_passphrase
@answering
def sign(out: Output, request: Path, key_file: Path, output: Path | None, yes: bool, passphrases: Passphrases) -> None:
    """Sign what a station has prepared, after showing what it says. Needs no network."""
    from openqi.app.acts.sealing.signing import MAX_FILE, read_request, signatures_on
    from openqi.app.files import read_file, unlocked, write_file

    asked = read_request(read_file(request, MAX_FILE))
    if not yes:
        for record in asked.records:
            head = out.pairs([("issuer", record.issuer), ("valid from", record.valid_from)])
            for line in [*head, *_lines(out, record.statement, None)]:
                complain(line)
        if not click.confirm(out.word("Sign this?"), err=True):
            raise click.Abort
    signed = signatures_on(asked, unlocked(key_file, passphrases.of(key_file)))
    place = output or request.with_name(f"{request.stem}.signed.json")
    write_file(place, signed)
    data = {"ticket": asked.ticket.id, "signatures": str(place), "records": [_stated(one.statement) for one in asked.records]}
    out.answer(data, out.pairs([("signatures", str(place))]))


@act.command("import")
@ledger_argument
@click.argument("name", metavar="ACT")
@click.argument("table", metavar="TABLE", type=PATH)
@click.option("--preview", is_flag=True, help="Show what each row will do, and seal nothing.")
@click.option("--go-on", is_flag=True, help="Leave wrong rows out and seal the others.")
@with_signer
@_with_audience
@with_passphrases
@answering
def import_table(
    out: Output, ledger: Path, name: str, table: Path, preview: bool, go_on: bool, party: str, key_file: Path, reach: str | None,
    visible_to: tuple[str, ...], zone: str, passphrases: Passphrases,
) -> None:  # fmt: skip
    """Do ACT once for each row of TABLE (CSV, XLSX, Parquet).

    A wrong row keeps all from being sealed; what stands already is not stated again.
    """
    from openqi.app.acts.acts import act_of
    from openqi.app.acts.sealing.alone import rows_sealed
    from openqi.app.acts.uploads import Upload
    from openqi.app.files import read_file
    from openqi.app.folder import ledger_folder
    from openqi.interfaces.web.station.act_words import columns_of

    found = act_of(name)
    upload, audience = Upload(name=table.name, data=read_file(table, _MAX_FILE)), _chosen(found, reach, visible_to)
    folder = ledger_folder(ledger)
    who = signer(party, key_file, passphrases)
    with folder.writing(passphrases.of_log(folder.log_key)) as opened:
        outcomes = rows_sealed(
            opened, found, upload, audience, who, zone=zone, seal=not preview, go_on=go_on, columns=columns_of(found)
        )
    rows = [
        {"line": one.line, "state": one.state, "records": list(one.records), "why": _why(one, "en")} for one in outcomes
    ]  # fmt: skip
    lines = out.columns(
        (f"{table.name}:{one.line}", out.word(_STATES[one.state]), " ".join(one.records) or _why(one, out.language))
        for one in outcomes
    )
    out.answer({"rows": rows}, lines, finding=any(one.state in ("wrong", "refused") for one in outcomes))


_STATES: Final = {"seals": "will be sealed", "refused": "refused", "wrong": "wrong", "there": "there already", "sealed": "sealed"}


def _why(outcome: "RowOutcome", language: str) -> str:
    from openqi.interfaces.web.station.act_words import problem_text

    if outcome.refusal is not None:
        return outcome.refusal.told
    return "; ".join(f"{one.where} {problem_text(one, language)}".strip() for one in outcome.problems)


def _chosen(found: "Act", reach: str | None, visible_to: tuple[str, ...]) -> "Audience":
    from openqi.app.acts.audience import audience_of

    return audience_of(found, reach, visible_to)


def _arguments(found: "Act", path: Path | None, settings: tuple[str, ...], files: tuple[str, ...], zone: str) -> dict[str, Any]:
    """The arguments in a file, with what was set one by one put in their place."""
    import base64

    from openqi.app.acts.fields import walk
    from openqi.app.acts.forms import read_form
    from openqi.app.files import read_file
    from openqi.app.requests import MAX_REQUEST
    from openqi.kernel.errors import FormatError

    told: Any = {}
    if path is not None:
        try:
            told = json.loads(read_file(path, MAX_REQUEST).decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise FormatError(f"{path} is no JSON: {error}; it holds the arguments of the act as one object") from error
    if type(told) is not dict:
        raise FormatError(f"{path} holds something else than one JSON object with the arguments of the act")
    flat = dict(_pair(one, "--set") for one in settings)
    known = {path for path, _ in walk(found.fields)}
    if unknown := [name for name in flat if ".".join(part for part in name.split(".") if not part.isdigit()) not in known]:
        raise FormatError(f"{found.name} has no field {unknown[0][:80]!r}; `openqi act show {found.name}` lists them")
    told |= read_form(found.fields, flat, zone)
    for field, file in (_pair(one, "--file") for one in files):
        told[field] = {"name": Path(file).name, "base64": base64.b64encode(read_file(Path(file), _MAX_FILE)).decode("ascii")}
    return dict(told)


def _pair(text: str, option: str) -> tuple[str, str]:
    name, found, value = text.partition("=")
    if not found or not name:
        raise click.UsageError(f"{option} {text!r}: write FIELD=VALUE")
    return name, value


def _stated(one: "Statement") -> dict[str, Any]:
    visible = None if one.visible_to is None else list(one.visible_to)
    return {"kind": one.kind, "streams": list(one.streams), "visible_to": visible, "body": dict(one.body)}


def _sealed(record: "Record", index: int) -> dict[str, Any]:
    return {"record": record.id, "index": index, **_stated(record.statement)}


def _lines(out: Output, one: "Statement", row: dict[str, Any] | None) -> list[str]:
    visible = out.word("public") if one.visible_to is None else list(one.visible_to) or out.word("issuer only")
    rows: list[tuple[str, object]] = [] if row is None else [("record", row["record"]), ("index", row["index"])]
    rows += [("kind", one.kind), ("streams", list(one.streams)), ("visible to", visible)]
    return [*out.pairs(rows), out.word("body"), *indented(one.body)]
