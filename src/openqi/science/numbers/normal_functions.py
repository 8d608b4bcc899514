"""The normal distribution function and its inverse; kernels and checks share one order of operations."""

from math import frexp, sqrt

from openqi.science.numbers.exponential import unchecked_exp

ROOT_HALF = 0.7071067811865476
ONE_OVER_ROOT_PI = 0.5641895835477563
SPLIT = 0.425
NEAR = 5.0


def complementary_error(x: float) -> float:
    """Return erfc(x) of x >= 15/32; unchecked.

    Source: [CODY1969].
    """
    if x > 27.3:
        return 0.0
    # The square is split, so that its rounding does not become a relative error of the exponential.
    rough = int(x * 16.0) / 16.0
    scale = unchecked_exp(-rough * rough) * unchecked_exp(-(x - rough) * (x + rough))
    if x <= 4.0:
        top = 2.15311535474403846e-8 * x + 5.64188496988670089e-1
        top = (((top * x + 8.88314979438837594) * x + 66.1191906371416295) * x + 298.635138197400131) * x
        top = (((top + 881.95222124176909) * x + 1712.04761263407058) * x + 2051.07837782607147) * x + 1230.33935479799725
        low = (((x + 15.7449261107098347) * x + 117.693950891312499) * x + 537.181101862009858) * x
        low = (((low + 1621.38957456669019) * x + 3290.79923573345963) * x + 4362.61909014324716) * x
        return scale * top / ((low + 3439.36767414372164) * x + 1230.33935480374942)
    w = 1.0 / (x * x)
    top = (((1.63153871373020978e-2 * w + 3.05326634961232344e-1) * w + 3.60344899949804439e-1) * w + 1.25781726111229246e-1) * w
    top = (top + 1.60837851487422766e-2) * w + 6.58749161529837803e-4
    low = (((w + 2.56852019228982242) * w + 1.87295284992346725) * w + 5.27905102951428412e-1) * w
    low = (low + 6.05183413124413191e-2) * w + 2.33520497626869185e-3
    return scale * (ONE_OVER_ROOT_PI - w * top / low) / x


def normal_below(x: float) -> float:
    """Return the probability that a standard normal quantity is at most x; unchecked.

    Source: [CODY1969].
    """
    z = x * ROOT_HALF
    if z >= 0.46875:
        return 1.0 - 0.5 * complementary_error(z)
    if z <= -0.46875:
        return 0.5 * complementary_error(-z)
    w = z * z
    top = (((1.85777706184603153e-1 * w + 3.16112374387056560) * w + 113.864154151050156) * w + 377.485237685302021) * w
    low = (((w + 23.6012909523441209) * w + 244.024637934444173) * w + 1282.61652607737228) * w
    return 0.5 + 0.5 * z * (top + 3209.37758913846947) / (low + 2844.23683343917062)


def central_quantile(q: float) -> float:
    """Return the normal quantile of q + 1/2 for q within 0.425; takes arrays too.

    Source: [AS241] PPND16.
    """
    r = 0.180625 - q * q
    top = ((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r + 45921.953931549871457
    top = (((top * r + 13731.693765509461125) * r + 1971.5909503065514427) * r + 133.14166789178437745) * r + 3.387132872796366608
    low = ((5226.495278852854561 * r + 28729.085735721942674) * r + 39307.89580009271061) * r + 21213.794301586595867
    low = (((low * r + 5394.1960214247511077) * r + 687.1870074920579083) * r + 42.313330701600911252) * r + 1.0
    return q * top / low


def short_log(p: float) -> float:
    """Return log p of p in (0, 1), within one unit in the last place: faster than the elementary one, for trials by the million.

    Source: [FDLIBM] e_log.
    """
    return log_of_parts(*frexp(p))


def log_of_parts(m: float, k: float) -> float:
    """Return log(m 2**k) of m in [1/2, 1), as `short_log`.

    Source: [FDLIBM] e_log.
    """
    if m < ROOT_HALF:
        m += m
        k -= 1.0
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    odd = 1.818357216161805012e-01 + w * 1.479819860511658591e-01
    odd = z * (6.666666666666735130e-01 + w * (2.857142874366239149e-01 + w * odd))
    half = 0.5 * f * f
    return k * 6.93147180369123816490e-01 - ((half - (s * (half + (even + odd)) + k * 1.90821492927058770002e-10)) - f)


def tail_quantile(p: float) -> float:
    """Return minus the normal quantile of p in (0, 0.075).

    Source: [AS241] PPND16.
    """
    r = sqrt(-short_log(p))
    return near_tail(r) if r <= NEAR else _far_tail(r)


def near_tail(r: float) -> float:
    """Return minus the normal quantile of p with r**2 = -log p, r at most 5.

    Source: [AS241] PPND16.
    """
    r -= 1.6
    top = (7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177
    top = ((top * r + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055
    top = (top * r + 4.6303378461565452959) * r + 1.42343711074968357734
    low = (1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966
    low = ((low * r + 0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494
    low = (low * r + 2.05319162663775882187) * r + 1.0
    return top / low


def _far_tail(r: float) -> float:
    r -= 5.0
    top = ((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r + 0.026532189526576123093
    top = (((top * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r + 5.4637849111641143699) * r + 6.6579046435011037772
    low = ((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r + 7.868691311456132591e-4
    low = (((low * r + 0.0148753612908506148525) * r + 0.13692988092273580531) * r + 0.59983220655588793769) * r + 1.0
    return top / low


def normal_root(p: float) -> float:
    """Return the standard normal quantile of p in (0, 1); unchecked.

    Source: [AS241] PPND16.
    """
    q = p - 0.5
    if abs(q) <= SPLIT:
        return central_quantile(q)
    return -tail_quantile(p) if q < 0.0 else tail_quantile(1.0 - p)
