"""Public lists taken in: what is the same gives no row, what is other says so, nothing is removed; and found again."""

import json

import pytest

from openqi.app.recalls.taking import compared, take
from openqi.kernel.errors import RefusedError, StoreError
from openqi.pillars.surveillance.recalls.taking import TakeRecalls
from openqi.records import Content
from openqi.records.recall_rows import TakenRecallRow
from openqi.records.rows import committed, decoded, row_line
from openqi.store.recalling import words_of
from openqi.store.recalls import RecallIndex
from recalls_stage import LINE, RECALL, WHOLE, Recalls
from shared_data import shared
from stage import changed


def food(*told, **more):
    """A list of food recalls: number → reason."""
    return json.dumps(
        [{"agency": "FDA", "uid": uid, "title": f"recall {uid}", "recall_reason": why} | more for uid, why in told]
    ).encode()


def taken(stage, data, layout="fda", **more):
    stage.clock.wait(hours=1)
    return take(stage.ledger, stage.bureau, layout=layout, data=data, taken_at=stage.ledger.now(), **more)


def rows(stage, record):
    return decoded(stage.store.blob(record.body["items"]["rows"]["sha256"]).split(b"\n")[:-1], TakenRecallRow)


def test_the_same_gives_no_row_what_is_other_says_what_and_nothing_is_removed():
    stage = Recalls()
    first = taken(stage, food(("a", "glass"), ("b", "milk"))).record
    assert (first.body["added"], first.body["changed"], first.body["listed"]) == (2, 0, 2)
    assert taken(stage, food(("a", "glass"), ("b", "milk"))).record is None
    second = taken(stage, food(("b", "milk and eggs"), ("c", "lead"))).record
    assert (second.body["added"], second.body["changed"], second.body["before"]) == (1, 1, first.id)
    assert [(one.key, one.changed) for one in rows(stage, second)] == [("c", ()), ("b", ("defect",))]
    assert taken(stage, food(("a", "glass"))).record is None
    third = taken(stage, food(("b", "milk"))).record
    assert [(one.key, one.changed) for one in rows(stage, third)] == [("b", ("defect",))]


def test_another_party_has_a_history_of_its_own_and_a_withdrawn_list_counts_for_nothing():
    stage = Recalls()
    taken(stage, food(("a", "glass")))
    stage.clock.wait(hours=1)
    assert take(stage.ledger, stage.other, layout="fda", data=food(("a", "glass")), taken_at=stage.ledger.now()).record is not None
    stage.withdraw(stage.store.stream("urn:openqi:recalls:fda")[0].record, stage.bureau)
    assert taken(stage, food(("a", "glass"))).record is not None


def test_what_cannot_be_read_is_kept_with_its_place_and_reason():
    stage = Recalls()
    record = taken(stage, shared("data/surveillance/eu_safety_gate_alerts_a.csv").read_bytes(), "safety-gate").record
    assert (record.body["refused"], record.body["listed"]) == (1, 174)
    (bad,) = map(json.loads, stage.store.blob(record.body["faults"]["sha256"]).splitlines())
    assert (bad["place"], bad["why"]) == (176, "no number of the recall")
    assert stage.store.blob(record.body["document"]["sha256"])


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"listed": 3}, "adds-up"),
        ({"same": 1, "listed": 3}, "adds-up"),
        ({"refused": 1}, "faults-kept"),
        ({"taken_at": "2027-01-01T00:00:00Z"}, "taken-before-now"),
        ({"visible_to": ("https://a.example",)}, "recall-for-all"),
    ],
)
def test_numbers_that_do_not_add_up_are_refused(change, rule):
    stage = Recalls()
    with pytest.raises(RefusedError) as error:
        stage.ledger.perform(changed(command(stage, food(("a", "x"), ("b", "y"))), **change), stage.bureau)
    assert error.value.rule == rule


def command(stage, data, spoil=lambda rows: rows):
    found = compared("fda", data)
    told = [decoded([line], TakenRecallRow)[0] for line in found.lines]
    items, content = committed(map(row_line, spoil(told)))
    stage.store.put_blob(content)
    document = Content(media_type="application/json", sha256="0" * 64, size=1)
    return TakeRecalls(
        register="urn:openqi:recalls:fda", layout="fda", document=document, taken_at=stage.ledger.now(), items=items,
        listed=items.count,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (lambda told: [*told, *told], "row-once"),
        (lambda told: [changed(told[0], changed=("defect",))], "row-changed"),
        (lambda told: [changed(told[0], key="other")], "row-named"),
        (lambda told: [], "something-new"),
    ],
)
def test_rows_that_are_not_what_they_say_are_refused(spoil, rule):
    stage = Recalls()
    with pytest.raises(RefusedError) as error:
        stage.ledger.perform(command(stage, food(("a", "x")), spoil), stage.bureau)
    assert error.value.rule == rule


