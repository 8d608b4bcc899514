"""One line about each step of what follows a draw: officers, visits, publications, follow-ups, rates."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from openqi.interfaces.cli.output import Output

Told = Mapping[str, Any]


def _assigned(out: "Output", facts: Told) -> list[str]:
    moved = f"{facts['moved']} {out.word('moved by workload')}" if facts.get("moved") else ""
    return [f"{facts['count']} {out.word('visits')}", f"{facts['firstDay']} … {facts['lastDay']}", moved]


def _changed(out: "Output", facts: Told) -> list[str]:
    who = f"{facts['left']} → {facts['joined']}" if "left" in facts else ""
    return [facts["object"], who, facts.get("day", ""), out.word(facts["reason"])]


def _ending(out: "Output", facts: Told) -> str:
    """How a visit ended; an act that is refused is another thing than an inspection that is."""
    return out.word("inspection refused" if facts["outcome"] == "refused" else facts["outcome"])


def _visit(out: "Output", facts: Told) -> list[str]:
    return [facts["object"], facts.get("day", facts["at"][:10]), _ending(out, facts)]


def _published(out: "Output", facts: Told) -> list[str]:
    told = [f"{facts['reported']}/{facts['drawn']} {out.word('objects reported')}", f"{facts['waiting']} {out.word('waiting')}"]
    return [*told, f"{facts['late']} {out.word('late')}" if facts["late"] else ""]


def _followed(out: "Output", facts: Told) -> list[str]:
    return [facts["object"], facts["at"][:10], out.word(facts["sort"]), _ending(out, facts) if "outcome" in facts else ""]


def _estimated(out: "Output", facts: Told) -> list[str]:
    rates = facts.get("rates", {})
    found = [f"{out.word(f'{one} rate')} {100 * Decimal(rates[one]):.1f} %" for one in ("hit", "population") if one in rates]
    waiting = f"{facts['waiting']} {out.word('waiting')}" if facts["waiting"] else ""
    return [f"{facts['examined']}/{facts['drawn']} {out.word('objects examined')}", *found, waiting]


INSPECTIONS: Final[Mapping[str, Callable[["Output", Told], list[str]]]] = {
    "surveillance.officers-assigned": _assigned,
    "surveillance.assignment-changed": _changed,
    "surveillance.visit-reported": _visit,
    "surveillance.results-published": _published,
    "surveillance.follow-up-reported": _followed,
    "surveillance.rate-estimated": _estimated,
}
