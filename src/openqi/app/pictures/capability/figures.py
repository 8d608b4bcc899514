"""Mean, spreads with their estimators, limits, and the parameters of what was fitted, as lines of text in a picture."""

from math import isfinite

from openqi.app.pictures.capability.indices import ROW, texts_panel
from openqi.app.pictures.capability.shown import ShownStudy
from openqi.app.pictures.frame import INK, MUTED, Spec, Wording
from openqi.app.pictures.numbers import grouped, stated
from openqi.science.capability.shapes.law import law_of


def figure_lines(shown: ShownStudy, wording: Wording, *, width: int) -> Spec:
    """Return the figures that a study rests on, as rows of name and value."""
    study = shown.study
    unit = shown.unit
    rows = [(wording("capability-mean"), wording.with_unit(stated(study.mean, study.spreads["overall"].value / 10)[0], unit))]
    moved = any(one.code == "transformed-units" for one in study.assumptions)
    for basis in ("within", "overall"):
        spread = study.spreads[basis]
        name = f"s {wording(f'capability-{basis}')} ({wording(f'spread-{spread.method}')})"
        rows.append((f"{name} *" if moved else name, wording.with_unit(f"{spread.value:.4g}", "" if moved else unit)))
    if study.uncertainty:
        rows.append((wording("capability-u"), wording.with_unit(f"{study.uncertainty:.4g}", unit)))
    limit = study.limits
    for key, at in (("capability-lower", limit.lower), ("capability-target", limit.target), ("capability-upper", limit.upper)):
        if at is not None and isfinite(at):
            rows.append((wording(key), wording.with_unit(grouped(f"{at:.9g}"), unit)))
    if study.fit is not None and law_of(study) is not None:
        rows += [
            (_symbol(name), grouped(f"{value:.4g}") if isinstance(value, float) else value)
            for name, value in study.fit.parameters.items()
        ]
    if moved:
        rows.append((wording("capability-transformed"), ""))
    texts = []
    for row, (name, value) in enumerate(rows):
        texts.append({"x": 0, "y": row, "text": name, "ink": MUTED, "align": "left", "weight": 400})
        texts.append({"x": width, "y": row, "text": value, "ink": INK, "align": "right", "weight": 400})
    return {"width": width, "height": len(rows) * ROW, "layer": texts_panel(texts, width, len(rows))}


def _symbol(name: str) -> str:
    """Parameters by the letters that books have for them."""
    letters = {"lambda": "λ", "lambda_lower": "λ ≥", "lambda_upper": "λ ≤", "gamma": "γ", "delta": "δ", "xi": "ξ"}
    return letters.get(name, name.replace("_", " "))
