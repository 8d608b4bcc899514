"""Words of process control in Chinese: capability of counts and positions, run lengths of further charts, streams of a plant."""

from collections.abc import Mapping
from typing import Final

CONTROL: Final[Mapping[str, str]] = {
    # capability of counts
    "samples": "样本数", "counted": "计数 / 检验量", "fraction nonconforming": "不合格品率", "defects a unit": "单位缺陷数",
    "items outside, ppm": "不合格，百万分之", "equivalent Ppk": "等效 Ppk", "clopper-pearson": "Clopper-Pearson 精确区间",
    "garwood": "Garwood 精确区间", "not stated: samples do not share one rate": "不给出：各样本的比率不一致",
    "not tested: one sample, or nothing counted": "未检验：只有一个样本，或计数为零",
    # intervals and tests of capability
    "chi-squared": "卡方", "noncentral-t": "非中心 t", "bissell": "Bissell 近似", "boyles": "Boyles 近似", "delta": "delta 法",
    "bootstrap-bca": "BCa 自助法", "stephens": "Stephens 公式", "stephens-table": "Stephens 表", "none": "无",
    "johnson-su": "Johnson SU", "johnson-sb": "Johnson SB", "johnson-sl": "Johnson SL", "empirical": "样本分位数",
    # capability of positions and of several characteristics
    "mean off target": "均值偏离目标", "spread along its axes": "主轴方向标准差", "observed outside, ppm": "观测超限，百万分之",
    "expected outside, ppm": "预期超限，百万分之", "largest-ellipse": "公差内最大等密度椭圆",
    "largest-ellipsoid": "公差内最大等密度椭球", "limited by": "受限于", "Ppk of each alone": "各特性单独的 Ppk",
    # time-dependent models
    "time-dependent model": "时间相关分布模型", "subgroups": "子组数", "spread is stated by": "散布的表示方法", "moments": "矩",
    "quantiles": "分位数", "question": "问题", "test": "检验", "statistic": "统计量", "p": "p 值", "answer": "结论",
    "no sign of it": "未见迹象", "location": "位置", "dispersion": "散布", "shape": "形状", "trend": "趋势", "memory": "记忆",
    "shape-of-means": "均值的形状", "anova": "方差分析", "brown-forsythe": "Brown-Forsythe 检验",
    "anderson-darling": "Anderson-Darling 检验", "linear-trend": "线性趋势检验", "von-neumann": "von Neumann 比",
    # what run lengths assume
    "counts are binomial": "计数服从二项分布", "counts are Poisson": "计数服从泊松分布",
    "the fraction in control is known": "受控不合格品率已知", "the rate in control is known": "受控缺陷率已知",
    "points are jointly normal": "各点服从多元正态分布", "means and covariances are known": "均值与协方差已知",
    "points follow an AR(1) model": "各点服从 AR(1) 模型",
    "mean, standard deviation and coefficient are known": "均值、标准差与系数已知",
    "subgroups are independent": "子组相互独立", "the standard deviation in control is known": "受控标准差已知",
    "readings in a subgroup are independent and normal": "子组内读数独立且服从正态分布",
    "mean and standard deviation are estimated from independent normal points of the same process":
        "均值与标准差由同一过程的独立正态点估计",
    # streams of a plant
    "weeks played": "模拟周数", "alarms counted a week": "每周实际虚警", "weeks without alarm": "无虚警周数", "stream": "数据流",
    "first named at": "首次指出", "named at the end": "末刻仍指出", "no stream is named": "没有指出任何数据流",
    "promised": "保证", "at each instant, not over all of them": "逐时刻成立，而非对全部时刻合计",
    "streams are independent of each other": "各流相互独立",
    "streams may have to do with each other in any way": "各流之间可任意相关",
    "points are independent and normal, their baseline is known": "各点独立且服从正态分布，基线已知",
    "given the past, points are normal about the known mean, no wider than the known standard deviation":
        "给定过去，各点以已知均值服从正态分布，散布不超过已知标准差",
    # panels
    "count": "缺陷数", "q": "Q 统计量", "relative-variance": "相对方差", "time-between": "间隔时间",
}  # fmt: skip
