"""The written proof of a pledge as a document: what it says, what of it holds on the day, every promise, and how to check it."""

from collections.abc import Iterator
from typing import Final

from openqi.app.reading.pledges.proofs import ProofPage
from openqi.app.reading.pledges.signatures import CODES
from openqi.interfaces.web.paper.blocks import Block, Cell, Facts, Grid, Head, Note, Paper, Prose, Tone
from openqi.interfaces.web.show import instant, name_of, short
from openqi.interfaces.web.words import phrase, term
from openqi.records.pledges import Obligation

ATTACHED: Final = "proof.jws"
MEDIA: Final = "application/vc+jwt"
_TONES: Final[dict[str, Tone]] = {"holds": "good", "over": "warn", "pledge-over": "bad", "revoked": "bad", "not-proved": "bad"}


def proof_paper(page: ProofPage, language: str) -> Paper:
    """Return a written proof as a document in a language; the same page gives the same document."""
    return Paper(
        language=language, kicker=phrase("proof-kicker", language), title=name_of(page.signature.firm, language),
        number=page.said.number, blocks=tuple(_blocks(page, language)),
        foot=(
            phrase("proof-foot", language, attached=ATTACHED),
            phrase("proof-foot-log", language, origin=page.origin, size=page.size, index=page.index),
            phrase("proof-foot-id", language, id=page.seen.id),
        ),
        day=page.now[:10],
    )  # fmt: skip


def _blocks(page: ProofPage, language: str) -> Iterator[Block]:
    def t(name: str, **filled: object) -> str:
        return phrase(name, language, **filled)

    told = page.signature
    yield Note(
        heading="", tone=_TONES[page.state], text=t(f"proof-state:{page.state}", at=instant(page.now)),
        detail=(t("proof-revoked-at", at=instant(page.revoked_at)),) if page.revoked_at else (),
    )  # fmt: skip
    if told.said.illustrative:
        yield Note(heading="", tone="warn", text=t("pledge-illustrative"))
    rows = [
        ("proof-number", (page.said.number,)), ("pledge-firm", (name_of(told.firm, language), page.said.firm)),
        ("pledge-name", (name_of(told.pledge, language), t("pledge-edition", edition=told.published.edition))),
        ("proof-issuer", (name_of(page.seen.issuer, language),)), ("pledge-signed-at", (instant(told.said.signed_at),)),
        ("proof-term", (term_told(page.said.valid_from, page.said.valid_until, language),)),
        ("pledge-products", told.said.products or (t("pledge-all-products"),)),
        ("proof-signature", (term("state", page.seen.state, language),)), ("proof-record", (page.seen.id,)),
    ]  # fmt: skip
    yield Facts(heading=t("proof-about"), rows=tuple((t(name), lines) for name, lines in rows))
    counts = t("pledge-counts", promises=len(told.promises), **{code: told.count(code) for code in CODES})
    yield Grid(
        heading=t("pledge-promises-on", day=told.on.isoformat()), caption="",
        head=tuple(Head(text=t(name)) for name in ("pledge-promise", "pledge-state", "pledge-since", "pledge-due")),
        rows=tuple(
            (
                Cell(text=_promise(one.state.obligation, language)),
                Cell(text=term("promise-state", one.state.state, language), strong=one.state.state in ("missed", "contradicted")),
                Cell(text=one.state.since.isoformat()), Cell(text="–" if one.state.due is None else one.state.due.isoformat()),
            )
            for one in told.promises
        ),
        notes=(counts,),
    )  # fmt: skip
    how = t("proof-how-1"), t("proof-how-2"), t("proof-how-3", size=page.size, id=short(page.seen.id))
    yield Prose(heading=t("proof-how"), parts=(("", how),))


def _promise(one: Obligation, language: str) -> str:
    return term("obligation-sort", one.sort, language) + phrase("separator", language) + name_of(one.text, language)


def term_told(since: str, until: str | None, language: str) -> str:
    """Return a term in words."""
    if not until:
        return phrase("pledge-term-open", language, since=instant(since))
    return phrase("pledge-term", language, since=instant(since), until=instant(until))
