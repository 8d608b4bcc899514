"""Monte Carlo of JCGM 101's mass example beside MetroloPy and suncal, on one core and on two, and what its quantiles take."""

import time
import warnings
from collections.abc import Callable

from benchmarks.measure import Table, best
from openqi.engines.local import mapped
from openqi.science.distributions.distribution import Distribution, distribution
from openqi.science.numbers.compiled import is_fast
from openqi.science.numbers.special import t_quantile
from openqi.science.uncertainty.expression.model import measurement_model
from openqi.science.uncertainty.inputs.quantity import InputQuantity
from openqi.science.uncertainty.monte_carlo import blocks
from openqi.science.uncertainty.monte_carlo.propagated import Propagated
from openqi.science.uncertainty.monte_carlo.run import monte_carlo

TRIALS = 1_000_000
TEXT = "(m + c) * (1 + (air - 1.2) * (1 / weight - 1 / reference)) - 100000"
NORMAL = {"m": (100000.0, 0.05), "c": (1.234, 0.02)}
RECTANGULAR = {"air": (1.2, 0.1), "weight": (8000.0, 1000.0), "reference": (8000.0, 50.0)}
MODEL = measurement_model(f"dm = {TEXT}")
COPIED = (
    ("t of 4.5 degrees of freedom", distribution("t", mean=0.0, scale=1.0, dof=4.5)),
    ("gamma", distribution("gamma", shape=2.5, scale=1.0)),
    ("beta", distribution("beta", first=2.0, second=3.0, lower=0.0, upper=1.0)),
    ("curvilinear trapezoid", distribution("inexact-limits", lower=0.0, upper=1.0, inexactness=0.1)),
)


def inputs() -> dict[str, InputQuantity]:
    """Return the inputs of clause 9.3."""
    found = {name: InputQuantity(value=x, standard_uncertainty=u) for name, (x, u) in NORMAL.items()}
    for name, (x, half) in RECTANGULAR.items():
        one = distribution("rectangular", lower=x - half, upper=x + half)
        found[name] = InputQuantity(value=x, standard_uncertainty=half / 3**0.5, distribution=one)
    return found


def processor(work: Callable[[], object], *, repeats: int = 7) -> float:
    """Return the least processor time of some runs, in seconds: what a run would take if nobody else were there."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def measure(table: Table) -> None:
    """Add the rows of this part."""
    given = inputs()

    def run() -> Propagated:
        return monte_carlo(MODEL, given, trials=TRIALS)

    digest = run().digest
    what = "Monte Carlo, 10^6 trials of the mass example with moments and shortest interval"
    table.add(f"{what}, one thread", best(run, repeats=9) * 1e3, "ms", at_most=70 if is_fast() else None)
    table.add("... processor time of it", processor(run) * 1e3, "ms")
    table.add("... two threads", best(lambda: monte_carlo(MODEL, given, trials=TRIALS, parts=mapped(2)), repeats=9) * 1e3, "ms")
    same = monte_carlo(MODEL, given, trials=TRIALS, parts=mapped(2)).digest == digest
    table.add("... digests of one and two threads that differ", 0 if same else 1, "", at_most=0)
    table.add("... the digest itself", best(lambda: _digest(run()), repeats=3) * 1e3, "ms (with the run)")
    _without_numba(table, given)
    _peers(table)
    for name, one in COPIED:
        table.add(f"one quantile of {name}", _quantile(one) * 1e9, "ns")
    table.add("a coverage factor: t quantile of 16.75 degrees of freedom", best(lambda: t_quantile(0.975, 16.75)) * 1e6, "µs")


def _digest(run: Propagated) -> str:
    return run.digest


def _without_numba(table: Table, given: dict[str, InputQuantity]) -> None:
    kept, blocks.PAYS_FROM = blocks.PAYS_FROM, TRIALS * 1000
    table.add("... without numba", best(lambda: monte_carlo(MODEL, given, trials=TRIALS), repeats=1) * 1e3, "ms")
    blocks.PAYS_FROM = kept


def _quantile(one: Distribution) -> float:
    """Seconds a draw, of a run of one input."""
    model, size = measurement_model("y = x + 0"), 200_000
    given = {"x": InputQuantity(value=one.mean, standard_uncertainty=one.variance**0.5, distribution=one)}
    monte_carlo(model, given, trials=size)
    return best(lambda: monte_carlo(model, given, trials=size), repeats=3) / size


def _peers(table: Table) -> None:
    try:
        import metrolopy
        import suncal
    except ImportError:
        print("MetroloPy and suncal are not installed (group `bench`): no rows of them")
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        names = {name: metrolopy.gummy(x, u=u) for name, (x, u) in NORMAL.items()}
        for name, (x, half) in RECTANGULAR.items():
            names[name] = metrolopy.gummy(metrolopy.UniformDist(center=x, half_width=half))
        m, c, air, weight, reference = names.values()
        result = (m + c) * (1 + (air - 1.2) * (1 / weight - 1 / reference)) - 100000
        table.add("MetroloPy: 10^6 trials, no interval", best(lambda: result.sim(TRIALS), repeats=5) * 1e3, "ms")
        model = suncal.Model(f"dm = {TEXT}")
        for name, (x, u) in NORMAL.items():
            model.var(name).measure(x).typeb(std=u)
        for name, (x, half) in RECTANGULAR.items():
            model.var(name).measure(x).typeb(dist="uniform", a=half)
        table.add("suncal: 10^6 trials, no interval", best(lambda: model.monte_carlo(samples=TRIALS), repeats=5) * 1e3, "ms")
        shortest = best(lambda: model.monte_carlo(samples=TRIALS).expand(conf=0.95, shortest=True), repeats=5)
        table.add("suncal: ... with shortest interval", shortest * 1e3, "ms")
