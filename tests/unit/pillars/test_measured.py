"""Verdicts by a measurement model as text: inputs, uncertainty, coverage, outcomes, and what is refused."""

from fractions import Fraction
from math import exp, sqrt

import pytest

from chain_stage import CALIBRATION, CYCLER, NAME, PROCEDURE, SAMPLE, SETTING, points, refused
from measured_stage import CRITERION, LOSS, SCALED, WITH_LOSS, F, World
from openqi.kernel.errors import DomainError, FormatError
from openqi.pillars.conformity.budgets import evaluation_of
from openqi.pillars.conformity.measured import Shown
from openqi.records import body
from openqi.records.judgements import MeasuredJudged
from openqi.records.metrology import Calibrated
from openqi.records.procedures import CertifiedInput, MeasurementPublished, model_digest
from openqi.records.standards import Parameter, Prior
from openqi.science.numbers.special import t_quantile
from openqi.science.uncertainty.expression.model import measurement_model
from stage import changed

OWN = tuple(
    CertifiedInput(name=name, quantity="capacity", takes="factor", at=at) for name, at in (("f", "reading"), ("g", "reference"))
)


@pytest.fixture
def world() -> World:
    return World()


def test_a_factor_at_the_setting_scales_the_reading_and_its_uncertainty_adds(world):
    # factor 0.996, u(true) 0.0020 A of 1.9920 A, display 0.0001 A.h
    row = world.row(world.measurement())
    u = sqrt((0.0001**2 / 12) * 0.996**2 + (1.992 * 0.0020 / 1.992) ** 2)
    assert (row.value, row.expanded_uncertainty) == ("1.9920", f"{2 * u:.4f}")
    assert (row.coverage_factor, row.degrees_of_freedom, row.outcome, row.verdict) == (None, None, None, "conforming")


def test_a_correction_at_the_reading_takes_what_its_certificate_says_there():
    own = Calibrated(quantity="capacity", unit="A.h", coverage_factor="2", points=points("1 0.9980 0.0040", "3 2.9860 0.0040"))
    world = World(calibrated=(own,))
    text = "q : A.h\nx : A.h\nc : A.h\nq = x + c"
    certified = (CertifiedInput(name="c", quantity="capacity", takes="correction", at="reading"),)
    row = world.row(world.measurement(text, certified=certified), settings=())
    assert (row.value, row.expanded_uncertainty) == ("1.9920", "0.0040")


def test_a_value_is_what_was_true_where_the_instrument_was_set_in_the_unit_of_the_model(world):
    text = "q : A.h\nx : A.h\ni : mA\nn : mA\nq = x * i / n"
    nominal = changed(LOSS, name="n", value="2000", standard_uncertainty="0.001")
    certified = (CertifiedInput(name="i", quantity="current", takes="value", at="setting"),)
    row = world.row(world.measurement(text, certified=certified, stated=(nominal,)))
    assert (row.value, row.expanded_uncertainty) == ("1.9920", "0.0040")  # 1992 mA with u = 2 mA; see `CURRENT`


def test_a_reading_in_a_unit_that_the_model_does_not_take_is_refused(world):
    text = "q : A.h\nx : A\nf : \\one\nt : h\nq = x * f * t"
    hour = changed(LOSS, name="t", value="1", standard_uncertainty="0.001")
    with pytest.raises(DomainError, match="dimension"):
        world.row(world.measurement(text, stated=(hour,)))


def test_common_points_of_a_certificate_cancel_in_a_ratio_and_independent_ones_do_not():
    own = Calibrated(quantity="capacity", unit="A.h", coverage_factor="2", points=points("1 1.0000 0.0100", "3 3.0000 0.0300"))
    world = World(calibrated=(own,))
    text = "r : \\one\nx : A.h\ny : A.h\nf : \\one\ng : \\one\nr = (x * f) / (y * g)"
    certified = tuple(
        CertifiedInput(name=name, quantity="capacity", takes="factor", at=at) for name, at in (("f", "reading"), ("g", "reference"))
    )
    clause = world.clause(unit="\\one", lower="0.5")
    told = {}
    for how in ("common", "independent"):
        procedure = world.measurement(text, certified=certified, points=how, unit="\\one", reference="y")
        row = world.row(procedure, clause, rows={SAMPLE: ("2.0000", "2.0000")}, settings=())
        told[how] = Fraction(row.expanded_uncertainty)
        assert Fraction(row.value) == 1
        assert row.reference == "2.0000"
    # u of a factor at 2 A.h: 0.015 / 2; the display alone is left where they cancel
    display = 2 * sqrt(2) * 0.0001 / sqrt(12) / 2
    assert abs(float(told["common"]) - display) < 0.02 * display
    apart = 2 * sqrt(2) * 0.015 / 2
    assert abs(float(told["independent"]) - apart) < 0.02 * apart


