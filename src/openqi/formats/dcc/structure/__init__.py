"""The structure of a certificate by rules of our own, for each version of the schema: what stands where, and what must."""

from openqi.formats.dcc.finding import Finding
from openqi.formats.dcc.structure.walk import structure_findings
from openqi.formats.dcc.xml import parsed

__all__ = ["check_structure"]


def check_structure(data: bytes, *, name: str) -> tuple[Finding, ...]:
    """Return what is wrong with the structure of a certificate; () where nothing is.

    This is no validation against the schema: `validate_xsd` is, where the schema is at hand.

    Args:
        data: of the certificate, at most 10 MB.
        name: of the file, for messages.

    Raises:
        FormatError: not XML, or XML with a document type, entities or too much of it.

    Source: [DCC] versions 3.0.0 to 3.3.0.
    """
    return structure_findings(parsed(data, file=name))
