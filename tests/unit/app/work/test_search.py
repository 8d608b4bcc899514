"""Search: what is found in Chinese and English, by whom, and that nobody learns of what they may not see."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.app.ledger import Signer
from openqi.app.work.pieces import asked, indexed, marked
from openqi.app.work.search import Search
from openqi.records import Names
from openqi.records.governance import PartyRegistered
from openqi.store.desk import search as index
from openqi.store.desk.desk import Desk
from openqi.store.desk.search import Document
from station_world import CERTIFIER, LABORATORY, OPERATOR, World, world


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> World:
    made = world(tmp_path_factory.mktemp("search") / "station")
    signer: Signer = made.station.operator
    state = made.station.ledger.state
    state(PartyRegistered(party="https://plant.example", name=Names(zh="星河储能电池有限公司", en="Galaxy Storage Ltd")), signer)
    secret = PartyRegistered(party="https://hidden.example", name=Names(zh="未公开的电池机构", en="Unannounced Works"))
    state(secret, signer, visible_to=(LABORATORY,))
    yield made
    made.station.close()


@pytest.fixture(autouse=True)
def _later(own):
    """Each test is an hour later, so that its people may sign in as often as the first's."""
    own.clock.pass_(hours=2)


def titles(own: World, who: str | None, query: str, **more) -> list[str]:
    visitor = None if who is None else own.visitor(who)
    return [hit.title for hit in own.station.search.find(visitor, query, **more).hits]


@pytest.mark.parametrize("query", ["星河", "储能电池", "河", "galaxy", "GALAXY stor", "ＧＡＬＡＸＹ", "电池 星河", "plant.example"])
def test_a_name_is_found_by_two_characters_by_one_and_by_the_beginning_of_a_word(own, query):
    assert any("星河储能电池有限公司" in title for title in titles(own, None, query))


@pytest.mark.parametrize("query", ["星海", "laxy", "星河 galaxz", "", "   ", "—"])
def test_what_has_not_all_of_the_words_is_not_found(own, query):
    assert not any("星河" in title for title in titles(own, None, query))


def test_what_one_may_not_see_is_neither_found_nor_counted(own):
    for reader, seen in ((None, False), (CERTIFIER, False), (LABORATORY, True), (OPERATOR, True)):
        visitor = None if reader is None else own.visitor(reader)
        matches = own.station.search.find(visitor, "电池")
        assert any("未公开" in hit.title for hit in matches.hits) is seen
        assert sum(count for _, count in matches.counts) == (2 if seen else 1)
        assert not any("未公开" in hit.title for hit in own.station.search.find(visitor, "unannounced").hits) or seen


def test_the_index_is_made_again_from_the_log_and_is_the_same(own):
    before = own.station.search.find(own.visitor(LABORATORY), "example", limit=100)
    assert own.station.search.again() == own.station.ledger.store.size()
    after = own.station.search.find(own.visitor(LABORATORY), "example", limit=100)
    assert [hit.ref for hit in after.hits] == [hit.ref for hit in before.hits]
    assert after.counts == before.counts
    assert len({hit.ref for hit in after.hits}) == len(after.hits)


def test_pages_follow_each_other_and_show_each_hit_once(own):
    visitor, seen, before = own.visitor(OPERATOR), [], None
    whole = [hit.ref for hit in own.station.search.find(visitor, "example", limit=100).hits]
    while True:
        page = own.station.search.find(visitor, "example", before=before, limit=3)
        seen += [hit.ref for hit in page.hits]
        before = page.next
        if before is None:
            break
    assert seen == whole
    assert len(seen) > 6


def test_a_kind_alone_lists_all_of_the_kind(own):
    hits = own.station.search.find(None, "", kind=PartyRegistered.KIND).hits
    assert {hit.kind for hit in hits} == {PartyRegistered.KIND}
    assert len(hits) == 3


TEXT = st.text(alphabet="电池校准证书ab3 -ＡÉ", max_size=12)


@given(texts=st.lists(TEXT, min_size=1, max_size=6), query=TEXT)
def test_the_index_finds_what_a_plain_look_at_the_pieces_finds(texts, query):
    desk = Desk("sqlite://")
    index.metadata.create_all(desk.engine)
    with desk.engine.begin() as connection:
        index.put(connection, [
            Document(reader="", source="record", ref=str(n), kind="k", title=text, text=text, at="", pieces=indexed(text))
            for n, text in enumerate(texts)
        ])  # fmt: skip
        found = index.found(connection, [""], asked(query))
    wanted = set(asked(query))
    expected = [str(n) for n, text in enumerate(texts) if wanted and wanted <= indexed(text)]
    assert sorted(hit.ref for hit in found.hits) == expected
    assert sum(count for _, count in found.counts) == len(expected)
    desk.close()


@given(text=st.text(max_size=300), query=st.text(max_size=20))
def test_what_is_marked_is_a_part_of_the_text_with_nothing_added(text, query):
    shown = "".join(run for run, _ in marked(text, query))
    assert shown.removeprefix("…").removesuffix("…") in text or shown in text


def test_a_common_word_is_counted_only_so_far_and_its_pages_still_reach_the_end(tmp_path, monkeypatch):
    desk = Desk(f"sqlite:///{tmp_path / 'desk.sqlite'}")
    desk.upgrade()
    with desk.writing() as connection:
        rows = [Document(reader="", source="record", ref=str(n), kind=f"k{n % 2}", title="lot", text="lot", at="",
                         pieces=indexed("lot") | {f"kind:k{n % 2}"}) for n in range(60)]  # fmt: skip
        index.put(connection, rows)
    seen, before = [], None
    with desk.reading() as connection:
        while True:
            page = index.found(connection, [""], ["lot"], kind="k1", before=before, limit=7, counted=20)
            assert not page.complete
            seen += [hit.ref for hit in page.hits]
            before = page.next
            if before is None:
                break
    assert seen == [str(n) for n in range(59, -1, -2)]
    desk.close()


def test_search_and_reindexing_hold_in_postgresql(own, postgres):
    desk = Desk(postgres.url())
    desk.upgrade()
    found = Search(own.station.ledger.store, desk)
    assert found.again() == own.station.ledger.store.size()
    for query in ("储能电池", "galaxy", "电池"):
        here = found.find(own.visitor(LABORATORY), query)
        assert [hit.ref for hit in here.hits] == [hit.ref for hit in own.station.search.find(own.visitor(LABORATORY), query).hits]
        assert here.hits
    desk.close()
