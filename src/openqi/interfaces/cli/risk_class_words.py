"""What classes of risk and comparisons of models say in words, English and Chinese."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Context
from typing import Any, Final

from openqi.interfaces.cli.labels import Labels

WORDS: Final[Mapping[str, str]] = {
    "class": "类", "from": "起点", "objects": "对象数", "share": "占比", "ratio": "抽查比例", "random floor": "随机下限",
    "no reasons were asked for": "未要求给出理由", "objects with something missing": "有缺失的对象",
    "written to": "已写入", "verdict": "结论", "takes-over": "新模型接任", "stays": "在用模型留任", "open": "未定",
    "model": "模型", "model in force": "在用模型", "challenger": "新模型", "loss": "损失", "lift": "提升倍数",
    "difference": "差", "interval": "区间", "visits": "检查数", "nonconforming": "不合格数", "not examined": "未检查",
    "effective visits": "等效检查数", "rule": "规则", "not checked": "未核对", "log-loss": "对数损失", "brier": "布里尔分数",
    "better by": "损失降低", "margin": "须超过",
}  # fmt: skip
"""Labels in Chinese by their English."""

SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "takes-over": (
        "the whole interval of the difference lies above the margin: the challenger is better, by the rule that was stated",
        "差的整个区间都高于所定界限：按事先写明的规则，新模型更好",
    ),
    "stays": (
        "the whole interval lies at or below the margin: the challenger is not better by so much",
        "整个区间都不高于所定界限：新模型并没有好到这个程度",
    ),
    "open": (
        "the interval holds the margin: these visits do not say which is better, so the model in force stays in force",
        "区间包含所定界限：这些检查说明不了哪个更好，在用模型继续使用",
    ),
    "too-few": (
        "too few visits, nonconforming or conforming objects, or effective visits: nothing is decided, whatever the difference",
        "检查数、不合格数、合格数或等效检查数不足：无论差多少都不作决定",
    ),
    "no-dates": (
        "whether the visits came after what the models learned from: --time and the dates of both models say that",
        "检查是否晚于两个模型的训练数据：需要 --time 和两个模型的训练日期",
    ),
    "objects": (
        "whether a model learned from earlier visits of the same objects; of other tables only their hash is known",
        "模型是否学过同一对象更早的检查：其他表只知道散列值",
    ),
    "lift": (
        "the lift is a description; the verdict rests on the loss alone",
        "提升倍数只作说明；结论只取决于损失",
    ),
}  # fmt: skip
_LABELS: Final = Labels(words=WORDS, others=True)
term, terms = _LABELS.term, _LABELS.terms


def sentence(code: str, language: str) -> str:
    """Return the sentence of a code in a language."""
    return SENTENCES[code][language == "zh"]


def added(reason: Mapping[str, Any], language: str) -> str:
    """Return a reason in words, with its value and what it adds to the log-odds."""
    raises = reason["adds"] > 0
    value = _text(reason["value"], language)
    if language == "zh":
        return f"{reason['feature']} = {value}：{'风险升高' if raises else '风险降低'}（{reason['adds']:+.3f}）"
    return f"{reason['feature']} = {value}: {'raises' if raises else 'lowers'} the risk ({reason['adds']:+.3f})"


def changed(change: Mapping[str, Any], language: str) -> str:
    """Return in words which change of one feature would bring an object into the class below."""
    most = change["side"] == "at-most"
    value = _text(change["value"], language)
    if isinstance(change["value"], float):  # rounded so that it holds at what is told too
        value = f"{Context(prec=6, rounding=ROUND_FLOOR if most else ROUND_CEILING).create_decimal_from_float(change['value']):g}"
    if language == "zh":
        return f"若 {change['feature']} {'不高于' if most else '不低于'} {value}，其他不变：概率 {change['probability']}，降一类"
    bound = f"{'at most' if most else 'at least'} {value}"
    return f"with {change['feature']} {bound}, all else as it is: {change['probability']}, a class lower"


def _text(value: object, language: str) -> str:
    if value is None:
        return "缺失" if language == "zh" else "missing"
    return f"{value:.12g}" if isinstance(value, float) else str(value)
