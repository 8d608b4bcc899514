"""What pledges are told in at a terminal: labels in English and Chinese; words of evidence are those of the pages."""

from collections.abc import Mapping
from typing import Final

from openqi.interfaces.cli.labels import Labels

WORDS: Final[Mapping[str, str]] = {
    "pledge": "承诺", "edition": "版本", "since": "起", "until": "止", "promises": "承诺事项数", "firm": "企业",
    "signature": "签署记录", "state": "状态", "due": "到期日", "evidence": "依据记录", "promise": "承诺事项", "day": "日期",
    "holds": "有效", "ended": "已终止", "withdrawn": "已撤回", "not signed yet": "尚未签署", "term over": "已到期",
    "proof": "书面证明", "open complaints at its end": "终止时未结投诉", "unshown": "无证据期数", "record": "记录", "kind": "类",
    "index": "序号", "no pledge": "没有承诺", "nobody has signed": "尚无企业签署", "name": "名称", "what": "情形",
}  # fmt: skip
"""Labels in Chinese by their English."""
_LABELS: Final = Labels(words=WORDS)


def term(label: str, language: str) -> str:
    """Return a label in a language."""
    return _LABELS.term(label, language)
