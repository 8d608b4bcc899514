"""Drafts and tables that are not finished: one person's under one hat, bounded, gone when asked, never evidence."""

from dataclasses import replace

import pytest

from acts_stage import ActsStage
from openqi.app.acts.acts import act_of
from openqi.app.acts.audience import audience_of
from openqi.app.acts.sealing import papers
from openqi.app.acts.sealing.papers import Draft
from openqi.app.acts.uploads import Upload
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError
from openqi.records import as_json
from stage import RESULT

REPORT = act_of("conformity.result-reported/1")
PARTIES = audience_of(REPORT, "parties")
HEADER = "item,quantity,value,unit,expandedUncertainty,coverageFactor,method,measuredAt,instruments\n"
ROW = "https://maker.example/cell/{},capacity,{},mA.h,8.0,2,IEC 61960-3,2026-11-01 14:00,{}\n"


@pytest.fixture
def world(tmp_path):
    return ActsStage(tmp_path)


@pytest.fixture
def laboratory(world):
    return world.visitor(world.stage.laboratory)


def draft(**more):
    return Draft(act=REPORT.name, flat={"value": "not yet", "note": "\ud800 \x00"}, token="t" * 20, **more)


def opened(world, visitor, text, **more):
    upload = Upload(name="results.csv", data=text.encode())
    return world.writing.imports.open(visitor, REPORT, upload, audience=PARTIES, zone="+08:00", **more)


def count(world):
    return sum(one.record.kind == REPORT.name for one in world.stage.store.scan())


def test_a_draft_comes_back_as_it_was_typed_and_changes_in_its_place(world, laboratory):
    drafts, size = world.writing.drafts, world.stage.store.size()
    kept = drafts.save(laboratory, draft(zone="-05:00", reach="private"))
    assert drafts.get(laboratory, kept.id) == kept
    assert (kept.flat["note"], kept.zone, kept.reach) == ("\ud800 \x00", "-05:00", "private")
    changed = drafts.save(laboratory, replace(kept, flat={"value": "2"}))
    assert changed.id == kept.id
    assert [one.flat for one in drafts.all(laboratory)] == [{"value": "2"}]
    drafts.drop(laboratory, kept.id)
    drafts.drop(laboratory, kept.id)
    assert drafts.all(laboratory) == ()
    assert world.stage.store.size() == size


def test_a_draft_is_of_one_account_under_one_hat(world, laboratory):
    kept = world.writing.drafts.save(laboratory, draft())
    colleague = world.second_person(world.stage.laboratory, 40)
    other_hat = replace(world.visitor(world.stage.assessor), account=laboratory.account)
    for visitor in (colleague, other_hat):
        with pytest.raises(NotFoundError):
            world.writing.drafts.get(visitor, kept.id)
        with pytest.raises(NotFoundError):
            world.writing.drafts.save(visitor, replace(kept, flat={}))
        world.writing.drafts.drop(visitor, kept.id)
    assert world.writing.drafts.get(laboratory, kept.id) == kept


def test_drafts_are_bounded_in_size_and_number(world, laboratory, monkeypatch):
    with pytest.raises(FormatError, match="at most 500000 bytes"):
        world.writing.drafts.save(laboratory, replace(draft(), flat={"value": "x" * 600_000}))
    monkeypatch.setattr(papers, "MOST", {"draft": 3})
    for _ in range(3):
        kept = world.writing.drafts.save(laboratory, draft())
    with pytest.raises(RefusedError, match="too-many"):
        world.writing.drafts.save(laboratory, draft())
    assert world.writing.drafts.save(laboratory, replace(kept, flat={})), "the ones that are there may still be changed"


def test_forgetting_an_account_forgets_all_that_it_had_not_sealed(world, laboratory):
    world.writing.writing.seal(REPORT, as_json(RESULT), laboratory, PARTIES, token="f" * 20)
    world.writing.drafts.save(laboratory, draft())
    opened(world, laboratory, HEADER + ROW.format(1, "2035.0", ""))
    world.writing.papers.forget(laboratory.account)
    assert world.writing.drafts.all(laboratory) == ()
    assert world.writing.papers.all("import", laboratory) == ()
    assert count(world) == 1


def test_a_table_says_of_each_row_what_it_will_do(world, laboratory):
    world.stage.result(item="https://maker.example/cell/3", method="IEC 61960-3")
    first = ROW.format(1, "2035.0", "https://laboratory.example/cycler/3; https://laboratory.example/cycler/4")
    rows = [first, ROW.format(2, "many", ""), ROW.format(3, "2035.0", ""), first]
    told = opened(world, laboratory, HEADER + "".join(rows))
    outcomes = world.writing.imports.preview(laboratory, told)
    assert [(one.line, one.state) for one in outcomes] == [(2, "seals"), (3, "wrong"), (4, "there"), (5, "wrong")]
    assert [(one.where, one.rule) for one in outcomes[1].problems] == [("value", "decimal")]
    assert outcomes[3].problems[0].told == {"line": 2}
    assert count(world) == 1


