"""Fills the ledger of a station with as many records as a busy network of laboratories has after years."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from openqi.app.ledger import Ledger, Signer
from openqi.app.work.pieces import VERSION
from openqi.evidence.algorithms.signing import signing_key
from openqi.evidence.record import Record
from openqi.evidence.sealing import seal
from openqi.records import Body, Names, statement
from openqi.records.conformity import ProductRegistered, ResultReported
from openqi.records.governance import Key
from openqi.records.tasks import TaskAsked
from openqi.store.desk.desk import Desk
from openqi.store.desk.search import move
from openqi.store.store import Incoming, Store

PIECE = 5_000
PRODUCTS, TASKS, PRIVATE = 50, 50, 40  # one record of so many registers a product, asks for something, is private


def laboratory(number: int) -> Signer:
    """A laboratory with a key that everybody knows."""
    return Signer(party=f"https://laboratory{number}.example", key=signing_key(bytes([100 + number]) * 32))


def stated(number: int) -> tuple[Body, tuple[str, ...] | None]:
    """What the record of a number states, and who sees it."""
    if number % PRODUCTS == 0:
        product = f"https://maker.example/product/{number}"
        return ProductRegistered(product=product, name=Names(zh=f"电芯型号 {number}", en=f"Cell type {number}")), None
    if number % TASKS == 7:
        turn = number // TASKS
        asked = TaskAsked(
            party=f"https://laboratory{turn % 10}.example", subject=f"https://maker.example/cell/{number}",
            asks=Names(zh="请检验此件", en="Test this cell"), act=ResultReported.KIND, counted_from="2026-11-01T06:00:00Z",
            due=f"2026-{11 + turn // 10 % 2}-{1 + turn // 20 % 30:02}T16:00:00Z",
        )  # fmt: skip
        return asked, None
    result = ResultReported(
        item=f"https://maker.example/cell/{number}", quantity="capacity", value=f"{2000 + number % 97}.0", unit="mA.h",
        expanded_uncertainty="8.0", coverage_factor="2", method="IEC 61960-3:2017, 7.3.1", measured_at="2026-11-01T06:00:00Z",
    )  # fmt: skip
    return result, ("https://laboratory1.example",) if number % PRIVATE == 1 else None


def sealed(start: int, laboratories: int) -> list[Record]:
    """So many records, each by one of the laboratories."""
    found = []
    for number in range(start, start + PIECE):
        signer = laboratory(number % laboratories)
        body, visible_to = stated(number)
        said = statement(body) if visible_to is None else statement(body, visible_to=visible_to, salt="c2FsdHNhbHRzYWx0c2FsdA")
        found.append(seal(said, issuer=signer.party, key=signer.key, now="2026-11-20T08:00:00Z"))
    return found


def pieces(records: int, laboratories: int) -> Iterator[list[Record]]:
    """All records, sealed in a process beside."""
    starts = range(0, records, PIECE)
    with ProcessPoolExecutor(1) as beside:
        waiting = [beside.submit(sealed, start, laboratories) for start in starts[:4]]
        for start in [*starts[4:], *[-1] * len(waiting)]:
            yield waiting.pop(0).result()
            if start >= 0:
                waiting.append(beside.submit(sealed, start, laboratories))


def filled(ledger: Ledger, operator: Signer, records: int, laboratories: int) -> None:
    """Grant the laboratories their keys and append the records; signatures are checked when somebody looks at one."""
    for number in range(laboratories):
        signer = laboratory(number)
        ledger.grant_key(signer.party, Key(**signer.key.public_key.as_json()), operator)
    for found in pieces(records, laboratories):
        ledger.store.append([Incoming(record=record) for record in found], checkpoint=ledger.checkpoint)


def read_on(store: Store, desk: Desk) -> None:
    """Say at the desk that search and notices have read the log, as they have where it grew over years and not in minutes."""
    with desk.writing() as connection:
        move(connection, "log", VERSION, store.size())
        move(connection, "notices", 1, store.size())
