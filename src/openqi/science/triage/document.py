"""A model of triage as a JSON document, and back: nothing in it is run, and whatever does not hold together is refused."""

import json
from collections.abc import Sequence
from itertools import pairwise
from math import isfinite
from typing import Any, Final

from openqi.kernel.errors import DomainError, FormatError
from openqi.science.risk.document import json_of
from openqi.science.triage.answering import Like, Promise, Threshold
from openqi.science.triage.calibrating import Calibration
from openqi.science.triage.fitting import MOST_LABELS, Fitted
from openqi.science.triage.grams import key_of
from openqi.science.triage.measures import Worth
from openqi.science.triage.model import Model
from openqi.science.triage.weighing import Vocabulary

TYPE: Final = "openqi-triage-model/1"
MOST_BYTES: Final = 256 * 2**20
MOST_RUNS: Final = 500_000
_PARTS: Final = 2**15
_MEMBERS: Final = (
    "type", "labels", "texts", "parted", "runs", "documents", "unit", "parts", "calibration", "promise", "threshold", "like",
    "held_out",
)  # fmt: skip


def document_bytes(fitted: Fitted) -> bytes:
    """Return a model as a document in UTF-8, the same bytes of the same model."""
    model = fitted.model
    promise, threshold, like = model.promise, model.threshold, model.like
    document = {
        "type": TYPE, "labels": list(model.labels), "texts": model.vocabulary.texts, "parted": model.vocabulary.parted,
        "runs": model.vocabulary.runs_at(range(len(model.vocabulary))), "documents": model.vocabulary.documents.tolist(),
        "unit": model.unit, "parts": model.parts.T.tolist(), "calibration": [list(row) for row in model.calibration.turns],
        "promise": {"right": promise.right, "confidence": promise.confidence},
        "threshold": {"least": threshold.least, "given": threshold.given, "right": threshold.right, "of": threshold.of},
        "like": {"known": like.least_known, "foreign": like.most_foreign, "margin": like.least_margin},
        "held_out": told(fitted.worth),
    }  # fmt: skip
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def told(worth: Worth) -> dict[str, Any]:
    """Return what a model was worth on texts held out, for people: rounded, with intervals of 95 %."""
    score, brier = worth.logarithmic, worth.brier
    return {
        "texts": worth.texts, "right": worth.right, "accuracy": _rounded(worth.accuracy.lower, worth.accuracy.upper),
        "macro_f1": round(worth.macro_f1, 5), "brier": round(brier.value, 5),
        "brier_interval": None if brier.interval is None else _rounded(brier.interval.lower, brier.interval.upper),
        "logarithmic": round(score.value, 5),
        "logarithmic_interval": None if score.interval is None else _rounded(score.interval.lower, score.interval.upper),
        "ece": round(worth.reliability.error, 5), "ece_by_chance": round(worth.reliability.error_by_chance, 5),
        "reliability": [
            {
                "texts": one.objects, "said": round(one.said, 5), "found": round(one.found.value, 5),
                "interval": None if one.found.interval is None else _rounded(one.found.interval.lower, one.found.interval.upper),
            }
            for one in worth.reliability.bins
        ],
        "coverage": [
            {
                "least": round(one.least, 5), "given": one.given, "right": one.right,
                "interval": _rounded(one.interval.lower, one.interval.upper),
            }
            for one in worth.steps
        ],
    }  # fmt: skip


def _rounded(*values: float) -> list[float]:
    return [round(one, 5) for one in values]


def read_model(data: bytes) -> tuple[Model, dict[str, Any]]:
    """Return the model in a document, and what it says of texts held out (told by whoever made it, and not checked).

    Raises:
        FormatError: it is no such document, or its parts do not fit together; says which member.
    """
    if len(data) > MOST_BYTES:
        raise FormatError(f"a model of {len(data):,} bytes; at most {MOST_BYTES:,}")
    found = json_of(data, "the model")
    if not isinstance(found, dict) or found.get("type") != TYPE:
        raise FormatError(f"no model of triage: a JSON object whose type is {TYPE!r}, made by `openqi complaint triage fit`")
    if sorted(found) != sorted(_MEMBERS):
        odd = sorted({*found} ^ {*_MEMBERS})[0]
        raise FormatError(f"the model: the member {odd[:80]!r} is {'not known' if odd in found else 'missing'}")
    labels = _labels(found["labels"])
    vocabulary = _vocabulary(found)
    if not isinstance(found["held_out"], dict):
        raise FormatError("the model: held_out is an object")
    try:
        model = Model(
            labels=labels, vocabulary=vocabulary, parts=_parts(found["parts"], len(labels), len(vocabulary)),
            unit=_number(found["unit"], "unit", 0.0, 1e6), calibration=_calibration(found["calibration"], len(labels)),
            promise=Promise(**_numbers(found["promise"], "promise", {"right": "right", "confidence": "confidence"})),
            threshold=_threshold(found["threshold"]),
            like=Like(**_numbers(
                found["like"], "like", {"least_known": "known", "most_foreign": "foreign", "least_margin": "margin"}
            )),
        )  # fmt: skip
    except DomainError as error:
        raise FormatError(f"the model: {error}") from error
    return model, found["held_out"]


