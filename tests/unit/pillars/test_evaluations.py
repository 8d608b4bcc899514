"""Evaluations of uncertainty as evidence: published figures, certificates that must say it, what stays correlated, replay."""

import subprocess
import sys
from fractions import Fraction
from math import sqrt

import pytest
from msgspec.structs import replace

from evaluations_stage import IDENTITY, STANDARD, Metrology, refused, result, said, standard
from openqi.app.checking import Checker
from openqi.app.impact import impact
from openqi.kernel.errors import DomainError, FormatError, NotFoundError
from openqi.pillars.governance.workflow import Withdraw
from openqi.pillars.metrology.sources import evaluation_of_record
from openqi.records.evaluations import (
    CorrelationStated,
    InputStated,
    OutputStated,
    Parameter,
    Specification,
    SpecifiedAt,
    UncertaintyEvaluated,
)
from openqi.records.metrology import VerificationCertified, Verified
from openqi.science.uncertainty.expression.model import measurement_model
from openqi.science.uncertainty.inputs.quantity import quantity
from openqi.science.uncertainty.propagation.covariance import covariance_of
from openqi.science.uncertainty.propagation.first_order import first_order
from stage import outcome

GAUGE = (
    InputStated(name="ls", value="50000623", unit="nm", standard_uncertainty="25", degrees_of_freedom="18"),
    InputStated(name="d0", value="215", unit="nm", standard_uncertainty="5.8", degrees_of_freedom="24"),
    InputStated(name="d1", value="0", unit="nm", standard_uncertainty="3.9", degrees_of_freedom="5"),
    InputStated(name="d2", value="0", unit="nm", standard_uncertainty="6.7", degrees_of_freedom="8"),
    InputStated(name="d_alpha", value="0", unit="/K", half_width="0.000001", distribution="rectangular", degrees_of_freedom="50"),
    InputStated(name="theta_bar", value="-0.1", unit="K", standard_uncertainty="0.2"),
    InputStated(name="Delta", value="0", unit="K", half_width="0.5", distribution="arcsine"),
    InputStated(name="alpha_s", value="0.0000115", unit="/K", half_width="0.000002", distribution="rectangular"),
    InputStated(name="d_theta", value="0", unit="K", half_width="0.05", distribution="rectangular", degrees_of_freedom="2"),
)
LENGTH = "d = d0 + d1 + d2\nl = ls + d - ls * (d_alpha * (theta_bar + Delta) + alpha_s * d_theta)"


@pytest.fixture
def stage() -> Metrology:
    return Metrology()


def test_the_end_gauge_of_the_gum_is_sealed_with_its_published_figures_and_replays(stage):
    more = {"outputs": (OutputStated(name="l", unit="nm"),), "coverage_probability": "0.99"}
    record = stage.evaluated(LENGTH, *GAUGE, **more)
    (found,) = said(record).measurands
    # GUM H.1.6: l = 50.000838 mm, u = 32 nm, 16 degrees of freedom, k = 2.92; U99 = 93 nm is 2.92 times the rounded u there.
    assert (found.value, found.expanded_uncertainty, found.coverage_factor) == ("50000838", "92", "2.92")
    assert (found.standard_uncertainty, found.degrees_of_freedom, found.probability) == ("32", "16.7", "0.99")
    # Table H.1: u(ls) 25, c u(d_theta) = 16.6, c u(d_alpha) = 2.9 nm.
    parts = {line.input: abs(float(line.contribution)) for line in found.budget}
    assert (parts["ls"], round(parts["d_theta"], 1), round(parts["d_alpha"], 1)) == (25.0, 16.6, 2.9)
    assert sum(Fraction(line.share) for line in found.budget) == pytest.approx(1, abs=0.001)
    assert [(one.code, one.names) for one in found.warnings] == [("sensitivity-zero", ("theta_bar", "Delta", "alpha_s"))]
    assert outcome(stage.verified(stage.dossier(record))) == ("passed", "passed", "passed")
    second = said(stage.evaluated(LENGTH, *GAUGE, order="second-order", **more)).measurands[0]
    assert (second.standard_uncertainty, second.bias) == ("34", "0.0")  # GUM H.1.7: 34 nm
    assert sum(Fraction(line.share) for line in second.budget) + Fraction(second.higher_share) == pytest.approx(1, abs=0.001)