def test_a_row_that_is_as_before_or_does_not_say_that_it_was_there_is_refused():
    stage = Recalls()
    taken(stage, food(("a", "x")))
    for data, rule in ((food(("a", "x")), "row-new"), (food(("a", "y")), "row-changed")):
        with pytest.raises(RefusedError) as error:
            stage.ledger.perform(command(stage, data), stage.bureau)
        assert error.value.rule == rule


def index_of(stage, path):
    index = RecallIndex(path, origin=stage.store.origin)
    index.update(stage.store)
    return index


def found(index, text, **more):
    return [(one.list, one.row.key) for one in index.search(text, **more).lines]


def test_own_and_foreign_recalls_are_found_by_their_words(tmp_path):
    stage = Recalls()
    stage.publish(lines=(LINE, WHOLE))
    taken(stage, shared("data/surveillance/eu_safety_gate_alerts_a.csv").read_bytes(), "safety-gate")
    taken(stage, shared("data/surveillance/nhtsa_recalls_sample.txt").read_bytes(), "nhtsa")
    index = index_of(stage, tmp_path / "r.sqlite")
    assert found(index, "充电") == found(index, "充电器") == [("own", f"{RECALL} 1")]
    assert found(index, "电充") == found(index, "!?") == []
    assert len(found(index, "bentley", limit=50)) > 4
    assert set(found(index, "ford focus", limit=50)) == {
        ("nhtsa", one.key) for _, _, _, _, one in index.search("ford focus", of="nhtsa", limit=50).lines
    }  # fmt: skip
    plain = {row.row.key for row in index.search("", of="nhtsa", limit=500).lines if "FOCUS" in (row.row.name, row.row.title)}
    assert plain <= {key for _, key in found(index, "focus", limit=500)}
    assert [one.row.key for one in index.by_gtin("6901234567892")] == [f"{RECALL} 2"]
    assert index.counts() == {"nhtsa": 121, "own": 2, "safety-gate": 174}
    assert index.of_recall("nhtsa", "02V288000")[0].row.units == 291854


def test_pages_of_a_search_are_the_whole_once(tmp_path):
    stage = Recalls()
    taken(stage, food(*((f"n{number}", "glass") for number in range(30))))
    index = index_of(stage, tmp_path / "r.sqlite")
    for more in ({}, {"of": "fda"}):
        seen, before = [], None
        while True:
            page = index.search("glass", before=before, limit=7, **more)
            seen += [one.row.key for one in page.lines]
            assert page.count == 30
            if page.next is None:
                break
            before = page.next
        assert len(seen) == len(set(seen)) == 30


def test_the_index_follows_the_log_and_is_made_again_where_it_is_lost(tmp_path):
    stage, path = Recalls(), tmp_path / "r.sqlite"
    first = stage.publish()
    old = taken(stage, food(("a", "glass"))).record
    index = index_of(stage, path)
    new = taken(stage, food(("a", "lead"))).record
    stage.publish(replaces=first.id, lines=(LINE, WHOLE))
    index.update(stage.store)
    assert (found(index, "glass"), found(index, "lead")) == ([], [("fda", "a")])
    assert [(record, row.defect) for record, row in index.past("fda", "a")] == [(old.id, "glass")]
    assert index.counts()["own"] == 2
    stage.withdraw(new, stage.bureau)
    assert index.update(stage.store).rebuilt
    assert (found(index, "glass"), found(index, "lead")) == ([("fda", "a")], [])
    told = dump(index)
    index.close()
    for damage in (path.unlink, lambda: path.write_bytes(b"no database" * 1000)):
        damage()
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        again = index_of(stage, path)
        assert dump(again) == told
        again.close()
    with pytest.raises(StoreError, match="another file"):
        RecallIndex(path, origin="other.example/1")


def dump(index):
    return sorted((one.list, one.row.key, one.row.defect, one.record) for one in index.search("", limit=500).lines)


def test_a_withdrawn_recall_is_found_no_more(tmp_path):
    stage = Recalls()
    record = stage.publish()
    index = index_of(stage, tmp_path / "r.sqlite")
    stage.withdraw(record)
    index.update(stage.store)
    assert found(index, "充电") == []


def test_words_are_whole_words_and_pairs_of_chinese_characters():
    assert words_of(["移动电源 RE20/14 ＡＢ"]) == ("移", "动", "电", "源", "移动", "动电", "电源", "re20", "14", "ab")
