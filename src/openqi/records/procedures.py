"""Procedures whose measurement model is text: what it computes, and where each of its inputs comes from."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Annotated, ClassVar, Final, Literal

import msgspec

from openqi.kernel.decimals import fraction
from openqi.records import Body, DecimalText, ModelDigest, Names, Text, Uri

ModelText = Annotated[str, msgspec.Meta(min_length=1, max_length=20_000)]

MOST_INPUTS: Final = 100
_LEAST_COVERAGE = fraction("1.64")
"""Just below 0.95 times the root of 3, the factor that covers 95 % of a rectangular distribution; a normal one asks for more."""
_LEAST_PROBABILITY = fraction("0.95")


def model_digest(text: str) -> str:
    """Return the digest of a model: the SHA-256 of its canonical text in UTF-8, 64 hexadecimal digits."""
    return sha256(text.encode()).hexdigest()


class CertifiedInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """An input of a model that the certificate in force for a quantity gives, by its name in the model.

    `takes` is `factor` (true by indicated), `correction` (true less indicated) or `value` (what is true where that was set). `at`
    says where the certificate is read: at the setting, at the reading or at the reference reading.
    """

    name: Text
    quantity: Text
    takes: Literal["factor", "correction", "value"]
    at: Literal["setting", "reading", "reference"]


class StatedInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """An input of a model that whoever publishes the procedure states, with its uncertainty and where that comes from.

    Either its standard uncertainty is given or the half-width of its distribution; in the unit that the model states.
    """

    name: Text
    value: DecimalText
    distribution: Literal["normal", "rectangular", "triangular", "arcsine"]
    source: Names
    standard_uncertainty: DecimalText | None = None
    half_width: DecimalText | None = None
    degrees_of_freedom: DecimalText | None = None

    def __post_init__(self) -> None:
        if (self.standard_uncertainty is None) == (self.half_width is None):
            raise ValueError(f"input {self.name} has a standard uncertainty or a half-width, one of the two")
        if self.half_width is not None and self.distribution == "normal":
            raise ValueError(f"input {self.name}: a normal distribution has no half-width; give its standard uncertainty")
        if fraction(self.standard_uncertainty or self.half_width or "0") <= 0:
            raise ValueError(f"input {self.name}: an uncertainty is above 0; a number without doubt stands in the model itself")
        if self.degrees_of_freedom is not None and fraction(self.degrees_of_freedom) < 1:
            raise ValueError(f"input {self.name}: degrees of freedom are at least 1; leave them out where they are infinite")


class MeasurementPublished(Body, frozen=True):
    """How a quantity is measured: the measurement model as text, and where each of its inputs comes from.

    `model` is canonical text with a unit for each input and its one output, `model_digest` its SHA-256. Where inputs come from
    one calibrated quantity at more than one point, `points` says whether its errors there are common or independent; nothing is
    assumed. U has a fixed coverage factor, or for a coverage probability the one of its effective degrees of freedom.
    """

    KIND: ClassVar[str] = "metrology.procedure-published/2"
    ROLE: ClassVar[str | None] = "testing-laboratory"

    procedure: Uri
    edition: Text
    name: Names
    quantity: Text
    unit: Text
    model: ModelText
    model_digest: ModelDigest
    reading: Text
    certified: tuple[CertifiedInput, ...]
    reference: Text | None = None
    stated: tuple[StatedInput, ...] = ()
    points: Literal["common", "independent"] | None = None
    coverage_factor: DecimalText | None = None
    coverage_probability: DecimalText | None = None
    source: Names | None = None

    def __post_init__(self) -> None:
        if self.model_digest != model_digest(self.model):
            raise ValueError(f"the model's text has the digest {model_digest(self.model)}, not {self.model_digest}")
        names = tuple(self.names())
        if len(set(names)) != len(names):
            raise ValueError(f"an input stands twice among {', '.join(names)}; each comes from one place")
        if len(names) > MOST_INPUTS:
            raise ValueError(f"the model has {len(names)} inputs; a procedure takes {MOST_INPUTS}")
        if not self.certified:
            raise ValueError("no input comes from a certificate; no verdict stands on none")
        for one in self.certified:
            self._check(one)
        self._check_points()
        self._check_coverage()

    def _check(self, one: CertifiedInput) -> None:
        if (one.at == "setting") == (one.quantity == self.quantity):
            told = "is the quantity that is read; its certificate is read at the reading" if one.at == "setting" else "is set"
            raise ValueError(f"input {one.name}: {one.quantity} {told}, not at the {one.at}")
        if one.at == "reference" and self.reference is None:
            raise ValueError(f"input {one.name} is at the reference reading, but the model has none")
        if one.takes == "value" and one.at != "setting":
            raise ValueError(f"input {one.name}: what was read is the input {self.reading}; take its factor or its correction")

    def _check_points(self) -> None:
        takes: dict[str, set[str]] = {}
        for one in self.certified:
            takes.setdefault(one.quantity, set()).add(one.takes)
        if mixed := [quantity for quantity, kinds in takes.items() if len(kinds) > 1]:
            raise ValueError(f"{mixed[0]} enters in two ways; take its factor, its correction or its value at all points")
        at = [(one.quantity, one.at) for one in self.certified]
        if twice := next((place for place in at if at.count(place) > 1), None):
            first, second, *_ = (one.name for one, place in zip(self.certified, at, strict=True) if place == twice)
            why = f"inputs {first} and {second} are both {twice[0]} at the {twice[1]}, one number with one error"
            raise ValueError(f"{why}; give it one name in the model")
        if (len(takes) < len(self.certified)) != (self.points is not None):
            needs = "so say whether its points are common or independent" if self.points is None else "so `points` says nothing"
            raise ValueError(f"a certificate enters {'twice' if self.points is None else 'once'} for each quantity, {needs}")

    def _check_coverage(self) -> None:
        if (self.coverage_factor is None) == (self.coverage_probability is None):
            raise ValueError("state a coverage factor or a coverage probability, one of the two")
        if self.coverage_factor is not None:
            if fraction(self.coverage_factor) < _LEAST_COVERAGE:
                raise ValueError(f"coverage factor {self.coverage_factor} covers less than about 95 %; take 2")
            if doubtful := [one.name for one in self.stated if one.degrees_of_freedom is not None]:
                why = f"a fixed coverage factor leaves the degrees of freedom of {doubtful[0]} out"
                raise ValueError(f"{why}; state a coverage probability")
        elif not _LEAST_PROBABILITY <= fraction(self.coverage_probability or "0") < 1:
            raise ValueError(f"a coverage probability of {self.coverage_probability} lies outside of 0.95 to below 1")

    def names(self) -> Iterator[str]:
        """Yield the inputs of the model that the procedure speaks of."""
        yield self.reading
        if self.reference is not None:
            yield self.reference
        yield from (one.name for one in self.certified)
        yield from (one.name for one in self.stated)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The quantities whose calibration enters, each once."""
        return tuple(dict.fromkeys(one.quantity for one in self.certified))

    def subjects(self) -> tuple[str, ...]:
        return (self.procedure,)
