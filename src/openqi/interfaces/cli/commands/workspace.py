"""`openqi init`, `build` and `demo`: from a folder of files to sealed evidence, marks and pages."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.options import PATH, Passphrases, answering, with_passphrase
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.progress import progress

if TYPE_CHECKING:
    from openqi.app.workspace.build import Built


@click.command()
@click.argument("folder", metavar="DIR", type=PATH)
@answering
def init(out: Output, folder: Path) -> None:
    """Make a workspace to start from in DIR, commented, with small files that `openqi build` turns into evidence."""
    from openqi.app.workspace.start import start

    files = start(folder)
    data = {"folder": str(folder), "files": list(files)}
    out.answer(data, [*out.pairs([("folder", folder), ("files", files)]), "", f"openqi build {folder}"])


@click.command()
@click.argument("folder", metavar="[DIR]", type=PATH, default=Path())
@click.option("--withdraw", is_flag=True, help="Withdraw what was issued before and no longer holds.")
@click.option("--no-pages", is_flag=True, help="Seal evidence and marks, but write no pages.")
@click.option("--at", metavar="INSTANT", help="Of an illustrative workspace only: the instant that this build states.")
@with_passphrase
@answering
def build(out: Output, folder: Path, withdraw: bool, no_pages: bool, at: str | None, passphrases: Passphrases) -> None:
    """Turn a workspace into evidence, marks, pages. Unchanged inputs seal nothing new.

    Where anything is wrong, each finding is told with file and line, and nothing is sealed.
    """
    built = built_workspace(folder, passphrases, withdraw=withdraw, pages=not no_pages, at=at)
    out.answer(built_data(built), built_lines(out, built), finding=bool(built.withdrawn))


def built_workspace(
    folder: Path, passphrases: Passphrases, *, withdraw: bool = False, pages: bool = True, at: str | None = None
) -> "Built":
    """Build a workspace, with codes for its marks and, if wanted, its pages."""
    from openqi.app.workspace.build import PRIVATE
    from openqi.app.workspace.build import build as build_workspace
    from openqi.app.workspace.codes import write_codes
    from openqi.app.workspace.keys import passphrase_beside

    # One passphrase for all that the workspace keeps itself, asked for once; a party's own key file has its own.
    known: dict[bool, str] = {}
    if (beside := passphrase_beside(folder / PRIVATE)) is not None:
        known[True] = beside

    def passphrase(path: Path) -> str:
        ours = folder / PRIVATE in path.parents
        if not ours:
            return passphrases.of(path)
        if ours not in known:
            known[ours] = passphrases.of(path, new=not path.exists())
        return known[ours]

    show = progress()
    built = build_workspace(folder, passphrase=passphrase, withdraw=withdraw, at=at, progress=show)
    write_codes(folder, built.issued, progress=show)
    if pages:
        _write_pages(folder, built, show)
    show("")
    return built


def _write_pages(folder: Path, built: "Built", show: Callable[[str], None]) -> None:
    """Write the pages into `site`, unless they are those of this very log and version already."""
    from importlib.metadata import version

    from openqi.app.files import write_file
    from openqi.app.workspace.build import PRIVATE

    done, stamp = folder / PRIVATE / "pages", f"{version('openqi')} {built.size} {built.root}\n".encode()
    if (folder / "site" / "index.html").is_file() and done.is_file() and done.read_bytes() == stamp:
        return
    from openqi.interfaces.web.site import export_site

    export_site(folder, folder / "site", progress=show)
    write_file(done, stamp)


def built_data(built: "Built") -> dict[str, Any]:
    """Return what --json prints of a build."""
    return {
        "origin": built.origin, "size": built.size, "root": built.root, "marks": list(built.marks),
        "sealed": [{"entry": one.slot, "kind": one.kind, "record": one.record, "subject": one.subject} for one in built.sealed],
        "withdrawn": dict(built.withdrawn), "no_longer_declared": list(built.no_longer_declared), "records": dict(built.records),
    }  # fmt: skip


def built_lines(out: Output, built: "Built") -> list[str]:
    """Return what people read of a build: how many records of each section, what was withdrawn, the log, the first marks."""
    counts: dict[str, int] = {}
    for one in built.sealed:
        section = one.slot.partition("/")[0]
        counts[section] = counts.get(section, 0) + 1
    lines = (
        out.columns((out.word(section), str(count)) for section, count in counts.items()) if counts else [out.word("nothing new")]
    )
    lines += [f"{out.word('withdrawn')}  {slot}: {why}" for slot, why in built.withdrawn.items()]
    lines += [f"{out.word('no longer declared, still stands')}  {slot}" for slot in built.no_longer_declared]
    shown = list(built.marks[:3]) + ([f"… {len(built.marks)}"] if len(built.marks) > 3 else [])
    rows: list[tuple[str, object]] = [("origin", built.origin), ("size", built.size), ("root", built.root)]
    return [*lines, "", *out.pairs([*rows, *([("marks", shown)] if shown else [])])]


@click.command()
@click.argument("folder", metavar="DIR", type=PATH)
@click.option("--no-serve", is_flag=True, help="Build only.")
@click.option("--host", default="127.0.0.1", help="Address to serve at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, help="Port to serve at; 0 takes a free one.")
@answering
def demo(out: Output, folder: Path, no_serve: bool, host: str, port: int) -> None:
    """Build the example, and serve it: the storage battery with a station of example people, in DIR.

    A passphrase is made and laid beside the keys, so that nothing is asked; a demonstration may do that.
    """
    from openqi.app.workspace.build import PRIVATE
    from openqi.app.workspace.keys import put_passphrase_beside
    from openqi.app.workspace.start import unpack_example

    if not (folder / "openqi.yaml").is_file():
        unpack_example(folder)
    if not (folder / PRIVATE).exists():
        put_passphrase_beside(folder / PRIVATE)
    built = built_workspace(folder, Passphrases(file=None, log_file=None))
    if no_serve:
        out.answer(built_data(built), built_lines(out, built))
        return
    from openqi.app.station.demo import demo_station
    from openqi.interfaces.cli.commands.serving import serve_station

    if not out.as_json:
        click.echo("\n".join(built_lines(out, built)))
    serve_station(out, demo_station(folder, f"http://{host}:{port or 8000}"), host=host, port=port)