def test_every_way_to_know_an_input_is_taken_as_science_takes_it(stage):
    table = Specification(table=(SpecifiedAt(value="0", uncertainty="0.1"), SpecifiedAt(value="4", uncertainty="0.3")))
    inputs = (
        InputStated(name="a", value="2", expanded_uncertainty="0.3", coverage_factor="3", degrees_of_freedom="9"),
        InputStated(name="b", value="2", specification=Specification(absolute="0.3", relative="0.2", combine="rss")),
        InputStated(name="c", value="2", specification=table),
        InputStated(name="d", readings=("1", "2", "3")),
        InputStated(name="e", distribution="gamma", parameters=(_parameter("shape", "4"), _parameter("scale", "0.5"))),
        InputStated(name="f", value="2", specification=Specification(relative="0.1", limits=True)),
        InputStated(
            name="g", distribution="discrete",
            parameters=(_parameter("values", "1", "3"), _parameter("probabilities", "0.5", "0.5")),
        ),
    )  # fmt: skip
    record = stage.evaluated("y = a + b + c + d + e + f + g", *inputs, coverage_factor="2")
    known = {one.name: one for one in said(record).inputs}
    assert {one.value for one in known.values()} == {"2.0"}
    u = {"a": 0.1, "b": 0.5, "c": 0.2, "d": sqrt(1 / 3), "e": 1.0, "f": 0.2 / sqrt(3), "g": 1.0}
    assert {name: float(one.standard_uncertainty) for name, one in known.items()} == pytest.approx(u, rel=1e-15)
    assert [known[name].evaluated for name in "ad"] == ["B", "A"]
    assert float(said(record).measurands[0].exact_uncertainty) == pytest.approx(
        sqrt(sum(one * one for one in u.values())), rel=1e-15
    )


def _parameter(name: str, *values: str) -> Parameter:
    return Parameter(name=name, values=values)


@pytest.mark.parametrize(
    "wrong",
    [
        {"standard_uncertainty": None},
        {"half_width": "1"},
        {"value": None},
        {"coverage_factor": "2"},
        {"standard_uncertainty": None, "half_width": "1"},
        {"standard_uncertainty": None, "expanded_uncertainty": "1"},
        {"standard_uncertainty": "-1"},
        {"degrees_of_freedom": "0"},
        {"distribution": "gamma"},
        {"distribution": "t"},
        {"readings": ("1", "2")},
        {"identity": "ab" * 32 + "#x"},
        {"name": "z"},
        {"unit": "m"},
    ],
    ids=str,
)
def test_an_input_that_says_not_in_one_way_what_is_known_of_it_is_refused(stage, wrong):
    with pytest.raises((DomainError, FormatError)):
        stage.evaluated("y = x", replace(InputStated(name="x", value="1", standard_uncertainty="0.1"), **wrong))
    assert not [one for one in stage.store.scan() if one.record.kind == UncertaintyEvaluated.KIND]


