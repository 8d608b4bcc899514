"""Is the process still the one that was qualified? Charts, rules, and how long they run until they signal."""

from openqi.science.charts.chart import Chart, chart

__all__ = ["Chart", "chart"]
