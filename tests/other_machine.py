"""What another machine computes: a process without the vectors of this processor, and one without numba."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

import openqi

WITHOUT_NUMBA = "sys.modules['numba'] = None"
_VECTORS = (
    "AVX512_SKX", "AVX512_ICL", "AVX2", "FMA3", "AVX", "F16C", "SSE42", "X86_V3", "X86_V4", "ASIMDHP", "ASIMDDP", "ASIMDFHM", "SVE",
)  # fmt: skip


def without_vectors() -> dict[str, str]:
    """The environment in which NumPy uses no vectors of this processor but those that it was built on."""
    found = [name for name in _VECTORS if name in np._core._multiarray_umath.__cpu_dispatch__]
    return {"NPY_DISABLE_CPU_FEATURES": " ".join(found)}


def told(program: str, **environment: str) -> str:
    """What a program prints in a process of its own, which finds OpenQI and the modules of the tests."""
    path = os.pathsep.join((str(Path(openqi.__file__).parents[1]), str(Path(__file__).parent)))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env={**os.environ, "PYTHONPATH": path, **environment}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()