def test_a_certificate_has_to_say_what_is_taken_from_it(stage):
    certificate = stage.certified()
    at = standard(certificate).certified
    refused("certificate-value", stage, standard(certificate, value="100.0022"))
    refused("certificate-uncertainty", stage, standard(certificate, expanded_uncertainty="0.0005"))
    refused("certificate-factor", stage, standard(certificate, coverage_factor="3"))
    refused("certificate-point", stage, standard(certificate, certified=replace(at, indicated="101")))
    refused("certificate-says", stage, standard(certificate, certified=replace(at, quantity="current")))
    refused("identity-stated", stage, standard(certificate, identity=None))
    refused("certificate-value", stage, standard(certificate, certified=replace(at, takes="error")))
    refused("certificate-unit", stage, standard(certificate, unit=None), outputs=())
    refused("certificate-named", stage, standard(stage.result()))
    with pytest.raises(NotFoundError):
        unknown = standard(certificate, certified=replace(at, certificate="ab" * 32))
        stage.evaluated("y = S", unknown, outputs=(OutputStated(name="y", unit="Ohm"),))
    # The same in another unit, and as a correction.
    stage.evaluated(
        "y = S", standard(certificate, unit="kOhm", value="0.1000021", expanded_uncertainty="0.0000006"),
        outputs=(OutputStated(name="y", unit="Ohm"),),
    )  # fmt: skip
    stage.evaluated(
        "y = S", standard(certificate, value="0.0021", certified=replace(at, takes="correction")),
        outputs=(OutputStated(name="y", unit="Ohm"),),
    )  # fmt: skip


def test_a_verification_gives_limits_within_which_it_was_passed(stage):
    body = VerificationCertified(
        certificate="https://calibration.example/verification/1", number="V-1", instrument=STANDARD,
        performed_at="2026-06-01T00:00:00Z", valid_until="2027-06-01T00:00:00Z", accuracy_class="0.5", verdict="passed",
        verified=(Verified(quantity="resistance", unit="Ohm", lower="0", upper="200", maximum_permissible_error="0.01"),),
    )  # fmt: skip
    record = stage.ledger.state(body, stage.calibration)
    stated = standard(
        record, value="100", expanded_uncertainty=None, coverage_factor=None, half_width="0.01", distribution="rectangular"
    )
    more = {"outputs": (OutputStated(name="y", unit="Ohm"),)}
    (found,) = said(stage.evaluated("y = S", stated, **more)).measurands
    assert float(found.exact_uncertainty) == pytest.approx(0.01 / sqrt(3), rel=1e-15)
    refused("certificate-limits", stage, replace(stated, distribution="triangular"))
    refused("certificate-uncertainty", stage, replace(stated, half_width="0.005"))
    refused("certificate-point", stage, replace(stated, value="201", certified=replace(stated.certified, indicated="201")))
    failed = stage.ledger.state(replace(body, verdict="failed", number="V-2"), stage.calibration)
    refused("verification-passed", stage, replace(stated, certified=replace(stated.certified, certificate=failed.id)))


def test_a_certificate_that_was_withdrawn_or_replaced_carries_nothing(stage):
    old = stage.certified()
    new = stage.certified("100 100.0031 0.0006", number="R-2", replaces=old.id)
    refused("certificate-says", stage, standard(old))
    stage.evaluated("y = S", standard(new, value="100.0031"), outputs=(OutputStated(name="y", unit="Ohm"),))
    stage.ledger.perform(Withdraw(record=new.id, reason="wrong bridge"), stage.calibration)
    refused("basis-stands", stage, standard(new, value="100.0031"))


def test_impact_and_completeness_know_what_an_evaluation_rests_on(stage):
    certificate = stage.certified()
    one, two = stage.ratio(certificate, "0.5"), stage.ratio(certificate, "2")
    both = (result(one, "a", one, "R", "Ohm"), result(two, "b", two, "R", "Ohm"))
    last = stage.evaluated("d = b - a", *both, outputs=(OutputStated(name="d", unit="Ohm"),))
    assert [outcome(stage.verified(stage.dossier(each))) for each in (one, last)] == [("passed", "passed", "passed")] * 2
    assert [(effect.record, effect.outcome) for effect in impact(stage.store, certificate.id).effects] == [
        (one.id, "falls"), (two.id, "falls"), (last.id, "falls"),
    ]  # fmt: skip
    stage.ledger.perform(Withdraw(record=certificate.id, reason="wrong bridge"), stage.calibration)
    assert outcome(stage.verified(stage.dossier(one))) == ("passed", "passed", "failed")
    assert Checker(store=stage.store).check(stage.store.logged(last.id)) == ("replayed", "")