def test_a_coverage_probability_takes_k_from_the_effective_degrees_of_freedom(world):
    stated = (changed(LOSS, degrees_of_freedom="5"),)
    procedure = world.measurement(WITH_LOSS, stated=stated, coverage_factor=None, coverage_probability="0.95")
    row = world.row(procedure)
    parts = (0.996 * 0.0001 / sqrt(12), 0.0020, 1.992 * 0.01)
    u = sqrt(sum(part**2 for part in parts))
    dof = u**4 / (parts[2] ** 4 / 5)
    assert row.degrees_of_freedom == str(int(dof)) == "5"
    assert row.coverage_factor == f"{t_quantile(0.975, 5.0):.2f}" == "2.57"  # [GUM] table G.2
    assert row.expanded_uncertainty == f"{2.57 * u:.3f}"
    endless = world.measurement(WITH_LOSS, stated=(LOSS,), coverage_factor=None, coverage_probability="0.95")
    row = world.row(endless)
    assert (row.coverage_factor, row.degrees_of_freedom) == ("1.96", None)


def test_half_widths_count_by_their_distribution(world):
    for distribution, divisor in (("rectangular", 3), ("triangular", 6), ("arcsine", 2)):
        stated = (changed(LOSS, distribution=distribution, standard_uncertainty=None, half_width="0.02"),)
        row = world.row(world.measurement(WITH_LOSS, stated=stated))
        u = sqrt((0.996 * 0.0001) ** 2 / 12 + 0.0020**2 + (1.992 * 0.02) ** 2 / divisor)
        assert row.expanded_uncertainty == f"{2 * u:.3f}", distribution


def test_a_rational_model_meets_a_true_tie_when_it_is_rounded(world):
    # 1.9920 x 0.996 x 5/... : 2.5 exactly, which floats miss
    text = "q : A.h\nx : A.h\nf : \\one\nq = x * f * 0.1 * 3 / 0.996 / 0.3 / 0.8"
    clause = world.clause(rule="simple-acceptance/1", comparison="rounded-value", rounding_interval="1", lower="2")
    row = world.row(world.measurement(text), clause, rows={SAMPLE: "2.0000"})
    assert row.compared == "2"  # 2.5 is a tie and rounds to the even digit


def test_a_model_with_a_logarithm_or_an_exponential_is_judged_too(world):
    text = "q : A.h\nx : A.h\nf : \\one\nd : \\one\nq = x * f * exp(-d)"
    row = world.row(world.measurement(text, stated=(changed(LOSS, value="0.005", standard_uncertainty="0.0001"),)))
    assert row.value == f"{2 * 0.996 * exp(-0.005):.4f}"


def test_a_certificate_with_few_degrees_of_freedom_gives_no_coverage_at_a_probability():
    """By k = 2.87 they were four; taken as many, U would be too small by a third."""
    point = CALIBRATION.calibrated[0]
    world = World(calibrated=(changed(point, coverage_factor="2.87"),))
    at_95 = world.measurement(WITH_LOSS, stated=(LOSS,), coverage_factor=None, coverage_probability="0.95")
    refused("certificate-freedom", "has k = 2.87", world.row, procedure=at_95)
    assert world.row(world.measurement()).expanded_uncertainty


def test_outcomes_are_counted_and_what_is_open_is_neither_conforming_nor_nonconforming(world):
    items = {f"https://maker.example/cell/{place}": text for place, text in enumerate(("2.1", "2.0020", "1.9970", "1.9950", "1.8"))}
    procedure = world.measurement()
    clause = world.criterion(rule="iso-14253-1/1", parameters=())
    judged = world.measured(world.readings(procedure, items), clause)
    stated = body(judged, MeasuredJudged)
    rows = world.rows(judged)
    assert [row.verdict for row in rows] == ["conforming", "conforming", "undecided", "undecided", "nonconforming"]
    assert [row.outcome for row in rows][2:4] == ["noFail", "noPass"]
    assert (stated.conforming, stated.nonconforming, stated.undecided) == (2, 1, 2)
    assert {one.outcome: one.count for one in stated.outcomes} == {"pass": 2, "noFail": 1, "noPass": 1, "fail": 1}


