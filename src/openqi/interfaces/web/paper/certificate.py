"""A certificate as a document: what it says, what its checks came to, and when it is due."""

from collections.abc import Iterator, Sequence

from openqi.app.certificates.sheet import CertificateSheet
from openqi.app.reading.certificates import Budgeted
from openqi.formats.dcc.document import CertificateReference, Equipment, Identification, Statement
from openqi.formats.dcc.links import DUE
from openqi.formats.dcc.particulars import Party
from openqi.formats.dcc.values import Values
from openqi.interfaces.web.paper.blocks import Block, Cell, Facts, Grid, Head, Paper, Prose
from openqi.interfaces.web.paper.budget import budget_blocks
from openqi.interfaces.web.paper.checks import check_blocks, signature_note, traceability, verdict_block
from openqi.interfaces.web.paper.results import result_grids, said
from openqi.interfaces.web.units import shown_unit
from openqi.interfaces.web.words import phrase, term

Rows = list[tuple[str, tuple[str, ...]]]


def certificate_paper(sheet: CertificateSheet, language: str, evaluations: Sequence[Budgeted] = ()) -> Paper:
    """Return a certificate as a document in a language; what the certificate says only in others stays in those.

    Args:
        sheet: of the certificate.
        language: `zh` or `en`.
        evaluations: of the uncertainties in it, where a record names them.
    """
    document = sheet.certificate.document
    items = " · ".join(filter(None, (said(item.name, language) for item in document.items[:3])))
    return Paper(
        language=language, kicker=phrase("cert-kicker", language), title=items, number=document.unique_identifier,
        blocks=tuple(_blocks(sheet, language, evaluations)),
        foot=(
            phrase("cert-foot", language, size=sheet.size, version=document.schema_version),
            f"SHA-256 {sheet.sha256}", phrase("cert-foot-judged", language, day=sheet.judged_at[:10]),
        ),
        day=sheet.judged_at[:10],
    )  # fmt: skip


def _blocks(sheet: CertificateSheet, language: str, evaluations: Sequence[Budgeted]) -> Iterator[Block]:
    yield signature_note(sheet, language)
    yield Facts(heading=phrase("cert-about", language), rows=tuple(_about(sheet, language)))
    yield Facts(heading=phrase("cert-parties", language), rows=tuple(_parties(sheet, language)))
    yield Facts(heading=phrase("cert-items", language), rows=tuple(_items(sheet, language)))
    if methods := tuple(_methods(sheet, language)):
        yield Prose(heading=phrase("cert-methods", language), parts=methods)
    if conditions := tuple(_conditions(sheet, language)):
        yield Facts(heading=phrase("cert-conditions", language), rows=conditions)
    if equipment := tuple(_equipment(sheet.certificate.document.equipment, language)):
        head = tuple(Head(text=phrase(name, language)) for name in ("cert-equipment-name", "cert-numbers", "cert-its-certificate"))
        yield Grid(heading=phrase("cert-equipment", language), caption="", head=head, rows=equipment)
    grids = list(result_grids(sheet.tables, language))
    for place, grid in enumerate(grids):
        heading = phrase("cert-results", language) if place == 0 else ""
        yield Grid(heading=heading, caption=grid.caption, head=grid.head, rows=grid.rows, notes=grid.notes)
    yield Prose(heading=phrase("cert-uncertainty-statement", language), parts=tuple(_uncertainty(sheet, language)))
    yield from budget_blocks(evaluations, language)
    if sheet.examination.verdicts:
        yield verdict_block(sheet.examination.verdicts, language)
    yield from traceability(sheet, language)
    if statements := tuple(_statements(sheet.certificate.document.statements, language)):
        yield Prose(heading=phrase("cert-statements", language), parts=statements)
    yield from check_blocks(sheet, language)


def _filled(rows: Rows) -> Rows:
    kept = [(label, tuple(filter(None, lines))) for label, lines in rows]
    return [(label, lines) for label, lines in kept if lines]


def _about(sheet: CertificateSheet, language: str) -> Rows:
    document, metadata = sheet.certificate.document, sheet.certificate.metadata

    def t(name: str, **filled: object) -> str:
        return phrase(name, language, **filled)

    performed = document.begin_performance_date
    if document.end_performance_date != performed:
        performed += f" – {document.end_performance_date}"
    replaced = document.replaces
    rows: Rows = [
        (t("cert-number"), (document.unique_identifier,)),
        (t("cert-received"), (sheet.particulars.received or "",)),
        (t("cert-performed"), (performed,)),
        (t("cert-issued"), (document.issue_date or "",)),
        (t("cert-place"), (term("place", metadata["place"], language),)),
        (t("cert-replaces"), (f"{term('change', replaced.change, language)} {replaced.identifier}" if replaced else "",)),
    ]
    due = [one.date for one in document.statements if one.date and DUE in one.ref_types]
    rows.append((t("cert-recalibration"), tuple(f"{day[:10]} {t('cert-recalibration-note')}" for day in due)))
    main = [person for person in sheet.particulars.people if person.main]
    others = [person for person in sheet.particulars.people if not person.main]
    for label, people in ((t("cert-main-signer"), main), (t("cert-responsible"), others)):
        rows.append((label, tuple(said(one.name, language) + (f", {one.role}" if one.role else "") for one in people)))
    return _filled(rows)


