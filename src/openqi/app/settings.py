"""The one configuration file of a station, `station.toml`: every setting with its default, read strictly."""

import ipaddress
import re
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
NEAR: Final = ("localhost", "127.0.0.1", "::1")
"""Host names of this machine itself."""
_MOST: Final = 100_000
_SHORT: Final = re.compile(r"[a-z0-9-]{1,40}")
_SCOPE: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,100}")


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
    """As the provider states it, to the letter: `https://…`; `http://` only on this machine."""
    client_id: str
    name: Names
    client_secret_file: str = ""
    """File whose first line is the secret; either this or `client_secret_env`, never the secret itself."""
    client_secret_env: str = ""
    """Name of the environment variable that holds the secret."""
    scopes: tuple[str, ...] = ("openid",)
    """What is asked for; nothing more than `openid` is needed, as no claim about a person is kept."""
    local: bool = False
    """Whether the provider lies on a private network; else only public addresses are asked."""


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


class Retention(Section, frozen=True):
    """How long the desk keeps what nobody needs any longer; what is older is erased every hour."""

    event_days: int = 400
    """What happened to an account: signing in, changes of keys and passwords."""
    invitation_days: int = 30
    """Invitations after they were used, or have ended."""
    notice_days: int = 400
    """Notices, read or not; they are made out of the log once and not again."""
    letter_days: int = 30
    """Letters and deliveries that arrived or were given up."""


class Scans(Section, frozen=True):
    """Which scans are kept coarsely; without a list of places none are, and only counts by day."""

    places: str = ""
    """Table of the towns that are told apart: name, latitude, longitude, reach (km), market."""
    place_header: str = ""
    """Header in which a proxy says in which of them a visitor is; it has to overwrite what a visitor sends under that name."""
    honest: str = ""
    """Table of marks that are known to be honest, or of moves and serials: what is usual. Without it no mark is named."""
    days: int = 180
    """After so many a kept scan is erased."""


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
    retention: Retention = Retention()
    scans: Scans = Scans()

    @property
    def issuers(self) -> tuple[str, ...]:
        """With which providers people may sign in."""
        return tuple(one.issuer for one in self.openid.values())

    @property
    def host(self) -> str:
        """The host name of the station's address."""
        return urlsplit(self.url).hostname or ""

    @property
    def relying_party(self) -> str:
        """What passkeys are bound to: the host name; "" where the station is reached under a number, to which none can be."""
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            return self.host if self.host.isascii() else self.host.encode("idna").decode("ascii")
        return ""

    @property
    def origin(self) -> str:
        """Scheme, host and port as a browser names them."""
        parts = urlsplit(self.url)
        usual = {"https": 443, "http": 80}.get(parts.scheme)
        host = self.relying_party or (f"[{self.host}]" if ":" in self.host else self.host)
        return f"{parts.scheme}://{host}" + ("" if parts.port in (None, usual) else f":{parts.port}")

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
    if address.scheme not in ("https", "http") or not address.hostname or address.path not in ("", "/") or address.query:
        raise FormatError(f"{where}: url {settings.url[:80]!r} is not the address of a station; write https://host")
    if address.scheme == "http" and not is_near(settings.url):
        raise FormatError(f"{where}: url {settings.url[:80]!r}: without TLS a station is only reached on its own machine")
    if settings.registration not in ("invited", "open"):
        raise FormatError(f"{where}: registration is `invited` or `open`, not {settings.registration[:40]!r}")
    if settings.mail.security not in ("starttls", "tls", "none"):
        raise FormatError(f"{where}: mail.security is `starttls`, `tls` or `none`, not {settings.mail.security[:40]!r}")
    if settings.mail.host and not settings.mail.sender:
        raise FormatError(f"{where}: mail.sender is missing; notices need an address to come from")
    if settings.mail.host and settings.mail.security == "none" and settings.mail.host not in NEAR:
        raise FormatError(f"{where}: mail.security `none` is only for a mail server on this machine; write `starttls` or `tls`")
    if settings.webhooks.failures <= 0:
        raise FormatError(f"{where}: webhooks.failures is a positive whole number")
    positive: tuple[tuple[str, Section], ...] = (("limits", settings.limits), ("retention", settings.retention))
    for part, name in ((part, name) for part, values in positive for name in values.__struct_fields__):
        if getattr(getattr(settings, part), name) <= 0:
            raise FormatError(f"{where}: {part}.{name} is a positive whole number")
    if settings.operation.disk_free < 0 or settings.operation.stop_seconds <= 0:
        raise FormatError(f"{where}: operation.disk_free and operation.stop_seconds are positive whole numbers")
    _check_providers(settings, where)
    _check_scans(settings, where)
    for proxy in settings.operation.proxies:
        try:
            ipaddress.ip_address(proxy)
        except ValueError as error:  # `*` above all: it would believe everybody
            raise FormatError(f"{where}: operation.proxies holds {proxy[:40]!r}, which is no address") from error


def _check_scans(settings: Settings, where: Path) -> None:
    if settings.scans.days <= 0:
        raise FormatError(f"{where}: scans.days is a positive whole number")
    if settings.scans.place_header and not (_SHORT.fullmatch(settings.scans.place_header) and settings.operation.proxies):
        raise FormatError(f"{where}: scans.place_header is a header in lower case, and operation.proxies names who may write it")


def _check_providers(settings: Settings, where: Path) -> None:
    for name, provider in settings.openid.items():
        _check_provider(provider, f"{where}: openid.{name[:40]}", name)
    if len({provider.issuer for provider in settings.openid.values()}) < len(settings.openid):
        raise FormatError(f"{where}: two providers under openid have the same issuer; people are known by it, so name each once")


def _check_provider(provider: OpenID, where: str, name: str) -> None:
    """Raise FormatError unless people can sign in with a provider; the secret itself is looked for when the station is served."""
    if not _SHORT.fullmatch(name):
        raise FormatError(f"{where}: the short name of a provider has 1 to 40 of a-z, 0-9 and -; it stands in addresses")
    try:
        address = urlsplit(provider.issuer)
        whole = bool(address.hostname) and address.port != 0
    except ValueError:
        whole = False
    if not whole or address.scheme not in ("https", "http") or address.query or address.fragment or "@" in address.netloc:
        raise FormatError(
            f"{where}.issuer {provider.issuer[:80]!r} is no issuer; write https://host/path as the provider states it"
        )
    if address.scheme == "http" and not is_near(provider.issuer):
        raise FormatError(f"{where}.issuer {provider.issuer[:80]!r}: without TLS a provider is only asked on this machine")
    if not provider.client_id.isprintable() or not 0 < len(provider.client_id) <= 200:
        raise FormatError(f"{where}.client_id is what the provider calls this station, in 1 to 200 characters")
    if bool(provider.client_secret_file) == bool(provider.client_secret_env):
        raise FormatError(f"{where}: give client_secret_file or client_secret_env, one of the two")
    if "openid" not in provider.scopes or not all(_SCOPE.fullmatch(scope) for scope in provider.scopes):
        raise FormatError(f"{where}.scopes holds `openid`, and words without spaces")
    if not (provider.name.zh or provider.name.en):
        raise FormatError(f"{where}.name is what people press, in Chinese, English or both")


def is_near(url: str) -> bool:
    """Return whether an address names this machine itself."""
    return (urlsplit(url).hostname or "") in NEAR