def test_a_type_test_with_an_open_item_certifies_nothing_and_a_lot_is_not_decided_on_one(world):
    clause = world.criterion(rule="iso-14253-1/1", parameters=())
    procedure = world.measurement()
    opened = world.measured(world.readings(procedure, {SAMPLE: "1.9970"}), clause)
    good = world.measured(world.readings(procedure, {SAMPLE: "2.1"}), clause)
    scope = world.scope()
    refused("type-test-passed", "left open", world.certify, scope=scope, type_tests=[opened])
    assert world.certify(scope, [good]).body["requirements"] == [CRITERION.requirement]
    items = [f"https://maker.example/cell/{place}" for place in range(8)]
    lot, plan = world.lot(items), world.plan()
    readings = world.readings(procedure, dict.fromkeys(items, "1.9970"), subject="https://maker.example/lot/1")
    judged = world.measured(readings, clause)
    refused("all-decided", "left .* items open", world.decide, lot=lot, judged=judged, plan=plan)
    # One open item that a seed need not draw is enough: the next seed would be tried until it does not.
    readings = world.readings(procedure, dict.fromkeys(items, "2.1") | {items[0]: "1.9970"}, subject="https://maker.example/lot/1")
    for seed in ("a", "b", "c"):
        refused(
            "all-decided",
            "left 1 of 8 items open",
            world.decide,
            lot=lot,
            judged=world.measured(readings, clause),
            plan=plan,
            seed=seed,
        )
    readings = world.readings(procedure, dict.fromkeys(items, "2.1"), subject="https://maker.example/lot/1")
    assert world.decide(lot, world.measured(readings, clause), plan).body["verdict"] == "accepted"


def test_a_global_risk_takes_a_prior_and_keeps_the_guard_band_that_it_asks_for(world):
    prior = Prior(
        distribution="normal", parameters=(Parameter(name="mean", value="2.0"), Parameter(name="sd", value="0.01")), source=NAME
    )
    clause = world.criterion(rule="global-risk/1", parameters=(Parameter(name="target", value="0.0001"),), prior=prior)
    row = world.row(world.measurement(), clause, rows={SAMPLE: "1.9970"})
    assert (row.value, row.verdict, row.outcome) == ("1.9890", "nonconforming", "conditionalFail")


def test_the_budget_of_a_row_is_its_uncertainty(world):
    procedure = world.measurement(WITH_LOSS, stated=(LOSS,))
    judged = world.measured(world.readings(procedure), world.clause())
    found = evaluation_of(world.ledger.view(), body(judged, MeasuredJudged), Shown("2.0000", None)).evaluation
    assert f"{2 * found.standard_uncertainty:.3f}" == world.rows(judged)[0].expanded_uncertainty
    assert {one.name: one.certificate for one in found.components} == {"x": None, "f": "C-1", "d": None}
    assert max(found.budget(), key=lambda row: row.share).name == "d"


@pytest.mark.parametrize(
    ("text", "changes", "says"),
    [
        ("q : A.h\nx : A.h\nq = x", {}, "does not take f"),
        ("q : A.h\nx : A.h\nf : \\one\nz : \\one\nq = x * f * z", {}, "takes z, which comes from nowhere"),
        ("q = x * f", {}, "has no units"),
        (SCALED, {"unit": "mA.h"}, "gives 'A.h', the procedure states 'mA.h'"),
        ("q : A.h\np : A.h\nx : A.h\nf : \\one\nq = x * f\np = x", {}, "a verdict is on one quantity"),
        ("q : A2.h\nx : A.h\nf : A\nq = x * f", {"unit": "A2.h"}, "a factor is a number"),
    ],
)
def test_a_model_that_does_not_fit_its_procedure_never_enters(world, text, changes, says):
    refused("model-fits", says, world.measurement, text=text, **changes)


