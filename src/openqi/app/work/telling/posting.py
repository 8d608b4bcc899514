"""Sends one request to an address that somebody else has named, and to nothing that only this machine or network can reach."""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from threading import Timer
from typing import Final
from urllib.parse import urlsplit

from openqi.kernel.errors import FormatError, RefusedError

_CONNECT: Final = 5.0
_WHOLE: Final = 15.0
_LONGEST: Final = 2_000


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was checked, so that a name that changes its mind in between leads nowhere else."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=_CONNECT)
        self._address, self._context = address, context

    def connect(self) -> None:
        """Connect to the checked address; the certificate is that of the name."""
        self.sock = socket.create_connection((self._address, self.port), timeout=_CONNECT)
        if self._context is not None:
            self.sock = self._context.wrap_socket(self.sock, server_hostname=self.host)


def check_url(url: str, *, local: bool) -> tuple[str, int, str, bool]:
    """Return host, port, path and whether TLS is used of an address to which a webhook may be sent.

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
        raise FormatError(f"{url[:80]!r} is no address for a webhook; write https://host/path, without user or fragment")
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


def post(url: str, body: bytes, headers: Mapping[str, str], *, local: bool) -> int:
    """Return the status that an address answers. Redirections are not followed; of the answer only its head is read.

    Raises:
        FormatError, RefusedError: as `check_url` and `resolved`.
        OSError, http.client.HTTPException: nothing came back in 15 seconds, or no HTTP.
    """
    host, port, path, tls = check_url(url, local=local)
    address = resolved(host, port, local=local)
    connection = _Pinned(host, port, address, ssl.create_default_context() if tls else None)

    def end() -> None:
        if connection.sock is not None:
            try:
                connection.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it has ended already

    watch = Timer(_WHOLE, end)  # a server that sends one byte now and then would keep a timeout of each read from ever coming
    watch.start()
    try:
        connection.request("POST", path, body=body, headers=dict(headers))
        with connection.getresponse() as answer:
            return answer.status
    finally:
        watch.cancel()
        connection.close()
