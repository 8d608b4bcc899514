"""One model for many items at once: values, uncertainties and what they have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isinf, isnan
from typing import TYPE_CHECKING, Any

from openqi.kernel.errors import DomainError
from openqi.science.numbers.algebra import Matrix, cholesky
from openqi.science.uncertainty.expression.arrays import array_gradient, array_registers, block_size, is_worth_compiling, unfinished
from openqi.science.uncertainty.expression.model import MeasurementModel
from openqi.science.uncertainty.expression.scalar import gradient_of, registers

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Array = NDArray[float64]


_LARGEST = 1e140  # of a contribution in coherent units, and the inverse of the smallest


@dataclass(frozen=True, kw_only=True, eq=False)
class Batch:
    """Results of many items, each array with a row an output and a column an item.

    Args:
        value: in the units of the outputs.
        standard_uncertainty: same.
        common: the part of it that comes from common inputs, and so does not average out between items.
        dof: effective degrees of freedom; inf where all inputs have infinitely many, or none has a part in the uncertainty.
    """

    value: "Array"
    standard_uncertainty: "Array"
    common: "Array"
    dof: "Array"


def evaluated_batch(
    model: MeasurementModel,
    values: "Array | Sequence[Sequence[float]]",
    standard_uncertainties: "Array | Sequence[Sequence[float]] | Sequence[float]",
    correlation: "Array | Sequence[Sequence[float]] | None" = None,
    *,
    common: Sequence[bool],
    dof: Sequence[float] | None = None,
) -> Batch:
    """Return value and uncertainty of every item, to first order.

    Args:
        model: of every item.
        values: a row an input, in the model's order, a column an item.
        standard_uncertainties: the same shape, or one for each input.
        correlation: coefficients between inputs, None for none.
        common: for each input, whether all items share its error.
        dof: of each input, infinite by default.

    Raises:
        DomainError: shapes do not fit, an uncertainty is negative or no number, the correlation is no correlation matrix,
            correlated inputs have finite degrees of freedom, a contribution has no square among floats, or a step is not
            defined for an item; names it.

    Source: [GUM] clause 5.2.2, equation (13), and G.4.1, equation (G.2b).
    """
    import numpy as np

    count = len(model.inputs)
    x = _rows(values, "values", count, None)
    u = _rows(standard_uncertainties, "standard uncertainties", count, x.shape[1])
    if not (u >= 0.0).all():
        raise _at(model, u, ~(u >= 0.0), "a standard uncertainty is at least 0")
    factor = _factor(correlation, count)
    if len(common) != count:
        raise DomainError(f"{len(common)} values of common for {count} inputs: say of each whether all items share its error")
    freedom = _freedom(dof, count, factor)
    shape = (len(model.outputs), x.shape[1])
    batch = Batch(value=np.empty(shape), standard_uncertainty=np.empty(shape), common=np.empty(shape), dof=np.full(shape, np.inf))
    step = block_size(model.tape)
    fast = is_worth_compiling(model.tape, x.shape[1])
    with np.errstate(all="ignore"):
        for start in range(0, x.shape[1], step):
            block = _Block(model, slice(start, start + step), fast)
            block.fill(batch, x, u, factor, common, freedom)
    return batch


@dataclass(frozen=True)
class _Block:
    """Some neighbouring items of a batch."""

    model: MeasurementModel
    items: slice
    fast: bool

    def fill(
        self, batch: Batch, values: "Array", u: "Array", factor: Matrix | None, common: Sequence[bool], freedom: Sequence[float]
    ) -> None:
        """Write the results of these items into the batch."""

        model = self.model
        scales: Sequence[Any] = model.input_scales or (None,) * len(model.inputs)
        x = [scale.coherent(row) if scale else row for scale, row in zip(scales, values[:, self.items], strict=True)]
        found = array_registers(model.tape, x, fast=self.fast)
        self.refuse(x, unfinished(model.tape, found))
        spread = [scale.coherent_difference(row) if scale else row for scale, row in zip(scales, u[:, self.items], strict=True)]
        reported: Sequence[Any] = model.output_scales or (None,) * len(model.outputs)
        for place, (register, scale) in enumerate(zip(model.tape.outputs, reported, strict=True)):
            slopes = self.slopes(x, found, register)
            parts = [None if slope is None else slope * row for slope, row in zip(slopes, spread, strict=True)]
            uncertainty = _root(parts, factor, x[0])
            self.refuse_size(parts, uncertainty)
            shared = [part if is_common else None for part, is_common in zip(parts, common, strict=True)]
            together = uncertainty if all(common) else _root(shared, factor, x[0])
            batch.value[place, self.items] = scale.reported(found[register]) if scale else found[register]
            batch.standard_uncertainty[place, self.items] = scale.reported_difference(uncertainty) if scale else uncertainty
            batch.common[place, self.items] = scale.reported_difference(together) if scale else together
            if not all(map(isinf, freedom)):
                batch.dof[place, self.items] = _effective(parts, freedom, uncertainty)

    def refuse(self, x: "Sequence[Array]", wrong: Any) -> None:
        """Raise what the first item without an answer raises by itself."""
        for item in wrong.nonzero()[0]:
            try:
                registers(self.model.tape, [float(row[item]) for row in x])
            except DomainError as error:
                raise DomainError(f"item {self.items.start + int(item) + 1}: {error}") from error

    def refuse_size(self, parts: "Sequence[Array | None]", uncertainty: "Array") -> None:
        """Refuse contributions whose squares are no floats of full precision, rather than call them 0 or infinite."""
        for item in (~(uncertainty < _LARGEST) | (uncertainty < 1.0 / _LARGEST)).nonzero()[0]:
            size = max((abs(float(part[item])) for part in parts if part is not None), default=0.0)
            if not (size == 0.0 or 1.0 / _LARGEST < size < _LARGEST):
                where = f"item {self.items.start + int(item) + 1}"
                raise DomainError(
                    f"{where}: a contribution of {size:.3g} has no square among floats; state the inputs in other units"
                )

    def slopes(self, x: "Sequence[Array]", found: "Sequence[Array]", register: int) -> "list[Array | None]":
        """The derivatives by each input. An item with infinite ones is done again by itself, which sees what has no part in it."""
        import numpy as np

        slopes = array_gradient(self.model.tape, found, register, fast=self.fast)
        wrong = np.zeros(x[0].shape, dtype=bool)
        for slope in slopes:
            if slope is not None:
                wrong |= ~np.isfinite(slope)
        if wrong.any():  # inputs may share one array
            slopes = [None if slope is None else slope.copy() for slope in slopes]
        for item in wrong.nonzero()[0]:
            try:
                alone = gradient_of(self.model.tape, [float(row[item]) for row in found], register)
            except DomainError as error:
                raise DomainError(f"item {self.items.start + int(item) + 1}: {error}") from error
            for slope, value in zip(slopes, alone, strict=True):
                if slope is not None:
                    slope[item] = value
        return slopes


def _root(parts: "Sequence[Array | None]", factor: Matrix | None, like: "Array") -> "Array":
    """The standard uncertainty from signed contributions: by a root of their correlation, so that no square of it is negative."""
    import numpy as np

    total = None
    for column in range(len(parts)):
        along = parts[column] if factor is None else _along(parts, factor, column)
        if along is not None:
            total = along * along if total is None else total + along * along
    return np.zeros_like(like) if total is None else np.sqrt(total)


def _along(parts: "Sequence[Array | None]", factor: Matrix, column: int) -> "Array | None":
    """What the contributions have along one of the independent directions of their correlation."""
    along = None
    for row, part in zip(factor, parts, strict=True):
        if part is not None and row[column] != 0.0:
            along = row[column] * part if along is None else along + row[column] * part
    return along


def _effective(parts: "Sequence[Array | None]", freedom: Sequence[float], uncertainty: "Array") -> "Array":
    """Effective degrees of freedom, from shares of the variance, so that the unit does not matter."""
    import numpy as np

    total = np.zeros_like(uncertainty)
    for part, own in zip(parts, freedom, strict=True):
        if part is not None and not isinf(own):
            share = part / uncertainty
            share = share * share
            total = total + share * share / own
    return np.where((total > 0.0) & (uncertainty > 0.0), 1.0 / total, np.inf)


def _rows(given: Any, what: str, count: int, items: int | None) -> "Array":
    """An array with a row an input and a column an item."""
    import numpy as np

    try:
        array = np.asarray(given, dtype=np.float64, order="C")
    except (ValueError, TypeError) as error:
        raise DomainError(f"{what}: numbers, a row an input and a column an item; all rows are equally long ({error})") from error
    if items is not None and array.shape == (count,):
        array = np.broadcast_to(array[:, None], (count, items))
    if array.ndim != 2 or array.shape[0] != count or (items is not None and array.shape[1] != items):
        expected = f"({count} inputs, {'any number of' if items is None else items} items)"
        raise DomainError(f"{what} have the shape {array.shape}; {expected} is wanted")
    if not np.isfinite(array).all():
        row, column = (int(place[0]) for place in (~np.isfinite(array)).nonzero())
        raise DomainError(f"{what}, input {row + 1}, item {column + 1}: {array[row, column]}; give finite numbers")
    return array


def _at(model: MeasurementModel, array: "Array", wrong: Any, what: str) -> DomainError:
    row, column = (int(place[0]) for place in wrong.nonzero())
    return DomainError(f"{model.inputs[row]}, item {column + 1}: {array[row, column]}; {what}")


def _factor(correlation: Any, count: int) -> Matrix | None:
    """The lower factor of the correlation, None where there is none."""
    if correlation is None:
        return None
    matrix = [[float(value) for value in row] for row in correlation]
    if len(matrix) != count:
        raise DomainError(f"correlation: {len(matrix)} rows for {count} inputs; one a input, in the model's order")
    factor = cholesky(matrix)
    for place, row in enumerate(matrix):
        if row[place] != 1.0:
            raise DomainError(f"correlation of input {place + 1} with itself is {row[place]}; it is 1, these are coefficients")
    independent = all(value == 0.0 for place, row in enumerate(matrix) for other, value in enumerate(row) if other != place)
    return None if independent else factor


def _freedom(dof: Sequence[float] | None, count: int, factor: Matrix | None) -> Sequence[float]:
    """Degrees of freedom of each input, after checking that they can be combined."""
    if dof is None:
        return (float("inf"),) * count
    if len(dof) != count:
        raise DomainError(f"{len(dof)} degrees of freedom for {count} inputs: give one each, inf where there is no doubt")
    for place, own in enumerate(dof):
        if isnan(own) or own <= 0.0:
            raise DomainError(f"degrees of freedom of input {place + 1} are {own}; they are above 0, perhaps inf")
        others = () if factor is None else (*factor[place][:place], *(row[place] for row in factor[place + 1 :]))
        if not isinf(own) and any(others):
            raise DomainError(
                f"input {place + 1} is correlated and has {own} degrees of freedom; Welch-Satterthwaite holds for independent "
                "inputs: leave its degrees of freedom out, or propagate by Monte Carlo"
            )
    return tuple(map(float, dof))
