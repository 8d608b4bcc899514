"""What prints and scans of marks are told in, in words: labels and sentences, English and Chinese."""

from collections.abc import Mapping
from typing import Final

from openqi.interfaces.cli.labels import Labels

WORDS: Final[Mapping[str, str]] = {
    "marks": "标识数", "pages": "页数", "file": "文件", "print": "打印编号", "printed again": "重复打印", "reason": "原因",
    "record": "记录", "licence": "使用许可", "use until": "最后使用日", "all": "全部", "standing": "情况", "state": "状态",
    "issued before": "这些标识此前已由同一文件签发", "issued": "已签发", "withdrawn": "已撤回", "not proved": "未获证明",
    "not issued here": "非本处签发", "activated": "已启用", "sold": "已售出", "returned": "已退回", "recalled": "已召回",
    "destroyed": "已销毁", "revoked": "已吊销", "ended": "已终止", "-": "-",
    "scans": "扫码次数", "serials": "序列号数", "left out": "不计的扫码", "by unknown devices": "未知设备的扫码",
    "on two labels at least": "至少贴在两张标签上", "outside the market": "许可市场之外", "before use": "启用之前",
    "after the end": "终止之后", "honest serials": "参照（已知诚实）", "named": "列出", "serial": "序列号", "moves": "往返",
    "labels": "标签数", "p": "p 值", "kept scans": "留存的扫码", "oldest": "最早", "newest": "最晚", "places": "地点数",
    "known devices": "有代号的设备", "forgotten": "已删除",
}  # fmt: skip
"""Labels in Chinese by their English."""

SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "no-reference": (
        "without honest serials nothing says what is usual, and no serial is named: give some with --honest",
        "没有已知诚实的序列号作参照，无从说明何为寻常，故不列出任何序列号：请用 --honest 给出",
    ),
    "named": (
        "named: {moves} moves or more; {rate:.2g} of honest serials have as many (at most {upper:.2g}, 95 %); FDR {fdr:g}",
        "列出往返不少于 {moves} 次的序列号；诚实者中有此数的占 {rate:.2g}（95 % 上限 {upper:.2g}）；错误发现率（FDR）{fdr:g}",
    ),
    "facts-only": (
        "these are scans, not findings about goods: somebody has to look at the things",
        "以上只是扫码的事实，不是对货物的结论：须有人去看实物",
    ),
}
"""Sentences in English and Chinese."""
term = Labels(words=WORDS).term
terms = Labels(words=WORDS).terms


def sentence(name: str, language: str, **filled: object) -> str:
    """Return a sentence in a language."""
    return SENTENCES[name][language == "zh"].format(**filled)
