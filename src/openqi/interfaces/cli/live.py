"""`openqi watch --live`: its options, the signals that end it, and what it prints while it goes on."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from openqi.interfaces.cli.options import PATH
from openqi.interfaces.cli.output import FINDING, Output, complain, json_text, visible, write

if TYPE_CHECKING:
    from openqi.app.watching.live.arriving import Source
    from openqi.app.watching.live.frames import Position
    from openqi.app.watching.live.settings import Folder
    from openqi.science.charts.rules.rule import RuleSet

_OPTIONS: Final = ("live", "stream_by", "times", "segment", "alarms_topic", "login", "broker_ca")


def with_live(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of watching live, and `live` as a mapping of them; None where one does not watch live."""

    @click.option(
        "--live", metavar="SOURCE", help="Instead of READINGS: mqtt://HOST:PORT/TOPIC-FILTER, mqtts://…, FILE.csv, FOLDER."
    )
    @click.option(
        "--stream-by", type=click.Choice(["topic", "field"]), help="A stream is called by its topic (default) or a field."
    )
    @click.option("--times", type=click.Choice(["timestamps", "numbers"]), help="Times are RFC 3339 (default) or whole numbers.")
    @click.option(
        "--segment", type=click.FloatRange(min=1), metavar="SECONDS", help="A file of readings so often; by default 3600."
    )
    @click.option("--alarms-topic", metavar="TOPIC", help="Publish alarms there too, at the broker that readings come from.")
    @click.option(
        "--login", type=PATH, help="File with user and password in two lines; else OPENQI_MQTT_USER, OPENQI_MQTT_PASSWORD."
    )
    @click.option("--broker-ca", type=PATH, help="Certificates (PEM) that are believed with mqtts://; else those of the system.")
    @wraps(command)
    def with_them(*args: Any, **options: Any) -> None:
        given = {name: options.pop(name) for name in _OPTIONS}
        if given["live"] is None and (named := [name for name in _OPTIONS if given[name] is not None]):
            raise click.UsageError(f"--{named[0].replace('_', '-')} belongs to --live")
        command(*args, live=None if given["live"] is None else given, **options)

    return with_them


def watched_live(out: Output, live: dict[str, Any], *, baseline: Path, rules: "RuleSet", folder: Path) -> None:
    """Watch until a signal ends it; alarms are printed as they occur.

    Args:
        out: how to print.
        live: the options.
        baseline: file of limits.
        rules: that are watched.
        folder: of all that is kept.
    """
    from time import monotonic, time

    from openqi.app.watching.live.service import AskedLive, World, watch_live
    from openqi.formats.live_reading import TIMESTAMPS, WHOLE

    clock = WHOLE if live["times"] == "numbers" else TIMESTAMPS
    origin, opened = _source(live, clock)
    asked = AskedLive(
        out=folder, baseline=baseline, rules=rules, clock=clock, origin=origin, segment=live["segment"] or 3_600.0,
    )  # fmt: skip

    def tell(said: dict[str, Any]) -> None:
        numbers = " ".join(map(str, said["rules"]))
        shown = f"{said['time']}  {said['stream']}  {said['value']}  {out.word('breaks rules')} {numbers}"
        write([json_text(said) if out.as_json else visible(shown)])

    with _until_signalled() as stopping:
        world = World(opened=opened, tell=tell, complain=complain, stopping=stopping, now=time, steady=monotonic)
        done = watch_live(asked, world)
    aside = ", ".join(f"{name} {count}" for name, count in done["setAside"].items()) or "-"
    lines = out.pairs([
        ("readings so far", f"{done['readings']:,}"), ("duplicates", f"{done['duplicates']:,}"), ("set aside", aside),
        ("violations so far", f"{done['violations']:,}"), ("results", folder),
    ])  # fmt: skip
    write([json_text({"stopped": True, **done})] if out.as_json else [visible(line) for line in lines])
    if done["violationsNow"]:
        raise click.exceptions.Exit(FINDING)


def _source(live: dict[str, Any], clock: str) -> "tuple[str, Callable[[Folder, Position | None], Source]]":
    """Where readings come from: in words that stay the same, and how it is opened."""
    from time import monotonic

    from openqi.app.watching.live import address as named
    from openqi.app.watching.live.broker import Broker, BrokerAsked
    from openqi.app.watching.live.tail import Tail

    if not named.is_broker(live["live"]):
        if unwanted := [name for name in ("stream_by", "alarms_topic", "login", "broker_ca") if live[name] is not None]:
            raise click.UsageError(f"--{unwanted[0].replace('_', '-')} belongs to a broker")
        place = Path(live["live"])
        return f"csv {place.absolute()}", lambda _, position: Tail(place, position, clock, complain)
    address = named.broker_address(live["live"])
    if live["broker_ca"] is not None and not address.tls:
        raise click.UsageError("--broker-ca belongs to mqtts://")
    alarms = None if live["alarms_topic"] is None else named.topic_of(live["alarms_topic"])
    asked = BrokerAsked(
        address=address, login=named.login(live["login"], os.environ, address), authority=live["broker_ca"], clock=clock,
        by_topic=live["stream_by"] != "field", alarms=alarms,
    )  # fmt: skip
    return f"mqtt {address.topics}", lambda folder, _: Broker(asked, folder, complain, monotonic)


@contextmanager
def _until_signalled() -> Iterator[Callable[[], bool]]:
    """Whether a signal to end has come; a second one ends at once."""
    came: list[int] = []

    def note(number: int, _: object) -> None:
        if came:
            sys.exit(128 + number)
        came.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield lambda: bool(came)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
