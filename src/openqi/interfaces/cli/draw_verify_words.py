"""What `openqi draw verify` found and did not check, in Chinese; what differs is told as the files have it."""

import re
from collections.abc import Mapping
from typing import Final

_WHOLE: Final[Mapping[str, str]] = {
    "nobody was sent yet": "尚未派员",
    "not drawn yet": "尚未抽取",
    "hidden until it is shown": "公开之前不可见",
    "that the commitment was published before the randomness: compare when its hash became public with the instants it names": (
        "承诺值确在随机数之前公布：请核对其散列值的公开时间与上列时刻"
    ),
    "that everybody stands on the list who should: the root shows what was frozen, not what was left off": (
        "应列入者都在名单上：根值只能证明冻结了什么，不能证明漏了谁"
    ),
    "that the officers and recusals were fixed before the randomness: they are not in the commitment": (
        "检查人员名录和回避确在随机数之前确定：承诺值不包含它们"
    ),
    "that the signature was made with the key of the network (a BLS pairing)": "签名确实出自该网络的密钥（BLS 配对）",
    "that the source has published this value: compare it with its own page": "该来源确实公布过这一数值：请与其官方页面核对",
}
_PATTERNS: Final = (
    (re.compile(r"(\d+) objects under (\w+)"), r"\1 个对象，根值 \2"),
    (re.compile(r"(\d+) drawn, line by line"), r"\1 个抽中，逐行一致"),
    (re.compile(r"(\d+) teams"), r"\1 个检查组"),
    (re.compile(r"'(.*)' was committed to, and this program draws by '(.*)'"), r"承诺的版本是“\1”，本程序按“\2”抽取"),
)


def told(detail: str, language: str) -> str:
    """Return a detail of a verification in a language; a source's name before a colon stays as it was named."""
    if language != "zh":
        return detail
    if detail in _WHOLE:
        return _WHOLE[detail]
    for pattern, chinese in _PATTERNS:
        if pattern.fullmatch(detail):
            return pattern.sub(chinese, detail)
    source, colon, rest = detail.partition(": ")
    return f"{source}：{_WHOLE[rest]}" if colon and rest in _WHOLE else detail
