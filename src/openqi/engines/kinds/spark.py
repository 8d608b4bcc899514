"""Apache Spark (extra `spark`): a task a part, nothing is shuffled; every worker can read and write the files."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from openqi.engines.engine import Engine, Part
from openqi.kernel.errors import DomainError


def _map(function: Callable[[Part], Any], parts: Sequence[Part], workers: int, /) -> Iterator[Any]:
    """Runs where a session runs already or Spark is set to run, else on so many cores of this machine."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise DomainError("Spark is not installed here; install openqi[spark], or use the engine local") from error
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # workers run the same Python, with the same packages
    builder = SparkSession.builder.appName("openqi").config("spark.ui.enabled", "false")
    if not os.environ.get("SPARK_REMOTE") and not os.environ.get("MASTER"):
        builder = builder.master(f"local[{workers}]")
    found = SparkSession.getActiveSession()
    session = found or builder.getOrCreate()
    try:
        yield from session.sparkContext.parallelize(list(parts), max(1, len(parts))).map(function).collect()
    finally:
        if found is None:
            session.stop()


ENGINE = Engine(name="spark", map=_map)
