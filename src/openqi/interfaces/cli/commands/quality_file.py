"""`openqi quality-file`: everything that a log knows of a firm, product or batch, as one sealed dossier."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.commands.chain import place_option
from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output

if TYPE_CHECKING:
    from openqi.app.quality_file.checking import FileChecked


@click.command(name="quality-file")
@click.argument("subject")
@place_option
@click.option("-o", "--out", "--output", "output", type=PATH, required=True, metavar="FILE", help="Dossier to write, firm.dossier.")
@click.option(
    "--page", "page_file", type=PATH, metavar="FILE", help="Also write the file as one HTML page that needs nothing else."
)
@click.option("--for", "reader", metavar="URI", help="Party that it is for: what that party may see is shown, too.")
@click.option("--policy", "policy_file", type=PATH, help="Trust policy to enclose; by default the ledger's own.")
@answering
def quality_file(
    out: Output, subject: str, place: Path, output: Path, page_file: Path | None, reader: str | None, policy_file: Path | None
) -> None:
    """Write all that the log knows of a subject as one dossier.

    SUBJECT is the URI of a firm, product or batch. The dossier holds every record, what it rests on, its proof in the log, and an
    index that `openqi verify` makes again. What the reader may not see is proved to be there and withheld.
    """
    from openqi.app.files import write_file
    from openqi.app.folder import policy_of, readable_by
    from openqi.app.quality_file.sealing import pillars_of, sealed_file
    from openqi.app.targets import opened

    if output.suffix.lower() in (".html", ".htm"):
        raise click.UsageError(f"{output} would be a dossier, and no page; name it FILE.dossier, and name the page with --page")
    with opened(place) as chain:
        policy = policy_of(chain.ledger.path, policy_file)
        if policy is None:
            raise click.UsageError(f"{chain.ledger.path} has no policy.txt; name the trust policy to enclose with --policy")
        content, found = sealed_file(chain.store, subject, policy=policy, shown=readable_by(reader))
    html = None if page_file is None else _page(place, subject, reader, out.language)
    write_file(output, content)
    if page_file is not None and html is not None:
        write_file(page_file, html.encode())
    pillars = {one: len(found.of_pillar(one)) for one in pillars_of(found)}
    data = {
        "file": str(output), "size": len(content), "subject": subject, "records": len(found.records), "pillars": pillars,
        "withheld": len(found.withheld), "against": len(found.against), "page": None if page_file is None else str(page_file),
    }  # fmt: skip
    rows: list[tuple[str, Any]] = [("file", output), ("records", len(found.records)), *pillars.items()]
    out.answer(data, out.pairs([*rows, ("withheld", len(found.withheld)), ("speaks against", len(found.against))]))


def _page(place: Path, subject: str, reader: str | None, language: str) -> str:
    from importlib.resources import files

    from openqi.app.reading.reader import Reader
    from openqi.interfaces.web.pages import Pages
    from openqi.interfaces.web.pledges.quality_file import file_alone

    style = (files("openqi.interfaces.web") / "static" / "style.css").read_text(encoding="utf-8")
    with Reader(place) as log:
        seen = log.as_party(reader)
        return file_alone(seen.context(), Pages(seen), subject, language=language, style=style)


def file_data(found: "FileChecked") -> dict[str, Any]:
    """Return what a sealed quality file came to, as --json prints it."""
    return {
        "subject": found.subject, "index": found.index, "why": found.why or None, "records": found.records,
        **{str(name): count for name, count in found.outcomes.items()},
        "failures": [{"record": name, "why": why} for name, why in found.failed], "recordsWithheld": found.withheld,
        "against": found.against, "size": found.size,
    }  # fmt: skip


def file_lines(out: Output, found: "FileChecked") -> list[str]:
    """Return what a sealed quality file came to, as people read it."""
    told = {
        "replayed": "decided again, same result", "stated": "stated: signature and log only",
        "withheld": "not decided again: something is withheld", "unknown": "not decided again: unknown command", "failed": "failed",
    }  # fmt: skip
    rows = [(told[name], count) for name, count in found.outcomes.items() if count]
    lines = out.pairs([
        ("quality file of", found.subject), ("index made again", out.state(found.index, found.why)), ("records", found.records),
        *rows, ("records named and withheld", found.withheld), ("speaks against", found.against),
    ])  # fmt: skip
    return ["", *lines, *out.pairs([("finding", f"{name}: {why}") for name, why in found.failed[:20]])]
