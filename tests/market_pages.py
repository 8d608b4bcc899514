"""A ledger folder with a market of some draws, and its pages on a standing day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from inspections_world import Market
from openqi.app.folder import FOLDS
from openqi.app.reading.reader import Reader
from openqi.store.kinds.local import STOREKIND

NOW = datetime(2026, 11, 30, 2, tzinfo=UTC)


def market_folder(folder: Path, objects: int = 200, *, draws: int = 9, each: int = 20, private: bool = False) -> Market:
    """Make a ledger folder with a market; whoever is done with it closes its store."""
    folder.mkdir(parents=True, exist_ok=True)
    market = Market(objects, private=private, store=STOREKIND.open(folder, origin="log.example/1", folds=FOLDS))
    market.lived(draws, each)
    (folder / "policy.txt").write_bytes(market.ledger.policy())
    (folder / "ledger.json").write_text('{"format":"openqi-ledger/1","origin":"log.example/1","store":"local"}')
    return market


@contextmanager
def market_reader(folder: Path) -> Iterator[Reader]:
    """Read it as on 30 November 2026."""
    with Reader(folder, clock=lambda: NOW) as reader:
        yield reader
