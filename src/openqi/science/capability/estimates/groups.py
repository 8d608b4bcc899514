"""Readings in order of time, put into subgroups: by a size, or by a label of each."""

from collections.abc import Sequence

from openqi.kernel.errors import DomainError

Groups = tuple[tuple[float, ...], ...]


def subgroups(values: Sequence[float], by: int | Sequence[str] | None) -> Groups:
    """Return subgroups in order of time.

    Args:
        values: readings in order of time.
        by: None: every reading stands alone. A size: so many each, the last one may be smaller. Labels: one a reading, equal ones
            side by side.

    Raises:
        DomainError: the size is not positive, there is not one label a reading, one is empty, or one comes back after another.
    """
    if by is None:
        return tuple((value,) for value in values)
    if isinstance(by, int):
        if by < 1:
            raise DomainError(f"subgroups of {by}: at least one reading each")
        return tuple(tuple(values[start : start + by]) for start in range(0, len(values), by))
    if len(by) != len(values):
        raise DomainError(f"{len(by)} labels of subgroups for {len(values)} readings: every reading has one")
    return _labelled(values, by)


def _labelled(values: Sequence[float], labels: Sequence[str]) -> Groups:
    found: dict[str, list[float]] = {}
    before = None
    for place, (value, label) in enumerate(zip(values, labels, strict=True)):
        if not str(label).strip():
            raise DomainError(f"reading {place + 1} has no label: nobody knows which subgroup it is of")
        if label != before and label in found:
            raise DomainError(f"subgroup {label!r} comes back at reading {place + 1}: put the readings into order of time first")
        found.setdefault(label, []).append(value)
        before = label
    return tuple(map(tuple, found.values()))
