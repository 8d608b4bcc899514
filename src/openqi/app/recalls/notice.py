"""A recall notice as it is checked: from a file, from a recall of the log, or from a line of a public list, as far as that goes."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

import msgspec

from openqi.formats.document import Node, parse_yaml
from openqi.kernel.errors import FormatError
from openqi.records import Names
from openqi.records.recall_rows import TakenRecallRow
from openqi.records.recalls import RecallPublished

MOST: Final = 1_000_000
Told = str | Names


class NoticeLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of a notice: which goods."""

    name: Told = ""
    product: str = ""
    lots: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()
    gtins: tuple[str, ...] = ()
    made_from: str = ""
    made_until: str = ""
    made: int | None = None
    recalled: int | None = None


class Notice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a notice says; a file by which a recall is published is one too.

    Members that its source has no place for are named in `unknown`: they are not found missing.
    """

    recall: str = ""
    ordered_by: str = ""
    ends: str = ""
    because: tuple[str, ...] = ()
    replaces: str = ""
    narrowed: Told = ""
    illustrative: bool = False

    name: Told = ""
    heading: str = ""
    firm: str = ""
    number: str = ""
    lines: tuple[NoticeLine, ...] = ()
    pictures: tuple[str, ...] = ()
    sold: Told = ""
    defect: Told = ""
    consequence: Told = ""
    risk: str = ""
    what_to_do: Told = ""
    remedies: tuple[str, ...] = ()
    contact: Told = ""
    complaints: int | None = None
    injuries: int | None = None
    learned: str = ""
    reported: str = ""
    begins: str = ""
    ended: str = ""
    summary_on: str = ""
    unknown: tuple[str, ...] = ()


Form = Literal["yaml", "json"]


def notice_of(data: bytes, form: Form) -> Notice:
    """Return the notice that a file is.

    Args:
        data: at most `MOST` bytes of UTF-8.
        form: `yaml` or `json`.

    Raises:
        FormatError: it is none; the message says which member.
    """
    if len(data) > MOST:
        raise FormatError(f"the notice has {len(data)} bytes; at most {MOST} are read")
    try:
        told = plain(parse_yaml(data, name="notice")) if form == "yaml" else msgspec.json.decode(data)
        return msgspec.convert(told, Notice, strict=form == "json")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"the notice: {error}") from error


def plain(node: Node) -> Any:
    """Return what a YAML file says, in plain types; what is written with nothing behind it is left out."""
    if node.kind == "mapping":
        return {name: plain(one) for name, one in node.items() if one.kind != "nothing"}
    return [plain(one) for one in node.elements()] if node.kind == "list" else node.written


def notice_of_recall(recall: RecallPublished, *, ended: str = "") -> Notice:
    """Return what the page of a recall of the log says; its heading is the page's own.

    Args:
        recall: the edition.
        ended: day on which it ended, "" where it goes on.
    """
    lines = tuple(
        NoticeLine(
            name=one.name, product=one.product or "", lots=one.lots, models=one.models, batches=one.batches, gtins=one.gtins,
            made_from=one.made_from or "", made_until=one.made_until or "", made=one.made, recalled=one.recalled,
        )
        for one in recall.lines
    )  # fmt: skip
    return Notice(
        name=recall.name, heading="产品安全召回 Product safety recall", firm=recall.firm, number=recall.number, lines=lines,
        pictures=tuple(one.sha256 for one in recall.pictures), sold=recall.sold, defect=recall.defect,
        consequence=recall.consequence, risk=recall.risk, what_to_do=recall.what_to_do, remedies=recall.remedies,
        contact=recall.contact, complaints=recall.complaints, injuries=recall.injuries, learned=recall.learned or "",
        begins=recall.begins, ended=ended, unknown=("reported", "summary_on"),
    )  # fmt: skip


def notice_of_row(row: TakenRecallRow) -> Notice:
    """Return what a line of a public list says; what lists have no place for is unknown, not missing."""
    line = NoticeLine(
        name=row.name, models=_one(row.model), batches=_one(row.batch), gtins=row.gtins, made_from=row.made_from,
        made_until=row.made_until, recalled=row.units,
    )  # fmt: skip
    unknown = (
        "heading",
        "pictures",
        "contact",
        "what_to_do",
        "learned",
        "reported",
        "ended",
        "summary_on",
        "complaints",
        "injuries",
    )
    return Notice(
        name=row.title or row.name, firm=row.firm or row.maker, number=row.header, lines=(line,), sold=row.sold, defect=row.defect,
        consequence=row.consequence or row.hazard, risk=row.risk, remedies=_one(row.remedy), begins=row.published, unknown=unknown,
    )  # fmt: skip


def texts_of(told: Any) -> tuple[str, ...]:
    """Return the texts of a member, of both languages where it has them."""
    if isinstance(told, Names):
        return tuple(filter(None, (told.zh, told.en)))
    if isinstance(told, str):
        return (told,) if told.strip() else ()
    if isinstance(told, Mapping):
        return tuple(one for value in told.values() for one in texts_of(value))
    if isinstance(told, Iterable):
        return tuple(one for value in told for one in texts_of(value))
    return () if told is None else (str(told),)


def _one(text: str) -> tuple[str, ...]:
    return (text,) if text else ()
