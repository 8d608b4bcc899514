"""Figures out of which nobody is found: what is small is not shown, nor what would give a small count by subtraction.

Counts that lie within each other (received, decided, accepted, closed) are a chain: a link is shown only where it differs from the
one before that is shown by nothing or by enough. Parts of a link are shown only where both they and the rest are nothing or enough.
In a split of a link by a code the small ones stand together with as many of the next as make two codes and enough.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from openqi.records.complaint_counts import CountStated

OTHERS = "others"


@dataclass(kw_only=True)
class Figures:
    """What is shown so far.

    Args:
        least: the smallest count that is shown, and the smallest difference.
        name, count: the first link of the chain, at least `least`.
    """

    least: int
    name: str
    count: int
    _links: dict[str, int] = field(default_factory=dict)
    _shown: list[CountStated] = field(default_factory=list)
    _withheld: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._links[self.name] = self.count

    @property
    def shown(self) -> tuple[CountStated, ...]:
        """The figures, in the order in which they were given."""
        return tuple(self._shown)

    @property
    def withheld(self) -> tuple[str, ...]:
        """Names of what is not shown."""
        return tuple(self._withheld)

    def found(self, name: str) -> CountStated | None:
        """Return the first figure of a name that is shown."""
        return next((one for one in self._shown if one.name == name), None)

    def level(self, name: str, count: int) -> None:
        """Show how many of the link before went on to the next, where that is safe; a link that is not shown has no parts."""
        of, total = list(self._links.items())[-1]
        if self._enough(count) and self._enough(total - count):
            self._show(name, count, of, total)
            self._links[name] = count
        else:
            self._withheld.append(name)

    def part(self, name: str, count: int, *, of: str) -> None:
        """Show a part of a link, where neither it nor the rest is small."""
        total = self._links.get(of)
        if total is not None and self._enough(count) and self._enough(total - count):
            self._show(name, count, of, total)
        else:
            self._withheld.append(name)

    def split(self, name: str, counts: Mapping[str, int], *, of: str) -> None:
        """Show a split of a link by a code; small ones stand together as others.

        Args:
            name: of the split.
            counts: code → how many; together they are the link.
            of: the link.
        """
        total = self._links.get(of)
        if total is None:
            self._withheld.append(name)
            return
        rising = sorted((count, code) for code, count in counts.items() if count)
        merged = [count for count, _ in rising if count < self.least]
        if merged:
            while (
                len(merged) < len(rising) and sum(merged) < self.least
            ):  # one that is small never suffices, so that two stand there
                merged.append(rising[len(merged)][0])
        alone = rising[len(merged) :]
        for count, code in sorted(alone, key=lambda one: (-one[0], one[1])):
            self._show(f"{name}/{code}", count, of, total)
        if merged:
            self._show(f"{name}/{OTHERS}", sum(merged), of, total)

    def same(self, name: str, *, of: str) -> None:
        """Show a part that is shown already beside another link that it lies in: the same count, with the other denominator."""
        part, total = self.found(name), self._links.get(of)
        if part is not None and total is not None:
            self._show(name, part.count, of, total)

    def _enough(self, count: int) -> bool:
        return count == 0 or count >= self.least

    def _show(self, name: str, count: int, of: str, total: int) -> None:
        self._shown.append(CountStated(name=name, count=count, of=of, total=total))
