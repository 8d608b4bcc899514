"""The server of a workspace or ledger: scans as JSON in front, pages and REST behind, one process on one folder."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from time import monotonic

from openqi.app.cases import REPORTS, CaseDesk, Intake, LedgerDesk
from openqi.app.files import read_file
from openqi.app.marks import INDEX, reading_marks
from openqi.app.operation.health import Health
from openqi.app.operation.journal import Journal
from openqi.app.operation.measures import Measures
from openqi.app.people.security import journal_salt
from openqi.app.reading.reader import Reader
from openqi.app.same_sender import SameSender
from openqi.app.scans.keeping import Keeping
from openqi.app.scans.kept import SCAN_LOG
from openqi.app.scans.places import read_places
from openqi.app.settings import is_station
from openqi.app.station.station import Station
from openqi.app.work.telling.beside import Beside
from openqi.app.work.telling.letters import Letters
from openqi.interfaces.rest.app import rest_application
from openqi.interfaces.rest.station.routers import station_routers
from openqi.interfaces.web.app import PageApp, dispatching
from openqi.interfaces.web.kept_scans import Kept
from openqi.interfaces.web.limits import RateLimit, RequestLimit
from openqi.interfaces.web.pages import Pages
from openqi.interfaces.web.reporting import Reporting
from openqi.interfaces.web.scan import Application, scan_app
from openqi.interfaces.web.station.act_words import ActWords
from openqi.interfaces.web.station.acts import new_token
from openqi.interfaces.web.station.app import StationApp, station_seats
from openqi.interfaces.web.station.frame import Frame
from openqi.interfaces.web.station.gate import Gate, bounds_of, strict
from openqi.interfaces.web.watched import Watched, route_templates
from openqi.interfaces.web.words import PageWords
from openqi.store.marks import MarkIndex
from openqi.store.reports import Reports
from openqi.store.scan_log import ScanLog


def application(folder: Path, *, case_desk: CaseDesk | None = None, bases: tuple[str, ...] = ()) -> Application:
    """Return the ASGI application of a workspace that was built, or of a ledger folder; it closes its files with the lifespan.

    Args:
        folder: workspace or ledger folder.
        case_desk: seals the cases that people report; None where no key is at hand, then reports are only kept.
        bases: under which marks were issued; for a workspace its own.

    Raises:
        NotFoundError, FormatError: there is no such folder, or it was not built.
        StoreError: its store cannot be opened.
    """
    with ExitStack() as opening:
        reader = opening.enter_context(Reader(folder, bases=bases, publishing=False))
        reports = Reports(reader.ledger / REPORTS)
        opening.callback(reports.close)
        reporting = _reporting(reports, case_desk)
        pages, rest = PageApp(reader, reporting), rest_application(reader)
        # Scans as JSON are counted in the event loop, pages in threads: each has its own counter on the one file.
        marks = opening.enter_context(reading_marks(reader.ledger)) if reader.bases else None
        closing = opening.pop_all()
    behind = dispatching(pages, rest, start=_beating(reader, Journal(os.urandom(16))), stop=closing.close)
    return behind if marks is None else scan_app(marks, bases=reader.bases, fallback=behind)


def station_application(folder: Path) -> Application:
    """Return the ASGI application of a station; it closes everything with the lifespan.

    Raises:
        NotFoundError, FormatError, RefusedError: no station, or its keys do not open.
        StoreError: ledger or desk cannot be opened.
    """
    with ExitStack() as opening:
        station = opening.enter_context(Station(folder))
        reader = station.reader
        reports = Reports(reader.ledger / REPORTS)
        opening.callback(reports.close)
        index = MarkIndex(reader.ledger / INDEX, origin=reader.origin)
        opening.callback(index.close)
        cases = LedgerDesk(station.ledger, station.operator, index, reports)
        pages = Pages(reader.steady(), station=station.settings.name)
        frame = Frame(pages, station.people, station.settings)
        reporting = _reporting(reports, cases)
        kept = _kept(station)
        if kept is not None:
            opening.callback(kept.keeping.close)
        public = PageApp(reader, reporting, seats=station_seats(frame, reader), kept=kept)
        most = RequestLimit(clock=monotonic, salt=os.urandom(16), per_minute=station.settings.limits.requests_per_minute)
        bounds = bounds_of(station.settings, reader.bases)
        signed_in = StationApp(station, public, frame)
        rest = rest_application(reader, more=station_routers(station, ActWords(), token=new_token))
        marks = opening.enter_context(reading_marks(reader.ledger)) if reader.bases else None
        letters = Letters(station.desk, station.settings, folder, PageWords(), station.clock)
        notices = partial(station.notices.fill, station.webhooks.follow)
        journal = Journal(journal_salt(station.secret))
        steps = (station.search.fill, notices, letters.write, letters.send, station.webhooks.send, station.retention.beat)
        beside = Beside(steps, journal.step_failed)
        opening.callback(beside.stop)
        closing = opening.pop_all()
    beside.start()
    pages_gate, rest_gate = Gate(signed_in, bounds, most, monotonic), Gate(rest, bounds, most, monotonic, rest=True)
    forget = () if kept is None else (kept.keeping.forget,)
    behind = dispatching(pages_gate, rest_gate, start=_beating(reader, journal, *forget), stop=closing.close)
    whole = behind if marks is None else scan_app(marks, bases=reader.bases, fallback=behind, keeping=kept)
    return _watched(station, strict(whole, secure=station.settings.secure), route_templates(signed_in, public, rest), journal)


def _reporting(reports: Reports, desk: CaseDesk | None) -> Reporting:
    """Takes problems in; who sent them is told apart in memory alone, under chance that ends with the process."""
    same = SameSender(clock=monotonic, salt=os.urandom(16))
    return Reporting(
        intake=Intake(reports=reports, desk=desk, same=same), limit=RateLimit(clock=monotonic, salt=os.urandom(16), most=8)
    )


def _kept(station: Station) -> Kept | None:
    """Where the scans of a station's marks are kept, if its settings name places; in one file for all its processes."""
    settings = station.settings.scans
    if not settings.places or not station.reader.bases:
        return None
    places = read_places(station.folder / settings.places)
    log = ScanLog(station.reader.ledger / SCAN_LOG)
    names = [one.name for one in places]
    keeping = Keeping(log, names, days=settings.days, clock=station.clock, chance=station.chance)
    return Kept(keeping, settings.place_header.encode())


