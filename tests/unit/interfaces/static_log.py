"""Logs of plain entries as static files, and a web server that serves them well or badly."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from openqi.evidence.algorithms.signing import signing_key
from openqi.evidence.log.merkle import leaf_hash, root_of
from openqi.evidence.log.note import ED25519, Checkpoint, NoteKey
from openqi.evidence.log.prover import subtree_of
from openqi.evidence.log.tiles import WIDTH, encode_bundle, levels, tiles
from openqi.evidence.log.witness import signed

KEY = signing_key(bytes([7]) * 32)
ORIGIN = "log.example/static"
VKEY = NoteKey(name=ORIGIN, type=ED25519, public=KEY.public_key.data).text
POLICY = f"log {VKEY}\nquorum none\n".encode()


def entries(count: int, *, changed: int | None = None) -> list[bytes]:
    """Return entries that say their number; `changed` is one that says something else."""
    return [b"other" if number == changed else b"entry %d" % number for number in range(count)]


def root(of: Sequence[bytes]) -> str:
    """Return the root over entries in hexadecimal."""
    return root_of(map(leaf_hash, of)).hex()


def static_files(of: Sequence[bytes], *, origin: str = ORIGIN) -> dict[str, bytes]:
    """Return the static files of a log, from a tree that is built in the plainest way."""
    hashes = [leaf_hash(entry) for entry in of]
    files = {"checkpoint": signed(Checkpoint(origin=origin, size=len(of), root=root_of(hashes)).note(), KEY, ORIGIN).encode()}
    subtree = subtree_of(hashes)
    for bundle in tiles(len(of), -1):
        files[bundle.path] = encode_bundle(of[bundle.index * WIDTH : bundle.index * WIDTH + bundle.width])
    for level in range(levels(len(of))):
        step = WIDTH**level
        for tile in tiles(len(of), level):
            first = tile.index * WIDTH
            files[tile.path] = b"".join(subtree(place * step, (place + 1) * step) for place in range(first, first + tile.width))
    return files


Answering = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """What a web server serves. `odd` answers some paths in its own way; `asked` is what was asked for, in order."""

    files: dict[str, bytes]
    address: str = ""
    odd: dict[str, Answering] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


@contextmanager
def served(files: dict[str, bytes]) -> Iterator[Site]:
    """Serve files on this machine only."""
    site = Site(files)

    class Handler(BaseHTTPRequestHandler):
        disable_nagle_algorithm = True  # else each answer waits for an acknowledgement of its header

        def do_GET(self) -> None:
            path = self.path.removeprefix("/log/")
            site.asked.append(path)
            if path in site.odd:
                site.odd[path](self)
            elif path in site.files:
                self.send_response(200)
                self.send_header("Content-Length", str(len(site.files[path])))
                self.end_headers()
                self.wfile.write(site.files[path])
            else:
                self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    site.address = f"http://127.0.0.1:{server.server_address[1]}/log"
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
