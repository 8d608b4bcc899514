"""Certificates of conformity and marks: what a certificate needs to stand on, and what may stand in the rows of marks."""

from types import SimpleNamespace

import pytest

from chain_stage import CLAUSE, ITEMS, LOT, PRODUCT, SAMPLE, ChainStage, hashed, refused, rows_in
from openqi.evidence.sealing import seal
from openqi.kernel.errors import FormatError, NotFoundError, OpenQIError, VerificationError
from openqi.pillars.conformity.certification import IssueCertificate, IssueMarks
from openqi.records import body, statement
from openqi.records.conformity import ReadingsJudged
from openqi.store.store import Incoming
from stage import changed, party

MARKS = [(item, hashed(item)) for item in ITEMS[:3]]


class CertificationWorld(ChainStage):
    """A passed type test, an accepted lot and a scope that covers both."""

    def __init__(self, *, bad=0, test_rows=None, **scope):
        super().__init__()
        self.instrument()
        self.calibration()
        self.with_procedure, self.with_clause = self.procedure(), self.clause()
        self.test = self.judge(self.readings(self.with_procedure, test_rows), self.with_clause)
        rows = dict.fromkeys(ITEMS[:bad], "1.0") | dict.fromkeys(ITEMS[bad:], "2.0000")
        self.read = self.readings(self.with_procedure, rows, subject=LOT)
        self.on_lot = self.judge(self.read, self.with_clause)
        self.formed, self.planned = self.lot(), self.plan(8)
        self.decided = self.decide(self.formed, self.on_lot, self.planned)
        self.granted = self.scope(**scope)

    def issued(self, **more):
        parts = {"scope": self.granted, "type_tests": [self.test], "lots": [self.decided]} | more
        return self.certify(parts.pop("scope"), parts.pop("type_tests"), parts.pop("lots"), **parts)


def test_a_certificate_names_its_scope_its_tests_its_lots_and_each_requirement_once():
    world = CertificationWorld()
    told = world.issued().body
    assert (told["scope"], told["typeTests"], told["lots"]) == (world.granted.id, [world.test.id], [world.decided.id])
    assert told["requirements"] == [CLAUSE.requirement]
    assert (told["product"], told["holder"]) == (PRODUCT, world.maker.party)
    assert world.issued(lots=[]).body["lots"] == []


def test_a_certificate_rests_on_a_type_test():
    refused("type-test", "at least one type test", CertificationWorld().issued, type_tests=[])


def test_every_item_of_a_type_test_conforms():
    world = CertificationWorld(test_rows={SAMPLE: "2.0000", ITEMS[0]: "1.0"})
    refused("type-test-passed", f"1 of 2 items of {SAMPLE} do not conform .record {world.test.id}", world.issued)


def test_a_type_test_of_nothing_proves_nothing():
    with pytest.raises(OpenQIError):
        CertificationWorld(test_rows={}).issued()


def test_a_lot_that_was_rejected_is_not_certified_though_its_single_bad_items_would_be_allowed():
    assert CertificationWorld(bad=1).issued().body["lots"]
    refused("lot-accepted", f"lot {LOT} was rejected: 2 of its sample do not conform", CertificationWorld(bad=2).issued)


def test_a_lot_of_another_product_is_not_certified():
    other = "https://maker.example/product/other"
    world = CertificationWorld(products=(PRODUCT, other))
    world.product(other)
    refused("same-product", f"lot {LOT} is of {PRODUCT}, the certificate is for {other}", world.issued, product=other)


@pytest.mark.parametrize(
    ("scope", "rule", "says"),
    [
        ({"body": "https://reviewer.example"}, "own-scope", "S-1 was granted to https://reviewer.example, not to https://assessor"),
        (
            {"valid_until": "2026-11-20T08:00:00Z"},
            "scope-covers",
            "valid from 2026-01-01T00:00:00Z to 2026-11-20T08:00:00Z, not at",
        ),
        ({"valid_from": "2026-11-21T00:00:00Z"}, "scope-covers", "valid from 2026-11-21T00:00:00Z to now, not at"),
        ({"products": ()}, "scope-covers", f"does not cover the product {PRODUCT}"),
        ({"products": (PRODUCT + "/2",)}, "scope-covers", "does not cover the product"),
        ({"requirements": ()}, "scope-covers", f"does not cover the requirement {CLAUSE.requirement}"),
        ({"requirements": (CLAUSE.requirement + "/2",)}, "scope-covers", "does not cover the requirement"),
    ],
)
def test_a_certificate_keeps_within_the_scope_of_its_body(scope, rule, says):
    refused(rule, says, CertificationWorld(**scope).issued)


