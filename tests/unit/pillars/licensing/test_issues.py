"""Marks under a licence: its term, its number, each mark once over all issues, and what becomes of marks afterwards."""

import pytest

from chain_stage import PRODUCT, refused
from licence_stage import LICENCE, Licences, mark
from openqi.formats.digital_link import mark_name
from openqi.kernel.errors import NotFoundError, RefusedError
from openqi.records.licence_rows import mark_line
from stage import party


@pytest.fixture
def stage():
    return Licences()


def test_an_issue_holds_hashes_and_its_last_day(stage):
    licence = stage.honest()
    said = stage.issue(licence, range(3)).body
    assert (said["licence"], said["licensed"], said["product"], said["useUntil"]) == (LICENCE, licence.id, PRODUCT, "2027-06-30")
    assert said["items"]["count"] == 3


def test_marks_may_name_their_items_each_once(stage):
    licence = stage.honest()
    lines = [b'{"item":"https://maker.example/%d","mark":"%b"}' % (one // 2, mark_name(mark(one)).encode()) for one in range(4)]
    refused("one-mark-an-item", "an item stands twice", stage.issue, licence=licence, numbers=stage.rowed(lines))
    assert stage.issue(licence, stage.rowed(lines[::2])).body["items"]["count"] == 2


def test_who_is_not_named_by_the_licence_issues_nothing_under_it(stage):
    licence = stage.honest()
    refused("named-issuer", "does not name https://association", stage.issue, licence=licence, numbers=[1], by=stage.association)
    stage.grant(stage.maker, "mark-issuer")
    assert stage.issue(licence, [1], by=stage.maker)


def test_the_number_of_a_licence_is_over_all_its_issues_and_none_of_an_issue_too_many_is_issued(stage):
    licence = stage.honest(most=10)
    first = stage.issue(licence, range(6))
    refused(
        "licence-number", "for 10 marks, 6 are issued, and these are 5: none", stage.issue, licence=licence, numbers=range(6, 11)
    )
    stage.issue(licence, range(6, 10))
    refused("licence-number", "10 are issued", stage.issue, licence=licence, numbers=[10])
    stage.withdraw(first, stage.issuer)
    assert stage.issue(licence, range(6))  # what was withdrawn does not count, and may be issued again


def test_a_mark_that_stands_twice_is_refused_within_an_issue_and_across_issues(stage):
    licence = stage.honest()
    refused("marks-once", "1 marks stand twice", stage.issue, licence=licence, numbers=[1, 2, 1])
    stage.issue(licence, range(5))
    before = stage.store.size()
    refused("marks-once", "2 of these marks were issued", stage.issue, licence=licence, numbers=range(3, 9))
    assert stage.store.size() == before
    assert stage.issue(licence, range(5, 9))


def test_a_mark_with_another_item_is_still_the_mark_that_was_issued(stage):
    licence = stage.honest()
    stage.issue(licence, [1])
    line = b'{"item":"https://maker.example/1","mark":"%b"}' % mark_name(mark(1)).encode()
    refused("marks-once", "1 of these marks", stage.issue, licence=licence, numbers=stage.rowed([line]))


@pytest.mark.parametrize(
    "line", [mark(1).encode(), b"ni:///sha-256;short", b"ni:///sha-256;" + b"A" * 42 + b"B", b"ni:///sha-256;" + b"A" * 44]
)
def test_a_row_that_is_no_hash_is_refused(stage, line):
    refused(
        "hashed-marks", "is no ni:///sha-256", stage.issue, licence=stage.honest(), numbers=stage.rowed([mark_line(line.decode())])
    )


def test_rows_that_are_none_or_not_at_hand_are_refused(stage):
    licence = stage.honest()
    refused("some-marks", "no marks to issue", stage.issue, licence=licence, numbers=[])
    refused("hashed-marks", "no LicensedMarkRow", stage.issue, licence=licence, numbers=stage.rowed([b'{"serial":"1"}']))
    items = stage.named([1])
    stage.store.erase_blob(items.rows.sha256)
    with pytest.raises(NotFoundError):
        stage.issue(licence, items)


def test_a_licence_that_ends_between_two_issues_allows_no_more_and_what_was_issued_ends_with_it(stage):
    licence = stage.honest()
    marks = stage.issue(licence, range(4))
    stage.state(marks, "activated", [0])
    stage.until("2027-06-30T15:59:50+00:00")  # ten seconds before midnight in China, and the end
    assert stage.issue(licence, [7])
    stage.state(marks, "activated", [1])
    stage.until("2027-06-30T16:00:00+00:00")
    refused("licence-in-force", "holds from", stage.issue, licence=licence, numbers=[8])
    stage.until("2027-07-01T00:00:01+00:00")
    refused("use-within-term", "could be put on goods until 2027-06-30", stage.state, marks=marks, state="activated", numbers=[2])
    stage.state(marks, "sold", [0])  # what was on goods by then is sold as it is


def test_marks_are_never_to_be_used_after_the_end_of_their_licence_nor_before_today(stage):
    licence = stage.honest()
    refused("use-within-term", "ends on 2027-06-30", stage.issue, licence=licence, numbers=[1], use_until="2027-07-01")
    refused("use-to-come", "is over", stage.issue, licence=licence, numbers=[1], use_until="2026-06-01")


def test_a_licence_does_not_hold_before_its_first_day(stage):
    from licence_stage import HONEST

    licence = stage.license(stage.rule(HONEST), signed=stage.sign().id)
    refused("licence-in-force", "holds from 2026-06-02", stage.issue, licence=licence, numbers=[1])


def test_nothing_is_issued_under_a_licence_that_was_withdrawn_or_whose_rule_or_pledge_is_gone():
    for gone in ("licence", "rule", "pledge"):
        stage = Licences()
        licence = stage.honest()
        if gone == "pledge":
            stage.end(stage.store.logged(licence.body["signed"]).record)
        else:
            stage.withdraw(licence if gone == "licence" else stage.store.logged(licence.body["published"]).record, stage.union)
        with pytest.raises(RefusedError) as error:
            stage.issue(licence, [1])
        assert error.value.rule == ("pledge-stands" if gone == "pledge" else "basis-stands")


MAY = {
    "activated": {"maker", "issuer"}, "sold": {"maker", "issuer"}, "returned": {"maker", "issuer"},
    "destroyed": {"maker", "issuer"}, "revoked": {"union", "maker", "issuer"}, "ended": {"union", "maker", "issuer"},
}  # fmt: skip


@pytest.mark.parametrize("state", MAY)
def test_a_state_is_said_by_who_may_and_by_nobody_else(stage, state):
    marks = stage.issue(stage.honest(), range(9))
    for number, name in enumerate(("maker", "issuer", "union", "association", "laboratory")):
        if name in MAY[state]:
            assert stage.state(marks, state, [number], by=getattr(stage, name)).body["by"] in ("bearer", "licensor")
        else:
            refused(
                "who-states",
                f"{state} is said by",
                stage.state,
                marks=marks,
                state=state,
                numbers=[number],
                by=getattr(stage, name),
            )


def test_recalled_is_said_by_who_published_the_recall_of_these_goods(stage):
    marks = stage.issue(stage.honest(), range(9), lot="https://maker.example/lot/1")
    refused(
        "who-states",
        "is said by https://maker",
        stage.state,
        marks=marks,
        state="recalled",
        numbers=[1],
        by=stage.union,
        because=stage.recall().id,
    )
    refused("recall-named", "names the published recall", stage.state, marks=marks, state="recalled")


@pytest.mark.parametrize(
    ("line", "lot", "whole", "rows"),
    [
        ({}, None, True, True),
        ({"product": f"{PRODUCT}/other"}, None, False, False),
        ({"lots": ("https://maker.example/lot/1",)}, "https://maker.example/lot/1", True, True),
        ({"lots": ("https://maker.example/lot/1",)}, "https://maker.example/lot/2", False, False),
        ({"lots": ("https://maker.example/lot/1",)}, None, False, True),
        ({"batches": ("7",)}, None, False, True),
    ],
)
def test_a_recall_reaches_the_marks_that_its_lines_name(stage, line, lot, whole, rows):
    told = {} if lot is None else {"lot": lot}
    marks = stage.issue(stage.honest(), range(4), **told)
    recall = stage.recall(**line)
    for allowed, numbers in ((rows, [1]), (whole, [])):
        if allowed:
            assert stage.state(marks, "recalled", numbers, because=recall.id).body["by"] == "recaller"
        else:
            refused(
                "recall-of-goods", "names neither", stage.state, marks=marks, state="recalled", numbers=numbers, because=recall.id
            )


def test_a_recall_that_was_withdrawn_recalls_nothing(stage):
    marks, recall = stage.issue(stage.honest(), range(4)), stage.recall()
    stage.withdraw(recall, stage.maker)
    refused("basis-stands", "was withdrawn", stage.state, marks=marks, state="recalled", because=recall.id)


def test_rows_of_a_state_are_marks_of_the_issue_each_once(stage):
    licence = stage.honest()
    marks = stage.issue(licence, range(4))
    refused("marks-of-issue", "1 of 2 marks are none of this issue", stage.state, marks=marks, state="sold", numbers=[3, 4])
    refused("marks-once", "stand twice", stage.state, marks=marks, state="sold", numbers=[3, 3])
    refused("some-marks", "no mark is named", stage.state, marks=marks, state="sold", whole=False, items=stage.named([]))
    refused("hashed-marks", "no MarkStateRow", stage.state, marks=marks, state="sold", whole=False, items=stage.rowed([b"{}"]))


def test_nothing_is_sold_after_all_marks_were_revoked_and_recalled_goods_come_back(stage):
    marks = stage.issue(stage.honest(), range(4))
    refused("state-of-the-past", "to come", stage.state, marks=marks, state="sold", at="2030-01-01T00:00:00Z")
    refused("state-after-issue", "were issued on", stage.state, marks=marks, state="activated", at="2026-01-01T00:00:00Z")
    stage.state(marks, "recalled", because=stage.recall().id)
    refused("not-after-the-end", "were recalled by record", stage.state, marks=marks, state="sold", numbers=[1])
    assert stage.state(marks, "returned", [1])
    gone = stage.state(marks, "revoked", by=stage.union)
    refused("not-after-the-end", "were revoked by record", stage.state, marks=marks, state="returned", numbers=[2])
    stage.withdraw(gone, stage.union)
    assert stage.state(marks, "returned", [2])


def test_marks_under_a_certificate_have_states_too():
    from marks_world import MarkStage

    stage = MarkStage()
    marks = stage.issue([1, 2, 3])
    from openqi.pillars.conformity.licensing.stating import StateMarks

    def say(signer, state):
        command = StateMarks(marks=marks.id, state=state, at=stage.ledger.now(), whole=True)
        return stage.ledger.perform(command, signer)[0]

    assert say(stage.issuer, "sold").body["by"] == "bearer"
    assert say(stage.maker, "sold").body["by"] == "bearer"
    assert say(stage.assessor, "ended").body["by"] == "licensor"
    stranger = party("stranger", 79)
    stage.welcome(stranger, "manufacturer")
    refused("who-states", "is said by", say, signer=stranger, state="ended")


def test_whoever_has_no_role_states_nothing(stage):
    marks = stage.issue(stage.honest(), range(4))
    nobody = party("nobody", 80)
    stage.welcome(nobody)
    refused("role-held", "holds no role", stage.state, marks=marks, state="sold", by=nobody)
