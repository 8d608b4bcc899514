"""Reads a digital calibration certificate, version 3.0.0 to 3.3.x, from its XML; signatures are seen but not verified."""

import re
from datetime import date
from typing import Final

from openqi.formats.dcc.document import (
    CalibrationDocument,
    CertificateReference,
    Equipment,
    Identification,
    Item,
    Label,
    QuantityList,
    Replacement,
    Result,
    Statement,
    Text,
)
from openqi.formats.dcc.dsi import ELEMENTS, Numbers, readable
from openqi.formats.dcc.xml import Node, parsed

_VERSION: Final = re.compile(r"3\.[0-3]\.[0-9]{1,3}", re.ASCII)
_DATE: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII)


def read_dcc(data: bytes, *, name: str) -> CalibrationDocument:
    """Return what a digital calibration certificate says.

    The structure is checked as far as it is read; a schema is not applied. What is not read is named in `unread`.

    Args:
        data: the file, at most 10 MB, with or without byte order mark.
        name: the file's name, for errors.

    Raises:
        FormatError: no certificate of these versions, or one that lacks what every certificate has; names file and line.
    """
    return document_of(parsed(data, file=name))


def document_of(root: Node) -> CalibrationDocument:
    """Return what a parsed certificate says; raises as `read_dcc`."""
    if root.name != "dcc:digitalCalibrationCertificate":
        raise root.error("is not the root of a calibration certificate, {https://ptb.de/dcc}digitalCalibrationCertificate")
    version = root.attribute("schemaVersion")
    if not _VERSION.fullmatch(version):
        raise root.error(f"schemaVersion {version[:40]!r}: 3.0.0 to 3.3.x are read; ask the laboratory for one of these")
    root.leave_others(("dcc:administrativeData", "dcc:measurementResults", "ds:Signature"))
    signatures = root.below("ds:Signature")
    for signature in signatures:
        signature.leave("seen, not verified")
    head, measured = root.one("dcc:administrativeData"), root.one("dcc:measurementResults")
    head.leave_others(("dcc:coreData", "dcc:items", "dcc:calibrationLaboratory", "dcc:customer", "dcc:statements"))
    core, laboratory, statements = head.one("dcc:coreData"), head.one("dcc:calibrationLaboratory"), head.maybe("dcc:statements")
    replaced, previous = core.maybe("dcc:reportAmendedSubstituted"), core.maybe("dcc:previousReport")
    laboratory.leave_others(("dcc:contact",))
    _leave_rest_of_core(core)
    return CalibrationDocument(
        file=root.file,
        schema_version=version,
        unique_identifier=core.one("dcc:uniqueIdentifier").filled,
        laboratory=_contact(laboratory.one("dcc:contact")),
        customer=_contact(head.one("dcc:customer")),
        begin_performance_date=_date(core.one("dcc:beginPerformanceDate")),
        end_performance_date=_date(core.one("dcc:endPerformanceDate")),
        issue_date=_date(issued) if (issued := core.maybe("dcc:issueDate")) else None,
        replaces=_replacement(replaced) if replaced else None,
        previous=certificate_reference(previous) if previous else None,
        items=_items(head.one("dcc:items")),
        equipment=_equipment(measured),
        statements=tuple(_statement(node) for node in statements.all("dcc:statement")) if statements else (),
        results=_results(measured),
        signed=bool(signatures),
        unread=tuple(dict.fromkeys(root.unread)),
    )


def _leave_rest_of_core(core: Node) -> None:
    core.leave_others(
        (
            *("dcc:countryCodeISO3166_1", "dcc:usedLangCodeISO639_1", "dcc:mandatoryLangCodeISO639_1"),
            *("dcc:uniqueIdentifier", "dcc:beginPerformanceDate", "dcc:endPerformanceDate", "dcc:issueDate"),
            *("dcc:reportAmendedSubstituted", "dcc:previousReport"),
        )
    )


def _date(node: Node) -> str:
    text = node.filled
    found = _DATE.fullmatch(text)
    try:
        date.fromisoformat(found[1] if found else "")
    except ValueError as error:
        raise node.error(f"{text[:40]!r} is no date; write for example 2026-01-12") from error
    return text


def _replacement(node: Node) -> Replacement:
    node.leave_others(("dcc:typeOfChange", "dcc:replacedUniqueIdentifier"))
    change, identifier = node.one("dcc:typeOfChange").filled, node.one("dcc:replacedUniqueIdentifier").filled
    if change not in {"amended", "substituted"}:
        raise node.error(f"{change[:40]!r} is neither amended nor substituted")
    return Replacement(change=change, identifier=identifier)


def certificate_reference(node: Node) -> CertificateReference:
    """Return what an element of hashType names; raises FormatError where it is incomplete."""
    node.leave_others(
        (
            *("dcc:referral", "dcc:referralID", "dcc:procedure", "dcc:value"),
            *("dcc:traceable", "dcc:inValidityRange", "dcc:linkedReport"),
        )
    )
    linked = node.maybe("dcc:linkedReport")
    return CertificateReference(
        referral=node.one("dcc:referral").text,
        identifier=node.one("dcc:referralID").filled,
        procedure=node.one("dcc:procedure").filled,
        value=node.one("dcc:value").filled,
        traceable=node.truth_of("dcc:traceable"),
        in_validity_range=node.truth_of("dcc:inValidityRange"),
        linked=certificate_reference(linked) if linked else None,
        line=node.line,
    )


