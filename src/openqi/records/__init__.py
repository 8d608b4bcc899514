"""What can be stated, one module a pillar: every kind of evidence is a class here, found by being there."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Final, Literal, NamedTuple, TypeVar

import msgspec

from openqi.evidence.record import MAX_STREAMS, Record, Statement
from openqi.kernel.errors import CatalogueError, FormatError, NotFoundError

# A dollar sign alone would also accept a newline after it, and so a second spelling.
END: Final = r"$(?!\n)"
_DATE, _TIME = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
Uri = Annotated[str, msgspec.Meta(min_length=3, max_length=2000, pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:[!-~]+" + END)]
ModelDigest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}" + END, description="SHA-256 of the model's text in UTF-8")]
RecordId = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}" + END, description="SHA-256 of the record's bytes")]
Instant = Annotated[str, msgspec.Meta(pattern=f"^{_DATE}T{_TIME}Z{END}")]
Moment = Annotated[str, msgspec.Meta(pattern=rf"^{_DATE}T{_TIME}(\.[0-9]{{0,8}}[1-9])?Z{END}")]
"""An instant that may have parts of a second, without zeros at its end: without its Z, texts stand in the order of time."""
DecimalText = Annotated[str, msgspec.Meta(pattern=r"^(?!-[0.]*$)-?(0|[1-9][0-9]*)(\.[0-9]+)?" + END, max_length=60)]
Number = Annotated[str, msgspec.Meta(pattern=r"^-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?" + END, max_length=32)]
"""The shortest decimal text that means one float: what was computed, before it was rounded for a reader."""
Index = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
Small = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Day = Annotated[str, msgspec.Meta(pattern=f"^{_DATE}" + END, max_length=10)]
Fractional = Annotated[str, msgspec.Meta(pattern="^(0|[1-9][0-9]*)(/[1-9][0-9]*)?" + END, max_length=200)]
"""An exact number in lowest terms: `1/50`, `3`."""
Hash = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}" + END, description="32 bytes in hexadecimal digits")]
ClassName = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
HexText = Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{2})+" + END, max_length=4000)]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """A part of a body or a command; what has its default is left out."""


class Names(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What something is called; at least one of the two languages is given."""

    zh: str = ""
    en: str = ""

    def __post_init__(self) -> None:
        if not (self.zh or self.en):
            raise ValueError("a name is given in zh, in en or in both")


class Content(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A content beside the log, named by its SHA-256: the file of a certificate, a scan, a table as it was received."""

    media_type: Text
    sha256: RecordId
    size: Index


class Rows(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """The blob that holds one canonical row a line."""

    media_type: Literal["application/x-ndjson"]
    sha256: RecordId
    size: Index


class Items(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Many items as one: how many, the Merkle root over their rows, and the blob of the rows."""

    count: Index
    root: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}" + END)]
    rows: Rows


class Reference(NamedTuple):
    """Another record that a body names, and in which capacity: what a reader who walks back sees next."""

    capacity: str
    record: str


class Body(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"
):  # fmt: skip
    """What one kind of record states.

    `KIND` is its name with version. `ROLE` is what a party must hold to state it; None means that it is only ever decided or
    has its own rule. `subjects()` names the streams that the record lies in, the subject of its story first. With
    `PRIVATE_CONTENTS` its rows are of many who may not see each other's: no dossier encloses them, each gets the own row.
    """

    KIND: ClassVar[str]
    ROLE: ClassVar[str | None] = None
    PRIVATE_CONTENTS: ClassVar[bool] = False

    def subjects(self) -> tuple[str, ...]:
        """Return the URIs of the subjects whose story the record continues."""
        raise CatalogueError(f"{type(self).__name__} does not name its subjects")

    def references(self) -> tuple[Reference, ...]:
        """Return the records that the body rests on, in the order in which they are told."""
        return ()


class Command(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"
):  # fmt: skip
    """What somebody asks a pillar to decide. The same command on the same basis gives the same records.

    `NAME` has a version: a change of meaning is a new command beside the old one. `now`, seeds and salts are fields, because
    a decision has no clock and no chance of its own. With `INHERITS` the outcome is seen by those who may see what it rests on,
    unless `visible_to` says otherwise. With `ANY_ROLE`, and no `ROLE`, whoever asks it holds some role, whichever.
    `SHARES` names members that are records: who may see those is a party to the outcome. `SEALED` names members that are records
    which a public outcome may name though they are sealed: it pins them without reading them, or opens them.
    """

    NAME: ClassVar[str]
    ROLE: ClassVar[str | None]
    ANY_ROLE: ClassVar[bool] = False
    INHERITS: ClassVar[bool] = False
    SHARES: ClassVar[tuple[str, ...]] = ()
    SEALED: ClassVar[tuple[str, ...]] = ()

    now: Instant = ""
    visible_to: tuple[Uri, ...] | None = None
    salt: str | None = None


