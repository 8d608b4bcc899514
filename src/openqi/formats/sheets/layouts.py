"""How labels stand on a page, in millimetres, and which sizes GS1 allows for their codes."""

from dataclasses import dataclass
from math import isfinite
from typing import Final, Literal

from openqi.kernel.errors import DomainError

Code = Literal["qr", "datamatrix"]
LEAST_MODULE, MOST_MODULE, USUAL_MODULE = 0.396, 0.990, 0.508
"""The smallest and largest module of a code on goods in retail; the usual one is six dots at 300 an inch, twelve at 600."""
QUIET: Final[dict[Code, int]] = {"qr": 4, "datamatrix": 1}
"""Light modules that must be left on each side."""
PADDING: Final = 1.0
_MOST: Final = 2000.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """A page of labels; millimetres.

    Args:
        page: width and height of the page.
        columns, rows: labels across and down.
        label: width and height of one.
        first: where the first label begins, from the left and from the top.
        gap: between labels, across and down.
    """

    page: tuple[float, float]
    columns: int
    rows: int
    label: tuple[float, float]
    first: tuple[float, float] = (0.0, 0.0)
    gap: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        """Raise DomainError unless every label lies on the page."""
        sizes = (*self.page, *self.label)
        if not all(isfinite(one) and 0.0 < one <= _MOST for one in sizes):
            raise DomainError(f"page and label have sides over 0 and at most {_MOST:g} mm, not {sizes}")
        if not all(isfinite(one) and 0.0 <= one <= _MOST for one in (*self.first, *self.gap)):
            raise DomainError(f"margins and gaps are 0 to {_MOST:g} mm, not {self.first} and {self.gap}")
        if not (1 <= self.columns <= 200 and 1 <= self.rows <= 200):
            raise DomainError(f"{self.columns} columns and {self.rows} rows; 1 to 200 of each")
        for side, count, name in ((0, self.columns, "width"), (1, self.rows, "height")):
            end = self.first[side] + count * self.label[side] + (count - 1) * self.gap[side]
            if end > self.page[side] + 1e-6:
                raise DomainError(f"the labels end at {end:.1f} mm, the {name} of the page is {self.page[side]:.1f} mm")

    @property
    def count(self) -> int:
        """How many labels a page holds."""
        return self.columns * self.rows

    def place(self, number: int) -> tuple[float, float]:
        """Return left and upper edge of a label of a page, counted from 0, row by row."""
        row, column = divmod(number, self.columns)
        return (self.first[0] + column * (self.label[0] + self.gap[0]), self.first[1] + row * (self.label[1] + self.gap[1]))


LAYOUTS: Final = {
    "a4-24": Layout(page=(210.0, 297.0), columns=3, rows=8, label=(70.0, 36.0), first=(0.0, 4.5)),
    "a4-21": Layout(page=(210.0, 297.0), columns=3, rows=7, label=(63.5, 38.1), first=(7.25, 15.15), gap=(2.5, 0.0)),
    "a4-65": Layout(page=(210.0, 297.0), columns=5, rows=13, label=(38.1, 21.2), first=(4.75, 10.7), gap=(2.5, 0.0)),
    "roll-60x30": Layout(page=(60.0, 30.0), columns=1, rows=1, label=(60.0, 30.0)),
    "roll-40x20": Layout(page=(40.0, 20.0), columns=1, rows=1, label=(40.0, 20.0)),
}
"""Usual sheets and rolls by name."""


def checked_module(module: float) -> float:
    """Return the size of a module, if GS1 allows it on goods.

    Args:
        module: side of a module, millimetres.

    Raises:
        DomainError: it is smaller or larger.

    Source: [GS1GENSPEC] on symbol specifications of two-dimensional codes in retail.
    """
    if not (isfinite(module) and LEAST_MODULE <= module <= MOST_MODULE):
        raise DomainError(f"a module of {module:g} mm; codes on goods have modules of {LEAST_MODULE} to {MOST_MODULE} mm")
    return module
