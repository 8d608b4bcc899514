"""The registers that any ledger keeps for reading it: what was entered, what rests on what, what things are called.

They are folds over the log as those of the pillars are, but over what every record has: its kind, its issuer, what it names. So a
page of a log of a million entries is a few seeks in an index, and nothing of it has to lie in memory.
"""

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Any, Final, Literal

from openqi.evidence.fold import Fold, Row
from openqi.evidence.record import Logged, Record
from openqi.kernel.errors import FormatError
from openqi.records import Names, kinds, of_json
from openqi.records.accreditation import ScopeGranted
from openqi.records.conformity import CertificateIssued, LotFormed, PlanPublished, ProductRegistered
from openqi.records.draw_lists import FrameFrozen, ItemListPublished, OfficersFrozen
from openqi.records.draws import DrawCommitted
from openqi.records.governance import Genesis, PartyRegistered
from openqi.records.metrology import CERTIFICATES, InstrumentRegistered, ProcedurePublished
from openqi.records.pledges import BenchmarkProgrammePublished, PledgeProved, PledgePublished
from openqi.records.procedures import MeasurementPublished
from openqi.records.process_control import ControlPlanPublished
from openqi.records.risk import IndicatorTreePublished, RiskSchemePublished
from openqi.records.standards import ClausePublished, CriterionPublished
from openqi.records.tasks import LimitPublished

What = Literal[
    "party", "product", "instrument", "lot", "certificate", "requirement", "procedure", "plan", "scope", "control-plan", "draw", ""
]
SEALED: Final = "sealed"
"""The key under which `COUNTS` counts records that are not public, whatever their kinds."""
SOMEBODY: Final = "*"
"""Ends the key in `NAMES` of a subject that has a name which only some parties may see."""
_NO_RECORD: Final = frozenset({"root", "sha256"})  # members of this name hold hashes of contents, never ids of records


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
    MeasurementPublished.KIND: ("procedure", "procedure", lambda body: body.name),
    PlanPublished.KIND: ("plan", "plan", lambda body: body.source),
    ClausePublished.KIND: ("requirement", "requirement", _clause),
    CriterionPublished.KIND: ("requirement", "requirement", _clause),
    CertificateIssued.KIND: ("certificate", "certificate", _number),
    **dict.fromkeys(CERTIFICATES, ("certificate", "certificate", _number)),
    ScopeGranted.KIND: ("scope", "scope", _number),
    ControlPlanPublished.KIND: ("control-plan", "plan", lambda body: body.name),
    LimitPublished.KIND: ("", "limit", lambda body: body.name),
    DrawCommitted.KIND: ("draw", "draw", lambda body: body.name),
    FrameFrozen.KIND: ("", "frame", lambda body: body.name),
    ItemListPublished.KIND: ("", "list", lambda body: body.name),
    OfficersFrozen.KIND: ("", "roll", lambda body: body.name),
    RiskSchemePublished.KIND: ("", "risk_scheme", lambda body: body.name),
    IndicatorTreePublished.KIND: ("", "tree", lambda body: body.name),
    PledgePublished.KIND: ("", "pledge", lambda body: body.name),
    PledgeProved.KIND: ("", "proof", _number),
    BenchmarkProgrammePublished.KIND: ("", "programme", lambda body: body.name),
}


def place_key(index: int) -> str:
    """Return the key of an entry: its index as twelve hexadecimal digits, so that keys sort as the log does."""
    return f"{index:012x}"


def party_key(party: str) -> str:
    """Return what stands for a party at the beginning of a key."""
    return sha256(party.encode()).hexdigest()[:32]


def shared_start(party: str, kind: str | None) -> str:
    """Return how the keys begin of the records that a party shares: all of them, or those of a kind."""
    return f"{party_key(party)} " if kind is None else f"{party_key(party)}={kind} "


def readers(record: Record) -> tuple[str, ...]:
    """Return the parties that may see a record which is not public."""
    return tuple(dict.fromkeys((record.issuer, *(record.statement.visible_to or ()))))


