"""Every file of the shared reference data of process control: which test agrees with it, or whose part it is."""

from itertools import groupby
from math import sqrt

import pytest

from openqi.science.capability.estimates.moments import moments
from openqi.science.charts.charting import chart
from shared_data import ROOT, shared

RUN_LENGTHS, CHARTS, CAPABILITY = "unit/science/charts/run_lengths/", "unit/science/charts/", "unit/science/capability/"
HERE = "contracts/test_control_reference_data.py"
AGREED = {
    "arl/published_arl.json": (f"{RUN_LENGTHS}test_rules.py", f"{RUN_LENGTHS}test_walks.py"),  # all rows but MEWMA
    "arl/facts.json": (f"{RUN_LENGTHS}test_rules.py",),
    "rules/nelson_conformance.json": (f"{CHARTS}test_streams.py",),
    "rules/streams_0_39.json": (f"{CHARTS}test_streams.py",),
    "charts/qcc27_expected.json": (
        f"{CHARTS}test_charting.py", f"{CHARTS}test_weighted_and_summed.py", f"{CAPABILITY}test_study.py",
        f"{CAPABILITY}test_intervals.py",
    ),
    "charts/pistonrings.csv": (f"{CHARTS}test_charting.py", f"{CAPABILITY}test_study.py"),
    "charts/orangejuice.csv": (f"{CHARTS}test_charting.py",),
    "charts/jasp_capability_expected.json": (f"{CAPABILITY}test_study.py", "unit/interfaces/test_cli_capability.py"),
    "charts/jasp_capability.csv": (f"{CAPABILITY}test_study.py",),
    "charts/jasp_montgomeryExample1_expected.json": (f"{CHARTS}test_special_charts.py",),
    "charts/jasp_montgomeryExample1.csv": (f"{CHARTS}test_special_charts.py",),
    "nist/expected.json": (f"{CAPABILITY}test_estimates.py", f"{CHARTS}test_weighted_and_summed.py"),  # tolerance, Weibull: others
    "nist/MICHELSO.DAT": (f"{CAPABILITY}test_estimates.py",),
    "nist/NUMACC1.DAT": (f"{CAPABILITY}test_estimates.py",),
    "nist/NUMACC3.DAT": (HERE,),
    "nist/CCXBAR.DAT": (HERE,),
    "nist/T2CC.DAT": (f"{CHARTS}test_means_and_variances.py",),
    "nist/MONITOR-6_3_3_1.DAT": (f"{CHARTS}test_charting.py", HERE),
    "nist/MONITOR-6_6_1_1.DAT": (HERE,),
}  # fmt: skip
OF_OTHERS = {
    "nist/NELS105.DAT": "reliability", "nist/NELS138.DAT": "reliability", "nist/TOB128.DAT": "reliability",
    "nist/TOB216A.DAT": "reliability", "nist/WEIBBURY.DAT": "reliability", "reliability/": "reliability",
    "sampling/": "acceptance sampling", "tep/": "multivariate watching", "skab/": "multivariate watching", "README.md": "not data",
}  # fmt: skip


def test_every_file_is_agreed_with_or_is_the_part_of_another():
    folder = shared("data/control")
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not any(name.startswith(other) for other in OF_OTHERS):
            assert name in AGREED, name
    assert all((folder / name).is_file() for name in AGREED)


def test_the_tests_that_are_named_are_there():
    for name, tests in AGREED.items():
        assert all((ROOT / "tests" / test).is_file() for test in tests), name


def numbers_below(name: str, first: str) -> list[list[str]]:
    """The fields of each line of a file of Dataplot below the rule that begins so."""
    lines = shared(f"data/control/nist/{name}").read_text("latin-1").splitlines()
    start = next(place for place, line in enumerate(lines) if line.strip().startswith(first) and set(line.strip()) <= set("- "))
    return [line.split() for line in lines[start + 1 :] if line.strip() and line.split()[0][0].isdigit()]


@pytest.mark.parametrize("name", ["NUMACC1.DAT", "NUMACC3.DAT"])
def test_sets_that_try_arithmetic_have_their_certified_mean_and_deviation(name):
    lines = shared(f"data/control/nist/{name}").read_text("latin-1").splitlines()
    certified = [float(line.rsplit(":", 1)[1].split()[0]) for line in lines[40:42]]
    values = [float(line) for line in lines[60:] if line.strip()]
    found = moments(values)
    assert found.mean == pytest.approx(certified[0], rel=1e-15)
    # The deviation of NumAcc3 is lost from its eighth digit on where the readings become floats.
    assert found.sd == pytest.approx(certified[1], rel=1e-8)


# Of Montgomery's appendix VI: A2, D3, D4, A3, B3, B4 of a size.
FACTORS = {5: (0.577, 0.0, 2.114, 1.427, 0.0, 2.089), 15: (0.223, 0.347, 1.653, 0.789, 0.428, 1.572)}


def subgroups_of(name: str) -> list[list[float]]:
    if name == "CCXBAR.DAT":
        rows = [(row[1], float(row[0])) for row in numbers_below(name, "---")]
    else:
        rows = [(row[0], float(row[3])) for row in numbers_below(name, "---")]
    return [[value for _, value in group] for _, group in groupby(rows, key=lambda row: row[0])]


@pytest.mark.parametrize(("name", "groups", "size"), [("CCXBAR.DAT", 20, 5), ("MONITOR-6_6_1_1.DAT", 30, 15)])
def test_wafers_have_the_limits_of_the_printed_factors(name, groups, size):
    rows = subgroups_of(name)
    assert (len(rows), {len(row) for row in rows}) == (groups, {size})
    a2, d3, d4, a3, b3, b4 = FACTORS[size]
    middle = sum(map(sum, rows)) / groups / size
    span = sum(max(row) - min(row) for row in rows) / groups
    spread = sum(sqrt(sum((x - sum(row) / size) ** 2 for x in row) / (size - 1)) for row in rows) / groups
    for kind, mean, low, high, average in (("xbar-r", a2, d3, d4, span), ("xbar-s", a3, b3, b4, spread)):
        drawn, beside = chart(kind, rows).panels
        assert drawn.centre[0] == pytest.approx(middle, rel=1e-12)
        assert (drawn.lower[0], drawn.upper[0]) == pytest.approx(
            (middle - mean * average, middle + mean * average), abs=6e-4 * average
        )
        assert (beside.lower[0], beside.upper[0]) == pytest.approx((low * average, high * average), abs=6e-4 * average)


def test_counted_chips_of_the_file_are_those_of_the_handbook():
    counts = [int(row[1]) for row in numbers_below("MONITOR-6_3_3_1.DAT", "---")]
    drawn = chart("c", counts).panels[0]
    assert (len(counts), drawn.centre[0], drawn.lower[0], drawn.upper[0]) == (25, 16.0, 4.0, 28.0)
