"""Compiles the shim, and runs the scripts beside this file in processes of their own: they fork, and they are killed."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
Run = Callable[..., Any]


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if sys.platform != "linux" or compiler is None:
        pytest.skip("system calls are struck by a C shim under LD_PRELOAD: needs Linux and a C compiler (cc or gcc)")
    built = tmp_path_factory.mktemp("shim") / "shim.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", built, HERE / "shim.c", "-ldl"], check=True)
    return built


def _run(script: str, *arguments: object, preload: Path | None = None) -> Any:
    environment = {**os.environ, "PYTHONPATH": f"{HERE}{os.pathsep}{HERE.parent}", "PYTHONDONTWRITEBYTECODE": "1"}
    if preload is not None:
        environment["LD_PRELOAD"] = str(preload)
    command = [sys.executable, HERE / script, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=900)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout)


@pytest.fixture
def script() -> Run:
    """Runs a script and returns what it prints."""
    if not hasattr(os, "fork"):
        pytest.skip("the fault scripts fork: needs a POSIX system")
    return _run


@pytest.fixture
def struck_script(shim: Path) -> Run:
    """Runs a script under the shim and returns what it prints."""
    return lambda name, *arguments: _run(name, *arguments, preload=shim)
