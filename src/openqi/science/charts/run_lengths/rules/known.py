"""Sets of rules that people know by a name, as data; how often each signals is what this folder computes."""

from collections.abc import Mapping
from math import inf
from types import MappingProxyType
from typing import Final

from openqi.science.charts.run_lengths.rules.rule import Rule, SequenceRule, ValueRule, ZoneRule

_BEYOND_3: Final = ZoneRule(least=1, of=1, above=3.0, name="1")
_NELSON: Final[tuple[Rule, ...]] = (
    _BEYOND_3,
    ZoneRule(least=9, of=9, above=0.0, name="2"),
    ValueRule(pattern="trend", points=6, name="3"),
    ValueRule(pattern="alternation", points=14, name="4"),
    ZoneRule(least=2, of=3, above=2.0, name="5"),
    ZoneRule(least=4, of=5, above=1.0, name="6"),
    ZoneRule(least=15, of=15, above=0.0, below=1.0, side="both", name="7"),
    ZoneRule(least=8, of=8, above=1.0, below=inf, side="both", name="8"),
)

RULE_SETS: Final[Mapping[str, tuple[Rule, ...]]] = MappingProxyType(
    {
        "nelson": _NELSON,
        "nelson-zones": tuple(rule for rule in _NELSON if isinstance(rule, ZoneRule)),
        "western-electric": (
            _BEYOND_3,
            ZoneRule(least=2, of=3, above=2.0, name="2"),
            ZoneRule(least=4, of=5, above=1.0, name="3"),
            ZoneRule(least=8, of=8, above=0.0, name="4"),
        ),
        "westgard": (
            ZoneRule(least=1, of=1, above=3.0, name="1-3s"),
            ZoneRule(least=2, of=2, above=2.0, name="2-2s"),
            SequenceRule(zones=((2.0, inf), (-inf, -2.0)), name="R-4s"),
            ZoneRule(least=4, of=4, above=1.0, name="4-1s"),
            ZoneRule(least=10, of=10, above=0.0, name="10-x"),
        ),
        "shewhart": (_BEYOND_3,),
    }
)
"""Nelson 1984; Western Electric 1956 tests 1 to 4; Westgard 1981, R-4s on two points that follow each other. Source: [NELSON1984],
[WESTERN-ELECTRIC], [WESTGARD1981]."""
