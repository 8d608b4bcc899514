"""How many marks a second one worker answers, beside a bare ASGI route that verifies nothing, in the same run.

`python -m benchmarks.scan [--marks 1000000] [--records 10] [--folder DIR] [--seconds 4] [--runs 3]`; the server is pinned to one
core and its client, wrk where there is one and bare sockets otherwise, to another. With uvloop and httptools uvicorn uses them.
"""

import argparse
import importlib.util
import itertools
import json
import os
import re
import selectors
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from array import array
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import msgspec
import uvicorn
from tools.golden_chain import GoldenChain

from benchmarks.measure import Table, best, peak_memory, timed
from benchmarks.world import ORIGIN, founded, signer
from openqi.app.ledger import Ledger, Signer
from openqi.app.marks import INDEX, SCANS, MarkReader, mark_answer
from openqi.app.scans.keeping import Keeping
from openqi.evidence.algorithms.signing import signing_key
from openqi.evidence.record import Record
from openqi.formats.digital_link import SERIAL_CHANCE, digital_link, mark_name, new_serial
from openqi.interfaces.web.kept_scans import Kept
from openqi.interfaces.web.scan import scan_app
from openqi.pillars.conformity.certification import IssueMarks
from openqi.records.conformity import CertificateIssued
from openqi.records.governance import Key
from openqi.records.rows import committed
from openqi.store.kinds.local import STOREKIND
from openqi.store.marks import MarkIndex
from openqi.store.scan_log import ScanLog
from openqi.store.scans import ScanCounter

BASE, GTIN = "https://id.bench.example", "09506000134352"
LIST = "paths.txt"
CONNECTIONS = 32
LUA = """
local paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
math.randomseed(%d)
local head, tail = "GET ", " HTTP/1.1\\r\\nHost: id.bench.example\\r\\nAccept: application/json\\r\\nX-Town: Beijing\\r\\n\\r\\n"
request = function() return head .. paths[math.random(#paths)] .. tail end
"""


def serial(number: int) -> str:
    """The serial of a mark, the same in every run."""
    return new_serial(sha256(f"mark {number}".encode()).digest()[:SERIAL_CHANCE])


def certificate(ledger: Ledger, party: Signer) -> Record:
    """A certificate with all that it rests on."""
    checker = Signer(party="https://checker.example", key=signing_key(bytes([3]) * 32))
    ledger.grant_key(checker.party, Key(**checker.key.public_key.as_json()), party)
    chain = GoldenChain(ledger, party, checker)
    chain.play()
    return next(record for record in chain.records if record.kind == CertificateIssued.KIND)


def build(table: Table, folder: Path, marks: int, records: int) -> None:
    """A local ledger with that many marks, their index, and the list of paths that is asked for."""
    store = STOREKIND.open(folder, origin=ORIGIN, folds=())
    ledger, party = founded(store), signer()
    issued = certificate(ledger, party)
    each = marks // records
    with timed() as watch:
        for record in range(records):
            rows = (
                b'{"item":"https://maker.example/cell/%d","mark":"%s"}'
                % (number, mark_name(digital_link(BASE, GTIN, serial(number))).encode())
                for number in range(record * each, (record + 1) * each)
            )
            items, content = committed(rows)
            store.put_blob(content)
            ledger.perform(IssueMarks(certificate=issued.id, items=items), party)
    table.add(f"{marks:,} marks issued in {records} records", watch.seconds, "s")
    before = peak_memory()
    index = MarkIndex(folder / INDEX, origin=ORIGIN)
    with timed() as watch:
        updated = index.update(store)
    assert updated.marks == each * records + 1, updated
    table.add(f"{updated.marks:,} marks indexed", watch.seconds, "s", at_most=10)
    table.add("... the index", (folder / INDEX).stat().st_size / 1e6, "MB")
    table.add("... memory on top", max(peak_memory() - before, 0.0), "MiB")
    chosen = Random(1).sample(range(each * records), min(200_000, each * records))
    paths = [digital_link(BASE, GTIN, serial(number)).removeprefix(BASE) for number in chosen]
    (folder / LIST).write_text("\n".join(paths) + "\n")
    index.close()
    store.close()


@contextmanager
def reader_of(folder: Path) -> Iterator[MarkReader]:
    """The reader of the ledger that was built."""
    store = STOREKIND.open(folder, origin=ORIGIN, folds=())
    index, counter = MarkIndex(folder / INDEX, origin=ORIGIN), ScanCounter(folder / SCANS)
    reader = MarkReader(store, index, counter, today=lambda: datetime.now(UTC).date())  # noqa: TID251 -- as the app has it
    try:
        reader.refresh()
        yield reader
    finally:
        reader.close()
        store.close()


