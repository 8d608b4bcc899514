"""`openqi station`: make a station, invite somebody to act for an organisation, list an inbox, print a calendar."""

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
@click.option("--postgresql", metavar="URL", help="An empty database that keeps the ledger; else the folder does.")
@click.option("--desk", metavar="URL", help="A database for accounts and drafts; else a file in the folder.")
@click.option("--objects", metavar="URL", help="Empty s3://bucket/prefix for contents and the log's files; else the folder.")
@click.option("--password-file", type=PATH, help="File whose first line is their password; else OPENQI_PASSWORD, else asked for.")
@with_passphrase
@answering
def new(
    out: Output, folder: Path, url: str, origin: str, operator: str, zh: str, en: str, login: str, person: str,
    postgresql: str | None, desk: str | None, objects: str | None, password_file: Path | None, passphrases: Passphrases,
) -> None:  # fmt: skip
    """Make a station in DIR: its configuration, its ledger and its desk. `openqi serve DIR` then serves it."""
    from openqi.app.people.members import Newcomer
    from openqi.app.station.found import NewStation, found_station
    from openqi.records import Names

    passphrase = passphrases.of(folder / "ledger" / "keys" / "operator.key", new=True)
    asked = NewStation(
        url=url, name=Names(zh=zh, en=en or ("" if zh else origin)), origin=origin, operator=operator, passphrase=passphrase,
        postgresql=postgresql, desk=desk, objects=objects,
    )  # fmt: skip
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
@click.argument("login", metavar="LOGIN")
@answering
def recover(out: Output, folder: Path, login: str) -> None:
    """Print a link with which the person LOGIN sets a new password; it serves once and for one day.

    Be sure who asks before you hand it over. The account tells of it; nobody but you at this machine can make one.
    """
    from openqi.app.station.station import Station

    with Station(folder) as opened:
        link = f"{opened.settings.url.rstrip('/')}/recovery/{opened.people.recovery.new_link(login)}"
    out.answer({"link": link}, [link])


@station.command()
@click.argument("folder", metavar="DIR", type=PATH)
@click.argument("login", metavar="NAME")
@click.option("--yes", is_flag=True, help="Erase without asking.")
@answering
def forget(out: Output, folder: Path, login: str, yes: bool) -> None:
    """Erase the account of who signs in as NAME, for somebody who cannot do it; their keys end in the log, which stays whole."""
    from openqi.app.station.station import Station

    if not yes and not click.confirm(out.word("Erase this account for good?"), err=True):
        raise click.exceptions.Exit(1)  # who says no interrupts nothing: nothing was begun
    with Station(folder) as opened:
        opened.leaving.erase(login)
        size = opened.ledger.store.size()
    out.answer({"folder": str(folder), "size": size}, out.pairs([("folder", folder), ("size", size)]))


@station.command()
@click.argument("folder", metavar="DIR", type=PATH)
@click.argument("archive", metavar="ARCHIVE", type=PATH)
@click.option("--with-passphrase", "passphrase", is_flag=True, help="Keep the passphrase too: who has the archive has all keys.")
@answering
def backup(out: Output, folder: Path, archive: Path, passphrase: bool) -> None:
    """Keep the station of DIR in one file, also while it serves: ledger, desk, contents, keys and configuration."""
    from openqi.app.folder import now
    from openqi.app.operation.backup import backup
    from openqi.app.settings import read_settings
    from openqi.app.station.station import desk_url

    done = backup(folder, archive, desk_url=desk_url(folder, read_settings(folder)), clock=now, passphrase=passphrase)
    data = {"archive": str(archive), "origin": done.origin, "size": done.size, "left_out": list(done.left_out)}
    rows: list[tuple[str, object]] = [("file", archive), ("origin", done.origin), ("size", done.size)]
    out.answer(data, out.pairs([*rows, ("not in it", list(done.left_out) or "-")]))


