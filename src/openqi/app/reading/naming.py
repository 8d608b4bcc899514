"""What the evidence calls a thing: the name under which a party, product, instrument, lot or document was registered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from openqi.evidence.record import Logged, Record
from openqi.kernel.errors import FormatError
from openqi.records import Names, kinds, of_json
from openqi.records.accreditation import ScopeGranted
from openqi.records.conformity import CertificateIssued, LotFormed, PlanPublished, ProductRegistered
from openqi.records.governance import Genesis, PartyRegistered
from openqi.records.metrology import (
    CalibrationCertified,
    CertificateTranscribed,
    InstrumentRegistered,
    ProcedurePublished,
    VerificationCertified,
)
from openqi.records.standards import ClausePublished
from openqi.store.store import Store

What = Literal["party", "product", "instrument", "lot", "certificate", "requirement", "procedure", "plan", "scope", ""]


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """A subject with what it is called and what it is; both are empty where nothing registers it. `record` names it so."""

    uri: str
    zh: str = ""
    en: str = ""
    what: What = ""
    record: str = ""

    @property
    def tail(self) -> str:
        """The last part of the URI: what a thing without a registered name is recognised by."""
        return self.uri.rstrip("/").rpartition("/")[2] or self.uri


def _number(body: Any) -> Names:
    return Names(zh=body.number, en=body.number)


def _clause(body: Any) -> Names:
    return Names(
        zh=f"{body.clause} {body.name.zh or body.name.en}".strip(), en=f"{body.clause} {body.name.en or body.name.zh}".strip()
    )


_NAMING: Final[dict[str, tuple[What, str, Callable[[Any], Names]]]] = {
    Genesis.KIND: ("party", "operator", lambda body: body.name),
    PartyRegistered.KIND: ("party", "party", lambda body: body.name),
    ProductRegistered.KIND: ("product", "product", lambda body: body.name),
    InstrumentRegistered.KIND: ("instrument", "instrument", lambda body: body.name),
    LotFormed.KIND: ("lot", "lot", lambda body: body.name),
    ProcedurePublished.KIND: ("procedure", "procedure", lambda body: body.name),
    PlanPublished.KIND: ("plan", "plan", lambda body: body.source),
    ClausePublished.KIND: ("requirement", "requirement", _clause),
    CertificateIssued.KIND: ("certificate", "certificate", _number),
    CalibrationCertified.KIND: ("certificate", "certificate", _number),
    VerificationCertified.KIND: ("certificate", "certificate", _number),
    CertificateTranscribed.KIND: ("certificate", "certificate", _number),
    ScopeGranted.KIND: ("scope", "scope", _number),
}


class Naming:
    """Names as of one size of a log; each is looked up once.

    Args:
        store: the log.
        size: as of which.
        shown: which records the reader may see; a name in any other is not told.
    """

    def __init__(self, store: Store, size: int, shown: Callable[[Record], bool]) -> None:
        self._store, self._size, self._shown = store, size, shown
        self._known: dict[str, Named] = {}

    def of(self, uri: str) -> Named:
        """Return what a subject is called."""
        if uri not in self._known:
            self._known[uri] = self._looked_up(uri)
        return self._known[uri]

    def _looked_up(self, uri: str) -> Named:
        found, issuer = Named(uri=uri), ""
        for logged in self._store.stream(uri, known_at=self._size):
            named = self._named(uri, logged)
            # Whoever registered it first may correct the name; a later record of somebody else must not rename it.
            if named is not None and issuer in ("", logged.record.issuer):
                found, issuer = named, logged.record.issuer
        return found

    def _named(self, uri: str, logged: Logged) -> Named | None:
        record = logged.record
        if record.kind not in _NAMING or not self._shown(record):
            return None
        what, member, name_of = _NAMING[record.kind]
        try:
            body = of_json(record.body, kinds()[record.kind])
        except FormatError:  # a foreign record of another form names nothing
            return None
        if getattr(body, member) != uri:
            return None
        name = name_of(body)
        return Named(uri=uri, zh=name.zh, en=name.en, what=what, record=record.id)
