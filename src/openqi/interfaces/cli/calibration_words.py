"""The warnings of a calibration in Chinese: whole sentences, with the numbers that stand in them."""

import re
from typing import Final

_SENTENCES: Final = (
    (
        re.compile(
            r"chi squared is (\S+) with (\d+) degrees of freedom, beyond 95 % of what the stated uncertainties let expect: "
            r"the function does not fit, or they are too small"
        ),
        r"卡方为 \1，自由度 \2，超出按所给不确定度所能预期的 95 %：函数不适合，或不确定度给得太小",
    ),
    (
        re.compile(r"x = (\S+) lies outside of what was calibrated, (\S+) to (\S+)"),
        r"x = \1 在已校准的范围（\2 至 \3）之外",
    ),
    (
        re.compile(r"column (.+) is not used; known are x, y, u_y and u_x"),
        r"没有使用 \1 列；认识的列有 x、y、u_y 和 u_x",
    ),
)  # fmt: skip


def told(warning: str, language: str) -> str:
    """Return a warning in a language, in English where there is no other sentence for it."""
    if language != "zh":
        return warning
    for sentence, chinese in _SENTENCES:
        if found := sentence.fullmatch(warning):
            return found.expand(chinese)
    return warning
