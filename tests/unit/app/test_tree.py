"""The tree of evidence: how far each step was checked, and that nothing looks as if it reached the SI that does not."""

import pytest

from alarm import seconds
from chain_stage import CALIBRATION, ITEMS, LOT, PRODUCT, SAMPLE, ChainStage, hashed
from openqi.app.checking import Checker
from openqi.app.tree import MAX_DEPTH, MAX_NODES, ends, evidence_tree
from openqi.evidence.canonical import canonical_bytes
from openqi.evidence.sealing import seal
from openqi.kernel.errors import FormatError, NotFoundError, OpenQIError
from openqi.records import statement
from openqi.store.store import Incoming
from stage import changed, key_of


def tree(stage, record, **more):
    return evidence_tree(Checker(store=stage.store), record if isinstance(record, str) else record.id, **more)


def node_of(root, record):
    """The node of a record in a tree."""
    return next(node for node in root.walk() if node.record == record.id)


def si_nodes(root):
    return [node for node in root.walk() if node.capacity == "SI"]


class TreeStage(ChainStage):
    """An instrument and a clause; the test brings the certificates."""

    def __init__(self):
        super().__init__()
        self.registered, self.with_procedure, self.with_clause = self.instrument(), self.procedure(), self.clause()

    def judged(self):
        return self.judge(self.readings(self.with_procedure), self.with_clause)

    def forged(self, body, key):
        """A record with a signature that readers do not believe."""
        record = seal(statement(body), issuer=self.calibrator.party, key=key, now="2026-11-20T08:00:00Z")
        self.store.append([Incoming(record=record)], checkpoint=self.ledger.checkpoint)
        return record


@pytest.fixture
def stage():
    return TreeStage()


def test_a_verdict_stands_on_its_requirement_readings_instrument_and_certificate_down_to_the_si(stage):
    certificate = stage.calibration()
    judged = stage.judged()
    root = tree(stage, judged, capacity="verdict")
    told = [(node.capacity, node.state) for node in root.walk()]
    assert told == [
        ("verdict", "replayed"),
        ("requirement", "signature checked"),
        ("readings", "signature checked"),
        ("procedure", "signature checked"),
        ("instrument", "signature checked"),
        ("certificate of the instrument", "signature checked"),
        ("SI", "signature checked"),
    ]
    (si,) = si_nodes(root)
    assert (si.record, si.told) == (None, {"unit": "A"})
    assert si in node_of(root, certificate).children
    assert ends(root) == ("SI",)
    assert (root.record, root.kind, root.issuer) == (judged.id, judged.kind, stage.assessor.party)
    assert root.index == stage.store.logged(judged.id).index


def test_a_mark_leads_down_through_certificate_lot_and_type_test(stage):
    stage.calibration()
    judged = stage.judge(stage.readings(stage.with_procedure, dict.fromkeys(ITEMS, "2.0000"), subject=LOT), stage.with_clause)
    decided = stage.decide(stage.lot(), judged, stage.plan())
    issued = stage.certify(stage.scope(), [judged], [decided])
    marks = stage.marks(issued, [(item, hashed(item)) for item in ITEMS])
    root = tree(stage, marks, leaf=2, capacity="mark")
    assert (root.told["item"], root.told["mark"], root.told["leaf"]) == (ITEMS[2], hashed(ITEMS[2]), 2)
    assert [node.state for node in root.walk() if node.record in (marks.id, issued.id, decided.id, judged.id)][:1] == ["replayed"]
    capacities = [one.capacity for one in root.children[0].children]
    assert capacities == ["scope of accreditation", "type test", "lot decision"]
    assert ends(root) == ("SI",)
    assert root.told["product"] == PRODUCT


def test_a_certificate_leads_to_those_of_the_reference_standards(stage):
    national = stage.calibration(number="N", certificate="https://calibration.example/certificate/n")
    working = stage.calibration(number="W", realises=None, standards=(national.id,), performed_at="2026-07-01T00:00:00Z")
    root = tree(stage, stage.judged())
    assert [child.record for child in node_of(root, working).children] == [national.id]
    assert node_of(root, working).children[0].capacity == "reference standard"
    assert ends(root) == ("SI",)


def test_a_certificate_that_names_no_standard_and_realises_nothing_ends_the_chain(stage):
    root = tree(stage, stage.calibration(realises=None))
    (end,) = root.children
    assert (end.capacity, end.state, end.record) == ("end of the chain", "only stated", None)
    assert (ends(root), si_nodes(root)) == (("only stated",), [])


@pytest.mark.parametrize("realises", ["A", None])
def test_an_illustrative_certificate_never_reaches_the_si(stage, realises):
    certificate = stage.calibration(illustrative=True, realises=realises)
    root = tree(stage, stage.judged())
    assert node_of(root, certificate).state == "illustrative"
    assert (si_nodes(root), ends(root)) == ([], ("illustrative",))


