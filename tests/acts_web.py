"""The pages and the REST interface of acts as ASGI applications over an `ActsStage`; sessions are cookies that everybody knows."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from acts_stage import ActsStage
from asgi_client import Client
from openqi.app.people.visitor import Visitor
from openqi.app.reading.naming import Named, named, names_of
from openqi.app.settings import Settings
from openqi.interfaces.web.app import status_of
from openqi.interfaces.web.pages import Pages
from openqi.interfaces.web.station.acts import new_token, routes
from openqi.interfaces.web.station.frame import Frame
from openqi.kernel.errors import OpenQIError
from openqi.records import Names
from openqi.store.store import Store

HOST = "https://station.example"


class OpenSessions:
    """Knows the visitors of a test by a secret that is their account."""

    def __init__(self) -> None:
        self.known: dict[str, Visitor] = {}

    def visitor(self, secret: str) -> Visitor | None:
        """See `Sessions.visitor`."""
        return self.known.get(secret)


class _Source:
    """As much of a reader as a page asks."""

    def __init__(self, stage: Any) -> None:
        self._stage, self.name, self.bases = stage, Names(zh="测试站", en="Test station"), ()
        self.origin = stage.store.origin

    @property
    def size(self) -> int:
        return int(self._stage.store.size())

    def named(self, uri: str) -> Named:
        return named(uri, None, names_of(self._stage.store, (uri,), None))[0]


class StationWeb:
    """Pages for one stage; `client(visitor)` asks as somebody."""

    def __init__(self, place: Path, *, store: Store | None = None, url: str = HOST) -> None:
        self.world, self.sessions = ActsStage(place, store=store), OpenSessions()
        self.settings = Settings(url=url)
        self.frame = Frame(Pages(_Source(self.world.stage)), self.sessions, self.settings)
        self.app = Starlette(
            routes=routes(self.frame, self.world.writing), exception_handlers={OpenQIError: _failed, HTTPException: _refused}
        )

    def known(self, visitor: Visitor) -> str:
        """The secret of a new session of a visitor."""
        secret = f"secret-{len(self.sessions.known)}"
        self.sessions.known[secret] = visitor
        return secret

    def client(self, visitor: Visitor, *, language: str = "en") -> Client:
        """A browser of a visitor."""
        secret = f"secret-{len(self.sessions.known)}"
        self.sessions.known[secret] = visitor
        headers = {
            "cookie": f"{self.frame.cookie}={secret}",
            "accept-language": language,
            "origin": HOST,
            "sec-fetch-site": "same-origin",
        }
        return Client(self.app, base_url=HOST, headers=headers)

    def rest(self, visitor: Visitor) -> Client:
        """A program of a visitor."""
        from openqi.interfaces.rest.station.acts import router
        from openqi.interfaces.web.station.act_words import ActWords

        app = FastAPI()
        app.include_router(router(self.world.writing, lambda: visitor, ActWords(), token=new_token))
        return Client(app, base_url=HOST)


async def _failed(request: Request, error: Exception) -> Response:
    status = status_of(error) if isinstance(error, OpenQIError) else 500
    return Response(f"{type(error).__name__}: {error}", status_code=status, media_type="text/plain")


async def _refused(request: Request, error: Exception) -> Response:
    return Response("refused", status_code=getattr(error, "status_code", 500), media_type="text/plain")


def form_of(html: str) -> dict[str, str]:
    """The fields of the first form in the content of a page as a browser would send them, without its buttons."""
    from html.parser import HTMLParser

    found: dict[str, str] = {}

    class Reader(HTMLParser):
        area = select = ""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            told = {name: value or "" for name, value in attrs}
            named = dict(attrs)
            if tag == "input" and told.get("type") not in ("file", "checkbox", "radio") and "name" in told:
                found[told["name"]] = told.get("value", "")
            if tag == "input" and told.get("type") in ("checkbox", "radio") and "checked" in named:
                found[told["name"]] = told.get("value", "on")
            if tag == "textarea":
                self.area, found[told["name"]] = told["name"], ""
            if tag == "select":
                self.select = told["name"]
            if tag == "option" and self.select and ("selected" in named or self.select not in found):
                found[self.select] = told.get("value", "")

        def handle_endtag(self, tag: str) -> None:
            self.area = "" if tag == "textarea" else self.area
            self.select = "" if tag == "select" else self.select

        def handle_data(self, data: str) -> None:
            if self.area:
                found[self.area] += data

    html = html[html.index("<main") :]  # above it are hats and signing out
    start, end = html.index("<form"), html.index("</form>")
    Reader().feed(html[start:end])
    return found


def sent(fields: Mapping[str, str], **more: str) -> dict[str, Any]:
    """What httpx posts for a form."""
    return {"data": {**fields, **more}}


def posted(client: Client, path: str, **more: Any) -> Any:
    """The page that a form leads to; httpx itself would leave the cookie behind on the way."""
    answer = client.post(path, **more, follow_redirects=False)
    return client.get(answer.headers["location"]) if answer.status_code == 303 else answer
