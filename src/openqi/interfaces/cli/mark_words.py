"""What prints and scans of marks are told in, in words: labels and sentences, English and Chinese."""

from collections.abc import Mapping
from typing import Final

from openqi.interfaces.cli.labels import Labels

WORDS: Final[Mapping[str, str]] = {
    "marks": "标识数", "pages": "页数", "file": "文件", "print": "打印编号", "printed again": "重复打印", "reason": "原因",
}  # fmt: skip
"""Labels in Chinese by their English."""
term = Labels(words=WORDS).term
terms = Labels(words=WORDS).terms
