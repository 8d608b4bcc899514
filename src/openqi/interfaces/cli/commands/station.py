"""`openqi station`: make a station, and invite somebody to act for an organisation of its log."""

from pathlib import Path

import click

from openqi.interfaces.cli.options import PATH, Passphrases, answering, with_passphrase
from openqi.interfaces.cli.output import Output

_PASSWORD = "OPENQI_PASSWORD"  # noqa: S105 -- the name of a variable


@click.group()
def station() -> None:
    """Make a station, and look after who may enter it."""


@station.command()
@click.argument("folder", metavar="DIR", type=PATH)
@click.option("--url", required=True, help="Address under which people reach it; https, or http on this machine.")
@click.option("--origin", required=True, help="Name of its log, such as example.org/log.")
@click.option("--operator", required=True, metavar="URI", help="Party that operates it.")
@click.option("--zh", default="", help="What it is called in Chinese.")
@click.option("--en", default="", help="What it is called in English.")
@click.option("--login", required=True, help="Sign-in name of its first person, who acts for the operator.")
@click.option("--person", required=True, help="What that person is called.")
@click.option("--password-file", type=PATH, help="File whose first line is their password; else OPENQI_PASSWORD, else asked for.")
@with_passphrase
@answering
def new(
    out: Output, folder: Path, url: str, origin: str, operator: str, zh: str, en: str, login: str, person: str,
    password_file: Path | None, passphrases: Passphrases,
) -> None:  # fmt: skip
    """Make a station in DIR: its configuration, its ledger and its desk. `openqi serve DIR` then serves it."""
    from openqi.app.people.members import Newcomer
    from openqi.app.station.found import NewStation, found_station
    from openqi.records import Names

    passphrase = passphrases.of(folder / "ledger" / "keys" / "operator.key", new=True)
    asked = NewStation(
        url=url, name=Names(zh=zh, en=en or ("" if zh else origin)), origin=origin, operator=operator, passphrase=passphrase
    )
    first = Newcomer(login=login, name=person, password=_password(password_file), language=out.language)
    with found_station(folder, asked, first) as made:
        rows: list[tuple[str, object]] = [("folder", folder), ("origin", made.ledger.origin), ("address", made.settings.url)]
        out.answer({"folder": str(folder), "origin": made.ledger.origin, "address": made.settings.url}, out.pairs(rows))


@station.command()
@click.argument("folder", metavar="DIR", type=PATH)
@click.argument("party", metavar="URI")
@click.option("--manages", is_flag=True, help="They also look after the people of the organisation.")
@answering
def invite(out: Output, folder: Path, party: str, manages: bool) -> None:
    """Print a link with which one person may act for the party URI; it serves once and for two weeks."""
    from openqi.app.station.station import Station
    from openqi.kernel.errors import NotFoundError

    with Station(folder) as opened:
        if opened.people.named(party).en == party and party != opened.operator.party:
            raise NotFoundError(f"{party} is not registered in the log {opened.ledger.origin}; register it first")
        secret = opened.people.members.invite(party, manages=manages, by="operator")
        link = f"{opened.settings.url.rstrip('/')}/invitation/{secret}"
    out.answer({"link": link}, [link])


@station.command()
@click.argument("folder", metavar="DIR", type=PATH)
@answering
def reindex(out: Output, folder: Path) -> None:
    """Make the search index of the station in DIR again from its log; comments and attachments stay in it."""
    from openqi.app.station.station import Station

    with Station(folder) as opened:
        read = opened.search.again()
    out.answer({"entries": read}, [str(read)])


def _password(file: Path | None) -> str:
    """The password of the first person: of a file, of the environment, or asked for at the terminal."""
    import os
    import sys

    from openqi.app.files import read_file

    if file is not None:
        return read_file(file, 10_000).decode("utf-8", errors="replace").split("\n")[0].removesuffix("\r")
    if given := os.environ.get(_PASSWORD):
        return given
    if not sys.stdin.isatty():
        raise click.UsageError(f"no password: set {_PASSWORD}, name a file with --password-file, or run at a terminal")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
