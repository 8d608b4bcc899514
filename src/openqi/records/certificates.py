"""What the examination of a digital certificate came to, as somebody's word that anybody can check on the same bytes."""

from typing import Annotated, ClassVar, Literal

import msgspec

from openqi.records import Body, Content, Index, Instant, RecordId, Reference, Text, Uri

Answer = Literal["passed", "failed", "not checked"]
SignatureState = Literal[
    "valid", "valid-then-expired-now", "changed", "broken", "revoked", "unknown-issuer", "not-signed", "not-checked"
]  # fmt: skip
LinkState = Literal["matches", "wrong-hash", "missing", "expired", "paper", "si", "unknown-procedure"]
Outcome = Literal["pass", "fail", "conditionalPass", "conditionalFail", "noPass", "noFail"]
MOST = 50
"""Findings, links and verdicts that a record tells one by one; how many there are in all it always says."""


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A part of an examination."""


class FindingStated(_Part, frozen=True, kw_only=True):
    """Something that is wrong with the file: the rule, the clause that it rests on, the line."""

    rule: Text
    clause: Text
    line: Index
    text: Text


class LinkExamined(_Part, frozen=True, kw_only=True):
    """A certificate that is named by its hash, and what the hash came to; `depth` is 1 for what the file itself names."""

    identifier: Text
    state: LinkState
    depth: Annotated[int, msgspec.Meta(ge=1, le=100)]


class VerdictsExamined(_Part, frozen=True, kw_only=True):
    """The verdicts that the certificate states, decided again: how many came out as stated, otherwise, or could not be decided."""

    stated: Index
    agreeing: Index
    differing: Index
    undecided: Index
    without_rule: Index

    def __post_init__(self) -> None:
        if self.agreeing + self.differing + self.undecided != self.stated or self.without_rule > self.stated:
            raise ValueError("the verdicts that agree, differ and are undecided are all that are stated")


class CertificateExamined(Body, frozen=True, kw_only=True):
    """A digital certificate was examined: its signature, structure, content, verdicts, and the chain by hash.

    It is stated, not decided: no pillar reads XML. `document` are the bytes that were examined, `roots` the certificates (DER) of
    issuers that were believed, `stamp_roots` those of time-stamps. What was not checked is said to be not checked. Of findings and
    links at most 50 are told, `finding_count` and `link_count` say how many there are. Without a time-stamp of an issuer that was
    believed, `signed_at` is only claimed.
    """

    KIND: ClassVar[str] = "metrology.certificate-examined/1"
    ROLE: ClassVar[str | None] = "testing-laboratory"

    certificate: Uri
    number: Text
    document: Content
    judged_at: Instant
    signature: SignatureState
    structure: Answer
    schema: Answer
    content: Answer
    verdicts: VerdictsExamined
    finding_count: Index
    link_count: Index
    signer: Text | None = None
    signed_at: Instant | None = None
    time_source: Literal["timestamp", "claimed"] | None = None
    revocation: Literal["good", "revoked", "not checked"] = "not checked"
    roots: tuple[Content, ...] = ()
    stamp_roots: tuple[Content, ...] = ()
    findings: tuple[FindingStated, ...] = ()
    links: tuple[LinkExamined, ...] = ()
    record: RecordId | None = None

    def __post_init__(self) -> None:
        if len(self.findings) != min(self.finding_count, MOST) or len(self.links) != min(self.link_count, MOST):
            raise ValueError(f"the first {MOST} findings and links are told, and all of them where there are fewer")
        if self.signature.startswith("valid") and not self.roots:
            raise ValueError("a signature is valid only under a root that was believed; name it in `roots`")
        if self.time_source == "timestamp" and not self.stamp_roots:
            raise ValueError("a time-stamp counts only under a root that was believed for it; name it in `stampRoots`")

    def subjects(self) -> tuple[str, ...]:
        return (self.certificate,)

    def references(self) -> tuple[Reference, ...]:
        return () if self.record is None else (Reference("certificate examined", self.record),)
