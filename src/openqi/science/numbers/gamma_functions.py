"""The gamma function, its incomplete integral and the inverse of it; kernels and checks share one order of operations."""

from math import sqrt

from openqi.science.numbers.exponential import unchecked_exp, unchecked_log

HALF_LOG_TWO_PI = 0.9189385332046727
ROOT_TWO_PI = 2.5066282746310002
SERIES_FROM = 12.0
STEPS = 200_000
TINY = 1e-300
CLOSE = 1e-9
NOISE = 1e-6
LEAST_ROOT = 1e-307
"""Roots below it are 0: a step further, and nothing could be divided by them."""


def stirling_series(x: float) -> float:
    """Return log gamma(x) - ((x - 1/2) log x - x + log(2 pi)/2) of x >= 12, where the asymptotic series has all digits.

    Source: [DLMF] 5.11.1.
    """
    w = 1.0 / (x * x)
    s = 3617.0 / 122400.0 * w
    s = (1.0 / 156.0 - s) * w
    s = (691.0 / 360360.0 - s) * w
    s = (1.0 / 1188.0 - s) * w
    s = (1.0 / 1680.0 - s) * w
    s = (1.0 / 1260.0 - s) * w
    s = (1.0 / 360.0 - s) * w
    return (1.0 / 12.0 - s) / x


def log_of_gamma(x: float) -> float:
    """Return log gamma(x) of x > 0; unchecked."""
    if x >= SERIES_FROM:
        return (x - 0.5) * (unchecked_log(x) - 1.0) - 0.5 + HALF_LOG_TWO_PI + stirling_series(x)
    product = 1.0
    while x < SERIES_FROM:
        product *= x
        x += 1.0
    return (x - 0.5) * unchecked_log(x) - x + HALF_LOG_TWO_PI + stirling_series(x) - unchecked_log(product)


def stirling_error(x: float) -> float:
    """Return what Stirling's formula lacks at x > 0."""
    if x >= SERIES_FROM:
        return stirling_series(x)
    return log_of_gamma(x) - ((x - 0.5) * unchecked_log(x) - x + HALF_LOG_TWO_PI)


def deviance(x: float, m: float, apart: float) -> float:
    """Return x log(x/m) + m - x of x, m > 0 and apart = x - m, also where the two are close to each other."""
    if abs(apart) >= 0.1 * (x + m):
        return x * unchecked_log(x / m) - apart
    v = apart / (x + m)
    s = apart * v
    term = 2.0 * x * v
    v = v * v
    for j in range(3, 60, 2):
        term *= v
        before = s
        s += term / j
        if s == before:
            break
    return s


def off_zero(x: float) -> float:
    """Return x, or a tiny number where x is 0: what keeps a continued fraction going."""
    return TINY if abs(x) < TINY else x


def gamma_both(a: float, x: float) -> tuple[float, float, float]:
    """Return P(a, x), 1 - P(a, x), the smaller without cancellation, and x^a e^-x / gamma(a), of a, x > 0; unchecked.

    Source: [DLMF] 8.11.4 and 8.9.2.
    """
    front = sqrt(a) / ROOT_TWO_PI * unchecked_exp(-(stirling_error(a) + deviance(a, x, a - x)))
    if x < a + 1.0:
        term = 1.0 / a
        s = term
        n = a
        for _ in range(STEPS):
            n += 1.0
            term *= x / n
            s += term
            if term < s * 1e-17:
                break
        p = min(front * s, 1.0)
        return p, 1.0 - p, front
    b = x + 1.0 - a
    c = 1.0 / TINY
    d = 1.0 / b
    h = d
    for i in range(1, STEPS):
        step = -i * (i - a)
        b += 2.0
        d = 1.0 / off_zero(step * d + b)
        c = off_zero(b + step / c)
        factor = d * c
        h *= factor
        if abs(factor - 1.0) < 3e-16:
            break
    q = min(front * h, 1.0)
    return 1.0 - q, q, front


def stepped(x: float, step: float, low: float, high: float) -> float:
    """Return x after a step of its logarithm, 30 at most; outside of the bracket, its middle on a logarithmic scale."""
    following = x * unchecked_exp(min(max(step, -30.0), 30.0))
    if low < following < high:
        return following
    return sqrt(low) * sqrt(high) if low > 0.0 else high * 1e-3


def gamma_root(a: float, p: float, q: float) -> float:
    """Return the x for which P(a, x) is p, with q = 1 - p both in (0, 1), by Newton's steps on logarithms; unchecked.

    The logarithm of either probability is concave in log x, so that from the second step on Newton goes one way.
    """
    x = a
    if p < 0.01 or a < 1.0:
        x = max(unchecked_exp(max(min((unchecked_log(p) + log_of_gamma(a + 1.0)) / a, unchecked_log(a + 1.0)), -700.0)), 1e-300)
    low, high = 0.0, 1e308
    before = 1e300
    for _ in range(400):
        lower, upper, front = gamma_both(a, x)
        if lower < p if p <= q else upper > q:
            low = x
        else:
            high = x
        wanted, there = (p, lower) if p <= q else (q, upper)
        step = there / front * unchecked_log(wanted / there) if there > 0.0 and front > 0.0 else 60.0
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