def test_an_illustrative_standard_below_a_real_certificate_never_reaches_the_si(stage):
    national = stage.calibration(illustrative=True)
    root = tree(stage, stage.calibration(number="W", standards=(national.id,)))
    assert (si_nodes(root), ends(root)) == ([], ("illustrative",))


def test_a_branch_through_an_illustrative_certificate_does_not_reach_the_si(stage):
    national = stage.calibration()
    root = tree(stage, stage.calibration(number="W", illustrative=True, realises=None, standards=(national.id,)))
    assert ends(root) != ("SI",)


def test_a_transcription_is_only_stated_and_so_is_what_is_below_it(stage):
    record = stage.transcription()
    root = tree(stage, stage.judged())
    assert node_of(root, record).state == "only stated"
    assert [(one.capacity, one.state) for one in node_of(root, record).children] == [("end of the chain", "only stated")]
    assert (si_nodes(root), ends(root)) == ([], ("only stated",))


def test_an_illustrative_transcription_and_a_verification_do_not_reach_the_si_either(stage):
    assert ends(tree(stage, stage.transcription(illustrative=True))) == ("illustrative",)
    assert ends(tree(stage, stage.verification())) == ("only stated",)
    assert ends(tree(stage, stage.verification(illustrative=True))) == ("illustrative",)


def test_simulated_readings_and_lots_are_illustrative(stage):
    stage.calibration()
    read = stage.readings(stage.with_procedure, simulated="seed 1")
    root = tree(stage, stage.judge(read, stage.with_clause))
    assert (root.state, node_of(root, read).state) == ("replayed", "illustrative")
    assert tree(stage, stage.lot(simulated="seed 1")).state == "illustrative"
    assert tree(stage, stage.lot()).state == "signature checked"


def test_branches_that_end_differently_are_told_each_once(stage):
    other = stage.instrument(instrument="https://laboratory.example/instrument/2")
    real = stage.calibration()
    paper = stage.transcription(instrument=other.body["instrument"])
    root = tree(stage, stage.calibration(number="W", standards=(real.id, paper.id, real.id)))
    assert ends(root) == ("only stated",), "the SI is reached by all branches or is not an end"
    illustrative = stage.calibration(number="I", illustrative=True)
    root = tree(stage, stage.calibration(number="W2", standards=(paper.id, illustrative.id, paper.id)))
    assert sorted(ends(root)) == ["illustrative", "only stated"]


def test_a_signature_that_fails_is_told_with_its_reason(stage):
    forged = stage.forged(CALIBRATION, key_of(99))
    root = tree(stage, forged)
    assert root.state == "failed"
    assert "no record grants the key" in root.why


def test_a_forged_certificate_gives_no_si(stage):
    root = tree(stage, stage.forged(CALIBRATION, key_of(99)))
    assert (si_nodes(root), ends(root)) != ([], ("SI",))
    assert "SI" not in ends(root)


def test_a_withdrawn_certificate_gives_no_si(stage):
    certificate = stage.calibration()
    judged = stage.judged()
    stage.withdraw(certificate, stage.calibrator)
    assert "SI" not in ends(tree(stage, judged))


def test_a_branch_that_breaks_off_does_not_reach_the_si(stage):
    real = stage.calibration()
    root = tree(stage, stage.calibration(number="W", standards=(real.id, "ab" * 32)))
    assert [(one.capacity, one.state) for one in root.children] == [
        ("reference standard", "signature checked"),
        ("reference standard", "not here"),
    ]
    assert ends(root) != ("SI",)


def test_what_was_withdrawn_is_told_with_the_reason_and_what_rests_on_it_was_still_decided_so(stage):
    certificate = stage.calibration()
    judged = stage.judged()
    stage.withdraw(certificate, stage.calibrator)
    root = tree(stage, judged)
    assert root.state == "replayed"
    assert (node_of(root, certificate).state, node_of(root, certificate).why) == ("withdrawn", "wrong")
    stage.withdraw(judged, stage.assessor)
    assert tree(stage, judged).state == "withdrawn"


def test_a_withdrawn_record_whose_signature_fails_is_told_to_have_failed(stage):
    forged = stage.forged(CALIBRATION, key_of(99))
    assert tree(stage, forged).state == "failed"


def test_an_unknown_record_has_no_tree(stage):
    with pytest.raises(NotFoundError):
        tree(stage, "ab" * 32)


def test_something_unknown_below_is_not_here(stage):
    (missing,) = tree(stage, stage.calibration(standards=("ab" * 32,))).children
    assert (missing.state, missing.record, missing.told) == ("not here", "ab" * 32, {})