def test_a_wrong_row_seals_nothing_unless_asked_to_go_on_and_batches_resume(world, laboratory):
    rows = "".join(ROW.format(n, f"20{n}.0", "") for n in range(10, 17))
    told = opened(world, laboratory, HEADER + rows + ROW.format(20, "many", ""))
    with pytest.raises(RefusedError, match="whole-table"):
        world.writing.imports.seal(laboratory, told)
    assert count(world) == 0
    first = world.writing.imports.seal(laboratory, told, go_on=True, most=3)
    assert ([one.state for one in first].count("sealed"), count(world)) == (3, 3)
    again = world.writing.imports.get(laboratory, told.id)
    for _ in range(4):
        last = world.writing.imports.seal(laboratory, again, go_on=True, most=3)
    assert [one.state for one in last] == ["sealed"] * 7 + ["wrong"]
    assert count(world) == 7
    assert {one.records for one in first if one.state == "sealed"} <= {one.records for one in last}


def test_the_same_table_sent_again_finds_its_rows_there(world, laboratory):
    text = HEADER + "".join(ROW.format(n, f"20{n}.0", "") for n in range(10, 13))
    world.writing.imports.seal(laboratory, opened(world, laboratory, text))
    assert {one.state for one in world.writing.imports.preview(laboratory, opened(world, laboratory, text))} == {"there"}
    assert count(world) == 3


def test_columns_are_known_by_labels_and_by_rows_of_lists(world):
    act = act_of("metrology.calibration-certified/1")
    operator = world.visitor(world.stage.operator)
    world.stage.grant(world.stage.operator, "calibration-laboratory")
    head = "certificate,Nummer,instrument,performedAt,calibrated.0.quantity,calibrated.0.unit,calibrated.0.coverageFactor"
    points = ",".join(
        f"calibrated.0.points.{n}.{name}" for n in range(2) for name in ("indicated", "reference", "expandedUncertainty")
    )
    cells = "https://c.example/1,K-1,https://laboratory.example/cycler/3,2026-11-01T06:00:00Z,current,A,2,1.0,1.001,0.001,2.0,2.001,0.001"
    upload = Upload(name="k.csv", data=f"{head},{points}\n{cells}\n".encode())
    with pytest.raises(FormatError, match="'Nummer' is no field"):
        world.writing.imports.open(operator, act, upload, audience=PARTIES, zone="Z")
    told = world.writing.imports.open(
        operator, act, upload, audience=PARTIES, zone="Z", columns=lambda path: ("Nummer",) if path == "number" else ()
    )
    (outcome,) = world.writing.imports.seal(operator, told)
    body = world.stage.store.logged(outcome.records[0]).record.body
    assert [point["indicated"] for point in body["calibrated"][0]["points"]] == ["1.0", "2.0"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("item,weight\n1,2\n", "'weight' is no field"), ("item,Item\n1,2\n", "both item"), (HEADER, "no rows"),
        ("", "no columns|has no name"),
    ],
)  # fmt: skip
def test_a_table_that_is_none_of_this_act_is_refused_with_its_place(world, laboratory, text, said):
    with pytest.raises(FormatError, match=said):
        opened(world, laboratory, text)


def test_an_act_that_carries_a_file_each_time_has_no_table(world, laboratory):
    act = act_of("conformity.readings-reported/1")
    with pytest.raises(RefusedError, match="one-by-one"):
        world.writing.imports.open(laboratory, act, Upload(name="a.csv", data=b"a\n1\n"), audience=PARTIES, zone="Z")


def test_tidying_forgets_what_is_too_old_to_come_back_and_nothing_else(world, laboratory):
    args = (REPORT, as_json(RESULT), laboratory, PARTIES)
    world.writing.writing.seal(*args, token="f" * 20)
    kept = world.writing.drafts.save(laboratory, draft())
    world.stage.clock.wait(days=399)
    world.writing.papers.tidy()
    assert world.writing.writing.seal(*args, token="f" * 20).again
    world.stage.clock.wait(days=402)
    world.writing.papers.tidy()
    assert not world.writing.writing.seal(*args, token="f" * 20).again
    assert world.writing.drafts.get(laboratory, kept.id) == kept
    assert count(world) == 2
