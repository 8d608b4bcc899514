"""`openqi dcc page` and `openqi dcc pdf`: a certificate, whoever wrote it, as people read, print and keep it."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.options import PATH, answering, believed_roots, believed_stamp_roots
from openqi.interfaces.cli.output import Output

if TYPE_CHECKING:
    from openqi.app.certificates.sheet import CertificateSheet

_HOLDS = ("valid", "valid-then-expired-now", "unknown-issuer", "not-signed", "not-checked")


def _judging(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `data` and `sheet` of FILE, with the options that say what it is judged by."""

    @click.argument("file", type=PATH)
    @believed_roots
    @believed_stamp_roots
    @click.option("--files", type=PATH, metavar="FOLDER", help="Where the certificates lie that it names, by default beside FILE.")
    @click.option("--schemas", type=PATH, metavar="FOLDER", help="XSD files to validate against; by default none.")
    @click.option("--at", metavar="INSTANT", help="Instant at which it is judged, 2026-01-12T08:00:00Z; by default now.")
    @wraps(command)
    def judged(
        *args: Any,
        output: Path,
        file: Path,
        roots: tuple[Path, ...],
        tsa_roots: tuple[Path, ...],
        files: Path | None,
        schemas: Path | None,
        at: str | None,
        **options: Any,
    ) -> None:
        from openqi.app.certificates.files import MAX_SCHEMA, certificate_bytes, finder, schemas_in
        from openqi.app.certificates.sheet import sheet_of
        from openqi.app.files import read_file
        from openqi.app.folder import now
        from openqi.kernel.instant import format_instant, parse_instant

        data = certificate_bytes(file)
        _check_ending(output, *((".pdf",) if command.__name__ == "pdf" else (".html", ".htm")))
        sheet = sheet_of(
            data, name=file.name, now=format_instant(now() if at is None else parse_instant(at)),
            roots=[read_file(path, MAX_SCHEMA) for path in roots], find=finder(file.parent if files is None else files),
            stamp_roots=[read_file(path, MAX_SCHEMA) for path in tsa_roots],
            schemas=None if schemas is None else schemas_in(schemas),
        )  # fmt: skip
        command(*args, data=data, sheet=sheet, output=output, **options)

    return judged


_output = click.option(
    "-o", "--out", "--output", "output", type=PATH, required=True, metavar="FILE", help="File to write; an old one is replaced."
)


@click.command()
@_judging
@_output
@answering
def page(out: Output, data: bytes, sheet: "CertificateSheet", output: Path) -> None:  # noqa: ARG001 -- only `pdf` attaches the file
    """Write a certificate as one HTML file that prints well, with what its checks came to."""
    from openqi.app.files import write_file
    from openqi.interfaces.web.alone import paper_page
    from openqi.interfaces.web.paper.certificate import certificate_paper

    _written(out, output, paper_page(certificate_paper(sheet, out.language)).encode(), sheet, write_file)


@click.command()
@_judging
@click.option(
    "--fonts", type=PATH, metavar="FOLDER", help="Folder with Noto Sans for Chinese; else OPENQI_FONTS, else the usual ones."
)
@_output
@answering
def pdf(out: Output, data: bytes, sheet: "CertificateSheet", fonts: Path | None, output: Path) -> None:
    """Write a certificate as PDF/A-3b with the certificate itself attached."""
    from openqi.app.files import write_file
    from openqi.interfaces.web.paper.certificate import certificate_paper
    from openqi.interfaces.web.paper.printing import pdf_of

    _written(out, output, pdf_of(certificate_paper(sheet, out.language), data, fonts=fonts), sheet, write_file)


def _check_ending(output: Path, *endings: str) -> None:
    """Refuse a name of another kind of file, such as that of the certificate itself, before anything is done."""
    from openqi.kernel.errors import FormatError

    if (output.is_file() or not output.exists()) and output.suffix.lower() not in endings:  # /dev/stdout has no ending
        raise FormatError(f"{output} ends in {output.suffix or 'nothing'}; this writes {' or '.join(endings)}")


def _written(out: Output, output: Path, made: bytes, sheet: "CertificateSheet", write: Callable[..., None]) -> None:
    """Write the document and tell what it says of the signature; one that does not hold is a finding, and still shown."""
    write(output, made)
    state = sheet.signature.state
    told = {
        "file": str(output), "bytes": len(made), "identifier": sheet.certificate.document.unique_identifier, "signature": state,
        "language": out.language, "judgedAt": sheet.judged_at, "sha256": sheet.sha256,
    }  # fmt: skip
    colour = "passed" if state.startswith("valid") else "not checked" if state in _HOLDS else "failed"
    lines = out.pairs([
        ("file", output), ("bytes", len(made)), ("identifier", told["identifier"]),
        ("signature", out.state(colour, out.word(state))),
    ])  # fmt: skip
    out.answer(told, lines, finding=state not in _HOLDS)
