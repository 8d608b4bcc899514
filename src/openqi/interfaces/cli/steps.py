"""One line about each step of the way back: what a person wants to know of a record of that kind."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from openqi.interfaces.cli.inspection_steps import INSPECTIONS
from openqi.interfaces.cli.mark_words import term as mark_term
from openqi.interfaces.cli.output import Output

if TYPE_CHECKING:
    from openqi.app.tree import Node

Told = Mapping[str, Any]
Tell = Callable[[Output, Told], list[str]]


def told(out: Output, node: "Node") -> str:
    """Return the facts of a node in one line, with the beginning of its record's id."""
    tell = _STEPS.get(node.kind.partition("/")[0])
    parts = _plain(out, node.told) if tell is None else tell(out, node.told)
    if node.record is not None:
        parts.append(node.record[:12])
    return ", ".join(part for part in parts if part)


def role(out: Output, node: "Node") -> str:
    """Return what a node is to the step above it; a limit of time is another thing than that of a chart."""
    return out.word("time limit" if node.kind.startswith("governance.limit-published/") else node.capacity)


def _plain(out: Output, facts: Told) -> list[str]:
    return [out.word(_named(out, facts[name])) for name in ("name", "number", "end", "unit") if name in facts]


def _named(out: Output, value: Any) -> str:
    """A name in the language of the output, else in the one that there is."""
    if isinstance(value, Mapping):
        return str(value.get(out.language) or next(iter(value.values()), ""))
    return str(value)


def _last(uri: Any) -> str:
    """The end of a URI, which is what people call the thing."""
    return str(uri).rstrip("/").rpartition("/")[2]


def _judged(out: Output, facts: Told) -> list[str]:
    found = [_last(facts["subject"]), f"{facts['conforming']}/{facts['count']} {out.word('conforming')}", out.word(facts["rule"])]
    return [*found, f"{facts['undecided']} {out.word('undecided')}"] if facts.get("undecided") else found


def _requirement(out: Output, facts: Told) -> list[str]:
    limits = [f"{sign} {facts[name]} {facts['unit']}" for name, sign in (("lower", "≥"), ("upper", "≤")) if name in facts]
    return [facts["clause"], _named(out, facts["name"]), *limits]


def _readings(out: Output, facts: Told) -> list[str]:
    told = [_last(facts["subject"]), f"{facts['count']} × {facts['quantity']}", facts["measuredFrom"][:10]]
    return [*told, _simulated(out, facts)]


def _transcribed(out: Output, facts: Told) -> list[str]:
    return [facts["number"], facts["performedAt"][:10], out.word("transcribed"), f"{out.word('checked by')} {facts['checkedBy']}"]


def _procedure(out: Output, facts: Told) -> list[str]:
    """The name and the model: of a model that is text the equations, which stand below its units."""
    equations = [line for line in str(facts["model"]).splitlines() if "=" in line]
    return [_named(out, facts["name"]), "; ".join(equations) or facts["model"]]


def _decided(out: Output, facts: Told) -> list[str]:
    sample = f"{facts['nonconforming']}/{facts['sampleSize']} {out.word('nonconforming')}"
    return [_last(facts["lot"]), out.word(facts["verdict"]), sample]


def _lot(out: Output, facts: Told) -> list[str]:
    return [_named(out, facts["name"]), f"{facts['count']} {out.word('items')}"]


def _marks(out: Output, facts: Told) -> list[str]:
    return [facts["item"]] if "item" in facts else [f"{facts['count']} {out.word('marks')}"]


def _taken(out: Output, facts: Told) -> list[str]:
    return [f"{facts['count']} × {facts['quantity']}", facts["takenFrom"][:16], _simulated(out, facts)]


def _simulated(out: Output, facts: Told) -> str:
    return f"{out.word('simulated')}: {facts['simulated']}" if "simulated" in facts else ""


def _frozen(out: Output, facts: Told) -> list[str]:
    stable = out.word("stable" if facts["stable"] else "not stable")
    return [_last(facts["plan"]), f"{facts['used']}/{facts['points']} {out.word('points')}", stable, facts["firstAt"][:16]]


def _charted(out: Output, facts: Told) -> list[str]:
    return [_last(facts["plan"]), f"{facts['alarms']}/{facts['count']} {out.word('points in alarm')}", facts["firstAt"][:16]]


def _assessed(out: Output, facts: Told) -> list[str]:
    return [facts["at"], out.word(facts["outcome"]), facts.get("causeCode", "")]


