"""The page of one's keys: which sign for whom since when, and how one is replaced, taken home or brought along."""

import json
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response
from starlette.routing import Route

from openqi.app.people.keys import Keys
from openqi.app.people.possession import MOST
from openqi.app.people.visitor import Visitor
from openqi.interfaces.web.station.act_forms import visitor_of
from openqi.interfaces.web.station.frame import Frame, Visit
from openqi.interfaces.web.station.sent import told
from openqi.interfaces.web.words import phrase
from openqi.kernel.errors import FormatError, RefusedError

_PAGE: Final = "/keys"


class KeyPages:
    """The pages.

    Args:
        frame: makes pages.
        keys: of people.
    """

    def __init__(self, frame: Frame, keys: Keys) -> None:
        self._frame, self._keys = frame, keys

    def routes(self) -> list[Route]:
        """Return the routes."""
        pages = [
            (_PAGE, self._page, "GET"), (_PAGE, self._changing, "POST"), ("/keys/home", self._home, "POST"),
            ("/keys/challenge.json", self._challenge, "GET"),
        ]  # fmt: skip
        return [Route(path, self._frame.signed_in(endpoint), methods=[method]) for path, endpoint, method in pages]

    async def _page(self, visit: Visit) -> Response:
        return await self._shown(visit)

    async def _shown(self, visit: Visit, *, status: int = 200, **values: Any) -> Response:
        visitor = visitor_of(visit)
        found = await run_in_threadpool(self._keys.of, visitor)
        worn = next((one for one in found if one.hat.membership == visit.hat_worn().membership), None)
        known = {"keys": found, "worn": worn, "refusal": "", "done": ""}
        return await self._frame.page(visit, "keys.html", status=status, **(known | values))

    async def _refused(self, visit: Visit, error: RefusedError | FormatError) -> Response:
        status = 409 if isinstance(error, RefusedError) else 400
        return await self._shown(await self._frame.visit(visit.request), status=status, refusal=told(error, visit.language))

    async def _changing(self, visit: Visit) -> Response:
        sent = await self._frame.sent(visit, files=1)
        visitor = visitor_of(visit)
        try:
            match sent.get("what"):
                case "replace":
                    await run_in_threadpool(self._keys.replace, visitor, _membership(visitor))
                    done = phrase("keys-done-replace", visit.language)
                case "own":
                    proof = sent.get("proof")
                    content = await proof.read(MOST + 1) if isinstance(proof, UploadFile) else b""
                    await run_in_threadpool(self._keys.bring, visitor, _membership(visitor), content)
                    done = phrase("keys-done-own", visit.language)
                case _:
                    raise FormatError("say what is to be changed; open the page of your keys again")
        except (RefusedError, FormatError) as error:
            return await self._refused(visit, error)
        finally:
            await sent.close()
        return await self._shown(await self._frame.visit(visit.request), done=done)

    async def _home(self, visit: Visit) -> Response:
        sent = await self._frame.sent(visit)
        visitor, passphrase = visitor_of(visit), str(sent.get("passphrase", ""))[:1000]
        try:
            if passphrase != str(sent.get("again", ""))[:1000]:
                raise RefusedError("passphrase-twice", "the two passphrases differ; type them again")
            file = await run_in_threadpool(self._keys.take_home, visitor, _membership(visitor), passphrase)
        except (RefusedError, FormatError) as error:
            return await self._refused(visit, error)
        return _file(file, f"{visit.hat_worn().party.rpartition('/')[2][:40]}.key")

    async def _challenge(self, visit: Visit) -> Response:
        visitor = visitor_of(visit)
        try:
            challenge = await run_in_threadpool(self._keys.challenge, visitor, _membership(visitor))
        except RefusedError as error:
            return await self._refused(visit, error)
        return _file(json.dumps(challenge.as_json(), indent=1).encode() + b"\n", "challenge.json")


def _file(content: bytes, name: str) -> Response:
    safe = "".join(sign for sign in name if sign.isascii() and (sign.isalnum() or sign in ".-"))
    headers = {"content-disposition": f'attachment; filename="{safe}"', "cache-control": "no-store"}
    return Response(content, media_type="application/json", headers=headers)


def _membership(visitor: Visitor) -> str:
    """The membership whose hat is worn: its key is changed."""
    assert visitor.hat is not None  # `visitor_of` let nobody else through
    return visitor.hat.membership


def routes(frame: Frame, keys: Keys) -> list[Route]:
    """Return the routes of keys."""
    return KeyPages(frame, keys).routes()
