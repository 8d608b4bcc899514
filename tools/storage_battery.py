"""Writes the simulated input files of the storage battery example, always the same bytes: `python -m tools.storage_battery`.

The readings in `type-test/` are real and not made here. Only integers and SHA-256 are used: any Python gives the same files.
"""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).resolve().parent.parent / "examples" / "storage-battery"

# All capacities are whole numbers of 0.0001 A.h, the last digit of the instrument.
SEED: Final = 20260323
CELLS: Final = 650
MEAN: Final = 20125
STANDARD_DEVIATION: Final = 40
LIMIT: Final = 20000
MARGIN: Final = 20  # what the integrator asks for above the limit, so that it need not know U

CHANNELS: Final = 64
FIRST_DISCHARGE: Final = datetime(2026, 3, 23, 7, 12, tzinfo=UTC)
ROUND: Final = timedelta(hours=8)  # charge, rest, discharge

CELLS_A_MODULE: Final = 16
MODULES_A_PACK: Final = 4
PACKS_A_CONTAINER: Final = 5
PACKS: Final = 10

CONTEXT: Final = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
INTEGRATOR: Final = "https://integrator.example"
WORKS: Final = f"{INTEGRATOR}/site/works"
SITES: Final = ("https://sites.example/site/north", "https://sites.example/site/south")
SPARES: Final = "https://sites.example/depot/spares"
ASSEMBLED_FROM: Final = datetime(2026, 3, 31, 0, tzinfo=UTC)
SHIPPED: Final = datetime(2026, 4, 13, 1, tzinfo=UTC)
REMOVED: Final = datetime(2026, 5, 11, 2, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)

Event = dict[str, Any]


def cells() -> list[str]:
    """Return the production numbers of the lot."""
    return [f"A26-{number:05}" for number in range(1, CELLS + 1)]


def deviation(cell: str) -> int:
    """Return a normal deviate of a cell in units of 1/65536: the sum of twelve uniform numbers less its mean.

    The uniform numbers are the first twelve pairs of bytes of SHA-256 over "20260323 A26-00001", big-endian, 0 to 65535. Their sum
    has the mean 12 * 65535 / 2 = 393210 and the variance 12 * (65536^2 - 1) / 12, so one standard deviation is 65536.
    """
    digest = sha256(f"{SEED} {cell}".encode("ascii")).digest()
    return sum(int.from_bytes(digest[place : place + 2], "big") for place in range(0, 24, 2)) - 393210


def capacity(cell: str) -> int:
    """Return the indicated capacity of a cell in 0.0001 A.h, rounded half up."""
    return MEAN + (2 * STANDARD_DEVIATION * deviation(cell) + 65536) // 131072


def decimal_text(ten_thousandths: int) -> str:
    """Return a capacity in A.h with its four decimals."""
    return f"{ten_thousandths // 10000}.{ten_thousandths % 10000:04}"


