"""Runs of dark modules in a row of a code: one shape a run keeps a drawing short."""


def dark_runs(row: bytes) -> list[tuple[int, int]]:
    """Return where dark modules begin in a row of zeros and ones, and how many there are."""
    found: list[tuple[int, int]] = []
    start = 0
    for dark in row.split(b"\x00"):
        if dark:
            found.append((start, len(dark)))
        start += len(dark) + 1
    return found
