"""Everything that can be asked of a certificate without believing it: structure, schema, content and stated verdicts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from openqi.formats.dcc.certificate import DigitalCertificate, certificate_of
from openqi.formats.dcc.finding import Finding
from openqi.formats.dcc.rules.rule import content_findings
from openqi.formats.dcc.schema import schema_findings
from openqi.formats.dcc.structure.walk import structure_findings
from openqi.formats.dcc.verdicts import VerdictCheck, recomputed_verdicts
from openqi.formats.dcc.xml import parsed
from openqi.kernel.errors import FormatError

Answer = Literal["passed", "failed", "not checked"]


@dataclass(frozen=True, kw_only=True)
class Examination:
    """What a check came to.

    Args:
        structure: by our own rules; so are the others. Each is `not checked` where it could not be asked.
        xsd: by the schema, where it was supplied.
        content: by the rules of content.
        verdicts: as `VerdictCheck`; one that comes out otherwise is a finding too.
        certificate: what it says, None where it cannot be read.
        findings: of all, in the order of the file.
    """

    structure: Answer
    xsd: Answer
    content: Answer
    verdicts: tuple[VerdictCheck, ...]
    certificate: DigitalCertificate | None
    findings: tuple[Finding, ...]


def examined(data: bytes, *, name: str, schemas: Mapping[str, bytes] | None = None) -> Examination:
    """Return what a check of a certificate came to. Its signature is not looked at.

    Args:
        data: of the certificate.
        name: of its file.
        schemas: as `validate_xsd`; None validates against none.

    Raises:
        FormatError: no XML, XML with entities or a document type, or a schema that cannot be read.
        NotFoundError: no schema of the version of the certificate.
    """
    root = parsed(data, file=name)
    structure = structure_findings(root)
    xsd = schema_findings(root, schemas) if schemas is not None else ()
    certificate, content = None, tuple[Finding, ...]()
    verdicts: tuple[VerdictCheck, ...] = ()
    try:
        certificate = certificate_of(root)
        verdicts = recomputed_verdicts(certificate)
        content = (*content_findings(certificate), *map(_otherwise, filter(_differs, verdicts)))
    except FormatError as error:
        if not structure:  # else the structure has already said why it cannot be read
            content = (Finding(rule="readable", clause="D-SI", line=_line(error), text=str(error)),)
    return Examination(
        structure=_answer(structure),
        xsd=_answer(xsd) if schemas is not None else "not checked",
        content=_answer(content) if certificate or content else "not checked",
        verdicts=verdicts,
        certificate=certificate,
        findings=tuple(sorted((*structure, *xsd, *content), key=lambda finding: finding.line)),
    )


def _answer(findings: tuple[Finding, ...]) -> Answer:
    return "failed" if findings else "passed"


def _differs(check: VerdictCheck) -> bool:
    return check.outcome is not None and check.outcome != check.stated


def _otherwise(check: VerdictCheck) -> Finding:
    text = f"{check.place}: {check.stated} is stated, {check.outcome} comes out: {check.why}"
    return Finding(rule="verdict", clause="ISO/IEC 17025:2017 7.8.6.1", line=check.line, text=text)


def _line(error: FormatError) -> int:
    parts = str(error).split(":")
    return int(parts[1]) if len(parts) > 1 and parts[1].isascii() and parts[1].isdigit() else 0
