"""The incomplete beta integral and the inverse of it; kernels and checks share one order of operations."""

from math import inf, sqrt

from openqi.science.numbers.exponential import unchecked_exp, unchecked_log
from openqi.science.numbers.gamma_functions import (
    LEAST_ROOT,
    ROOT_TWO_PI,
    deviance,
    log_of_gamma,
    off_zero,
    stepped,
    stirling_error,
)  # fmt: skip
from openqi.science.numbers.normal_functions import normal_root

STEPS = 200_000
TINY = 1e-300
CLOSE = 1e-9
NOISE = 1e-6


def lacking(a: float, b: float) -> float:
    """Return what Stirling's formula lacks in the logarithm of B(a, b), for `beta_both`; unchecked."""
    return stirling_error(a) + stirling_error(b) - stirling_error(a + b)


def fraction(a: float, b: float, x: float, y: float, apart: float) -> float:
    """Return I_x(a, b) over x^a y^b / B(a, b), for x = 1 - y below (a + 1)/(a + b + 2) and apart = a - (a + b) x; unchecked.

    Source: [TOMS708] BFRAC, evaluated by Lentz's method.
    """
    d = 1.0 / off_zero(a * (apart + 1.0) / (a + 1.0))
    c = 1.0 / TINY
    h = d
    for n in range(1, STEPS):
        between = a + 2.0 * n - 1.0
        step = (a + n - 1.0) * (a + b + n - 1.0) * n * (b - n) * (x / between) * (x / between)
        at = n + n * (b - n) * x / between + (a + n) * (apart + 1.0 + n * (1.0 + y)) / (between + 2.0)
        d = 1.0 / off_zero(at + step * d)
        c = off_zero(at + step / c)
        factor = d * c
        h *= factor
        if abs(factor - 1.0) < 3e-16:
            break
    return h


def beta_both(a: float, b: float, x: float, y: float, lack: float) -> tuple[float, float, float]:
    """Return I_x(a, b), 1 - I_x(a, b), the smaller without cancellation, and x^a y^b / B(a, b), of x + y = 1, both > 0; unchecked.

    `lack` is `lacking(a, b)`, which callers keep while x moves.

    Source: [DLMF] 8.17, [TOMS708].
    """
    n = a + b
    # Out of the smaller of x and y, because 1 - x has lost what a large b would multiply.
    apart = a - n * x if x <= y else n * y - b
    far = deviance(a, n * x, apart) + deviance(b, n * y, -apart)
    front = sqrt(a) * sqrt(b / n) / ROOT_TWO_PI * unchecked_exp(-(lack + far))
    if x < (a + 1.0) / (n + 2.0):
        p = min(front * fraction(a, b, x, y, apart), 1.0)
        return p, 1.0 - p, front
    q = min(front * fraction(b, a, y, x, -apart), 1.0)
    return 1.0 - q, q, front


def lower_root(a: float, b: float, p: float, q: float) -> float:
    """Return the x of at most 1/2 for which I_x(a, b) is p, with q = 1 - p both in (0, 1); unchecked.

    Newton's steps on logarithms, within a bracket: either logarithm is concave, or nearly so, in log x.
    """
    low, high = 0.0, 0.5
    log_beta = log_of_gamma(a) + log_of_gamma(b) - log_of_gamma(a + b)
    x = max(min(0.5, unchecked_exp(max(min(0.0, (unchecked_log(p * a) + log_beta) / a), -700.0))), 1e-300)
    before, lack = 1e300, lacking(a, b)
    for _ in range(400):
        lower, upper, front = beta_both(a, b, x, 1.0 - x, lack)
        if lower < p if p <= q else upper > q:
            low = x
        else:
            high = x
        wanted, there = (p, lower) if p <= q else (q, upper)
        step = there * (1.0 - x) / front * unchecked_log(wanted / there) if there > 0.0 and front > 0.0 else 60.0
        if p > q:
            step = -step
        if abs(step) <= CLOSE or (abs(step) >= before and before < NOISE):
            return x * unchecked_exp(step) if abs(step) <= CLOSE else x
        before = abs(step)
        following = stepped(x, step, low, high)
        if following < LEAST_ROOT:
            return 0.0
        x = following
    return x


