"""What only a server can do to a store: it restarts in mid-append, several processes write to it, its URL is wrong."""

import subprocess
import sys
from pathlib import Path

import pytest

from builders import ORIGIN, checkpointer, sealed_record
from openqi.app.folder import found_folder, ledger_folder
from openqi.app.ledger import Signer
from openqi.kernel.catalogue import load
from openqi.kernel.errors import DomainError, StoreError
from openqi.pillars.governance.views import PARTIES
from openqi.records import Names
from openqi.records.governance import PartyRegistered
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
