"""A whole digital certificate: what `read_dcc` reads, with all values, the links to other certificates and stated verdicts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from openqi.formats.dcc.conformity import StatedConformity, stated_conformity
from openqi.formats.dcc.document import CalibrationDocument, CertificateReference
from openqi.formats.dcc.quantities import QUANTITIES, quantity_values
from openqi.formats.dcc.reader import certificate_reference, document_of
from openqi.formats.dcc.values import Values
from openqi.formats.dcc.xml import Node, parsed

__all__ = ["DigitalCertificate", "StatedConformity", "read_certificate"]

_LINKS = ("dcc:previousReport", "dcc:certificate")


@dataclass(frozen=True, kw_only=True)
class DigitalCertificate:
    """What a digital certificate says.

    Args:
        document: as `read_dcc` gives it.
        values: of every quantity, in the order of the file.
        links: certificates that it names.
        conformity: verdicts that it states.
        metadata: languages, country, place of performance and signers as stated, by name; lists separated by spaces.
        root: of the file, for checks that ask for more.
    """

    document: CalibrationDocument
    values: tuple[Values, ...]
    links: tuple[CertificateReference, ...]
    conformity: tuple[StatedConformity, ...]
    metadata: Mapping[str, str]
    root: Node = field(repr=False, compare=False)


def read_certificate(data: bytes, *, name: str) -> DigitalCertificate:
    """Return what a certificate says; arguments and errors as of `read_dcc`.

    Raises:
        FormatError: also where lists of values do not match.

    Source: [DCC] versions 3.0.0 to 3.3.0.
    """
    return certificate_of(parsed(data, file=name))


def certificate_of(root: Node) -> DigitalCertificate:
    """Return what a parsed certificate says; raises as `read_certificate`."""
    document = document_of(root)
    found = [node for tag in _LINKS for node in root.below(tag)]
    quantities = sorted((node for tag in QUANTITIES for node in root.below(tag)), key=lambda node: node.line)
    return DigitalCertificate(
        document=document,
        values=tuple(values for node in quantities for values in quantity_values(node)),
        links=tuple(certificate_reference(node) for node in sorted(found, key=lambda node: node.line)),
        conformity=stated_conformity(root),
        metadata=_metadata(root),
        root=root,
    )


def _metadata(root: Node) -> dict[str, str]:
    core = root.one("dcc:administrativeData").one("dcc:coreData")
    signers = [node for node in root.below("dcc:mainSigner") if node.words in {"true", "1"}]
    return {
        "languages": " ".join(node.words for node in core.all("dcc:usedLangCodeISO639_1")),
        "mandatory languages": " ".join(node.words for node in core.all("dcc:mandatoryLangCodeISO639_1")),
        "country": core.words_of("dcc:countryCodeISO3166_1") or "",
        "place": core.words_of("dcc:performanceLocation") or "",
        "main signers": str(len(signers)),
    }
