"""Search over a register: what it finds is what a plain look through all entries finds, whatever was put, changed and counted."""

import sqlite3
from pathlib import Path
from random import Random

import pytest
from benchmarks.marks.firms import firms

from openqi.kernel.errors import StoreError
from openqi.store.register_search.index import Entry, RegisterIndex, Wanted
from openqi.store.register_search.postings import BLOCK, bits_of, decoded, encoded, listed, places_of, union
from openqi.store.register_search.terms import VERSION, folded, terms, wanted

QUERIES = (
    "电池", "公司", "京", "北京 电池", "battery", "BATTERY co", "bat", "beijin", "911", "9112020", "9112020Ａ", "宁波珠宝", "龘龘",
    "2026", "ＣＯ", "xi'an",
)  # fmt: skip


def _index(folder: Path, **more: object) -> RegisterIndex:
    told = {"origin": "log.example", "version": VERSION} | more
    return RegisterIndex(folder / "register.sqlite", cut=terms, **told)  # type: ignore[arg-type]


def _plain(entries: dict[str, Entry], query: str, facet: str = "") -> list[str]:
    """The slow, plain definition: of Chinese every two characters stand in the text, every other word begins one of its words."""
    found = []
    for name, one in entries.items():
        text = folded(one.text)
        words = "".join(mark if mark.isalnum() else " " for mark in text)
        cut = "".join(mark if mark.isascii() else " " for mark in words).split()
        asked = "".join(mark if mark.isalnum() else " " for mark in folded(query)).split()

        def has(word: str, text: str = text, cut: list[str] = cut) -> bool:
            if word.isascii():
                return any(one.startswith(word) for one in cut)
            return all(word[at : at + 2] in text for at in range(max(len(word) - 1, 1)))

        if all(map(has, asked)) and (not facet or facet in one.facets):
            found.append(name)
    return found[::-1]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[RegisterIndex, dict[str, Entry]]:
    index, entries = _index(tmp_path_factory.mktemp("register")), dict[str, Entry]()
    for place, firm in enumerate(firms(3000)):
        text = f"{firm.zh} {firm.en} {firm.code} {firm.number}"
        entries[f"s{place}"] = Entry(name=f"s{place}", text=text, facets=(f"state:{place % 3}",))
    told = list(entries.values())
    index.put(told[:1000], position=1000)
    index.put(told[1000:], position=3000)
    return index, entries


@pytest.mark.parametrize("query", QUERIES)
def test_what_is_found_is_what_a_look_through_all_finds(world: tuple[RegisterIndex, dict[str, Entry]], query: str) -> None:
    index, entries = world
    right = _plain(entries, query)
    found = index.find(wanted(query), counted=("state:0", "state:1", "state:2"))
    assert (list(found.names), found.count) == (right[:20], len(right))
    assert sum(found.facets.values()) == len(right)
    assert index.find(wanted(query), facets=("state:1",)).count == len(_plain(entries, query, "state:1"))


def test_pages_follow_each_other_and_lose_nothing(world: tuple[RegisterIndex, dict[str, Entry]]) -> None:
    index, entries = world
    names, before = [], None
    while True:
        page = index.find(wanted("电池"), before=before, limit=7)
        names += page.names
        before = page.next
        if before is None:
            break
    assert names == _plain(entries, "电池")


def test_a_query_without_a_word_asks_for_nothing() -> None:
    assert wanted("-- ， ！") == ()
    assert wanted("") == ()
    assert len(wanted("电" * 200)) == 1


def test_changes_leave_nothing_behind(tmp_path: Path) -> None:
    index, random = _index(tmp_path), Random(3)
    told, entries = [f"{firm.zh} {firm.en}" for firm in firms(200, seed=4)], dict[str, Entry]()
    for _ in range(60):
        for name in random.sample(range(120), 9):
            entries[str(name)] = Entry(name=str(name), text=random.choice(told), facets=(random.choice("abc"),))
        index.put([entries[name] for name in {*random.sample(sorted(entries), 5), *entries}], position=1)
    for query in QUERIES[:8]:
        assert sorted(index.find(wanted(query), limit=200).names) == sorted(_plain(entries, query))
    assert sum(index.find((), counted=("a", "b", "c")).facets.values()) == index.find(()).count == len(entries)