def _listed(out: Output, facts: Told) -> list[str]:
    left_out = f"{facts['excluded']} {out.word('left out')}" if facts.get("excluded") else ""
    return [_named(out, facts["name"]), f"{facts['objects']} {out.word('objects')}", left_out]


def _draw_committed(out: Output, facts: Told) -> list[str]:
    return [_named(out, facts["name"]), f"{facts['visitsFrom']} … {facts['visitsUntil']}"]


def _draw_cancelled(out: Output, facts: Told) -> list[str]:
    known = "randomness could be known" if facts["randomnessKnown"] else "randomness was not known"
    return [_last(facts["draw"]), _named(out, facts["reason"]), out.word(known)]


def _random(_: Output, facts: Told) -> list[str]:
    return [str(facts["source"]), facts["event"], facts["publishedAt"][:16]]


def _drawn(out: Output, facts: Told) -> list[str]:
    hidden = out.word("hidden until its visits are over") if facts.get("hidden") else ""
    return [_last(facts["draw"]), f"{facts['count']} {out.word('drawn')}", hidden]


def _classified(out: Output, facts: Told) -> list[str]:
    return [_last(facts["riskScheme"]), f"{facts['count']} {out.word('objects')}", f"… {facts['validUntil'][:10]}"]


def _compared(out: Output, facts: Told) -> list[str]:
    return [out.word(facts["verdict"]), f"{facts['visits']} {out.word('visits')}"]


def _decided_appeal(out: Output, facts: Told) -> list[str]:
    return [out.word(facts["outcome"]), f"{facts['before']} → {facts['riskClass']}"]


_STEPS: Final[Mapping[str, Tell]] = {
    "conformity.marks-issued": _marks,
    "conformity.mark-licensed": lambda _, facts: [facts["number"], f"… {facts['validUntil'][:10]}"],
    "conformity.mark-rule-published": lambda out, facts: [_named(out, facts["name"]), facts["edition"]],
    "conformity.mark-states-stated": lambda out, facts: [mark_term(facts["state"], out.language), facts["at"][:16]],
    "conformity.certificate-issued": lambda _, facts: [facts["number"]],
    "conformity.readings-judged": _judged,
    "conformity.readings-reported": _readings,
    "conformity.lot-decided": _decided,
    "conformity.lot-formed": _lot,
    "conformity.plan-published": lambda _, facts: [f"n = {facts['sampleSize']}, Ac = {facts['acceptanceNumber']}"],
    "governance.limit-published": lambda out, facts: [
        _named(out, facts["name"]),
        f"{facts['count']} {out.word(facts['unit'].replace('-', ' '))}",
    ],
    "standards.requirement-published": _requirement,
    "accreditation.scope-granted": lambda out, facts: [facts["number"], _named(out, facts["activity"])],
    "metrology.procedure-published": _procedure,
    "metrology.instrument-registered": lambda out, facts: [_named(out, facts["name"]), facts["serial"]],
    "metrology.calibration-certified": lambda _, facts: [facts["number"], facts["performedAt"][:10]],
    "metrology.verification-certified": lambda out, facts: [facts["number"], facts["performedAt"][:10], out.word(facts["verdict"])],
    "metrology.certificate-transcribed": _transcribed,
    "process-control.readings-taken": _taken,
    "process-control.baseline-frozen": _frozen,
    "process-control.chart-evaluated": _charted,
    "process-control.alarm-assessed": _assessed,
    "surveillance.item-list-published": lambda out, facts: [_named(out, facts["name"]), facts["edition"]],
    "surveillance.frame-frozen": _listed,
    "surveillance.officers-frozen": lambda out, facts: [_named(out, facts["name"]), facts["asOf"][:10]],
    "surveillance.recusals-frozen": lambda out, _: [out.word("recusals")],
    "surveillance.draw-committed": _draw_committed,
    "surveillance.draw-cancelled": _draw_cancelled,
    "surveillance.randomness-published": _random,
    "surveillance.draw-made": _drawn,
    "surveillance.draw-shown": _drawn,
    "surveillance.objects-classified": _classified,
    "surveillance.models-compared": _compared,
    "surveillance.appeal-decided": _decided_appeal,
    "surveillance.class-repaired": lambda _, facts: [f"{facts['before']} → {facts['riskClass']}"],
    **INSPECTIONS,
    "process-control.capability-evaluated": lambda out, facts: [_last(facts["plan"]), out.word(facts["distribution"])],
}