def named_in(record: Record) -> Iterator[str]:
    """Yield what may be the ids of records in a record's basis and body."""
    yield from (record.basis or {}).get("records", ())
    yield from _ids(record.body)


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if len(value) == 64:
            yield value
    elif isinstance(value, list):
        for one in value:
            yield from _ids(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            if name not in _NO_RECORD:
                yield from _ids(one)


def naming(record: Record) -> tuple[str, What, Names] | None:
    """Return what a record names: the subject, what it is and what it is called; None where it names nothing."""
    if record.kind not in _NAMING:
        return None
    what, member, name_of = _NAMING[record.kind]
    try:
        body = of_json(record.body, kinds()[record.kind])
    except FormatError:  # a foreign record of another form names nothing
        return None
    return getattr(body, member), what, name_of(body)


def _entry(row: Row | None, logged: Logged) -> Row | None:  # noqa: ARG001 -- entries never change
    return {"id": logged.record.id, "kind": logged.record.kind, "issuer": logged.record.issuer}


def _public_keys(logged: Logged) -> Iterable[str]:
    return (place_key(logged.index),) if logged.record.public else ()


def _shared_keys(logged: Logged) -> Iterable[str]:
    if logged.record.public:
        return ()
    kinds_of_it = (None, logged.record.kind)
    return [shared_start(party, kind) + place_key(logged.index) for party in readers(logged.record) for kind in kinds_of_it]


def _counted(row: Row | None, logged: Logged) -> Row | None:
    items = logged.record.body.get("items")
    many = items.get("count") if isinstance(items, dict) else None
    added = many if type(many) is int else 0  # a foreign record may state anything
    before = row or {"count": 0, "items": 0}
    return {"count": 1 + int(before["count"] or 0), "items": min(added + int(before["items"] or 0), 2**62)}


def _resting_keys(logged: Logged) -> Iterable[str]:
    return [f"{name[:32]} {place_key(logged.index)}" for name in dict.fromkeys(named_in(logged.record)) if name.isascii()]


def _resting(row: Row | None, logged: Logged) -> Row | None:  # noqa: ARG001 -- the key says all
    return {}


def _name_keys(logged: Logged) -> Iterable[str]:
    found = naming(logged.record)
    if found is None:
        return ()
    uri = found[0]
    return (uri,) if logged.record.public else [f"{uri} {SOMEBODY}", *(f"{uri} {party}" for party in readers(logged.record))]


def _name(row: Row | None, logged: Logged) -> Row | None:
    record = logged.record
    found = naming(record)
    # Whoever registered it first may correct the name; a later record of somebody else must not rename it.
    if found is None or (row is not None and row["issuer"] != record.issuer):
        return row
    _, what, name = found
    return {
        "listed": what if record.public else "",
        "what": what,
        "zh": name.zh,
        "en": name.en,
        "record": record.id,
        "issuer": record.issuer,
        "place": logged.index if row is None else row["place"],
    }


ENTRIES = Fold(
    name="entries",
    version=1,
    columns={"id": str, "kind": str, "issuer": str},
    keys=_public_keys,
    step=_entry,
    indexes=(("kind",), ("issuer",), ("issuer", "kind")),
)
"""Public records in the order of the log, by kind and by issuer."""

SHARED = Fold(name="shared", version=1, columns={"id": str, "kind": str, "issuer": str}, keys=_shared_keys, step=_entry)
"""Records that are not public, for each party that may see them once among all and once in its kind; see `shared_start`."""

COUNTS = Fold(
    name="counts",
    version=1,
    columns={"count": int, "items": int},
    keys=lambda logged: (logged.record.kind if logged.record.public else SEALED,),
    step=_counted,
)
"""How many public records there are of each kind and how many items they are about, and how many others there are."""

RESTING = Fold(name="resting", version=1, columns={}, keys=_resting_keys, step=_resting)
"""Which entries name which record: keys are the beginning of the named id and the place of who names it."""

NAMES = Fold(
    name="names",
    version=4,
    columns={"listed": str, "what": str, "zh": str, "en": str, "record": str, "issuer": str, "place": int},
    keys=_name_keys,
    step=_name,
    indexes=(("listed", "place"),),
)
"""What each subject is called; for a name that is not public the key ends with the party that may see it."""

READING: Final = (ENTRIES, SHARED, COUNTS, RESTING, NAMES)