B = TypeVar("B", bound=Body)
S = TypeVar("S", bound=msgspec.Struct)


@cache
def kinds() -> Mapping[str, type[Body]]:
    """Return every kind of evidence by name.

    Raises:
        CatalogueError: two classes state one kind.
    """
    found: dict[str, type[Body]] = {}
    for module in iter_modules(__path__):
        for offered in vars(import_module(f"{__name__}.{module.name}")).values():
            if not (isinstance(offered, type) and issubclass(offered, Body)) or offered is Body:
                continue
            if found.setdefault(offered.KIND, offered) is not offered:
                raise CatalogueError(f"two classes state kind {offered.KIND}")
    return MappingProxyType(found)


def as_json(value: msgspec.Struct) -> dict[str, Any]:
    """Return a body or command as the JSON object that evidence holds; what has its default is left out."""
    # Through JSON, so that what was just decided and what was read back are the same types.
    written: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(value))
    _leave_out(value, written)
    return written


def _leave_out(value: msgspec.Struct, written: dict[str, Any]) -> None:
    """Leave out texts that are a default; the encoder does so for the same object alone, which hangs on what was imported first."""
    for name, encoded in zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True):
        if encoded not in written:
            continue
        part = getattr(value, name)
        if isinstance(part, str):
            if part == _text_defaults(type(value)).get(name):
                del written[encoded]
        elif isinstance(part, msgspec.Struct):
            _leave_out(part, written[encoded])
        elif isinstance(part, tuple):
            for one, its in zip(part, written[encoded], strict=True):
                if isinstance(one, msgspec.Struct):
                    _leave_out(one, its)


@cache
def _text_defaults(kind: type[msgspec.Struct]) -> dict[str, str]:
    if not kind.__struct_config__.omit_defaults:
        return {}
    return {one.name: one.default for one in msgspec.structs.fields(kind) if isinstance(one.default, str)}


def of_json(value: Mapping[str, Any], kind: type[S]) -> S:
    """Return the body or command that a JSON object writes.

    Raises:
        FormatError: a member is missing, foreign or of another form; the message says which.
    """
    try:
        return msgspec.convert(value, kind, strict=True)
    except msgspec.ValidationError as error:
        raise FormatError(f"{kind.__name__}: {error}") from error


def statement(
    body: Body, *, visible_to: tuple[str, ...] | None = None, salt: str | None = None, contents: tuple[bytes, ...] = ()
) -> Statement:
    """Return what a body states, ready to be sealed; `contents` are blobs that it names and that did not exist before."""
    return Statement(
        kind=body.KIND,
        streams=tuple(dict.fromkeys(body.subjects())),
        body=as_json(body),
        visible_to=visible_to,
        salt=salt,
        contents=contents,
    )


def body(record: Record, kind: type[B]) -> B:
    """Return the body of a record of the expected kind.

    Raises:
        FormatError: the record is of another kind, or its body is not as the kind says.
    """
    if record.kind != kind.KIND:
        raise FormatError(f"record {record.id} is a {record.kind}, not a {kind.KIND}")
    return of_json(record.body, kind)


def check_kind(stated: Statement) -> Body:
    """Return the typed body of a statement after checking that its kind is known and its streams are the kind's.

    Raises:
        NotFoundError: no such kind.
        FormatError: the body is not as the kind says, or the statement lies in other streams than its subjects.
    """
    kind = kinds().get(stated.kind)
    if kind is None:
        raise NotFoundError(f"kind {stated.kind[:80]!r} is not known; known are {', '.join(kinds())}")
    typed = of_json(stated.body, kind)
    if len(stated.streams) >= MAX_STREAMS:
        raise FormatError(f"a record lies in at most {MAX_STREAMS - 1} streams, so that its withdrawal has room for one more")
    if stated.streams != tuple(dict.fromkeys(typed.subjects())):
        raise FormatError(f"a {stated.kind} lies in the streams of {', '.join(typed.subjects())}, in this order, and in no other")
    if as_json(typed) != stated.body:
        raise FormatError(f"the body of a {stated.kind} has one spelling: leave out what has its default")
    return typed
