"""How fast certificates are read and judged, beside lxml and xmlschema on the same file: `measure(table)`.

Needs the shared data (OPENQI_SHARED, else `../shared`): the certificate and the schemas are not ours to carry.
"""

import os
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

from lxml import etree

from benchmarks.measure import Table, timed
from openqi.app.certificates.examination import examined
from openqi.app.certificates.files import schemas_in
from openqi.formats.dcc.certificate import read_certificate
from openqi.formats.dcc.schema import validate_xsd
from openqi.formats.dcc.signature.verify import verify_signature
from openqi.formats.dcc.structure import check_structure
from openqi.formats.dcc.xml import parsed

SHARED = Path(os.environ.get("OPENQI_SHARED", Path(__file__).resolve().parents[3] / "shared")) / "data" / "dcc"
PLAIN = SHARED / "examples" / "dcclib" / "valid.xml"
SIGNED = SHARED / "examples" / "good_practice" / "dcc_gp_temperature_typical_v12_v3.2.0_signed_lt.xml"
XADES = "{http://uri.etsi.org/01903/v1.3.2#}"
ROOTS = ("Calibration Community Root CA 01", "T-TeleSec GlobalRoot Class 2,OU")
NOW = "2026-11-30T12:00:00Z"


def measure(table: Table) -> None:
    """Add the rows of certificates: targets 25 and 26 of the plan, and the peers."""
    if not SHARED.is_dir():
        print(f"no shared data at {SHARED}: certificates are not measured")
        return
    plain, signed, schemas = PLAIN.read_bytes(), SIGNED.read_bytes(), schemas_in(SHARED / "schema")
    root, stamps = trusted(signed)

    table.add("certificate of 21 kB: parse and structure", milliseconds(lambda: check_structure(plain, name="c")), "ms", at_most=1)
    table.add("... parse alone", milliseconds(lambda: parsed(plain, file="c")), "ms")
    table.add("... all that it says, with every value", milliseconds(lambda: read_certificate(plain, name="c")), "ms")
    table.add("... parse and XSD (compiled before)", milliseconds(lambda: validate_xsd(plain, schemas, name="c")), "ms")
    table.add("peer lxml: parse alone", milliseconds(lambda: etree.fromstring(plain)), "ms")
    peers(table, plain)

    def whole() -> None:
        found = examined(signed, name="c", schemas=schemas)
        report = verify_signature(signed, roots=[root], stamp_roots=[stamps], now=NOW)
        assert found.xsd == "passed"
        assert (report.state, report.time_source, report.revocation) == ("valid-then-expired-now", "timestamp", "good")

    table.add(
        "signed with long-term data, 58 kB: structure, XSD, content, verdicts, signature", milliseconds(whole), "ms", at_most=10
    )
    table.add(
        "... signature alone", milliseconds(lambda: verify_signature(signed, roots=[root], stamp_roots=[stamps], now=NOW)), "ms"
    )


def milliseconds(work: Callable[[], object], *, repeats: int = 200) -> float:
    """Return the shortest of many runs in a row, with warm caches: `best` tidies memory before each, which cools them."""
    times = []
    for _ in range(repeats):
        with timed() as watch:
            work()
        times.append(watch.seconds)
    return min(times) * 1e3


def peers(table: Table, data: bytes) -> None:
    """Add what xmlschema takes, which others use to validate and to read certificates."""
    try:
        import xmlschema
    except ImportError:
        print("xmlschema is not installed (group bench): no peer for validation")
        return
    schema = xmlschema.XMLSchema(str(SHARED / "schema" / "v3.3.0" / "dcc.xsd"))
    text = data.decode()
    table.add("peer xmlschema: validate", milliseconds(lambda: schema.validate(text), repeats=20), "ms")
    table.add("peer xmlschema: to_dict", milliseconds(lambda: schema.to_dict(text), repeats=20), "ms")


def trusted(data: bytes) -> list[bytes]:
    """Return the roots of signers and of time-stamps that the long-term data carry, as one who believes them would supply them."""
    from cryptography import x509

    held = [b64decode(element.text or "") for element in etree.fromstring(data).iter(f"{XADES}EncapsulatedX509Certificate")]
    named = {x509.load_der_x509_certificate(der).subject.rfc4514_string(): der for der in held}
    return [next(der for subject, der in named.items() if name in subject) for name in ROOTS]
