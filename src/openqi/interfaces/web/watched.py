"""In front of everything a station serves: names each request, measures and notes it, and answers who looks after the station."""

import hmac
import ipaddress
import json
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from openqi.app.operation.health import Health
from openqi.app.operation.journal import CURRENT, Journal
from openqi.app.operation.measures import MEDIA, Measures
from openqi.interfaces.web.scan import PREFIX, Application, Message, Receive, Scope, Send

START: Final = "/-/"
REQUEST, ACCOUNT, REFUSED, FAULT = "openqi.request", "openqi.account", "openqi.refused", "openqi.fault"
"""Where in the scope the request's name lies. Whoever knows the visitor puts the account, whoever refuses the rule, whoever has
told somebody that a store failed the error."""
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NO_STORE: Final = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
NOT_KEPT: Final = {"cache-control": "no-store"}
_MARK: Final = "/01/{gtin}/21/{serial}"


class Watched:
    """A station's application with its journal, its measurements and `/-/live`, `/-/ready`, `/-/metrics`.

    Args:
        app: what is watched.
        templates: the route's path by the id of its endpoint; a request that no route takes is `(none)`.
        health, journal, measures: of the station.
        token: what a program that reads the measurements from elsewhere has to bear; "" where only this machine may.
        chance: as many random bytes as asked for.
    """

    def __init__(
        self, app: Application, *, templates: Mapping[int, str], health: Health, journal: Journal, measures: Measures, token: str,
        chance: Callable[[int], bytes],
    ) -> None:  # fmt: skip
        self._app, self._templates, self._token, self._chance = app, templates, token, chance
        self._health, self._journal, self._measures = health, journal, measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"].startswith(START):
            answer = await self._operated(scope)
            await answer(scope, receive, send)
        else:
            await self._watched(scope, receive, send)

    async def _watched(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[REQUEST], began, status = self._chance(8).hex(), perf_counter(), 500
        CURRENT.set(scope[REQUEST])

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", scope[REQUEST].encode())]
            await send(message)

        try:
            await self._app(scope, receive, named)
        except Exception as error:
            self._journal.failed(request=scope[REQUEST], route=self._route(scope), error=error)
            raise
        finally:
            seconds, route = perf_counter() - began, self._route(scope)
            if scope.get(FAULT) is not None:
                self._journal.failed(request=scope[REQUEST], route=route, error=scope[FAULT])
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._measures.answered(method=method, route=route, status=status, seconds=seconds)
            self._journal.request(
                request=scope[REQUEST], method=method, route=route, status=status, ms=seconds * 1000,
                account=scope.get(ACCOUNT, ""), refused=scope.get(REFUSED, ""),
            )  # fmt: skip

    def _route(self, scope: Scope) -> str:
        endpoint = scope.get("endpoint")
        if endpoint is None:  # scans as JSON are answered before any route is looked for
            return _MARK if (scope.get("raw_path") or b"").startswith(PREFIX) else "(none)"
        return self._templates.get(id(endpoint), "(none)")

    async def _operated(self, scope: Scope) -> Response:
        if scope["method"] not in ("GET", "HEAD"):
            return Response("ask with GET\n", 405, {**_NO_STORE, "allow": "GET, HEAD"})
        match scope["path"].removeprefix(START):
            case "live":
                return Response("live\n", 200, _NO_STORE)
            case "ready":
                checks = await run_in_threadpool(self._health.checks)
                holds = all(check.holds for check in checks)
                text = json.dumps({"ready": holds, "checks": {check.name: check.holds for check in checks}})
                return Response(text + "\n", 200 if holds else 503, _NO_STORE, "application/json")
            case "metrics" if self._may_measure(scope):
                return Response(await run_in_threadpool(self._measures.text), 200, {**_NO_STORE, "content-type": MEDIA})
        return Response("there is nothing here\n", 404, _NO_STORE)

    def _may_measure(self, scope: Scope) -> bool:
        """With the token; without one set, from this machine alone, and not through a proxy that stands on it."""
        headers = {name.lower(): value for name, value in scope["headers"]}
        if self._token:
            return hmac.compare_digest(headers.get(b"authorization", b""), b"Bearer " + self._token.encode())
        client = scope.get("client")
        passed_on = {b"x-forwarded-for", b"forwarded", b"x-real-ip", b"via"} & set(headers)
        return client is not None and not passed_on and _is_loopback(client[0])


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def fault_text(name: str) -> str:
    """Return what is told of a fault where no page can be made: its number, by which the journal has it."""
    return f"a fault of this program; tell whoever looks after it the number of this request: {name}\n"


def route_templates(*applications: Any) -> dict[int, str]:
    """Return the path of each route of some applications by the id of its endpoint."""
    routes = [route for one in applications for route in one.routes if hasattr(route, "endpoint")]
    return {id(route.endpoint): route.path for route in routes}


async def nobody_there(request: Request, error: Exception) -> Response:  # noqa: ARG001 -- Starlette asks so
    """Answer a browser that went away while it sent: no fault of anybody, and nobody reads it."""
    return Response("", 400, NOT_KEPT)
