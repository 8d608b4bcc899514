"""A measurement model: from text, from a callable or out of a record, with its units checked and its canonical text hashed."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from openqi.kernel.errors import DomainError, FormatError
from openqi.science.uncertainty.expression.dimensions import Scale, check_units, scale_of
from openqi.science.uncertainty.expression.graph import CONSTANTS, Equation, expression_text
from openqi.science.uncertainty.expression.lowering import lowered, parts_of
from openqi.science.uncertainty.expression.placeholder import traced
from openqi.science.uncertainty.expression.statements import HEAD, NUMBERS, QUANTITIES, Declaration, Statements, statements_of
from openqi.science.uncertainty.expression.tape import Tape


@dataclass(frozen=True, kw_only=True)
class MeasurementModel:
    """A checked model; make it with one of the functions below.

    Args:
        inputs: names, in order of first appearance in the text; of a complex name z the two `z.re` and `z.im`.
        intermediates: names that the text defines and uses again.
        outputs: names that the text defines and does not use.
        units: of every input and output, None for an equation between numerical values.
        differences: inputs and outputs whose unit is meant as a difference (°C as K).
        text: the canonical text; parsing it gives it again.
        digest: SHA-256 of that text in UTF-8, 64 hexadecimal digits.
        tape: what is run; where there are units, between coherent SI values.
        rational: only +, -, x, / and whole powers, so that it can be run exactly.
        input_scales: how each input's number becomes coherent; () where there are no units.
        output_scales: the same of each output.
    """

    inputs: tuple[str, ...]
    intermediates: tuple[str, ...]
    outputs: tuple[str, ...]
    units: Mapping[str, str] | None
    differences: tuple[str, ...]
    text: str
    digest: str
    tape: Tape
    rational: bool
    input_scales: tuple[Scale, ...] = ()
    output_scales: tuple[Scale, ...] = ()

    def coherent(self, x: Sequence[float]) -> list[float]:
        """Return values of the inputs, in the model's order and units, as the tape takes them."""
        if not self.input_scales:
            return list(x)
        return [scale.coherent(value) for scale, value in zip(self.input_scales, x, strict=True)]

    def document(self) -> dict[str, Any]:
        """Return the model as members of a record, `text` and `digest`: what `model_of_json` takes."""
        return {"text": self.text, "digest": self.digest}


def measurement_model(
    text: str, *, units: Mapping[str, str] | None = None, differences: Sequence[str] = (), complex_names: Sequence[str] = ()
) -> MeasurementModel:
    """Return the model that a text states, one `name = expression` a line; what begins with # is a comment.

    Units stand in the arguments or in the text, there as `name : unit` (or `name : unit difference`, `name : complex unit`).

    Args:
        text: names, decimal numbers, + - * / ^ and parentheses, sqrt, abs, exp, ln, log10, sin, cos, tan, asin, acos, atan, atan2,
            sinh, cosh, tanh, and the constant pi; at most 100,000 characters, 20,000 operations, 200 parentheses deep.
        units: of every input and every output, or of none.
        differences: names whose unit is a difference.
        complex_names: inputs that are complex.

    Raises:
        FormatError: the text is no such model, or a unit is not known; says the line and what stands there.
        DomainError: units do not fit, or stand for some names only.
    """
    stated = statements_of(unicodedata.normalize("NFC", text))
    return _model(stated, _declared(stated, units, differences, complex_names))


def _declared(
    stated: Statements, units: Mapping[str, str] | None, differences: Sequence[str], complex_names: Sequence[str]
) -> Mapping[str, Declaration]:
    """What is known of each name beside its equation, from the text or from the arguments."""
    if units is None and not differences and not complex_names:
        return stated.declarations
    if stated.declarations or stated.kind:
        raise DomainError("units stand both in the model's text and in the arguments; state them once")
    names = [*(units or {}), *differences, *complex_names]
    return {
        name: Declaration(unit=(units or {}).get(name), difference=name in differences, complex=name in complex_names)
        for name in names
    }


def _model(stated: Statements, declared: Mapping[str, Declaration]) -> MeasurementModel:
    equations = stated.equations
    inputs, intermediates, outputs = _roles(equations)
    units = _units_of(stated, declared, inputs, intermediates, outputs)
    complex_names = tuple(name for name in inputs if name in declared and declared[name].complex)
    if units is not None:
        check_units(equations, units)
    tape, rational, is_complex = lowered(equations, inputs, complex_names, outputs)
    differences = tuple(
        name for name in (*inputs, *outputs) if units and declared[name].difference and scale_of(units[name]).offset
    )
    text = _canonical(equations, units, differences, complex_names, (*inputs, *outputs))

    def parts(names: Sequence[str]) -> tuple[str, ...]:
        return tuple(part for name in names for part in parts_of(name, is_complex[name]))

    def scales(names: Sequence[str]) -> tuple[Scale, ...]:
        if units is None:
            return ()
        found = ((name, scale_of(units[name], difference=name in differences)) for name in names)
        return tuple(scale for name, scale in found for _ in parts_of(name, is_complex[name]))

    return MeasurementModel(
        inputs=parts(inputs),
        intermediates=parts(intermediates),
        outputs=parts(outputs),
        units=None if units is None else MappingProxyType({part: units[name] for name in units for part in parts((name,))}),
        differences=differences,
        text=text,
        digest=sha256(text.encode()).hexdigest(),
        tape=tape,
        rational=rational,
        input_scales=scales(inputs),
        output_scales=scales(outputs),
    )