@station.command()
@click.argument("archive", metavar="ARCHIVE", type=PATH)
@click.argument("folder", metavar="DIR", type=PATH)
@click.option("--postgresql", metavar="URL", help="Empty database for the ledger; without, the folder keeps it.")
@click.option("--desk", metavar="URL", help="Empty database for the desk; without, the folder keeps it.")
@click.option("--objects", metavar="URL", help="Empty s3://bucket/prefix for contents and the log's files; else the folder.")
@click.option("--known", type=PATH, help="Mirror, or a checkpoint file, that says how far others have seen the log.")
@answering
def restore(
    out: Output, archive: Path, folder: Path, postgresql: str | None, desk: str | None, objects: str | None, known: Path | None
) -> None:
    """Make the station of ARCHIVE again in DIR, which is empty or not there, and check its log from nothing."""
    from openqi.app.operation.restore import Place, known_checkpoint, restore

    seen = None if known is None else known_checkpoint(known)
    done = restore(archive, Place(folder=folder, postgresql=postgresql, desk=desk, objects=objects), known=seen)
    data = {"folder": str(folder), "origin": done.origin, "size": done.size, "bring_along": list(done.left_out)}
    rows: list[tuple[str, object]] = [("folder", folder), ("origin", done.origin), ("size", done.size)]
    out.answer(data, out.pairs([*rows, ("not in it", list(done.left_out) or "-")]))


@station.command()
@click.argument("folder", metavar="DIR", type=PATH)
@answering
def contents(out: Output, folder: Path) -> None:
    """Read every content of the station of DIR, and tell which are damaged, or named and not there."""
    from openqi.app.operation.contents import check_contents
    from openqi.app.settings import read_settings
    from openqi.app.station.station import desk_url

    found = check_contents(folder, desk_url=desk_url(folder, read_settings(folder)))
    told = {"kept": found.kept, "bytes": found.size, "unnamed": found.unnamed}
    data = told | {"damaged": list(found.damaged), "missing": list(found.missing)}
    rows = [*told.items(), ("damaged", list(found.damaged) or "-"), ("missing", list(found.missing) or "-")]
    out.answer(data, out.pairs(rows), finding=bool(found.damaged or found.missing))


@station.command()
@click.argument("folder", metavar="DIR", type=PATH)
@click.option("--no-backup", is_flag=True, help="Make no backup first.")
@answering
def upgrade(out: Output, folder: Path, no_backup: bool) -> None:
    """Bring the stopped station of DIR to this version, after a backup beside it. Asked again, it goes on."""
    from openqi.app.folder import now
    from openqi.app.operation.upgrade import upgrade
    from openqi.app.settings import read_settings
    from openqi.app.station.station import desk_url

    done = upgrade(folder, desk_url=desk_url(folder, read_settings(folder)), clock=now, keep=not no_backup)
    kept = None if done.archive is None else str(done.archive)
    data = {"folder": str(folder), "before": done.before, "after": done.after, "size": done.size, "backup": kept}
    out.answer(data, out.pairs([("folder", folder), ("file", kept or "-"), ("before", done.before), ("after", done.after)]))


@station.command()
@click.argument("folder", metavar="DIR", type=PATH)
@click.argument("party", metavar="URI")
@click.option(
    "--view", default="waits", show_default=True, help="waits, late, soon, paused, closed, asked, asked-paused, asked-closed."
)
@click.option("--most", type=click.IntRange(1, 10_000), default=100, show_default=True, help="Tasks to show.")
@answering
def inbox(out: Output, folder: Path, party: str, view: str, most: int) -> None:
    """List the tasks of the party URI at the station in DIR: what waits for it, is late, or what it asked of others."""
    from openqi.app.station.station import Station
    from openqi.app.work.inbox import which_of

    which = which_of(view)
    with Station(folder) as opened:
        found = tuple(opened.inbox.all(party, which, most=most))
        counts = opened.inbox.counts(party)
    data = {
        "party": party, "view": which, "counts": {name: getattr(counts, name) for name in counts.__dataclass_fields__},
        "tasks": [
            {"task": one.task, "state": one.state, "outcome": one.outcome, "late": one.late, "due": one.due, "party": one.party,
             "asker": one.asker, "act": one.act, "subject": one.subject}
            for one in found
        ],
    }  # fmt: skip
    rows = ((one.due, out.word("late" if one.late else one.outcome or "-"), one.act or "-", one.subject, one.task) for one in found)
    out.answer(data, out.columns(rows))


@station.command()
@click.argument("name", metavar="NAME")
@click.option("--uri", required=True, metavar="URI", help="URI under which the calendar is published; the same for all years.")
@answering
def calendar(out: Output, name: str, uri: str) -> None:
    """Print the calendar NAME, such as cn-2026, as the arguments of the act governance.calendar-published/1."""
    import json

    from openqi.app.published import calendar_at_hand
    from openqi.records import as_json

    told = as_json(calendar_at_hand(name, uri))
    out.answer(told, json.dumps(told, ensure_ascii=False, indent=1).splitlines())


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
