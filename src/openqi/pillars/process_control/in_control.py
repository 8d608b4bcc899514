"""How long the rules of a plan run in control until they alarm, where that can be certified or simulated with its error."""

from fractions import Fraction
from typing import Final

from openqi.kernel.decimals import fraction_of_float, rounded
from openqi.kernel.errors import DomainError
from openqi.pillars.process_control.plans import Planned
from openqi.records.process_evidence import InControl
from openqi.science.charts.evaluation import applicable, limit_rule
from openqi.science.charts.rules.in_control import run_length_of
from openqi.science.charts.run_lengths.answer import RunLength
from openqi.science.charts.run_lengths.charts.cusum import CrosierCusum, Cusum
from openqi.science.charts.run_lengths.charts.ewma import Ewma

RUNS: Final = 4000
_SEED: Final = "process control"
_STEP: Final = "0.01"


def in_control(planned: Planned) -> InControl | None:
    """Return the run length of the first panel in control, None where none is certified.

    Rules on independent points, EWMA and CUSUM of the mean have one; counts and their kin hang on the process itself.
    """
    try:
        found = _run_length(planned)
    except DomainError:  # the engine refuses what it cannot certify, and then there is none
        return None
    if found is None:
        return None
    error, spread = found.error_bound, found.standard_error
    return InControl(
        run_length=rounded(fraction_of_float(found.value), _STEP),
        method=found.method,
        # Half a step is what rounding takes.
        error=None if error is None else rounded(fraction_of_float(error) + Fraction(1, 200), "0.001", rule="up"),
        standard_error=None if spread is None else rounded(fraction_of_float(spread), _STEP, rule="up"),
    )


def _run_length(planned: Planned) -> RunLength | None:
    options = {name: value for name, value in planned.options.items() if isinstance(value, float)}
    if planned.natures[0] == "independent":
        kept = applicable(planned.rules, "independent")
        return None if kept is None or planned.kind.name == "ar1" else run_length_of(kept, seed=_SEED, runs=RUNS)
    limit = limit_rule(planned.rules)
    if limit is None or limit.warns or limit.asks not in ("same-side", "outside"):
        return None
    if planned.kind.name == "ewma" and "head_start" not in options:
        return Ewma(weight=options.get("weight", 0.2), limit=options.get("width", 3.0), limits="exact").run_length()
    if planned.kind.name == "cusum":
        start = options.get("head_start", 0.0)
        side = planned.options.get("side", "both")
        if side not in ("both", "upper", "lower"):
            return None
        decision, reference = options.get("decision", 5.0), options.get("reference", 0.5)
        return Cusum(reference=reference, limit=decision, side=side, head_start=start).run_length()
    if planned.kind.name == "crosier-cusum":
        return CrosierCusum(reference=options.get("reference", 0.5), limit=options.get("decision", 5.0)).run_length()
    return None
