"""`openqi serve` and `site`: the pages of a workspace, by a server or as files that any server can carry."""

from pathlib import Path

import click

from openqi.interfaces.cli.options import PATH, Passphrases, answering, with_passphrase
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.progress import progress


@click.command()
@click.argument("folder", metavar="[DIR]", type=PATH, default=Path())
@click.option("--host", default="127.0.0.1", help="Address to serve at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, help="Port to serve at; 0 takes a free one.")
@click.option("--cases", is_flag=True, help="Seal reported problems as cases; asks for the operator's passphrase.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, help="Processes that serve a station together.")
@with_passphrase
@answering
def serve(out: Output, folder: Path, host: str, port: int, cases: bool, workers: int, passphrases: Passphrases) -> None:
    """Serve the pages, and REST with OpenAPI, of the station, workspace or ledger in DIR, in Chinese and English."""
    from openqi.app.settings import is_station
    from openqi.app.workspace.build import ledger_path
    from openqi.app.workspace.start import is_workspace

    if is_station(folder):
        serve_station(out, folder, host=host, port=port, workers=workers)
        return
    passphrase = None
    if cases:
        place = ledger_path(folder) if is_workspace(folder) else folder
        passphrase = passphrases.of(place / "keys" / "operator.key")
    serve_workspace(out, folder, host=host, port=port, passphrase=passphrase)


def serve_station(out: Output, folder: Path, *, host: str, port: int, workers: int = 1) -> None:
    """Serve a station until interrupted, after saying where; its passphrase is read as `station.toml` says."""
    from openqi.interfaces.web.server import serve as serve_pages

    def started(address: str) -> None:
        out.answer({"address": address}, [f"{address}  (Ctrl-C)"])

    serve_pages(folder, host, port, workers=workers, started=started)


def serve_workspace(out: Output, folder: Path, *, host: str, port: int, passphrase: str | None) -> None:
    """Serve until interrupted, after saying where; with a passphrase at hand reported problems are sealed as cases."""
    from contextlib import ExitStack

    from openqi.app.cases import ledger_desk
    from openqi.app.files import unlocked
    from openqi.app.folder import ledger_folder
    from openqi.app.workspace.build import PRIVATE, ledger_path
    from openqi.app.workspace.keys import passphrase_beside
    from openqi.app.workspace.start import is_workspace
    from openqi.interfaces.web.server import serve as serve_pages

    secret = passphrase or passphrase_beside(folder / PRIVATE)
    place = ledger_path(folder) if is_workspace(folder) else folder
    with ExitStack() as opened:
        desk = None
        if secret is not None:
            operator_key = unlocked(ledger_folder(place).operator_key, secret)
            desk = opened.enter_context(ledger_desk(place, operator_key=operator_key, passphrase=secret))

        def started(address: str) -> None:
            out.answer({"address": address}, [f"{address}  (Ctrl-C)"])

        serve_pages(folder, host, port, case_desk=desk, started=started)


@click.command()
@click.argument("folder", metavar="DIR", type=PATH)
@click.option("--in", "place", metavar="DIR", type=PATH, default=Path(), help="Workspace or ledger; by default this folder.")
@answering
def site(out: Output, folder: Path, place: Path) -> None:
    """Write the pages as files for any web server or content network into DIR, the log's tiles with them."""
    from openqi.interfaces.web.site import export_site

    show = progress()
    done = export_site(place, folder, progress=show)
    show("")
    out.answer(
        {"folder": str(folder), "files": done.files, "bytes": done.bytes}, out.pairs([("folder", folder), ("files", done.files)])
    )
