"""Risk schemes: who acts under one, its classes and its rule as science takes them; and trees of indicators."""

from fractions import Fraction
from typing import ClassVar

from openqi.evidence.record import Record, Statement
from openqi.evidence.view import View
from openqi.kernel.decimals import fraction, nearest_float
from openqi.kernel.errors import RefusedError
from openqi.pillars.surveillance.standing import standing, standing_record
from openqi.records import Command, Instant, Items, Names, RecordId, Text, Uri, statement
from openqi.records.risk import AUTHORITY, ComparisonRule, IndicatorTreePublished, RiskSchemePublished
from openqi.records.risk_rows import IndicatorRow
from openqi.records.rows import decoded, rows_of
from openqi.science.risk.classes import RiskClass, check_classes
from openqi.science.risk.comparison import Rule, check_rule
from openqi.science.risk.indicators import tree_of


class PublishIndicatorTree(Command, frozen=True):
    """Publish a tree of indicators out of its rows, after checking that it is one and that weights of siblings add up to 1."""

    NAME: ClassVar[str] = "surveillance.publish-indicator-tree/1"
    ROLE: ClassVar[str | None] = AUTHORITY

    tree: Uri
    edition: Text
    name: Names
    items: Items
    source: Names
    valid_from: Instant
    illustrative: bool = False


def publish_indicator_tree(view: View, command: PublishIndicatorTree, issuer: str) -> tuple[Statement, ...]:  # noqa: ARG001 -- whoever has the role
    """Return the tree with how many indicators each level has.

    Raises:
        NotFoundError: its rows are not at hand.
        FormatError, DomainError: they are no tree.
    """
    rows = decoded(rows_of(view, command.items), IndicatorRow)
    found = tree_of(
        [
            {
                "code": one.code, "weight": nearest_float(one.weight), "parent": one.parent, "low": nearest_float(one.low),
                "high": nearest_float(one.high), "name": {"zh": one.zh, "en": one.en},
            }
            for one in rows
        ]
    )  # fmt: skip
    published = IndicatorTreePublished(
        tree=command.tree, edition=command.edition, name=command.name, levels=found.levels, items=command.items,
        source=command.source, valid_from=command.valid_from, illustrative=command.illustrative,
    )  # fmt: skip
    return (statement(published),)


def the_scheme(view: View, name: str, issuer: str) -> tuple[Record, RiskSchemePublished]:
    """Return a scheme that stands, after checking that a party may act under it and that it can be followed.

    Raises:
        NotFoundError: it is not in the log.
        RefusedError: it does not stand, is not valid yet, or is another party's.
        DomainError: its classes or its rule are none.
    """
    record, scheme = standing(view, name, RiskSchemePublished)
    if issuer not in own_of(record, scheme):
        named = ", ".join(own_of(record, scheme))
        raise RefusedError("own-scheme", f"scheme {scheme.risk_scheme} is for {named}; {issuer} does not act under it")
    if scheme.valid_from > view.valid_at:
        raise RefusedError("scheme-valid", f"scheme {scheme.risk_scheme} is valid from {scheme.valid_from}; it is {view.valid_at}")
    check_classes(classes_of(scheme))
    check_rule(rule_of(scheme.rule))
    if scheme.tree is not None:
        standing(view, scheme.tree, IndicatorTreePublished)
    return record, scheme


def own_of(record: Record, scheme: RiskSchemePublished) -> tuple[str, ...]:
    """Return who acts under a scheme: its publisher and the parties that it names."""
    return (record.issuer, *scheme.parties)


def check_same(own: tuple[str, ...], record: Record, published: str, scheme: Record) -> None:
    """Raise RefusedError where a record is of another scheme, or of a stranger who names this one."""
    if published != scheme.id or record.issuer not in own:
        raise RefusedError("one-scheme", f"record {record.id} by {record.issuer} is not of scheme {scheme.id} and its parties")


def classes_of(scheme: RiskSchemePublished) -> tuple[RiskClass, ...]:
    """Return the classes of a scheme, lowest first."""
    return tuple(
        RiskClass(name=one.risk_class, least=Fraction(one.least), ratio=Fraction(one.ratio), floor=Fraction(one.floor))
        for one in scheme.classes
    )


def rule_of(stated: ComparisonRule) -> Rule:
    """Return the rule of a scheme by which models are compared."""
    return Rule(
        measure=stated.measure, confidence=float(fraction(stated.confidence)), margin=float(fraction(stated.margin)),
        least_visits=stated.least_visits, least_found=stated.least_found, least_effective=float(stated.least_effective),
        top=float(fraction(stated.top)),
    )  # fmt: skip


def rank_of(scheme: RiskSchemePublished, risk_class: str) -> int:
    """Return the place of a class, 0 for the lowest.

    Raises:
        RefusedError: the scheme has no such class.
    """
    names = [one.risk_class for one in scheme.classes]
    if risk_class not in names:
        raise RefusedError(
            "class-known", f"scheme {scheme.risk_scheme} has the classes {', '.join(names)}; there is no {risk_class!r}"
        )
    return names.index(risk_class)


def check_evidence(view: View, own: tuple[str, ...], evidence: tuple[RecordId, ...]) -> None:
    """Raise RefusedError unless records stand on which a change of class rests, stated in this log by who acts under the scheme."""
    for name in evidence:
        record = standing_record(view, name)
        if record.issuer not in own:
            raise RefusedError("own-evidence", f"record {record.id} is by {record.issuer}, who does not act under the scheme")
