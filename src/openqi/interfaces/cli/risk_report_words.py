"""What a fit and a report of a risk say and do not say, in words: a sentence a code, English and Chinese."""

from collections.abc import Mapping
from typing import Final

from openqi.interfaces.cli.labels import Labels

WORDS: Final[Mapping[str, str]] = {
    "model": "模型", "examined": "已检查", "bad": "不合格", "left out": "未采用", "unresolved": "未能检查",
    "outside": "范围外", "population rate": "总体不合格率", "weights": "权重", "effective number": "有效数",
    "trees": "树", "said between": "给出的概率", "held out": "留出", "area (AUC), held out": "留出 AUC",
    "Brier score, held out": "留出 Brier 分数", "not shown": "没有证明的", "does it hold": "概率准不准",
    "basis": "口径", "objects": "对象数", "found": "实际", "said": "预测", "found - said": "实际−预测",
    "found / said": "实际/预测", "slope": "斜率", "ECE": "ECE", "by chance": "偶然水平", "Brier": "Brier",
    "reliability": "可靠性", "resolution": "分辨力", "uncertainty": "不确定性", "within": "组内", "population": "总体",
    "visited": "所到之处", "random floor": "随机底线", "share": "占比", "interval": "置信区间",
    "risk group": "风险分组", "does it find": "能不能查出", "AUC": "AUC", "budget": "检查比例", "visits": "检查数",
    "expected hits": "预计查出", "hits": "按结果推算查出", "caught": "占全部不合格", "lift": "提升倍数", "time": "时间",
    "holds": "相符", "yes": "是", "no": "否", "for whom": "对谁公平", "group": "组", "false alarms": "误报率",
    "missed": "漏报率", "flagged": "列为高风险", "class": "类", "from": "起点", "times A": "为 A 类的倍数",
    "whom to visit": "该去检查谁", "threshold": "门槛", "cost": "每个对象的代价", "cheapest": "最省",
    "nobody": "都不检查", "everybody": "全部检查", "drift": "漂移", "column": "列", "PSI": "PSI",
    "limit of chance": "偶然上限", "moved": "已变化", "risk": "风险", "?": "未知",
    "indicators": "指标", "scored": "已得分", "object": "对象", "score": "得分", "between": "介于", "missing": "缺失指标",
}  # fmt: skip
"""Labels in Chinese by their English."""

SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "trimmed": (
        "{count} weights were cut, {share:.1%} of the whole weight: the rate of the population moves with it",
        "{count} 个权重被截断，占总权重的 {share:.1%}：总体不合格率随之改变",
    ),
    "unresolved-unlike": (
        "whether the examined are like those who could not be examined",
        "已检查的对象是否与未能检查的对象相同",
    ),
    "no-dates": ("whether the risk changes with time: no column of dates was named", "风险是否随时间变化：没有指明日期列"),
    "parted-by-objects": (
        "whether the past predicts the future: folds were parted by objects; --split time asks that",
        "过去能否预测将来：本次按对象分折；用 --split time 检验",
    ),
    "no-objects": (
        "whether rows belong to one object: each was taken for an object of its own; --object names them",
        "多行是否属于同一对象：每行都当作一个对象；用 --object 指明",
    ),
    "rows-once": (
        "whether each visit stands there once: rows of one object are alike in all that was read; take out what was entered twice",
        "每次检查是否只录入一次：同一对象有内容完全相同的行；请删去重复录入的行",
    ),
    "weights-cut": ("the whole population: weights were cut", "完整的总体：有权重被截断"),
    "held-out-models": (
        "the model itself on unseen objects: held-out numbers are of models of the same kind, each grown on fewer visits",
        "模型本身对未见对象的表现：留出数字来自同样方法、但每个用较少检查训练的模型",
    ),
    "seen": (
        "how the model does on objects that it has not seen: this is the very table from which it was learned",
        "模型对未见过的对象表现如何：本表就是它的训练表",
    ),
    "unresolved": (
        "what the {objects} objects are like that could not be examined; they are in no number here",
        "{objects} 个未能检查的对象情况如何；它们不计入任何数字",
    ),
    "no-floor": (
        "whether the draw itself was blind to something: no column of a random floor was named (--floor)",
        "抽取本身是否有盲区：没有指明随机底线列（--floor）",
    ),
    "thin-floor": (
        "what the random floor alone says: it has {objects} examined objects, and not both bad and good ones",
        "仅凭随机底线的结论：它只有 {objects} 个已检查对象，且并非好坏都有",
    ),
    "no-time": ("whether it held all the time: no column of dates was named (--time)", "是否一直相符：没有指明日期列（--time）"),
    "no-groups": (
        "whether it is fair: no column was named by which to ask (--by), such as size, region or age",
        "是否公平：没有指明分组列（--by），如规模、地区、年限",
    ),
    "one-outcome": (
        "whether it tells bad from good: {bad} of {objects} are bad, and there is nothing to tell apart",
        "能否区分好坏：{objects} 个对象中 {bad} 个不合格，无从区分",
    ),
    "concept": (
        "whether it will hold tomorrow: what makes objects bad may change, and only new visits show it",
        "明天是否仍然相符：不合格的成因可能变化，只有新的检查才能看出",
    ),
    "alone": (
        "{column} alone does as well: the model's area is higher by {gain:+.4f} ({low:+.4f} … {high:+.4f})",
        "仅凭 {column} 就能做到同样好：模型的 AUC 只高 {gain:+.4f}（{low:+.4f} … {high:+.4f}）",
    ),
    "more-than-alone": (
        "the model tells more than {column} alone: its area is higher by {gain:+.4f} ({low:+.4f} … {high:+.4f})",
        "模型比仅凭 {column} 更有信息：AUC 高 {gain:+.4f}（{low:+.4f} … {high:+.4f}）",
    ),
    "unfair": (
        "{column} {group}: {said:.2%} was said and {found:.2%} found; the difference is more than chance",
        "{column} {group}：预测 {said:.2%}，实际 {found:.2%}；差别超出偶然",
    ),
    "visited-basis": (
        "visited: as it was where somebody looked; a draw that aims better moves it, so it says nothing of the market",
        "所到之处：只反映检查到的对象；抽取更有针对性就会变，不能代表市场",
    ),
    "not-holding": (
        "what is said does not hold: found less said is {gap:+.2%} ({low:+.2%} … {high:+.2%}) over the population",
        "概率不准：总体上实际减预测为 {gap:+.2%}（{low:+.2%} … {high:+.2%}）",
    ),
    "bins-more": (
        "groups of like risk are off by {error:.2%} on average, where chance alone gives {chance:.2%}",
        "同风险分组平均偏离 {error:.2%}，仅凭偶然为 {chance:.2%}",
    ),
    "no-score": (
        "{count} objects have no score: something was not observed, and missing is no number; the bounds hold whatever it is",
        "{count} 个对象没有得分：有指标未观测到，缺失不当作数字；无论缺失值是多少，得分都在所列界限内",
    ),
    "moved": (
        "{column} has moved: index {index:.4f}, of which chance alone exceeds {limit:.4f} once in twenty times",
        "{column} 已变化：PSI {index:.4f}；若无变化，二十次中仅一次超过 {limit:.4f}",
    ),
}  # fmt: skip
_LABELS: Final = Labels(words=WORDS, others=True)
term, terms = _LABELS.term, _LABELS.terms


def sentence(code: str, language: str, **numbers: object) -> str:
    """Return the sentence of a code in a language."""
    return SENTENCES[code][language == "zh"].format(**numbers)
