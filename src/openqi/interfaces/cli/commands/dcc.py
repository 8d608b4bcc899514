"""`openqi dcc`: digital calibration certificates read, checked, verified, followed to where their chain ends, and written."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.commands.dcc_due import due
from openqi.interfaces.cli.commands.dcc_paper import page, pdf
from openqi.interfaces.cli.options import PATH, answering, believed_roots, believed_stamp_roots
from openqi.interfaces.cli.output import Output

if TYPE_CHECKING:
    from openqi.app.certificates.examination import Examination
    from openqi.formats.dcc.certificate import DigitalCertificate
    from openqi.formats.dcc.values import Values

_SHOWN = 5
_HOLDS = ("valid", "valid-then-expired-now")
_BROKEN_LINKS = ("wrong-hash", "expired")


@click.group()
def dcc() -> None:
    """Read, check, verify, follow, write and print certificates."""


dcc.add_command(page)
dcc.add_command(pdf)
dcc.add_command(due)


@dcc.command()
@click.argument("file", type=PATH)
@answering
def read(out: Output, file: Path) -> None:
    """Show what a certificate says, and what of it was not read."""
    from openqi.app.certificates.files import certificate_bytes
    from openqi.formats.dcc.certificate import read_certificate

    certificate = read_certificate(certificate_bytes(file), name=file.name)
    signature = "not checked" if certificate.document.signed else "not-signed"
    data = _certificate_data(certificate) | {"signature": signature, "values": [_values_data(one) for one in certificate.values]}
    lines = _certificate_lines(out, certificate, out.state("not checked", out.word(signature)))
    if rows := _quantity_rows(certificate):
        lines += ["", *out.columns(rows)]
    out.answer(data, lines)


@dcc.command()
@click.argument("file", type=PATH)
@click.option("--schemas", type=PATH, metavar="FOLDER", help="XSD files to validate against; by default none.")
@answering
def check(out: Output, file: Path, schemas: Path | None) -> None:
    """Check structure, content and stated verdicts of a certificate; what is wrong with it is a finding."""
    from openqi.app.certificates.examination import examined
    from openqi.app.certificates.files import certificate_bytes, schemas_in

    supplied = schemas_in(schemas) if schemas is not None else None
    found = examined(certificate_bytes(file), name=file.name, schemas=supplied)
    out.answer(_examination_data(file, found), _examination_lines(out, found), finding=bool(found.findings))


@dcc.command()
@click.argument("file", type=PATH)
@believed_roots
@believed_stamp_roots
@answering
def verify(out: Output, file: Path, roots: tuple[Path, ...], tsa_roots: tuple[Path, ...]) -> None:
    """Verify the signature of a certificate as of the time when it was signed."""
    from openqi.app.certificates.files import MAX_SCHEMA, certificate_bytes
    from openqi.app.files import read_file
    from openqi.app.folder import now
    from openqi.formats.dcc.signature.verify import verify_signature
    from openqi.kernel.instant import format_instant

    believed, stampers = ([read_file(path, MAX_SCHEMA) for path in paths] for paths in (roots, tsa_roots))
    judged_at = format_instant(now())
    report = verify_signature(certificate_bytes(file), roots=believed, now=judged_at, stamp_roots=stampers)
    data = {
        "file": str(file), "state": report.state, "signedAt": report.signed_at, "timeSource": report.time_source,
        "signer": report.signer, "revocation": report.revocation, "judgedAt": judged_at,
        "steps": [{"name": name, "state": state, "why": why} for name, state, why in report.steps],
    }  # fmt: skip
    colour = "passed" if report.state in _HOLDS else "not checked" if report.state.startswith("not-") else "failed"
    when = "—" if report.signed_at is None else f"{report.signed_at} ({out.word(str(report.time_source))})"
    lines = out.pairs([
        ("signature", out.state(colour, out.word(report.state))), ("signer", report.signer or "—"), ("signed at", when),
        ("revocation", out.word(report.revocation)), ("judged at", judged_at),
    ])  # fmt: skip
    lines += out.columns([(out.word(name), out.state(state), out.sentence(why)) for name, state, why in report.steps])
    out.answer(data, lines, finding=report.state not in _HOLDS)


@dcc.command()
@click.argument("file", type=PATH)
@click.option("--files", type=PATH, metavar="FOLDER", help="Where the other certificates lie, by default beside FILE.")
@click.option("--at", metavar="DATE", help="Day for which certificates must be in force, by default today.")
@answering
def chain(out: Output, file: Path, files: Path | None, at: str | None) -> None:
    """Follow a certificate to those it rests on, by hash, and say where and why the chain ends."""
    from openqi.app.certificates.files import certificate_bytes, finder
    from openqi.app.folder import now
    from openqi.formats.dcc.certificate import read_certificate
    from openqi.formats.dcc.links import follow
    from openqi.kernel.instant import format_instant

    day = format_instant(now())[:10] if at is None else _day(at)
    certificate = read_certificate(certificate_bytes(file), name=file.name)
    links = follow(certificate, finder(file.parent if files is None else files), at=day)
    data = {
        "file": str(file), "identifier": certificate.document.unique_identifier, "at": day,
        "links": [
            {"identifier": link.identifier, "state": link.state, "why": link.why, "depth": link.depth, "line": link.line}
            for link in links
        ],
    }  # fmt: skip
    rows = [("  " * (link.depth - 1) + link.identifier, out.word(link.state), out.sentence(link.why)) for link in links]
    lines = out.pairs([("identifier", certificate.document.unique_identifier), ("in force on", day)])
    lines += out.columns(rows) if rows else [out.word("it names no certificate")]
    out.answer(data, lines, finding=any(link.state in _BROKEN_LINKS for link in links))


@dcc.command()
@click.argument("file", type=PATH)
@click.option("-o", "--output", type=PATH, required=True, metavar="XML", help="Certificate to write; it must not be there.")
@click.option("--schema-version", default="3.3.0", metavar="VERSION", help="Version of the DCC, by default 3.3.0.")
@answering
def write(out: Output, file: Path, output: Path, schema_version: str) -> None:
    """Write a certificate from a YAML file of its content, and check it before it is written."""
    from openqi.app.certificates.examination import examined
    from openqi.app.files import read_file, write_file
    from openqi.formats.dcc.writer import write_dcc
    from openqi.formats.dcc.writer.content_file import read_content
    from openqi.formats.document import MAX_BYTES

    data = write_dcc(read_content(read_file(file, MAX_BYTES), name=file.name), version=schema_version)
    found = examined(data, name=output.name)
    write_file(output, data, replace=False)
    told = _examination_data(output, found) | {"bytes": len(data)}
    lines = out.pairs([("file", output), ("bytes", len(data))])
    out.answer(told, [*lines, *_examination_lines(out, found)], finding=bool(found.findings))


def _day(text: str) -> str:
    from openqi.kernel.errors import FormatError
    from openqi.kernel.instant import parse_instant

    try:
        parse_instant(f"{text}T00:00:00Z")
    except FormatError as error:
        raise click.UsageError(f"--at {text[:40]!r} is no day; write for example 2026-01-12") from error
    return text


def _certificate_data(certificate: "DigitalCertificate") -> dict[str, Any]:
    from openqi.formats.dcc.document import text_in

    document = certificate.document
    return {
        "file": document.file, "schemaVersion": document.schema_version, "identifier": document.unique_identifier,
        "laboratory": text_in(document.laboratory), "customer": text_in(document.customer),
        "performed": [document.begin_performance_date, document.end_performance_date], "issued": document.issue_date,
        "items": [text_in(item.name) for item in document.items],
        "links": [
            {"identifier": link.identifier, "procedure": link.procedure, "value": link.value} for link in certificate.links
        ],
        "conformity": [
            {"place": one.place, "stated": list(one.outcomes), "rule": one.rule, "line": one.line} for one in certificate.conformity
        ],
        "unread": list(document.unread),
    }  # fmt: skip


def _certificate_lines(out: Output, certificate: "DigitalCertificate", signature: str) -> list[str]:
    from openqi.formats.dcc.document import text_in

    document, language = certificate.document, out.language
    return out.pairs([
        ("file", document.file), ("schema version", document.schema_version), ("identifier", document.unique_identifier),
        ("laboratory", text_in(document.laboratory, language)), ("customer", text_in(document.customer, language)),
        ("performed", f"{document.begin_performance_date} – {document.end_performance_date}"),
        ("items calibrated", [text_in(item.name, language) for item in document.items]),
        ("certificates named", [link.identifier for link in certificate.links] or "—"),
        ("not read", len(document.unread)), ("signature", signature),
    ])  # fmt: skip


def _quantity_rows(certificate: "DigitalCertificate") -> list[tuple[str, ...]]:
    from openqi.formats.dcc.document import text_in

    return [
        (text_in(result.name), text_in(one.name), str(len(one.values)), one.unit, _beginning(one.values))
        for result in certificate.document.results
        for one in result.quantities
    ]  # fmt: skip


def _beginning(texts: tuple[str, ...]) -> str:
    return " ".join(texts[:_SHOWN]) + (" …" if len(texts) > _SHOWN else "")


def _values_data(values: "Values") -> dict[str, Any]:
    from dataclasses import asdict

    points = [
        {"value": point.value, "imaginary": point.imaginary, "covariance": point.covariance}
        | {"uncertainty": {name: held for name, held in asdict(point.stated).items() if held is not None}}
        for point in values.points
    ]
    return {
        "form": values.form, "label": values.label, "unit": values.unit, "phaseUnit": values.phase_unit, "line": values.line,
        "points": [{name: held for name, held in point.items() if held is not None} for point in points],
    }  # fmt: skip


def _examination_data(file: Path, found: "Examination") -> dict[str, Any]:
    signed = found.certificate is None or found.certificate.document.signed
    return {
        "file": str(file), "structure": found.structure, "xsd": found.xsd, "content": found.content,
        "signature": "not checked" if signed else "not-signed",
        "verdicts": [
            {"place": one.place, "stated": one.stated, "outcome": one.outcome, "rule": one.rule, "guardInU": one.guard_in_U,
             "why": one.why, "line": one.line}
            for one in found.verdicts
        ],
        "findings": [
            {"rule": one.rule, "clause": one.clause, "line": one.line, "text": one.text} for one in found.findings
        ],
    }  # fmt: skip


def _examination_lines(out: Output, found: "Examination") -> list[str]:
    signed = found.certificate is None or found.certificate.document.signed
    lines = out.pairs([
        ("structure", out.state(found.structure)), ("schema (XSD)", out.state(found.xsd)),
        ("rules of content", out.state(found.content)),
        ("signature", out.state("not checked", out.word("not checked" if signed else "not-signed"))),
    ])  # fmt: skip
    if found.verdicts:
        rows = [(one.place, out.word(one.stated), out.word(one.outcome or "—"), out.sentence(one.why)) for one in found.verdicts]
        lines += ["", *out.columns([tuple(map(out.word, ("verdict on", "stated", "decided again", "why"))), *rows])]
    if not found.findings:
        return [*lines, "", out.word("no findings")]
    rows = [(out.word("line") + f" {one.line}", one.rule, one.clause, out.sentence(one.text)) for one in found.findings]
    return [*lines, "", *out.columns(rows)]
