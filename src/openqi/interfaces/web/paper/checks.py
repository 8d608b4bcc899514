"""What the checks of a certificate came to, as parts of its document: signature, structure, verdicts, and the chain by hash."""

from collections.abc import Iterator
from typing import Final

from openqi.app.certificates.sheet import CertificateSheet
from openqi.formats.dcc.verdicts import VerdictCheck
from openqi.interfaces.web.paper.blocks import Block, Cell, Facts, Grid, Head, Note, Tone
from openqi.interfaces.web.sentences import said_in
from openqi.interfaces.web.show import instant
from openqi.interfaces.web.words import phrase, term

_TONES: Final[dict[str, Tone]] = {
    "valid": "good", "valid-then-expired-now": "good", "changed": "bad", "broken": "bad", "revoked": "bad",
    "unknown-issuer": "warn", "not-signed": "none", "not-checked": "warn",
}  # fmt: skip
_MOST: Final = 60
"""Findings that are told; that there are more is said."""


def signature_note(sheet: CertificateSheet, language: str) -> Note:
    """Return what the signature came to; it stands first, for nothing else counts where it does not hold."""
    signature = sheet.signature
    state = "unknown-issuer-no-roots" if signature.state == "unknown-issuer" and not sheet.roots else signature.state
    failed = tuple(why for _, outcome, why in signature.steps if outcome == "failed" and signature.state in ("changed", "broken"))
    return Note(
        heading="",
        tone=_TONES[signature.state],
        text=term("cert-sign", state, language),
        detail=tuple(said_in(why, language) for why in failed),
    )


def check_blocks(sheet: CertificateSheet, language: str) -> Iterator[Block]:
    """Yield what the other checks came to, and who signed."""
    signature, examination = sheet.signature, sheet.examination
    rows: list[tuple[str, tuple[str, ...]]] = []
    if signature.signer:
        when = "–"
        if signature.signed_at and signature.time_source:
            when = f"{instant(signature.signed_at)} ({term('cert-time', signature.time_source, language)})"
        rows += [
            (phrase("cert-signer", language), (signature.signer,)),
            (phrase("cert-signed-at", language), (when,)),
            (phrase("cert-revocation", language), (term("cert-revoked", signature.revocation, language),)),
        ]
    for name, answer in (
        ("cert-structure", examination.structure),
        ("cert-xsd", examination.xsd),
        ("cert-content", examination.content),
    ):
        rows.append((phrase(name, language), (term("cert-answer", answer, language),)))
    yield Facts(heading=phrase("cert-checks", language), rows=tuple(rows))
    if examination.findings:
        yield _findings(sheet, language)


def _findings(sheet: CertificateSheet, language: str) -> Grid:
    found = sheet.examination.findings
    head = tuple(Head(text=term("cert-finding", name, language), number=name == "line") for name in ("line", "rule", "text"))
    rows = tuple(
        (
            Cell(text=str(one.line)),
            Cell(text=f"{term('dcc-rule', one.rule, language)} ({one.clause})"),
            Cell(text=said_in(one.text, language)),
        )
        for one in found[:_MOST]
    )
    more = (phrase("cert-findings-more", language, count=len(found) - _MOST),) if len(found) > _MOST else ()
    return Grid(heading="", caption=phrase("cert-findings", language, count=len(found)), head=head, rows=rows, notes=more)


def verdict_block(verdicts: tuple[VerdictCheck, ...], language: str) -> Grid:
    """Return the verdicts that are stated, each beside what comes out when it is decided again."""
    head = (
        Head(text=phrase("cert-verdict-on", language)), Head(text=phrase("cert-verdict-stated", language)),
        Head(text=phrase("cert-verdict-again", language)), Head(text=phrase("cert-verdict-guard", language), number=True),
        Head(text=phrase("cert-verdict-rule", language)),
    )  # fmt: skip
    rows = tuple(
        (
            Cell(text=one.place), Cell(text=term("outcome", one.stated, language)),
            Cell(text=_again(one, language), strong=one.outcome is not None and one.outcome != one.stated),
            Cell(text="–" if one.guard_in_U is None else f"{one.guard_in_U} U"),
            Cell(text=one.rule or phrase("cert-no-rule", language)),
        )
        for one in verdicts
    )  # fmt: skip
    notes = (phrase("cert-verdict-note", language),)
    return Grid(heading=phrase("cert-verdicts", language), caption="", head=head, rows=rows, notes=notes)


def _again(check: VerdictCheck, language: str) -> str:
    if check.outcome is None:
        return f"{phrase('cert-verdict-not', language)}{phrase('separator', language)}{said_in(check.why, language)}"
    shown = term("outcome", check.outcome, language)
    return shown if check.outcome == check.stated else f"{shown} {phrase('cert-verdict-differs', language)}"


def traceability(sheet: CertificateSheet, language: str) -> Iterator[Block]:
    """Yield the certificates that this one rests on, each with the state of its hash."""
    heading = phrase("cert-traceability", language)
    if sheet.unfollowed:
        yield Note(
            heading=heading, tone="bad", text=phrase("cert-unfollowed", language), detail=(said_in(sheet.unfollowed, language),)
        )
        return
    if not sheet.links:
        yield Note(heading=heading, tone="warn", text=phrase("cert-no-links", language))
        return
    head = tuple(Head(text=phrase(name, language)) for name in ("cert-link-names", "cert-link-state", "cert-link-why"))
    rows = tuple(
        (
            Cell(text="  " * (link.depth - 1) + ("└ " if link.depth > 1 else "") + link.identifier),
            Cell(text=term("link", link.state, language), strong=link.state in ("wrong-hash", "expired")),
            Cell(text=said_in(link.why, language)),
        )
        for link in sheet.links
    )
    yield Grid(heading=heading, caption="", head=head, rows=rows)
