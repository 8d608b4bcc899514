"""Writes a digital calibration certificate, version 3.1.1 to 3.3.0, and checks what was written before it is given out."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from openqi.formats.dcc.conformity import LIMITS
from openqi.formats.dcc.document import CertificateReference, Equipment, Item, Text
from openqi.formats.dcc.structure import check_structure
from openqi.formats.dcc.structure.table import VERSIONS, tag_of
from openqi.formats.dcc.writer.content import CertificateContent, Column, Contact, TableContent, Verdicts
from openqi.kernel.errors import DomainError, FormatError

if TYPE_CHECKING:
    from lxml.etree import _Element

WRITTEN: Final = VERSIONS[1:]  # 3.0.0 has neither lists of numbers nor of verdicts
_WITH_DATE_OF_ISSUE: Final = "3.2.0"
_WITH_UNIVARIATE: Final = "3.3.0"
_SPACES: Final = {"dcc": "https://ptb.de/dcc", "si": "https://ptb.de/si"}


def write_dcc(content: CertificateContent, *, version: str = "3.3.0") -> bytes:
    """Return a certificate as XML, UTF-8, unsigned.

    Args:
        content: what it says.
        version: of the schema, 3.1.1 to 3.3.0.

    Raises:
        DomainError: a version that is not written, lists that do not match, or content that the schema of this version has no place
            for or asks more of; names the first such place.

    Source: [DCC] versions 3.1.1 to 3.3.0, [DSI].
    """
    from lxml import etree

    if version not in WRITTEN:
        raise DomainError(f"version {version[:20]!r} is not written; choose one of {', '.join(WRITTEN)}")
    root: _Element = etree.Element(tag_of("digitalCalibrationCertificate"), nsmap=_SPACES)
    root.set("schemaVersion", version)
    try:
        _head(_in(root, "administrativeData"), content, version)
        _results(_in(root, "measurementResults"), content, version)
    except ValueError as error:
        raise DomainError(f"a text has characters that XML cannot hold: {error}") from error
    data = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    try:
        findings = check_structure(data, name=content.identifier)
    except FormatError as error:
        raise DomainError(f"this content makes no certificate: {error}") from error
    if findings:
        raise DomainError(f"this content makes no certificate of version {version}: {findings[0].text}")
    return data


def _in(parent: "_Element", name: str, text: str | None = None, ref_types: Iterable[str] = ()) -> "_Element":
    """A new element at the end of another."""
    from lxml import etree

    made = etree.SubElement(parent, tag_of(name))
    made.text = text
    if words := " ".join(ref_types):
        made.set("refType", words)
    return made


def _words(parent: "_Element", name: str, text: Text) -> None:
    held = _in(parent, name)
    for language, words in text:
        content = _in(held, "content", words)
        if language:
            content.set("lang", language)


def _maybe(parent: "_Element", name: str, text: str | None) -> None:
    if text is not None:
        _in(parent, name, text)


def _head(head: "_Element", content: CertificateContent, version: str) -> None:
    software = _in(_in(head, "dccSoftware"), "software")
    _words(software, "name", (("", content.software[0]),))
    _in(software, "release", content.software[1])
    core = _in(head, "coreData")
    _in(core, "countryCodeISO3166_1", content.country)
    for language in content.languages:
        _in(core, "usedLangCodeISO639_1", language)
    for language in content.languages[:1]:
        _in(core, "mandatoryLangCodeISO639_1", language)
    _in(core, "uniqueIdentifier", content.identifier)
    _in(core, "beginPerformanceDate", content.begin)
    _in(core, "endPerformanceDate", content.end)
    _in(core, "performanceLocation", content.place)
    if content.issued is not None and version < _WITH_DATE_OF_ISSUE:
        raise DomainError(f"version {version} has no place for the date of issue; choose 3.2.0 or later")
    _maybe(core, "issueDate", content.issued)
    items = _in(head, "items")
    for item in content.items:
        _item(_in(items, "item"), item)
    laboratory = _in(head, "calibrationLaboratory")
    _maybe(laboratory, "calibrationLaboratoryCode", content.laboratory_code)
    _contact(_in(laboratory, "contact"), content.laboratory)
    people = _in(head, "respPersons")
    for place, name in enumerate(content.signers):
        person = _in(people, "respPerson")
        _words(_in(person, "person"), "name", (("", name),))
        if place == 0:
            _in(person, "mainSigner", "true")
    _contact(_in(head, "customer"), content.customer)
    if content.due is not None:
        _in(_in(_in(head, "statements"), "statement", ref_types=("basic_recalibration",)), "date", content.due)


def _contact(parent: "_Element", contact: Contact) -> None:
    _words(parent, "name", contact.name)
    _maybe(parent, "eMail", contact.email)
    location = _in(parent, "location")
    _in(location, "city", contact.city)
    _maybe(location, "countryCode", contact.country)


def _item(parent: "_Element", item: Item | Equipment) -> None:
    """Name, certificate, maker, model and numbers of an item or of what it was measured with."""
    _words(parent, "name", item.name)
    if isinstance(item, Equipment) and item.certificate:
        _reference(_in(parent, "certificate"), item.certificate)
    if item.manufacturer:
        _words(_in(parent, "manufacturer"), "name", item.manufacturer)
    _maybe(parent, "model", item.model)
    if item.identifications:
        held = _in(parent, "identifications")
        for one in item.identifications:
            made = _in(held, "identification")
            _in(made, "issuer", one.issuer)
            _in(made, "value", one.value)
            if one.name:
                _words(made, "name", one.name)


def _reference(parent: "_Element", reference: CertificateReference) -> None:
    _words(parent, "referral", reference.referral)
    for name, text in (("referralID", reference.identifier), ("procedure", reference.procedure), ("value", reference.value)):
        _in(parent, name, text)
    for name, said in (("inValidityRange", reference.in_validity_range), ("traceable", reference.traceable)):
        _maybe(parent, name, None if said is None else str(said).lower())
    if reference.linked:
        _reference(_in(parent, "linkedReport"), reference.linked)


def _results(parent: "_Element", content: CertificateContent, version: str) -> None:
    measured = _in(parent, "measurementResult")
    _words(measured, "name", content.items[0].name if content.items else ())
    if content.methods:
        held = _in(measured, "usedMethods")
        for method in content.methods:
            made = _in(held, "usedMethod")
            _words(made, "name", method.name)
            _maybe(made, "norm", method.norm)
    if content.equipment:
        held = _in(measured, "measuringEquipments")
        for one in content.equipment:
            _item(_in(held, "measuringEquipment", ref_types=one.ref_types), one)
    if content.conditions:
        held = _in(measured, "influenceConditions")
        for condition in content.conditions:
            made = _in(held, "influenceCondition")
            _words(made, "name", condition.name)
            real = _in(_in(_in(made, "data"), "quantity"), "si:real")
            _in(real, "si:value", condition.value)
            _in(real, "si:unit", condition.unit)
    results = _in(measured, "results")
    for table in content.tables:
        _table(_in(results, "result", ref_types=table.ref_types), table, version)


def _table(result: "_Element", table: TableContent, version: str) -> None:
    _words(result, "name", table.name)
    held = _in(_in(result, "data"), "list")
    lengths = {len(column.values) for column in table.columns}
    if len(lengths) != 1 or 0 in lengths:
        raise DomainError(f"the columns of a table have {sorted(lengths)} values; every line needs a value of each")
    for column in table.columns:
        made = _in(held, "quantity", ref_types=column.ref_types)
        _words(made, "name", column.name)
        _list(made, column, version)
        if column.verdicts:
            metadata = _in(_in(made, "measurementMetaData"), "metaData", ref_types=("basic_conformity",))
            _verdicts(metadata, column.verdicts, column)


def _list(parent: "_Element", column: Column, version: str) -> None:
    made = _in(parent, "si:realListXMLList")
    _in(made, "si:valueXMLList", " ".join(column.values))
    _in(made, "si:unitXMLList", column.unit)
    if not column.expanded:
        return
    _matched(column.expanded, column, "uncertainties")
    new = version >= _WITH_UNIVARIATE
    holder = _in(made, "si:measurementUncertaintyUnivariateXMLList") if new else made
    stated = _in(holder, "si:expandedMUXMLList" if new else "si:expandedUncXMLList")
    _in(stated, "si:valueExpandedMUXMLList" if new else "si:uncertaintyXMLList", " ".join(column.expanded))
    _in(stated, "si:coverageFactorXMLList", column.coverage_factor)
    _in(stated, "si:coverageProbabilityXMLList", column.coverage_probability)


def _verdicts(parent: "_Element", verdicts: Verdicts, column: Column) -> None:
    if len(verdicts.outcomes) != len(column.values):
        raise DomainError(f"{len(verdicts.outcomes)} verdicts for {len(column.values)} values; state one for each")
    if not verdicts.rule.strip():
        raise DomainError("a verdict has no decision rule; name the norm and its clause")
    _in(parent, "norm", verdicts.rule)
    _in(parent, "conformityXMLList", " ".join(verdicts.outcomes))
    limits = [(ref, getattr(verdicts, role)) for role, ref in LIMITS.items() if getattr(verdicts, role)]
    if limits:
        data = _in(parent, "data")
        for ref, texts in limits:
            _matched(texts, column, "limits")
            made = _in(_in(data, "quantity", ref_types=(ref,)), "si:realListXMLList")
            _in(made, "si:valueXMLList", " ".join(texts))
            _in(made, "si:unitXMLList", column.unit)


def _matched(texts: tuple[str, ...], column: Column, what: str) -> None:
    if len(texts) not in (1, len(column.values)):
        raise DomainError(f"{len(texts)} {what} for {len(column.values)} values; state one for all or one for each")