def _labels(value: Any) -> tuple[str, ...]:
    names = _texts(value, "labels", MOST_LABELS, 200)
    if len(names) < 2 or names != sorted(set(names)) or not all(one.strip() for one in names):
        raise FormatError("the model: labels are two or more names, each once, in the order of their characters")
    return tuple(names)


def _vocabulary(found: dict[str, Any]) -> Vocabulary:
    import numpy as np

    runs = _texts(found["runs"], "runs", MOST_RUNS, 3)
    try:
        keys = [key_of(one) for one in runs]
    except DomainError as error:
        raise FormatError(f"the model: runs: {error}") from error
    if any(one >= following for one, following in pairwise(keys)):
        raise FormatError("the model: runs stand in the order of their keys, each once")
    texts = _whole(found["texts"], "texts", 1, 2**40)
    documents = _wholes(found["documents"], "documents", 1, texts)
    if len(documents) != len(runs):
        raise FormatError(f"the model: {len(documents)} documents for {len(runs)} runs; one each")
    if not isinstance(found["parted"], bool):
        raise FormatError("the model: parted is true or false")
    return Vocabulary(
        keys=np.array(keys, dtype=np.int64), documents=np.array(documents, dtype=np.int64), texts=texts, parted=found["parted"]
    )


def _parts(value: Any, labels: int, runs: int) -> Any:
    import numpy as np

    if not isinstance(value, list) or len(value) != labels:
        raise FormatError(f"the model: parts are {labels} lists, one a label")
    columns = [_wholes(one, "parts", -_PARTS, _PARTS) for one in value]
    if any(len(one) != runs + 1 for one in columns):
        raise FormatError(f"the model: parts of a label are {runs + 1} whole numbers, one a run and the constant")
    return np.array(columns, dtype=np.int64).T


def _calibration(value: Any, labels: int) -> Calibration:
    if not isinstance(value, list) or [len(one) if isinstance(one, list) else -1 for one in value] != [labels + 1] * labels:
        raise FormatError(f"the model: calibration is {labels} lists of {labels + 1} numbers")
    return Calibration(turns=tuple(tuple(_number(one, "calibration", -1e4, 1e4) for one in row) for row in value))


def _threshold(value: Any) -> Threshold:
    if not isinstance(value, dict) or sorted(value) != ["given", "least", "of", "right"]:
        raise FormatError("the model: threshold has least, given, right and of")
    texts = _whole(value["of"], "threshold", 1, 2**40)
    given = _whole(value["given"], "threshold", 0, texts)
    least = None if value["least"] is None else _number(value["least"], "threshold", 0.0, 1.0)
    return Threshold(least=least, given=given, right=_whole(value["right"], "threshold", 0, given), of=texts)


def _numbers(value: Any, what: str, names: dict[str, str]) -> dict[str, float]:
    if not isinstance(value, dict) or sorted(value) != sorted(names.values()):
        raise FormatError(f"the model: {what} has {', '.join(names.values())}")
    return {own: _number(value[name], what, -1e6, 1e6) for own, name in names.items()}


def _number(value: Any, what: str, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or not least <= value <= most:
        raise FormatError(f"the model: {what} has {str(value)[:80]!r}; a number from {least:g} to {most:g}")
    return float(value)


def _whole(value: Any, what: str, least: int, most: int) -> int:
    return _wholes([value], what, least, most)[0]


def _wholes(value: Any, what: str, least: int, most: int) -> list[int]:
    if not isinstance(value, list):
        raise FormatError(f"the model: {what} is a list of whole numbers")
    for one in value:
        if type(one) is not int or not least <= one <= most:
            raise FormatError(f"the model: {what} has {str(one)[:80]!r}; whole numbers from {least} to {most}")
    return value


def _texts(value: Any, what: str, most: int, longest: int) -> list[str]:
    texts: Sequence[Any] = value if isinstance(value, list) else [None]
    if len(texts) > most or any(not isinstance(one, str) or not 1 <= len(one) <= longest for one in texts):
        raise FormatError(f"the model: {what} is a list of at most {most:,} texts of 1 to {longest} characters")
    return [str(one) for one in texts]
