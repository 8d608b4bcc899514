"""Sends one notice to an address that somebody else has named, and to nothing that only this machine or network can reach."""

from collections.abc import Mapping
from typing import Final

from openqi.app.outgoing import asked

_WHOLE: Final = 15.0


def post(url: str, body: bytes, headers: Mapping[str, str], *, local: bool) -> int:
    """Return the status that an address answers. Redirections are not followed; of the answer only its head is read.

    Raises:
        FormatError, RefusedError: no address that may be asked.
        OSError, http.client.HTTPException: nothing came back in 15 seconds, or no HTTP.
    """
    return asked("POST", url, body, headers, local=local, seconds=_WHOLE, most=0).status
