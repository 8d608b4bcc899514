"""The golden records of evaluations of uncertainty: a log of its own, so that no other golden bytes move."""

from openqi.app.ledger import Ledger, Signer
from openqi.evidence.record import Record
from openqi.pillars.metrology.evaluations import EvaluateUncertainty
from openqi.records import Names
from openqi.records.evaluations import Certified, CorrelationStated, InputStated, OfResult, OutputStated, Parameter, Specification
from openqi.records.metrology import Calibrated, CalibrationCertified, Point

STANDARD = "https://laboratory.example/mass/1kg"


def evaluations_records(ledger: Ledger, laboratory: Signer) -> list[Record]:
    """Certify a standard, evaluate two results that share it, and their difference; the first with trials and all that is known."""
    certificate = ledger.state(
        CalibrationCertified(
            certificate="https://laboratory.example/certificate/1", number="M-1", instrument=STANDARD,
            performed_at="2026-06-01T00:00:00Z",
            calibrated=(
                Calibrated(
                    quantity="mass", unit="kg", coverage_factor="2",
                    points=(Point(indicated="1", reference="1.000005", expanded_uncertainty="0.000010"),),
                ),
            ),
        ),
        laboratory,
    )  # fmt: skip
    found = [certificate]
    for number, value in enumerate(("12.3", "-4.5"), start=1):
        found += ledger.perform(_comparison(number, value, certificate.id, trials=2000 if number == 1 else None), laboratory)
    found += ledger.perform(_difference(found[1].id, found[2].id), laboratory)
    return found


def _comparison(number: int, read: str, certificate: str, *, trials: int | None) -> EvaluateUncertainty:
    standard = InputStated(
        name="m_S", unit="g", value="1000.005", expanded_uncertainty="0.010", coverage_factor="2", degrees_of_freedom="60",
        identity=f"{STANDARD}#mass",
        certified=Certified(certificate=certificate, quantity="mass", indicated="1", takes="reference"),
    )  # fmt: skip
    inputs = (
        standard,
        InputStated(name="d", unit="mg", readings=(read, f"{read}1", f"{read}3"), series="comparison"),
        InputStated(name="s", unit="mg", readings=("0.11", "0.14", "0.10"), series="comparison"),
        InputStated(name="b", unit="mg", value="0.02", half_width="0.05", distribution="rectangular", source="JJG 99"),
        InputStated(name="e", unit="mg", value="0", specification=Specification(absolute="0.02", coverage_factor="2")),
        InputStated(name="z", unit="mg", distribution="gamma", parameters=_gamma()),
        InputStated(name="q", unit="mg", value="0.0", standard_uncertainty="0.01"),
    )  # fmt: skip
    return EvaluateUncertainty(
        evaluation=f"https://laboratory.example/evaluation/{number}", model="m = m_S + d - s + b + e + z + q", inputs=inputs,
        name=Names(zh="质量比较", en="Mass comparison"), subject=f"https://maker.example/mass/{number}",
        outputs=(OutputStated(name="m", unit="g"),),
        correlations=(CorrelationStated(first="b", second="q", coefficient="0.5"),),
        coverage_probability=None if number == 1 else "0.95", coverage_factor="2" if number == 1 else None, trials=trials,
        seed="golden" if trials else None,
    )  # fmt: skip


def _gamma() -> tuple[Parameter, ...]:
    return (Parameter(name="shape", values=("2",)), Parameter(name="scale", values=("0.005",)))


def _difference(first: str, second: str) -> EvaluateUncertainty:
    inputs = tuple(
        InputStated(name=name, unit="g", of_result=OfResult(result=record, output="m"))
        for name, record in (("a", first), ("b", second))
    )
    return EvaluateUncertainty(
        evaluation="https://laboratory.example/evaluation/3", model="d = a - b", inputs=inputs,
        outputs=(OutputStated(name="d", unit="mg", difference=True),),
    )  # fmt: skip
