"""What an act can be filled in with out of a file of its own form: an evaluation of uncertainty out of a MODEL.yaml."""

from collections.abc import Mapping
from typing import Any, Final

from openqi.formats.stated_model import StatedModel, stated_model
from openqi.kernel.errors import FormatError
from openqi.pillars.metrology.evaluations import EvaluateUncertainty
from openqi.records import Names, as_json

FILLED_BY_FILE: Final = frozenset({EvaluateUncertainty.NAME})
"""Acts that a file fills in."""
MOST: Final = 200_000
_PLACE: Final = "https://evaluation.invalid/"
_OF_THE_FILE: Final = (
    "model", "inputs", "outputs", "correlations", "coverageProbability", "coverageFactor", "trials", "seed",
)  # fmt: skip


def arguments_of(data: bytes, *, name: str) -> Mapping[str, Any]:
    """Return the arguments that a model file says; what it does not say (which evaluation, of what) is left out.

    Raises:
        FormatError: it is no such file, or too long; with its line.
    """
    if len(data) > MOST:
        raise FormatError(f"{name[:80]}: {len(data)} bytes; a model file has at most {MOST}")
    command = asked(
        stated_model(data, name=name[:80]), evaluation=_PLACE, name=None, subject=None, second_order=False, illustrative=False
    )
    return {member: value for member, value in as_json(command).items() if member in _OF_THE_FILE}


def asked(
    stated: StatedModel, *, evaluation: str, name: Names | None, subject: str | None, second_order: bool, illustrative: bool
) -> EvaluateUncertainty:
    """Return the command that evaluates what a model file says."""
    return EvaluateUncertainty(
        evaluation=evaluation,
        model=stated.model,
        inputs=stated.inputs,
        outputs=stated.outputs,
        name=name,
        subject=subject,
        correlations=stated.correlations,
        coverage_probability=stated.coverage_probability,
        coverage_factor=stated.coverage_factor,
        order="second-order" if second_order else "first-order",
        trials=stated.trials,
        seed=stated.seed,
        illustrative=illustrative,
    )
