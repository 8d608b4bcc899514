"""Objects below a prefix of a bucket: bounded in time and memory, conditional where asked, errors of our own without secrets."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from openqi.kernel.errors import DomainError, StoreError
from openqi.store.objects.address import Address, Credentials

if TYPE_CHECKING:
    from obstore.store import S3Store

CHUNK: Final = 8 << 20
"""Most bytes of one request; what is larger goes in several, so that memory and the time of each stay bounded."""
SAFE: Final = "Nothing that was acknowledged is lost, and it is safe to ask the same again"
_RETRIES: Final = 3
_QUICK: Final = 3.0
_IMPATIENT: Final = 10.0
_AWAY: Final = "the server cannot be reached"
_SILENT: Final = "the server does not answer in time"
_STATUS: Final = re.compile(r"status code: (\d{3})")
_CODE: Final = re.compile(r"<Code>([A-Za-z0-9]{1,60})</Code>")
_MISSING: Final = "NoSuchKey"


class Found(NamedTuple):
    """A content and the tag of its version."""

    content: bytes
    version: str


class NotKnownError(StoreError):
    """The server says that it does not know what was asked, such as a condition of a put."""


class Bucket:
    """A prefix of a bucket.

    A request that is not answered, or with a fault of the server, is asked again a few times; a conditional put may have been
    done although it is then told that it was not, so whoever puts looks what is there. After a server has stayed silent it is
    asked with less patience for a while, so that pages that need it do not take all threads from those that do not.

    Raises:
        DomainError: the driver is not installed, or the certificates cannot be read.
    """

    def __init__(self, address: Address, credentials: Credentials) -> None:
        self.where = address.where
        self._bucket = _opened(address, credentials, seconds=address.timeout, retries=_RETRIES)
        self._quick = _opened(address, credentials, seconds=min(_QUICK, address.timeout), retries=0)
        self._impatient_until = 0.0

    def _asked(self) -> "S3Store":
        return self._quick if monotonic() < self._impatient_until else self._bucket

    def get(self, path: str, most: int) -> Found | None:
        """Return an object of at most `most` bytes; None where there is none."""
        return self._get(self._asked(), path, most)

    def _get(self, bucket: "S3Store", path: str, most: int) -> Found | None:
        import obstore

        with self._errors(f"reading {path} in"):
            try:
                found = obstore.get(bucket, path)
            except FileNotFoundError as error:
                if _code(error) == _MISSING:  # also said, in other words, of a bucket that is not there
                    return None
                raise
            size = found.meta["size"]
            if size > most:
                raise StoreError(f"{path} in {self.where} has {size} bytes, it can have {most}; something else lies there")
            return Found(bytes(found.bytes()), found.meta["e_tag"] or "")

    def parts(self, path: str, most: int) -> Iterator[bytes] | None:
        """Return an object in parts, each asked for when it is wanted; None where there is none."""
        import obstore

        with self._errors(f"reading {path} in"):
            try:
                found = obstore.get(self._asked(), path)
            except FileNotFoundError as error:
                if _code(error) == _MISSING:
                    return None
                raise
            size = found.meta["size"]
            if size > most:
                raise StoreError(f"{path} in {self.where} has {size} bytes, it can have {most}; something else lies there")
            if size <= CHUNK:
                return iter((bytes(found.bytes()),))
        return self._ranges(path, size)

    def _ranges(self, path: str, size: int) -> Iterator[bytes]:
        import obstore

        for start in range(0, size, CHUNK):
            end = min(size, start + CHUNK)
            with self._errors(f"reading {path} in"):
                content = bytes(obstore.get_range(self._asked(), path, start=start, end=end))
            yield content

    def create(self, path: str, content: bytes) -> bool:
        """Put an object where there is none; return False where there is one."""
        import obstore
        from obstore.exceptions import AlreadyExistsError

        with self._errors(f"writing {path} in"):
            try:
                obstore.put(self._asked(), path, content, mode="create", use_multipart=False)
            except AlreadyExistsError:
                return False
            return True

    def replace(self, path: str, content: bytes, version: str) -> bool:
        """Put an object in place of one version of it; return False where another version, or none, is there."""
        import obstore
        from obstore.exceptions import PreconditionError

        with self._errors(f"writing {path} in"):
            try:
                obstore.put(self._asked(), path, content, mode={"e_tag": version}, use_multipart=False)
            except PreconditionError:
                return False
            return True

    def put(self, path: str, content: bytes | Iterable[bytes]) -> str:
        """Put an object, whatever was there, and return the tag of its version; in parts where it is large."""
        import obstore

        several = not isinstance(content, bytes) or len(content) > CHUNK
        given: Any = content if isinstance(content, bytes) else iter(content)
        with self._errors(f"writing {path} in"):
            done = obstore.put(self._asked(), path, given, use_multipart=several, chunk_size=CHUNK, max_concurrency=2)
            return done["e_tag"] or ""

    def drop(self, path: str) -> None:
        """Take an object away; one that is not there stays not there."""
        import obstore

        with self._errors(f"erasing {path} in"):
            obstore.delete(self._asked(), path)

    def names(self, start: str) -> Iterator[str]:
        """Yield the path of every object below a folder, in order."""
        import obstore

        with self._errors("listing"):
            for page in obstore.list(self._asked(), prefix=start or None):
                yield from (one["path"] for one in page)

    def answers(self, path: str) -> bool:
        """Return within a few seconds whether an object can be read."""
        try:
            return self._get(self._quick, path, CHUNK) is not None
        except StoreError:
            return False

    @contextmanager
    def _errors(self, what: str) -> Iterator[None]:
        """Turn what the driver raises into StoreError. Its own text is never told: it repeats what the server answered,
        and a server that refuses a signature answers with the key and with what was signed.
        """
        from obstore.exceptions import BaseError

        try:
            yield
        except (BaseError, OSError, ValueError) as error:
            told, known = _told(str(error)), "501" not in _STATUS.findall(str(error))
            if told in (_SILENT, _AWAY):
                self._impatient_until = monotonic() + _IMPATIENT
            raise (StoreError if known else NotKnownError)(f"{what} {self.where}: {told}. {SAFE}") from None


def _code(error: Exception) -> str:
    found = _CODE.search(str(error))
    return found[1] if found else ""


_SAID: Final[Mapping[str, str]] = {
    "NoSuchBucket": "there is no such bucket; make it first",
    "InvalidAccessKeyId": "it does not know the access key",
    "SignatureDoesNotMatch": "it refuses the signature; the secret key is wrong, or the region",
    "AccessDenied": "it does not allow this to the access key",
    "RequestTimeTooSkewed": "its clock and the one here differ too much",
}


def _told(text: str) -> str:
    """What happened, in our words."""
    status, code = _STATUS.search(text), _CODE.search(text)
    if status:
        said = _SAID.get(code[1], code[1]) if code else ""
        return f"the server answers {status[1]}{': ' + said if said else ''}"
    if "kind: Connect" in text:
        return _AWAY
    if "kind: Timeout" in text or "timed out" in text:
        return _SILENT
    if "error sending request" in text:
        return "the connection broke off"
    return "what the server answers broke off, or is not understood"


def _opened(address: Address, keys: Credentials, *, seconds: float, retries: int) -> "S3Store":
    try:
        from obstore.store import S3Store
    except ImportError as error:
        raise DomainError("the driver of S3 is not installed: pip install 'openqi[s3]'") from error
    client: Any = {
        "allow_http": address.endpoint.startswith("http://"), "timeout": timedelta(seconds=seconds),
        "connect_timeout": timedelta(seconds=min(seconds, 5)),
    }  # fmt: skip
    if address.ca is not None:
        try:
            client["root_certificate"] = address.ca.read_bytes()
        except OSError as error:
            raise DomainError(f"the certificates {address.ca} cannot be read: {error.strerror}") from error
    config: Any = {
        "access_key_id": keys.key, "secret_access_key": keys.secret, "region": address.region, "disable_bulk_delete": True,
    }  # fmt: skip
    config |= {"session_token": keys.token} if keys.token else {}
    config |= {"endpoint": address.endpoint} if address.endpoint else {}
    backoff = {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=2), "base": 2}
    retry: Any = {"max_retries": retries, "retry_timeout": timedelta(seconds=seconds), "backoff": backoff}
    return S3Store(address.bucket, prefix=address.prefix or None, config=config, client_options=client, retry_config=retry)
