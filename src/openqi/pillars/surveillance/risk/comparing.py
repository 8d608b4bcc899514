"""Comparing a new model with the one in force, on visits of draws that neither learned from."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Final

from openqi.evidence.record import Record, Statement
from openqi.evidence.view import View
from openqi.kernel.decimals import fraction_of_float, rounded
from openqi.kernel.errors import FormatError, RefusedError
from openqi.pillars.surveillance.inspections.results import group_of, reports_of
from openqi.pillars.surveillance.inspections.standing import TheDraw, drawn_rows, the_draw
from openqi.pillars.surveillance.risk.known import Known, columns_of, the_features
from openqi.pillars.surveillance.risk.models import document_of, in_force, the_model
from openqi.pillars.surveillance.risk.schemes import own_of, rule_of, the_scheme
from openqi.pillars.surveillance.standing import own_records
from openqi.records import Command, RecordId, statement
from openqi.records.draw_rows import DrawnRow
from openqi.records.risk import AUTHORITY, EstimateStated, ModelRegistered, ModelsCompared, RiskSchemePublished, compared_subject
from openqi.science.draws.rates.outcomes import CONFORMING, NONCONFORMING
from openqi.science.risk.comparison import Estimate, compared
from openqi.science.risk.told import risks_of, values_of

_STEP: Final = "0.000001"


class CompareModels(Command, frozen=True):
    """Compare a registered model with the one in force; it takes over where the rule of the scheme says so, and not else.

    `draws` are those whose visits are held out: neither model learned from one of them, nor knows of anything after its visits
    began. `features` are what was known before the visits. A challenger is compared once on a draw.
    """

    NAME: ClassVar[str] = "surveillance.compare-models/1"
    ROLE: ClassVar[str | None] = AUTHORITY
    INHERITS: ClassVar[bool] = True

    under: RecordId
    challenger: RecordId
    draws: tuple[RecordId, ...]
    features: RecordId


@dataclass(frozen=True, kw_only=True)
class _Visit:
    """One examined object of a draw."""

    object: str
    at: str
    nonconforming: bool
    chance: float
    stratum: str


def compare_models(view: View, command: CompareModels, issuer: str) -> tuple[Statement, ...]:
    """Return the comparison.

    Raises:
        NotFoundError: a record or its content is not at hand.
        RefusedError: visits are none that were held out, the rule came after them, the challenger was compared on them before, an
            examined object has no features, or whoever asks does not act under the scheme or in a draw.
        DomainError: nothing can be compared.
    """
    scheme_record, scheme = the_scheme(view, command.under, issuer)
    current = in_force(view, scheme_record, scheme)
    if current is None:
        raise RefusedError("model-in-force", f"no model is in force under scheme {scheme.risk_scheme}; register the first one")
    champion_record, champion = current
    challenger_record, challenger = the_model(view, command.challenger, scheme_record, scheme)
    if challenger_record.id == champion_record.id or challenger.document.sha256 == champion.document.sha256:
        raise RefusedError("two-models", f"model {challenger_record.id} is the one in force, under this or another name")
    draws = [the_draw(view, name, issuer) for name in command.draws]
    _check_once(view, command, scheme_record, scheme, draws)
    for model in (current, (challenger_record, challenger)):
        _check_held_out(view, draws, *model)
    known = the_features(view, command.features, scheme_record, scheme)
    visits, silent = _visits(view, draws, scheme_record)
    _check_known(known, visits)
    rows = {row.object: place for place, row in enumerate(known.rows)}
    told = []
    for one in (champion, challenger):
        read = document_of(view, one.document)
        told.append(risks_of(read, values_of(read, columns_of(known))[[rows[visit.object] for visit in visits]]))
    found = compared(
        [one.nonconforming for one in visits], told[0], told[1], [one.chance for one in visits], rule=rule_of(scheme.rule),
        stratum=[one.stratum for one in visits],
    )  # fmt: skip
    at = [one.at for one in visits]
    stated = ModelsCompared(
        risk_scheme=scheme.risk_scheme, under=scheme_record.id, champion=champion_record.id, challenger=challenger_record.id,
        draws=command.draws, features=known.record.id, rule=scheme.rule, not_examined=silent, first_visit=min(at),
        last_visit=max(at), simulated=known.stated.simulated,
        illustrative=scheme.illustrative or any(one.commitment.illustrative for one in draws), visits=found.visits,
        found=found.found, effective=_six(found.effective), champion_loss=_six(found.champion),
        challenger_loss=_six(found.challenger), better=_estimate(found.better), champion_lift=_six(found.champion_lift),
        challenger_lift=_six(found.challenger_lift), lift=_estimate(found.lift), verdict=found.verdict,
        reason="too-few" if found.reason else "",
    )  # fmt: skip
    return (statement(stated),)


def _check_once(
    view: View, command: CompareModels, scheme_record: Record, scheme: RiskSchemePublished, draws: Sequence[TheDraw]
) -> None:
    """Refuse a draw that stands twice, and one on which the challenger was compared before: who tries again, wins by chance."""
    commitments = [one.committed.id for one in draws]
    if not draws or len({*commitments}) != len(commitments):
        raise RefusedError("draws-once", "name the draws whose visits are held out, each once")
    own = own_of(scheme_record, scheme)
    for record, before, _ in own_records(view, compared_subject(scheme.risk_scheme, command.challenger), ModelsCompared, own):
        # A hidden draw has two records, made and shown; its commitment is one.
        if again := {str(view.record(name).body["committed"]) for name in before.draws} & {*commitments}:
            why = f"it was compared on the draw of commitment {min(again)} by record {record.id}, withdrawn or not"
            raise RefusedError("compared-once", f"model {command.challenger}: {why}; compare it on visits of a new draw")


def _check_held_out(view: View, draws: Sequence[TheDraw], record: Record, model: ModelRegistered) -> None:
    learned = {str(view.record(name).body["committed"]) for name in model.learned_from}
    for draw in draws:
        if draw.committed.id in learned:
            raise RefusedError(
                "held-out", f"model {record.id} learned from draw {draw.record.id}; compare on visits that it never saw"
            )
        if model.trained_until[:10] >= draw.commitment.visits_from:
            why = f"model {record.id} was trained until {model.trained_until}, and visits of draw {draw.record.id} began"
            raise RefusedError("held-out", f"{why} on {draw.commitment.visits_from}; compare on later visits")


def _visits(view: View, draws: Sequence[TheDraw], scheme: Record) -> tuple[list[_Visit], int]:
    """The examined objects of the draws, and how many of those drawn were not examined."""
    found: dict[str, _Visit] = {}
    silent = 0
    for place, draw in enumerate(draws):
        if scheme.valid_from > draw.committed.valid_from:
            why = f"scheme {scheme.id} was published at {scheme.valid_from}, and draw {draw.record.id} committed before"
            raise RefusedError("rule-in-advance", f"{why}; a rule is stated before the visits that it judges")
        rows, reports = drawn_rows(view, draw), reports_of(view, draw)
        for name, row in rows.items():
            if name not in reports or group_of(reports[name][1].outcome) not in (CONFORMING, NONCONFORMING):
                silent += 1
                continue
            if name in found:
                raise RefusedError("objects-once", f"{name} was visited in two of the draws; compare on them one by one")
            report = reports[name][1]
            found[name] = _Visit(
                object=name, at=report.at, nonconforming=group_of(report.outcome) == NONCONFORMING, chance=_chance(row),
                stratum=f"{place}/{row.stratum}",
            )  # fmt: skip
    if len(found) < 2:
        raise RefusedError("visits-examined", f"{len(found)} objects of these draws were examined; nothing can be compared")
    return [*found.values()], silent


def _chance(row: DrawnRow) -> float:
    text = row.target if row.chance is None else row.chance
    try:
        return float(Fraction(text))
    except (ValueError, ZeroDivisionError) as error:
        raise FormatError(f"{row.object}: {text[:40]!r} is no chance") from error


def _check_known(known: Known, visits: Sequence[_Visit]) -> None:
    rows = {row.object for row in known.rows}
    if lacking := [one.object for one in visits if one.object not in rows]:
        raise RefusedError(
            "features-stated", f"{len(lacking)} examined objects have no features, {lacking[0]} first; state them all"
        )
    first = min(one.at for one in visits)
    if known.stated.as_of >= first or known.record.valid_from >= first:
        why = f"features {known.record.id} are as of {known.stated.as_of}, stated at {known.record.valid_from}"
        raise RefusedError("known-before", f"{why}; the first visit was at {first}: take what was known before the visits")


def _estimate(one: Estimate) -> EstimateStated:
    return EstimateStated(
        value=_six(one.value), exact_value=repr(one.value), standard_error=_six(one.standard_error), lower=_six(one.lower),
        upper=_six(one.upper),
    )  # fmt: skip


def _six(value: float) -> str:
    return rounded(fraction_of_float(value), _STEP)
