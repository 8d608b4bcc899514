"""What the record of a certificate states, as parts of a document: all there is of paper, of verifications, of a lost file."""

from collections.abc import Iterator

from openqi.app.reading.instruments import difference
from openqi.interfaces.web.paper.blocks import Block, Cell, Facts, Grid, Head, aligned
from openqi.interfaces.web.show import instant
from openqi.interfaces.web.units import shown_unit
from openqi.interfaces.web.words import phrase, term
from openqi.records import Names
from openqi.records.metrology import (
    Calibrated,
    CalibrationCertified,
    CalibrationCertifiedFully,
    Certificate,
    VerificationCertified,
    VerificationCertifiedFully,
    Verified,
    results_of,
)


def certificate_blocks(stated: Certificate, language: str, *, results: bool) -> Iterator[Block]:
    """Yield what a record states; its results only where no document tells them better."""
    rows = list(_facts(stated, language))
    if rows:
        yield Facts(heading="", rows=tuple(rows))
    if isinstance(stated, VerificationCertifiedFully):
        yield _items(stated, language)
    for place, found in enumerate(results_of(stated) if results else ()):
        name = "cert-results" if isinstance(found, Calibrated) else "cert-verified-results"
        heading = phrase(name, language) if place == 0 else ""
        yield _calibrated(found, heading, language) if isinstance(found, Calibrated) else _verified(found, heading, language)


def _name(names: Names, language: str) -> str:
    return (names.zh or names.en) if language == "zh" else (names.en or names.zh)


def _facts(stated: Certificate, language: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(stated, CalibrationCertifiedFully):
        yield phrase("cert-customer", language), (_name(stated.customer, language),)
        yield phrase("cert-procedures", language), stated.procedures
        if stated.laboratory_code:
            yield phrase("cert-code", language), (stated.laboratory_code,)
        if stated.decision_rules:
            yield phrase("cert-verdict-rule", language), stated.decision_rules
    if isinstance(stated, VerificationCertified):
        yield phrase("cert-verdict", language), (term("value", stated.verdict, language),)
    if not isinstance(stated, CalibrationCertified) and stated.accuracy_class and stated.valid_until:
        yield phrase("cert-class", language), (stated.accuracy_class,)
        yield phrase("cert-until", language), (instant(stated.valid_until),)
    if isinstance(stated, VerificationCertifiedFully):
        regulation = stated.regulation
        title = f"{regulation.number}-{regulation.edition} {_name(regulation.name, language)}"
        yield phrase("cert-regulation", language), (title,)
        if stated.conditions:
            yield (
                phrase("cert-conditions", language),
                tuple(
                    f"{term('value', one.quantity, language)}{phrase('separator', language)}"
                    + (one.lower if one.lower == one.upper else f"{one.lower} … {one.upper}").replace("-", "−")
                    + f" {shown_unit(one.unit)}"
                    for one in stated.conditions
                ),
            )


def _items(stated: VerificationCertifiedFully, language: str) -> Grid:
    head = tuple(Head(text=phrase(name, language)) for name in ("cert-clause", "cert-item", "cert-verdict"))
    rows = tuple(
        (
            Cell(text=one.clause), Cell(text=_name(one.name, language)),
            Cell(text=term("value", one.verdict, language), strong=one.verdict == "failed"),
        )
        for one in stated.items
    )  # fmt: skip
    return Grid(heading=phrase("cert-verified-items", language), caption="", head=head, rows=rows)


def _calibrated(found: Calibrated, heading: str, language: str) -> Grid:
    unit = shown_unit(found.unit)
    over = f" / {unit}" if unit else ""
    names = [phrase(name, language) + over for name in ("cert-indicated", "cert-reference", "cert-error")]
    head = tuple(Head(text=text, number=True) for text in (*names, f"U{over} (k\u00a0=\u00a0{found.coverage_factor})"))
    columns = (
        tuple(one.indicated for one in found.points), tuple(one.reference for one in found.points),
        tuple(difference(one.indicated, one.reference) for one in found.points),
        tuple(one.expanded_uncertainty for one in found.points),
    )  # fmt: skip
    caption = term("value", found.quantity, language)
    return Grid(heading=heading, caption=caption, head=head, rows=tuple(zip(*map(aligned, columns), strict=True)))


def _verified(found: Verified, heading: str, language: str) -> Grid:
    unit = shown_unit(found.unit)
    over = f" / {unit}" if unit else ""
    head = (
        Head(text=phrase("cert-from", language) + over, number=True), Head(text=phrase("cert-to", language) + over, number=True),
        Head(text=phrase("cert-mpe", language) + over, number=True),
    )  # fmt: skip
    (lower,), (upper,) = aligned((found.lower,)), aligned((found.upper,))
    row = (lower, upper, Cell(text=f"± {found.maximum_permissible_error}"))
    return Grid(heading=heading, caption=term("value", found.quantity, language), head=head, rows=(row,))
