"""Where a bucket is and how it is asked: one URL that holds no secret, and credentials from the environment or a file."""

import configparser
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from openqi.kernel.errors import DomainError

URL: Final = "objects.url"
"""File of a ledger folder whose first line says that its objects lie in a bucket."""
FORM: Final = "write s3://bucket/prefix?endpoint=https://host&region=name"
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_REGION: Final = re.compile(r"[a-z0-9-]{1,40}")
ASKED: Final = ("endpoint", "region", "credentials", "ca", "timeout")
_NEAR: Final = ("localhost", "127.0.0.1", "::1")
_MOST: Final = 100_000
SECONDS: Final = 30.0


@dataclass(frozen=True, kw_only=True)
class Address:
    """A prefix of a bucket.

    Args:
        bucket, prefix: where in the storage; the prefix may be empty.
        endpoint: address of the server; "" is that of AWS for the region.
        region: as the server calls it.
        credentials: path of a file with `[default]`, `aws_access_key_id` and `aws_secret_access_key`; None asks the environment.
        ca: path of a file with the certificates (PEM) that the server's is signed by, besides those that are known anyway.
        timeout: seconds in which one request of at most 8 MiB has to be answered.
    """

    bucket: str
    prefix: str
    endpoint: str
    region: str
    credentials: Path | None
    ca: Path | None
    timeout: float

    @property
    def where(self) -> str:
        """For errors and people."""
        place = f"s3://{self.bucket}/{self.prefix}".rstrip("/")
        return f"{place} at {self.endpoint}" if self.endpoint else place


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What opens a bucket. It is never printed."""

    key: str
    secret: str
    token: str

    def __repr__(self) -> str:
        return "Credentials(…)"


def parse_address(url: str, environ: Mapping[str, str]) -> Address:
    """Return the address that a URL names; endpoint and region that it does not say come from the environment.

    Args:
        url: `s3://bucket/prefix`, and behind `?` any of `endpoint`, `region`, `credentials`, `ca`, `timeout`.
        environ: where AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION and AWS_DEFAULT_REGION may stand.

    Raises:
        DomainError: it is no such URL, or holds a secret; what it holds is not repeated.
    """
    try:
        parts = urlsplit(url.strip())
        stated = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True, max_num_fields=10) if parts.query else []
    except ValueError as error:
        raise DomainError(f"the address of the objects is no URL; {FORM}") from error
    asked = dict(stated)
    if "@" in parts.netloc or ":" in parts.netloc or any("secret" in name or "key" in name for name in asked):
        raise DomainError("the URL of the objects holds a secret or a port; credentials come from the environment or from a file")
    prefix = parts.path.strip("/")
    if parts.scheme != "s3" or parts.fragment or not _BUCKET.fullmatch(parts.netloc):
        raise DomainError(f"the address of the objects names no bucket; {FORM}")
    if prefix and (not _PREFIX.fullmatch(prefix) or len(prefix) > 200):
        raise DomainError("the prefix of the objects is names of letters, digits, . _ - with / between, at most 200 characters")
    if len(asked) != len(stated) or not set(asked) <= set(ASKED):
        raise DomainError(f"behind `?` the URL of the objects takes {', '.join(ASKED)}, each once")
    endpoint = asked.get("endpoint") or environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL") or ""
    region = asked.get("region") or environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    if not _REGION.fullmatch(region):
        raise DomainError("the region of the objects is lower-case letters, digits and hyphens")
    return Address(
        bucket=parts.netloc, prefix=prefix, endpoint=_endpoint(endpoint), region=region, credentials=_path("credentials", asked),
        ca=_path("ca", asked), timeout=_timeout(asked.get("timeout")),
    )  # fmt: skip


def _endpoint(stated: str) -> str:
    if not stated:
        return ""
    try:
        parts = urlsplit(stated)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise DomainError("the endpoint of the objects is no address; write https://host or https://host:port") from error
    if parts.scheme not in ("https", "http") or not host or "@" in parts.netloc or parts.path.strip("/") or parts.query:
        raise DomainError("the endpoint of the objects is no address; write https://host or https://host:port")
    if parts.scheme == "http" and host not in _NEAR:
        raise DomainError(f"the endpoint {host[:80]}: without TLS objects are only kept on this machine; write https://")
    return stated.rstrip("/")


def _path(name: str, asked: Mapping[str, str]) -> Path | None:
    if not asked.get(name):
        return None
    path = Path(asked[name])
    if not path.is_absolute():  # the folder moves: it is made aside, restored, copied
        raise DomainError(f"`{name}` of the objects is the whole path of a file, beginning with /")
    return path


def _timeout(stated: str | None) -> float:
    if stated is None:
        return SECONDS
    if not re.fullmatch(r"[1-9][0-9]{0,2}", stated):
        raise DomainError("`timeout` of the objects is a whole number of seconds from 1 to 999")
    return float(stated)


def credentials(address: Address, environ: Mapping[str, str]) -> Credentials:
    """Return what opens a bucket.

    Raises:
        DomainError: neither the environment nor the file has it; nothing of the file is repeated.
    """
    if address.credentials is None:
        found: Mapping[str, str] = {name.lower(): environ[name] for name in environ if name.startswith("AWS_")}
        place = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment"
    else:
        found, place = _from_file(address.credentials), f"[default] of {address.credentials}"
    key, secret = found.get("aws_access_key_id", ""), found.get("aws_secret_access_key", "")
    if not key or not secret:
        raise DomainError(f"no credentials for {address.where}: {place} do not say aws_access_key_id and aws_secret_access_key")
    return Credentials(key=key, secret=secret, token=found.get("aws_session_token", ""))


def _from_file(path: Path) -> Mapping[str, str]:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        with path.open("rb") as file:
            parser.read_string(file.read(_MOST).decode("utf-8"))
        return dict(parser["default"]) if "default" in parser else {}
    except OSError as error:
        raise DomainError(f"the credentials file {path} cannot be read: {error.strerror}") from error
    except (configparser.Error, UnicodeDecodeError):
        raise DomainError(f"the credentials file {path} has not the form of [default] with name = value lines") from None
