"""What only a server can do to a store: it restarts in mid-append, several processes write to it, its URL is wrong."""

import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from time import sleep

import pytest

from builders import ORIGIN, checkpointer, sealed_record
from openqi.app.folder import found_folder, ledger_folder
from openqi.app.ledger import Signer
from openqi.evidence.fold import Fold
from openqi.kernel.catalogue import load
from openqi.kernel.errors import DomainError, NotFoundError, StoreError
from openqi.pillars.governance.views import PARTIES
from openqi.records import Names
from openqi.records.governance import PartyRegistered
from openqi.store.sql.statements import Statements
from openqi.store.store import Incoming, Store, StoreKind

OPEN = load("openqi.store.kinds", StoreKind)["postgresql"].open
WRITER = """
import sys
from pathlib import Path
sys.path[:0] = ["tests", "."]
from builders import ORIGIN, checkpointer, sealed_record
from openqi.store.kinds.postgresql import STOREKIND
from openqi.store.store import Incoming
store = STOREKIND.open(Path(sys.argv[1]), origin=ORIGIN, folds=())
for number in range(int(sys.argv[2]), int(sys.argv[2]) + 25):
    store.append([Incoming(record=sealed_record(number))], checkpoint=checkpointer())
store.close()
"""


@pytest.fixture
def place(tmp_path: Path, postgres) -> Path:
    (tmp_path / "postgresql.url").write_text(postgres.url())
    return tmp_path


def opened(place: Path) -> Store:
    return OPEN(place, origin=ORIGIN, folds=())


def test_four_processes_append_to_one_ledger_and_none_loses_or_forks(place):
    opened(place).close()
    root = Path(__file__).resolve().parents[3]
    command = [sys.executable, "-c", WRITER, str(place)]
    writers = [subprocess.Popen([*command, str(100 * number)], cwd=root) for number in range(1, 5)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0, 0]
    store = opened(place)
    assert store.size() == 100
    assert len({logged.record.id for logged in store.scan()}) == 100
    assert [logged.index for logged in store.scan()] == list(range(100))
    store.close()


def test_a_server_that_restarts_loses_nothing_that_was_acknowledged_and_appends_go_on(place, postgres):
    store = opened(place)
    for number in range(5):
        store.append([Incoming(record=sealed_record(number))], checkpoint=checkpointer())
    note = store.checkpoint()
    postgres.kill()
    with pytest.raises(StoreError, match="safe to ask the same again"):
        store.append([Incoming(record=sealed_record(5))], checkpoint=checkpointer())
    postgres.start()
    assert store.size() == 5
    assert store.checkpoint() == note
    assert store.append([Incoming(record=sealed_record(5))], checkpoint=checkpointer()).indices == (5,)
    store.close()


def test_a_server_that_restarts_within_an_append_leaves_all_of_it_or_nothing(place, postgres):
    store = opened(place)
    store.append([Incoming(record=sealed_record(0))], checkpoint=checkpointer())

    def struck(size: int, root: bytes) -> bytes:
        postgres.kill()
        return checkpointer()(size, root)

    with pytest.raises(StoreError):
        store.append([Incoming(record=sealed_record(n)) for n in range(1, 4)], checkpoint=struck)
    postgres.start()
    assert store.size() == 1
    assert store.append([Incoming(record=sealed_record(n)) for n in range(1, 4)], checkpoint=checkpointer()).indices == (1, 2, 3)
    store.close()


@pytest.mark.parametrize("url", ["mysql://host/db", "postgresql://host", "nonsense", "postgresql://me:secret@host/db"])
def test_a_url_that_is_none_or_holds_a_password_is_refused_and_the_password_is_not_told(tmp_path, url):
    (tmp_path / "postgresql.url").write_text(url)
    with pytest.raises(DomainError) as caught:
        opened(tmp_path)
    assert "secret" not in str(caught.value)