def _beating(reader: Reader, journal: Journal, *more: Callable[[], object]) -> Callable[[], object]:
    """What a server does every second; a fault in it is noted and does not end it."""
    return Beside((reader.beat, *more), journal.step_failed, pause=1.0).once


def _watched(station: Station, app: Application, templates: dict[int, str], journal: Journal) -> Watched:
    settings = station.settings.operation
    token = ""
    if settings.metrics_token_file:
        token = read_file(station.folder / settings.metrics_token_file, 10_000).decode("utf-8").split("\n")[0].strip()
    health = Health(station.ledger.store, station.desk, station.ledger_path, settings, station.clock)
    measures = Measures(health)
    return Watched(app, templates=templates, health=health, journal=journal, measures=measures, token=token, chance=station.chance)


def serve(
    folder: Path,
    host: str,
    port: int,
    *,
    case_desk: CaseDesk | None = None,
    bases: tuple[str, ...] = (),
    workers: int = 1,
    started: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve a station, workspace or ledger until the process is told to stop.

    Args:
        folder: station, workspace or ledger folder.
        host, port: where to listen; behind a proxy that ends TLS as a rule `127.0.0.1`.
        case_desk, bases: as for `application`.
        workers: how many processes serve a station; of anything else one.
        started: told the address once the server listens.

    Raises:
        NotFoundError, FormatError, StoreError: as `application`.
        OSError: the address cannot be listened on.
    """
    import uvicorn  # only a server needs it

    if is_station(folder):
        from openqi.interfaces.web.workers import serve_station

        serve_station(folder, host, port, make=station_application, workers=workers, started=started)
        return
    app = application(folder, case_desk=case_desk, bases=bases)

    class Server(uvicorn.Server):
        """Says when it listens."""

        async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
            await super().startup(sockets)  # type: ignore[arg-type]
            if self.started:
                listening = self.servers[0].sockets[0].getsockname()[1]  # port 0 asks the system for a free one
                started(f"http://{host}:{listening}/")

    config = uvicorn.Config(app, host=host, port=port, lifespan="on", log_level="warning", server_header=False, access_log=False)
    Server(config).run()
