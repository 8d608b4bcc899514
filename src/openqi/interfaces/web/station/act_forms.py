"""A form as it is drawn: the tree of an act's fields with labels, what was typed, and what is wrong with it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from openqi.app.acts.acts import Act, acts
from openqi.app.acts.fields import Field
from openqi.app.acts.forms import KEPT, rows_of, write_form
from openqi.app.acts.problems import FieldsError, Problem
from openqi.app.acts.uploads import Upload, readable_tables
from openqi.app.model_files import arguments_of
from openqi.app.people.visitor import Visitor
from openqi.app.reading.evaluations import EvaluationPage, evaluation_shown
from openqi.app.work.published import calendar_at_hand, calendar_names
from openqi.interfaces.web.station.act_words import act_label, field_help, field_label, option_label, problem_text
from openqi.interfaces.web.station.choosing import Offer
from openqi.interfaces.web.station.frame import Visit
from openqi.interfaces.web.words import phrase
from openqi.kernel.errors import FormatError, RefusedError
from openqi.records import as_json, of_json
from openqi.records.evaluations import UncertaintyEvaluated
from openqi.records.tasks import ActName, CalendarPublished

ZONES: Final = (
    "+08:00", "Z", *(f"+{hours:02}:00" for hours in range(1, 15) if hours != 8), *(f"-{hours:02}:00" for hours in range(1, 13)),
    "+03:30", "+04:30", "+05:30", "+05:45", "+06:30", "+09:30", "-03:30",
)  # fmt: skip
MODEL: Final = "_model"
"""The field in which a form takes a file that fills it in."""
_PARTIES: Final = frozenset({"party", "to", "owner", "holder", "body", "receivedBy", "checkedBy", "markIssuers"})
_PLACE: Final = re.compile(r"\.\d+(?=\.|$)")
"""The place of a row in a path."""
_LONG: Final = frozenset({"model", "reason", "remark", "matter", "condition", "source", "simulated", "method", "report"})


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One field as it is drawn.

    Args:
        path: its name in the form.
        form: how it is entered.
        label, help, problem: in the language of the page.
        required: whether it has to be given.
        value: what was typed.
        long: whether it is drawn as an area.
        longest: most characters.
        options: of a choice, (value, label).
        fields: of a group.
        rows: of a list, each with its path and its fields.
        accept: suffixes of files.
        file: name of the file that was uploaded before.
        offers: records to choose from while an id is typed, (id, label).
        suggests: whether the parties of the log are offered while somebody types.
        folded: whether it is drawn folded together: a part of a row that need not be given, and in which nothing was typed.
    """

    path: str
    form: str
    label: str
    help: str = ""
    problem: str = ""
    required: bool = True
    value: str = ""
    long: bool = False
    longest: int = 2000
    options: tuple[tuple[str, str], ...] = ()
    fields: tuple["Shown", ...] = ()
    rows: tuple[tuple[str, tuple["Shown", ...]], ...] = ()
    accept: str = ""
    file: str = ""
    offers: tuple[tuple[str, str], ...] = ()
    suggests: bool = False
    folded: bool = False


