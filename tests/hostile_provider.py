"""An OpenID provider on this machine that answers as a test tells it: right, wrong, too much, too late, elsewhere."""

import json
import threading
import time
from base64 import b64decode
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlsplit

from joserfc import jws
from joserfc.jwk import ECKey

Sent = tuple[int, dict[str, str], bytes]


class Hostile(ThreadingHTTPServer):
    """One provider; `answers` holds what is answered instead of the truth, by path."""

    daemon_threads = True

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.issuer, self.clock = f"http://127.0.0.1:{self.server_port}", clock
        self.first = ECKey.generate_key("P-256", {"kid": "first", "use": "sig"})
        self.reset()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def reset(self) -> None:
        """Tell the truth again, with a key of the first day."""
        self.key = self.first
        self.described: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.token: str | None = None
        self.answers: dict[str, Sent] = {}
        self.dripping: set[str] = set()
        self.left = threading.Event()
        self.asked: list[str] = []
        self.forms: list[dict[str, str]] = []
        self.ways: dict[str, dict[str, str]] = {}

    def discovery(self) -> dict[str, Any]:
        """What it says of itself."""
        at = self.issuer
        told = {
            "issuer": at, "authorization_endpoint": f"{at}/auth", "token_endpoint": f"{at}/token", "jwks_uri": f"{at}/jwks",
            "response_types_supported": ["code"], "id_token_signing_alg_values_supported": ["ES256", "none", "HS256"],
            "code_challenge_methods_supported": ["S256"], "authorization_response_iss_parameter_supported": True,
        }  # fmt: skip
        return {name: value for name, value in (told | self.described).items() if value is not None}

    def agrees(self, address: str, **more: str) -> list[tuple[str, str]]:
        """What it tells a browser that came to it, after the person agreed."""
        way = dict(parse_qsl(urlsplit(address).query))
        code = f"code-{len(self.ways)}"
        self.ways[code] = way
        return list({"code": code, "state": way["state"], "iss": self.issuer, **more}.items())

    def id_token(self, way: dict[str, str]) -> str:
        """A token for a way; `claims` replaces what it says, None leaves it out."""
        now = int(self.clock().timestamp())
        told = {
            "iss": self.issuer, "aud": way["client_id"], "sub": "anna", "nonce": way["nonce"], "iat": now, "exp": now + 60,
            "auth_time": now,
        }  # fmt: skip
        said = {name: value for name, value in (told | self.claims).items() if value is not None}
        return jws.serialize_compact({"alg": "ES256", "kid": self.key.kid}, json.dumps(said).encode(), self.key)


class _Handler(BaseHTTPRequestHandler):
    server: Hostile

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.server.asked.append(path)
        if path == "/jwks":
            self._send(path, {"keys": [self.server.key.as_dict(private=False)]})
        else:
            self._send(path, self.server.discovery())

    def do_POST(self) -> None:
        self.server.asked.append("/token")
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        if "authorization" in self.headers:
            pair = b64decode(self.headers["authorization"].removeprefix("Basic ")).decode().split(":")
            form |= {"client_id": unquote_plus(pair[0]), "client_secret": unquote_plus(pair[1]), "by": "header"}
        self.server.forms.append(form)
        way = self.server.ways.pop(form.get("code", ""), None)
        if way is None:
            self.server.answers.setdefault("/token", (400, {}, b'{"error":"invalid_grant"}'))
        self._send("/token", {"token_type": "Bearer", "id_token": self.server.token or (way and self.server.id_token(way))})

    def _send(self, path: str, told: dict[str, Any]) -> None:
        status, headers, body = self.server.answers.get(path, (200, {}, json.dumps(told).encode()))
        self.send_response(status)
        for name, value in {"content-type": "application/json", **headers}.items():
            self.send_header(name, value)
        if "content-length" not in headers:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        try:
            if path in self.server.dripping:
                for place in range(len(body)):
                    self.wfile.write(body[place : place + 1])
                    time.sleep(0.05)
            self.wfile.write(body)
        except OSError:
            self.server.left.set()  # who asked has gone

    def log_message(self, *told: object) -> None:
        pass