def test_a_scope_covers_from_its_first_second_and_not_at_its_last():
    world = CertificationWorld()
    instant = world.ledger.now()
    world.clock.wait(seconds=30)
    until = "2026-11-20T09:00:00Z"
    scope = world.scope(valid_from=instant, valid_until=until)
    assert world.issued(scope=scope)
    world.clock.instant = world.clock.instant.replace(hour=8, minute=59, second=58)
    assert world.issued(scope=scope).valid_from == "2026-11-20T08:59:59Z"
    refused("scope-covers", "not at 2026-11-20T09:00:00Z", world.issued, scope=scope)


def test_the_requirement_of_each_lot_must_be_covered_too():
    world = CertificationWorld()
    other = world.clause(requirement=CLAUSE.requirement + "/2")
    on_lot = world.judge(world.read, other)
    decided = world.decide(world.formed, on_lot, world.planned)
    refused("scope-covers", f"does not cover the requirement {CLAUSE.requirement}/2", world.issued, lots=[decided])
    both = world.scope(requirements=(CLAUSE.requirement + "/2", CLAUSE.requirement))
    assert world.issued(scope=both, lots=[decided]).body["requirements"] == [CLAUSE.requirement, CLAUSE.requirement + "/2"]


@pytest.mark.parametrize("which", ["granted", "test", "decided", "formed", "on_lot", "with_clause"])
def test_nothing_that_was_withdrawn_is_certified(which):
    world = CertificationWorld()
    owners = {"granted": world.accreditor, "formed": world.maker, "with_clause": world.standards_body}
    world.withdraw(getattr(world, which), owners.get(which, world.assessor))
    refused("basis-stands", f"record {getattr(world, which).id} was withdrawn by record", world.issued)


def test_another_kind_of_record_is_no_scope_no_test_and_no_lot_and_a_strange_one_is_not_found():
    world = CertificationWorld()
    for wrong in (
        {"scope": world.test},
        {"type_tests": [world.granted]},
        {"type_tests": [world.decided]},
        {"lots": [world.formed]},
    ):
        with pytest.raises(FormatError):
            world.issued(**wrong)
    with pytest.raises(NotFoundError):
        world.issued(type_tests=[world.test], lots=[changed_id(world.decided)])
    refused("role-held", "does not hold the role conformity-assessment-body", world.issued, signer=world.maker)


def changed_id(record):
    """Something with an id that no record has."""
    return SimpleNamespace(id=record.id[::-1])


def test_marks_are_issued_as_hashes_under_a_certificate():
    world = CertificationWorld()
    certificate = world.issued()
    issued = world.marks(certificate, MARKS)
    told = issued.body
    assert (told["issued"], told["certificate"], told["product"]) == (certificate.id, certificate.body["certificate"], PRODUCT)
    assert rows_in(world, told["items"]) == [{"item": item, "mark": mark} for item, mark in MARKS]


@pytest.mark.parametrize(
    "mark",
    [
        "https://mark.example/01/09506000134352/21/ABC",
        "SERIAL-7",
        hashed("x") + "\n",
        hashed("x")[:-1],
        hashed("x") + "A",
        hashed("x").replace("sha-256", "sha-512"),
        hashed("x").upper(),
        " " + hashed("x"),
    ],
)
def test_a_plain_serial_never_enters_the_log(mark):
    world = CertificationWorld()
    refused(
        "hashed-marks",
        f"the mark of {ITEMS[1]} is no ni:",
        world.marks,
        certificate=world.issued(),
        rows=[MARKS[0], (ITEMS[1], mark)],
    )


@pytest.mark.parametrize(
    "rows",
    [[MARKS[0], (ITEMS[1], MARKS[0][1])], [MARKS[0], (ITEMS[0], hashed("x"))], [MARKS[0], MARKS[0]]],
    ids=["mark", "item", "both"],
)
def test_a_mark_stands_on_one_item_and_an_item_has_one_mark(rows):
    world = CertificationWorld()
    refused("one-mark-an-item", "stands twice among the rows", world.marks, certificate=world.issued(), rows=rows)


