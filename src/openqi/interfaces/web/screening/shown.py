"""How numbers, chances and times of streams look on a page."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from openqi.app.pictures.control.phrases import figure
from openqi.app.pictures.numbers import grouped, percent, signed
from openqi.app.pictures.screening.told import chance_text
from openqi.interfaces.pictures.drawing import picture_svg
from openqi.interfaces.web.units import shown_unit
from openqi.interfaces.web.words import phrase, term

_NOTHING: Final = "–"


def number(value: float | None, digits: int = 4) -> str:
    """Return a number with so many digits, a dash for none."""
    return (
        _NOTHING
        if value is None
        else grouped(f"{value:.{digits}g}")
        if "e" not in f"{value:.{digits}g}"
        else signed(f"{value:.{digits}g}")
    )


def index(value: float | None) -> str:
    """Return an index with two decimals; what they do not show has no sign."""
    return _NOTHING if value is None else signed(f"{value + 0.0 if abs(value) >= 0.005 else 0.0:.2f}")


def reading(value: float | None, sigma: float) -> str:
    """Return a value in the unit of the readings, with as many decimals as the sigma of their chart needs."""
    return number(value, 6) if value is None or not sigma > 0.0 else figure(value, 6.0 * sigma)


def count(value: int) -> str:
    """Return a count with its digits in threes."""
    return grouped(str(value))


def share(value: float | None) -> str:
    """Return a share in percent."""
    return _NOTHING if value is None else percent(value)


def moment(value: Any) -> str:
    """Return a time: a date to the second, a number as it is."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return _NOTHING if value is None else str(value)


_FILTERS: Final[Mapping[str, Callable[..., str]]] = {
    "number": number, "index": index, "reading": reading, "count": count, "share": share, "moment": moment,
    "chance": chance_text, "unit": shown_unit,
}  # fmt: skip


def environment(language: str) -> Environment:
    """Return the environment of templates in a language."""
    found = Environment(
        loader=PackageLoader("openqi.interfaces.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    found.filters |= dict(_FILTERS)
    found.globals |= {
        "lang": language, "t": partial(_phrase, language), "term": partial(_term, language),
        "drawn": lambda spec, name="": picture_svg(spec, language, name),
    }  # fmt: skip
    return found


def _phrase(language: str, name: str, **filled: object) -> str:
    return phrase(name, language, **filled)


def _term(language: str, prefix: str, name: str) -> str:
    return term(prefix, name, language)
