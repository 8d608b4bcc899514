"""What a measurement model takes: the reading, what certificates say, what the procedure states, each with its variance."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, partial
from math import inf
from typing import TYPE_CHECKING, Final, NamedTuple

from openqi.evidence.view import View
from openqi.kernel.decimals import fraction
from openqi.kernel.errors import DomainError, OpenQIError, RefusedError
from openqi.kernel.quantity import Quantity
from openqi.kernel.units import unit_of
from openqi.pillars.conformity.influences import certificate_in_force, influence_at, instrument_of, own_influence
from openqi.records.conformity import ReadingsReported, Setting
from openqi.records.metrology import Calibrated, Certificate, Indicates, InstrumentRegistered, results_of
from openqi.records.procedures import CertifiedInput, MeasurementPublished, StatedInput
from openqi.science.uncertainty.model import Influence

if TYPE_CHECKING:  # what reads and runs models is imported where it is used: most commands of an openqi process need none of it
    from openqi.science.uncertainty.expression.model import MeasurementModel

_ONE: Final = "\\one"
_DIVISOR: Final[Mapping[str, int]] = {"rectangular": 3, "triangular": 6, "arcsine": 2}
"""Variance of a distribution of half-width 1, inverse. Source: [GUM] clauses 4.3.7 and 4.3.9, [JCGM101] clause 6.4."""
_FREE_UP_TO: Final = fraction("2.05")
"""The coverage factor of about 95 % at fifty degrees of freedom; below it they may be taken as many. Source: [GUM] table G.2."""


class Entry(NamedTuple):
    """What one input is, in the unit that the model states: estimate and variance."""

    value: Fraction
    variance: Fraction


@dataclass(frozen=True, kw_only=True)
class Entering:
    """Everything that enters a model, for readings of one instrument.

    Args:
        model: of the procedure.
        instruments, certificates: records that the inputs rest on.
        numbers: input → number of the certificate that it comes from.
        fixed: inputs that are the same for all readings.
        indication: from the text of a reading to its entry, for reading and reference by their names in the model.
        own: inputs whose certificate is read at a reading: name in the model, input whose value it is read at, what it says there.
        correlation: coefficients between inputs in the order of the model, None for none.
        dof: degrees of freedom of each.
    """

    model: "MeasurementModel"
    instruments: tuple[str, ...]
    certificates: tuple[str, ...]
    numbers: Mapping[str, str]
    fixed: Mapping[str, Entry]
    indication: Mapping[str, Callable[[str], Entry]]
    own: tuple[tuple[str, str, Callable[[str], Entry]], ...]
    correlation: tuple[tuple[float, ...], ...] | None
    dof: tuple[float, ...]

    def entries(self, texts: Mapping[str, str]) -> list[Entry]:
        """Return the inputs in the order of the model.

        Args:
            texts: the reading, and where there is one the reference reading, by their names in the model.

        Raises:
            DomainError: a reading is outside of what was calibrated, or has no factor.
        """
        found = dict(self.fixed)
        for name, text in texts.items():
            found[name] = self.indication[name](text)
        for name, at, taken in self.own:
            found[name] = taken(texts[at])
        return [found[name] for name in self.model.inputs]


def model_of(procedure: MeasurementPublished) -> "MeasurementModel":
    """Return the model of a procedure after checking that it is one, and that names and units fit.

    Raises:
        RefusedError: the text is no model, is not canonical, has other inputs than the procedure speaks of, or a unit does not fit.
    """
    from openqi.science.uncertainty.expression.model import model_of_json

    try:
        model = model_of_json({"text": procedure.model, "digest": procedure.model_digest})
    except OpenQIError as error:
        raise RefusedError("model-text", f"procedure {procedure.procedure}: {error}") from error

    def refuse(why: str) -> RefusedError:
        return RefusedError("model-fits", f"the model of procedure {procedure.procedure} {why}")

    if len(model.outputs) != 1:
        raise refuse(f"gives {', '.join(model.outputs)}; a verdict is on one quantity")
    told, units = set(procedure.names()), model.units
    if told != set(model.inputs):
        lacks, more = sorted(set(model.inputs) - told), sorted(told - set(model.inputs))
        raise refuse(f"takes {lacks[0]}, which comes from nowhere" if lacks else f"does not take {more[0]}")
    if units is None:
        raise refuse("has no units; state one for each input and for the output")
    if units[model.outputs[0]] != procedure.unit:
        raise refuse(f"gives {units[model.outputs[0]]!r}, the procedure states {procedure.unit!r}")
    for one in procedure.certified:
        unit = unit_of(units[one.name])
        if one.takes == "factor" and any(unit.dimension):
            raise refuse(f"takes {one.name} in {units[one.name]!r}; a factor is a number")
        if one.takes == "correction" and unit.offset and one.name not in model.differences:
            raise refuse(f"takes the correction {one.name} in {units[one.name]!r}; declare it as a difference")
        if one.takes == "value" and one.name in model.differences:
            raise refuse(f"takes the value {one.name} as a difference; a value on a scale is none")
    for name in filter(None, (procedure.reading, procedure.reference)):
        if name in model.differences:
            raise refuse(f"takes the reading {name} as a difference; state it in a unit without a zero of its own, as K")
    return model


def entering(view: View, readings: ReadingsReported, procedure: MeasurementPublished, reader: str) -> Entering:
    """Return what enters the model of a procedure for readings: the certificates that were in force, and what is stated.

    Raises:
        RefusedError: as `influences_of`, or the model does not fit.
        DomainError: a setting is outside of what was calibrated, or units do not fit.
    """
    model = model_of(procedure)
    assert model.units is not None
    whole = procedure.reference is not None
    instrument, registered = instrument_of(view, readings.instrument, reader)
    indicates = next((one for one in registered.indicates if one.quantity == readings.quantity), None)
    if indicates is None:
        raise RefusedError("instrument-indicates", f"{readings.instrument} does not indicate {readings.quantity}")
    settings = _settings(readings, procedure)
    instruments, certificates = [instrument.id], dict[str, tuple[str, Certificate]]()
    fixed = {one.name: _stated(one) for one in procedure.stated}
    own = []
    for quantity in sorted(procedure.inputs):
        setting = settings.get(quantity)
        owner, its = (instrument, registered) if setting is None else instrument_of(view, setting.instrument, reader)
        record, certificate = certificate_in_force(view, its, quantity, readings, whole=whole)
        _check_freedom(procedure, certificate, quantity)
        instruments.append(owner.id)
        certificates[quantity] = (record.id, certificate)
        for one in procedure.certified:
            if one.quantity == quantity:
                into = model.units[one.name]
                if setting is not None:
                    fixed[one.name] = _set(certificate, its, one, setting, into)
                else:
                    at = procedure.reading if one.at == "reading" else str(procedure.reference)
                    same_way = procedure.points == "common"
                    own.append((one.name, at, partial(_at_reading, certificate, one, readings.unit, into, same_way)))
    names = [procedure.reading, *([procedure.reference] if procedure.reference is not None else [])]
    return Entering(
        model=model,
        instruments=tuple(dict.fromkeys(instruments)),
        certificates=tuple(dict.fromkeys(record for record, _ in certificates.values())),
        numbers={one.name: certificates[one.quantity][1].number for one in procedure.certified},
        fixed=fixed,
        indication={name: _indication(readings.unit, model.units[name], indicates) for name in names},
        own=tuple(own),
        correlation=_correlation(procedure, model.inputs),
        dof=_freedom(procedure.stated, model.inputs),
    )


def _check_freedom(procedure: MeasurementPublished, certificate: Certificate, quantity: str) -> None:
    """A certificate tells no degrees of freedom; with a large coverage factor they are few, and U at a probability too small."""
    if procedure.coverage_probability is None:
        return
    for found in results_of(certificate):
        if found.quantity == quantity and isinstance(found, Calibrated) and fraction(found.coverage_factor) > _FREE_UP_TO:
            why = f"certificate {certificate.number} has k = {found.coverage_factor}, and does not say how many degrees of freedom"
            raise RefusedError("certificate-freedom", f"{why}; let the procedure state a coverage factor, not a probability")


def _settings(readings: ReadingsReported, procedure: MeasurementPublished) -> Mapping[str, Setting]:
    settings = {setting.quantity: setting for setting in readings.settings}
    wanted = set(procedure.inputs) - {readings.quantity}
    if wanted != set(settings) or len(settings) != len(readings.settings):
        asked, given = ", ".join(sorted(wanted)) or "none", ", ".join(sorted(settings)) or "none"
        raise RefusedError("settings-fit", f"procedure {procedure.procedure} has the inputs {asked}; the readings state {given}")
    return settings


def _stated(one: StatedInput) -> Entry:
    if one.half_width is not None:
        return Entry(fraction(one.value), fraction(one.half_width) ** 2 / _DIVISOR[one.distribution])
    return Entry(fraction(one.value), fraction(one.standard_uncertainty or "0") ** 2)


def _indication(unit: str, into: str, indicates: Indicates) -> Callable[[str], Entry]:
    """From a reading to its entry: its last step is rectangular, and there is what may have changed since the calibration."""
    absolute = fraction(indicates.resolution) ** 2 / 12 + fraction(indicates.absolute_stability) ** 2
    relative = fraction(indicates.relative_stability) ** 2
    (own, own_zero), (scale, zero), (size, _) = (
        _conversion(*pair) for pair in ((unit, indicates.unit), (unit, into), (indicates.unit, into))
    )

    def indicated(text: str) -> Entry:
        value = fraction(text)
        shown = value * own + own_zero  # what is relative is so on the instrument's own scale, whose zero may be another
        return Entry(value * scale + zero, (absolute + relative * shown**2) * size**2)

    return indicated


def _set(certificate: Certificate, instrument: InstrumentRegistered, one: CertifiedInput, setting: Setting, into: str) -> Entry:
    """What a certificate says where an instrument was set, with what may have changed in it since it was calibrated."""
    unit = next(found.unit for found in results_of(certificate) if found.quantity == one.quantity)
    at = Quantity(value=setting.value, unit=setting.unit).converted(unit)
    drift = Fraction(0)
    indicates = next((found for found in instrument.indicates if found.quantity == one.quantity), None)
    if indicates is not None:
        absolute = Quantity(value=indicates.absolute_stability, unit=indicates.unit, difference=True).converted(unit)
        shown = Quantity(value=setting.value, unit=setting.unit).converted(indicates.unit)
        relative = fraction(indicates.relative_stability) * Quantity(value="1", unit=indicates.unit, difference=True).converted(
            unit
        )
        drift = (relative * shown) ** 2 + absolute**2
    return _taken(influence_at(certificate, one.quantity, lambda _: at), one, at, drift, unit, into)


def _at_reading(certificate: Certificate, one: CertifiedInput, unit: str, into: str, common: bool, text: str) -> Entry:
    """What a certificate says at a reading; what has changed since is part of the reading."""
    at = fraction(text)
    if common and one.takes == "factor" and at <= 0:
        raise DomainError(f"a reading of {text} {unit} is not positive, and the factors of a common error differ in sign there")
    return _taken(own_influence(certificate, one.quantity, unit, at), one, at, Fraction(0), unit, into)


def _taken(influence: Influence, one: CertifiedInput, at: Fraction, drift: Fraction, unit: str, into: str) -> Entry:
    """An influence as the model takes it; `drift` is a variance in the square of the certificate's unit."""
    if one.takes == "factor":
        if unit_of(unit).offset:
            why = f"{one.quantity} is certified in {unit}, a scale with a zero of its own, where a factor means nothing"
            raise DomainError(f"{why}; take its correction or its value")
        if influence.factor is None:
            raise DomainError(f"{one.quantity} is 0 there, and has no factor; take its correction or its value")
        scale, _ = _conversion(_ONE, into)
        variance = (influence.relative_variance + drift / at**2) * influence.factor**2
        return Entry(influence.factor * scale, variance * scale**2)
    variance = influence.variance + drift
    scale, zero = _conversion(unit, into)
    if one.takes == "correction":
        return Entry(influence.offset * scale, variance * scale**2)
    return Entry((at + influence.offset) * scale + zero, variance * scale**2)


@lru_cache(maxsize=256)
def _conversion(unit: str, into: str) -> tuple[Fraction, Fraction]:
    scale = Quantity(value="1", unit=unit, difference=True).converted(into)
    return scale, Quantity(value="0", unit=unit).converted(into)


def _correlation(procedure: MeasurementPublished, inputs: Sequence[str]) -> tuple[tuple[float, ...], ...] | None:
    """One between inputs of one calibrated quantity whose errors are common, else nothing."""
    if procedure.points != "common":
        return None
    quantity = {one.name: one.quantity for one in procedure.certified}
    return tuple(
        tuple(float(row == column or (row in quantity and quantity[row] == quantity.get(column))) for column in inputs)
        for row in inputs
    )


def _freedom(stated: Sequence[StatedInput], inputs: Sequence[str]) -> tuple[float, ...]:
    told = {one.name: float(fraction(one.degrees_of_freedom)) for one in stated if one.degrees_of_freedom is not None}
    return tuple(told.get(name, inf) for name in inputs)
