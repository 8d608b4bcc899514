"""What a digital calibration certificate says, as values: names in all their languages, numbers as decimal text."""

from dataclasses import dataclass

Text = tuple[tuple[str, str], ...]  # (language, text) pairs in the order of the file; "" where no language is stated


def text_in(text: Text, language: str = "en") -> str:
    """Return the text in `language`, else the first one, else the empty text."""
    return next((words for spoken, words in text if spoken == language), text[0][1] if text else "")


@dataclass(frozen=True, kw_only=True)
class Identification:
    """A number that somebody gave to a thing; `issuer` is manufacturer, calibrationLaboratory, customer, owner or other."""

    value: str
    name: Text
    issuer: str


@dataclass(frozen=True, kw_only=True)
class Item:
    """What was calibrated; the parts of an item (`subItems`) follow it."""

    name: Text
    manufacturer: Text
    model: str | None
    identifications: tuple[Identification, ...]
    line: int


@dataclass(frozen=True, kw_only=True)
class CertificateReference:
    """Another certificate that this one names (`dcc:hashType`). Nothing here was followed or compared with a hash.

    Args:
        referral: where or what it is, often an address.
        identifier: its unique identifier.
        procedure: how `value` was made from it: a hash algorithm, or "analogue" for paper.
        value: the hash as written.
        traceable: what the certificate claims, None where it claims nothing; so is `in_validity_range`.
        linked: the certificate that the named one rests on in turn.
    """

    referral: Text
    identifier: str
    procedure: str
    value: str
    traceable: bool | None
    in_validity_range: bool | None
    linked: "CertificateReference | None"
    line: int


@dataclass(frozen=True, kw_only=True)
class Equipment:
    """What was measured with, and the certificate that it is said to have."""

    name: Text
    ref_types: tuple[str, ...]
    manufacturer: Text
    model: str | None
    identifications: tuple[Identification, ...]
    certificate: CertificateReference | None
    line: int


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A sentence of the laboratory about the whole certificate; `text` joins its name, description and declaration."""

    ref_types: tuple[str, ...]
    text: Text
    norms: tuple[str, ...]
    date: str | None
    traceable: bool | None
    valid: bool | None
    conformity: str | None
    line: int


@dataclass(frozen=True, kw_only=True)
class Replacement:
    """The certificate that this one takes the place of; `change` is "amended" or "substituted"."""

    change: str
    identifier: str


@dataclass(frozen=True, kw_only=True)
class Label:
    """The name and the refTypes of a list that quantities stand in; `number` counts the lists beside it, which may share a line."""

    name: Text
    ref_types: tuple[str, ...]
    line: int
    number: int


@dataclass(frozen=True, kw_only=True)
class QuantityList:
    """Values of one quantity, one or many.

    Args:
        label: the D-SI label, for coefficients often a symbol.
        unit: D-SI text as written; nobody has asked yet whether it is known.
        values: plain decimal text with the digits that were stated: `2.6650e+01` is `26.650`.
        expanded_uncertainties: one for each value, even where the file states one for all; None where none can be read.
        coverage_factors: one for each value, with them; so are `coverage_probabilities`.
        alternatives: the same quantity in the other units of an `si:hybrid`, in the order of the file.
        within: the lists around it, the outermost first.
    """

    name: Text
    ref_types: tuple[str, ...]
    label: str | None
    unit: str
    values: tuple[str, ...]
    expanded_uncertainties: tuple[str, ...] | None
    coverage_factors: tuple[str, ...] | None
    coverage_probabilities: tuple[str, ...] | None
    alternatives: "tuple[QuantityList, ...]"
    within: tuple[Label, ...]
    line: int

    @property
    def coverage_factor(self) -> str | None:
        """Return the coverage factor that all values share, None where there is none or more than one."""
        factors = self.coverage_factors
        return factors[0] if factors and len(set(factors)) == 1 else None


@dataclass(frozen=True, kw_only=True)
class Result:
    """A calibration result; `measurement` is the name of the measurement that it belongs to."""

    name: Text
    ref_types: tuple[str, ...]
    measurement: Text
    quantities: tuple[QuantityList, ...]
    line: int


@dataclass(frozen=True, kw_only=True)
class CalibrationDocument:
    """A calibration certificate as its file states it.

    Args:
        file: the name that errors call the file by.
        begin_performance_date: xs:date as written, `2026-01-12`, perhaps with a time zone; so are the other dates.
        signed: an XML signature is there. **It was not verified**: a manipulated certificate is read like any other.
        unread: what stands in the file and not in this value, each as `dcc:name, line 12: why`.
    """

    file: str
    schema_version: str
    unique_identifier: str
    laboratory: Text
    customer: Text
    begin_performance_date: str
    end_performance_date: str
    issue_date: str | None
    replaces: Replacement | None
    previous: CertificateReference | None
    items: tuple[Item, ...]
    equipment: tuple[Equipment, ...]
    statements: tuple[Statement, ...]
    results: tuple[Result, ...]
    signed: bool
    unread: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CalibrationTable:
    """Point by point, what an instrument showed and what was true, all in one unit.

    Args:
        quantity: its name, in English where there is one.
        unit: of all three columns, as the indication states it; an uncertainty is a difference in it.
        indicated: decimal text, as stated or exactly converted.
        reference: likewise; indicated minus measurement error where only the error is stated.
        expanded_uncertainties: of the error at each point, all > 0.
        coverage_factor: one for all points, >= 1.
        coverage_probability: as stated, None where none or more than one is.
    """

    quantity: str
    unit: str
    indicated: tuple[str, ...]
    reference: tuple[str, ...]
    expanded_uncertainties: tuple[str, ...]
    coverage_factor: str
    coverage_probability: str | None
    line: int
