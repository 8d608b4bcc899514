"""What pages are made of: the same facts that the evidence holds, each with how far it was checked, and nothing else."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import NoReturn

import pytest

from openqi.app.checking import Checker
from openqi.app.folder import ledger_folder
from openqi.app.reading.instruments import difference
from openqi.app.reading.lots import worth
from openqi.app.reading.reader import Reader
from openqi.app.reading.steps import weakest
from openqi.app.tree import evidence_tree
from openqi.app.workspace.build import ledger_path
from openqi.evidence.batch import Item, parse_batch, verify_item
from openqi.evidence.canonical import canonical_bytes
from openqi.evidence.log.policy import parse_policy
from openqi.evidence.log.proof import parse_proof, verify_proof
from openqi.evidence.record import log_entry
from openqi.kernel.errors import FormatError, NotFoundError, OpenQIError
from openqi.pillars.governance.workflow import Withdraw
from openqi.records import as_json
from openqi.science.sampling.draw import drawn
from web_stage import (
    CELL,
    CYCLER,
    LOT,
    NOT_ISSUED,
    PACK,
    PASSPHRASE,
    PRODUCT,
    THERMOMETER,
    copied,
    marks,
    operator,
    quick_keys,
    workspace,
)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(workspace()) as opened:
        yield opened


def test_the_overview_counts_what_the_log_holds(reader: Reader):
    page = reader.overview()
    assert (page.head.size, page.head.state, page.cases, page.withdrawn) == (reader.store.size(), "passed", 0, 0)
    assert [(one.number, one.seen.state) for one in page.certificates] == [("EX-2026-001", "replayed")]
    assert [(one.verdict, one.count, one.simulated) for one in page.lots] == [("accepted", 650, True)]
    assert [one.instrument.uri for one in page.instruments] == [CYCLER, THERMOMETER]
    assert [one.count for one in page.marks] == [10]
    assert sum(one.records for one in page.counts.values()) == reader.store.size()
    assert {one.en for one in page.parties} >= {"Example quality association", "Example cell maker"}


def test_a_record_has_one_state_in_lists_and_in_trees(reader: Reader):
    with ledger_folder(ledger_path(workspace())).reading() as store:
        checker = Checker(store=store)
        told = {logged.record.id: evidence_tree(checker, logged.record.id) for logged in store.scan()}
    for name, node in told.items():
        seen = reader.record_page(name).seen
        assert seen.state == node.state, seen.kind
    assert {node.state for node in told.values()} == {"replayed", "signature checked", "illustrative"}


@pytest.mark.parametrize(
    ("error", "state"), [(FormatError("it comes out otherwise"), "failed"), (NotFoundError("a blob is gone"), "signature checked")]
)
def test_a_decision_is_replayed_only_where_the_checker_says_so(monkeypatch: pytest.MonkeyPatch, error: OpenQIError, state: str):
    def answer(*_: object) -> NoReturn:
        raise error

    monkeypatch.setattr(Checker, "_replay", answer)
    with Reader(workspace()) as fresh:
        page = fresh.mark_page(next(iter(marks(workspace()).values())), scanned=False)
        seen = fresh.record_page(page.issued.seen.id).seen  # type: ignore[union-attr]
    assert page.issued is not None
    assert (page.issued.seen.state, seen.state) == (state, state)
    assert str(error) in seen.why
    assert {step.state for step in page.issued.steps if step.capacity in ("mark", "type test", "lot decision")} == {state}
    assert bool(page.issued.troubles) == (state == "failed")
    assert "replayed" not in {step.state for step in page.issued.steps}


def test_a_mark_tells_each_step_of_the_way_back_by_its_weakest_state(reader: Reader):
    page = reader.mark_page(marks(workspace())[PACK], scanned=False)
    assert (page.standing, page.claims, page.cases) == ("issued", 1, 0)
    issued = page.issued
    assert issued is not None
    assert issued.item is not None
    assert issued.item.uri == PACK
    assert issued.ends == ("illustrative",)
    states = {step.capacity: (step.state, step.count) for step in issued.steps}
    assert states["mark"] == ("replayed", 1)
    assert states["type test"] == ("replayed", 9)
    assert states["readings"] == ("illustrative", 10)  # nine were measured, that of the lot was simulated
    assert dict(next(step.states for step in issued.steps if step.capacity == "readings")) == {
        "signature checked": 9,
        "illustrative": 1,
    }
    assert [step.capacity for step in issued.steps][-1] == "end of the chain"
    assert issued.troubles == ()


def test_the_weakest_state_of_nothing_is_that_nothing_is_here():
    assert weakest(()) == "not here"
    assert weakest(("replayed", "only stated", "signature checked")) == "only stated"
    assert weakest(("illustrative", "withdrawn", "failed")) == "failed"


def test_scans_are_counted_only_where_somebody_scanned(reader: Reader):
    mark = list(marks(workspace()).values())[5]
    assert reader.mark_page(mark, scanned=False).scans.total == 0  # type: ignore[union-attr]
    assert reader.mark_page(mark).scans.total == 0  # type: ignore[union-attr]
    assert reader.mark_page(mark, scanned=False).scans.total == 1  # type: ignore[union-attr]
    assert reader.mark_page(mark, scanned=False, counted=False).scans is None
    with Reader(workspace()) as other:
        assert other.mark_page(mark, scanned=False).scans.total == 0  # type: ignore[union-attr]
        reader.keep_scans()
        assert other.mark_page(mark, scanned=False).scans.total == 1  # type: ignore[union-attr]


def test_a_mark_that_was_not_issued_here_is_said_to_be_just_that(reader: Reader):
    page = reader.mark_page(NOT_ISSUED)
    assert (page.standing, page.issued, page.scans) == ("not issued here", None, None)


def test_the_proof_on_the_page_of_a_record_proves_it_to_others(reader: Reader):
    policy = parse_policy((ledger_path(workspace()) / "policy.txt").read_bytes())
    for name in reader.records():
        page = reader.record_page(name)
        assert page.proof is not None
        entry = log_entry(reader.store.logged(name).record)
        assert verify_proof(parse_proof(page.proof.text.encode()), entry, policy).checkpoint.size == reader.store.size()
        assert (page.proof.state, page.proof.failure) == ("passed", "")
        assert ".".join(page.parts).encode() == entry


def test_a_proof_without_a_policy_was_not_checked_and_one_under_another_policy_fails(reader: Reader):
    name = reader.records()[-1]
    with Reader(workspace()) as other:
        other.policy = None
        assert other.record_page(name).proof.state == "not checked"  # type: ignore[union-attr]
        assert other.log_page().head.state == "not checked"
    with Reader(workspace()) as other:
        other.policy = other.policy and other.policy.replace(b"log ", b"# log ")
        assert other.record_page(name).proof.state == "failed"  # type: ignore[union-attr]
        assert other.log_page().head.state == "failed"


def test_what_rests_on_a_record_are_the_later_ones_that_name_it(reader: Reader):
    for name in reader.records():
        page = reader.record_page(name)
        for seen in page.resting:
            other = reader.record_page(seen.id)
            named = {one.record for one, _ in other.references} | {one.id for one in (other.rested.records if other.rested else ())}
            assert name in named or name in str(other.body)
            assert seen.index > page.seen.index
    certificate = reader.overview().certificates[0]
    assert [one.kind for one in reader.record_page(certificate.seen.id).resting] == ["conformity.marks-issued/1"]


def test_the_log_is_told_newest_first_and_what_stands_on_a_page_never_moves(reader: Reader):
    newest = reader.log_page()
    assert (newest.page, newest.pages) == (2, 2)
    told = [seen.index for page in (2, 1) for seen in reader.log_page(page).entries]
    assert told == list(reversed(range(reader.store.size())))
    assert len(reader.log_page(1).entries) == 50
    for page in (0, 3, -1):
        with pytest.raises(NotFoundError, match="pages 1 to 2"):
            reader.log_page(page)


def test_a_lot_tells_its_limits_its_sample_and_what_the_plan_is_worth(reader: Reader):
    page = reader.lot_page(LOT)
    (decision,), (judged,) = page.decisions, page.judged
    assert (page.count, decision.verdict, decision.nonconforming, judged.seen.state) == (650, "accepted", 0, "replayed")
    assert judged.requirement is not None
    assert judged.requirement.lower == "2.000"
    assert judged.acceptance.lower == "2.0013"  # the limit, and U = 0.0013 A.h inwards
    assert judged.uncertainties == ("0.0013", "0.0013")
    assert [one.item for one in decision.sample] == list(drawn(page.items, 50, "2026-03-30 published"))
    assert {one.verdict for one in decision.sample} == {"conforming"}
    assert [(one.percent, one.nonconforming) for one in decision.worth] == [(1, 7), (5, 33), (10, 65)]
    for one in decision.worth:
        assert one.probability == accepted_one_by_one(650, one.nonconforming, 50, 1)


def accepted_one_by_one(size: int, bad: int, sample: int, accept: int) -> Fraction:
    """The probability of acceptance, item after item drawn without return."""
    found = {0: Fraction(1)}
    for taken in range(sample):
        after: dict[int, Fraction] = {}
        for count, chance in found.items():
            hit = Fraction(bad - count, size - taken)
            after[count + 1] = after.get(count + 1, Fraction(0)) + chance * hit
            after[count] = after.get(count, Fraction(0)) + chance * (1 - hit)
        found = after
    return sum((chance for count, chance in found.items() if count <= accept), Fraction(0))


def test_a_plan_that_asks_for_more_than_the_lot_has_is_worth_nothing_that_can_be_told():
    assert worth(10, 50, 1) == ()


def test_a_product_tells_its_type_tests_each_with_its_requirement(reader: Reader):
    page = reader.product_page(PRODUCT)
    assert [one.seen.state for one in page.certificates] == ["replayed"]
    assert [(group.unit, len(group.judged)) for group in page.tests] == [("A.h", 3), ("%", 3), ("Cel", 3)]
    temperature = page.tests[2].judged[0]
    assert temperature.count == len(temperature.rows) == 168
    assert temperature.acceptance.upper is not None
    assert Fraction(temperature.acceptance.upper) == 35 - Fraction(temperature.uncertainties[1]) / 2  # r = 0.5
    assert [one.lot.uri for one in page.lots] == [LOT]


def test_a_calibration_is_due_after_the_owners_interval(reader: Reader):
    page = reader.instrument_page(CYCLER)
    (certificate,) = page.certificates
    assert certificate.performed_at == "2026-01-12T00:00:00Z"
    assert certificate.serves_until == "2027-01-12T00:00:00Z"
    assert not certificate.end_stated
    assert not certificate.overdue
    later = datetime(2027, 1, 13, tzinfo=UTC)
    with Reader(workspace(), clock=lambda: later) as other:
        assert other.instrument_page(CYCLER).certificates[0].overdue
    with Reader(workspace(), clock=lambda: later - timedelta(days=1)) as other:
        assert not other.instrument_page(CYCLER).certificates[0].overdue
    assert [point.error for point in certificate.results[0].points] == ["0.00000"] * 4
    assert {one.subject.tail for one in page.used} == {"2026-03-A", "B0005", "B0006", "B0007"}


def test_a_transcription_says_who_copied_and_who_checked_it_and_never_reaches_the_si(reader: Reader):
    (certificate,) = reader.instrument_page(THERMOMETER).certificates
    assert certificate.how == "transcribed verification"
    assert certificate.transcribed_by is not None
    assert certificate.checked_by is not None
    assert (certificate.transcribed_by.en, certificate.checked_by.en) == (
        "Example battery laboratory",
        "Example certification body",
    )
    assert certificate.checked
    assert (certificate.end_stated, certificate.realises) == (True, "")
    tree = reader.tree(certificate.seen.id)
    assert "SI" not in {node.capacity for node in tree.walk()}
    assert tree.state in ("illustrative", "only stated")


@pytest.mark.parametrize(
    ("indicated", "reference", "error"),
    [("0.5000", "0.49980", "0.00020"), ("1", "1.5", "-0.5"), ("10", "8", "2"), ("0.1", "0.1", "0.0"), ("-1.00", "-1.25", "0.25")],
)
def test_an_error_of_indication_keeps_the_digits_of_the_finer_text(indicated: str, reference: str, error: str):
    assert difference(indicated, reference) == error


def test_the_verdict_on_an_item_is_proved_by_its_path(reader: Reader):
    page = reader.item_page(CELL)
    (verdict,) = page.verdicts
    record = reader.store.logged(verdict.judged.seen.id).record
    item = Item(
        record=record.id,
        leaf=verdict.leaf,
        row=canonical_bytes({name: text for name, text in as_json(verdict.row).items() if text is not None}),
        path=tuple(bytes.fromhex(node) for node in verdict.path),
    )
    verify_item(item, parse_batch(record.body["items"]))
    assert verdict.row.item == CELL


def test_an_item_tells_where_it_is_and_what_it_is_in(reader: Reader):
    cell, pack = reader.item_page(CELL), reader.item_page(PACK)
    assert [one.tail for one in cell.within] == ["M-2026-001", "P-2026-001", "C-01"]
    assert cell.place is not None
    assert (cell.place.location, cell.place.at) == ("https://sites.example/site/north", "2026-04-20T01:00:00Z")
    assert len(pack.parts) == 64
    assert {part.verdict for part in pack.parts} == {"conforming"}
    assert [one.event.at for one in pack.events] == sorted(one.event.at for one in pack.events)
    assert [lot.uri for lot, _ in cell.lots] == [LOT]
    (marked,) = pack.marks
    assert reader.tree(marked[0].id, marked[1]).told["item"] == PACK


@pytest.mark.parametrize("page", ["product_page", "lot_page", "instrument_page", "item_page"])
def test_a_thing_that_the_log_does_not_know_has_no_page(reader: Reader, page: str):
    for uri in ("https://nobody.example/thing", "https://laboratory.example", "nonsense"):
        with pytest.raises(NotFoundError, match="the log knows no"):
            getattr(reader, page)(uri)


def test_a_folder_that_is_neither_workspace_nor_ledger_or_was_not_built_is_refused(tmp_path: Path):
    with pytest.raises(NotFoundError, match="neither a workspace nor a ledger"):
        Reader(tmp_path)
    (tmp_path / "openqi.yaml").write_bytes((workspace() / "openqi.yaml").read_bytes())
    with pytest.raises(NotFoundError, match="openqi build"):
        Reader(tmp_path)


def test_a_ledger_folder_reads_like_its_workspace_but_has_no_marks_to_look_up(reader: Reader):
    with Reader(ledger_path(workspace())) as other:
        assert other.overview().head == reader.overview().head
        assert (other.name, other.bases, other.own_marks()) == (None, (), ())
    assert reader.name is not None
    assert reader.name.en == "Storage battery example"


def test_a_withdrawal_is_seen_at_once_and_tells_its_reason(tmp_path: Path):
    folder = copied(tmp_path)
    mark = marks(folder)[PACK]
    with Reader(folder) as reader:
        before = reader.mark_page(mark, scanned=False)
        assert before.issued is not None
        with quick_keys(), ledger_folder(ledger_path(folder)).writing(PASSPHRASE) as ledger:
            ledger.perform(Withdraw(record=before.issued.seen.id, reason="printed twice"), operator(folder))
        after = reader.mark_page(mark, scanned=False)
        assert (after.standing, after.withdrawn, after.reason) == ("withdrawn", "marks", "printed twice")
        assert after.issued is not None
        assert (after.issued.seen.state, after.issued.seen.why) == ("withdrawn", "printed twice")
        assert reader.overview().withdrawn == 1
        assert reader.record_page(before.issued.seen.id).withdrawn_by is not None
        assert reader.log_page().head.size == before.size + 1
