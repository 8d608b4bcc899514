"""The fields of an act, read off the types of commands and bodies: one tree that forms, REST, tables and help are made from."""

import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

import msgspec

from openqi.kernel.errors import CatalogueError
from openqi.records import Content, Day, DecimalText, Index, Instant, Items, Names, RecordId, Text, Uri

Form = Literal[
    "text", "uri", "decimal", "integer", "instant", "day", "choice", "flag", "names", "record", "list", "group", "rows", "content"
]
OURS: Final = frozenset({"now", "visible_to", "salt"})
"""What the ledger sets, or who may see it: never a field."""
MAX_INTEGER: Final = 2**53 - 1
_LEAVES: Final[tuple[tuple[Any, Form], ...]] = (
    (Uri, "uri"), (RecordId, "record"), (Instant, "instant"), (Day, "day"), (DecimalText, "decimal"), (Text, "text"), (str, "text"),
    (Index, "integer"), (int, "integer"), (bool, "flag"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of an act, or of a group in it.

    Args:
        name: as JSON writes it.
        form: how it is entered.
        type: what it is to be, without the None of an optional one.
        required: whether it has to be given.
        default: JSON that is meant where it is left out; None for nothing.
        options: of a choice.
        least, most: of an integer.
        longest: most characters of a text.
        fields: of a group, or of names.
        item: what a list is made of.
    """

    name: str
    form: Form
    type: Any
    required: bool = True
    default: Any = None
    options: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    longest: int | None = None
    fields: tuple["Field", ...] = ()
    item: "Field | None" = None

    @property
    def simple(self) -> bool:
        """Whether one cell of a table can hold it."""
        return self.form not in ("list", "group", "names", "rows", "content")

    @property
    def many(self) -> bool:
        """Whether it is a list of simple things, which one cell can hold with spaces or semicolons between them."""
        return self.form == "list" and self.item is not None and self.item.simple


def fields_of(kind: type[msgspec.Struct]) -> tuple[Field, ...]:
    """Return the fields of a command, body or group in the order in which they are declared, those that are required first.

    Raises:
        CatalogueError: a member has a type that no form is made for.
    """
    found = [_field(member) for member in msgspec.structs.fields(kind) if member.name not in OURS]
    return (*(one for one in found if one.required), *(one for one in found if not one.required))


def walk(fields: tuple[Field, ...], path: str = "") -> Iterator[tuple[str, Field]]:
    """Yield every field with its path, groups and lists before what they hold; the places of a list are left out."""
    for field in fields:
        here = f"{path}.{field.name}" if path else field.name
        yield here, field
        inner = field.fields or (field.item.fields if field.item is not None else ())
        yield from walk(inner, here)


def _field(member: Any) -> Field:
    plain, optional = _without_none(member.type)
    required = member.default is msgspec.NODEFAULT and member.default_factory is msgspec.NODEFAULT and not optional
    default = None if member.default in (msgspec.NODEFAULT, None, ()) else member.default
    return _of_type(member.encode_name, plain, required=required, default=default)


def _of_type(name: str, kind: Any, *, required: bool = True, default: Any = None) -> Field:
    common: dict[str, Any] = {"name": name, "type": kind, "required": required, "default": default}
    for leaf, form in _LEAVES:
        if kind == leaf:
            return Field(form=form, **common, **_bounds(kind))
    if typing.get_origin(kind) is Literal:
        return Field(form="choice", options=typing.get_args(kind), **common)
    if typing.get_origin(kind) is tuple:
        inner, rest = typing.get_args(kind)
        if rest is not Ellipsis:
            raise CatalogueError(f"member {name} is a tuple of a fixed length; no form is made for that")
        return Field(form="list", item=_of_type(name, inner), **common)
    if typing.get_origin(kind) is Annotated and typing.get_args(kind)[0] in (str, int):
        return Field(form="text" if typing.get_args(kind)[0] is str else "integer", **common, **_bounds(kind))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        forms: dict[type, Form] = {Names: "names", Items: "rows", Content: "content"}
        form = forms.get(kind, "group")
        return Field(form=form, fields=fields_of(kind) if form in ("group", "names") else (), **common)
    raise CatalogueError(f"member {name} has the type {kind}; no form is made for that, so the act cannot be filled in")


def _without_none(kind: Any) -> tuple[Any, bool]:
    if typing.get_origin(kind) not in (types.UnionType, typing.Union):
        return kind, False
    rest = [one for one in typing.get_args(kind) if one is not type(None)]
    if len(rest) != 1:
        raise CatalogueError(f"a member is one of {kind}; no form is made for that")
    return rest[0], True


def _bounds(kind: Any) -> dict[str, Any]:
    metas = [one for one in typing.get_args(kind)[1:] if isinstance(one, msgspec.Meta)]
    if kind is int:
        return {"least": -MAX_INTEGER, "most": MAX_INTEGER}
    meta = metas[0] if metas else msgspec.Meta()
    return {"least": meta.ge, "most": meta.le, "longest": meta.max_length}
