"""What inputs of an evaluation rest on: certificates that have to say what was taken from them, and earlier evaluations."""

from fractions import Fraction
from math import inf

from openqi.evidence.keys import COUNTERSIGNED
from openqi.evidence.record import Record, record_subject
from openqi.evidence.view import View
from openqi.kernel.decimals import fraction
from openqi.kernel.errors import RefusedError
from openqi.kernel.quantity import Quantity
from openqi.records import body, kinds, of_json
from openqi.records.evaluations import Certified, EvaluatedOutput, InputStated, UncertaintyEvaluated
from openqi.records.governance import withdrawal
from openqi.records.metrology import (
    CERTIFICATES,
    Calibrated,
    Certificate,
    CertificateTranscribed,
    VerificationCertified,
    certificates,
    certificates_subject,
    results_of,
)
from openqi.science.uncertainty.caution import Caution
from openqi.science.uncertainty.inputs.quantity import Correlation, InputQuantity
from openqi.science.uncertainty.propagation.budget import Component
from openqi.science.uncertainty.propagation.carried import known_as
from openqi.science.uncertainty.propagation.evaluation import Evaluation, evaluation_of


def certificate_of(view: View, stated: InputStated, certified: Certified) -> Certificate:
    """Return the certificate that an input names, after checking that it stands and says what the input takes from it.

    Raises:
        NotFoundError: there is no such record.
        RefusedError: it is no certificate, was withdrawn, replaced or not checked, or says something else.
        DomainError: units of other dimensions.
    """
    record = view.record(certified.certificate)
    if record.kind not in CERTIFICATES:
        raise RefusedError("certificate-named", f"input {stated.name}: record {record.id} is a {record.kind} and no certificate")
    if view.home(record.id) != view.origin:
        raise RefusedError("certificate-home", f"input {stated.name}: certificate {record.id} is at home in another log")
    found: Certificate = of_json(record.body, CERTIFICATES[record.kind])
    _check_stands(view, record, found, certified.quantity)
    if isinstance(found, CertificateTranscribed):
        _check_checked(view, record, found)
    if isinstance(found, VerificationCertified) and found.verdict != "passed":
        raise RefusedError("verification-passed", f"certificate {found.number}: the instrument did not pass")
    if stated.unit is None:
        raise RefusedError("certificate-unit", f"input {stated.name} has no unit to be held against certificate {found.number}")
    if stated.identity is None:
        why = "two points of one certificate are common (one identity) or independent (two): say which"
        raise RefusedError(
            "identity-stated", f"input {stated.name} comes from certificate {found.number} and has no identity; {why}"
        )
    _check_said(stated, certified, found)
    return found


def _check_stands(view: View, record: Record, found: Certificate, quantity: str) -> None:
    about = view.stream(record_subject(record.id))
    gone = withdrawal(record, about, view.home)
    if gone is not None:
        raise RefusedError("basis-stands", f"record {record.id} was withdrawn by record {gone.id}; name one that stands")
    stream = [one for one in view.stream(certificates_subject(found.instrument)) if view.home(one.id) == view.origin]
    known = certificates(stream, quantity, stands=lambda one: withdrawal(one, stream, view.home) is None, home=view.home)
    if record.id not in {one.id for one, _ in known}:
        why = f"it says nothing of {quantity}, or another certificate replaces it"
        raise RefusedError("certificate-says", f"certificate {found.number}: {why}; name the one that stands and its quantity")


def _check_checked(view: View, record: Record, found: CertificateTranscribed) -> None:
    about = view.stream(record_subject(record.id))
    signed = {one.issuer for one in about if one.kind == COUNTERSIGNED and withdrawal(one, about, view.home) is None}
    if found.checked_by not in signed or found.checked_by == record.issuer:
        why = f"the transcription of certificate {found.number} was not signed by {found.checked_by}, who checked it"
        raise RefusedError("transcription-checked", f"{why}; whoever copied it does not check it")


def _check_said(stated: InputStated, certified: Certified, found: Certificate) -> None:
    """Refuse a value or an uncertainty that is not what the certificate says at that point."""
    (said,) = [one for one in results_of(found) if one.quantity == certified.quantity][:1]
    at = f"input {stated.name}: certificate {found.number}, {certified.quantity} at {certified.indicated} {said.unit}"
    indicated = fraction(certified.indicated)
    if isinstance(said, Calibrated):
        points = [one for one in said.points if fraction(one.indicated) == indicated]
        if not points:
            near = ", ".join(one.indicated for one in said.points[:20])
            raise RefusedError("certificate-point", f"{at}: not calibrated there, but at {near}")
        reference, uncertainty = fraction(points[0].reference), fraction(points[0].expanded_uncertainty)
        way, of = stated.expanded_uncertainty, ("expandedUncertainty", "k")
        if stated.coverage_factor is None or fraction(stated.coverage_factor) != fraction(said.coverage_factor):
            raise RefusedError("certificate-factor", f"{at}: its coverage factor is {said.coverage_factor}; state that")
    else:
        if not fraction(said.lower) <= indicated <= fraction(said.upper):
            raise RefusedError("certificate-point", f"{at}: verified from {said.lower} to {said.upper} only")
        reference, uncertainty = indicated, fraction(said.maximum_permissible_error)
        way, of = stated.half_width, ("halfWidth", "distribution")
        if stated.distribution != "rectangular":
            raise RefusedError("certificate-limits", f"{at}: a verification states limits; the distribution is rectangular")
    value = {"reference": reference, "correction": reference - indicated, "error": indicated - reference}[certified.takes]
    difference = certified.takes != "reference" or stated.difference
    if stated.value is None or _in(stated.value, stated, said.unit, difference=difference) != value:
        raise RefusedError("certificate-value", f"{at}: its {certified.takes} is {_text(value)} {said.unit}, not {stated.value}")
    if way is None or _in(way, stated, said.unit, difference=True) != uncertainty:
        raise RefusedError("certificate-uncertainty", f"{at}: it states {_text(uncertainty)} {said.unit} ({of[0]}), not {way}")


