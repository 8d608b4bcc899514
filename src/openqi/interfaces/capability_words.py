"""What a capability study assumes and warns of, in words: a sentence a code, English and Chinese, with its numbers filled in."""

from collections.abc import Mapping
from typing import Final

SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "normal": ("readings are taken as normal", "读数视为正态分布"),
    "independent": ("readings are taken as independent of each other", "读数视为相互独立"),
    "degrees-of-freedom": ("degrees of freedom are {rule}", "自由度：{rule}"),
    "shape": ("readings are described by {method}", "读数用 {method} 描述"),
    "transformed-units": ("spreads are in units of the transformed readings", "标准差以变换后的单位表示"),
    "not-stable": (
        "not stable: index describes nothing about the future ({beyond} of {points} points beyond 3 sigma, {runs} in long runs)",
        "过程不稳定：指数不能说明今后的过程（{points} 个点中 {beyond} 个超出三倍标准差，{runs} 个处于长链）",
    ),
    "not-stable-given": (
        "not stable: index describes nothing about the future (alarms of your own chart: {alarms})",
        "过程不稳定：指数不能说明今后的过程（所用控制图的报警数：{alarms}）",
    ),
    "signals-by-chance": (
        "{beyond} points beyond 3 sigma and {runs} in long runs: no more than a stable process of {points} points may show",
        "有 {beyond} 个点超出三倍标准差、{runs} 个点处于长链：稳定过程的 {points} 个点中也可能出现这么多",
    ),
    "few-readings": ("{n} readings; {recommended} or more are usual", "只有 {n} 个读数；通常需要 {recommended} 个以上"),
    "unequal-subgroups": ("subgroups have {smallest} to {largest} readings", "子组大小不一，{smallest} 至 {largest} 个读数"),
    "target-off-middle": (
        "the target {target:.6g} is not in the middle of the tolerance: Cpm takes the nearer limit",
        "目标值 {target:.6g} 不在公差中间：Cpm 按较近的限计算",
    ),
    "uncertainty-large": (
        "the measurement uncertainty is {share:.0%} of the observed spread: the correction rests on it",
        "测量不确定度达观测离散的 {share:.0%}：修正结果主要取决于它",
    ),
    "coarse": ("readings differ in steps of {step:.3g}, coarse for their spread", "读数分辨力 {step:.3g} 相对其离散过粗"),
    "not-normal": ("readings do not look normal (p = {p:.2g}): choose a distribution", "读数不像正态（p = {p:.2g}）：请选择分布"),
    "poor-fit": ("{method} does not fit the readings (p = {p:.2g})", "{method} 与读数不符（p = {p:.2g}）"),
    "quantile-beyond-sample": (
        "{n} readings do not show what 0.135 % is; {needed} would: the extreme readings stand in for it",
        "{n} 个读数不足以显示 0.135 % 分位（需 {needed} 个）：以极端读数代替",
    ),
    "limit-beyond-support": (
        "the limit {limit:.6g} lies where {method} has no values",
        "限值 {limit:.6g} 在 {method} 的取值范围之外",
    ),
}  # fmt: skip


def sentence(code: str, parameters: Mapping[str, float | int | str], language: str) -> str:
    """Return the sentence of a code in a language."""
    return SENTENCES[code][language == "zh"].format(**parameters)
