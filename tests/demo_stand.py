"""The example station on a free port, with a clock that stands still, for tests that look at its pages in a browser."""

import atexit
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import served_pages
from openqi.app import folder as world
from openqi.app.settings import FILE
from openqi.app.station.demo import demo_station
from openqi.app.station.station import Station
from openqi.app.workspace.build import PRIVATE, build
from openqi.interfaces.web import server
from web_stage import EXAMPLE, PACK, PASSPHRASE, marks, quick_keys

PLACES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
CHROMIUM = next((path for path in map(Path, PLACES) if path.exists()), None)
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync",
    "--disable-component-update", "--disable-lcd-text", "--font-render-hinting=none",
)  # fmt: skip
SOMEWHERE = "http://127.0.0.1:8000"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ROLES = (
    "quality-engineer", "laboratory", "calibration", "certifier", "standards", "accreditation", "regulator", "chain-lead", "bank",
    "operator",
)  # fmt: skip


class StandingClock:
    """Takes the place of `datetime` where the project asks for the present instant: it is set, and does not run."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)

    def now(self, zone: tzinfo) -> datetime:
        return self.at.astimezone(zone)


@dataclass
class Stand:
    """The station that is served."""

    address: str
    folder: Path
    clock: StandingClock
    accounts: dict[str, str]
    """Role → account."""
    routes: tuple[Any, ...]
    """What the pages of the station are answered by."""

    @property
    def mark(self) -> str:
        """The address of a mark that was issued, on this station."""
        return urlsplit(marks(self.folder.parent)[PACK]).path

    @contextmanager
    def opened(self) -> Iterator[Station]:
        """The station for a moment beside its server."""
        with Station(self.folder) as station:
            yield station


@contextmanager
def stand(place: Path) -> Iterator[Stand]:
    """A new example station, served."""
    with stands(place) as another:
        yield another("one")


@contextmanager
def stands(place: Path, prepared: Callable[[Path], str] = lambda _: "") -> Iterator[Callable[[str], Stand]]:
    """Makes stations that are alike: each name gets a copy of the example that is served.

    `prepared` lays files into the folder of a station and returns what its settings say besides.
    """
    example, folder, accounts = _built()
    clock = StandingClock()
    clock.at = clock.at.replace(hour=9)
    with pytest.MonkeyPatch.context() as patch, quick_keys(), ExitStack() as serving:
        patch.delenv("OPENQI_PASSPHRASE", raising=False)
        patch.setattr(world, "datetime", clock)
        routes: list[Any] = []
        named = server.route_templates

        def noting(*applications: Any) -> dict[int, str]:
            routes[:] = [route for one in applications[:2] for route in one.routes if hasattr(route, "endpoint")]
            return named(*applications)

        patch.setattr(server, "route_templates", noting)

        def another(name: str) -> Stand:
            own = place / name
            shutil.copytree(example, own)
            listening = serving.enter_context(socket.socket())
            listening.bind(("127.0.0.1", 0))
            address = f"http://127.0.0.1:{listening.getsockname()[1]}"
            here = own / folder.relative_to(example)
            told = (here / FILE).read_text(encoding="utf-8").replace(SOMEWHERE, address)
            (here / FILE).write_text(told + "\n[limits]\nrequests_per_minute = 100000\n" + prepared(here), encoding="utf-8")
            serving.enter_context(served_pages.serving(server.station_application(here), listening=listening))
            return Stand(address, here, clock, accounts, tuple(routes))

        yield another


@cache
def _built() -> tuple[Path, Path, dict[str, str]]:
    """The example with its station, made once a process; the station's folder; role → account. Nobody opens it any more."""
    clock = StandingClock()
    example = Path(tempfile.mkdtemp(prefix="openqi-stand-"))
    atexit.register(shutil.rmtree, example, ignore_errors=True)
    workspace = example / "storage-battery"
    with pytest.MonkeyPatch.context() as patch, quick_keys():
        patch.delenv("OPENQI_PASSPHRASE", raising=False)
        patch.setattr(world, "datetime", clock)
        shutil.copytree(EXAMPLE, workspace, ignore=shutil.ignore_patterns(".openqi", "site"))
        (workspace / PRIVATE).mkdir()
        (workspace / PRIVATE / "passphrase").write_text(PASSPHRASE + "\n", encoding="utf-8")
        build(workspace, passphrase=lambda _: PASSPHRASE)
        folder = demo_station(workspace, SOMEWHERE)
        clock.at = clock.at.replace(hour=9)
        with Station(folder) as station:
            found = station.people.sessions.beginning("demo-")
    return example, folder, {login.removeprefix("demo-"): account for account, login, _ in found}
