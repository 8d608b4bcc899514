"""Is the process still the one we qualified? Charts, rules, run lengths."""

from openqi.science.charts.chart import Chart, chart

__all__ = ["Chart", "chart"]