def _in(text: str, stated: InputStated, unit: str, *, difference: bool) -> Fraction:
    return Quantity(value=text, unit=stated.unit or "", difference=difference).converted(unit)


def _text(number: Fraction) -> str:
    return f"{float(number):.12g}"


def result_of(view: View, stated: InputStated) -> Evaluation | None:
    """Return the earlier result that an input is, with ids that hold everywhere; None for an input that is none.

    Raises:
        NotFoundError: there is no such record.
        RefusedError: it is no evaluation, was withdrawn, is of second order, or has no such output, or one in another unit.
    """
    if stated.of_result is None:
        return None
    record = view.record(stated.of_result.result)
    if record.kind != UncertaintyEvaluated.KIND or record.basis is None or kinds()[record.kind].ROLE is not None:
        raise RefusedError("result-named", f"input {stated.name}: record {record.id} is a {record.kind} and no decided evaluation")
    gone = withdrawal(record, view.stream(record_subject(record.id)), view.home)
    if gone is not None:
        raise RefusedError("basis-stands", f"record {record.id} was withdrawn by record {gone.id}; name one that stands")
    found = body(record, UncertaintyEvaluated)
    output = next((one for one in found.measurands if one.name == stated.of_result.output), None)
    if output is None:
        names = ", ".join(one.name for one in found.measurands)
        why = f"evaluation {record.id} has no output {stated.of_result.output}; it has {names}"
        raise RefusedError("result-output", f"input {stated.name}: {why}")
    if output.unit != stated.unit:
        why = f"the earlier result is in {output.unit}; state the input in that"
        raise RefusedError("result-unit", f"input {stated.name} is in {stated.unit}, {why}")
    if found.order != "first-order":
        why = f"evaluation {record.id} is of second order, whose parts cannot be carried along"
        raise RefusedError("first-order-only", f"input {stated.name}: {why}")
    return known_as(evaluation_of_record(found, output), record.id)


def as_input(result: Evaluation) -> InputQuantity:
    """Return an earlier result as an input of a model; its components take its place afterwards."""
    dof = inf if result.degrees_of_freedom is None else result.degrees_of_freedom
    return InputQuantity(value=result.value, standard_uncertainty=result.standard_uncertainty, degrees_of_freedom=dof)


def evaluation_of_record(found: UncertaintyEvaluated, output: EvaluatedOutput) -> Evaluation:
    """Return one result of a record as science knows it, bit for bit."""
    carried: dict[str, list[Component]] = {}
    for line in output.carried:
        carried.setdefault(line.input, []).append(
            Component(
                id=line.identity, name=line.name, certificate=line.certificate, sensitivity=float(line.sensitivity),
                contribution=float(line.contribution), degrees_of_freedom=float(line.degrees_of_freedom), ensemble=line.ensemble,
            )
        )  # fmt: skip
    budget = {line.input: line for line in output.budget}
    components: list[Component] = []
    for one in found.inputs:
        own_line = budget[one.name]
        local = f"{one.series}#{one.name}" if one.series is not None else one.name
        own = Component(
            id=one.identity or local, name=one.name, certificate=one.certificate or one.source,
            sensitivity=float(own_line.sensitivity), contribution=float(own_line.contribution),
            degrees_of_freedom=float(one.degrees_of_freedom), ensemble=one.series,
            anonymous=one.identity is None and one.series is None,
        )  # fmt: skip
        components += carried.get(one.name, [own]) if one.result is not None else [own]
    dof = output.exact_degrees_of_freedom
    made = Evaluation(
        name=output.name,
        unit=output.unit,
        value=float(output.exact_value),
        standard_uncertainty=float(output.exact_uncertainty),
        degrees_of_freedom=None if dof == "undefined" else float(dof),
        components=tuple(components),
        correlations=tuple(
            Correlation(first=one.first, second=one.second, coefficient=float(one.coefficient)) for one in found.correlations
        ),
        model=found.model_digest,
        method=found.order,
        bias=None if output.bias is None else float(output.bias),
        warnings=tuple(Caution(one.code, names=one.names, figures=one.figures) for one in output.warnings),
    )
    return evaluation_of(made.document())  # which refuses one that contradicts itself