def test_a_folder_without_a_url_says_what_is_missing(tmp_path):
    with pytest.raises(DomainError, match=r"postgresql\.url"):
        opened(tmp_path)


def test_a_ledger_is_founded_in_postgresql_written_to_and_opened_again(tmp_path, postgres):
    folder = tmp_path / "ledger"
    secret = "correct horse battery staple"
    founded = found_folder(
        folder, origin=ORIGIN, signer="https://operator.example", name=Names(en="Operator"), passphrase=secret,
        log_passphrase=secret, postgresql=postgres.url(),
    )  # fmt: skip
    place = ledger_folder(folder)
    assert not (folder / "ledger.sqlite").exists()
    with place.writing(secret) as ledger:
        operator = Signer(party=place.operator, key=founded.operator_key)
        ledger.state(PartyRegistered(party="https://lab.example", name=Names(en="Laboratory")), operator)
    with place.reading() as store:
        assert store.size() == 2
        assert store.row(PARTIES, f"{ORIGIN} https://lab.example")["name_en"] == "Laboratory"
        assert store.read("checkpoint") == store.checkpoint()


MANY = Fold(
    name="many", version=1, columns={"state": str, "due": int}, keys=lambda logged: [logged.record.id],
    step=lambda _row, logged: {"state": "odd" if logged.index % 2 else None, "due": logged.index // 7},
    indexes=(("state", "due"), ("due",)),
)  # fmt: skip
QUESTIONS = (
    {}, {"where": {"state": "odd"}}, {"where": {"state": None}}, {"order": ("due",)}, {"where": {"state": "odd", "due": 3}},
    {"where": {"state": "odd"}, "at_least": {"due": 20}},
)  # fmt: skip


def steps(plan: list[str], within: str) -> list[str]:
    """What an account of a plan has within a step, without its conditions."""
    depth = next(len(line) - len(line.lstrip()) for line in plan if within in line)
    start = next(at for at, line in enumerate(plan) if within in line)
    inner = [line for line in plan[start + 1 :] if len(line) - len(line.lstrip()) > depth]
    return [line.strip().removeprefix("->  ").split("  (")[0] for line in inner if "->" in line]


def explained(monkeypatch) -> list[list[str]]:
    """The steps of every plan for the register, by the server's own account, from now on."""
    plans, fetched = [], Statements.fetched

    def told(self, text, cells):
        if "fold_many" not in text:
            return fetched(self, text, cells)
        marks = {f"${number}": "NULL" if cell is None else repr(cell) for number, cell in enumerate(cells, 1)}
        written = re.sub(r"\$\d+", lambda mark: marks[mark[0]], text)
        plans.append(steps([line for (line,) in self._fetched(f"EXPLAIN {written}", [])], "Limit"))
        return fetched(self, text, cells)

    monkeypatch.setattr(Statements, "fetched", told)
    return plans


def test_no_page_scans_or_sorts_a_register_on_a_server(place, monkeypatch):
    """Every page is found in an index by the server's own account of its plan, of the very order that was asked for."""
    store = OPEN(place, origin=ORIGIN, folds=(MANY,))
    store.append([Incoming(record=sealed_record(n)) for n in range(400)], checkpoint=checkpointer())
    plans = explained(monkeypatch)
    for descending in (False, True):
        for question in QUESTIONS:
            after = None
            for _ in range(4):
                page = store.page(MANY, **question, descending=descending, after=after, limit=3)
                after = page.next
                if after is None:
                    break
    assert len(plans) >= 60
    assert [plan for plan in plans if len(plan) != 1] == [], "a second step would be a sort"
    assert {plan[0].replace(" Backward", "").replace(" Only", "") for plan in plans} == {
        "Index Scan using fold_many_pkey on fold_many", "Index Scan using fold_many_0_first on fold_many",
        "Index Scan using fold_many_1_first on fold_many",
    }  # fmt: skip
    store.close()


def test_a_question_about_a_column_has_no_order_that_the_keys_of_the_table_have(place, monkeypatch):
    """Else a server walks along them to the very end for a kind that nobody has: it plans before it knows the kind."""
    store = OPEN(place, origin=ORIGIN, folds=(MANY,))
    texts, fetched = [], Statements.fetched

    def noted(self, text, cells):
        texts.append(text)
        return fetched(self, text, cells)

    monkeypatch.setattr(Statements, "fetched", noted)
    store.page(MANY, descending=True)
    store.page(MANY, where={"state": "never"}, descending=True)
    store.page(MANY, where={"state": "never"})
    orders = [re.findall(r"\.key (DESC NULLS LAST|ASC NULLS FIRST|DESC|ASC)", text) for text in texts]
    assert orders == [["DESC"] * 2, ["DESC NULLS LAST"] * 2, ["ASC NULLS FIRST"] * 2]
    definition = "SELECT indexdef FROM pg_indexes WHERE indexname = 'fold_many_0_first'"
    assert "key NULLS FIRST" in store._database._statements.fetched(definition, [])[0][0]
    store.close()


def test_the_indexes_that_earlier_versions_made_give_way_when_the_store_opens(place, postgres):
    OPEN(place, origin=ORIGIN, folds=(MANY,)).close()
    database = (place / "postgresql.url").read_text().rpartition("/")[2]
    postgres.sql(
        database, "DROP INDEX fold_many_1_first, fold_many_0_first; CREATE INDEX fold_many_0 ON fold_many (state, due, key)"
    )
    store = OPEN(place, origin=ORIGIN, folds=(MANY,))
    names = store._database._statements.fetched("SELECT indexname FROM pg_indexes WHERE tablename = 'fold_many' ORDER BY 1", [])
    assert [name for (name,) in names] == ["fold_many_0_first", "fold_many_1_first", "fold_many_pkey"]
    store.close()


def test_statements_keep_their_plans_when_tables_grow(place):
    """Each statement is first asked while there is nothing; what it costs is then not that of a table of that size."""
    store = OPEN(place, origin=ORIGIN, folds=(MANY,))
    record = sealed_record(0, ("https://thing.example.org/0",))

    def ask():
        with suppress(NotFoundError):
            store.logged(record.id)
        return store.row(MANY, record.id), store.page(MANY, order=("due",), limit=5), store.lengths(record.streams), store.stream(
            record.streams[0], newest=1
        )  # fmt: skip

    for _ in range(8):
        ask()
    for part in range(4):
        numbers = range(part * 1000, part * 1000 + 1000)
        store.append(
            [Incoming(record=sealed_record(n, (f"https://thing.example.org/{n}",))) for n in numbers], checkpoint=checkpointer()
        )
    scanned = (
        "SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname IN ('entry', 'place', 'subject', 'fold_many', 'node')"
    )
    sleep(1)  # a server tells what it has done once a second
    ask()
    before = store._database._statements.fetched(scanned, [])[0][0]
    for _ in range(5):
        ask()
    sleep(1)
    ask()
    assert store._database._statements.fetched(scanned, [])[0][0] == before
    store.close()


def test_pages_and_rows_answer_after_the_server_has_ended_the_connections(place, postgres):
    store = OPEN(place, origin=ORIGIN, folds=(MANY,))
    record = sealed_record(0)
    store.append([Incoming(record=record)], checkpoint=checkpointer())
    database = (place / "postgresql.url").read_text().rpartition("/")[2]
    for ask in (lambda: store.row(MANY, record.id), lambda: store.page(MANY), store.size, lambda: store.logged(record.id)):
        expected = ask()
        postgres.sql("postgres", f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{database}'")
        assert ask() == expected
    postgres.sql("postgres", f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{database}'")
    assert store.append([Incoming(record=sealed_record(1))], checkpoint=checkpointer()).indices == (1,)
    store.close()
