"""A corrected certificate as a file, read for the place that it would take."""

from pathlib import Path

from openqi.app.certificates.evidence import check_signature
from openqi.app.files import read_file
from openqi.app.folder import now
from openqi.app.workspace.certificates import corrected_body
from openqi.kernel.errors import RefusedError
from openqi.kernel.instant import format_instant
from openqi.records import body
from openqi.records.metrology import CERTIFICATES, CalibrationCertified, Certificate
from openqi.store.store import Store

_MAX = 10_000_000


def read_correction(store: Store, record_id: str, path: Path) -> Certificate:
    """Return the certificate in a DCC, as it would replace a digital certificate of the log.

    Raises:
        NotFoundError: no such record or file.
        FormatError: the file is no DCC, does not speak of what the old one does, or carries a signature that does not hold.
        RefusedError: the record is no calibration certificate that was issued digitally.
    """
    record = store.logged(record_id).record
    kind = CERTIFICATES.get(record.kind)
    if kind is None or not issubclass(kind, CalibrationCertified):
        raise RefusedError("correctable", f"record {record_id} is a {record.kind}; a DCC corrects a calibration certificate")
    old = body(record, kind)
    document = None if old.document is None else store.blob(old.document.sha256)
    data = read_file(path, _MAX)
    check_signature(data, name=path.name, roots=(), now=format_instant(now()))
    return corrected_body(old, document, path.name, data)
