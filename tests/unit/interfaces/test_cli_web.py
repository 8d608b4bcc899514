"""A web server that answers badly is an error, never a finding about the log, and never waited for without end."""

from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from openqi.app import source
from unit.interfaces.cli_world import Answer, openqi
from unit.interfaces.static_log import Site, entries, static_files


def mirrored(site: Site, folder: Path, *more: object) -> Answer:
    """Run the mirror."""
    return openqi("log", "mirror", site.address, folder, "--json", *more)


def answering(status: int, headers: dict[str, str], body: bytes = b"", *, times: int = 1) -> object:
    """Return an answer of that kind."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        try:
            for _ in range(times):
                handler.wfile.write(body)
        except OSError:  # the reader has left, as it should
            return

    return answer


@pytest.mark.parametrize(
    ("odd", "kind", "words"),
    [
        (answering(500, {}), "store", "answers 500"),
        (answering(404, {}), "not-found", "is not there"),
        (answering(200, {"Content-Length": "9000"}, b"x" * 100), "store", "broke off"),
        (answering(200, {}, b"x" * 100_000, times=100), "format", "larger than"),
        (answering(200, {}, b"hello"), "format", "checkpoint"),
        (answering(200, {}, b"\xff\xfe"), "format", "checkpoint"),
        (answering(302, {"Location": "file:///etc/passwd"}), "store", ""),
        (answering(302, {"Location": "https://127.0.0.1:1/checkpoint"}), "store", "another scheme"),
        (answering(302, {"Location": "checkpoint"}), "store", "302"),
        (answering(200, {"Content-Length": "none"}, b""), "format", "checkpoint"),
    ],
)
def test_a_server_that_answers_badly_is_an_error_and_no_finding(site: Site, tmp_path: Path, odd: object, kind: str, words: str):
    site.odd["checkpoint"] = odd  # type: ignore[assignment]
    found = mirrored(site, tmp_path / "m")
    assert (found.status, found.data["kind"]) == (2, kind), found
    assert words in found.data["error"], found


def test_a_redirection_within_the_scheme_is_followed(site: Site, tmp_path: Path):
    site.files = static_files(entries(3))
    site.files["elsewhere"] = site.files["checkpoint"]
    site.odd["checkpoint"] = answering(302, {"Location": f"{site.address}/elsewhere"})  # type: ignore[assignment]
    assert mirrored(site, tmp_path / "m").data["size"] == 3


def test_a_silent_server_is_not_waited_for_without_end(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from threading import Event

    end = Event()
    site.odd["checkpoint"] = lambda handler: end.wait(30) and None
    with pytest.raises(source.StoreError, match="cannot be read"):
        source.WebSource(site.address, timeout=0.05).read("checkpoint")
    end.set()


def test_a_slow_server_is_not_waited_for_without_end(site: Site):
    from threading import Event

    end = Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while not end.wait(0.02):
                handler.wfile.write(b".")
        except OSError:
            return

    site.odd["checkpoint"] = drip
    with pytest.raises(source.StoreError, match="takes longer"):
        source.WebSource(site.address, timeout=0.3).read("checkpoint")
    end.set()


def test_no_server_at_all_is_an_error_with_its_address(tmp_path: Path):
    found = openqi("log", "mirror", "http://127.0.0.1:1/log", tmp_path / "m", "--json", no_proxy="127.0.0.1")
    assert (found.status, found.data["kind"]) == (2, "store")
    assert "http://127.0.0.1:1/log/checkpoint cannot be read" in found.data["error"]


def test_a_log_never_sends_a_reader_outside_of_its_folder(tmp_path: Path):
    from openqi.kernel.errors import FormatError

    (tmp_path / "secret").write_bytes(b"x")
    (tmp_path / "m").mkdir()
    for path in ("../secret", "tile/../../secret", "/etc/passwd", "tile/0/001/../../../../secret", "secret"):
        with pytest.raises(FormatError):
            source.FolderSource(tmp_path / "m").read(path)