def _roles(equations: Sequence[Equation]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Which names are inputs, which are used again, which are outputs."""
    inputs: dict[str, None] = {}
    defined: dict[str, int] = {}
    used: set[str] = set()
    for equation in equations:
        for name in equation.names:
            used.add(name)
            if name not in defined:
                inputs[name] = None
        if equation.name in defined:
            raise FormatError(f"model, line {equation.line}: {equation.name} is defined in line {defined[equation.name]} already")
        if equation.name in inputs:
            raise FormatError(f"model, line {equation.line}: {equation.name} is used before it is defined; define it first")
        if equation.name in CONSTANTS:
            raise FormatError(f"model, line {equation.line}: {equation.name} is a constant; choose another name")
        defined[equation.name] = equation.line
    if not inputs:
        raise FormatError("model: it has no input; a model says how a result comes from something that was measured or stated")
    return tuple(inputs), tuple(name for name in defined if name in used), tuple(name for name in defined if name not in used)


def _units_of(
    stated: Statements,
    declared: Mapping[str, Declaration],
    inputs: Sequence[str],
    intermediates: Sequence[str],
    outputs: Sequence[str],
) -> dict[str, str] | None:
    """The unit of every input and output, None where there are no units; intermediates get theirs from their expressions."""
    known = (*inputs, *outputs)
    if unknown := sorted(set(declared) - set(known)):
        what = "an intermediate, whose unit follows from its expression" if unknown[0] in intermediates else "no name of the model"
        raise DomainError(f"model: {unknown[0]} is declared, but is {what}; declare inputs and outputs only")
    if wrong := [name for name in outputs if name in declared and declared[name].complex]:
        raise DomainError(f"model: {wrong[0]} is an output; whether it is complex follows from its inputs")
    units = {name: found.unit for name in known if (found := declared.get(name)) and found.unit is not None}
    if not units and stated.kind != QUANTITIES:
        if wrong := [name for name, found in declared.items() if found.difference]:
            raise DomainError(f"model: {wrong[0]} is a difference, but there are no units; state all of them or none")
        return None
    if stated.kind == NUMBERS:
        raise DomainError(f"model: it says {NUMBERS!r} and states a unit of {next(iter(units))}; leave one of the two out")
    if missing := [name for name in known if name not in units]:
        raise DomainError(f"model: no unit for {', '.join(missing)}; state all of them (\\one for a number) or none at all")
    return units


def _canonical(
    equations: Sequence[Equation],
    units: Mapping[str, str] | None,
    differences: Sequence[str],
    complex_names: Sequence[str],
    names: Sequence[str],
) -> str:
    """The one text of a model: what it is, its declarations, its equations."""
    lines = [HEAD, NUMBERS if units is None else QUANTITIES]
    for name in names:
        words = ["complex"] if name in complex_names else []
        words += [units[name]] if units is not None else []
        words += ["difference"] if name in differences else []
        if words:
            lines.append(f"{name} : {' '.join(words)}")
    lines += [f"{equation.name} = {expression_text(equation.nodes)}" for equation in equations]
    return "\n".join(lines) + "\n"


def model_of_function(
    function: Callable[..., Any], inputs: Sequence[str], *, units: Mapping[str, str] | None = None
) -> MeasurementModel:
    """Return the model that a Python function computes, called once with placeholders for its inputs.

    Operators work on placeholders as on numbers; for the functions take those of `expression.placeholder` (`sqrt`, `exp`, ...) or
    NumPy's. A single result is named `y`. Where units are declared as differences, use text.

    Args:
        function: returns one placeholder, or a mapping of output name to placeholder.
        inputs: names, in the order of its arguments.
        units: as for `measurement_model`.

    Raises:
        FormatError: it computes with anything but arithmetic and the elementary functions, or leaves an input out.
        DomainError: as `measurement_model`.
    """
    model = measurement_model(traced(function, inputs), units=units)
    if unused := [name for name in inputs if name not in model.inputs]:
        raise FormatError(f"function: {unused[0]} has no part in the result; leave it out of the inputs")
    return model


def model_of_json(document: Mapping[str, Any]) -> MeasurementModel:
    """Return the model of a record's members, after checking that their digest is that of their text.

    Raises:
        FormatError: a member is missing or wrong, or the digest is another text's.
        DomainError: as `measurement_model`.
    """
    text, digest = document.get("text"), document.get("digest")
    if not isinstance(text, str) or not isinstance(digest, str):
        raise FormatError("model: the members `text` and `digest` are texts; one is missing or something else")
    model = measurement_model(text)
    if model.text != text:
        raise FormatError("model: the text of a record is canonical; this one is written another way")
    if model.digest != digest:
        raise FormatError(f"model: the text has the digest {model.digest}, the record states {digest[:80]!r}")
    return model
