"""What the entries of a workspace become: parties, products, instruments, certificates, accreditation, lots and plans."""

from functools import partial
from typing import Any

import msgspec

from openqi.app.files import public_half
from openqi.app.workspace.builder import Builder
from openqi.app.workspace.certificates import certificate_body, examined_body, roots_of
from openqi.app.workspace.certifying import AccreditationDeclared
from openqi.app.workspace.checks import check_instrument, check_party
from openqi.app.workspace.declared import (
    CertificateDeclared,
    InstrumentDeclared,
    LotDeclared,
    PartyDeclared,
    PlanDeclared,
    ProductDeclared,
)
from openqi.app.workspace.roles import roles
from openqi.app.workspace.rows import item_rows
from openqi.app.workspace.state import Made
from openqi.evidence.keys import COUNTERSIGNED, KEY_GRANTED
from openqi.evidence.record import record_subject
from openqi.records import Body
from openqi.records.accreditation import ScopeGranted
from openqi.records.conformity import LotFormed, PlanPublished, ProductRegistered
from openqi.records.governance import Identifier, Key, PartyRegistered
from openqi.records.metrology import Indicates, InstrumentRegistered
from openqi.records.rows import committed


def for_each(builder: Builder, section: str, bring: Any) -> None:
    """Bring every entry of a section in, in the order of the file; `bring(builder, slot, declared)` does it for one."""
    entries = builder.workspace.clauses() if section == "clauses" else getattr(builder.workspace.declared, section)
    for name, declared in entries.items():
        builder.entry(f"{section}/{name}", partial(bring, builder, f"{section}/{name}", declared))


def party(builder: Builder, slot: str, declared: PartyDeclared) -> None:
    """Register a party, grant its key and its roles; all of it is the operator's to state."""
    operator = builder.workspace.declared.ledger.operator
    name, digest = slot.partition("/")[2], builder.digest(slot)
    check_party(builder.workspace, slot, declared)
    identifiers = tuple(Identifier(scheme=scheme, value=value) for scheme, value in declared.identifiers.items())
    stated(builder, slot, operator, PartyRegistered(party=declared.uri, name=declared.name, identifiers=identifiers))
    if name != operator:
        _grant_key(builder, slot, name, digest)
    roles(builder, slot, declared)


def _plain(body: Body) -> tuple[Body, tuple[bytes, ...]]:
    return body, ()


def stated(builder: Builder, slot: str, by: str, body: Body, *parts: str | bytes) -> None:
    """Bring in what a party states of an entry without files of its own; `parts` are ids of records that it names."""
    builder.state(slot, by, builder.digest(slot, *parts), partial(_plain, body))


def _grant_key(builder: Builder, slot: str, name: str, digest: str) -> None:
    """Grant the party's key, unless the last build did and the entry is unchanged."""
    place = f"{slot}#key"
    own = builder.workspace.declared.parties[name].key
    # A key file says which key it holds without a passphrase; the keys that are kept here grow from one that never changes.
    digest += "" if own is None else public_half(builder.workspace.folder / own).kid
    if place in builder.before and builder.before[place].digest == digest:
        builder.made[place] = builder.before[place]
        return
    signer = builder.signer(name)
    key = signer.key.public_key
    old = builder.kid_of(place, signer.party)
    granted = (one.record for one in builder.staged.stream(key.kid) if one.record.kind == KEY_GRANTED)
    record = next(granted, None)
    if record is None:
        operator = builder.signer(builder.workspace.declared.ledger.operator)
        record = builder.ledger.grant_key(signer.party, Key(**key.as_json()), operator, replaces=old)
        builder.note(slot, record)
    builder.made[place] = Made(digest=digest, record=record.id)


def product(builder: Builder, slot: str, declared: ProductDeclared) -> None:
    """Register a product; its maker states it."""
    builder.workspace.party(slot, declared.maker, "maker")
    stated(builder, slot, declared.maker, ProductRegistered(product=declared.uri, name=declared.name))


def instrument(builder: Builder, slot: str, declared: InstrumentDeclared) -> None:
    """Register an instrument; its owner states it."""
    check_instrument(builder.workspace, slot, declared)
    owner = builder.workspace.party(slot, declared.owner, "owner")
    body = InstrumentRegistered(
        instrument=declared.uri,
        name=declared.name,
        owner=owner.uri,
        serial=declared.serial,
        indicates=tuple(
            Indicates(
                quantity=quantity,
                unit=one.unit,
                resolution=one.resolution,
                relative_stability=one.relative_stability,
                absolute_stability=one.absolute_stability,
            )
            for quantity, one in declared.indicates.items()
        ),
        calibration_interval_days=declared.calibration_interval_days,
        illustrative=builder.workspace.illustrative(declared.illustrative),
    )
    stated(builder, slot, declared.owner, body)


