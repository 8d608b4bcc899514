"""Where a broker is and how one logs in there; passwords come from a file or the environment and are never shown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from openqi.app.files import read_file
from openqi.kernel.errors import FormatError, RefusedError

_ADDRESS: Final = re.compile(r"(mqtts?)://(\[[0-9A-Fa-f:.]+\]|[^/:@\[\]\s]+)(?::([0-9]{1,5}))?/(.+)", re.DOTALL)
_MAX_LOGIN: Final = 10_000
USER: Final = "OPENQI_MQTT_USER"
PASSWORD: Final = "OPENQI_MQTT_PASSWORD"  # noqa: S105 the name of a variable


@dataclass(frozen=True, kw_only=True)
class Address:
    """A broker and what is asked of it.

    Args:
        host: name or address.
        port: 1883, or 8883 with TLS, where none was given.
        topics: filter, which may hold + and #.
        tls: whether the connection is encrypted and the broker shows a certificate.
    """

    host: str
    port: int
    topics: str
    tls: bool


@dataclass(frozen=True, kw_only=True)
class Login:
    """Who one is at a broker; a password does not show."""

    user: str
    password: str = field(repr=False)


def is_broker(text: str) -> bool:
    """Return whether a text is meant as the address of a broker."""
    return bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text))


def broker_address(text: str) -> Address:
    """Return the address `mqtt://HOST:PORT/TOPIC-FILTER` or `mqtts://…`.

    Raises:
        FormatError: it is none, or its filter is none.

    Source: [MQTT5] clause 4.7.
    """
    if "@" in text.partition("://")[2].partition("/")[0]:
        raise FormatError(
            f"no user or password in an address, where others see them: name a file with --login, or set {USER} and {PASSWORD}"
        )
    found = _ADDRESS.fullmatch(text)
    if found is None:
        raise FormatError("a broker is named mqtt://HOST:PORT/TOPIC-FILTER, or mqtts:// with TLS; in a shell put it in quotes")
    tls, topics = found[1] == "mqtts", found[4]
    port = int(found[3] or (8883 if tls else 1883))
    levels = topics.split("/")
    wrong = any(("+" in level and level != "+") or ("#" in level and (level != "#" or place + 1 < len(levels)))
                for place, level in enumerate(levels))  # fmt: skip
    if wrong or not topics.isprintable() or len(topics.encode()) > 65_535 or not 0 < port < 65_536:
        raise FormatError(f"topic filter {topics[:80]!r}: + stands for a whole level, # for all behind; a port is below 65536")
    return Address(host=found[2].strip("[]"), port=port, topics=topics, tls=tls)


def topic_of(text: str) -> str:
    """Return a topic to which one may publish.

    Raises:
        FormatError: it is none.
    """
    if not text or set("+#") & set(text) or not text.isprintable() or len(text.encode()) > 65_535:
        raise FormatError(f"topic {text[:80]!r}: a topic for alarms is a text without + and #")
    return text


def login(file: Path | None, environment: Mapping[str, str], address: Address) -> Login | None:
    """Return who one is at a broker; None where nobody said.

    Args:
        file: with the user in its first line and the password in its second.
        environment: `OPENQI_MQTT_USER` and `OPENQI_MQTT_PASSWORD`, where there is no file.
        address: of the broker.

    Raises:
        FormatError: user or password is missing.
        RefusedError: the password would cross a network unencrypted.
    """
    if file is not None:
        try:
            lines = read_file(file, _MAX_LOGIN).decode("utf-8").replace("\r\n", "\n").split("\n")
        except UnicodeDecodeError:
            raise FormatError(f"{file} is not UTF-8; its lines are user and password") from None
        if len(lines) < 2 or not lines[0] or not lines[1]:
            raise FormatError(f"{file}: the first line is the user, the second one the password")
        found = Login(user=lines[0], password=lines[1])
    elif USER in environment or PASSWORD in environment:
        if not environment.get(USER) or not environment.get(PASSWORD):
            raise FormatError(f"{USER} and {PASSWORD} are set together, or neither")
        found = Login(user=environment[USER], password=environment[PASSWORD])
    else:
        return None
    if not address.tls and not _is_here(address.host):
        raise RefusedError("password-in-clear", f"a password to {address.host} goes over TLS only; name the broker by mqtts://")
    return found


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
