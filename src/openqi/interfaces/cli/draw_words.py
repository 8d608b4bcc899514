"""What a draw is told in, in words: labels, steps, and the sentences that answer an object, English and Chinese."""

from collections.abc import Mapping
from typing import Final

from openqi.interfaces.cli.labels import Labels

WORDS: Final[Mapping[str, str]] = {
    "commitment": "承诺值", "purpose": "用途", "objects": "对象数", "excluded": "排除", "stratum": "层", "design": "抽取方法",
    "expected": "应抽", "drawn": "抽中", "source": "随机数来源", "event": "期号", "not before": "最早公布时间", "root": "名单根值",
    "public key": "公钥", "folder": "文件夹", "seed": "种子", "published at": "公布时间", "place": "序号", "name": "名称",
    "class": "类别", "size": "规模", "planned chance": "方案概率", "why": "缘由", "form": "格式", "list": "名单", "program": "程序",
    "randomness": "随机数", "draw": "抽取", "assignment": "派员", "proved": "验真", "recomputed": "复算",
    "not checked": "未检查", "passed": "通过", "failed": "未通过", "first difference": "首处不同", "teams": "检查组",
    "officers": "检查人员", "substitutes": "候补人员", "metres": "米", "changed": "调整", "lacking": "缺口", "visit": "对象",
    "wanted": "应派", "found": "可派", "reasons": "原因", "lacking in any case": "必然缺口", "ticket": "签号", "rank": "序值",
    "start": "起点", "last drawn": "末位抽中者", "first not drawn": "首位未抽中者", "more": "其余",
}  # fmt: skip
"""Labels in Chinese by their English."""

REASONS: Final[Mapping[str, tuple[str, str]]] = {
    "size": ("in proportion to its size", "按其规模比例"),
    "floor": ("raised to the floor of its class", "升至所在类别的下限"),
    "cap": ("lowered to the cap of its class", "降至所在类别的上限"),
    "certain": ("visited for certain", "必定检查"),
    "equal": ("as everybody in its stratum", "同层各对象相同"),
}
"""Why a chance is what it is."""

SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "next": (
        "publish this commitment before {instant}; whoever sees it later cannot tell that the list was there first",
        "请在 {instant} 之前公布此承诺值；晚于此时公布，他人无从确认名单在先",
    ),
    "run": ("then: openqi draw run {folder} --randomness FILE", "随后运行：openqi draw run {folder} --randomness FILE"),
    "hidden": (
        "visits are unannounced: who was drawn lies in {folder}/hidden until `openqi draw show`",
        "本次为突击检查：抽取结果存于 {folder}/hidden，检查后用 `openqi draw show` 公开",
    ),
    "shown": (
        "the draw is public now, with the proof of its seed; `openqi draw verify {folder}` checks it",
        "抽取结果及其种子证明现已公开；可用 `openqi draw verify {folder}` 核验",
    ),
    "left-out": (
        "{name} was left out of this list and could not be drawn: {reason}",
        "{name} 未列入本次名单，不会被抽中，理由：{reason}",
    ),
    "stands": (
        "{name} is one of {objects} objects in its stratum; {expected} of them are drawn ({design})",
        "{name} 是所在层 {objects} 个对象之一，其中抽 {expected} 个（{design}）",
    ),
    "target": ("by the plan its chance was {percent} ({exact}), {why}", "按方案，其抽中概率为 {percent}（{exact}），{why}"),
    "exact": ("this is the chance that it had, exactly", "这就是其实际概率，精确无误"),
    "integrated": (
        "the chance that it really had is {percent}, known to {error} (the design meets the plan nearly, not exactly)",
        "其实际概率为 {percent}，误差不超过 {error}（该方法近似而非严格达到方案概率）",
    ),
    "near": (
        "the chance that it really had differs by no more than {error}, which is proved",
        "其实际概率与此相差不超过 {error}（已证明的界）",
    ),
    "ticket": (
        "its ticket is made of the seed, the purpose and its own name alone: {ticket}",
        "其签号仅由种子、用途和自身名称算出：{ticket}",
    ),
    "is-drawn": ("it was drawn", "结果：被抽中"),
    "not-drawn": ("it was not drawn", "结果：未被抽中"),
    "before": ("the draw has not been made yet", "抽取尚未进行"),
    "is-hidden": ("the draw is not shown yet", "抽取结果尚未公开"),
    "compared": (
        "compared was its {what} {own} with {limit}, of the last who was drawn",
        "比较：其{what} {own}，末位抽中者 {limit}",
    ),
    "proof": ("{hashes} hashes lead from its row to the root of the list", "其在名单中的一行经 {hashes} 个散列值通向名单根值"),
    "shortage": ("no assignment gives every visit its officers; nothing was written", "无法为每次检查派足人员；未写入任何文件"),
    "not-proved": (
        "some officers may not go together: that the rest are lacking is not proved",
        "部分人员不得同组：其余缺口并非必然",
    ),
}
_LABELS: Final = Labels(words=WORDS)
term, terms = _LABELS.term, _LABELS.terms


def reason(code: str, language: str) -> str:
    """Return why a chance is what it is in a language."""
    return REASONS[code][language == "zh"]


def sentence(code: str, language: str, **parts: object) -> str:
    """Return the sentence of a code in a language."""
    return SENTENCES[code][language == "zh"].format(**parts)