class Drawing:
    """Draws the fields of an act in a language.

    Args:
        act: whose fields.
        flat: what was typed.
        language: `zh` or `en`.
        problems: what is wrong.
        more: the list that gets one more empty row.
        known: field → what can be chosen there, (value, name), where that is known.
        offers: field → records that fit it; where those are all, one of them is chosen, else they are offered beside the field.
    """

    def __init__(
        self,
        act: Act,
        flat: Mapping[str, str],
        language: str,
        *,
        problems: Sequence[Problem] = (),
        more: str = "",
        known: Mapping[str, Sequence[tuple[str, str]]] = MappingProxyType({}),
        offers: Mapping[str, Offer] = MappingProxyType({}),
    ) -> None:
        self._act, self._flat, self._language, self._more, self._known = act, flat, language, more, known
        self._offers = offers
        self._problems = {one.where: problem_text(one, language) for one in reversed(problems)}

    def fields(self) -> tuple[Shown, ...]:
        """Return the fields of the form."""
        return tuple(self._shown(field, field.name) for field in self._act.fields)

    def _folded(self, field: Field, path: str) -> bool:
        if field.required or "." not in path:
            return False
        touched = [name for name, text in self._flat.items() if text.strip()] + [*self._problems, self._more]
        return not any(name == path or name.startswith(f"{path}.") for name in touched)

    def _shown(self, field: Field, path: str, *, free: bool = False) -> Shown:
        """A field; in a part that need not be given nothing is required, else a browser would not let the form go without it."""
        act, language, free = self._act.name, self._language, free or not field.required
        common: dict[str, Any] = {
            "path": path, "form": field.form, "label": field_label(act, path, language), "required": not free,
            "help": field_help(act, path, language), "problem": self._problems.get(path, ""),
        }  # fmt: skip
        match field.form:
            case "list":
                return Shown(**common, rows=self._rows(field, path, free=free), folded=self._folded(field, path))
            case "group" | "names":
                fields = tuple(self._shown(one, f"{path}.{one.name}", free=free) for one in field.fields)
                return Shown(**common, fields=fields, folded=field.form == "group" and self._folded(field, path))
            case "rows" | "content":
                accept = f"{readable_tables()},.ndjson" if field.form == "rows" else ""
                kept, file = self._flat.get(f"{path}.{KEPT}", ""), self._flat.get(f"{path}.file", "")
                return Shown(**common, accept=accept, value=kept, file=file or ("…" if kept else ""))
        value = self._flat.get(path, "") or ("" if field.default is None or field.form == "flag" else str(field.default))
        options = tuple((one, option_label(one, self._language, act=act, path=path)) for one in field.options)
        if field.type == ActName:  # what can be done here is chosen, not typed
            common["form"], options = "choice", tuple((one, act_label(one, language)) for one in acts())
        offer = self._offers.get(_PLACE.sub("", path))
        if offer is not None:
            common["offers"] = offer.records
            if field.form == "record":
                common["help"] = phrase("offers-help" if offer.whole else "offers-some", language)
        named = tuple(self._known.get(path, ())) or (offer.records if offer is not None and offer.whole else ())
        if named and (not value or value in dict(named)):
            common["form"], options = "choice", named
        long = field.form == "text" and (bool(_LONG & {*path.split(".")}) or (field.longest or 0) > 2000)
        suggests = field.form == "uri" and bool(_PARTIES & {*path.split(".")})
        return Shown(**common, value=value, options=options, long=long, longest=field.longest or 2000, suggests=suggests)

    def _rows(self, field: Field, path: str, *, free: bool) -> tuple[tuple[str, tuple[Shown, ...]], ...]:
        item = field.item
        if item is None:
            return ()
        number = rows_of(self._flat, path) + (self._more == path)
        found = []
        for place in range(max(number, 1)):
            here = f"{path}.{place}"
            inner = item.fields if item.form == "group" else ()
            shown = (
                tuple(self._shown(one, f"{here}.{one.name}", free=free) for one in inner) if inner else (self._alone(item, here),)
            )
            found.append((here, shown))
        return tuple(found)

    def _alone(self, item: Field, path: str) -> Shown:
        """The one cell of a row of a list of simple things."""
        one = self._shown(item, path)
        label = field_label(self._act.name, path.rpartition(".")[0], self._language)
        return Shown(
            path=path, form=one.form, label=f"{label} {int(path.rpartition('.')[2]) + 1}", required=False, value=one.value,
            options=one.options, longest=one.longest, problem=one.problem, suggests=one.suggests, offers=one.offers,
        )  # fmt: skip


def zone_choices() -> list[tuple[str, str]]:
    """Return the time zones that a form may be filled in, (value, label)."""
    return [(zone, "UTC" if zone == "Z" else f"UTC{zone}") for zone in ZONES]


def visitor_of(visit: Visit) -> Visitor:
    """Return the visitor with a hat; `signed_in` let nobody else through. Raises RefusedError where none is worn."""
    visit.hat_worn()
    if visit.visitor is None:
        raise RefusedError("hat-worn", "sign in first")
    return visit.visitor


def at(visit: Visit, path: str) -> str:
    """Return an address that keeps the language that was chosen."""
    more = f"{'&' if '?' in path else '?'}lang={visit.language}" if visit.links.kept else ""
    return path + more


def at_hand(act: Act, visit: Visit) -> list[tuple[str, str]]:
    """Return what a form can be filled in with that comes with the package, (name, address): calendars."""
    names = calendar_names() if act.name == CalendarPublished.KIND else ()
    return [(name, at(visit, f"/do/{act.slug}?like={name}")) for name in names]


def evaluated(kind: str, body: Mapping[str, Any]) -> EvaluationPage | None:
    """Return an evaluation that is not sealed yet as its page will show it; None of another kind."""
    if kind != UncertaintyEvaluated.KIND:
        return None
    return evaluation_shown(of_json(body, UncertaintyEvaluated), lambda _: None)


def filled_from(act: Act, flat: Mapping[str, str], file: Upload) -> dict[str, str]:
    """Return the texts of a form with what a file of the act's own form says in the place of what stood there.

    Raises:
        FieldsError: it is no such file; told at the field that it was sent in.
    """
    try:
        told = arguments_of(file.data, name=file.name)
    except FormatError as error:
        raise FieldsError((Problem(where=MODEL, rule="file", detail=str(error), told={"detail": str(error)}),)) from error
    kept = {name: text for name, text in flat.items() if name.partition(".")[0] not in ("inputs", "outputs", "correlations", *told)}
    return kept | write_form(act.fields, told, ZONES[0])


def filled_like(act: Act, name: str, party: str) -> dict[str, str]:
    """Return the texts of a form that is filled in with what comes with the package; none where there is no such thing.

    Args:
        act: whose form.
        name: of a calendar.
        party: who fills it in; the calendar is proposed under its URI.
    """
    if act.name != CalendarPublished.KIND or name not in calendar_names():
        return {}
    return write_form(act.fields, as_json(calendar_at_hand(name, f"{party.rstrip('/')}/calendar/cn")), ZONES[0])
