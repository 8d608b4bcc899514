"""What long work tells while it runs: one line at a terminal that is written over, and nothing elsewhere."""

import sys
from collections.abc import Callable


def progress() -> Callable[[str], None]:
    """Return what shows at a terminal, in one line that is written over, what is being done; elsewhere nothing."""
    if not sys.stderr.isatty():
        return lambda _: None

    def show(text: str) -> None:
        sys.stderr.write(f"\r\x1b[K{text[:100]}")
        sys.stderr.flush()

    return show
