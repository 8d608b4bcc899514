"""Picks from a calibration certificate, for one quantity, what the instrument showed, what was true, and how sure that is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from openqi.formats.dcc.document import CalibrationDocument, CalibrationTable, Label, QuantityList, Result, text_in
from openqi.kernel.decimals import fraction, rounded
from openqi.kernel.errors import DomainError, FormatError
from openqi.kernel.quantity import Quantity
from openqi.kernel.units import Unit, unit_of

INDICATED: Final = "basic_measuredValue"
REFERENCE: Final = "basic_referenceValue"
ERROR: Final = "basic_measurementError"
_MAX_DECIMALS: Final = 50


@dataclass(frozen=True, kw_only=True)
class _Table:
    """The quantities of a result that stand side by side, in the same list."""

    result: Result
    within: tuple[Label, ...]
    quantities: tuple[QuantityList, ...]

    @property
    def labels(self) -> set[str]:
        """What it can be asked for by."""
        named: tuple[Result | Label, ...] = (self.result, *self.within)
        return {ref for one in named for ref in one.ref_types} | {words for one in named for _, words in one.name}

    @property
    def name(self) -> str:
        """Its own name, else the name of the result."""
        return next((name for label in reversed(self.within) if (name := text_in(label.name))), text_in(self.result.name))

    def __str__(self) -> str:
        return f"{self.name!r} (line {self.within[-1].line if self.within else self.result.line})"


@dataclass(frozen=True, kw_only=True)
class _Column:
    """One role in the table: a quantity in each unit that it is stated in."""

    file: str
    statements: tuple[QuantityList, ...]
    difference: bool

    def error(self, what: str) -> FormatError:
        return FormatError(f"{self.file}:{self.statements[0].line}: {what}")

    def in_unit(self, unit: str, *, stated: Callable[[QuantityList], tuple[str, ...] | None]) -> tuple[str, ...] | None:
        """What is stated, in `unit`: as it stands where the unit means the same, else exactly converted; None if nothing is."""
        found = [(texts, one.unit) for one in self.statements if (texts := stated(one))]
        if not found:
            return None
        alike = [pair for pair in found if self.meaning(pair[1]).dimension == self.meaning(unit).dimension]
        texts, own = next((pair for pair in alike if self._same(pair[1], unit)), (alike or found)[0])
        if self._same(own, unit):
            return texts
        return tuple(self._converted(text, own, unit) for text in texts)

    def _same(self, one: str, other: str) -> bool:
        left, right = (self.meaning(unit) for unit in (one, other))
        zeros = self.difference or left.offset == right.offset
        return zeros and (left.dimension, left.factor, left.pi) == (right.dimension, right.factor, right.pi)

    def meaning(self, unit: str) -> Unit:
        """What a unit means; an unknown one is said to stand in this file."""
        try:
            return unit_of(unit)
        except FormatError as error:
            raise self.error(str(error)) from error

    def _converted(self, text: str, own: str, unit: str) -> str:
        try:
            exact = Quantity(value=text, unit=own, difference=self.difference).converted(unit)
            return _text(exact, decimals=_decimals(text) if self._scaled_alike(own, unit) else 0)
        except DomainError as error:
            raise self.error(f"{text} {own} beside values in {unit}: {error}") from error

    def _scaled_alike(self, one: str, other: str) -> bool:
        return self.meaning(one).factor == self.meaning(other).factor


def calibration_points(
    document: CalibrationDocument, *, quantity: str | None = None, result: str | int | None = None, unit: str | None = None
) -> CalibrationTable:
    r"""Return indicated value, reference value and expanded uncertainty at every point of one table of a certificate.

    The indication is the quantity with refType basic_measuredValue. The reference is basic_referenceValue, or the indication
    minus basic_measurementError where only the error is stated; where both are, they must agree to the stated digits. The
    uncertainty is the one stated with the error, else the one stated with the reference value.

    Args:
        document: as `read_dcc` gives it.
        quantity: refType, or name in any language, of a result or of a list in it; None where there is one table only.
        result: refType or name of the result, or its number from 1; None for any.
        unit: where a quantity is stated in several units, the one to take, D-SI or UCUM; None takes the first one stated.

    Raises:
        FormatError: no such table or several, no uncertainty, more than one coverage factor, columns of different length or
            dimension, or columns that contradict each other; names file and line, and what to do.
    """
    table = _chosen(document, quantity, result)
    columns = {role: _column(document, table, role) for role in (INDICATED, REFERENCE, ERROR)}
    shown, true, error = columns[INDICATED], columns[REFERENCE], columns[ERROR]
    if not shown:
        raise FormatError(f"{document.file}:{table.result.line}: {table} has no {INDICATED}; transcribe its points into a table")
    if not true and not error:
        raise shown.error(f"{table} has neither {REFERENCE} nor {ERROR}; transcribe its points into a table")
    indication = _stated_in(shown, unit)
    indicated = indication.values
    reference = true.in_unit(indication.unit, stated=_values) if true else None
    errors = error.in_unit(indication.unit, stated=_values) if error else None
    for column, texts in ((true, reference), (error, errors)):
        if column and texts and len(texts) != len(indicated):
            raise column.error(f"{len(texts)} values beside {len(indicated)} indications; every point needs both")
    if reference and errors and error:
        _agreeing(error, indicated, reference, errors)
    source = _with_uncertainty(shown, true, error)
    expanded = source.in_unit(indication.unit, stated=lambda one: one.expanded_uncertainties) or ()
    factor, probability = _coverage(source)
    if len(expanded) != len(indicated) or not all(fraction(text) > 0 for text in expanded):
        raise source.error("every point needs an expanded uncertainty > 0; ask the laboratory for one")
    return CalibrationTable(
        quantity=table.name,
        unit=indication.unit,
        indicated=indicated,
        reference=reference or _corrected(shown, indicated, errors or ()),
        expanded_uncertainties=expanded,
        coverage_factor=factor,
        coverage_probability=probability,
        line=indication.line,
    )


def _values(one: QuantityList) -> tuple[str, ...]:
    return one.values


def _chosen(document: CalibrationDocument, quantity: str | None, result: str | int | None) -> _Table:
    """The one table that is asked for."""
    tables = []
    for number, one in enumerate(document.results, 1):
        named = {str(number)} if isinstance(result, int) else {*one.ref_types, *(words for _, words in one.name)}
        if result is None or str(result) in named:
            groups: dict[tuple[Label, ...], list[QuantityList]] = {}
            for stated in one.quantities:
                groups.setdefault(stated.within, []).append(stated)
            tables += [_Table(result=one, within=within, quantities=tuple(group)) for within, group in groups.items()]
    asked = [table for table in tables if quantity is None or quantity in table.labels]
    usable = [table for table in asked if any(INDICATED in one.ref_types for one in table.quantities)]
    if len(usable) == 1:
        return usable[0]
    if usable:
        raise FormatError(f"{document.file}:{usable[1].result.line}: several tables: {_listed(usable)}; name the one to take")
    wanted = " and ".join(repr(name) for name in (result, quantity) if name is not None) or "any name"
    has = f"; it has {_listed(tables)}" if tables else ""
    raise FormatError(
        f"{document.file}:{document.results[0].line}: no table named {wanted} with a quantity of refType {INDICATED}{has}; "
        "name another one, or transcribe the points into a table"
    )


def _listed(tables: Iterable[_Table]) -> str:
    return ", ".join(map(str, tables))[:500]


def _column(document: CalibrationDocument, table: _Table, role: str) -> _Column | None:
    found = [one for one in table.quantities if role in one.ref_types]
    if not found:
        return None
    roles = [other for other in (INDICATED, REFERENCE, ERROR) if other in found[0].ref_types]
    if len(found) > 1 or len(roles) > 1:
        place = f"{document.file}:{found[-1].line}"
        lines = ", ".join(str(one.line) for one in found)
        raise FormatError(f"{place}: {table}: which quantity is {role}? lines {lines} say {', '.join(roles)}; ask the laboratory")
    return _Column(file=document.file, statements=(found[0], *found[0].alternatives), difference=role == ERROR)


def _stated_in(column: _Column, unit: str | None) -> QuantityList:
    """The statement in the unit that is asked for."""
    if unit is None:
        column.meaning(column.statements[0].unit)
        return column.statements[0]
    wanted = unit_of(unit)
    for one in column.statements:
        if column.meaning(one.unit) == wanted:
            return one
    units = ", ".join(one.unit for one in column.statements)
    raise column.error(f"the indication is not stated in {unit!r} but in {units}; ask for one of these")


def _with_uncertainty(shown: _Column, true: _Column | None, error: _Column | None) -> _Column:
    """The column whose expanded uncertainty holds for the error of indication."""
    stated = [column for column in (error, true) if column and any(one.expanded_uncertainties for one in column.statements)]
    if not stated:
        raise (error or true or shown).error(
            f"no expanded uncertainty at {ERROR} or {REFERENCE}; without one the points say nothing: ask the laboratory"
        )
    if stated[0] is true and any(one.expanded_uncertainties for one in shown.statements):
        raise shown.error("an uncertainty at the indication and one at the reference, none at the error; ask which one to use")
    # An uncertainty is a difference even where the values beside it are not: 0.5 °C of uncertainty is 0.5 K.
    return _Column(file=shown.file, statements=stated[0].statements, difference=True)


def _coverage(column: _Column) -> tuple[str, str | None]:
    """Coverage factor and probability, which must be the same at all points."""
    one = next(statement for statement in column.statements if statement.expanded_uncertainties)
    factors, probabilities = one.coverage_factors or (), set(one.coverage_probabilities or ())
    if len({fraction(text) for text in factors}) != 1:
        raise column.error(f"coverage factors {', '.join(dict.fromkeys(factors))}: one for all points is needed; split the table")
    if fraction(factors[0]) < 1:
        raise column.error(f"coverage factor {factors[0]}: is at least 1; ask the laboratory")
    return factors[0], probabilities.pop() if len(probabilities) == 1 else None


def _agreeing(column: _Column, indicated: tuple[str, ...], reference: tuple[str, ...], errors: tuple[str, ...]) -> None:
    """Raises where an error is not indicated minus reference value, as far as the digits of the three can tell."""
    for number, (shown, true, error) in enumerate(zip(indicated, reference, errors, strict=True), 1):
        rounding = sum(Fraction(1, 2 * 10 ** _decimals(text)) for text in (shown, true, error))
        if abs(fraction(shown) - fraction(true) - fraction(error)) > rounding:
            raise column.error(f"point {number}: the error {error} is not {shown} - {true}; ask the laboratory which is right")


def _decimals(text: str) -> int:
    return len(text.partition(".")[2])


def _corrected(column: _Column, indicated: tuple[str, ...], errors: tuple[str, ...]) -> tuple[str, ...]:
    """The reference values where only errors are stated."""
    found = []
    for shown, error in zip(indicated, errors, strict=True):
        try:
            found.append(_text(fraction(shown) - fraction(error), decimals=max(_decimals(shown), _decimals(error))))
        except DomainError as cause:
            raise column.error(f"{shown} minus {error}: {cause}") from cause
    return tuple(found)


def _text(exact: Fraction, *, decimals: int) -> str:
    """The decimal text of a fraction, exactly, with at least so many decimals."""
    while (exact * 10**decimals).denominator != 1:
        decimals += 1
        if decimals > _MAX_DECIMALS:
            raise DomainError(f"{exact} has no finite decimal text; state all columns in one unit")
    return rounded(exact, f"0.{'1'.rjust(decimals, '0')}" if decimals else "1")
