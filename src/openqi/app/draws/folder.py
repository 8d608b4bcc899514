"""What lies in the folder of a draw: the list, who was left out, the commitment, the result; each written whole or not at all."""

import json
import os
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import msgspec

from openqi.app.files import read_file, sync_folder
from openqi.formats.draw_plan import StatedSource, part, stated_source
from openqi.kernel.errors import DomainError, FormatError, NotFoundError, OpenQIError, RefusedError, VerificationError
from openqi.kernel.instant import parse_instant
from openqi.science.draws.commitment import LABEL, CommittedFrame, commitment_to, committed, exclusion_bytes
from openqi.science.draws.drawing import Planned, planned
from openqi.science.draws.frame import Frame
from openqi.science.draws.listing import frame_of_listing
from openqi.science.draws.plan import Plan, StratumRule, plan_bytes
from openqi.science.draws.seed import NamedSource, source_bytes

LIST, EXCLUSIONS, COMMITMENT = "list.tsv", "exclusions.tsv", "commitment.json"
DRAW, DRAWN, PROOFS, ASSIGNMENT, TEAMS = "draw.json", "drawn.csv", "proofs.jsonl", "assignment.json", "teams.csv"
HIDDEN: Final = "hidden"
FORMAT: Final = "openqi draw commitment 1"
MAX_LIST: Final = 2 * 2**30
MAX_JSON: Final = 64 * 2**20


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


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Loaded:
    """A folder that holds what its commitment says."""

    folder: Path
    terms: Terms
    under: CommittedFrame
    strata: tuple[Planned, ...]
    commitment: bytes

    @property
    def frame(self) -> Frame:
        """The list."""
        return self.under.frame


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
    counts = Counter(codes.tolist()) if len(labels) > 1 else {0: len(codes)}
    return [{"label": label, "objects": counts[place]} for place, label in enumerate(labels)]


def _rule(one: Planned) -> dict[str, Any]:
    rule = one.rule
    found: dict[str, Any] = {"stratum": rule.stratum, "design": rule.design}
    found |= {} if rule.size is None else {"size": rule.size}
    found |= {} if rule.ratio is None else {"ratio": str(rule.ratio)}
    bounds = {"floors": rule.floors, "caps": rule.caps}
    found |= {what: {name: str(bound) for name, bound in sorted(some)} for what, some in bounds.items() if some}
    return found | {"objects": len(one.targets), "expected": str(one.targets.expected)}


def written(data: Mapping[str, Any]) -> bytes:
    """Return a document of a folder as bytes, the same for the same data."""
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def document(path: Path, form: str) -> dict[str, Any]:
    """Return a document of a folder.

    Raises:
        NotFoundError: it is not there.
        FormatError: it is no JSON, or of another format.
    """
    data = read_file(path, MAX_JSON)
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{path}: no JSON: {str(error)[:200]}") from error
    if not isinstance(found, dict) or found.get("format") != form:
        raise FormatError(f"{path}: not {form!r}")
    return found


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


def list_of(folder: Path) -> Frame:
    """Return the list in a folder.

    Raises:
        FormatError, RefusedError, DomainError: it is no list; names the line.
    """
    return frame_of_listing(read_file(folder / LIST, MAX_LIST), read_file(folder / EXCLUSIONS, MAX_LIST))


def loaded(folder: Path) -> Loaded:
    """Return a folder whose list and terms are those of its commitment; all hashes are made again.

    Raises:
        NotFoundError: no folder of a draw.
        VerificationError: `list` or `commitment` differs from what was committed to.
    """
    data = commitment_of_folder(folder)
    terms = terms_of(data, folder / COMMITMENT)
    under = checked_list(folder, data)
    strata = planned(under.frame, terms.plan)
    checked_commitment(data, terms, under, strata)
    return Loaded(folder=folder, terms=terms, under=under, strata=strata, commitment=bytes.fromhex(data["commitment"]))


