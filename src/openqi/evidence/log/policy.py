"""A trust policy: which logs, which witnesses and how many of them, and which genesis record, somebody believes.

The text is C2SP tlog-policy with one more keyword: `genesis <origin> <id of the log's first record>`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from openqi.evidence.canonical import hex_bytes
from openqi.evidence.log.note import Checkpoint, Note, NoteKey, note_key, parse_checkpoint, verified_signature
from openqi.kernel.errors import FormatError, VerificationError

MAX_POLICY: Final = 100_000
_NAME = re.compile(r"[^\s#]{1,100}")
_RESERVED: Final = frozenset({"all", "any", "none"})


@dataclass(frozen=True, kw_only=True)
class Group:
    """At least `threshold` of `members` (witnesses or groups) must have cosigned."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What somebody believes; see `parse_policy`. `quorum` is a name among witnesses and groups, or `none`."""

    logs: tuple[NoteKey, ...]
    genesis: Mapping[str, str]
    witnesses: Mapping[str, NoteKey]
    groups: Mapping[str, Group]
    quorum: str


def parse_policy(data: bytes) -> Policy:
    """Return the policy that `data` writes.

    Raises:
        FormatError: a line that is not understood, a name used twice or before it is defined, no quorum; says which line.

    Source: [C2SP] tlog-policy.
    """
    if len(data) > MAX_POLICY:
        raise FormatError(f"a policy of {len(data)} bytes; at most {MAX_POLICY} are accepted")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(f"policy is not UTF-8 at byte {error.start}") from error
    parts = _Parts()
    for number, line in enumerate(text.split("\n"), start=1):
        words = [word for word in re.split(r"[ \t]+", line.partition("#")[0]) if word]
        if words:
            try:
                parts.take(words)
            except FormatError as error:
                raise FormatError(f"policy line {number}: {error}") from error
    if parts.quorum is None:
        raise FormatError("policy: it must have one quorum line, for example `quorum none`")
    witnesses, groups, quorum = parts.witnesses, parts.groups, parts.quorum
    return Policy(logs=tuple(parts.logs), genesis=parts.genesis, witnesses=witnesses, groups=groups, quorum=quorum)


class _Parts:
    """The policy while its lines are read."""

    def __init__(self) -> None:
        self.logs: list[NoteKey] = []
        self.genesis: dict[str, str] = {}
        self.witnesses: dict[str, NoteKey] = {}
        self.groups: dict[str, Group] = {}
        self.urls: dict[str, str] = {}
        self.quorum: str | None = None

    def take(self, words: list[str]) -> None:
        match words:
            case ["log", vkey, *rest] if len(rest) <= 1:
                key = note_key(vkey)
                if any(key.public == log.public for log in self.logs):
                    raise FormatError(f"the key of log {key.name} stands here already")
                self.logs.append(key)
            case ["genesis", origin, record_id]:
                if origin in self.genesis:
                    raise FormatError(f"a second genesis for {origin!r}")
                self.genesis[origin] = hex_bytes(record_id, 32).hex()
            case ["witness", name, vkey, *rest] if len(rest) <= 1:
                self._define(name)
                key = note_key(vkey).as_witness()
                if rest and self.urls.setdefault(rest[0], key.name) != key.name:
                    raise FormatError(f"{rest[0]} has multiple witness signer names assigned")
                self.witnesses[name] = key
            case ["group", name, threshold, *members] if members:
                self._define(name)
                self.groups[name] = Group(threshold=self._threshold(threshold, members), members=tuple(members))
            case ["quorum", name]:
                if self.quorum is not None:
                    raise FormatError("a second quorum line")
                if name != "none":
                    self._known(name)
                self.quorum = name
            case _:
                raise FormatError(f"{' '.join(words)[:80]!r} is not understood; write log, genesis, witness, group or quorum")

    def _define(self, name: str) -> None:
        if name in _RESERVED or name.isdigit() or not _NAME.fullmatch(name):
            raise FormatError(f"invalid witness name or group name {name[:80]!r}")
        if name in self.witnesses or name in self.groups:
            raise FormatError(f"duplicate component name {name!r}")

    def _known(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise FormatError(f"{name[:80]!r} is not defined above")

    def _threshold(self, text: str, members: list[str]) -> int:
        for member in members:
            self._known(member)
        if len(set(members)) != len(members):
            raise FormatError("a member stands twice in the group")
        if text in ("all", "any"):
            return len(members) if text == "all" else 1
        if not re.fullmatch(r"[1-9][0-9]{0,3}", text) or int(text) > len(members):
            raise FormatError(f"threshold {text[:20]!r}: write all, any or a number from 1 to {len(members)}")
        return int(text)


@dataclass(frozen=True, kw_only=True)
class Trusted:
    """A checkpoint that the policy accepts, and which witnesses saw it when (POSIX seconds)."""

    checkpoint: Checkpoint
    log: NoteKey
    cosigned: Mapping[str, int]


def trusted(note: Note, policy: Policy) -> Trusted:
    """Return the checkpoint of a note that the policy accepts.

    Raises:
        FormatError: the note's text is no checkpoint.
        VerificationError: no listed log signed it under its own origin, a known signature does not hold, or the quorum is not met.
    """
    checkpoint = parse_checkpoint(note)
    signers = [log for log in policy.logs if log.name == checkpoint.origin and verified_signature(note, log) is not None]
    if not signers:
        raise VerificationError(
            "checkpoint", f"no log that the policy lists has signed this checkpoint of {checkpoint.origin[:120]!r}"
        )
    times = {name: verified_signature(note, key) for name, key in policy.witnesses.items()}
    seen = {name: time for name, time in times.items() if time is not None}
    if policy.quorum != "none" and not _met(policy.quorum, policy, seen):
        raise VerificationError("quorum", f"cosigned by {', '.join(seen) or 'nobody'}; the policy asks for {policy.quorum}")
    return Trusted(checkpoint=checkpoint, log=signers[0], cosigned=seen)


def _met(name: str, policy: Policy, seen: Mapping[str, int]) -> bool:
    met: dict[str, bool] = {}
    counted: set[bytes] = set()
    for witness, key in policy.witnesses.items():  # one key under two names is one witness: only its first name counts
        met[witness] = witness in seen and key.public not in counted
        counted.add(key.public)
    for group, rule in policy.groups.items():  # in order of definition, so members are settled before their group
        met[group] = sum(met[member] for member in rule.members) >= rule.threshold
    return met[name]
