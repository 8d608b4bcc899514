"""Brings pledges of a workspace into the log: what was signed, handed in, proved, ended or reviewed is decided once and stays."""

from typing import Final

from openqi.app.workspace.builder import Builder
from openqi.app.workspace.certificates import content_of
from openqi.app.workspace.draws.keeping import keep
from openqi.app.workspace.entries import stated
from openqi.app.workspace.pledging import (
    BenchmarkProgrammeDeclared,
    BenchmarkReviewDeclared,
    EndedPledgeDeclared,
    PledgeDeclared,
    PledgeProofDeclared,
    PledgeSignatureDeclared,
    ShownObligationDeclared,
)
from openqi.pillars.governance.pledges.proving import ProvePledge
from openqi.pillars.governance.pledges.reviewing import ReviewBenchmark
from openqi.pillars.governance.pledges.showing import ShowObligation
from openqi.pillars.governance.pledges.signing import EndPledge, SignPledge
from openqi.records import as_json
from openqi.records.pledges import (
    BenchmarkProgrammePublished,
    Obligation,
    PledgePublished,
    benchmark_subject,
    obligations_subject,
    pledges_subject,
)

_SIGNED: Final = "firms signed this edition; put the entry back as it was, and add the next edition as an entry of its own"
_SAID: Final = "put the entry back as it was, and add another one for what comes after it"


def pledge(builder: Builder, slot: str, declared: PledgeDeclared) -> None:
    """Publish an edition of a pledge; one that a firm of the workspace has signed is never published otherwise."""
    workspace = builder.workspace
    workspace.party(slot, declared.published_by, "published_by")
    until = declared.valid_until
    body = PledgePublished(
        pledge=declared.uri, edition=declared.edition, name=declared.name, offset=declared.offset, source=declared.source,
        obligations=tuple(
            Obligation(
                code=code, sort=one.sort, text=one.text, shown_by=one.shown_by, first_within=one.first_within, every=one.every,
                grace=one.grace, contradicted_by=one.contradicted_by,
            )
            for code, one in declared.obligations.items()
        ),
        valid_from=workspace.instant(slot, "valid_from", declared.valid_from),
        valid_until=None if until is None else workspace.ending(slot, "valid_until", until),
        illustrative=workspace.illustrative(declared.illustrative),
    )  # fmt: skip
    known, name = builder.standing(slot), slot.partition("/")[2]
    signed = (key for key, one in workspace.declared.pledge_signatures.items() if one.pledge == name)
    if known is not None and known.body != as_json(body) and any(builder.stands(f"pledge_signatures/{key}") for key in signed):
        raise workspace.where(slot).error(f"record {known.id} says otherwise; {_SIGNED}")
    stated(builder, slot, declared.published_by, body)


def signature(builder: Builder, slot: str, declared: PledgeSignatureDeclared) -> None:
    """Sign a pledge."""
    workspace = builder.workspace
    firm = workspace.party(slot, declared.signed_by, "signed_by").uri
    published = builder.record(workspace.known(slot, "pledge", "pledges", declared.pledge))
    products, until = [], declared.valid_until
    for name in declared.products:
        builder.record(workspace.known(slot, "products", "products", name))
        products.append(workspace.declared.products[name].uri)
    command = SignPledge(
        published=published, products=tuple(products),
        valid_until=None if until is None else workspace.ending(slot, "valid_until", until),
    )  # fmt: skip
    digest = builder.digest(slot, published, *products)
    keep(builder, slot, declared.signed_by, digest, lambda: command, subject=pledges_subject(firm), advice=_SAID)


def _signed(builder: Builder, slot: str, name: str) -> str:
    return builder.record(builder.workspace.known(slot, "signature", "pledge_signatures", name))