def beta_root(a: float, b: float, p: float, q: float) -> tuple[float, float]:
    """Return x and y = 1 - x for which I_x(a, b) is p, with q = 1 - p both in (0, 1), the smaller with all digits; unchecked."""
    if p <= beta_both(a, b, 0.5, 0.5, lacking(a, b))[0]:
        x = lower_root(a, b, p, q)
        return x, 1.0 - x
    y = lower_root(b, a, q, p)
    return 1.0 - y, y


def t_tail(x: float, dof: float) -> float:
    """Return the probability that a t quantity of finite dof exceeds x >= 0; unchecked."""
    square = x * x
    if square == 0.0:
        return 0.5
    half = 0.5 * dof
    if square > 1e300:
        return 0.5 * beta_both(half, 0.5, dof / 1e300, 1.0, lacking(half, 0.5))[0] if dof <= 4.0 else 0.0
    n = dof + square
    return 0.5 * beta_both(half, 0.5, dof / n, square / n, lacking(half, 0.5))[0]


def t_start(tails: float, dof: float) -> float:
    """Return about the t that is exceeded in magnitude with probability `tails`, within 2e-5 of it, for dof >= 3; unchecked.

    Source: [HILL1970].
    """
    a = 1.0 / (dof - 0.5)
    b = 48.0 / (a * a)
    c = ((20700.0 * a / b - 98.0) * a - 16.0) * a + 96.36
    d = ((94.5 / (b + c) - 3.0) / b + 1.0) * sqrt(a * 1.5707963267948966) * dof
    x = d * tails
    y = unchecked_exp(2.0 / dof * unchecked_log(x))
    if y > 0.05 + a:
        x = normal_root(0.5 * tails)
        y = x * x
        if dof < 5.0:
            c += 0.3 * (dof - 4.5) * (x + 0.6)
        c = (((0.05 * d * x - 5.0) * x - 7.0) * x - 2.0) * x + b + c
        y = (((((0.4 * y + 6.3) * y + 36.0) * y + 94.5) / c - y - 3.0) / b + 1.0) * x
        y = a * y * y
        y = unchecked_exp(y) - 1.0 if y > 0.002 else 0.5 * y * y + y
    else:
        z = 1.0 / (((dof + 6.0) / (dof * y) - 0.089 * d - 0.822) * (dof + 2.0) * 3.0) + 0.5 / (dof + 4.0)
        y = (z * y - 1.0) * (dof + 1.0) / (dof + 2.0) + 1.0 / y
    return sqrt(dof * y)


def t_beyond(tails: float, dof: float) -> float:
    """Return the t > 0 that is exceeded in magnitude with probability `tails` in (0, 1), for dof >= 3; unchecked."""
    within = 1.0 - tails
    half = 0.5 * dof
    lack = lacking(half, 0.5)
    t = t_start(tails, dof)
    for _ in range(50):
        n = dof + t * t
        outside, inside, front = beta_both(half, 0.5, dof / n, t * t / n, lack)
        apart = 0.5 * t / front * (outside - tails if tails <= 0.5 else within - inside)
        # The second order of Taylor's series: what is left is of the third.
        t += apart * (1.0 + 0.5 * apart * t * (dof + 1.0) / n)
        if abs(apart) <= 1e-5 * t:
            break
    return t


def t_root(p: float, dof: float) -> float:
    """Return the t quantile of p in (0, 1) at finite dof > 0; unchecked."""
    if p == 0.5:
        return 0.0
    tails = 2.0 * p if p < 0.5 else 2.0 * (1.0 - p)
    if dof >= 3.0 and 1e-60 < tails < 1.0 - 1e-9:
        t = t_beyond(tails, dof)
    else:
        w, v = beta_root(0.5 * dof, 0.5, tails, 1.0 - tails)
        t = sqrt(dof) * sqrt(v / w) if w > 0.0 else inf
    return -t if p < 0.5 else t
