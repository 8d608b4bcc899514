"""How acts, their fields, problems and refusals are called in a language; one table of words for pages, programs and tables."""

from collections.abc import Collection
from typing import Final

from openqi.app.acts.acts import Act
from openqi.app.acts.problems import Problem
from openqi.app.acts.sealing.outcomes import Refusal
from openqi.interfaces.web.words import LANGUAGES, phrases, term

_LEAVES_OUT: Final = {str(number) for number in range(1000)}


def named(path: str) -> str:
    """Return a path without the places of rows: `limits.0.lower` → `limits.lower`."""
    return ".".join(part for part in path.split(".") if part not in _LEAVES_OUT)


def act_label(name: str, language: str) -> str:
    """Return what an act is called."""
    return term("act", name, language)


def act_help(name: str, language: str) -> str:
    """Return what comes of an act."""
    return term("act-help", name, language)


def _of_field(what: str, act: str, path: str, language: str) -> str | None:
    """The most particular word of a sort for a field: of this act, else of the name."""
    plain = named(path)
    for name in (f"{what}:{act}:{plain}", f"{what}:{plain.rpartition('.')[2]}"):
        found = phrases().get(name)
        if found is not None:
            return found.zh if language == "zh" else found.en
    return None


def field_label(act: str, path: str, language: str) -> str:
    """Return what a field is called."""
    last = named(path).rpartition(".")[2]
    return _of_field("label", act, path, language) or term("field", last, language)


def field_help(act: str, path: str, language: str) -> str:
    """Return what is to be filled in there."""
    return _of_field("help", act, path, language) or ""


def option_label(option: str, language: str, *, act: str = "", path: str = "") -> str:
    """Return what an option of a choice is called: in this field of this act, else wherever it stands."""
    own = f"{act}:{named(path)}:{option}"
    return term("value", own if f"value:{own}" in phrases() else option, language)


def problem_text(problem: Problem, language: str) -> str:
    """Return what is wrong with a field."""
    found = phrases().get(f"problem:{problem.rule}")
    if found is None:
        return problem.detail or problem.rule
    detail = str(problem.told.get("detail", problem.detail))
    told = {**problem.told, "detail": term("said", detail, language)}
    try:
        return (found.zh if language == "zh" else found.en).format(**told)
    except KeyError:
        return problem.detail


def refusal_text(refusal: Refusal, language: str) -> str:
    """Return why something is refused and what to do; a rule that has no words of its own is told as it was said."""
    found = phrases().get(f"rule:{refusal.rule}")
    return refusal.told if found is None else found.zh if language == "zh" else found.en


def columns_of(act: Act) -> "Columns":
    """Return the names that a column of a table may have for a field of an act."""
    return Columns(act.name)


class Columns:
    """Names of columns, in both languages; with the names of the group that a field stands in where it stands in one."""

    def __init__(self, act: str) -> None:
        self._act = act

    def __call__(self, path: str) -> Collection[str]:
        """Return the labels of a field."""
        return tuple(dict.fromkeys(self.label(path, language) for language in LANGUAGES))

    def label(self, path: str, language: str) -> str:
        """Return the label of a field as a template's header has it."""
        parts = path.split(".")
        shown = []
        for place, part in enumerate(parts):
            if part not in _LEAVES_OUT:
                shown.append(field_label(self._act, ".".join(parts[: place + 1]), language))
            elif part != "0":
                shown.append(str(int(part) + 1))
        return " / ".join(shown)


class ActWords:
    """The same for whoever lies beside the pages and is given it: programs get both languages."""

    def problem(self, problem: Problem, language: str) -> str:
        """Return what is wrong with a field."""
        return problem_text(problem, language)

    def refusal(self, refusal: Refusal, language: str) -> str:
        """Return why something is refused and what to do."""
        return refusal_text(refusal, language)

    def label(self, act: str, language: str) -> str:
        """Return what an act is called."""
        return act_label(act, language)

    def columns(self, act: str) -> Columns:
        """Return the names that a column of a table may have."""
        return Columns(act)
