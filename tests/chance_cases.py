"""Models and inputs that the tests of Monte Carlo share."""

from math import sqrt

from openqi.science.distributions.distribution import distribution
from openqi.science.uncertainty.expression.model import measurement_model
from openqi.science.uncertainty.inputs.quantity import Correlation, InputQuantity


def normal(value, u, **more):
    return InputQuantity(value=value, standard_uncertainty=u, **more)


def of(one, **more):
    return InputQuantity(value=one.mean, standard_uncertainty=sqrt(one.variance), distribution=one, **more)


def rectangular(lower, upper):
    return of(distribution("rectangular", lower=lower, upper=upper))


SUM = measurement_model("y = a + b + c + d")
LOGARITHM = measurement_model("y = ln(x)")
MASS = measurement_model("dm = (m + c) * (1 + (air - 1.2) * (1 / weight - 1 / reference)) - 100000")
MASS_INPUTS = {
    "m": normal(100000.0, 0.05),
    "c": normal(1.234, 0.02),
    "air": rectangular(1.1, 1.3),
    "weight": rectangular(7000.0, 9000.0),
    "reference": rectangular(7950.0, 8050.0),
}
ALL_KINDS = {
    "a": of(distribution("arcsine", lower=0.0, upper=2.0)),
    "b": of(distribution("beta", first=2.0, second=3.0, lower=0.0, upper=1.0)),
    "c": of(distribution("discrete", values=[1.0, 2.0], probabilities=[0.25, 0.75])),
    "d": of(distribution("empirical", sample=[3.0, 1.0, 4.0, 1.0, 5.0])),
    "e": of(distribution("exponential", mean=1.0)),
    "f": of(distribution("gamma", shape=2.5, scale=0.5)),
    "g": of(distribution("inexact-limits", lower=0.0, upper=1.0, inexactness=0.2)),
    "h": normal(0.0, 1.0),
    "i": rectangular(0.0, 1.0),
    "j": of(distribution("t", mean=0.0, scale=1.0, dof=4.5)),
    "k": of(distribution("trapezoidal", lower=0.0, upper=1.0, ratio=0.4)),
    "l": of(distribution("triangular", lower=0.0, upper=1.0)),
}
ALL_KINDS_MODEL = measurement_model(
    "y = a + b * c - d / (1 + e) + f^2 + exp(g) - sin(h) + ln(1 + i) + atan2(j, 2) + k^0.5 + cosh(l)\nz = a - h"
)
JOINED = (Correlation(first="a", second="h", coefficient=0.6), Correlation(first="i", second="h", coefficient=-0.3))
