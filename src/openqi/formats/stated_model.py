"""MODEL.yaml as evidence states it: the file that is read to be evaluated, every number as the decimal text that it is."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, get_args

from openqi.formats.document import Node, parse_yaml
from openqi.formats.model_inputs import MEMBERS, number, yes
from openqi.kernel.decimals import text_of
from openqi.kernel.errors import DomainError, FormatError, OpenQIError
from openqi.records.evaluations import (
    Certified,
    CorrelationStated,
    InputStated,
    OfResult,
    OutputStated,
    Parameter,
    Specification,
    SpecifiedAt,
    Way,
)
from openqi.science.uncertainty.inputs.numbers import stated_decimal

_WAYS: Final = get_args(Way)


@dataclass(frozen=True, kw_only=True)
class StatedModel:
    """What a model file says, as a command takes it; None for what it leaves open."""

    model: str
    inputs: tuple[InputStated, ...]
    outputs: tuple[OutputStated, ...]
    correlations: tuple[CorrelationStated, ...]
    coverage_probability: str | None
    coverage_factor: str | None
    trials: int | None
    seed: str | None

    def resting_on(self, certified: dict[str, Certified], results: dict[str, OfResult]) -> "StatedModel":
        """Return the same with what its inputs come from: certificates and earlier results that are records.

        Raises:
            FormatError: it has no such input.
        """
        names = [one.name for one in self.inputs]
        if foreign := [name for name in (*certified, *results) if name not in names]:
            raise FormatError(f"the model file has no input {foreign[0]}; it has {', '.join(names)}")
        return replace(self, inputs=tuple(_resting(one, certified, results) for one in self.inputs))


def _resting(one: InputStated, certified: dict[str, Certified], results: dict[str, OfResult]) -> InputStated:
    from msgspec.structs import replace as changed

    if one.name in certified:
        return changed(one, certified=certified[one.name], source=None)
    return changed(one, of_result=results[one.name]) if one.name in results else one


def stated_model(data: bytes, *, name: str) -> StatedModel:
    """Return what a model file says.

    Args:
        data: YAML in UTF-8.
        name: of the file, for messages.

    Raises:
        FormatError: not such a file, or a number that has no plain decimal text; names file and line.
    """
    root = parse_yaml(data, name=name)
    root.allow({"model", "inputs", "output", "outputs", "complex", "correlations", "coverage", "monte_carlo"})
    if root.get("complex") is not None:
        raise root.need("complex").error("evidence has no complex quantities yet; write real and imaginary part as two inputs")
    text, output, coverage, run = root.need("model").text(), root.get("output"), root.get("coverage"), root.get("monte_carlo")
    if output is not None and "=" not in text:
        text = f"{output.need('name').text()} = {text.strip()}"
    probability = factor = None
    if coverage is not None:
        coverage.allow({"probability", "factor"})
        probability, factor = _decimal(coverage.get("probability")), _decimal(coverage.get("factor"))
    trials = None if run is None else number(run.need("trials"))
    return StatedModel(
        model="\n".join(line for line in text.splitlines() if line.strip()),
        inputs=tuple(_input(one, node) for one, node in root.need("inputs").items()),
        outputs=_outputs(root, output),
        correlations=_correlations(root.get("correlations")),
        coverage_probability=probability,
        coverage_factor=factor,
        trials=None if trials is None else int(trials),
        seed=None if run is None else _text(run, "seed"),
    )


def _outputs(root: Node, output: Node | None) -> tuple[OutputStated, ...]:
    several = root.get("outputs")
    named = [(output.need("name").text(), output)] if output is not None else [] if several is None else [*several.items()]
    return tuple(
        OutputStated(name=one, unit=node.need("unit").text(), difference=yes(node.get("difference")))
        for one, node in named
        if node.get("unit") is not None
    )


def _input(name: str, node: Node) -> InputStated:
    node.allow(MEMBERS)
    known, statement, data = node.get("distribution"), node.get("statement"), node.get("data")
    whole = known is not None and known.kind == "mapping"
    return InputStated(
        name=name,
        unit=_text(node, "unit"),
        difference=yes(node.get("difference")),
        value=_decimal(node.get("value")),
        standard_uncertainty=_decimal(node.get("standard_uncertainty")),
        expanded_uncertainty=_decimal(node.get("expanded_uncertainty")),
        coverage_factor=_decimal(node.get("coverage_factor")),
        half_width=_decimal(node.get("half_width")),
        distribution=None if known is None else _way(known.need("kind") if whole else known),
        degrees_of_freedom=None if _text(node, "degrees_of_freedom") == "inf" else _decimal(node.get("degrees_of_freedom")),
        identity=_text(node, "id"),
        source=_text(node, "certificate"),
        readings=() if data is None else tuple(map(_plain, data.elements())),
        autocorrelated=yes(node.get("autocorrelated")),
        series=_text(node, "series"),
        parameters=_parameters(known) if whole and known is not None else (),
        specification=None if statement is None else _specification(statement),
    )


def _way(node: Node) -> Way:
    for way in _WAYS:
        if way == node.text():
            return way  # type: ignore[no-any-return]
    raise node.error(f"{node.text()!r} is no distribution; there are {', '.join(_WAYS)}")


def _parameters(known: Node) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(name=name, values=tuple(map(_plain, node.elements() if node.kind == "list" else (node,))))
        for name, node in known.items()
        if name != "kind"
    )


def _specification(node: Node) -> Specification:
    node.allow({"absolute", "relative", "combine", "table", "coverage_factor", "limits"})
    rows, combine = node.get("table"), _text(node, "combine")
    if combine not in (None, "sum", "rss"):
        raise node.need("combine").error("write sum, or rss for the root of the sum of squares")
    try:
        return Specification(
            absolute=_decimal(node.get("absolute")),
            relative=_ratio(node.get("relative")),
            combine=None if combine is None else "sum" if combine == "sum" else "rss",
            table=() if rows is None else tuple(map(_row, rows.elements())),
            coverage_factor=_decimal(node.get("coverage_factor")),
            limits=yes(node.get("limits")),
        )
    except ValueError as error:
        raise node.error(str(error)) from error


def _row(row: Node) -> SpecifiedAt:
    cells = row.elements()
    if len(cells) != 2:
        raise row.error(f"a row is [value, uncertainty], here are {len(cells)} entries")
    return SpecifiedAt(value=_plain(cells[0]), uncertainty=_plain(cells[1]))


def _correlations(node: Node | None) -> tuple[CorrelationStated, ...]:
    found = []
    for entry in () if node is None else node.elements():
        entry.allow({"between", "coefficient"})
        names = entry.need("between").texts()
        if len(names) != 2:
            raise entry.error(f"a correlation is between two inputs, here are {len(names)}")
        found.append(CorrelationStated(first=names[0], second=names[1], coefficient=_plain(entry.need("coefficient"))))
    return tuple(found)


def _text(node: Node, name: str) -> str | None:
    found = node.get(name)
    return None if found is None else found.text()


def _decimal(node: Node | None) -> str | None:
    return None if node is None else _plain(node)


def _plain(node: Node) -> str:
    """The plain decimal text of what was written, with all its digits: 1.50e-6 is 0.00000150."""
    try:
        return text_of(stated_decimal(node.text(), "the number"))
    except DomainError:
        raise node.error(f"{node.text()} has no plain decimal text of 60 characters; state it in another unit") from None
    except OpenQIError as error:
        raise node.error(str(error)) from error


def _ratio(node: Node | None) -> str | None:
    """A number, or a percentage as the ratio that it is."""
    if node is None or not node.text().endswith("%"):
        return _decimal(node)
    sign, digits, exponent = stated_decimal(_plain(replace(node, written=node.text().removesuffix("%").rstrip())), "it").as_tuple()
    return text_of(Decimal((sign, digits, int(exponent) - 2)))
