"""Asking foreign addresses, on real sockets: bounded in time and size whatever the other side does, and never led on."""

import http.client
import socket
import threading
import time
from contextlib import contextmanager

import pytest

from openqi.app.outgoing import Answer, asked
from openqi.kernel.errors import FormatError, RefusedError


@contextmanager
def answering(*parts: bytes, pause: float = 0.0):
    """A server of one connection that sends some bytes, whatever it is asked."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        heard: list[bytes] = []

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                heard.append(connection.recv(65_536))
                try:
                    for part in parts:
                        connection.sendall(part)
                        time.sleep(pause)
                except OSError:
                    pass  # who asked has gone

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1], heard
        thread.join()


def ask(port: int, *, scheme: str = "http", most: int = 100, seconds: float = 5.0, local: bool = True) -> Answer:
    return asked("GET", f"{scheme}://127.0.0.1:{port}/a?b=c", None, {"x": "y"}, local=local, seconds=seconds, most=most)


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\n"


def test_an_answer_is_read_with_its_status_and_media_type():
    with answering(HEAD + b"content-length: 2\r\n\r\n{}") as (port, heard):
        assert ask(port) == Answer(status=200, media="application/json", body=b"{}")
    assert heard[0].startswith(b"GET /a?b=c HTTP/1.1\r\n")


def test_a_redirection_is_an_answer_and_nobody_goes_there():
    with answering(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n") as (port, _):
        assert ask(port).status == 302


@pytest.mark.parametrize(
    "body",
    [
        b"content-length: 101\r\n\r\n" + b"x" * 101,
        b"transfer-encoding: chunked\r\n\r\n65\r\n" + b"x" * 101 + b"\r\n0\r\n\r\n",
        b"\r\n" + b"x" * 101,
    ],
)
def test_one_byte_too_many_is_refused_however_it_is_sent(body):
    with answering(HEAD + body) as (port, _), pytest.raises(FormatError, match="100 bytes"):
        ask(port)


@pytest.mark.parametrize("body", [b"content-length: 50\r\n\r\nxx", b"transfer-encoding: chunked\r\n\r\n5\r\nxx"])
def test_an_answer_that_breaks_off_is_none(body):
    with answering(HEAD + body) as (port, _), pytest.raises((OSError, http.client.HTTPException)):
        ask(port)


@pytest.mark.parametrize(
    "head", [b"", HEAD + b"content-length: 60\r\n\r\n", b"HTTP/1.0 200 OK\r\n\r\n", HEAD + b"connection: close\r\n\r\n"]
)
def test_who_sends_a_byte_now_and_then_is_left_after_the_time_for_the_whole(head):
    began, drip = time.monotonic(), b"x" * 60 if head else HEAD
    with answering(head, *(drip[place : place + 1] for place in range(len(drip))), pause=0.1) as (port, _):
        with pytest.raises((OSError, http.client.HTTPException)):
            ask(port, seconds=0.5)
        assert time.monotonic() - began < 3


def test_a_handshake_that_goes_on_and_on_is_ended_too():
    began = time.monotonic()
    # The head of a TLS record of 16,384 bytes, and then its bytes one by one.
    with answering(b"\x16\x03\x03\x40\x00", *([b"\x00"] * 60), pause=0.1) as (port, _):
        with pytest.raises(OSError, match=r"."):
            ask(port, scheme="https", seconds=0.5)
        assert time.monotonic() - began < 3


def test_what_is_not_public_is_not_asked_and_plain_http_not_at_all():
    with pytest.raises(RefusedError, match="public internet"):
        ask(1, scheme="https", local=False)
    with pytest.raises(FormatError):
        ask(1, local=False)
