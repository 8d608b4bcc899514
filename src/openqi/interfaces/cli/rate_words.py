"""What rates of a market say and do not say, in words: a sentence a code, English and Chinese, with its numbers filled in."""

from collections.abc import Mapping
from typing import Final

from openqi.interfaces.cli.labels import Labels

WORDS: Final[Mapping[str, str]] = {
    "drawn objects": "被抽对象", "examined": "已检查", "not examined": "未能检查", "out of scope": "范围外",
    "response rate": "应答率", "weighted": "加权", "outcome": "检查结果", "objects": "对象数", "rate": "比率",
    "hit rate": "问题发现率", "population rate": "总体不合格率", "adjusted rate": "调整后比率", "worst cases": "最坏情形",
    "bad objects in all": "总体不合格数", "domain": "分域", "bad": "不合格", "area": "区域", "own": "自身权重",
    "own rate": "自身比率", "no data": "无数据", "root mean squared error": "均方根误差", "before that": "上年",
    "after that": "本年", "change": "变化", "mix": "构成", "targeting": "靶向", "quality": "质量", "group": "组",
    "believed rate": "预期比率", "probability": "抽中概率", "visits": "检查数", "neyman": "内曼分配", "power": "幂分配",
    "random floor": "随机底线", "expected hits": "预计查出", "half-width": "半宽", "guarded half-width": "保底半宽",
    "smallest probability": "最小概率",
    "value": "值", "interval": "置信区间", "method": "方法", "assumption": "假定",
    "conforming": "未发现问题", "nonconforming": "不合格", "corrected": "经责令已改正",
    "not-found": "无法联系", "refused": "拒绝检查", "not-visited": "未检查", "closed": "已停业", "not-operating": "未开展经营",
    "deregistered": "已注销",
}  # fmt: skip
"""Labels in Chinese by their English; some mean something else in other commands."""

SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "hit": (
        "hit rate: how often this draw found something where it looked; it also rises when the draw aims better",
        "问题发现率：本次抽查所到之处发现问题的比例；抽得更有针对性时也会升高，不能当作总体不合格率",
    ),
    "population": (
        "population rate: the share of bad ones in scope, weighted by 1/probability, if the others are like the examined",
        "总体不合格率：范围内全部对象中不合格者的比例，每个结果按抽中概率的倒数加权；前提是未能检查者与已检查者相同",
    ),
    "adjusted": (
        "adjusted rate: the same, if within each class those not examined are like those examined: an assumption, not a finding",
        "调整后比率：假定每一类内未能检查者与已检查者相同；这是假定，不是发现",
    ),
    "bounds": (
        "whatever those not examined ({unresolved}) are, this sample gives between {low:.2%} and {high:.2%}",
        "无论 {unresolved} 个未能检查的对象情况如何，本样本的比率都在 {low:.2%} 与 {high:.2%} 之间",
    ),
    "none-found": (
        "nothing bad was found, which is not none: up to {upper:.2%} may be bad; of those least likely drawn, up to {objects:.0f}",
        "没有发现不合格，不等于没有：至多仍可能有 {upper:.2%} 不合格；若都是最不易抽中的对象，至多 {objects:.0f} 个",
    ),
    "outside": (
        "closed, not operating or deregistered: {outside} of the drawn; they are in no rate, and have not passed",
        "已停业、未开展经营或已注销：被抽对象中 {outside} 个；不计入任何比率，也不算合格",
    ),
    "silent": (
        "stratum {stratum}: all examined were alike, so that the interval does not see what may be there",
        "层 {stratum}：已检查者结果全部相同，区间未反映该层可能存在的情况",
    ),
    "no-response": ("{column} {value}: nobody was examined, so there is no rate", "{column} {value}：没有对象被检查，因此没有比率"),
    "too-few-units": (
        "{column} {value}: too few units to see a spread, so the interval is everything from 0 to 1",
        "{column} {value}：单元过少，看不出离散，因此区间为 0 至 1",
    ),
    "guarded": (
        "guarded half-width: the larger of the one if the rates are as believed and the one if the risk knows nothing",
        "保底半宽：按预期比率与按风险毫无信息两种情形中较大的半宽",
    ),
    "floor": (
        "advised random floor {floor:.0%}: the least to guard half-width {wanted:.4f}; hits {hits:.0f}, at random {random:.0f}",
        "建议随机底线 {floor:.0%}：保底半宽不超过 {wanted:.4f} 的最小比例；预计查出 {hits:.0f} 个，全部随机则为 {random:.0f} 个",
    ),
    "mix": ("mix: other objects in the market", "构成：市场上的对象构成变了"),
    "targeting": ("targeting: the draw aims elsewhere", "靶向：抽查的指向变了"),
    "quality": ("quality: the rates within the cells changed", "质量：各单元内的比率变了"),
    "cells-independent": ("cells are taken as drawn independently of each other", "各单元视为相互独立抽取"),
    "synthetic": (
        "areas without data: {count}; their rate is that of the model alone",
        "没有数据的区域：{count} 个；其比率完全来自模型",
    ),
    "between-zero": (
        "areas differ no more than by chance: the model gives each the common rate",
        "各区域的差别不超过偶然：模型给各区域共同的比率",
    ),
}
_LABELS: Final = Labels(words=WORDS)
term, terms = _LABELS.term, _LABELS.terms


def sentence(code: str, language: str, **numbers: float | str) -> str:
    """Return the sentence of a code in a language."""
    return SENTENCES[code][language == "zh"].format(**numbers)