def certificate(builder: Builder, slot: str, declared: CertificateDeclared) -> None:
    """Bring in the certificate of an instrument; who checked a transcription signs it a second time."""
    workspace = builder.workspace
    builder.record(workspace.known(slot, "instrument", "instruments", declared.instrument))
    replaces = None
    if declared.replaces is not None:
        replaces = builder.record(workspace.known(slot, "replaces", "certificates", declared.replaces))
    standards = tuple(builder.record(workspace.known(slot, "standards", "certificates", one)) for one in declared.standards)
    member = "issued_by" if declared.transcription is None else "transcribed_by"
    by = getattr(declared, member)
    if by is None:
        raise workspace.where(slot).error(f"{member!r} is missing; name the party that signs this")
    workspace.party(slot, by, member)
    files = [workspace.file(slot, "file", declared.file)]
    if declared.transcription is not None:
        files.append(workspace.file(slot, "transcription", declared.transcription))
    instrument_declared = msgspec.json.encode(workspace.declared.instruments[declared.instrument])
    for believed in roots_of(workspace, slot, declared):
        files += believed
    digest = builder.digest(slot, *files, replaces or "", *standards, instrument_declared)
    now = builder.ledger.view().valid_at
    builder.state(slot, by, digest, partial(certificate_body, workspace, slot, replaces=replaces, standards=standards, now=now))
    if declared.examined_by is not None:
        _examine(builder, slot, declared, declared.examined_by, digest, now)
    if declared.checked_by is not None and declared.transcription is not None:
        workspace.party(slot, declared.checked_by, "checked_by")
        if declared.checked_by == by:
            raise workspace.at(slot, "checked_by").error(f"{by} copied the certificate, so somebody else checks the copy")
        _check(builder, slot, declared.checked_by)


def _examine(builder: Builder, slot: str, declared: CertificateDeclared, by: str, digest: str, now: str) -> None:
    """State what the checks of a DCC came to; again where its file, the roots or the record of the certificate are others."""
    workspace = builder.workspace
    workspace.party(slot, by, "examined_by")
    if declared.transcription is not None:
        raise workspace.at(slot, "examined_by").error("a certificate on paper is not examined; `checked_by` checks the copy")
    record = builder.record(slot)
    make = partial(examined_body, workspace, slot, declared, record=record, now=now)
    builder.state(f"{slot}#examined", by, f"{digest} {record}", make)


def _check(builder: Builder, slot: str, by: str) -> None:
    record = builder.made[slot].record
    for one in builder.staged.stream(record_subject(record)):
        if one.record.kind == COUNTERSIGNED and one.record.issuer == builder.uri(by):
            return
    signer = builder.signer(by)
    builder.note(slot, builder.ledger.countersign(record, signer, signer.key))


def lot(builder: Builder, slot: str, declared: LotDeclared) -> None:
    """Bring in a lot with its items; its maker states it."""
    workspace = builder.workspace
    builder.record(workspace.known(slot, "product", "products", declared.product))
    workspace.party(slot, declared.made_by, "made_by")
    uri = workspace.declared.products[declared.product].uri

    def make() -> tuple[Body, tuple[bytes, ...]]:
        items, content = committed(item_rows(workspace, slot, declared).lines)
        formed_at = workspace.instant(slot, "formed_at", declared.formed_at)
        body = LotFormed(
            lot=declared.uri, product=uri, name=declared.name, formed_at=formed_at, items=items, simulated=declared.simulated
        )
        return body, (content,)

    builder.state(slot, declared.made_by, builder.digest(slot, workspace.file(slot, "file", declared.file), uri), make)


def plan(builder: Builder, slot: str, declared: PlanDeclared) -> None:
    """Publish a sampling plan."""
    builder.workspace.party(slot, declared.published_by, "published_by")
    body = PlanPublished(
        plan=declared.uri,
        sample_size=declared.sample_size,
        acceptance_number=declared.acceptance_number,
        rejection_number=declared.rejection_number,
        source=declared.source,
    )
    stated(builder, slot, declared.published_by, body)


def accreditation(builder: Builder, slot: str, declared: AccreditationDeclared) -> None:
    """Grant a scope of accreditation."""
    workspace = builder.workspace
    workspace.party(slot, declared.granted_by, "granted_by")
    clauses = workspace.clauses()
    for name in declared.requirements:
        builder.record(workspace.known(slot, "requirements", "clauses", name))
    for name in declared.products:
        builder.record(workspace.known(slot, "products", "products", name))
    until = declared.valid_until
    body = ScopeGranted(
        scope=declared.uri,
        body=workspace.party(slot, declared.body, "body").uri,
        number=declared.number,
        activity=declared.activity,
        requirements=tuple(clauses[name][1].uri for name in declared.requirements),
        products=tuple(workspace.declared.products[name].uri for name in declared.products),
        valid_from=workspace.instant(slot, "valid_from", declared.valid_from),
        valid_until=None if until is None else workspace.ending(slot, "valid_until", until),
        illustrative=workspace.illustrative(declared.illustrative),
    )
    stated(builder, slot, declared.granted_by, body, *body.requirements, *body.products)
