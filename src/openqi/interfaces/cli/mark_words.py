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
}  # fmt: skip
"""Labels in Chinese by their English."""
term = Labels(words=WORDS).term
terms = Labels(words=WORDS).terms
