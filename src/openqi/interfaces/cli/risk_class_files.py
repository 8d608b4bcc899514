"""Classes of risk as the command line takes them: a file, where they begin, or what visits cost and losses are."""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError, FormatError

if TYPE_CHECKING:
    from openqi.science.risk.classes import RiskClass

_NUMBER: Final = re.compile(r"(0|[1-9][0-9]{0,17})(\.[0-9]{1,18}|/[1-9][0-9]{0,17})?")
_HUNDREDTH: Final = Fraction(1, 100)


def classes_in(path: Path) -> "tuple[RiskClass, ...]":
    """Return the classes of a file: each with `least`, the probability at which it begins; or with `cost` and `prevented`.

    Raises:
        FormatError: it is no such file.
        DomainError: the classes leave somebody out, or one is nowhere the cheapest.
    """
    from openqi.app.files import read_file
    from openqi.science.risk.classes import RiskClass, Treatment, check_classes, cost_bounds
    from openqi.science.risk.document import json_of

    stated = json_of(read_file(path, 2**20), str(path))
    rows = stated.get("classes") if isinstance(stated, dict) else None
    if not isinstance(rows, list) or not rows or not all(isinstance(one, dict) for one in rows):
        raise FormatError(f"{path}: an object with the list `classes`, and `loss` where they begin by cost")
    by_cost = "loss" in stated
    wanted = {"class", "cost", "prevented"} if by_cost else {"class", "least"}
    for place, one in enumerate(rows):
        if missing := sorted(wanted - {*one}):
            raise FormatError(f"{path}: class {place + 1} has no {missing[0]!r}")
        if foreign := sorted({*one} - wanted - {"ratio", "floor"}):
            raise FormatError(f"{path}: class {place + 1} has a foreign member {foreign[0]!r}")
    if by_cost:
        treatments = [
            Treatment(name=str(one["class"]), cost=_exact(one, "cost", path), prevented=_exact(one, "prevented", path))
            for one in rows
        ]
        bounds: Sequence[Fraction] = cost_bounds(treatments, _exact(stated, "loss", path))
    else:
        bounds = [_exact(one, "least", path) for one in rows]
    found = tuple(
        RiskClass(
            name=str(one["class"]), least=bound, ratio=_exact(one, "ratio", path, Fraction(1)),
            floor=_exact(one, "floor", path, _HUNDREDTH),
        )
        for one, bound in zip(rows, bounds, strict=True)
    )  # fmt: skip
    check_classes(found)
    return found


def classes_from(thresholds: str) -> "tuple[RiskClass, ...]":
    """Return classes A, B, … that begin at 0 and at thresholds with commas between, everybody visited."""
    from openqi.science.risk.classes import RiskClass, check_classes

    texts = ["0", *(one.strip() for one in thresholds.split(","))]
    if len(texts) > len("ABCDEFGHIJ"):
        raise DomainError(f"{len(texts) - 1} thresholds; at most 9")
    found = tuple(
        RiskClass(name=name, least=_number(text, "a threshold"), ratio=Fraction(1), floor=_HUNDREDTH)
        for name, text in zip("ABCDEFGHIJ", texts, strict=False)
    )
    check_classes(found)
    return found


def _exact(stated: Mapping[str, Any], name: str, path: Path, otherwise: Fraction | None = None) -> Fraction:
    value = stated.get(name)
    if value is None and otherwise is not None:
        return otherwise
    return _number(str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else "", f"{path}: {name}")


def _number(text: str, what: str) -> Fraction:
    if not _NUMBER.fullmatch(text):
        raise FormatError(f"{what} is {text[:40]!r}; a number such as 0.05, 1/20 or 200")
    return Fraction(text)
