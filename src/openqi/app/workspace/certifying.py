"""What `openqi.yaml` can declare of who attests what: scopes of accreditation, certificates of conformity, events."""

from openqi.app.workspace.declaring import Declared
from openqi.records import Names


class AccreditationDeclared(Declared, frozen=True, kw_only=True):
    """A scope of accreditation: for which requirements and products a body was found competent, and when."""

    uri: str
    number: str
    body: str
    activity: Names
    requirements: tuple[str, ...]
    products: tuple[str, ...]
    valid_from: str
    granted_by: str
    valid_until: str | None = None
    illustrative: bool | None = None


class CertificationDeclared(Declared, frozen=True, kw_only=True):
    """A certificate of conformity and what it rests on: judgements as type tests, decisions on lots."""

    uri: str
    number: str
    holder: str
    product: str
    scope: str
    issued_by: str
    type_tests: tuple[str, ...]
    lots: tuple[str, ...] = ()


class EventsDeclared(Declared, frozen=True, kw_only=True):
    """A file of EPCIS 2.0 events (JSON-LD) about items of some lots."""

    file: str
    lots: tuple[str, ...]
    captured_by: str
