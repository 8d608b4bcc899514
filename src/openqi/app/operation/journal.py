"""The journal: JSON lines for whoever operates a station, without bodies, queries, secrets, or words of people."""

import json
import logging
import traceback
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import datetime
from errno import errorcode
from typing import Any, Final, TextIO

from openqi.app.people.security import SECURITY, reference
from openqi.kernel.instant import format_instant

LOGGER: Final = "openqi.journal"
_LEVEL: Final = logging.WARNING
CURRENT: Final[ContextVar[str]] = ContextVar("openqi_request", default="")
"""The name of the request that is being answered, so that what is told on the way can be found with it."""


class Lines(logging.Formatter):
    """Writes each record as one line of JSON.

    Of an error the class and the places are told, never its text: that may hold what somebody typed.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._clock = clock

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        told: dict[str, Any] = {"at": format_instant(self._clock()), "level": record.levelname.lower()}
        more: Mapping[str, Any] | None = getattr(record, "told", None)
        if more is None:
            told["logger"] = record.name
            # The text alone, without arguments: those may be anything.
            told["message"] = str(record.msg).strip()[:500]
        else:
            told |= more
        if CURRENT.get() and "request" not in told:
            told["request"] = CURRENT.get()
        if record.exc_info and record.exc_info[1] is not None:
            told["error"] = failure(record.exc_info[1])
        return json.dumps(told, ensure_ascii=True, separators=(",", ":"))


def failure(error: BaseException) -> dict[str, Any]:
    """Return an error as the journal tells it: its class, its places, and the same of what caused it."""
    found = traceback.extract_tb(error.__traceback__)
    frames = [f"{frame.name} {frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in found]
    cause = error.__cause__ or error.__context__
    told: dict[str, Any] = {"class": type(error).__qualname__, "places": frames[-30:]}
    if code := code_of(error):
        told["code"] = code
    return told if cause is None else told | {"cause": type(cause).__qualname__}


def code_of(error: BaseException | None) -> str:
    """Return by which name the system or the database knows what went wrong, `ENOSPC` or `SQLITE_FULL`; "" where it has none."""
    for _ in range(10):
        if error is None:
            return ""
        if name := getattr(error, "sqlite_errorname", None):
            return str(name)
        if isinstance(error, OSError) and error.errno is not None and error.errno in errorcode:
            return errorcode[error.errno]
        error = error.__cause__ or error.__context__
    return ""


def journal_to(stream: TextIO, clock: Callable[[], datetime]) -> None:
    """Send everything that is logged in this process to a stream, as lines of JSON; requests and warnings, nothing chattier."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines(clock))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(_LEVEL)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        other = logging.getLogger(name)
        other.handlers.clear()
        other.propagate = True
    for name in (LOGGER, SECURITY):
        logging.getLogger(name).setLevel(logging.INFO)


class Journal:
    """Notes requests.

    Args:
        salt: under which accounts are told apart without being named; of this station alone.
    """

    def __init__(self, salt: bytes) -> None:
        self._salt, self._log = salt, logging.getLogger(LOGGER)

    def account(self, account: str) -> str:
        """Return the short reference of an account, the same as long as the passphrase of the station is."""
        return reference(self._salt, account)

    def request(
        self, *, request: str, method: str, route: str, status: int, ms: float, account: str, refused: str = ""
    ) -> None:  # fmt: skip
        """Note a request that was answered; of one that was refused the rule is told, which is no word of anybody."""
        told: dict[str, Any] = {"request": request, "method": method, "route": route, "status": status, "ms": round(ms, 1)}
        if account:
            told["account"] = self.account(account)
        if refused:
            told["refused"] = refused
        self._log.info("request", extra={"told": told})

    def failed(self, *, request: str, route: str, error: BaseException) -> None:
        """Note a request that failed for no reason of ours."""
        self._log.error("failed", extra={"told": {"request": request, "route": route}}, exc_info=error)

    def step_failed(self, step: str, error: BaseException) -> None:
        """Note a step beside the requests that failed for no reason of ours; it is tried again."""
        self._log.error("failed", extra={"told": {"step": step}}, exc_info=error)