def test_an_item_is_told_by_its_leaf_and_there_are_no_others(stage):
    stage.calibration()
    judged = stage.judge(stage.readings(stage.with_procedure, dict.fromkeys(ITEMS[:2], "2.0000")), stage.with_clause)
    told = tree(stage, judged, leaf=1).told
    assert (told["item"], told["value"], told["expandedUncertainty"], told["verdict"]) == (
        ITEMS[1],
        "1.9920",
        "0.0040",
        "conforming",
    )
    for leaf in (-1, 2):
        with pytest.raises(NotFoundError, match="has 2 items"):
            tree(stage, judged, leaf=leaf)
    with pytest.raises(OpenQIError):
        tree(stage, stage.with_clause, leaf=0)


def test_a_record_that_is_not_about_many_items_has_no_leaf(stage):
    with pytest.raises(NotFoundError):
        tree(stage, stage.with_clause, leaf=0)


def test_facts_are_told_with_counts_in_place_of_rows_and_without_ids(stage):
    stage.calibration()
    root = tree(stage, stage.judged())
    assert (root.told["count"], root.told["conforming"], root.told["subject"]) == (1, 1, SAMPLE)
    assert not {"items", "readings", "requirement", "procedure"} & set(root.told)


def test_the_tree_is_json_with_stable_keys(stage):
    stage.calibration()
    told = tree(stage, stage.judged()).as_json()
    canonical_bytes(told)
    assert set(told) == {"capacity", "state", "record", "kind", "issuer", "sealedAt", "index", "told", "children"}
    last = told["children"][-1]["children"][0]
    assert last == {"capacity": "SI", "state": "signature checked", "told": {"unit": "A"}, "children": []}


def test_a_record_that_several_steps_rest_on_is_checked_once_and_shown_in_each(stage):
    national = stage.calibration()
    working = [stage.calibration(number=f"W{n}", standards=(national.id,), realises=None).id for n in range(3)]
    root = tree(stage, stage.calibration(number="T", standards=tuple(working)))
    assert [child.children[0].record for child in root.children] == [national.id] * 3
    assert len(si_nodes(root)) == 3


def diamonds(stage, levels):
    """A certificate on two certificates, each of which rests on the same two, and so on down."""
    below = (stage.calibration().id,)
    for level in range(levels):
        below = tuple(stage.calibration(number=f"{level} {n}", standards=below).id for n in range(2))
    return below[0]


def test_diamonds_upon_diamonds_are_grown_once(stage):
    root = tree(stage, diamonds(stage, 10))
    assert root.children[0].children[0] is root.children[1].children[0]
    assert len([*root.walk()]) <= MAX_NODES
    with seconds(1):
        assert ends(root) == ("SI",)


def test_a_small_graph_that_would_be_drawn_as_a_forest_is_an_error_of_ours(stage):
    """Twenty-four levels of two are forty-nine certificates and sixteen million steps."""
    name = diamonds(stage, 24)
    with seconds(2), pytest.raises(FormatError, match="more than 5000 steps; look at one of its branches"):
        tree(stage, name)


def chain(stage, length):
    """The id of the last of so many certificates, each on the one before."""
    name = stage.calibration().id
    records = []
    for n in range(length - 1):
        body = changed(CALIBRATION, number=str(n), standards=(name,))
        records.append(seal(statement(body), issuer=stage.calibrator.party, key=stage.calibrator.key, now="2026-11-20T08:00:00Z"))
        name = records[-1].id
    stage.ledger.append_signed(records)
    return name


def test_a_chain_is_followed_as_deep_as_is_said_and_a_longer_one_is_an_error_of_ours(stage):
    deepest = chain(stage, MAX_DEPTH + 1)
    assert ends(tree(stage, deepest)) == ("SI",)
    one_more = stage.calibration(number="more", standards=(deepest,))
    with pytest.raises(FormatError, match="deeper than 100 steps; look at one of its branches"):
        tree(stage, one_more)


def test_a_standard_that_is_no_certificate_carries_nothing(stage):
    root = tree(stage, stage.calibration(number="W", standards=(stage.with_clause.id,)))
    (child,) = root.children
    assert (child.state, child.why) == ("failed", "this is no certificate, so nothing is traced to it")
    assert "SI" not in ends(root)


def test_why_a_decision_was_not_replayed_is_told_at_its_step():
    world = ChainStage()
    judged = world.judged_readings()
    world.store.erase_blob(world.store.logged(judged.body["readings"]).record.body["items"]["rows"]["sha256"])
    node = evidence_tree(Checker(store=world.store), judged.id)
    assert node.state == "signature checked"
    assert node.why.startswith("not replayed: ")
