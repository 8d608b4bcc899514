"""The searched register of pledges follows the log and the days: it says at each moment what an index made anew says."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import thread_time

import pytest

from clocked import fair
from openqi.app.reading.pledges.search import FILE, Asked, Hits, PledgeSearch
from openqi.app.reading.pledges.signatures import STANDINGS, signature_told
from openqi.app.reading.reader import Reader
from openqi.kernel.errors import NotFoundError
from openqi.kernel.instant import format_instant
from openqi.pillars.governance.pledges.signing import SignPledge
from openqi.records import Names
from openqi.records.governance import PartyRegistered
from pledge_pages import CODE, NOW, Register, copied, pledge_folder, pledge_reader

LATER = datetime(2026, 6, 20, 2, tzinfo=UTC)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[Register, Path]]:
    folder = tmp_path / "ledger"
    yield pledge_folder(folder), folder


def asked(reader: Reader, asked: Asked | None = None, *, limit: int = 20) -> Hits:
    return PledgeSearch(reader.ledger, reader.origin).find(
        reader.context(), asked or Asked(), now=format_instant(reader.now()), limit=limit
    )


def anew(reader: Reader) -> Hits:
    """The register as an index says that is made from nothing."""
    folder = reader.ledger.with_name("anew")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return PledgeSearch(folder, reader.origin).find(reader.context(), Asked(), now=format_instant(reader.now()))


def same(one: Hits, other: Hits) -> bool:
    return (one.count, one.standings, sorted(one.signed), one.size) == (
        other.count,
        other.standings,
        sorted(other.signed),
        other.size,
    )


def test_every_standing_is_found_and_the_counts_add_up(world):
    _, folder = world
    with pledge_reader(folder) as reader:
        every = asked(reader)
        assert every.count == 5 == sum(every.standings.values())
        assert every.standings == {"contradicted": 1, "missed": 1, "due": 0, "kept": 2, "ended": 1}
        for standing in STANDINGS:
            found = asked(reader, Asked(standing=standing))
            told = [signature_told(reader.context(), one, now=format_instant(NOW)).standing for one in found.signed]
            assert told == [standing] * every.standings[standing]
            assert found.count == every.count  # what the standings are parts of


@pytest.mark.parametrize(
    ("query", "firms"),
    [("电池", ["kept"]), ("ＥXAMPLE ltd", ["kept", "due", "missed", "ended"]), (CODE, ["kept"]), ("91330106", ["kept"]),
     ("2026-0002", ["kept"]), ("玩具有限公司", ["missed"]), ("电器 玩具", []), ("有限", ["kept", "due", "missed", "ended"])],
)  # fmt: skip
def test_a_signature_is_found_by_name_code_and_number(world, query, firms):
    made, folder = world
    with pledge_reader(folder) as reader:
        assert set(asked(reader, Asked(query=query)).signed) == {made.signed[one].id for one in firms}


def test_a_query_without_a_word_finds_nothing_and_says_so(world):
    with pledge_reader(world[1]) as reader:
        question = Asked(query="——！")
        assert question.nothing
        assert asked(reader, question).count == 0
        assert not Asked(query="  ").nothing


def test_a_new_record_moves_the_register_without_making_it_anew(world):
    made, folder = world
    with pledge_reader(folder, now=LATER) as reader:
        before, size = asked(reader), made.store.size()
        made.until("2026-06-10")
        for name in ("kept", "due"):
            made.handed_in(name, first="2026-02-02", last="2026-06-09")
        made.recalled(by=made.maker)
        made.ledger.state(
            PartyRegistered(party=made.firms["missed"].party, name=Names(zh="更名玩具厂", en="renamed")), made.operator
        )
        copied(made, folder, start=size)
        after = asked(reader)
        assert before.standings["kept"] == 1
        assert after.standings["kept"] == 2
        assert same(after, anew(reader))
        assert asked(reader, Asked(query="更名")).signed == (made.signed["missed"].id,)


def test_a_day_moves_the_register_though_nothing_is_recorded(world):
    _, folder = world
    with pledge_reader(folder) as reader:
        assert asked(reader).standings["missed"] == 1
    for day in range(1, 60, 7):
        with pledge_reader(
            folder, now=datetime(2026, 5, 1, 2, tzinfo=UTC).replace(day=1 + day % 28, month=5 + day // 28)
        ) as reader:
            assert same(asked(reader), anew(reader)), day
    with pledge_reader(folder, now=LATER) as reader:
        assert asked(reader).standings["missed"] == 2  # one that kept until then has missed a day since


def test_a_damaged_or_missing_index_is_made_again(world):
    _, folder = world
    with pledge_reader(folder) as reader:
        first = asked(reader)
        (folder / FILE).write_bytes(b"nothing of a database" * 99)
        for suffix in ("-wal", "-shm"):
            (folder / f"{FILE}{suffix}").unlink(missing_ok=True)
        assert same(asked(reader), first)


def test_what_is_not_public_is_in_no_register_and_no_count(world):
    made, folder = world
    size = made.store.size()
    edition = made.publish(edition="2027", valid_from="2026-01-02T00:00:00Z")
    product = f"{made.firms['due'].party}/product/1"
    command = SignPledge(published=edition.id, products=(product,), visible_to=(made.association.party,))
    hidden = made.do(command, made.firms["due"])
    copied(made, folder, start=size)
    with pledge_reader(folder) as reader:
        assert not hidden.public
        assert asked(reader).count == 5
        with pytest.raises(NotFoundError):
            signature_told(reader.context(), hidden.id, now=format_instant(NOW))


def test_the_first_page_is_quick(world):
    with pledge_reader(world[1]) as reader:
        asked(reader)
        call = partial(asked, reader, Asked(query="电池"))
        begin = thread_time()
        call()
        assert fair(thread_time() - begin, 0.5, call) <= 0.5