def inside(table: Table, folder: Path) -> None:
    """What the parts of one answer cost, without any web."""
    paths = (folder / LIST).read_text().split()[:5000]
    names = [mark_name(BASE + path) for path in paths]
    with reader_of(folder) as reader:
        mark_answer(reader, BASE + paths[0])
        seconds = best(lambda: [reader.index.find(name) for name in names], repeats=3)
        table.add("find one mark by its name", seconds / len(names) * 1e6, "us", at_most=15)
        seconds = best(lambda: [mark_answer(reader, BASE + path).as_json() for path in paths], repeats=3)
        table.add("one whole answer, signature verified", seconds / len(paths) * 1e6, "us")
        reader.hold()
        seconds = best(lambda: [mark_answer(reader, BASE + path).as_json() for path in paths], repeats=3)
        reader.let_go()
        table.add("... while one state is held, its records verified once", seconds / len(paths) * 1e6, "us")
        with timed() as watch:
            reader.counter.flush()
        table.add(f"{len(paths):,} scans written", watch.seconds * 1e3, "ms")
        answer: Any = mark_answer(reader, BASE + paths[0])
        record = answer.issue.logged.record
        key = answer.issue.key
        seconds = best(lambda: [key.verify(answer.issue.signed, record.signature) for _ in range(2000)], repeats=3)
        kept = Kept(keeping_of(folder), b"x-town")
        asked = [
            (BASE + path, [(b"x-town", b"Beijing"), (b"cookie", b"openqi-device=%022d" % at)]) for at, path in enumerate(paths)
        ]
        with timed() as watch:
            for uri, headers in asked:
                kept.note(uri, headers)
        table.add("one scan kept coarsely, before it is written", watch.seconds / len(paths) * 1e6, "us")
        with timed() as watch:
            kept.keeping.close()
        table.add(f"{len(paths):,} kept scans written", watch.seconds * 1e3, "ms")
        table.add(f"one Ed25519 verification of {len(answer.issue.signed):,} bytes", seconds / 2000 * 1e6, "us")


def keeping_of(folder: Path) -> Keeping:
    """Keeps scans coarsely, two towns known."""
    now = lambda: datetime.now(UTC)  # noqa: E731, TID251 -- as the app has it
    return Keeping(ScanLog(folder / "scan-log.sqlite"), ["Beijing", "Shanghai"], days=180, clock=now, chance=os.urandom)