def test_what_a_record_says_of_a_result_is_what_science_says_bit_for_bit(stage):
    certificate = stage.certified()
    found = said(stage.ratio(certificate, "0.5"))
    model = measurement_model("R = S * q", units={"S": "Ohm", "q": "1", "R": "Ohm"})
    known = quantity("100.0021", u="0.0003", id=IDENTITY, certificate=certificate.id)
    (own,) = first_order(model, {"S": known, "q": quantity("0.5", u="0.000001")})
    back = evaluation_of_record(found, found.measurands[0])
    assert back.document() == own.document()
    assert covariance_of([back]) == covariance_of([own])


def test_trials_are_named_so_that_anybody_makes_them_again(stage):
    inputs = (InputStated(name="x", value="0", half_width="1", distribution="rectangular"),)
    record = stage.evaluated("y = x", *inputs, trials=200_000, seed="evidence")
    (found,), trials = said(record).measurands, said(record).trials
    assert (trials.generator, trials.seed, trials.trials, len(trials.samples)) == ("openqi-trials/1", "evidence", 200_000, 64)
    # Of a rectangular distribution 95 % lie within 0.95; first order says 1.13.
    assert float(found.monte_carlo.symmetric_upper) == pytest.approx(0.95, abs=0.005)
    assert (found.monte_carlo.fits, [one.code for one in found.warnings]) == ("does-not-fit", ["monte-carlo-differs"])
    assert outcome(stage.verified(stage.dossier(record))) == ("passed", "passed", "passed")
    few = said(stage.evaluated("y = x", InputStated(name="x", value="0", standard_uncertainty="0.99"), trials=1000)).measurands[0]
    assert (few.monte_carlo.fits, few.warnings[0].code) == ("trials-too-few", "trials-too-few")


def test_a_replay_without_numba_and_without_simd_gives_the_same_bytes(stage, tmp_path):
    inputs = (
        InputStated(name="x", value="1", standard_uncertainty="0.1"),
        InputStated(name="z", value="2", half_width="1", distribution="arcsine"),
    )
    record = stage.evaluated("y = exp(x) * sin(z)", *inputs, trials=101_000)
    dossier, policy = tmp_path / "dossier.openqi", tmp_path / "policy.txt"
    dossier.write_bytes(stage.dossier(record))
    policy.write_bytes(stage.policy)
    script = (
        "import sys; sys.modules['numba'] = None\n"
        "from pathlib import Path; from openqi.app.dossiers import verified\n"
        "report = verified(Path(sys.argv[1]).read_bytes(), policy=Path(sys.argv[2]).read_bytes())\n"
        "print(report.proved, report.replayed)\n"
    )
    environment = {"NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 AVX512F AVX512_SKX", "PYTHONPATH": ":".join(sys.path)}
    run = subprocess.run(
        [sys.executable, "-c", script, str(dossier), str(policy)], env=environment, capture_output=True, text=True, check=False
    )
    assert run.stdout == "passed passed\n", run.stderr


def test_more_than_a_record_takes_is_refused_before_anything_is_computed(stage):
    many = tuple(InputStated(name=f"x{number}", value="1", standard_uncertainty="1") for number in range(101))
    refused("evaluation-size", stage, *many, model="y = " + " + ".join(one.name for one in many), outputs=())
    slow = (InputStated(name="x", value="1", standard_uncertainty="1", degrees_of_freedom="3"),)
    refused("evaluation-size", stage, *slow, model="y = x^2 + x", outputs=(), trials=1_000_000)
    refused("evaluation-size", stage, *slow, model="y = x", outputs=(), trials=999)
    refused("coverage-once", stage, *slow, model="y = x", outputs=(), coverage_factor="2", coverage_probability="0.95")
    refused("uncertainty-given", stage, replace(slow[0], standard_uncertainty="0"), model="y = x", outputs=())
    together = (replace(slow[0], name="a"), replace(slow[0], name="b"))
    linked = (CorrelationStated(first="a", second="b", coefficient="0.5"),)
    refused("coverage-defined", stage, *together, model="y = a + b", outputs=(), correlations=linked)
