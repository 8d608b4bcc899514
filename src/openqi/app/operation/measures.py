"""Measurements in the text format of Prometheus: requests of all processes, and what ledger and desk hold. Nobody is named."""

import os
from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from openqi.app.operation.health import Health
from openqi.kernel.errors import OpenQIError

SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Variable that names the folder in which several processes of one station add up their measurements."""
MEDIA: Final = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Measures:
    """Counts requests of this process, and tells the sum of all.

    Args:
        health: counts what all processes share; it is asked when somebody looks.
    """

    def __init__(self, health: Health) -> None:
        own = CollectorRegistry()
        self._requests = Counter("openqi_requests", "Requests answered", ("method", "route", "status"), registry=own)
        self._seconds = Histogram("openqi_request_seconds", "Time to the answer", ("route",), registry=own, buckets=_BUCKETS)
        self._shown = own
        if os.environ.get(SHARED):
            self._shown = CollectorRegistry()
            MultiProcessCollector(self._shown)  # type: ignore[no-untyped-call]
        self._shown.register(_Counts(health))

    def answered(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """Return all measurements."""
        return generate_latest(self._shown)


class _Counts(Collector):
    def __init__(self, health: Health) -> None:
        self._health = health

    def collect(self) -> Iterable[Metric]:
        """Yield what is counted now; where ledger or desk cannot be read, that they cannot."""
        try:
            counts = self._health.counts()
        except OpenQIError:
            yield GaugeMetricFamily("openqi_readable", "Whether ledger and desk can be read", value=0)
            return
        yield GaugeMetricFamily("openqi_readable", "Whether ledger and desk can be read", value=1)
        for name, count in counts.items():
            yield GaugeMetricFamily(f"openqi_{name}", name.replace("_", " ").capitalize(), value=count)
        memory = _memory()
        if memory:
            yield GaugeMetricFamily("openqi_process_memory_bytes", "Memory of the process that answers", value=memory)


def _memory() -> int:
    """Resident bytes of this process, where the system tells."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 -- no file of ours
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