def _parties(sheet: CertificateSheet, language: str) -> Rows:
    around = sheet.particulars
    rows: Rows = [(phrase("cert-laboratory", language), _party(around.laboratory, language))]
    rows.append((phrase("cert-code", language), (around.laboratory.code or "",)))
    rows.append((phrase("cert-customer", language), _party(around.customer, language)))
    return _filled(rows)


def _party(party: Party, language: str) -> tuple[str, ...]:
    return (said(party.name, language), ", ".join(party.address), ", ".join(party.contact))


def _numbers(identifications: tuple[Identification, ...], language: str) -> tuple[str, ...]:
    return tuple(
        f"{said(one.name, language) or term('issuer', one.issuer, language)}{phrase('separator', language)}{one.value}"
        for one in identifications
    )


def _items(sheet: CertificateSheet, language: str) -> Rows:
    rows: Rows = []
    for item in sheet.certificate.document.items:
        maker = said(item.manufacturer, language)
        lines = (
            f"{phrase('cert-maker', language)}{phrase('separator', language)}{maker}" if maker else "",
            f"{phrase('cert-model', language)}{phrase('separator', language)}{item.model}" if item.model else "",
        )
        rows.append((said(item.name, language), (*lines, *_numbers(item.identifications, language))))
    return _filled(rows)


def _methods(sheet: CertificateSheet, language: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for method in sheet.particulars.methods:
        lines = (said(method.description, language), "; ".join(method.norms))
        yield said(method.name, language), tuple(filter(None, lines))


def _conditions(sheet: CertificateSheet, language: str) -> Rows:
    rows: Rows = []
    for condition in sheet.particulars.conditions:
        lines = [said(condition.description, language)]
        for name, values in condition.quantities:
            own = said(name, language)
            shown = " = ".join(map(_values, values))
            lines.append(f"{own}{phrase('separator', language)}{shown}" if own else shown)
        rows.append((said(condition.name, language), tuple(lines)))
    return _filled(rows)


def _values(values: Values) -> str:
    unit = shown_unit(values.unit)
    texts = []
    for point in values.points:
        stated = point.stated
        more = f" ± {stated.uncertainty}" if stated.kind == "expanded" and stated.uncertainty else ""
        factor = f" (k = {stated.coverage_factor})" if more and stated.coverage_factor else ""
        texts.append(f"{point.value}{more} {unit}".strip().replace("-", "−") + factor)
    return ", ".join(texts)


def _equipment(equipment: tuple[Equipment, ...], language: str) -> Iterator[tuple[Cell, ...]]:
    for one in equipment:
        name = ", ".join(filter(None, (said(one.name, language), said(one.manufacturer, language), one.model or "")))
        numbers = "; ".join(_numbers(one.identifications, language))
        yield Cell(text=name), Cell(text=numbers or "–"), Cell(text=_certificate(one.certificate, language))


def _certificate(reference: CertificateReference | None, language: str) -> str:
    if reference is None:
        return phrase("cert-none-named", language)
    return f"{reference.identifier} ({said(reference.referral, language)})"


def _uncertainty(sheet: CertificateSheet, language: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What the uncertainties mean: from the factors and probabilities that are stated, and from nothing else."""
    found: dict[tuple[str, str | None, str | None], None] = {}
    bare = False
    for table in sheet.tables:
        for column in table.columns:
            for point in column.values.points if column.values else ():
                stated = point.stated
                bare = bare or stated.kind == "none"
                if stated.kind != "none":
                    found[(stated.kind, stated.coverage_factor, stated.coverage_probability)] = None
    lines = []
    for kind, factor, probability in found:
        if kind == "expanded":
            lines.append(phrase("cert-expanded", language, k=factor or "?", p=_percent(probability) or "?"))
        else:
            lines.append(
                phrase("cert-standard" if kind == "standard" else "cert-interval", language, p=_percent(probability) or "?")
            )
    if not found:
        lines.append(phrase("cert-no-uncertainty", language))
    elif bare:
        lines.append(phrase("cert-some-bare", language))
    yield "", tuple(lines)


def _percent(probability: str | None) -> str | None:
    """A probability in per cent, by moving the point: 0.9545 is 95.45 %."""
    if probability is None or not probability.startswith("0."):
        return probability
    digits = probability[2:].ljust(2, "0")
    whole = digits[:2].lstrip("0") or "0"
    return f"{whole}{'.' + digits[2:] if digits[2:] else ''} %"


def _statements(statements: tuple[Statement, ...], language: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    def labelled(name: str, words: str) -> str:
        return f"{phrase(name, language)}{phrase('separator', language)}{words}"

    for one in statements:
        lines = [said(one.text, language), "; ".join(one.norms)]
        if one.date:
            lines.append(one.date[:10])
        if one.conformity:
            lines.append(labelled("cert-conformity", term("outcome", one.conformity, language)))
        for name, truth in (("cert-traceable", one.traceable), ("cert-valid", one.valid)):
            if truth is not None:
                lines.append(labelled(name, phrase("cert-yes" if truth else "cert-no", language)))
        kept = tuple(filter(None, lines))
        if kept and not (DUE in one.ref_types and len(kept) == 1):  # a day by itself is told with the other dates
            yield "", kept
