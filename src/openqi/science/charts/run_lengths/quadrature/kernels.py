"""The compiled part of the integral equations: transitions of a walk, elimination, and the residual that bounds the error."""

from typing import Any

from openqi.science.charts.run_lengths.eased import eased
from openqi.science.numbers.exponential import unchecked_exp, unchecked_log
from openqi.science.numbers.normal_functions import normal_below

ROOT_TWO_PI = 2.5066282746310002
FAR = 38.0
SMALL = 0.01


def _lacking(y: float) -> float:
    """1 - e^-y of y > 0, with all digits near 0 too."""
    if y > SMALL:
        return 1.0 - unchecked_exp(-y)
    return y * (1.0 - y / 2.0 * (1.0 - y / 3.0 * (1.0 - y / 4.0 * (1.0 - y / 5.0 * (1.0 - y / 6.0)))))


def transitions(walk: Any, places: Any, nodes: Any, weights: Any, out: Any) -> None:
    """Write the probability of a step from each place to each node (density times weight), and to the rest in a last column."""
    keep, drift, step, back = walk[0], walk[1], walk[2], walk[3]
    count = len(nodes)
    for row in range(len(places)):
        centre = keep * places[row] + drift
        for column in range(count):
            y, stretch = nodes[column], 1.0
            if walk[6] > 0.0:
                # y is log(1 + e^v), so v is y + log(1 - e^-y), and dv/dy is 1/(1 - e^-y).
                stretch = 1.0 / _lacking(y)
                y -= unchecked_log(stretch)
            gap = (y + (back if y > 0.0 else -back) - centre) / step
            density = unchecked_exp(-0.5 * gap * gap) * stretch / (step * ROOT_TWO_PI) if -FAR < gap < FAR else 0.0
            out[row, column] = weights[column] * density
        if out.shape[1] > count:
            low, high = (walk[4] - centre) / step, (walk[5] - centre) / step
            if low > 0.0:
                out[row, count] = normal_below(-low) - normal_below(-high)
            else:
                out[row, count] = normal_below(high) - normal_below(low)


def eliminated(matrix: Any, right: Any) -> None:
    """Solve a system in place, in one order: of I - Q with rows of Q that add up to less than 1 no pivot is small."""
    size = len(right)
    for column in range(size):
        for row in range(column + 1, size):
            factor = matrix[row, column] / matrix[column, column]
            if factor != 0.0:
                for other in range(column + 1, size):
                    matrix[row, other] -= factor * matrix[column, other]
                right[row] -= factor * right[column]
    for row in range(size - 1, -1, -1):
        value = right[row]
        for other in range(row + 1, size):
            value -= matrix[row, other] * right[other]
        right[row] = value / matrix[row, row]


def _solved(walk: Any, places: Any, nodes: Any, weights: Any, matrix: Any, values: Any) -> None:
    """Solve, in place of what each place adds (1 for a run length): the nodes, and the rest, the last of the places."""
    transitions(walk, places, nodes, weights, matrix)
    for row in range(len(places)):
        for column in range(len(places)):
            matrix[row, column] = -matrix[row, column]
        matrix[row, row] += 1.0
    eliminated(matrix, values)


def _read(walk: Any, places: Any, nodes: Any, weights: Any, values: Any, rows: Any, out: Any) -> None:
    """Write the run lengths from any places, out of those from the nodes and the rest."""
    transitions(walk, places, nodes, weights, rows)
    for row in range(len(places)):
        value = 1.0
        for column in range(len(values)):
            value += rows[row, column] * values[column]
        out[row] = value


def _residual(walk: Any, checks: Any, nodes: Any, weights: Any, finer: Any, here: Any, rows: Any) -> float:
    """Return how far the run lengths `here`, at the checks, are from one more step over those at finer nodes: the largest gap."""
    transitions(walk, checks, nodes, weights, rows)
    most = 0.0
    for row in range(len(checks)):
        value = 1.0
        for column in range(len(finer)):
            value += rows[row, column] * finer[column]
        most = max(most, abs(value - here[row]))
    return most


def _spread(walk: Any, places: Any, nodes: Any, weights: Any, rows: Any, mass: Any, times: int) -> int:
    """Move masses step by step until, as a whole, they only shrink; return after how many steps, or -1."""
    size = len(mass)
    transitions(walk, places, nodes, weights, rows)
    moved = mass.copy()
    for t in range(times):
        for column in range(size):
            moved[column] = 0.0
        for row in range(size):
            here = mass[row]
            for column in range(size):
                moved[column] += here * rows[row, column]
        total = 0.0
        for column in range(size):
            total += moved[column]
        most = 0.0
        for column in range(size):
            value = moved[column] / total
            most = max(most, abs(value - mass[column]))
            mass[column] = value
        if most < 1e-15:
            return t
    return -1


_KERNEL = 12
"""Inner steps that one value of a density is worth."""

solve = eased(lambda *given: given[4].size * (_KERNEL + len(given[1]) // 3))(_solved)
read = eased(lambda *given: _KERNEL * given[5].size)(_read)
residual = eased(lambda *given: _KERNEL * given[6].size)(_residual)
spread = eased(lambda *given: _KERNEL * given[4].size * 20)(_spread)
step_probabilities = eased(lambda *given: _KERNEL * given[4].size)(transitions)
