"""Evaluations of uncertainty: what was put into a measurement model, and what came out, as a budget that anybody can recompute."""

from typing import Annotated, ClassVar, Literal

import msgspec

from openqi.records import END, Body, DecimalText, Index, Names, Number, Part, RecordId, Reference, Text, Uri

ModelText = Annotated[str, msgspec.Meta(min_length=1, max_length=8000)]
CanonicalText = Annotated[str, msgspec.Meta(min_length=1, max_length=16000)]
Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}" + END)]
Symbol = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Dof = Annotated[str, msgspec.Meta(pattern=r"^(inf|undefined|[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?)" + END, max_length=32)]
Way = Literal[
    "normal", "t", "rectangular", "triangular", "arcsine", "trapezoidal", "inexact-limits", "exponential", "gamma", "beta",
    "discrete", "empirical",
]  # fmt: skip
Fits = Literal["fits", "does-not-fit", "trials-too-few", "not-compared"]
Order = Literal["first-order", "second-order"]


class Parameter(Part, frozen=True, kw_only=True):
    """A parameter of a distribution; of `discrete` and `empirical` it has several values."""

    name: Symbol
    values: tuple[DecimalText, ...]


class SpecifiedAt(Part, frozen=True, kw_only=True):
    """A row of a table of uncertainties: at this value so much."""

    value: DecimalText
    uncertainty: DecimalText


class Specification(Part, frozen=True, kw_only=True):
    """What a data sheet states: absolute, relative (a ratio, 0.001 is 0.1 %) or both, or a table; evaluated at the value.

    Both are added unless `combine` says otherwise. It is divided by `coverage_factor`, or by the root of 3 where `limits` says
    that these are limits of an error.
    """

    absolute: DecimalText | None = None
    relative: DecimalText | None = None
    combine: Literal["sum", "rss"] | None = None
    table: tuple[SpecifiedAt, ...] = ()
    coverage_factor: DecimalText | None = None
    limits: bool = False

    def __post_init__(self) -> None:
        if bool(self.table) == (self.absolute is not None or self.relative is not None):
            raise ValueError("a specification is absolute, relative or both, or a table")
        if self.combine is not None and (self.absolute is None or self.relative is None):
            raise ValueError("combine says how absolute and relative go together; give both, or leave it out")


class Certified(Part, frozen=True, kw_only=True):
    """The certificate that an input comes from, and what of it: at this indication the reference value, the correction
    (reference less indication) or the error (indication less reference)."""

    certificate: RecordId
    quantity: Text
    indicated: DecimalText
    takes: Literal["reference", "correction", "error"]


class OfResult(Part, frozen=True, kw_only=True):
    """The earlier evaluation that an input is the result of, and which of its outputs."""

    result: RecordId
    output: Symbol


class InputStated(Part, frozen=True, kw_only=True):
    """An input: its value and, in exactly one way, what is known of its uncertainty.

    `identity` is what it is called everywhere: results that share it stay correlated. `source` names a certificate that is no
    record. `series` names readings that were taken at the same times.
    """

    name: Symbol
    unit: Text | None = None
    difference: bool = False
    value: DecimalText | None = None
    standard_uncertainty: DecimalText | None = None
    expanded_uncertainty: DecimalText | None = None
    coverage_factor: DecimalText | None = None
    half_width: DecimalText | None = None
    distribution: Way | None = None
    degrees_of_freedom: DecimalText | None = None
    identity: Text | None = None
    source: Text | None = None
    readings: tuple[DecimalText, ...] = ()
    autocorrelated: bool = False
    series: Symbol | None = None
    parameters: tuple[Parameter, ...] = ()
    specification: Specification | None = None
    certified: Certified | None = None
    of_result: OfResult | None = None


class OutputStated(Part, frozen=True, kw_only=True):
    """An output of the model and its unit."""

    name: Symbol
    unit: Text
    difference: bool = False


class CorrelationStated(Part, frozen=True, kw_only=True):
    """The correlation coefficient of two inputs, by their names."""

    first: Symbol
    second: Symbol
    coefficient: DecimalText


