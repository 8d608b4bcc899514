"""The rules of a draw as data: for every stratum how it is drawn, how many, and between which bounds chances lie."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.designs.design import design
from openqi.science.numbers.sums import plain_sum

LABEL = "openqi draw plan 1"


@dataclass(frozen=True, kw_only=True, slots=True)
class StratumRule:
    """How a stratum is drawn.

    Args:
        stratum: its name on the list.
        design: one of the designs; `order` visits everybody and takes neither size nor ratio.
        size: how many are drawn; for `poisson` on average.
        ratio: instead of it, a part of the stratum, up to 1; what is no whole number is rounded up, but not for `poisson`.
        floors: the least chance of an object of a class, for example (("A", Fraction(1, 50)),).
        caps: the greatest chance of an object of a class.
    """

    stratum: str = ""
    design: str
    size: int | None = None
    ratio: Fraction | None = None
    floors: tuple[tuple[str, Fraction], ...] = ()
    caps: tuple[tuple[str, Fraction], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The rules of a draw.

    Args:
        purpose: what the draw is for, which no other draw from the same seed has.
        rules: one for every stratum.
    """

    purpose: str
    rules: tuple[StratumRule, ...]

    def rule_of(self, stratum: str) -> StratumRule:
        """Return the rule of a stratum.

        Raises:
            RefusedError: the plan says nothing of it, or more than once.
        """
        found = [rule for rule in self.rules if rule.stratum == stratum]
        if len(found) != 1:
            raise RefusedError("strata-have-one-rule", f"the plan has {len(found)} rules for the stratum {stratum!r}; give it one")
        return found[0]


def expected_of(rule: StratumRule, count: int) -> Fraction:
    """Return how many of `count` objects a rule draws.

    Raises:
        DomainError: the rule names both a size and a ratio or neither, or an unknown design, or bounds where all chances are alike.
        RefusedError: nobody, or more than there are, would be drawn.
    """
    kind = design(rule.design)
    _check(rule)
    if (rule.floors or rule.caps) and not kind.sized:
        raise DomainError(f"stratum {rule.stratum!r}: {rule.design} gives everybody the same chance; it has no floors and caps")
    if rule.design == "order":
        if rule.size is not None or rule.ratio is not None:
            raise DomainError(f"stratum {rule.stratum!r}: everybody is visited in a drawn order; leave size and ratio out")
        return Fraction(count)
    if (rule.size is None) == (rule.ratio is None):
        raise DomainError(f"stratum {rule.stratum!r}: give a size or a ratio")
    if rule.ratio is not None and not 0 < rule.ratio <= 1:
        raise RefusedError("ratio-within-all", f"stratum {rule.stratum!r}: {rule.ratio} is no ratio above 0 and up to 100 %")
    found = Fraction(rule.size) if rule.size is not None else Fraction(rule.ratio or 0) * count
    if kind.fixed:
        found = Fraction(-(-found.numerator // found.denominator))
    if not 0 < found <= count:
        raise RefusedError("enough-objects", f"stratum {rule.stratum!r}: {found} of {count} objects cannot be drawn")
    return found


def plan_bytes(plan: Plan) -> bytes:
    """Return the plan as canonical bytes for a commitment: a line a fact, numbers as fractions, rules sorted by stratum.

    Raises:
        DomainError: a text of the plan has more than one line, or a stratum two rules.
    """
    lines = [LABEL, f"purpose {plan.purpose}"]
    for rule in sorted(plan.rules, key=lambda one: one.stratum):
        lines += [f"stratum {rule.stratum}", f"design {rule.design}"]
        lines += [f"size {rule.size}"] if rule.size is not None else []
        lines += [f"ratio {Fraction(rule.ratio)}"] if rule.ratio is not None else []
        lines += [f"floor {Fraction(bound)} {name}" for name, bound in sorted(rule.floors)]
        lines += [f"cap {Fraction(bound)} {name}" for name, bound in sorted(rule.caps)]
    if any("\n" in line for line in lines) or not plan.purpose:
        raise DomainError("the purpose of a plan and its names are one line each, and a purpose is given")
    if len({rule.stratum for rule in plan.rules}) != len(plan.rules):
        raise DomainError("a stratum has two rules; give it one")
    for rule in plan.rules:
        _check(rule)
    return "".join(line + "\n" for line in lines).encode()


def _check(rule: StratumRule) -> None:
    """Refuse two floors or caps of one class, as two plans of the same bytes would draw apart, and numbers that are not exact."""
    for bounds, what in ((rule.floors, "floor"), (rule.caps, "cap")):
        names = [name for name, _ in bounds]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise DomainError(f"stratum {rule.stratum!r}: class {twice[0]!r} has more than one {what}; give it one")
    if rule.size is not None and type(rule.size) is not int:
        raise DomainError(f"stratum {rule.stratum!r}: a size is a whole number, not {rule.size!r}")
    parts: list[object] = [part for part in (rule.ratio, *(bound for _, bound in (*rule.floors, *rule.caps))) if part is not None]
    if rounded := [part for part in parts if not isinstance(part, (int, Fraction))]:
        raise DomainError(
            f"stratum {rule.stratum!r}: {rounded[0]!r} is rounded, and 0.02 of 100 would be three; give a Fraction of 2 and 100"
        )


def allocation(total: int, counts: Mapping[str, int], *, at_least: int = 1) -> dict[str, int]:
    """Return how many are drawn of each stratum, in proportion to its objects, by greatest remainders.

    Who would have fewer than the least number has that, and the others share the rest; of equal remainders the stratum whose name
    comes first wins.

    Args:
        total: to be drawn of all.
        counts: objects (or the sum of their sizes) of each stratum, > 0.
        at_least: of each stratum; two, where variances are to be estimated.

    Raises:
        RefusedError: a stratum is empty, or the total is too small or too large.
    """
    for name, count in counts.items():
        if count < 1:
            raise RefusedError("strata-not-empty", f"stratum {name!r} is empty: leave it out of the plan")
    everything = plain_sum(counts.values())
    if not at_least * len(counts) <= total <= everything:
        raise RefusedError(
            "enough-objects", f"{total} cannot be shared among {len(counts)} strata of {everything} with {at_least} each"
        )
    found: dict[str, int] = {}
    while True:  # who would have too few has the least, and the others share what is left
        rest = [name for name in counts if name not in found]
        left, whole = total - plain_sum(found.values()), plain_sum(counts[name] for name in rest)
        shares = {name: Fraction(counts[name] * left, whole) for name in rest}
        few = {name: min(at_least, counts[name]) for name in rest if shares[name] < min(at_least, counts[name])}
        if not few:
            break
        found |= few
    parts = {name: int(share) for name, share in shares.items()}
    behind = sorted(rest, key=lambda name: (parts[name] - shares[name], name))
    for name in behind[: left - plain_sum(parts.values())]:
        parts[name] += 1
    return {name: found[name] if name in found else parts[name] for name in counts}


def class_rules(
    design_name: str, ratios: Mapping[str, Fraction], *, stratum: str = "{}"
) -> Sequence[StratumRule]:  # fmt: skip
    """Return a rule for every class that is a stratum of its own, for example 2 %, 5 %, 100 %, 100 % of A, B, C, D.

    Args:
        design_name: of all of them.
        ratios: of each class.
        stratum: the name of a stratum, with braces for the class.
    """
    return tuple(StratumRule(stratum=stratum.format(name), design=design_name, ratio=ratio) for name, ratio in ratios.items())
