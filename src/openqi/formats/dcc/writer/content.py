"""What a certificate that we write says: parties, items, equipment, and tables of values with their uncertainty and verdicts."""

from dataclasses import dataclass

from openqi.formats.dcc.document import Equipment, Item, Text


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A party with an address; `email` is asked for by the schemas before 3.2.0."""

    name: Text
    city: str
    country: str | None = None
    email: str | None = None


@dataclass(frozen=True, kw_only=True)
class Verdicts:
    """Verdicts on the values of a column, one for each.

    Args:
        outcomes: as the DCC names them, `pass`, `conditionalPass` …
        rule: decision rule, as a norm with its clause.
        lower: limits of tolerance in the unit of the column, one for all values or one for each, () for none; so are `upper` and
            the limits of acceptance.
    """

    outcomes: tuple[str, ...]
    rule: str
    lower: tuple[str, ...] = ()
    accept_lower: tuple[str, ...] = ()
    accept_upper: tuple[str, ...] = ()
    upper: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Column:
    """The values of one quantity, in one unit.

    Args:
        name: of the quantity.
        ref_types: what it is, `basic_measuredValue` …
        unit: D-SI text.
        values: decimal text.
        expanded: expanded uncertainties, one for all values or one for each, () where none is stated.
        coverage_factor: of them.
        coverage_probability: of them.
        verdicts: on the values, None where none is given.
    """

    name: Text
    ref_types: tuple[str, ...]
    unit: str
    values: tuple[str, ...]
    expanded: tuple[str, ...] = ()
    coverage_factor: str = "2"
    coverage_probability: str = "0.95"
    verdicts: Verdicts | None = None


@dataclass(frozen=True, kw_only=True)
class TableContent:
    """A result: columns that stand side by side."""

    name: Text
    columns: tuple[Column, ...]
    ref_types: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Method:
    """A method that was used, and the norm that it follows."""

    name: Text
    norm: str | None = None


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A condition under which was measured: name, value as decimal text, and unit."""

    name: Text
    value: str
    unit: str


@dataclass(frozen=True, kw_only=True)
class CertificateContent:
    """What a certificate says.

    Args:
        identifier: unique identifier.
        languages: codes of two letters, the first one mandatory.
        country: of the laboratory, two letters.
        laboratory: who calibrated, with `laboratory_code`.
        customer: for whom.
        signers: names of those who are responsible, the main signer first.
        begin: first day of the work, `2026-01-12`; so are `end`, `issued` and `due`, when the owner wants it calibrated again.
        place: `laboratory`, `customer`, `laboratoryBranch`, `customerBranch` or `other`.
        items: what was calibrated.
        methods: by which; so are `conditions`, under which.
        equipment: with what, with the certificates that it has by hash.
        tables: results; at least one.
        software: name and release of what wrote the certificate.
    """

    identifier: str
    languages: tuple[str, ...]
    country: str
    laboratory: Contact
    customer: Contact
    signers: tuple[str, ...]
    begin: str
    end: str
    items: tuple[Item, ...]
    tables: tuple[TableContent, ...]
    methods: tuple[Method, ...] = ()
    conditions: tuple[Condition, ...] = ()
    equipment: tuple[Equipment, ...] = ()
    laboratory_code: str | None = None
    issued: str | None = None
    due: str | None = None
    place: str = "laboratory"
    software: tuple[str, str] = ("OpenQI", "1")
