"""Means, covariances and digests of samples, in one order of operations whatever made them."""

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from openqi.science.numbers.compiled import compiled

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray


def _moments(x: Any, y: Any, about_x: float, about_y: float) -> tuple[float, float, float]:
    """Return the sums of x and y and of their products, each about a value near the middle, with lost digits carried along."""
    sum_x, lost_x, sum_y, lost_y, sum_xy, lost_xy = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(len(x)):
        one, other = x[i] - about_x, y[i] - about_y
        product = one * other
        following = sum_x + one
        lost_x += (sum_x - following) + one if abs(sum_x) >= abs(one) else (one - following) + sum_x
        sum_x = following
        following = sum_y + other
        lost_y += (sum_y - following) + other if abs(sum_y) >= abs(other) else (other - following) + sum_y
        sum_y = following
        following = sum_xy + product
        lost_xy += (sum_xy - following) + product if abs(sum_xy) >= abs(product) else (product - following) + sum_xy
        sum_xy = following
    return sum_x + lost_x, sum_y + lost_y, sum_xy + lost_xy


def _moments_of_one(x: Any, about: float) -> tuple[float, float]:
    """As `_moments` of x and x: the same operations, each once."""
    total, lost, squares, lost_squares = 0.0, 0.0, 0.0, 0.0
    for i in range(len(x)):
        one = x[i] - about
        square = one * one
        following = total + one
        lost += (total - following) + one if abs(total) >= abs(one) else (one - following) + total
        total = following
        following = squares + square
        lost_squares += (squares - following) + square if squares >= square else (square - following) + squares
        squares = following
    return total + lost, squares + lost_squares


_moments_compiled = compiled(_moments)
_moments_of_one_compiled = compiled(_moments_of_one)


def mean_and_covariance(
    x: "NDArray[float64]", y: "NDArray[float64]", about_x: float, about_y: float, *, fast: bool
) -> tuple[float, float, float]:
    """Return the means of two samples and their covariance, divided by one less than their size.

    Args:
        x: a sample of at least two; y likewise, equally many.
        y: the other one, or the same.
        about_x: a value in the middle of it, such as its median; only rounding depends on it.
        about_y: likewise.
        fast: whether the loop is compiled; the bits are the same.

    Source: [JCGM101] clause 7.6, [NEUMAIER] algorithm IV.
    """
    size = len(x)
    if fast:
        sum_x, sum_y, sum_xy = _moments_compiled(x, y, about_x, about_y)
    else:
        sum_x, sum_y, sum_xy = _moments(x.tolist(), y.tolist(), about_x, about_y)
    mean_x, mean_y = sum_x / size, sum_y / size
    return about_x + mean_x, about_y + mean_y, (sum_xy - size * mean_x * mean_y) / (size - 1)


def mean_and_variance(x: "NDArray[float64]", about: float, *, fast: bool) -> tuple[float, float]:
    """Return the mean and the variance of a sample: what `mean_and_covariance` of it and itself returns, in less time."""
    size = len(x)
    total, squares = _moments_of_one_compiled(x, about) if fast else _moments_of_one(x.tolist(), about)
    mean = total / size
    return about + mean, (squares - size * mean * mean) / (size - 1)


def digest_of(samples: "NDArray[float64]") -> str:
    """Return the SHA-256 of samples, row by row, as little-endian floats."""
    return sha256(samples.astype("<f8", order="C", copy=False).data).hexdigest()
