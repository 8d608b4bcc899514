"""What the REST interface answers: strict models, out of which OpenAPI is made. Keys are stable and never translated."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from openqi.app.reading.context import Seen
from openqi.app.reading.naming import Named
from openqi.app.tree import State

RecordId = Annotated[str, Field(pattern="^[0-9a-f]{64}$", examples=["0" * 64])]


class Model(BaseModel):
    """The settings of all answers: nothing is coerced, nothing foreign is let in or out."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True, serialize_by_alias=True
    )


class Subject(Model):
    """A subject by its URI, and what the log calls it."""

    uri: str
    zh: str
    en: str
    what: str


class RecordLine(Model):
    """A record in one line. `state` says how far it was checked, `why` what keeps it from standing."""

    id: str
    kind: str
    state: State
    why: str
    issuer: Subject
    sealed_at: str
    index: int


class CertificateLine(Model):
    """A certificate of conformity."""

    record: RecordLine
    number: str
    product: Subject
    holder: Subject
    requirements: list[Subject]
    type_tests: list[str]
    lots: list[str]


class Overview(Model):
    """What a log holds."""

    origin: str
    size: int
    root: str
    checkpoint: Literal["passed", "failed", "not checked"]
    operator: Subject
    counts: dict[str, int]
    cases: int
    withdrawn: int
    products: list[Subject]
    parties: list[Subject]
    certificates: list[CertificateLine]


class Scans(Model):
    """How often a mark was scanned, and on which days first and last."""

    total: int
    first_day: str | None
    last_day: str | None


class StepLine(Model):
    """One step of the way back from a mark: the weakest state of all records of it."""

    capacity: str
    state: State
    records: list[str]


class Place(Model):
    """Where something was last seen."""

    location: str
    at: str


class Mark(Model):
    """What is known of a mark; `ends` says where the branches of its evidence end: only where all are the SI does it reach it."""

    mark: str
    name: str
    standing: Literal["issued", "withdrawn", "not proved", "not issued here"]
    detail: str
    reason: str
    record: str
    leaf: int
    item: Subject | None
    product: Subject | None
    certificate: str
    licence: str
    place: Place | None
    steps: list[StepLine]
    ends: list[str]
    claims: int
    cases: int
    scans: Scans
    origin: str
    size: int


class Record(Model):
    """A record. Of one that is withheld only its place is told."""

    record: RecordLine
    withheld: bool
    origin: str
    kid: str
    streams: list[Subject]
    references: list[str]
    resting: list[str]
    withdrawn_by: str | None
    body: dict[str, Any]
    command: dict[str, Any] | None
    jws: str


class TreeNode(Model):
    """One step of a tree of evidence; `told` are its facts by name."""

    capacity: str
    state: State
    record: str | None
    kind: str
    issuer: str
    sealed_at: str
    index: int | None
    why: str
    told: dict[str, Any]
    children: list["TreeNode"]


class Proof(Model):
    """The C2SP tlog-proof of a record; `state` says whether it was checked against the checkpoint and the log's own policy."""

    index: int
    size: int
    state: Literal["passed", "failed", "not checked"]
    detail: str
    entry_sha256: str
    proof: str


class Log(Model):
    """A page of the log, newest first."""

    origin: str
    size: int
    root: str
    checkpoint: str
    state: Literal["passed", "failed", "not checked"]
    detail: str
    page: int
    pages: int
    entries: list[RecordLine]


class Lot(Model):
    """A lot; `verdict` is empty where none was given."""

    lot: Subject
    product: Subject
    formed: RecordLine
    formed_at: str
    count: int
    simulated: bool
    verdict: Literal["accepted", "rejected", ""]
    decision: RecordLine | None


class Instrument(Model):
    """An instrument; `serves_until` is empty where no certificate of it stands."""

    instrument: Subject
    registered: RecordLine
    owner: Subject
    serial: str
    serves_until: str
    overdue: bool
    certificate: RecordLine | None


class Item(Model):
    """An item, and where it was last seen."""

    item: Subject
    place: Place | None
    verdicts: int
    marks: int


class RecordLines(Model):
    """Some records; `below` is where to go on, None at the end."""

    records: list[RecordLine]
    below: int | None


class Lots(Model):
    """Some lots; `after` is where to go on, empty at the end."""

    lots: list[Lot]
    after: str


class Instruments(Model):
    """Some instruments; `after` is where to go on, empty at the end."""

    instruments: list[Instrument]
    after: str


class Thing(Model):
    """A subject with the record that registered it."""

    subject: Subject
    record: RecordLine


class Things(Model):
    """Some subjects of a sort; `after` is where to go on, empty at the end."""

    things: list[Thing]
    after: str


class Items(Model):
    """Some items; `next` is where to go on, None at the end."""

    items: list[Item]
    total: int
    next: int | None


class Problem(Model):
    """Why there is no answer, after RFC 9457."""

    type: str
    title: str
    status: int
    detail: str


def subject(named: Named) -> Subject:
    """Return a subject as programs see it."""
    return Subject(uri=named.uri, zh=named.zh, en=named.en, what=named.what)


def subjects(named: Sequence[Named]) -> list[Subject]:
    """Return subjects as programs see them."""
    return [subject(one) for one in named]


def line(seen: Seen) -> RecordLine:
    """Return a record in one line."""
    return RecordLine(
        id=seen.id,
        kind=seen.kind,
        state=seen.state,
        why=seen.why,
        issuer=subject(seen.issuer),
        sealed_at=seen.sealed_at,
        index=seen.index,
    )


def plain(members: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return members of a record as a dictionary of their own."""
    return dict(members or {})
