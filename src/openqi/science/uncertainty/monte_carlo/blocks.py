"""The trials of a plan: random numbers, quantiles and the tape, block by block."""

from dataclasses import dataclass
from hashlib import sha256
from math import isinf
from typing import TYPE_CHECKING

from openqi.kernel.errors import DomainError
from openqi.science.distributions.distribution import Distribution
from openqi.science.numbers.compiled import is_fast
from openqi.science.uncertainty.expression.arrays import array_registers, unfinished
from openqi.science.uncertainty.expression.model import MeasurementModel
from openqi.science.uncertainty.expression.scalar import registers
from openqi.science.uncertainty.expression.tape import Tape
from openqi.science.uncertainty.monte_carlo.draws import drawn, joined_scores, mixing, probabilities_of
from openqi.science.uncertainty.monte_carlo.words import pair_of_slots

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Array = NDArray[float64]

BLOCK = 8192
_CELLS = 1 << 22
PAYS_FROM = 200_000
"""So many draws take longer in plain Python than it takes to load what was compiled."""
INPUTS = 0
"""Domain of the counter from which inputs are drawn."""
COPULA = 1
"""Domain of the counter from which what joins them is drawn."""


@dataclass(frozen=True, kw_only=True)
class TrialPlan:
    """A run before it is made.

    Args:
        model: what is computed.
        distributions: of each input, in the model's order and its units.
        slots: for each input the number of its random slot: slots go in the order of ids (names where there is none).
        joined: slots that correlations name; the others are independent of them and of each other.
        factor: Cholesky factor of the correlations between the joined slots, None where there are none.
        copula_dof: degrees of freedom of the copula that joins them; infinite for the Gaussian one.
        seed: text; the key is the first 8 bytes of its SHA-256.
    """

    model: MeasurementModel
    distributions: tuple[Distribution, ...]
    slots: tuple[int, ...]
    joined: tuple[int, ...]
    factor: tuple[tuple[float, ...], ...] | None
    copula_dof: float
    seed: str


@dataclass(frozen=True, kw_only=True, eq=False)
class _Prepared:
    """A plan as arrays."""

    plan: TrialPlan
    key: tuple[int, int]
    slots: int
    parameters: "tuple[Array, ...]"
    factor: "Array | None"
    fast: bool


def trials(plan: TrialPlan, start: int, stop: int) -> "Array":
    """Return the outputs of the trials from `start` up to but without `stop`: a row an output, in the units of the model.

    Raises:
        DomainError: the range is none, or a trial meets a step that is not defined; names trial and step.

    Source: [JCGM101] clause 7.2 to 7.4.
    """
    import numpy as np

    if not 0 <= start <= stop:
        raise DomainError(f"trials from {start} to {stop}; the first must not be negative, nor beyond the last")
    out = np.empty((len(plan.model.outputs), stop - start))
    fill(plan, start, out, fast=is_worth_compiling(plan, stop - start))
    return out


def is_worth_compiling(plan: TrialPlan, trials: int) -> bool:
    """Return whether so many trials should be compiled."""
    return is_fast() and trials * len(plan.distributions) >= PAYS_FROM


def block_of(tape: Tape) -> int:
    """Return how many trials to work on together, so that their registers stay within some megabytes."""
    return max(64, min(BLOCK, _CELLS // (tape.inputs + len(tape.constants) + len(tape.code))))


def fill(plan: TrialPlan, start: int, out: "Array", *, fast: bool) -> None:
    """Write the outputs of the trials from `start` into an array, as many as it has columns; raises as `trials`."""
    import numpy as np

    prepared = _prepared(plan, fast)
    tape = plan.model.tape
    size = block_of(tape)
    with np.errstate(all="ignore"):
        for begin in range(0, out.shape[1], size):
            part = out[:, begin : begin + size]
            x = _inputs(prepared, start + begin, part.shape[1])
            values = array_registers(tape, x, fast=fast)
            if (wrong := unfinished(tape, values)).any():
                _refuse(plan, start + begin, int(np.argmax(wrong)), x)
            _outputs(plan, start + begin, x, values, part)


def _prepared(plan: TrialPlan, fast: bool) -> _Prepared:
    import numpy as np

    digest = sha256(plan.seed.encode()).digest()
    return _Prepared(
        plan=plan,
        key=(int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:8], "little")),
        slots=max(plan.slots) + 1,
        parameters=tuple(np.array(one.parameters) for one in plan.distributions),
        factor=None if plan.factor is None else np.array(plan.factor),
        fast=fast,
    )


