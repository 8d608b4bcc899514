"""`openqi mark scan`: what scans show, out of files or as they were kept, and what of them is forgotten."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.mark_words import sentence, term, terms
from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output

if TYPE_CHECKING:
    from datetime import datetime

    from openqi.app.scans.told import Asked, Scored, Told, Usual
    from openqi.science.signals.places import Place

_SHOWN = 20


@click.group()
def scan() -> None:
    """Look at scans: what they show, is kept, is forgotten."""


@scan.command()
@click.argument("scans", type=PATH)
@click.option("--places", type=PATH, required=True, help="Table of places: name, latitude, longitude, reach (km), market.")
@click.option("--honest", type=PATH, metavar="FILE", help="Table of serials known to be honest, or of moves and serials.")
@click.option("--units", type=PATH, metavar="FILE", help="Table of what is known of serials: serial, begins, ends, market.")
@click.option("--market", "markets", multiple=True, help="Market in which the goods may be sold; or several.")
@click.option("--fdr", type=float, default=0.05, help="Share of those named that may be named in vain; by default 0.05.")
@click.option("--most-serials", type=click.IntRange(min=0), default=50, help="That one device may scan in a day; by default 50.")
@click.option("--most", type=click.IntRange(min=1), default=1000, help="Serials that are told; by default 1000.")
@answering
def score(
    out: Output, scans: Path, places: Path, honest: Path | None, units: Path | None, markets: tuple[str, ...], fdr: float,
    most_serials: int, most: int,
) -> None:  # fmt: skip
    """Say which serials were scanned as no single label can be.

    SCANS is a table (CSV or Parquet): serial, at, place, device; or a ledger folder beside which scans are kept.
    """
    from openqi.app.scans.answers import scored_json
    from openqi.app.scans.files import known_in, scans_in, usual_in, usual_of_marks
    from openqi.app.scans.places import read_places
    from openqi.app.scans.scoring import scored
    from openqi.app.scans.told import Asked, Known, Usual

    asked = Asked(fdr=fdr, most_serials=most_serials, most=most)
    towns = read_places(places)
    if scans.is_dir():
        if units is not None or markets:
            raise click.UsageError("--units and --market go with a table; of a ledger its licences and states say both")
        usual = Usual() if honest is None else usual_of_marks(honest)
        found = _of_ledger(scans, towns, usual, asked)
    else:
        usual = Usual() if honest is None else usual_in(honest)
        known = Known(everywhere=frozenset(markets)) if units is None else known_in(units, markets)
        found = scored(scans_in(scans, towns), towns, usual=usual, known=known, asked=asked)
    out.answer(scored_json(found, fdr=fdr, usual=usual.source), _lines(out, found, fdr), finding=bool(found.named))


def _of_ledger(ledger: Path, towns: "tuple[Place, ...]", usual: "Usual", asked: "Asked") -> "Scored":
    from dataclasses import replace

    from openqi.app.folder import ledger_folder, now
    from openqi.app.scans.board import signals
    from openqi.app.scans.kept import COARSE
    from openqi.kernel.errors import NotFoundError

    with ledger_folder(ledger).reading() as store:
        coarse = replace(asked, coarse=COARSE)
        found = signals(ledger, store, towns, of=None, usual=usual, asked=coarse, now=now()).found
    if found is None:
        raise NotFoundError(f"no scan of a mark of {ledger} is kept in these places yet")
    return found


@scan.command()
@click.argument("ledger", type=PATH)
@answering
def kept(out: Output, ledger: Path) -> None:
    """Show how many scans are kept beside a ledger, since when, and in how many places."""
    from contextlib import closing

    from openqi.app.scans.answers import instant_of
    from openqi.app.scans.kept import scan_log_of

    with closing(scan_log_of(ledger)) as log:
        found = log.summary()
    ends = [None if one is None else instant_of(one) for one in (found.oldest, found.newest)]
    data = {
        "scans": found.scans, "marks": found.marks, "places": found.places, "devices": found.devices,
        "unknownDevices": found.unknown, "oldest": ends[0], "newest": ends[1],
    }  # fmt: skip
    rows: list[tuple[str, object]] = [
        ("kept scans", f"{found.scans:,}"), ("marks", f"{found.marks:,}"), ("places", found.places),
        ("known devices", f"{found.devices:,}"), ("by unknown devices", f"{found.unknown:,}"),
        ("oldest", ends[0] or "-"), ("newest", ends[1] or "-"),
    ]  # fmt: skip
    out.answer(data, out.pairs([(term(name, out.language), value) for name, value in rows]))


@scan.command()
@click.argument("ledger", type=PATH)
@click.option("--mark", help="Forget the scans of this mark.")
@click.option("--device", help="Forget the scans of the device with this cookie, of this month.")
@click.option("--before", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Forget every scan before this day, UTC.")
@answering
def forget(out: Output, ledger: Path, mark: str | None, device: str | None, before: "datetime | None") -> None:
    """Erase kept scans of a mark, of a device, or before a day."""
    from contextlib import closing
    from datetime import UTC

    from openqi.app.folder import now
    from openqi.app.scans.keeping import token_of
    from openqi.app.scans.kept import scan_log_of
    from openqi.formats.digital_link import check_mark, mark_hash

    if sum(one is not None for one in (mark, device, before)) != 1:
        raise click.UsageError("name one of --mark, --device and --before")
    with closing(scan_log_of(ledger)) as log:
        if mark is not None:
            gone = log.forget_mark(mark_hash(check_mark(mark)))
        elif before is not None:
            gone = log.forget_before(int(before.replace(tzinfo=UTC).timestamp()))
        else:
            gone = log.forget_device(token_of(log, (device or "").encode(), now()))
    out.answer({"forgotten": gone}, out.pairs([(term("forgotten", out.language), f"{gone:,}")]))


def _lines(out: Output, found: "Scored", fdr: float) -> Iterator[str]:
    outside, early, late = found.facts
    rows: list[tuple[str, object]] = [
        ("scans", f"{found.scans:,}"), ("serials", f"{found.serials:,}"), ("left out", f"{found.left_out:,}"),
        ("by unknown devices", f"{found.unknown:,}"), ("on two labels at least", f"{found.two_labels:,}"),
        ("outside the market", f"{outside:,}"), ("before use", f"{early:,}"), ("after the end", f"{late:,}"),
        ("honest serials", f"{found.usual:,}"), ("named", f"{found.named:,}"),
    ]  # fmt: skip
    yield from out.pairs([(term(name, out.language), value) for name, value in rows])
    if found.told:
        yield ""
        head = ("serial", "named", "moves", "labels", "p", "scans", "outside the market", "before use", "after the end")
        yield from out.columns([terms(head, out.language), *(_row(out, one) for one in found.told[:_SHOWN])])
        if len(found.told) > _SHOWN:
            yield f"… {len(found.told) - _SHOWN}"
    yield ""
    if not found.usual:
        yield sentence("no-reference", out.language)
    elif found.alarms is not None:
        values = {"moves": found.alarms.threshold, "rate": found.alarms.rate, "upper": found.alarms.upper, "fdr": fdr}
        yield sentence("named", out.language, **values)
    yield sentence("facts-only", out.language)


def _row(out: Output, one: "Told") -> tuple[str, ...]:
    told: tuple[Any, ...] = (one.moves, one.labels, "-" if one.p is None else f"{one.p:.2g}", one.scans, one.outside, one.early)
    return (one.serial, out.word("yes" if one.named else "no"), *map(str, told), str(one.late))
