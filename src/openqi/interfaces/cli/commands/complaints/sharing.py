"""What the commands of complaints share: words out of a file, names in two languages, and how a record is answered."""

from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from openqi.interfaces.cli.complaint_words import said
from openqi.interfaces.cli.options import PATH
from openqi.interfaces.cli.output import Output

if TYPE_CHECKING:
    from openqi.evidence.record import Record

AUTOMATIC: Final = "automatic"
"""The limit that is taken where none is named, see `openqi.app.complaints.desk`."""
_MOST: Final = 100_000
_SHOWN: Final = ("decideBy", "mediateBy", "notifyBy", "clueBy", "by", "late", "decision", "outcome", "testDays")


def with_words(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `text`, out of --text or --text-file; with --case there may be neither, and the report has the words."""

    @click.option("--text", "words", help="The words; they lie beside the log and can be erased.")
    @click.option("--text-file", type=PATH, metavar="FILE", help="Instead of it a file in UTF-8.")
    @wraps(command)
    def with_them(*args: Any, words: str | None, text_file: Path | None, **options: Any) -> None:
        of_report = options.get("case") is not None and words is None and text_file is None
        command(*args, text=None if of_report else _words(words, text_file), **options)

    return with_them


def _words(words: str | None, file: Path | None) -> str:
    if (words is None) == (file is None):
        raise click.UsageError("give the words by --text or by --text-file")
    if words is not None:
        return words
    from openqi.app.files import read_file
    from openqi.kernel.errors import FormatError

    try:
        return read_file(Path(str(file)), _MOST).decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(f"{file} is not UTF-8; save it as UTF-8 and try again") from error


def with_reason(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `reason`, out of --reason-zh and --reason-en."""

    @click.option("--reason-zh", default="", help="Why, in Chinese; the parties read it, so it names nobody.")
    @click.option("--reason-en", default="", help="Why, in English.")
    @wraps(command)
    def with_it(*args: Any, reason_zh: str, reason_en: str, **options: Any) -> None:
        command(*args, reason=named(reason_zh, reason_en), **options)

    return with_it


def named(zh: str, en: str) -> dict[str, str] | None:
    """Return names in two languages as a command holds them; None where there are none."""
    found = {language: text for language, text in (("en", en), ("zh", zh)) if text}
    return found or None


def members(**told: Any) -> dict[str, Any]:
    """Return members of a command that were given: what is None, empty or not set is left out."""
    return {name: list(one) if isinstance(one, tuple) else one for name, one in told.items() if one not in (None, (), False, "")}


def answered(out: Output, record: "Record", **more: Any) -> None:
    """Answer with a record that was sealed: its id, and the days and outcomes in it."""
    data = {**more, "record": record.id, "kind": record.kind, "public": record.public, "body": dict(record.body)}
    told = {_spaced(name): record.body[name] for name in _SHOWN if name in record.body}
    rows = {**{name: one for name, one in more.items() if one not in (None, [], ())}, "record": record.id, **told}
    out.answer(data, lines(out, rows))


def lines(out: Output, rows: Mapping[str, Any]) -> list[str]:
    """Return labels and values of complaints as people read them."""
    return out.pairs([(said(name, out.language), _value(out, one)) for name, one in rows.items()])


def _value(out: Output, value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [said(one, out.language) for one in value]
    return said("yes" if value is True else value, out.language)


def _spaced(name: str) -> str:
    """`decideBy` as `decide by`."""
    return "".join(f" {sign.lower()}" if sign.isupper() else sign for sign in name)
