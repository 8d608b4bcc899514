"""Asks an address that somebody else has named: what was checked is what is asked, no redirection, bounded in time and size."""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Timer
from typing import Final
from urllib.parse import urlsplit

from openqi.kernel.errors import FormatError, RefusedError

_CONNECT: Final = 5.0
_LONGEST: Final = 2_000


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an address answered: its status, its media type without parameters, and as much of its content as was asked for."""

    status: int
    media: str
    body: bytes


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was checked, so that a name that changes its mind in between leads nowhere else."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=_CONNECT)
        self._address, self._context = address, context
        # `http.client` forgets its socket at the head of an answer that ends with the connection, and reads on from it.
        self.opened: socket.socket | None = None

    def connect(self) -> None:
        """Connect to the checked address; the certificate is that of the name."""
        self.opened = self.sock = socket.create_connection((self._address, self.port), timeout=_CONNECT)
        if self._context is not None:
            # The handshake comes after the socket lies where `end` finds it, so that a slow one is ended too.
            wrapped = self._context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.opened = self.sock = wrapped
            wrapped.do_handshake()


def check_url(url: str, *, local: bool) -> tuple[str, int, str, bool]:
    """Return host, port, path and whether TLS is used of an address that may be asked.

    Raises:
        FormatError: no `https://host/path`, or it has a user, password or fragment.
    """
    try:
        parsed = urlsplit(url)
        port = parsed.port
    except ValueError as error:
        raise FormatError(f"{url[:80]!r} is no address; write https://host/path") from error
    schemes = ("https", "http") if local else ("https",)
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= _LONGEST
    if not plain or parsed.scheme not in schemes or not parsed.hostname or parsed.username or parsed.password or parsed.fragment:
        raise FormatError(f"{url[:80]!r} is no address that is asked; write https://host/path, without user or fragment")
    tls = parsed.scheme == "https"
    path = (parsed.path or "/") + (f"?{parsed.query}" if parsed.query else "")
    return parsed.hostname, port or (443 if tls else 80), path, tls


def resolved(host: str, port: int, *, local: bool) -> str:
    """Return the address of a host, after checking every one that it has.

    Raises:
        RefusedError: `address-public`, one of them is not on the public internet.
        OSError: the name has no address now.
    """
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for one in found:
        if not local and not _public(one):
            raise RefusedError("address-public", f"{host} leads to {one}, which is not on the public internet; name another host")
    return found[0]


def _public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    inside = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    teredo = getattr(address, "teredo", None)
    wrapped = inside or (teredo[1] if teredo else None)
    translated = address.version == 6 and address in ipaddress.ip_network("64:ff9b::/96")
    return address.is_global and not address.is_multicast and not translated and (wrapped is None or wrapped.is_global)


def asked(
    method: str, url: str, body: bytes | None, headers: Mapping[str, str], *, local: bool, seconds: float, most: int
) -> Answer:
    """Return what an address answers. Redirections are not followed.

    Args:
        method: `GET` or `POST`.
        url: the address; checked, resolved once, and asked at exactly the address that was checked.
        body, headers: what is sent.
        local: whether it may be without TLS and on a private network.
        seconds: for the whole of it, from connecting to the last byte.
        most: bytes of the content that are read; 0 reads the head alone.

    Raises:
        FormatError: as `check_url`, or the content is longer.
        RefusedError: as `resolved`.
        OSError, http.client.HTTPException: nothing came back in time, or no HTTP.
    """
    host, port, path, tls = check_url(url, local=local)
    connection = _Pinned(host, port, resolved(host, port, local=local), ssl.create_default_context() if tls else None)

    late = False

    def end() -> None:
        nonlocal late
        late = True
        if connection.opened is not None:
            try:
                connection.opened.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it has ended already

    watch = Timer(seconds, end)  # a server that sends one byte now and then would keep a timeout of each read from ever coming
    watch.start()
    try:
        connection.request(method, path, body=body, headers=dict(headers))
        with connection.getresponse() as answer:
            content = answer.read(most + 1) if most else b""
            if len(content) > most:
                raise FormatError(f"{host} answers more than the {most} bytes that are taken")
            if late or (most and answer.length):  # cut off: what is there is not what was sent
                raise TimeoutError(f"{host} broke off, or took longer than {seconds:g} seconds")
            return Answer(status=answer.status, media=answer.headers.get_content_type(), body=content)
    finally:
        watch.cancel()
        connection.close()
