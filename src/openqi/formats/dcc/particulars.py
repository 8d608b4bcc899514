"""Who a certificate is of and for, by which methods and under which conditions: what stands around its results."""

from dataclasses import dataclass

from openqi.formats.dcc.document import Text, text_in
from openqi.formats.dcc.quantities import quantity_values
from openqi.formats.dcc.values import Values
from openqi.formats.dcc.xml import Node


@dataclass(frozen=True, kw_only=True)
class Party:
    """A laboratory or customer; `address` is its lines as stated, `code` that of a laboratory's accreditation or licence."""

    name: Text
    address: tuple[str, ...]
    contact: tuple[str, ...]
    code: str | None = None


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who is responsible for the certificate."""

    name: Text
    role: str | None
    main: bool


@dataclass(frozen=True, kw_only=True)
class UsedMethod:
    """A method that was used: its name, what is said of it, and the norms and other documents that it follows."""

    name: Text
    description: Text
    norms: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class StatedCondition:
    """A condition under which was measured; `quantities` are its values, in each unit that they are stated in."""

    name: Text
    description: Text
    quantities: tuple[tuple[Text, tuple[Values, ...]], ...]


@dataclass(frozen=True, kw_only=True)
class Particulars:
    """What stands around the results; `received` is a day as written, `software` what wrote the file."""

    laboratory: Party
    customer: Party
    people: tuple[Person, ...]
    received: str | None
    software: tuple[str, ...]
    methods: tuple[UsedMethod, ...]
    conditions: tuple[StatedCondition, ...]


def particulars_of(root: Node) -> Particulars:
    """Return what stands around the results of a parsed certificate.

    Raises:
        FormatError: an element that is needed is missing, or lists of values that do not match.
    """
    head = root.one("dcc:administrativeData")
    laboratory, people = head.one("dcc:calibrationLaboratory"), head.maybe("dcc:respPersons")
    software = head.maybe("dcc:dccSoftware")
    measured = root.one("dcc:measurementResults")
    methods = [node for group in measured.below("dcc:usedMethods") for node in group.all("dcc:usedMethod")]
    conditions = [node for group in measured.below("dcc:influenceConditions") for node in group.all("dcc:influenceCondition")]
    return Particulars(
        laboratory=_party(laboratory.one("dcc:contact"), code=laboratory.words_of("dcc:calibrationLaboratoryCode")),
        customer=_party(head.one("dcc:customer")),
        people=tuple(_person(node) for node in (people.all("dcc:respPerson") if people else ())),
        received=head.one("dcc:coreData").words_of("dcc:receiptDate"),
        software=tuple(_software(node) for node in (software.all("dcc:software") if software else ())),
        methods=tuple(dict.fromkeys(map(_method, methods))),
        conditions=tuple(map(_condition, conditions)),
    )


def _party(node: Node, code: str | None = None) -> Party:
    place = node.maybe("dcc:location")
    return Party(
        name=node.text_of("dcc:name"), address=_address(place) if place else (), code=code,
        contact=tuple(one.words for one in node.all("dcc:eMail", "dcc:phone", "dcc:link") if one.words),
    )  # fmt: skip


def _address(place: Node) -> tuple[str, ...]:
    def of(*names: str) -> str:
        return " ".join(one.words for name in names for one in place.all(f"dcc:{name}") if one.words)

    parts = (of("street", "streetNo"), of("postOfficeBox"), of("postCode", "city"), of("state"), of("countryCode"))
    return tuple(filter(None, parts))


def _person(node: Node) -> Person:
    return Person(
        name=node.one("dcc:person").text_of("dcc:name"), role=node.words_of("dcc:role"),
        main=node.truth_of("dcc:mainSigner") is True,
    )  # fmt: skip


def _software(node: Node) -> str:
    return " ".join(filter(None, (text_in(node.text_of("dcc:name")), node.words_of("dcc:release"))))


def _method(node: Node) -> UsedMethod:
    norms = tuple(one.words for one in node.all("dcc:norm", "dcc:reference") if one.words)
    return UsedMethod(name=node.text_of("dcc:name"), description=node.text_of("dcc:description"), norms=norms)


def _condition(node: Node) -> StatedCondition:
    data = node.maybe("dcc:data")
    found = [(one.text_of("dcc:name"), quantity_values(one)) for one in (data.below("dcc:quantity") if data else ())]
    return StatedCondition(
        name=node.text_of("dcc:name"), description=node.text_of("dcc:description"),
        quantities=tuple(pair for pair in found if pair[1]),
    )  # fmt: skip