def _items(node: Node) -> tuple[Item, ...]:
    node.leave_others(("dcc:name", "dcc:item"))
    found = node.below("dcc:item")
    if not found:
        raise node.error("names nothing that was calibrated; ask the laboratory for a valid certificate")
    for parts in node.below("dcc:subItems"):
        parts.leave_others(("dcc:item",))
    for item in found:
        item.leave_others(("dcc:name", "dcc:manufacturer", "dcc:model", "dcc:identifications", "dcc:subItems"))
    return tuple(
        Item(
            name=item.one("dcc:name").text,
            manufacturer=_manufacturer(item),
            model=item.words_of("dcc:model"),
            identifications=_identifications(item.one("dcc:identifications")),
            line=item.line,
        )
        for item in found
    )


def _contact(node: Node) -> Text:
    node.leave_others(("dcc:name",))
    name = node.one("dcc:name").text
    if not any(words for _, words in name):
        raise node.error("has an empty name; the certificate is not valid, ask the laboratory for a valid one")
    return name


def _manufacturer(node: Node) -> Text:
    maker = node.maybe("dcc:manufacturer")
    return _contact(maker) if maker else ()


def _identifications(node: Node | None) -> tuple[Identification, ...]:
    found = node.all("dcc:identification") if node else ()
    return tuple(
        Identification(value=one.one("dcc:value").filled, name=one.text_of("dcc:name"), issuer=one.one("dcc:issuer").filled)
        for one in found
    )


def _equipment(measured: Node) -> tuple[Equipment, ...]:
    """Wherever it stands: with all results, with one measurement, with a list or with a quantity."""
    for group in measured.below("dcc:measuringEquipments"):
        group.leave_others(("dcc:measuringEquipment",))
    found = measured.below("dcc:measuringEquipment")
    for node in found:
        node.leave_others(("dcc:name", "dcc:manufacturer", "dcc:model", "dcc:identifications", "dcc:certificate"))
    return tuple(
        Equipment(
            name=node.one("dcc:name").text,
            ref_types=node.ref_types,
            manufacturer=_manufacturer(node),
            model=node.words_of("dcc:model"),
            identifications=_identifications(node.maybe("dcc:identifications")),
            certificate=certificate_reference(certificate) if (certificate := node.maybe("dcc:certificate")) else None,
            line=node.line,
        )
        for node in found
    )


def _statement(node: Node) -> Statement:
    texts = ("dcc:name", "dcc:description", "dcc:declaration")
    node.leave_others((*texts, "dcc:norm", "dcc:date", "dcc:traceable", "dcc:valid", "dcc:conformity"))
    day = node.maybe("dcc:date")
    return Statement(
        ref_types=node.ref_types,
        text=tuple(pair for part in texts for pair in node.text_of(part)),
        norms=tuple(norm.filled for norm in node.all("dcc:norm")),
        date=_date(day) if day else None,
        traceable=node.truth_of("dcc:traceable"),
        valid=node.truth_of("dcc:valid"),
        conformity=node.words_of("dcc:conformity"),
        line=node.line,
    )


def _results(node: Node) -> tuple[Result, ...]:
    node.leave_others(("dcc:measurementResult", "dcc:measuringEquipments"))
    results = []
    for measurement in node.all("dcc:measurementResult"):
        measurement.leave_others(("dcc:name", "dcc:measuringEquipments", "dcc:results"))
        name = measurement.one("dcc:name").text
        for result in measurement.one("dcc:results").all("dcc:result"):
            result.leave_others(("dcc:name", "dcc:data"))
            quantities = _quantities(result.one("dcc:data"), ())
            own = result.one("dcc:name").text
            results.append(Result(name=own, ref_types=result.ref_types, measurement=name, quantities=quantities, line=result.line))
    if not results:
        raise node.error("has no dcc:result; the certificate is not valid, ask the laboratory for a valid one")
    return tuple(results)


def _quantities(node: Node, within: tuple[Label, ...]) -> tuple[QuantityList, ...]:
    """The quantities of `dcc:data` or `dcc:list`; those inside of metadata are limits and conditions, not results."""
    node.leave_others(("dcc:quantity", "dcc:list", *(("dcc:name", "dcc:measuringEquipments") if within else ())))
    found: list[QuantityList] = []
    for number, child in enumerate(node.all("dcc:quantity", "dcc:list"), 1):
        if child.name == "dcc:list":
            label = Label(name=child.text_of("dcc:name"), ref_types=child.ref_types, line=child.line, number=number)
            found += _quantities(child, (*within, label))
            continue
        child.leave_others(("dcc:name", "dcc:measuringEquipments", *ELEMENTS))
        stated = readable(child)
        if stated:
            others = tuple(_quantity(child, within, numbers, ()) for numbers in stated[1:])
            found.append(_quantity(child, within, stated[0], others))
    return tuple(found)


def _quantity(node: Node, within: tuple[Label, ...], numbers: Numbers, others: tuple[QuantityList, ...]) -> QuantityList:
    stated = numbers.uncertainty
    return QuantityList(
        name=node.text_of("dcc:name"),
        ref_types=node.ref_types,
        label=numbers.label,
        unit=numbers.unit,
        values=numbers.values,
        expanded_uncertainties=stated.expanded if stated else None,
        coverage_factors=stated.factors if stated else None,
        coverage_probabilities=(stated.probabilities or None) if stated else None,
        alternatives=others,
        within=within,
        line=numbers.line,
    )
