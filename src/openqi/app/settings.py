"""The one configuration file of a station, `station.toml`: every setting with its default, read strictly."""

import ipaddress
import tomllib
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from openqi.app.files import read_file
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.records import Names

DESK: Final = "sqlite:///desk.sqlite"
FILE: Final = "station.toml"
_MOST: Final = 100_000


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the configuration; an unknown setting is an error, so that a misspelt one is not silently without effect."""


class Mail(Section, frozen=True):
    """How notices leave by e-mail. Without a host none are sent."""

    host: str = ""
    port: int = 25
    security: str = "starttls"
    """`starttls`, `tls` or `none`; `none` only to a host on this machine."""
    sender: str = ""
    username: str = ""
    password_file: str = ""
    ca_file: str = ""
    """Certificates of who vouches for the mail server (PEM); without one, whom the system trusts."""


class Webhooks(Section, frozen=True):
    """How notices leave for programs of organisations."""

    local: bool = False
    """Whether addresses without TLS and on private networks may be asked; never on a real station."""
    failures: int = 20
    """After so many failed deliveries one after the other an address is asked no more."""


class OpenID(Section, frozen=True):
    """An OpenID Connect provider with which people may sign in."""

    issuer: str
    client_id: str
    client_secret_file: str
    name: Names


class Limits(Section, frozen=True):
    """What one request, visitor or session may take."""

    body: int = 2_000_000
    """Most bytes of a form or REST request."""
    upload: int = 20_000_000
    """Most bytes of an attachment or a table."""
    requests_per_minute: int = 600
    """Of one address; several processes count apart."""
    sign_ins_per_hour: int = 20
    """Failed ones of one address, and of one account; counted in the desk for all processes."""
    session_minutes: int = 30
    """After so long without a request a session ends."""
    session_hours: int = 12
    """After so long every session ends."""
    fresh_minutes: int = 15
    """For so long after signing in a kept key signs without asking again."""


class Operation(Section, frozen=True):
    """How the station is looked after."""

    metrics_token_file: str = ""
    """File whose first line a program has to bear that reads `/-/metrics`; without one only this machine may."""
    disk_free: int = 500_000_000
    """With fewer bytes free on the disk of the ledger the station says that it is not ready."""
    proxies: tuple[str, ...] = ()
    """Addresses of proxies whose word on a visitor's address is believed; of nobody else's."""
    stop_seconds: int = 30
    """For so long requests in flight may go on when the station is told to stop."""


class Settings(Section, frozen=True):
    """What `station.toml` says. Paths are relative to its folder."""

    url: str
    """Address under which people reach the station: `https://…`; `http://` only on this machine."""
    name: Names = Names(zh="质量服务站", en="Quality station")
    ledger: str = "ledger"
    """Folder of the ledger (with ledger.json)."""
    desk: str = DESK
    """URL of the desk: SQLite (a relative path is in this folder) or `postgresql://user@host/database`."""
    passphrase_file: str = "passphrase"  # noqa: S105 -- the name of a file
    """First line: what opens the kept keys; `OPENQI_PASSPHRASE` goes before it."""
    bases: tuple[str, ...] = ()
    """Under which marks were issued; for the ledger of a workspace its own."""
    registration: str = "invited"
    """Who may make an account: `invited`, or `open` (an account alone may do nothing)."""
    demo: bool = False
    """One-click switch between example people, clearly marked; never on a real station."""
    mail: Mail = Mail()
    webhooks: Webhooks = Webhooks()
    openid: dict[str, OpenID] = {}
    limits: Limits = Limits()
    operation: Operation = Operation()

    @property
    def host(self) -> str:
        """The host name of the station's address, which is also the relying party of its passkeys."""
        return urlsplit(self.url).hostname or ""

    @property
    def secure(self) -> bool:
        """Whether people reach it by TLS."""
        return self.url.startswith("https://")


def is_station(folder: Path) -> bool:
    """Return whether a folder says that it is a station."""
    return (folder / FILE).is_file()


def read_settings(folder: Path) -> Settings:
    """Return the settings of a station folder.

    Raises:
        NotFoundError: the folder has no `station.toml`.
        FormatError: it is not TOML, has an unknown setting, or one out of range; the message names it.
    """
    if not is_station(folder):
        raise NotFoundError(f"{folder} is no station: it has no {FILE}; make one with `openqi station new`")
    try:
        stated = tomllib.loads(read_file(folder / FILE, _MOST).decode("utf-8"))
        settings = msgspec.convert(stated, Settings, strict=True)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise FormatError(f"{folder / FILE}: {error}") from error
    check_settings(settings, folder / FILE)
    return settings


def check_settings(settings: Settings, where: Path) -> None:
    """Raise FormatError unless every setting is one that a station can run with."""
    address = urlsplit(settings.url)
    near = (address.hostname or "") in ("localhost", "127.0.0.1", "::1")
    if address.scheme not in ("https", "http") or not address.hostname or address.path not in ("", "/") or address.query:
        raise FormatError(f"{where}: url {settings.url[:80]!r} is not the address of a station; write https://host")
    if address.scheme == "http" and not near:
        raise FormatError(f"{where}: url {settings.url[:80]!r}: without TLS a station is only reached on its own machine")
    if settings.registration not in ("invited", "open"):
        raise FormatError(f"{where}: registration is `invited` or `open`, not {settings.registration[:40]!r}")
    if settings.mail.security not in ("starttls", "tls", "none"):
        raise FormatError(f"{where}: mail.security is `starttls`, `tls` or `none`, not {settings.mail.security[:40]!r}")
    if settings.mail.host and not settings.mail.sender:
        raise FormatError(f"{where}: mail.sender is missing; notices need an address to come from")
    if settings.mail.host and settings.mail.security == "none" and settings.mail.host not in ("localhost", "127.0.0.1", "::1"):
        raise FormatError(f"{where}: mail.security `none` is only for a mail server on this machine; write `starttls` or `tls`")
    if settings.webhooks.failures <= 0:
        raise FormatError(f"{where}: webhooks.failures is a positive whole number")
    for name in Limits.__struct_fields__:
        if getattr(settings.limits, name) <= 0:
            raise FormatError(f"{where}: limits.{name} is a positive whole number")
    if settings.operation.disk_free < 0 or settings.operation.stop_seconds <= 0:
        raise FormatError(f"{where}: operation.disk_free and operation.stop_seconds are positive whole numbers")
    for proxy in settings.operation.proxies:
        try:
            ipaddress.ip_address(proxy)
        except ValueError as error:  # `*` above all: it would believe everybody
            raise FormatError(f"{where}: operation.proxies holds {proxy[:40]!r}, which is no address") from error
