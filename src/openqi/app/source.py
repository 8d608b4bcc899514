"""Where the static files of a log come from: a ledger folder, a mirror's folder, or a web address. Every read is bounded."""

import http.client
import ssl
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from typing import Final, Protocol
from urllib import request
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from openqi.app.folder import is_ledger
from openqi.evidence.log.note import MAX_NOTE
from openqi.evidence.log.tiles import MAX_ENTRY, WIDTH, Tile, encode_bundle, parse_bundle, parse_tile, tile_at
from openqi.kernel.errors import FormatError, NotFoundError, StoreError
from openqi.store.objects.beside import nobody, objects_beside

CHECKPOINT: Final = "checkpoint"
TIMEOUT: Final = 30.0
"""Seconds that a server may stay silent; a whole file may take ten times as long."""
_AT_ONCE: Final = 8


class Source(Protocol):
    """Gives the static files of a log by their paths below its address."""

    def read(self, path: str) -> bytes:
        """Return one file; raises NotFoundError, FormatError (larger than such a file can be) or StoreError."""
        ...

    def read_all(self, paths: Sequence[str]) -> list[bytes]:
        """Return several files."""
        ...


def file_limit(path: str) -> int:
    """Return the largest size of the static file at `path`.

    Raises:
        FormatError: a log has no such file.
    """
    if path == CHECKPOINT:
        return MAX_NOTE
    tile = tile_at(path)
    return tile.width * (2 + MAX_ENTRY if tile.level < 0 else 32)


class FolderSource:
    """The static files of a log in a folder: in `log/` of a ledger, or where it says that they lie; at the top of a mirror."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "log" if is_ledger(folder) else folder
        self._bucket = objects_beside(folder, nobody) if is_ledger(folder) else None

    def is_there(self) -> bool:
        """Whether there is a checkpoint."""
        return (self.root / CHECKPOINT).is_file() if self._bucket is None else self._bucket.file(CHECKPOINT) is not None

    def read(self, path: str) -> bytes:
        """Return one file of the folder."""
        limit = file_limit(path)
        if self._bucket is not None:
            found = self._bucket.file(path)
            if found is None:
                raise NotFoundError(f"{self._bucket.where} has no file {path}")
            return found
        try:
            with (self.root / path).open("rb") as file:
                data = file.read(limit + 1)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise NotFoundError(f"{self.root} has no file {path}") from error
        if len(data) > limit:
            raise FormatError(f"{self.root / path} is larger than the {limit} bytes that it can have")
        return data

    def read_all(self, paths: Sequence[str]) -> list[bytes]:
        """Return several files."""
        return [self.read(path) for path in paths]


class _SameScheme(request.HTTPRedirectHandler):
    """A redirection may lead to another place, never to another scheme: not to a file, and not out of TLS."""

    def redirect_request(  # type: ignore[no-untyped-def]
        self, req: request.Request, fp, code: int, msg: str, headers: http.client.HTTPMessage, newurl: str
    ) -> request.Request | None:
        if urlsplit(newurl).scheme != urlsplit(req.full_url).scheme:
            raise StoreError(f"{req.full_url} redirects to another scheme, {newurl[:200]!r}; name the new address yourself")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class WebSource:
    """The static files of a log behind an http or https address."""

    def __init__(self, address: str, *, timeout: float = TIMEOUT) -> None:
        self.address, self._timeout = address.rstrip("/"), timeout
        self._opener = request.OpenerDirector()
        for handler in (
            request.ProxyHandler(), request.HTTPHandler(), request.HTTPSHandler(context=ssl.create_default_context()),
            request.HTTPDefaultErrorHandler(), request.HTTPErrorProcessor(), _SameScheme(),
        ):  # fmt: skip
            self._opener.add_handler(handler)

    def read(self, path: str) -> bytes:
        """Return one file; a server that is slow, silent, endless or not there is an error."""
        limit, address = file_limit(path), f"{self.address}/{path}"
        end = monotonic() + 10 * self._timeout
        parts, size = [], 0
        try:
            with self._opener.open(address, timeout=self._timeout) as answer:
                while part := answer.read1(65_536):
                    parts.append(part)
                    size += len(part)
                    if size > limit:
                        raise FormatError(f"{address} is larger than the {limit} bytes that it can have")
                    if monotonic() > end:
                        raise StoreError(f"{address} takes longer than {10 * self._timeout:.0f} s; try again later")
                if answer.length:  # a connection that broke off is no finding about the log
                    raise StoreError(f"{address} broke off {answer.length} bytes before its end; try again")
        except HTTPError as error:
            error.close()
            if error.code in (404, 410):
                raise NotFoundError(f"{address} is not there") from error
            raise StoreError(f"{address} answers {error.code} {error.reason}; try again later") from error
        except (URLError, http.client.HTTPException, OSError, ValueError) as error:
            raise StoreError(f"{address} cannot be read: {getattr(error, 'reason', error)}") from error
        return b"".join(parts)

    def read_all(self, paths: Sequence[str]) -> list[bytes]:
        """Return several files, asked for at the same time."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(pool.map(self.read, paths))


class Grown:
    """A source that may have grown since its checkpoint was read: a partial tile that is gone is cut from the full one."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def read(self, path: str) -> bytes:
        """Return one file."""
        tile = tile_at(path)
        try:
            return self._source.read(path)
        except NotFoundError:
            if tile.width == WIDTH:
                raise
        whole = self._source.read(Tile(level=tile.level, index=tile.index).path)
        if tile.level < 0:
            return encode_bundle(parse_bundle(whole, WIDTH)[: tile.width])
        return b"".join(parse_tile(whole, WIDTH)[: tile.width])

    def read_all(self, paths: Sequence[str]) -> list[bytes]:
        """Return several files; the one partial tile of a level comes alone."""
        whole = [path for path in paths if tile_at(path).width == WIDTH]
        found = dict(zip(whole, self._source.read_all(whole), strict=True))
        return [found[path] if path in found else self.read(path) for path in paths]


def log_source(address: str) -> Source:
    """Return the source at a folder's path or a web address.

    Raises:
        NotFoundError: no such folder.
        FormatError: an address that is neither http nor https.
    """
    scheme, found, _ = address.partition("://")
    if found:
        if scheme.lower() not in ("http", "https") or not urlsplit(address).hostname:
            raise FormatError(f"address {address[:200]!r}: write http:// or https:// and a host, or the path of a folder")
        return WebSource(address)
    return folder_source(Path(address))


def folder_source(folder: Path) -> FolderSource:
    """Return the source in a folder.

    Raises:
        NotFoundError: no such folder, or it holds no log.
    """
    source = FolderSource(folder)
    if not source.is_there():
        raise NotFoundError(f"{folder} holds no log: there is no {source.root / CHECKPOINT}")
    return source
