"""What a draw is committed to besides its list, and the document that says it: readable, and made again by whoever verifies."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import msgspec

from openqi.formats.draw_plan import StatedSource, part, stated_source
from openqi.kernel.errors import DomainError, FormatError
from openqi.kernel.instant import parse_instant
from openqi.science.draws.commitment import LABEL, CommittedFrame, commitment_to, exclusion_bytes
from openqi.science.draws.drawing import Planned
from openqi.science.draws.frame import counted
from openqi.science.draws.plan import Plan, StratumRule, plan_bytes
from openqi.science.draws.seed import NamedSource, source_bytes

LIST, EXCLUSIONS = "list.tsv", "exclusions.tsv"
FORMAT: Final = "openqi draw commitment 1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """All that decides besides the list.

    Args:
        plan: the rules.
        sources: of randomness, in the order in which they are mixed.
        version: of the program.
        key: public key of unannounced visits, empty where they are announced.
        committed_at: as whoever commits states it.
    """

    plan: Plan
    sources: tuple[StatedSource, ...]
    version: str
    key: bytes
    committed_at: str

    @property
    def named(self) -> tuple[NamedSource, ...]:
        """The sources as the seed is made of them."""
        return tuple(NamedSource(source=one.source, event=one.event) for one in self.sources)


class _StatedRule(msgspec.Struct):
    """How a stratum is drawn, as `commitment.json` has it."""

    stratum: str
    design: str
    size: int | None = None
    ratio: str | None = None
    floors: dict[str, str] = {}
    caps: dict[str, str] = {}


class _StatedSource(msgspec.Struct):
    source: str
    event: str
    notBefore: str  # noqa: N815 -- as the file has it


class _Stated(msgspec.Struct):
    """The members of `commitment.json` that are no results."""

    purpose: str
    version: str
    committedAt: str  # noqa: N815
    strata: list[_StatedRule]
    sources: list[_StatedSource]
    key: str | None


def commitment_document(terms: Terms, under: CommittedFrame, strata: Sequence[Planned]) -> dict[str, Any]:
    """Return what `commitment.json` says: everything that decides, readable, with the hash and what it is made of."""
    frame, rules = under.frame, plan_bytes(terms.plan)
    reasons = Counter(one.reason for one in frame.exclusions)
    sources, excluded = source_bytes(terms.named), exclusion_bytes(frame.exclusions)
    return {
        "format": FORMAT, "committedAt": terms.committed_at, "purpose": terms.plan.purpose, "version": terms.version,
        "list": {
            "file": LIST, "objects": len(frame), "root": under.root.hex(),
            "strata": _counted(frame.strata, frame.stratum), "classes": _counted(frame.classes, frame.risk_class),
        },
        "excluded": {
            "file": EXCLUSIONS, "objects": len(frame.exclusions),
            "reasons": [{"label": reason, "objects": count} for reason, count in sorted(reasons.items())],
        },
        "strata": [_rule(one) for one in strata],
        "sources": [{"source": one.source, "event": one.event, "notBefore": one.not_before} for one in terms.sources],
        "key": terms.key.hex() or None,
        "ingredients": {
            "label": LABEL.decode(), "root": under.root.hex(), "objects": len(frame), "plan": rules.decode(),
            "exclusionsSha256": sha256(excluded).hexdigest(), "exclusionsBytes": len(excluded), "sources": sources.hex(),
            "key": terms.key.hex(), "version": terms.version,
        },
        "commitment": commitment_to(under, terms.plan, terms.named, version=terms.version, key=terms.key).hex(),
    }  # fmt: skip


def _counted(labels: Sequence[str], codes: Any) -> list[dict[str, Any]]:
    return [{"label": label, "objects": objects} for label, objects in counted(labels, codes)]


def _rule(one: Planned) -> dict[str, Any]:
    rule = one.rule
    found: dict[str, Any] = {"stratum": rule.stratum, "design": rule.design}
    found |= {} if rule.size is None else {"size": rule.size}
    found |= {} if rule.ratio is None else {"ratio": str(rule.ratio)}
    bounds = {"floors": rule.floors, "caps": rule.caps}
    found |= {what: {name: str(bound) for name, bound in sorted(some)} for what, some in bounds.items() if some}
    return found | {"objects": len(one.targets), "expected": str(one.targets.expected)}


def terms_of(data: Mapping[str, Any], where: Path) -> Terms:
    """Return what a commitment says besides the list.

    Raises:
        FormatError: a member is missing or no such value.
    """
    try:
        found = msgspec.convert(data, _Stated)
        parse_instant(found.committedAt)
        return Terms(
            plan=Plan(purpose=found.purpose, rules=tuple(map(_rule_of, found.strata))),
            sources=tuple(stated_source(one.source, one.event, one.notBefore) for one in found.sources),
            version=found.version,
            key=bytes.fromhex(found.key or ""),
            committed_at=found.committedAt,
        )
    except (msgspec.ValidationError, ValueError, FormatError) as error:
        raise FormatError(f"{where}: a member is missing or no such value: {error}") from error


def _rule_of(one: _StatedRule) -> StratumRule:
    return StratumRule(
        stratum=one.stratum,
        design=one.design,
        size=one.size,
        ratio=None if one.ratio is None else part_of(one.ratio),
        floors=tuple((name, part_of(bound)) for name, bound in one.floors.items()),
        caps=tuple((name, part_of(bound)) for name, bound in one.caps.items()),
    )


def part_of(text: str) -> Fraction:
    """Return a part as a document has it: a fraction of whole numbers, or 0 or 1."""
    return part(text if "/" in text else f"{text}/1")


def checked_text(text: str, what: str) -> str:
    """Return a text of one line that is not empty.

    Raises:
        DomainError: it is empty or has more lines.
    """
    if not text.strip() or "\n" in text:
        raise DomainError(f"{what} is one line of text")
    return text
