"""Makes a station: its configuration, its ledger where there is none, its desk, and the operator's first account."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from openqi.app.files import unlocked, write_file
from openqi.app.folder import found_folder, ledger_folder, now
from openqi.app.people.members import Newcomer
from openqi.app.settings import DESK, FILE, Settings, check_settings
from openqi.app.station.station import Station
from openqi.kernel.errors import RefusedError
from openqi.records import Names

LEDGER, PASSPHRASE = "ledger", "passphrase"


@dataclass(frozen=True, kw_only=True)
class NewStation:
    """What a station is made from.

    Args:
        url: address under which people reach it.
        name: what it is called.
        origin: name of the log.
        operator: URI of the party that operates it.
        passphrase: opens all keys.
        demo: whether example people may be switched between.
        ledger: a ledger that there is already, with the same passphrase; None makes one.
        bases: under which marks were issued.
        postgresql: URL of an empty database that keeps the ledger; None keeps it in the folder.
        desk: URL of the desk; None keeps it in the folder.
        objects: URL of an empty prefix of a bucket for contents and the log's files; None keeps them in the folder.
    """

    url: str
    name: Names
    origin: str
    operator: str
    passphrase: str
    demo: bool = False
    ledger: Path | None = None
    bases: tuple[str, ...] = ()
    postgresql: str | None = None
    desk: str | None = None
    objects: str | None = None


def found_station(
    folder: Path,
    new: NewStation,
    first: Newcomer,
    *,
    clock: Callable[[], datetime] = now,
    chance: Callable[[int], bytes] = os.urandom,
) -> Station:
    """Return a new station, opened, whose first account acts for the operator.

    Args:
        folder: of the station; nothing may be there.
        new: what it is made from.
        first: the person who operates it.
        clock, chance: the present instant; as many random bytes as asked for.

    Raises:
        RefusedError: something is there already, or a passphrase or password is too weak.
        FormatError: address, origin or operator are not ones.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RefusedError("empty-folder", f"{folder} exists and is not an empty folder; choose another place")
    ledger = LEDGER if new.ledger is None else os.path.relpath(new.ledger, folder)
    settings = Settings(url=new.url, name=new.name, ledger=ledger, bases=new.bases, demo=new.demo, desk=new.desk or DESK)
    check_settings(settings, folder / FILE)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_file(folder / PASSPHRASE, new.passphrase.encode() + b"\n", secret=True)
    if new.ledger is None:
        founded = {"origin": new.origin, "signer": new.operator, "name": new.name}
        words = {"passphrase": new.passphrase, "log_passphrase": new.passphrase}
        found_folder(folder / LEDGER, **founded, **words, postgresql=new.postgresql, objects=new.objects)  # type: ignore[arg-type]
    write_file(folder / FILE, _written(settings).encode())
    place = ledger_folder(folder / ledger)
    # A private key of Ed25519 begins with the seed that it has grown from (RFC 8032 section 5.1.5).
    seed = unlocked(place.operator_key, new.passphrase).private[:32]
    station = Station(folder, passphrase=new.passphrase, clock=clock, chance=chance)
    try:
        with station.desk.writing() as connection:
            account = station.people.members.account(connection, first)
            station.people.members.join(connection, account, station.operator.party, manages=True, seed=seed)
    except BaseException:
        station.close()
        raise
    return station


def _written(settings: Settings) -> str:
    """The configuration with what was said and what people look for; the rest has its defaults (docs/operation.md)."""
    bases = ", ".join(map(_quoted, settings.bases))
    return "\n".join(
        (
            "# The one configuration file of this station. What is not here has its default.",
            f"url = {_quoted(settings.url)}",
            f"name = {{zh = {_quoted(settings.name.zh)}, en = {_quoted(settings.name.en)}}}",
            f"ledger = {_quoted(settings.ledger)}",
            f"desk = {_quoted(settings.desk)}",
            f"passphrase_file = {_quoted(settings.passphrase_file)}",
            f"bases = [{bases}]",
            f"demo = {'true' if settings.demo else 'false'}",
            "",
        )
    )


def _quoted(text: str) -> str:
    """A basic string of TOML: what JSON writes without its escapes above ASCII is one."""
    import json

    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