def test_entries_that_turn_are_told(tmp_path: Path) -> None:
    index = _index(tmp_path)
    days = {"a": "2026-12-01", "b": None, "c": "2026-12-09", "d": "2026-11-30"}
    index.put([Entry(name=name, text=name, turn=day) for name, day in days.items()], position=1)
    assert index.turned("2026-12-01", 10) == ("d", "a")
    assert index.turned("2026-12-31", 2) == ("d", "a")
    index.put([Entry(name="d", text="d")], position=1)
    assert index.turned("2026-12-01", 10) == ("a",)


def test_two_writers_do_not_put_the_same_twice(tmp_path: Path) -> None:
    one, other = _index(tmp_path), _index(tmp_path)
    assert one.put([Entry(name="a", text="甲乙")], position=5, since=0)
    assert not other.put([Entry(name="b", text="甲乙")], position=5, since=0)
    assert (other.find(wanted("甲乙")).names, other.position()) == (("a",), 5)


def test_a_foreign_old_or_damaged_file_is_made_again(tmp_path: Path) -> None:
    _index(tmp_path).put([Entry(name="a", text="甲乙")], position=5)
    assert _index(tmp_path).position() == 5
    assert _index(tmp_path, origin="other.example").position() == 0
    _index(tmp_path).put([Entry(name="a", text="甲乙")], position=5)
    assert _index(tmp_path, version=VERSION + 1).find(()).count == 0
    (tmp_path / "register.sqlite").write_bytes(b"no database at all" * 300)
    for suffix in ("-wal", "-shm"):
        (tmp_path / f"register.sqlite{suffix}").unlink(missing_ok=True)
    assert _index(tmp_path).position() == 0


def test_a_file_that_cannot_be_opened_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="delete it, and it is made again"):
        RegisterIndex(tmp_path / "missing" / "register.sqlite", origin="x", cut=terms, version=1)


def test_nothing_is_kept_of_entries_that_fail(tmp_path: Path) -> None:
    index = _index(tmp_path)
    with pytest.raises(StoreError):
        index.put([Entry(name="a", text="甲乙"), Entry(name=None, text="丙丁")], position=5)  # type: ignore[arg-type]
    assert (index.find(()).count, index.position()) == (0, 0)


@pytest.mark.parametrize("many", [0, 1, 2, 1024, 1025, 40_000, BLOCK])
def test_bits_come_back_as_they_were(many: int) -> None:
    places = sorted(Random(many).sample(range(BLOCK), many))
    bits = bits_of(places)
    assert decoded(encoded(bits)) == bits
    assert sorted(places_of(bits)) == places
    assert len(encoded(bits)) == (2 * many if many <= 1024 else BLOCK // 8)
    assert union([listed([one]) for one in places[:50]]) == bits_of(places[:50])


def test_a_beginning_is_a_range_of_terms(tmp_path: Path) -> None:
    index = _index(tmp_path)
    index.put([Entry(name=one, text=one) for one in ("certification", "certifications", "certificatf", "certificat")], position=1)
    assert set(index.find((Wanted(term="=certificati", beginning=True),)).names) == {"certification", "certifications"}


def test_the_tables_hold_no_text_twice(tmp_path: Path) -> None:
    index = _index(tmp_path)
    for _ in range(3):
        index.put([Entry(name="a", text="甲乙 beijing", facets=("x",))], position=1)
    with sqlite3.connect(tmp_path / "register.sqlite") as database:
        assert database.execute("SELECT count(*) FROM entry").fetchone() == (1,)