def instant(moment: datetime) -> str:
    """Return an instant as the files write it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a CSV file with line feeds."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def measured() -> list[tuple[str, str, str, str]]:
    """Return the rows of the line: cell, capacity, end of discharge, channel.

    A cell of C A.h is empty after C / 2 A, so that the time column agrees with the capacity.
    """
    rows = []
    for place, cell in enumerate(cells()):
        turn, channel = divmod(place, CHANNELS)
        value = capacity(cell)
        end = FIRST_DISCHARGE + turn * ROUND + timedelta(seconds=value * 3600 // 20000)
        rows.append((cell, decimal_text(value), instant(end), f"3号柜-{channel + 1:02}"))
    return rows


def fit_for_packs() -> list[str]:
    """Return the cells that are built in: the first that keep their margin above the limit as indicated, whole packs of them."""
    fit = [cell for cell in cells() if capacity(cell) - MARGIN >= LIMIT]
    size = CELLS_A_MODULE * MODULES_A_PACK
    return fit[: min(PACKS, len(fit) // size) * size]


def modules() -> dict[str, list[str]]:
    """Return the cells of each module, in the order of assembly."""
    return _grouped("M-2026-{:03}", fit_for_packs(), CELLS_A_MODULE)


def packs() -> dict[str, list[str]]:
    """Return the modules of each pack."""
    return _grouped("P-2026-{:03}", list(modules()), MODULES_A_PACK)


def containers() -> dict[str, list[str]]:
    """Return the packs of each container as it left the works."""
    return _grouped("C-{:02}", list(packs()), PACKS_A_CONTAINER)


def _grouped(name: str, members: list[str], size: int) -> dict[str, list[str]]:
    starts = range(0, len(members), size)
    return {name.format(number): members[start : start + size] for number, start in enumerate(starts, start=1)}


def cell_uri(cell: str) -> str:
    """Return the URI of a cell."""
    return f"https://maker.example/cell/{cell}"


def built_uri(level: str, name: str) -> str:
    """Return the URI of a module, pack or container."""
    return f"{INTEGRATOR}/{level}/{name}"


def event(kind: str, at: datetime, action: str, step: str, disposition: str, place: str, **more: object) -> Event:
    """Return an EPCIS event that was read at a place; what else it states follows."""
    return {
        "type": kind,
        "eventTime": instant(at),
        "eventTimeZoneOffset": "+08:00",
        "action": action,
        "bizStep": step,
        "disposition": disposition,
        "readPoint": {"id": place},
        **more,
    }


def at_place(place: str) -> dict[str, object]:
    """Return where the things of an event are from then on."""
    return {"bizLocation": {"id": place}}


def put_together(at: datetime, parent: str, children: list[str]) -> Event:
    """Return the event of building children into a parent at the works."""
    content = {**at_place(WORKS), "parentID": parent, "childEPCs": children}
    return event("AggregationEvent", at, "ADD", "assembling", "in_progress", WORKS, **content)


def shipped(at: datetime, thing: str, origin: str, goal: str) -> Event:
    """Return the event of sending a thing; while it is under way it has no location."""
    goals = [{"type": "location", "destination": goal}]
    return event("ObjectEvent", at, "OBSERVE", "shipping", "in_transit", origin, epcList=[thing], destinationList=goals)


def seen(at: datetime, thing: str, step: str, disposition: str, place: str) -> Event:
    """Return the event of a thing that arrives or is set up at a place and stays there."""
    return event("ObjectEvent", at, "OBSERVE", step, disposition, place, **at_place(place), epcList=[thing])


def assembly() -> list[Event]:
    """Return one event an hour: cells into modules, modules into packs, packs into containers."""
    parts = [(built_uri("module", name), list(map(cell_uri, children))) for name, children in modules().items()]
    for level, below, groups in (("pack", "module", packs()), ("container", "pack", containers())):
        parts += [(built_uri(level, name), [built_uri(below, child) for child in children]) for name, children in groups.items()]
    return [put_together(ASSEMBLED_FROM + hour * HOUR, parent, children) for hour, (parent, children) in enumerate(parts)]


def delivery() -> list[Event]:
    """Return the way of each container to its site, and of the spare pack out of the last container to the depot."""
    events = []
    for days, (name, site) in enumerate(zip(containers(), SITES, strict=True)):
        thing, start = built_uri("container", name), SHIPPED + days * DAY
        events += [
            shipped(start, thing, WORKS, site),
            seen(start + 3 * DAY, thing, "receiving", "in_progress", site),
            seen(start + 7 * DAY, thing, "installing", "active", site),
        ]
    container, inside = list(containers().items())[-1]
    spare, site = built_uri("pack", inside[2]), SITES[-1]
    out = {**at_place(site), "parentID": built_uri("container", container), "childEPCs": [spare]}
    events += [
        event("AggregationEvent", REMOVED, "DELETE", "removing", "inactive", site, **out),
        shipped(REMOVED + HOUR, spare, site, SPARES),
        seen(REMOVED + 2 * DAY, spare, "receiving", "available", SPARES),
    ]
    return sorted(events, key=lambda one: str(one["eventTime"]))


def document(name: str, events: list[Event]) -> bytes:
    """Return an EPCIS 2.0 document, made an hour after its last event."""
    last = datetime.fromisoformat(max(str(one["eventTime"]) for one in events))
    whole = {
        "@context": [CONTEXT],
        "id": f"{INTEGRATOR}/document/{name}",
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": instant(last + HOUR),
        "epcisBody": {"eventList": events},
    }
    return (json.dumps(whole, indent=1) + "\n").encode()


def files() -> dict[str, bytes]:
    """Return the bytes of each file by its path below the example."""
    rows = [(pack, container) for container, inside in containers().items() for pack in inside]
    return {
        "lot/cells.csv": table(["cell"], [(cell,) for cell in cells()]).encode(),
        "lot/capacity.csv": table(["电芯编号", "放电容量", "完成时间", "通道"], measured()).encode("gb18030"),
        "marks/packs.csv": table(["pack", "container"], rows).encode(),
        "events/assembly.jsonld": document("assembly", assembly()),
        "events/delivery.jsonld": document("delivery", delivery()),
    }


def main() -> None:
    """Write the files."""
    for path, content in files().items():
        (FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / path).write_bytes(content)


if __name__ == "__main__":
    main()
