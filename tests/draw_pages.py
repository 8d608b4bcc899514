"""A ledger folder with draws in every state, and a server of it, for tests of what pages and programs show of them."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from openqi.app.folder import FOLDS
from openqi.interfaces.web.server import application
from openqi.store.kinds.local import STOREKIND
from surveillance_stage import COUNTIES, DRAND, DRAW, KEY, LOTTERY, STRATA, Surveillance, firm

OVERDUE, CANCELLED, HIDDEN = (f"https://bureau.example/draw/{name}" for name in ("overdue", "cancelled", "hidden"))
NUMBERS = "3 5 12 14 20 31 + 7"


def draws_ledger(folder: Path, *, firms: int = 160) -> Surveillance:
    """A draw that was made of a beacon and a lottery, one without a result, one cancelled, one hidden; close its store."""
    folder.mkdir(parents=True, exist_ok=True)
    stage = Surveillance("log.example/1", store=STOREKIND.open(folder, origin="log.example/1", folds=FOLDS))
    (folder / "policy.txt").write_bytes(stage.ledger.policy())
    (folder / "ledger.json").write_text('{"format":"openqi-ledger/1","origin":"log.example/1","store":"local"}')
    rows = b"".join(
        f"{firm(number)}\t{COUNTIES[number % 2]}\t{'ABCD'[number // 2 % 4]}\t{1 + number % 13}\n".encode()
        for number in range(firms)
        if number != 5
    )
    frame = stage.frame(rows, f"{firm(5)}\tupper-level-covers-it\t\n".encode())
    many = (STRATA[0].__class__(design="pareto", stratum="east", size=firms // 4, floors=STRATA[0].floors), STRATA[1])
    first = stage.commit(frame, strata=many, sources=(DRAND, LOTTERY), **stage.sent())
    stage.commit(frame, draw=OVERDUE, sources=(DRAND, LOTTERY))
    stage.cancelled(stage.commit(frame, draw=CANCELLED))
    stage.commit(frame, draw=HIDDEN, key=KEY)
    beacon = stage.beacon(first)
    stage.clock.wait(hours=3)
    numbers = stage.beacon(
        first, source=LOTTERY.source, event=LOTTERY.event, signature=None, numbers=NUMBERS, published_at="2023-09-15T13:15:00Z",
        read_at="https://www.cwl.gov.cn/",
    )  # fmt: skip
    stage.made(first, beacon, numbers)
    stage.ledger.store.publish()
    return stage


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The public pages of a ledger folder on a free port."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(application(folder), lifespan="on", log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started:
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


__all__ = ["CANCELLED", "DRAW", "HIDDEN", "NUMBERS", "OVERDUE", "draws_ledger", "serving"]