def bare_app(folder: Path) -> Any:
    """The least that could be called an answer: one look into SQLite, small JSON; nothing is verified."""
    connection = sqlite3.connect(folder / INDEX, isolation_level=None)
    connection.execute("PRAGMA mmap_size=17179869184")
    headers = [(b"content-type", b"application/json")]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        digest = sha256((BASE + scope["path"]).encode()).digest()
        number, leaf, item = connection.execute("SELECT number, leaf, item FROM mark WHERE hash = ?", (digest,)).fetchone()
        body = msgspec.json.encode({"record": number, "leaf": leaf, "item": item})
        await send({"type": "http.response.start", "status": 200, "headers": [*headers, (b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})

    return app


def serve(folder: Path, kind: str, port: int) -> None:
    """One uvicorn worker."""
    settings: Any = {"host": "127.0.0.1", "port": port, "access_log": False, "log_level": "warning", "server_header": False}
    if kind == "bare":
        uvicorn.run(bare_app(folder), lifespan="off", **settings)
        return
    with reader_of(folder) as reader:
        kept = Kept(keeping_of(folder), b"x-town") if kind == "kept" else None
        uvicorn.run(scan_app(reader, bases=[BASE], keeping=kept), **settings)


@contextmanager
def pinned(core: int) -> Iterator[None]:
    """Have processes that start in the block stay on one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def server(folder: Path, kind: str, port: int, core: int) -> Iterator[subprocess.Popen[bytes]]:
    """A server that answers."""
    command = [sys.executable, "-m", "benchmarks.scan", "--serve", kind, "--folder", str(folder), "--port", str(port)]
    with pinned(core):
        process = subprocess.Popen(command)
    first = (folder / LIST).read_text().split()[0]
    ask = urllib.request.Request(
        f"http://127.0.0.1:{port}{first}", headers={"accept": "application/json", "host": "id.bench.example"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        for _ in range(200):
            time.sleep(0.1)
            try:
                with opener.open(ask) as answer:
                    assert json.load(answer)
                break
            except OSError:
                assert process.poll() is None, "the server did not start"
        yield process
    finally:
        process.terminate()
        process.wait()


def worked(process: subprocess.Popen[bytes]) -> float:
    """Seconds of the processor that a process has used, its threads with it."""
    told = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def with_wrk(folder: Path, port: int, seconds: int, core: int) -> float:
    """Requests a second, by wrk."""
    script = folder / "random.lua"
    script.write_text(LUA % (folder / LIST, seconds))
    command = ["wrk", "-t1", "-c32", f"-d{seconds}s", "--latency", "-s", str(script), f"http://127.0.0.1:{port}/"]
    with pinned(core):
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in said and "Socket errors" not in said, said
    print("   ", " ".join(re.findall(r"(?:50|99)% +\S+", said)), flush=True)
    return float(re.search(r"Requests/sec: +([0-9.]+)", said)[1])  # type: ignore[index]


def _told(data: bytes) -> bool:
    """Whether a whole answer has come; raises where it is not the one that was wanted."""
    head = data.find(b"\r\n\r\n")
    if head < 0:
        return False
    assert data.startswith(b"HTTP/1.1 200"), data[:200]
    at = data.index(b"content-length: ") + 16
    return len(data) >= head + 4 + int(data[at : data.index(b"\r", at)])


def with_sockets(folder: Path, port: int, seconds: int, core: int) -> float:
    """Requests a second, by bare sockets that wait together: no library in between, so that it is quicker than a server."""
    line = "GET {} HTTP/1.1\r\nHost: id.bench.example\r\nAccept: application/json\r\nX-Town: Beijing\r\nCookie: {}={:022d}\r\n\r\n"
    paths = (folder / LIST).read_text().split()
    requests = [line.format(path, "openqi-device", number).encode() for number, path in enumerate(paths)]
    count, delays, begun = 0, array("d"), dict[socket.socket, float]()
    Random(port).shuffle(requests)
    following = itertools.cycle(requests)
    with pinned(core), selectors.DefaultSelector() as waiting, ExitStack() as opened:
        parts: dict[socket.socket, bytes] = {}
        for _ in range(CONNECTIONS):
            one = opened.enter_context(socket.create_connection(("127.0.0.1", port)))
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            waiting.register(one, selectors.EVENT_READ)
            parts[one], begun[one] = b"", time.perf_counter()
            one.sendall(next(following))
        begin = time.perf_counter()
        while (now := time.perf_counter()) < begin + seconds:
            for key, _ in waiting.select(1.0):
                ready: Any = key.fileobj
                got = ready.recv(65_536)
                assert got, "the server let a connection go"
                parts[ready] += got
                if _told(parts[ready]):
                    delays.append(now - begun[ready])
                    parts[ready], begun[ready], count = b"", now, count + 1
                    ready.sendall(next(following))
        took = time.perf_counter() - begin
    ordered = sorted(delays)
    print(f"    50% {1e3 * ordered[count // 2]:.2f} ms 99% {1e3 * ordered[count * 99 // 100]:.2f} ms", flush=True)
    return count / took


def load(table: Table, folder: Path, seconds: int, runs: int) -> None:
    """Both servers by turns, so that both meet the same machine."""
    cores = sorted(os.sched_getaffinity(0))
    drive = with_wrk if shutil.which("wrk") else with_sockets
    parts = [name for name in ("uvloop", "httptools") if importlib.util.find_spec(name)]
    means = f"uvicorn with {', '.join(parts) or 'asyncio and h11 only'}; client {'wrk' if drive is with_wrk else 'on bare sockets'}"
    rates: dict[str, list[float]] = {"bare": [], "ours": [], "kept": []}
    costs: dict[str, list[float]] = {kind: [] for kind in rates}
    for run in range(runs):
        for place, kind in enumerate(rates):
            with server(folder, kind, port := 18_400 + 3 * run + place, cores[0]) as process:
                drive(folder, port, 1, cores[-1])  # pages of the index come into memory
                before = worked(process)
                rates[kind].append(drive(folder, port, seconds, cores[-1]))
                costs[kind].append((worked(process) - before) / (rates[kind][-1] * seconds))
                print(f"    run {run + 1} {kind}: {rates[kind][-1]:,.0f}/s, {1e6 * costs[kind][-1]:.0f} us each", flush=True)
    for kind, what in (("bare", f"bare ASGI route ({means})"), ("ours", "scan application"), ("kept", "... with scans kept too")):
        wanted = None if kind == "bare" else 10_000
        table.add(f"{what}, median of {runs}", median(rates[kind]), "requests/s", at_least=wanted)
        table.add("    by the processor time of the server alone", 1 / median(costs[kind]), "requests/s", at_least=wanted)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--marks", type=int, default=1_000_000)
    parser.add_argument("--records", type=int, default=10)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--serve", choices=("ours", "bare", "kept"), help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.folder, given.serve, given.port)
        return
    table = Table(title=f"scans of marks, one worker on one of {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        build(table, folder, given.marks, given.records)
        inside(table, folder)
        load(table, folder, given.seconds, given.runs)
    table.show()


if __name__ == "__main__":
    main()