def _inputs(prepared: _Prepared, start: int, size: int) -> "list[Array]":
    """The inputs of a block of trials, in coherent units."""
    import numpy as np

    plan, fast = prepared.plan, prepared.fast
    uniforms = np.empty((prepared.slots + prepared.slots % 2, size))
    for pair in range(0, prepared.slots, 2):
        pair_of_slots(start, pair // 2, INPUTS, prepared.key, uniforms[pair : pair + 2], fast=fast)
    scores = _scores(prepared, start, uniforms)
    found: list[Array] = []
    for place, (one, slot) in enumerate(zip(plan.distributions, plan.slots, strict=True)):
        parameters = prepared.parameters[place]
        if scores is None or slot not in plan.joined:
            x = drawn(one.kind, parameters, uniforms[slot], fast=fast)
        elif one.kind == "normal" and isinf(plan.copula_dof):
            x = parameters[0] + parameters[1] * scores[plan.joined.index(slot)]
        else:
            score = scores[plan.joined.index(slot)]
            x = drawn(one.kind, parameters, probabilities_of(score, plan.copula_dof, fast=fast), fast=fast)
        if plan.model.input_scales:
            scale = plan.model.input_scales[place]
            x = x * scale.multiplier / scale.divisor + scale.offset
        found.append(x)
    return found


def _scores(prepared: _Prepared, start: int, uniforms: "Array") -> "Array | None":
    """Correlated scores, a row a joined slot, where there are correlations: normal ones, or t where the copula is."""
    import numpy as np

    if prepared.factor is None:
        return None
    scores = joined_scores(prepared.factor, uniforms[list(prepared.plan.joined)], fast=prepared.fast)
    if not isinf(prepared.plan.copula_dof):
        chance = np.empty((2, uniforms.shape[1]))
        pair_of_slots(start, 0, COPULA, prepared.key, chance, fast=prepared.fast)
        scores *= mixing(chance[0], prepared.plan.copula_dof, fast=prepared.fast)
    return scores


def _outputs(plan: TrialPlan, start: int, x: "list[Array]", values: "list[Array]", out: "Array") -> None:
    """Write the outputs in their units; 0 has one sign, so that digests do not depend on how a processor sorts."""
    import numpy as np

    for place, register in enumerate(plan.model.tape.outputs):
        row = values[register]
        if plan.model.output_scales:
            scale = plan.model.output_scales[place]
            row = (row - scale.offset) * scale.divisor / scale.multiplier
            if not (finite := np.isfinite(row)).all():
                _refuse(plan, start, int(np.argmin(finite)), x)
        np.add(row, 0.0, out[place])


def _refuse(plan: TrialPlan, start: int, column: int, x: "list[Array]") -> None:
    """Say which trial went wrong, and by running it alone, at which step."""
    point = [float(row[column]) for row in x]
    stated = ", ".join(f"{name} = {value!r}" for name, value in zip(plan.model.inputs, point, strict=True))
    where = f"trial {start + column} ({stated})"
    try:
        registers(plan.model.tape, point)
    except DomainError as error:
        raise DomainError(f"{where}: {error}; a distribution reaches to where the model is not defined") from error
    raise DomainError(f"{where}: an output has no finite number in its unit")
