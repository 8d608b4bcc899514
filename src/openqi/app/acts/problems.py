"""What is wrong with what was filled in: each problem names its field and its rule, so that it can be told in any language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from openqi.app.acts.acts import Act
from openqi.app.acts.fields import Field
from openqi.evidence.canonical import canonical_bytes
from openqi.kernel.errors import FormatError
from openqi.records import Body, Command

MOST_PROBLEMS: Final = 200
_PATH: Final = re.compile(r" - at `\$\.?(.*)`$")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong.

    Args:
        where: `limits.0.lower`; empty for the whole.
        rule: which of the problems that the words table knows.
        told: what its phrase is filled with.
        detail: what a reader further down said, in English, where the rule alone does not say it.
    """

    where: str
    rule: str
    told: Mapping[str, Any] = field(default_factory=dict)
    detail: str = ""

    @property
    def english(self) -> str:
        """The problem in one line for programs."""
        return f"{self.where or 'the whole'}: {self.detail or self.rule}"


class FieldsError(FormatError):
    """What was filled in cannot be stated or asked; `problems` says what is wrong with which field."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(one.english for one in problems[:20]))
        self.problems = problems


def built(act: Act, arguments: Any) -> Command | Body:
    """Return the command or body that arguments write.

    Raises:
        FieldsError: some of it is wrong; all problems are told at once.
    """
    problems = tuple(check(act.fields, arguments))[:MOST_PROBLEMS]
    if problems:
        raise FieldsError(problems)
    try:
        made = act.built(arguments)
        canonical_bytes(act.arguments(made))
        return made
    except FormatError as error:
        text = str(error).removeprefix(f"{act.kind.__name__}: ")
        found = _PATH.search(text)
        where = re.sub(r"\[(\d+|\.\.\.)\]", r".\1", found[1]) if found else ""
        detail = text[: found.start()] if found else text
        raise FieldsError((Problem(where=where, rule="whole", detail=detail, told={"detail": detail}),)) from error


def check(fields: tuple[Field, ...], value: Any, path: str = "") -> list[Problem]:
    """Return what is wrong with a JSON object of these fields, field by field."""
    if type(value) is not dict:
        return [Problem(where=path, rule="object", detail="a JSON object is wanted here")]
    known = {one.name for one in fields}
    start = f"{path}." if path else ""
    problems = [
        Problem(where=f"{start}{str(name)[:80]}", rule="foreign", detail="there is no such field")
        for name in value
        if name not in known
    ]
    for one in fields:
        if one.name in value:
            problems += _of_value(one, value[one.name], start + one.name)
        elif one.required:
            problems.append(Problem(where=start + one.name, rule="missing", detail="this is missing"))
    return problems


def _of_value(field: Field, value: Any, path: str) -> list[Problem]:
    if field.form in ("group", "names"):
        found = check(field.fields, value, path)
        if field.form == "names" and not found and not any(value.get(language) for language in ("zh", "en")):
            return [Problem(where=f"{path}.zh", rule="missing", detail="a name in zh or in en is missing")]
        return found
    if field.form == "list":
        if type(value) is not list or field.item is None:
            return [Problem(where=path, rule="list", detail="a list is wanted here")]
        return [problem for place, one in enumerate(value) for problem in _of_value(field.item, one, f"{path}.{place}")]
    try:
        if isinstance(value, str):
            value.encode("utf-8")  # half of a character, which JSON can write, stands in no evidence
        msgspec.convert(value, field.type, strict=True)
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        return [_wrong(field, value, path, str(error))]
    return []


def _plain(value: object) -> str:
    """What somebody wrote, short, and such that it can be shown."""
    return str(value)[:80].encode("utf-8", "backslashreplace").decode("utf-8")


def _wrong(field: Field, value: Any, path: str, why: str) -> Problem:
    told: dict[str, Any] = {"given": _plain(value), "options": ", ".join(field.options), "longest": field.longest}
    told |= {"least": field.least, "most": field.most}
    if isinstance(value, str) and field.longest is not None and len(value) > field.longest:
        return Problem(where=path, rule="long", told=told, detail=f"at most {field.longest} characters")
    if field.form == "integer" and type(value) is int:
        return Problem(where=path, rule="range", told=told, detail=f"from {field.least} to {field.most}")
    return Problem(where=path, rule=field.form, told=told, detail=why)