def test_no_marks_are_no_issue():
    world = CertificationWorld()
    refused("some-marks", "there are no marks to issue", world.marks, certificate=world.issued(), rows=[])


def test_marks_need_a_standing_certificate_their_rows_and_the_role():
    world = CertificationWorld()
    certificate = world.issued()
    items = world.batch({"item": item, "mark": mark} for item, mark in MARKS)
    command = IssueMarks(certificate=certificate.id, items=items)
    refused("role-held", "does not hold the role mark-issuer", lambda: world.ledger.perform(command, world.maker))
    with pytest.raises(NotFoundError):
        absent = changed(items, rows=changed(items.rows, sha256="cd" * 32))
        world.ledger.perform(changed(command, items=absent), world.association)
    with pytest.raises(VerificationError, match="batch"):
        world.ledger.perform(changed(command, items=changed(items, root="cd" * 32)), world.association)
    with pytest.raises(FormatError):
        world.ledger.perform(changed(command, certificate=world.test.id), world.association)
    with pytest.raises(FormatError):
        world.ledger.perform(changed(command, items=world.batch([{"item": "a:b"}])), world.association)
    world.withdraw(certificate, world.assessor)
    refused("basis-stands", "was withdrawn", lambda: world.ledger.perform(command, world.association))


def test_marks_are_issued_by_whom_the_certificate_names_and_by_its_issuer():
    world = CertificationWorld()
    other = party("issuer-two", 41)
    for signer in (other, world.assessor):
        world.welcome(other, "mark-issuer") if signer is other else world.grant(signer, "mark-issuer")
    items = world.batch({"item": item, "mark": mark} for item, mark in MARKS)
    unnamed, named = world.issued(mark_issuers=()), world.issued(mark_issuers=(other.party,))

    def issue(certificate, signer):
        return world.ledger.perform(IssueMarks(certificate=certificate.id, items=items), signer)

    refused("named-issuer", f"certificate K-1 does not name {other.party}", issue, certificate=unnamed, signer=other)
    refused("named-issuer", "does not name", issue, certificate=named, signer=world.association)
    for certificate, signer in ((named, other), (named, world.assessor), (unnamed, world.assessor)):
        assert issue(certificate, signer)[0].body["issued"] == certificate.id


@pytest.mark.parametrize("which", ["granted", "test", "decided", "on_lot", "read", "with_clause"])
def test_no_marks_are_issued_where_something_below_the_certificate_was_withdrawn(which):
    world = CertificationWorld()
    certificate = world.issued()
    owners = {"granted": world.accreditor, "with_clause": world.standards_body, "read": world.laboratory}
    world.withdraw(getattr(world, which), owners.get(which, world.assessor))
    refused("basis-stands", f"record {getattr(world, which).id} was withdrawn", world.marks, certificate=certificate, rows=MARKS)


def test_the_holder_is_the_first_who_registered_the_product():
    world = CertificationWorld()
    command = IssueCertificate(
        certificate="https://assessor.example/certificate/1", number="K-1", holder=world.maker.party, product=PRODUCT,
        scope=world.granted.id, type_tests=(world.test.id,), lots=(),
    )  # fmt: skip
    refused("holder-made", "nobody has registered the product", lambda: world.ledger.perform(command, world.assessor))
    world.product()
    copycat = party("copycat", 42)
    world.welcome(copycat, "manufacturer")
    world.product(signer=copycat)
    says = f"{PRODUCT} was registered by {world.maker.party}; {copycat.party} did not make it"
    refused("holder-made", says, world.issued, holder=copycat.party)
    assert world.issued().body["holder"] == world.maker.party


def test_what_is_only_ever_decided_carries_nothing_where_somebody_just_stated_it():
    world = CertificationWorld()
    typed = body(world.test, ReadingsJudged)
    undecided = seal(statement(typed), issuer=world.assessor.party, key=world.assessor.key, now=world.ledger.now())
    world.store.append([Incoming(record=undecided)], checkpoint=world.ledger.checkpoint)
    refused("decided-only", "is only ever decided, and this names no command", world.issued, type_tests=[undecided])