def commitment_of_folder(folder: Path) -> dict[str, Any]:
    """Return `commitment.json` of a folder."""
    if not (folder / COMMITMENT).is_file():
        raise NotFoundError(f"{folder} is no folder of a draw: it has no {COMMITMENT}; make one with `openqi draw commit`")
    return document(folder / COMMITMENT, FORMAT)


def checked_list(folder: Path, data: Mapping[str, Any]) -> CommittedFrame:
    """Return the list under its root, which is the one in the commitment.

    Raises:
        VerificationError: it is another list.
    """
    try:
        under = committed(list_of(folder))
        stated = data["list"]["objects"], data["list"]["root"]
    except (OpenQIError, KeyError, TypeError) as error:
        raise VerificationError("list", f"{LIST} or {EXCLUSIONS} is not what was committed to: {error}") from error
    if len(under.frame) != stated[0]:
        raise VerificationError("list", f"{LIST} has {len(under.frame)} objects, and {stated[0]} were committed to")
    if under.root.hex() != stated[1]:
        raise VerificationError("list", f"{LIST} was edited: its root is {under.root.hex()}, and {stated[1]} was committed to")
    return under


def checked_commitment(data: Mapping[str, Any], terms: Terms, under: CommittedFrame, strata: Sequence[Planned]) -> None:
    """Raise unless a commitment says what follows from its list and terms, member by member.

    Raises:
        VerificationError: names the first member that differs.
    """
    found = commitment_document(terms, under, strata)
    if (differs := first_difference(data, found)) is not None:
        member, stated, computed = differs
        raise VerificationError("commitment", f"{COMMITMENT}: {member} is {stated}, and {computed} follows from list and rules")


def first_difference(stated: Any, computed: Any, where: str = "") -> tuple[str, str, str] | None:
    """Return the first place at which two documents differ, with what stands there; the hash that sums up comes last."""
    if isinstance(stated, dict) and isinstance(computed, dict):
        for name in [*computed, *(one for one in stated if one not in computed)]:
            place = f"{where}.{name}" if where else name
            if name not in stated or name not in computed:
                return place, _short(stated.get(name)), _short(computed.get(name))
            if (found := first_difference(stated[name], computed[name], place)) is not None:
                return found
        return None
    if isinstance(stated, list) and isinstance(computed, list) and len(stated) == len(computed):
        for number, (one, other) in enumerate(zip(stated, computed, strict=True)):
            if (found := first_difference(one, other, f"{where}[{number + 1}]")) is not None:
                return found
        return None
    return None if type(stated) is type(computed) and stated == computed else (where, _short(stated), _short(computed))


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 100 else f"{text[:97]}…"


class NewFolder:
    """A folder that is seen whole or not at all: written beside its place and renamed when it is ready."""

    def __init__(self, target: Path, *, secret: bool = False) -> None:
        self.target = target
        self.aside = target.with_name(f".{target.name}.{os.getpid()}.new")
        self.mode = 0o700 if secret else 0o777

    def __enter__(self) -> Path:
        if self.target.exists():
            raise RefusedError("folder-exists", f"{self.target} exists and is not overwritten; choose another name")
        try:
            self.aside.mkdir(mode=self.mode)
        except FileNotFoundError as error:
            raise NotFoundError(f"there is no folder {self.target.parent}; make it first") from error
        return self.aside

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                sync_folder(self.aside)
                if self.target.exists():
                    raise RefusedError("folder-exists", f"{self.target} exists and is not overwritten; choose another name")
                self.aside.rename(self.target)
                sync_folder(self.target.parent)
        finally:
            shutil.rmtree(self.aside, ignore_errors=True)


def checked_text(text: str, what: str) -> str:
    """Return a text of one line that is not empty.

    Raises:
        DomainError: it is empty or has more lines.
    """
    if not text.strip() or "\n" in text:
        raise DomainError(f"{what} is one line of text")
    return text
