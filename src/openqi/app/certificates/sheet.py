"""All that is known of one certificate, whoever wrote it: what it says, and what every check of it came to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from openqi.app.certificates.examination import Examination, examined
from openqi.formats.dcc.certificate import DigitalCertificate
from openqi.formats.dcc.document import CertificateReference
from openqi.formats.dcc.links import Link, follow
from openqi.formats.dcc.particulars import Particulars, particulars_of
from openqi.formats.dcc.signature.report import SignatureReport
from openqi.formats.dcc.signature.verify import verify_signature
from openqi.formats.dcc.tables import ResultTable, result_tables
from openqi.kernel.errors import DomainError, FormatError


@dataclass(frozen=True, kw_only=True)
class CertificateSheet:
    """A certificate as people read it.

    Args:
        certificate: what it says; so are `particulars` and `tables`.
        examination: structure, schema, content and verdicts.
        signature: what its signature came to with `roots` named roots.
        links: certificates that it rests on; `not checked` in `followed` where no files were at hand to follow them with.
        unfollowed: why the chain could not be followed, else "".
        sha256: of the file, in hexadecimal, and its `size`.
        judged_at: instant of all checks.
    """

    certificate: DigitalCertificate
    particulars: Particulars
    tables: tuple[ResultTable, ...]
    examination: Examination
    signature: SignatureReport
    roots: int
    links: tuple[Link, ...]
    unfollowed: str
    sha256: str
    size: int
    judged_at: str


def sheet_of(
    data: bytes,
    *,
    name: str,
    now: str,
    roots: Sequence[bytes] = (),
    stamp_roots: Sequence[bytes] = (),
    find: Callable[[CertificateReference], bytes | None] | None = None,
    schemas: Mapping[str, bytes] | None = None,
) -> CertificateSheet:
    """Return all that is known of a certificate.

    Args:
        data: of the certificate.
        name: of its file, for errors.
        now: instant at which it is judged.
        roots: certificates of issuers that are believed; without any, no issuer is known.
        stamp_roots: the same for time-stamps; without any, times are only claimed.
        find: gives the file of a certificate that is named, None where it is not at hand; without it none is.
        schemas: XSD files to validate against; None for none.

    Raises:
        FormatError: it cannot be read: names file, line and what is wrong.
    """
    examination = examined(data, name=name, schemas=schemas)
    certificate = examination.certificate
    if certificate is None:
        first = examination.findings[0]
        raise FormatError(f"{name}:{first.line}: it cannot be shown, for it cannot be read: {first.text}; see `openqi dcc check`")
    links, unfollowed = tuple[Link, ...](), ""
    try:
        links = follow(certificate, find or (lambda _: None), at=now[:10])
    except DomainError as error:
        unfollowed = str(error)
    return CertificateSheet(
        certificate=certificate,
        particulars=particulars_of(certificate.root),
        tables=result_tables(certificate.root),
        examination=examination,
        signature=verify_signature(data, roots=roots, now=now, stamp_roots=stamp_roots),
        roots=len(roots),
        links=links,
        unfollowed=unfollowed,
        sha256=sha256(data).hexdigest(),
        size=len(data),
        judged_at=now,
    )
