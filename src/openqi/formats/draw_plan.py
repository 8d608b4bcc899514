"""plan.yaml of a draw: its purpose, how each stratum is drawn, which randomness is used, and how often anybody is visited."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Final, ParamSpec, TypeVar

from openqi.formats.document import Node, parse_yaml
from openqi.kernel.errors import FormatError, OpenQIError
from openqi.kernel.instant import format_instant, parse_instant
from openqi.science.draws.exclusions import FrequencyCap
from openqi.science.draws.foreign.drand import NETWORKS
from openqi.science.draws.plan import Plan, StratumRule

P = ParamSpec("P")
R = TypeVar("R")
BEACON: Final = "drand "
"""With this begins the name of a source that is a network of drand; its event is the number of a round."""
_PERCENT: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*[%％]")
_PART: Final = re.compile(r"([0-9]+)\s*/\s*([0-9]+)")
_DECIMAL: Final = re.compile(r"[01](?:\.[0-9]{1,30})?")


@dataclass(frozen=True, kw_only=True, slots=True)
class StatedSource:
    """Randomness that will be used: whose, which event, and before which instant nobody can know it."""

    source: str
    event: str
    not_before: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StatedPlan:
    """What a plan file says.

    Args:
        plan: purpose and rules; a rule of the stratum `*` holds for all that have none of their own.
        sources: of randomness, in the order in which they are mixed.
        caps: of visits, by class.
        day: from which past visits are counted back; None where nothing is capped.
    """

    plan: Plan
    sources: tuple[StatedSource, ...]
    caps: Mapping[str, FrequencyCap]
    day: date | None


EVERY: Final = "*"
"""Names all strata that have no rule of their own."""


def read_draw_plan(data: bytes, *, name: str) -> StatedPlan:
    """Return what a plan file says.

    Args:
        data: YAML in UTF-8.
        name: of the file, for messages.

    Raises:
        FormatError: not such a file; names file and line.
    """
    root = parse_yaml(data, name=name)
    if root.kind != "mapping":
        raise root.error("a plan has the members purpose, strata and sources, and perhaps frequency")
    root.allow({"purpose", "strata", "sources", "frequency"})
    rules = tuple(_rule(node) for node in root.need("strata").elements())
    sources = tuple(_source(node) for node in root.need("sources").elements())
    frequency = root.get("frequency")
    caps, day = ({}, None) if frequency is None else _frequency(frequency)
    return StatedPlan(plan=Plan(purpose=root.need("purpose").text(), rules=rules), sources=sources, caps=caps, day=day)


def part(text: str) -> Fraction:
    """Return a part of a whole, exactly: `5 %`, `1/20` or `0.05`.

    Raises:
        FormatError: none of these.
    """
    if found := _PERCENT.fullmatch(text.strip()):
        return Fraction(found[1]) / 100
    if (found := _PART.fullmatch(text.strip())) and int(found[2]):
        return Fraction(int(found[1]), int(found[2]))
    if _DECIMAL.fullmatch(text.strip()):
        return Fraction(text.strip())
    raise FormatError(f"{text[:40]!r} is no part of a whole; write 5 %, 1/20 or 0.05")


def stated_source(source: str, event: str, not_before: str | None) -> StatedSource:
    """Return a source with its instant; that of a known network of drand may be left out, as its rounds have their seconds.

    Raises:
        FormatError: no instant and none is known, not an instant, another one than that of a round, or a beacon that is not known.
    """
    known = None
    if source.startswith(BEACON):
        if not re.fullmatch(r"[1-9][0-9]{0,11}", event):
            raise FormatError(f"{source}: the event {event[:40]!r} is no round; write its number")
        network = NETWORKS.get(source.removeprefix(BEACON))
        if network is None:
            known_ones = ", ".join(BEACON + one for one in NETWORKS)
            raise FormatError(f"{source} is no beacon whose rounds come at known times; there are {known_ones}")
        known = format_instant(datetime.fromtimestamp(network.seconds_of(int(event)), UTC))
    if not_before is None:
        if known is None:
            raise FormatError(f"{source}, {event}: say before which instant nobody can know it, as 2026-12-01T13:15:00Z")
        return StatedSource(source=source, event=event, not_before=known)
    parse_instant(not_before)
    if known is not None and not_before != known:
        raise FormatError(f"{source}, round {event} comes at {known}, not at {not_before}; say when it comes, or leave it out")
    return StatedSource(source=source, event=event, not_before=not_before)


def _within(node: Node, read: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
    """What a function makes of arguments; its errors tell the place."""
    try:
        return read(*arguments, **named)
    except OpenQIError as error:
        raise node.error(str(error)) from error


def _rule(node: Node) -> StratumRule:
    node.allow({"stratum", "design", "size", "ratio", "floors", "caps"})
    size, ratio, stratum = node.get("size"), node.get("ratio"), node.get("stratum")
    return StratumRule(
        stratum=EVERY if stratum is None else stratum.text(),
        design=node.need("design").text(),
        size=None if size is None else _count(size),
        ratio=None if ratio is None else _part(ratio),
        floors=_bounds(node.get("floors")),
        caps=_bounds(node.get("caps")),
    )


def _bounds(node: Node | None) -> tuple[tuple[str, Fraction], ...]:
    return () if node is None else tuple((name, _part(one)) for name, one in node.items())


def _part(node: Node) -> Fraction:
    return _within(node, part, node.text())


def _count(node: Node) -> int:
    if not re.fullmatch(r"0|[1-9][0-9]{0,8}", node.text()):
        raise node.error(f"{node.text()[:40]!r} is no number of objects; write a whole number")
    return int(node.text())


def _source(node: Node) -> StatedSource:
    node.allow({"source", "event", "not_before"})
    instant = node.get("not_before")
    return _within(
        node, stated_source, node.need("source").text(), node.need("event").text(), None if instant is None else instant.text()
    )


def _frequency(node: Node) -> tuple[Mapping[str, FrequencyCap], date]:
    node.allow({"day", "caps"})
    caps: dict[str, FrequencyCap] = {}
    for name, one in node.need("caps").items():
        one.allow({"at_most", "period", "apart"})
        apart = one.get("apart")
        caps[name] = FrequencyCap(
            at_most=_count(one.need("at_most")), period=_count(one.need("period")), apart=0 if apart is None else _count(apart)
        )
    written = node.need("day")
    try:
        return caps, date.fromisoformat(written.text())
    except ValueError:
        raise written.error(f"{written.text()[:40]!r} is no day; write 2026-12-01") from None