class EvaluatedInput(Part, frozen=True, kw_only=True):
    """An input as it entered: `evaluated` says by readings (A) or otherwise (B), None where it is an earlier result."""

    name: Symbol
    value: Number
    standard_uncertainty: Number
    degrees_of_freedom: Dof
    distribution: Way
    unit: Text | None = None
    evaluated: Literal["A", "B"] | None = None
    identity: Text | None = None
    series: Symbol | None = None
    certificate: RecordId | None = None
    source: Text | None = None
    result: RecordId | None = None
    output: Symbol | None = None


class BudgetLine(Part, frozen=True, kw_only=True):
    """What one input contributes to a result: sensitivity times its uncertainty, in the unit of the result, with its sign."""

    input: Symbol
    sensitivity: Number
    contribution: Number
    share: DecimalText


class SourceLine(Part, frozen=True, kw_only=True):
    """What one certificate contributes, or all inputs that name none."""

    contribution: Number
    share: DecimalText
    certificate: RecordId | None = None
    source: Text | None = None
    input: Text | None = None


class CarriedLine(Part, frozen=True, kw_only=True):
    """A component of an earlier result that came in through an input, by the identity under which it stays correlated."""

    input: Symbol
    identity: Text
    name: Text
    sensitivity: Number
    contribution: Number
    degrees_of_freedom: Dof
    certificate: Text | None = None
    ensemble: Text | None = None


class CorrelationKnown(Part, frozen=True, kw_only=True):
    """The correlation coefficient of two components, by the identities under which they are known."""

    first: Text
    second: Text
    coefficient: Number


class Cautioned(Part, frozen=True, kw_only=True):
    """A warning: which, the inputs that it is about, and the figures that it tells."""

    code: Text
    names: tuple[Symbol, ...] = ()
    figures: tuple[Text, ...] = ()


class Simulated(Part, frozen=True, kw_only=True):
    """What a Monte Carlo run gave for an output, and whether first order fits it to two digits of the uncertainty."""

    value: DecimalText
    standard_uncertainty: DecimalText
    symmetric_lower: DecimalText
    symmetric_upper: DecimalText
    shortest_lower: DecimalText
    shortest_upper: DecimalText
    fits: Fits


class EvaluatedOutput(Part, frozen=True, kw_only=True):
    """A result as it is reported (two digits of U, the value to the same place), and as it was computed.

    The largest share stands first in `budget`; `higher_contribution` is what terms of second order add.
    """

    name: Symbol
    value: DecimalText
    expanded_uncertainty: DecimalText
    coverage_factor: DecimalText
    standard_uncertainty: DecimalText
    degrees_of_freedom: Dof
    exact_value: Number
    exact_uncertainty: Number
    exact_degrees_of_freedom: Dof
    budget: tuple[BudgetLine, ...]
    unit: Text | None = None
    probability: DecimalText | None = None
    bias: Number | None = None
    by_source: tuple[SourceLine, ...] = ()
    carried: tuple[CarriedLine, ...] = ()
    higher_contribution: Number | None = None
    higher_share: DecimalText | None = None
    warnings: tuple[Cautioned, ...] = ()
    monte_carlo: Simulated | None = None


class Trials(Part, frozen=True, kw_only=True):
    """What anybody needs to make the Monte Carlo run again, and the digest of its samples."""

    generator: Text
    seed: Text
    trials: Index
    samples: Digest
    probability: DecimalText


class UncertaintyEvaluated(Body, frozen=True):
    """The uncertainty of a result, evaluated by a measurement model, with its budget.

    `model` is the canonical text, `model_digest` its SHA-256. `correlations` are those of components, by identity, `between`
    those of the results. `certificates` and `results` are the records that it rests on.
    """

    KIND: ClassVar[str] = "metrology.uncertainty-evaluated/1"

    evaluation: Uri
    model: CanonicalText
    model_digest: Digest
    order: Order
    inputs: tuple[EvaluatedInput, ...]
    measurands: tuple[EvaluatedOutput, ...]
    name: Names | None = None
    subject: Uri | None = None
    correlations: tuple[CorrelationKnown, ...] = ()
    between: tuple[CorrelationStated, ...] = ()
    trials: Trials | None = None
    certificates: tuple[RecordId, ...] = ()
    results: tuple[RecordId, ...] = ()
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (self.evaluation,) if self.subject is None else (self.evaluation, self.subject)

    def references(self) -> tuple[Reference, ...]:
        certificates = (Reference("certificate of the instrument", one) for one in self.certificates)
        return (*certificates, *(Reference("earlier evaluation", one) for one in self.results))
