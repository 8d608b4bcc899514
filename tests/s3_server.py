"""An S3 server of the tests' own on this machine's loopback (moto), and a proxy before it that is slow, wrong or gone when told."""

import logging
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

KEY, SECRET = "AKIAOPENQITESTS00000", "a-secret-that-nobody-may-ever-read"
BUCKET = "station"


class Server:
    """One server with one bucket; a prefix for whoever asks."""

    def __init__(self, folder: Path) -> None:
        from moto.server import ThreadedMotoServer  # here: it takes seconds, and not every process of the tests needs it

        logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        self.port = int(self._server.get_host_and_port()[1])
        self.credentials = folder / "credentials"
        self.credentials.write_text(f"[default]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n")
        self._made = 0
        assert self.request("PUT", "").status == 200

    def request(self, method: str, path: str, body: bytes = b"") -> HTTPResponse:
        """Ask for an object of the bucket, beside the product; the answer's body is in `text`."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        signed = f"AWS4-HMAC-SHA256 Credential={KEY}/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
        connection.request(method, f"/{BUCKET}/{path}".rstrip("/"), body=body, headers={"authorization": signed})
        answer = connection.getresponse()
        answer.text = answer.read()  # type: ignore[attr-defined]
        connection.close()
        return answer

    def get(self, path: str) -> bytes | None:
        """The content of an object."""
        answer = self.request("GET", path)
        return answer.text if answer.status == 200 else None  # type: ignore[attr-defined,no-any-return]

    def put(self, path: str, content: bytes) -> None:
        """Put an object, as somebody else might."""
        assert self.request("PUT", path, content).status == 200

    def delete(self, path: str) -> None:
        """Take an object away."""
        self.request("DELETE", path)

    def names(self, prefix: str) -> list[str]:
        """The objects below a prefix, without it."""
        answer = self.request("GET", f"?list-type=2&max-keys=1000&prefix={prefix}/")
        found = re.findall(r"<Key>([^<]+)</Key>", answer.text.decode())  # type: ignore[attr-defined]
        return [name.removeprefix(f"{prefix}/") for name in found]

    def copy(self, prefix: str) -> str:
        """A new prefix with the objects of another one."""
        made = self.prefix()
        for name in self.names(prefix):
            self.put(f"{made}/{name}", self.get(f"{prefix}/{name}") or b"")
        return made

    def prefix(self) -> str:
        """A new prefix."""
        self._made += 1
        return f"made/{self._made}"

    def url(self, prefix: str | None = None, *, port: int | None = None, more: str = "") -> str:
        """The URL of a prefix; of a new one where none is named."""
        place = self.prefix() if prefix is None else prefix
        return f"s3://{BUCKET}/{place}?endpoint=http://127.0.0.1:{port or self.port}&credentials={self.credentials}{more}"

    def stop(self) -> None:
        """End."""
        self._server.stop()


Fault = Callable[[str, str, BaseHTTPRequestHandler], str]
"""What happens to a request (method, path): "" passes it on; else one of the names in `_Handler`."""


class Proxy:
    """Passes requests on to a server until told to do something worse."""

    def __init__(self, server: Server, *, tls: ssl.SSLContext | None = None) -> None:
        self.target, self.seen = server.port, list[tuple[str, str]]()
        self.fault: Fault = lambda method, path, request: ""
        self.drop_headers: tuple[str, ...] = ()
        self._http = _Quiet(("127.0.0.1", 0), _handler(self))
        if tls is not None:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True)
        self.port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """End; nobody answers any more."""
        self._http.shutdown()
        self._http.server_close()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever asked has gone; that is meant."""


def _handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None:
            """Nothing."""

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            proxy.seen.append((self.command, self.path))
            fault = proxy.fault(self.command, self.path, self)
            if fault == "gone":
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            if fault == "silent":
                time.sleep(8)
                self.close_connection = True
                return
            if fault.isdigit():
                code = {"503": "SlowDown", "403": "SignatureDoesNotMatch", "501": "NotImplemented"}.get(fault, "InternalError")
                told = f"<Error><Code>{code}</Code><Message>{KEY} {SECRET}</Message><StringToSign>{SECRET}</StringToSign></Error>"
                self.told(int(fault), {"content-type": "application/xml"}, told.encode())
                return
            status, headers, content = self.passed_on(body)
            if fault == "lost":  # done, but nobody hears of it
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
            elif fault == "wrong":
                self.told(status, headers, bytes(byte ^ 1 for byte in content))
            elif fault == "short":
                self.told(status, headers, content, cut=len(content) // 2)
            elif fault == "shorter":  # whole, as far as HTTP can tell
                self.told(status, headers, content[: len(content) // 2])
            else:
                self.told(status, headers, content)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = answer  # noqa: N815

        def passed_on(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
            kept = {name: value for name, value in self.headers.items() if name.lower() not in proxy.drop_headers}
            connection = HTTPConnection("127.0.0.1", proxy.target, timeout=10)
            connection.request(self.command, self.path, body=body, headers=kept)
            found = connection.getresponse()
            content = found.read()
            connection.close()
            skipped = ("content-length", "connection", "transfer-encoding", "date", "server")
            return found.status, {name: value for name, value in found.getheaders() if name.lower() not in skipped}, content

        def told(self, status: int, headers: dict[str, str], content: bytes, *, cut: int | None = None) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content if cut is None else content[:cut])
            if cut is not None:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True

    return Handler
