"""What a rule asks of the points of a chart, and what a rule set is: data, not program."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from openqi.kernel.catalogue import load
from openqi.kernel.errors import DomainError

LONGEST = 32
"""A pattern spans at most so many points."""
ASKS = ("same-side", "above", "below", "outside", "within", "trend", "rising", "falling", "alternation", "opposite")
"""What a rule can ask; the docs have a line on each."""
STEPS = ("trend", "rising", "falling", "alternation")
"""Those that compare points with each other and not with lines."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule: at least `points` of `among` successive points, the last of them included, are as asked.

    Args:
        number: as its set counts it; findings keep it.
        asks: `same-side`: beyond the lines, all on one side; `above`, `below`: on that side; `outside`: on either;
            `within`: not beyond; `trend`: each above (or each below) the one before; `rising`, `falling`: only that;
            `alternation`: up and down in turn; `opposite`: beyond one line, and the point before beyond the other.
        sigma: distance of the lines from the centre, in sigma, >= 0; of rules that ask for steps 0.
        points: how many must be as asked, 1 to 32.
        among: out of how many, `points` where left out; trends and alternations have no gaps.
        warns: whether it only warns: it is flagged like the others, and left out of how often a set alarms.

    Raises:
        DomainError: a field lies outside, or they do not go together.
    """

    number: int
    asks: str
    sigma: float = 0.0
    points: int = 1
    among: int = 0
    warns: bool = False

    def __post_init__(self) -> None:
        if self.among == 0:
            object.__setattr__(self, "among", self.points)
        if self.asks not in ASKS:
            raise DomainError(f"rule {self.number} asks {self.asks!r}; it can ask {', '.join(ASKS)}")
        least = {"trend": 2, "rising": 2, "falling": 2, "alternation": 3, "opposite": 2}.get(self.asks, 1)
        if not least <= self.points <= self.among <= LONGEST:
            raise DomainError(
                f"rule {self.number}: {self.points} of {self.among} points; "
                f"{self.asks} takes {least} <= points <= among <= {LONGEST}"
            )
        if (self.asks in STEPS and self.points != self.among) or (self.asks == "opposite" and self.among != 2):
            raise DomainError(f"rule {self.number}: {self.asks} of {self.points} among {self.among}; it has no gaps")
        if not (isfinite(self.sigma) and self.sigma >= 0.0) or (self.asks in STEPS and self.sigma != 0.0):
            raise DomainError(f"rule {self.number}: lines at {self.sigma} sigma; finite, >= 0, and 0 where steps are compared")

    @property
    def is_limit(self) -> bool:
        """Whether one point alone breaks it."""
        return self.among == 1


@dataclass(frozen=True, kw_only=True)
class RuleSet:
    """Rules that are watched together; each keeps its own bit, in the order of the set.

    Args:
        name: of the set.
        rules: 1 to 32 of them, each with a number of its own.
        source: where the set was published, or whose it is.

    Raises:
        DomainError: there are none or too many, or two with one number.
    """

    name: str
    rules: tuple[Rule, ...]
    source: str

    def __post_init__(self) -> None:
        numbers = [rule.number for rule in self.rules]
        if not 1 <= len(numbers) <= 32 or len(set(numbers)) != len(numbers):
            raise DomainError(f"rule set {self.name!r} has the numbers {numbers}; 1 to 32 rules, each with its own number")

    def only(self, *numbers: int) -> "RuleSet":
        """Return the set of some of the rules, under the same numbers.

        Raises:
            DomainError: a number is not in the set.
        """
        known = {rule.number for rule in self.rules}
        if absent := set(numbers) - known:
            raise DomainError(f"rule set {self.name!r} has no rule {sorted(absent)}; it has {sorted(known)}")
        kept = tuple(rule for rule in self.rules if rule.number in numbers)
        name = f"{self.name} {'+'.join(str(rule.number) for rule in kept)}"
        return self if len(kept) == len(self.rules) else RuleSet(name=name, rules=kept, source=self.source)

    def numbers_of(self, bits: int) -> tuple[int, ...]:
        """Return the numbers of the rules whose bits are set."""
        return tuple(rule.number for place, rule in enumerate(self.rules) if bits >> place & 1)


def rule_sets() -> Mapping[str, RuleSet]:
    """Return the published sets by name."""
    return load("openqi.science.charts.rules.kinds", RuleSet)


def rule_set(named: "str | RuleSet | Mapping[str, object]") -> RuleSet:
    """Return a rule set: a published one by its name, one's own from a mapping, or the set itself.

    Args:
        named: `nelson` is a set, `nelson 1+2+5` some of its rules, as `only` names them. A mapping has `name`, `rules` (a list of
            mappings with the fields of `Rule`) and perhaps `source`.

    Raises:
        DomainError: the name or a number is not known, or the mapping is not a rule set; says which field.
    """
    if isinstance(named, RuleSet):
        return named
    if isinstance(named, str):
        return _published(named)
    given = dict(named)
    rules, name, source = given.pop("rules", None), given.pop("name", "own"), given.pop("source", "own")
    if (
        given
        or not isinstance(rules, Sequence)
        or isinstance(rules, str)
        or not isinstance(name, str)
        or not isinstance(source, str)
    ):
        raise DomainError(f"a rule set has name, source (texts) and rules (a list); also given: {sorted(map(str, given))}")
    return RuleSet(name=name, rules=tuple(_rule(place, rule) for place, rule in enumerate(rules, 1)), source=source)


def _published(named: str) -> RuleSet:
    """A published set, or some of its rules."""
    name, _, numbers = named.strip().partition(" ")
    if name not in (known := rule_sets()):
        raise DomainError(f"no rule set is called {named!r}; there are {', '.join(known)}, or give your own")
    parts = [part.strip() for part in numbers.split("+")] if numbers else []
    if not all(part.isdecimal() for part in parts):
        raise DomainError(f"rule set {named!r}: write the numbers of its rules as {name} 1+2")
    return known[name].only(*map(int, parts)) if parts else known[name]


def _rule(place: int, given: object) -> Rule:
    """A rule from a mapping."""
    types: dict[str, tuple[type, ...]] = {
        "number": (int,),
        "asks": (str,),
        "sigma": (int, float),
        "points": (int,),
        "among": (int,),
        "warns": (bool,),
    }
    if not isinstance(given, Mapping):
        raise DomainError(f"rule {place} is {given!r}; a mapping with {', '.join(types)}")
    for field, value in given.items():
        if field not in types or not isinstance(value, types[field]) or isinstance(value, bool) != (field == "warns"):
            raise DomainError(
                f"rule {place}: {field} = {value!r}; fields are number, points, among, asks (text), sigma, warns (yes, no)"
            )
    if "number" not in given or "asks" not in given:
        raise DomainError(f"rule {place} lacks number or asks")
    return Rule(**{**given, "sigma": float(given.get("sigma", 0.0))})
