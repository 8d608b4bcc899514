"""The rows of risk: indicators, what is known of an object, and its class with reasons.

Members stand in the order of their names, so that a row is written in its one canonical form.
"""

import msgspec


class _Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """One row."""


class IndicatorRow(_Row, frozen=True, kw_only=True):
    """One indicator: its weight among its siblings; of a leaf the values that score 0 and 100. No parent on the first level."""

    code: str
    en: str = ""
    high: str = "100"
    low: str = "0"
    parent: str = ""
    weight: str
    zh: str = ""


class FeatureRow(_Row, frozen=True, kw_only=True):
    """What is known of one object, in the order of the record's features; what is not known is an empty text.

    `salt` is 32 random hexadecimal digits.
    """

    object: str
    salt: str
    values: tuple[str, ...] = ()


class ReasonCell(_Row, frozen=True, kw_only=True):
    """A feature that raises or lowers the risk of an object: its value, absent where missing, and what it adds in log-odds."""

    adds: str
    feature: str
    value: str | None = None


class ClassRow(_Row, frozen=True, kw_only=True):
    """One object: its probability, its class, and why; `missing` are features without a value."""

    missing: int = 0
    object: str
    probability: str
    reasons: tuple[ReasonCell, ...] = ()
    risk_class: str
    salt: str
