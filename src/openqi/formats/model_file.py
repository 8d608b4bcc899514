"""MODEL.yaml: a measurement model with its inputs, as a file that a person writes."""

from collections.abc import Mapping
from dataclasses import dataclass

from openqi.formats.document import Node, parse_yaml
from openqi.formats.model_inputs import at, number, read_inputs, real, yes
from openqi.kernel.errors import FormatError
from openqi.science.uncertainty.expression.model import MeasurementModel, measurement_model
from openqi.science.uncertainty.inputs.quantity import Correlation, InputQuantity


@dataclass(frozen=True, kw_only=True)
class ModelFile:
    """What a model file says.

    Args:
        model: with its units, where the file states any.
        inputs: by name, in the units of the file.
        correlations: between them.
        coverage_probability: between 0 and 1, None where a factor is stated.
        coverage_factor: k, None where a probability is stated.
        trials: of a Monte Carlo run, None where none is asked for.
        seed: of it, None for the default.
    """

    model: MeasurementModel
    inputs: Mapping[str, InputQuantity]
    correlations: tuple[Correlation, ...]
    coverage_probability: float | None
    coverage_factor: float | None
    trials: int | None
    seed: str | None


def read_model_file(data: bytes, *, name: str) -> ModelFile:
    """Return what a model file says.

    Args:
        data: YAML in UTF-8.
        name: of the file, for messages.

    Raises:
        FormatError: not such a file; names file and line.
        DomainError: an input or the model cannot be; names the input.
    """
    root = parse_yaml(data, name=name)
    if root.kind != "mapping":
        raise root.error("a model file has the members model and inputs, and perhaps output, correlations, coverage, monte_carlo")
    root.allow({"model", "inputs", "output", "outputs", "complex", "correlations", "coverage", "monte_carlo"})
    inputs = root.need("inputs")
    model = _model(root, inputs)
    if missing := [one for one in model.inputs if inputs.get(one) is None]:
        raise inputs.error(f"the model's {', '.join(missing)} is not among the inputs; give value and uncertainty for each")
    if foreign := [one for one, _ in inputs.items() if one not in model.inputs]:
        raise inputs.need(foreign[0]).error(f"the model has no input {foreign[0]}; it has {', '.join(model.inputs)}")
    quantities, own = read_inputs(inputs)
    probability, factor = _coverage(root.get("coverage"))
    trials, seed = _monte_carlo(root.get("monte_carlo"))
    return ModelFile(
        model=model,
        inputs=quantities,
        correlations=own + _correlations(root.get("correlations"), quantities),
        coverage_probability=probability,
        coverage_factor=factor,
        trials=trials,
        seed=seed,
    )


def _model(root: Node, inputs: Node) -> MeasurementModel:
    """The model of the file: one or more equations, or the expression of the one output that is named."""
    text, output = root.need("model"), root.get("output")
    several = root.get("outputs")
    if output is not None and several is not None:
        raise several.error("give output or outputs, not both")
    written = text.text()
    outputs: dict[str, Node] = {}
    if output is not None:
        outputs[output.need("name").text()] = output
        if "=" not in written:
            written = f"{output.need('name').text()} = {written.strip()}"
    elif several is not None:
        outputs = dict(several.items())
    units = {one: node.need("unit").text() for one, node in (*inputs.items(), *outputs.items()) if node.get("unit") is not None}
    differences = [one for one, node in (*inputs.items(), *outputs.items()) if yes(node.get("difference"))]
    for one, node in outputs.items():
        node.allow({"name", "unit", "difference"} if output is not None else {"unit", "difference"})
        if "unit" not in node.members and node.get("difference") is not None:
            raise node.error(f"{one} is a difference in which unit? Give one")
    named = root.get("complex")
    try:
        with at(text):
            model = measurement_model(
                written, units=units or None, differences=differences, complex_names=() if named is None else named.texts()
            )
    except FormatError as error:
        raise text.error(str(error).removeprefix("model: ")) from error
    if foreign := [one for one in outputs if one not in model.outputs]:
        raise outputs[foreign[0]].error(f"the model has no output {foreign[0]}; it has {', '.join(model.outputs)}")
    return model


def _correlations(node: Node | None, inputs: Mapping[str, InputQuantity]) -> tuple[Correlation, ...]:
    """Correlations of a file, which names inputs; within the program ids name them."""
    found = []
    for entry in () if node is None else node.elements():
        entry.allow({"between", "coefficient"})
        names = entry.need("between").texts()
        if len(names) != 2:
            raise entry.error(f"a correlation is between two inputs, here are {len(names)}")
        for name in names:
            if name not in inputs:
                raise entry.error(f"there is no input {name}; there are {', '.join(inputs)}")
        first, second = (inputs[name].id or name for name in names)
        found.append(Correlation(first=first, second=second, coefficient=real(entry.need("coefficient"))))
    return tuple(found)


def _coverage(node: Node | None) -> tuple[float | None, float | None]:
    if node is None:
        return 0.95, None
    node.allow({"probability", "factor"})
    probability, factor = node.get("probability"), node.get("factor")
    if (probability is None) == (factor is None):
        raise node.error("give a coverage probability or a coverage factor, one of them")
    value = real(node.need("probability" if factor is None else "factor"))
    if factor is None:
        if not 0.0 < value < 1.0:
            raise node.need("probability").error("a coverage probability lies between 0 and 1, for example 0.95")
        return value, None
    if value <= 0.0:
        raise factor.error("a coverage factor is above 0, for example 2")
    return None, value


def _monte_carlo(node: Node | None) -> tuple[int | None, str | None]:
    if node is None:
        return None, None
    node.allow({"trials", "seed"})
    trials, seed = number(node.need("trials")), node.get("seed")
    if trials.denominator != 1 or not 2 <= trials <= 10**9:
        raise node.need("trials").error("trials are a whole number from 2 to 1000000000, for example 1000000")
    return int(trials), None if seed is None else seed.text()
