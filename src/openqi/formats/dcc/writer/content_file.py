"""The content of a certificate as a YAML file that a person writes, read into what the writer takes."""

from typing import Final

from openqi.formats.dcc.document import CertificateReference, Equipment, Identification, Item, Text
from openqi.formats.dcc.writer.content import CertificateContent, Column, Condition, Contact, Method, TableContent, Verdicts
from openqi.formats.document import Node, parse_yaml

_MEMBERS: Final = (
    *("identifier", "languages", "country", "begin", "end", "issued", "due", "place", "laboratory", "customer"),
    *("signers", "items", "methods", "conditions", "equipment", "tables"),
)
_CONTACT: Final = ("name", "city", "country", "email")
_ITEM: Final = ("name", "manufacturer", "model", "identifications")
_COLUMN: Final = ("name", "refTypes", "unit", "values", "expanded", "coverageFactor", "coverageProbability", "verdicts")
_VERDICTS: Final = ("rule", "outcomes", "lower", "acceptLower", "acceptUpper", "upper")
_REFERENCE: Final = ("referral", "identifier", "procedure", "value", "traceable", "linked")


def read_content(data: bytes, *, name: str) -> CertificateContent:
    """Return what a content file says.

    Args:
        data: YAML, as docs/metrology/certificates.md shows.
        name: of the file, for messages.

    Raises:
        FormatError: not such a file; names line and member.
    """
    root = parse_yaml(data, name=name)
    root.allow(_MEMBERS)
    laboratory = root.need("laboratory")
    laboratory.allow((*_CONTACT, "code"))
    customer = root.need("customer")
    customer.allow(_CONTACT)
    return CertificateContent(
        identifier=root.need("identifier").text(),
        languages=root.need("languages").texts(),
        country=root.need("country").text(),
        laboratory=_contact(laboratory),
        laboratory_code=_maybe(laboratory, "code"),
        customer=_contact(customer),
        signers=root.need("signers").texts(),
        begin=root.need("begin").text(),
        end=root.need("end").text(),
        issued=_maybe(root, "issued"),
        due=_maybe(root, "due"),
        place=_maybe(root, "place") or "laboratory",
        items=tuple(map(_item, root.need("items").elements())),
        methods=tuple(map(_method, _elements(root, "methods"))),
        conditions=tuple(map(_condition, _elements(root, "conditions"))),
        equipment=tuple(map(_equipment, _elements(root, "equipment"))),
        tables=tuple(map(_table, root.need("tables").elements())),
    )


def _maybe(node: Node, name: str) -> str | None:
    member = node.get(name)
    return None if member is None else member.text()


def _elements(node: Node, name: str) -> tuple[Node, ...]:
    member = node.get(name)
    return () if member is None else member.elements()


def _texts(node: Node, name: str) -> tuple[str, ...]:
    """A list of texts, or one text as a list of one; () where it is left out."""
    member = node.get(name)
    if member is None:
        return ()
    return (member.text(),) if member.kind == "text" else member.texts()


def _text(node: Node) -> Text:
    """A text for all languages, or one a language: `{zh: …, en: …}`."""
    if node.kind == "text":
        return (("", node.text()),)
    return tuple((language, member.text()) for language, member in node.items())


def _contact(node: Node) -> Contact:
    return Contact(
        name=_text(node.need("name")), city=node.need("city").text(), country=_maybe(node, "country"), email=_maybe(node, "email")
    )


def _identifications(node: Node) -> tuple[Identification, ...]:
    found = []
    for one in _elements(node, "identifications"):
        one.allow(("issuer", "value", "name"))
        name = one.get("name")
        found.append(
            Identification(
                issuer=one.need("issuer").text(), value=one.need("value").text(), name=_text(name) if name is not None else ()
            )
        )
    return tuple(found)


def _method(node: Node) -> Method:
    node.allow(("name", "norm"))
    return Method(name=_text(node.need("name")), norm=_maybe(node, "norm"))


def _condition(node: Node) -> Condition:
    node.allow(("name", "value", "unit"))
    return Condition(name=_text(node.need("name")), value=node.need("value").text(), unit=node.need("unit").text())


def _item(node: Node) -> Item:
    node.allow(_ITEM)
    maker = node.get("manufacturer")
    return Item(
        name=_text(node.need("name")), manufacturer=_text(maker) if maker is not None else (), model=_maybe(node, "model"),
        identifications=_identifications(node), line=node.line,
    )  # fmt: skip


def _equipment(node: Node) -> Equipment:
    node.allow((*_ITEM, "refTypes", "certificate"))
    maker, certificate = node.get("manufacturer"), node.get("certificate")
    return Equipment(
        name=_text(node.need("name")), ref_types=_texts(node, "refTypes"), model=_maybe(node, "model"),
        manufacturer=_text(maker) if maker is not None else (), identifications=_identifications(node),
        certificate=_reference(certificate) if certificate is not None else None, line=node.line,
    )  # fmt: skip


def _reference(node: Node) -> CertificateReference:
    node.allow(_REFERENCE)
    linked, traceable = node.get("linked"), _maybe(node, "traceable")
    if traceable not in (None, "true", "false"):
        raise node.need("traceable").error(f"{traceable!r} is neither true nor false")
    return CertificateReference(
        referral=_text(node.need("referral")), identifier=node.need("identifier").text(), procedure=node.need("procedure").text(),
        value=node.need("value").text(), traceable=None if traceable is None else traceable == "true", in_validity_range=None,
        linked=_reference(linked) if linked is not None else None, line=node.line,
    )  # fmt: skip


def _table(node: Node) -> TableContent:
    node.allow(("name", "refTypes", "columns"))
    columns = tuple(map(_column, node.need("columns").elements()))
    return TableContent(name=_text(node.need("name")), ref_types=_texts(node, "refTypes"), columns=columns)


def _column(node: Node) -> Column:
    node.allow(_COLUMN)
    verdicts = node.get("verdicts")
    return Column(
        name=_text(node.need("name")), ref_types=_texts(node, "refTypes"), unit=node.need("unit").text(),
        values=_texts(node, "values") or node.need("values").texts(), expanded=_texts(node, "expanded"),
        coverage_factor=_maybe(node, "coverageFactor") or "2", coverage_probability=_maybe(node, "coverageProbability") or "0.95",
        verdicts=_verdicts(verdicts) if verdicts is not None else None,
    )  # fmt: skip


def _verdicts(node: Node) -> Verdicts:
    node.allow(_VERDICTS)
    return Verdicts(
        rule=node.need("rule").text(), outcomes=node.need("outcomes").texts(), lower=_texts(node, "lower"),
        accept_lower=_texts(node, "acceptLower"), accept_upper=_texts(node, "acceptUpper"), upper=_texts(node, "upper"),
    )  # fmt: skip
