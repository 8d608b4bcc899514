"""Is the process still the one that was qualified? Charts, rules, and how long they run until they signal."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openqi.science.charts.charting import Chart, chart

__all__ = ["Chart", "chart"]


def __getattr__(name: str) -> Any:
    """What a notebook calls, loaded when it is asked for: who wants a run length does not wait for the charts."""
    if name not in __all__:
        raise AttributeError(name)
    from openqi.science.charts import charting

    return getattr(charting, name)