def test_text_that_is_no_canonical_model_never_enters(world):
    for text in ("q = x*f", "import os\n", SCALED):
        refused("model-text", r".", world.measurement, model=text, model_digest=model_digest(text))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"model_digest": "ab" * 32}, "has the digest [0-9a-f]{64}, not abab"),
        ({"certified": ()}, "no verdict stands on none"),
        ({"coverage_factor": None}, "a coverage factor or a coverage probability"),
        ({"coverage_probability": "0.95"}, "a coverage factor or a coverage probability"),
        ({"coverage_factor": "1"}, "covers less than about 95 %"),
        ({"coverage_factor": None, "coverage_probability": "0.5"}, "lies outside of 0.95"),
        ({"stated": (changed(LOSS, degrees_of_freedom="5"),)}, "state a coverage probability"),
        ({"points": "common"}, "`points` says nothing"),
        ({"certified": OWN, "reference": "y"}, "common or independent"),
        ({"certified": (F, changed(F, name="g", takes="value")), "points": "common"}, "enters in two ways"),
        ({"certified": (changed(F, name="x"),)}, "an input stands twice"),
        ({"certified": (changed(F, at="reading"),)}, "is set, not at the reading"),
        ({"certified": (changed(F, quantity="capacity"),)}, "its certificate is read at the reading"),
        ({"certified": (changed(F, quantity="capacity", at="reference"),)}, "but the model has none"),
        ({"certified": (changed(F, quantity="capacity", at="reading", takes="value"),)}, "take its factor or its correction"),
    ],
)
def test_what_a_procedure_leaves_out_or_says_twice_is_refused(world, changes, says):
    with pytest.raises(ValueError, match=says):
        world.measurement(**changes)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"standard_uncertainty": None}, "one of the two"),
        ({"half_width": "1"}, "one of the two"),
        ({"standard_uncertainty": None, "half_width": "1"}, "a normal distribution has no half-width"),
        ({"standard_uncertainty": "0"}, "an uncertainty is above 0"),
        ({"degrees_of_freedom": "0.5"}, "at least 1"),
    ],
)
def test_what_a_stated_input_leaves_out_is_refused(changes, says):
    with pytest.raises(ValueError, match=says):
        changed(LOSS, **changes)


def test_an_item_that_has_no_value_is_named(world):
    text = "q : A.h\nx : A.h\nf : \\one\nq = x * f * ln(x / x * f)"
    items = {f"https://maker.example/cell/{place}": text for place, text in enumerate(("2.0", "0.0"))}
    with pytest.raises(DomainError, match=r"^item https://maker.example/cell/1, capacity 0.0 A.h: "):
        world.measured(world.readings(world.measurement(text), items), world.clause())


def test_a_reference_reading_is_there_where_the_model_takes_one_and_nowhere_else(world):
    with pytest.raises(DomainError, match="has no reference reading"):
        world.row(world.measurement(), rows={SAMPLE: ("2.0", "2.0")})


def test_catalogue_and_text_are_each_judged_by_their_own_version(world):
    text, plain = world.measurement(), world.procedure()
    with pytest.raises(FormatError, match=r"procedure-published/2, not a .*/1"):
        world.judge(world.readings(text), world.clause())
    with pytest.raises(FormatError, match=r"procedure-published/1, not a .*/2"):
        world.row(plain)
    with pytest.raises(FormatError, match=r"requirement-published/3, not a .*/2"):
        world.judge(world.readings(plain), world.criterion())


def test_whoever_published_a_procedure_first_in_either_form_speaks_for_it(world):
    plain = world.procedure()
    other = world.newcomer()
    told = measurement_model(SCALED).text
    stolen = MeasurementPublished(
        procedure=PROCEDURE.procedure, edition="9", name=NAME, quantity="capacity", unit="A.h", model=told, reading="x",
        model_digest=model_digest(told), certified=(F,), coverage_factor="2",
    )  # fmt: skip
    record = world.ledger.state(stolen, other)
    assert plain.issuer != record.issuer
    refused("own-procedure", "cannot publish it anew", world.row, procedure=record)


def test_a_rule_or_a_comparison_that_does_not_fit_is_refused(world):
    procedure = world.measurement()
    with pytest.raises(DomainError, match="takes target"):
        world.row(procedure, world.criterion(parameters=()))
    with pytest.raises(DomainError, match="round-without-guard"):
        world.row(procedure, world.criterion(comparison="rounded-value", rounding_interval="0.1"))
    refused("rule-known", "is not known", world.row, procedure=procedure, clause=world.criterion(rule="guarded-acceptance/1"))


def test_verdicts_are_those_of_the_instrument_and_certificate_that_were_in_force(world):
    procedure, clause = world.measurement(), world.clause()
    corrected = changed(
        CALIBRATION, number="C-2", certificate="https://calibration.example/certificate/2", replaces=world.calibrated.id
    )
    before = world.measured(world.readings(procedure), clause)
    again = world.ledger.state(changed(corrected, calibrated=(_current("1 1.0000 0.0040", "3 3.0000 0.0040"),)), world.calibrator)
    after = world.measured(world.readings(procedure, condition="at 2 A"), clause)
    assert before.body["certificates"] == [world.calibrated.id]
    assert after.body["certificates"] == [again.id]
    assert (world.rows(before)[0].value, world.rows(after)[0].value) == ("1.9920", "2.0000")
    assert SETTING.instrument == CYCLER


def _current(*texts: str) -> Calibrated:
    return Calibrated(quantity="current", unit="A", coverage_factor="2", points=points(*texts))