def shown(builder: Builder, slot: str, declared: ShownObligationDeclared) -> None:
    """Hand in what shows a promise; what the entries that it names become later is handed in by an entry of its own."""
    workspace = builder.workspace
    workspace.party(slot, declared.shown_by, "shown_by")
    signed = _signed(builder, slot, declared.signature)
    evidence = tuple(builder.record(_entry(builder, slot, name)) for name in declared.evidence)
    files = [(name, workspace.file(slot, "documents", name)) for name in declared.documents]

    def make() -> ShowObligation:
        for _, data in files:
            builder.staged.put_blob(data)
        return ShowObligation(
            signed=signed, obligation=declared.obligation, first_day=declared.first_day, last_day=declared.last_day,
            evidence=evidence, documents=tuple(content_of(name, data) for name, data in files), remark=declared.remark,
        )  # fmt: skip

    digest = builder.digest(slot, signed, *(data for _, data in files))
    keep(builder, slot, declared.shown_by, digest, make, subject=obligations_subject(signed), advice=_SAID)


def _entry(builder: Builder, slot: str, name: str) -> str:
    """The slot of an entry of any section that a member names as `section/name`."""
    section, _, key = name.partition("/")
    if not key or not isinstance(getattr(builder.workspace.declared, section, None), dict):
        raise builder.workspace.at(slot, "evidence").error(f"{name!r} is no entry; write it as judgements/NAME")
    return builder.workspace.known(slot, "evidence", section, key)


def proof(builder: Builder, slot: str, declared: PledgeProofDeclared) -> None:
    """Prove a signature in writing."""
    workspace, until = builder.workspace, declared.valid_until
    workspace.party(slot, declared.proved_by, "proved_by")
    signed = _signed(builder, slot, declared.signature)
    command = ProvePledge(
        proof=declared.uri, number=declared.number, signed=signed,
        valid_until=None if until is None else workspace.ending(slot, "valid_until", until),
    )  # fmt: skip
    keep(builder, slot, declared.proved_by, builder.digest(slot, signed), lambda: command, subject=declared.uri, advice=_SAID)


def ended(builder: Builder, slot: str, declared: EndedPledgeDeclared) -> None:
    """End a signature."""
    builder.workspace.party(slot, declared.ended_by, "ended_by")
    signed = _signed(builder, slot, declared.signature)
    command = EndPledge(signed=signed, reason=declared.reason)
    digest = builder.digest(slot, signed)
    keep(builder, slot, declared.ended_by, digest, lambda: command, subject=obligations_subject(signed), advice=_SAID)


def programme(builder: Builder, slot: str, declared: BenchmarkProgrammeDeclared) -> None:
    """Publish a programme that follows up model firms."""
    workspace, until = builder.workspace, declared.valid_until
    workspace.party(slot, declared.published_by, "published_by")
    builder.record(workspace.known(slot, "pledge", "pledges", declared.pledge))
    body = BenchmarkProgrammePublished(
        programme=declared.uri, name=declared.name, pledge=workspace.declared.pledges[declared.pledge].uri,
        most_missed=declared.most_missed, most_contradicted=declared.most_contradicted, review_every=declared.review_every,
        repair_after=declared.repair_after, valid_from=workspace.instant(slot, "valid_from", declared.valid_from),
        valid_until=None if until is None else workspace.ending(slot, "valid_until", until),
        illustrative=workspace.illustrative(declared.illustrative),
    )  # fmt: skip
    known, name = builder.standing(slot), slot.partition("/")[2]
    reviews = (key for key, one in workspace.declared.benchmark_reviews.items() if one.programme == name)
    if known is not None and known.body != as_json(body) and any(builder.stands(f"benchmark_reviews/{key}") for key in reviews):
        raise workspace.where(slot).error(f"record {known.id} says otherwise, and firms were reviewed by it; {_SAID}")
    stated(builder, slot, declared.published_by, body)


def review(builder: Builder, slot: str, declared: BenchmarkReviewDeclared) -> None:
    """Look at a model firm; a later look is an entry of its own."""
    workspace = builder.workspace
    workspace.party(slot, declared.reviewed_by, "reviewed_by")
    published = builder.record(workspace.known(slot, "programme", "benchmark_programmes", declared.programme))
    signed = _signed(builder, slot, declared.signature)
    firm = builder.uri(workspace.declared.pledge_signatures[declared.signature].signed_by)
    command = ReviewBenchmark(published=published, signed=signed)
    subject = benchmark_subject(workspace.declared.benchmark_programmes[declared.programme].uri, firm)
    digest = builder.digest(slot, published, signed)
    keep(builder, slot, declared.reviewed_by, digest, lambda: command, subject=subject, advice=_SAID)
