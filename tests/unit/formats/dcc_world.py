"""Small calibration certificates to read, and the real ones that lie with the shared data."""

from collections.abc import Sequence
from pathlib import Path

from openqi.formats.dcc import CalibrationDocument, read_dcc
from shared_data import shared

ROLES = {"indicated": "basic_measuredValue", "reference": "basic_referenceValue", "error": "basic_measurementError"}
CORE = (
    "<dcc:uniqueIdentifier>X-1</dcc:uniqueIdentifier><dcc:beginPerformanceDate>2026-01-12</dcc:beginPerformanceDate>"
    "<dcc:endPerformanceDate>2026-01-13Z</dcc:endPerformanceDate>"
)
ITEM = (
    "<dcc:item><dcc:name><dcc:content lang='en'>meter</dcc:content></dcc:name><dcc:identifications><dcc:identification>"
    "<dcc:issuer>manufacturer</dcc:issuer><dcc:value>S-1</dcc:value></dcc:identification></dcc:identifications></dcc:item>"
)


def si(tag: str, *content: str) -> str:
    """A D-SI element."""
    return f"<si:{tag}>{''.join(content)}</si:{tag}>"


def named(tag: str, words: str, more: str = "") -> str:
    """An element with a name."""
    return f"<dcc:{tag}><dcc:name><dcc:content lang='en'>{words}</dcc:content></dcc:name>{more}</dcc:{tag}>"


def expanded(values: str, factors: str = "2") -> str:
    """Expanded uncertainties of a list as D-SI 2.1 states them."""
    return si(
        "expandedUncXMLList",
        si("uncertaintyXMLList", values),
        si("coverageFactorXMLList", factors),
        si("coverageProbabilityXMLList", "0.95"),
    )


def listed(values: str, unit: str = r"\volt", uncertainty: str = "") -> str:
    """A D-SI list whose values stand in one text."""
    return si("realListXMLList", si("valueXMLList", values), si("unitXMLList", unit), uncertainty)


def quantity(role: str, numbers: str) -> str:
    """A quantity in one of the three roles, or of another refType."""
    return f'<dcc:quantity refType="{ROLES.get(role, role)}">{numbers}</dcc:quantity>'


def result(*quantities: str, name: str = "voltage", ref_type: str = "r") -> str:
    """A result with the quantities in one list."""
    inner = "".join(quantities)
    return (
        f'<dcc:result refType="{ref_type}"><dcc:name><dcc:content lang="en">{name}</dcc:content></dcc:name>'
        f"<dcc:data><dcc:list>{inner}</dcc:list></dcc:data></dcc:result>"
    )


def certificate(
    *results: str, version: str = "3.3.0", core: str = CORE, item: str = ITEM, statements: str = "", end: str = ""
) -> bytes:
    """A certificate; only what our reader asks for."""
    return (
        '<dcc:digitalCalibrationCertificate xmlns:dcc="https://ptb.de/dcc" xmlns:si="https://ptb.de/si" '
        f'schemaVersion="{version}"><dcc:administrativeData><dcc:coreData>{core}</dcc:coreData><dcc:items>{item}</dcc:items>'
        f"<dcc:calibrationLaboratory>{named('contact', 'Lab')}</dcc:calibrationLaboratory>{named('customer', 'Us')}{statements}"
        "</dcc:administrativeData><dcc:measurementResults>"
        f"{named('measurementResult', 'm', '<dcc:results>' + ''.join(results) + '</dcc:results>')}"
        f"</dcc:measurementResults>{end}</dcc:digitalCalibrationCertificate>"
    ).encode()


def read(*results: str) -> CalibrationDocument:
    """A certificate with these results, read."""
    return read_dcc(certificate(*results), name="c.xml")


def real_certificates() -> Sequence[Path]:
    """All collected certificates that are valid; the calling test is skipped where they are absent."""
    return [path for path in sorted(shared("data/dcc/examples").rglob("*.xml")) if path.name != "invalid_schema.xml"]


def real(path: str) -> CalibrationDocument:
    """One of the collected certificates, read."""
    found = shared("data/dcc/examples") / path
    return read_dcc(found.read_bytes(), name=found.name)
