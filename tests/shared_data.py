"""Finds the data shared between checkouts, and skips with a reason where they are absent."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def shared(path: str) -> Path:
    """Return the place of `path` below the shared data; the calling test is skipped where it is absent."""
    found = Path(os.environ.get("OPENQI_SHARED", ROOT.parent / "shared")) / path
    if not found.exists():
        pytest.skip("shared data absent: set OPENQI_SHARED")
    return found
