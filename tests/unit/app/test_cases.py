"""Cases: a form sent twice opens one, the words stay out of the log, and what cannot be sealed is kept."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from openqi.app.cases import MATTERS, Intake, LedgerDesk, case_number, ledger_desk
from openqi.app.files import unlocked
from openqi.app.workspace.build import ledger_path
from openqi.evidence.commitment import verify_commitment
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError
from openqi.records import body
from openqi.records.surveillance import CaseOpened
from openqi.store.reports import Reports
from web_stage import NOT_ISSUED, PACK, PASSPHRASE, copied, marks, quick_keys

TOKEN = "0123456789abcdef" * 2


@pytest.fixture
def reports(tmp_path: Path) -> Iterator[Reports]:
    opened = Reports(tmp_path / "reports.sqlite")
    yield opened
    opened.close()


class Desk:
    """A desk that counts, and answers as it was told."""

    def __init__(self, record: str | None = "ab" * 32) -> None:
        self.opened: list[tuple[str, str, str]] = []
        self.record = record

    def open_case(self, mark_uri: str, matter: str, text: str) -> str | None:
        self.opened.append((mark_uri, matter, text))
        return self.record


def test_a_form_that_is_sent_twice_or_at_the_same_time_opens_one_case(reports: Reports):
    desk = Desk()
    intake = Intake(reports=reports, desk=desk)
    found = []

    def send() -> None:
        found.append(intake.receive(TOKEN, NOT_ISSUED, "defect", "words"))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert desk.opened == [(NOT_ISSUED, "defect", "words")]
    assert found[0].record == "ab" * 32
    assert intake.receipt(found[0].number) == found[0]


@pytest.mark.parametrize("desk", [None, Desk(None)])
def test_what_cannot_be_sealed_is_kept_and_sealed_when_it_is_sent_again(reports: Reports, desk: Desk | None):
    first = Intake(reports=reports, desk=desk).receive(TOKEN, NOT_ISSUED, "defect", " words ")
    assert first.record == ""
    assert reports.by_number(first.number).text == "words"
    later = Intake(reports=reports, desk=Desk()).receive(TOKEN, NOT_ISSUED, "other", "other words")
    assert (later.number, later.record) == (first.number, "ab" * 32)
    assert reports.by_number(first.number).text is None


@pytest.mark.parametrize(
    ("token", "mark", "matter", "text"),
    [
        ("", NOT_ISSUED, "defect", "words"),
        ("x" * 31 + "-", NOT_ISSUED, "defect", "words"),
        (TOKEN, "https://nobody.example", "defect", "words"),
        (TOKEN, NOT_ISSUED, "nothing", "words"),
        (TOKEN, NOT_ISSUED, "defect", "   "),
        (TOKEN, NOT_ISSUED, "defect", "x" * 2001),
    ],
)
def test_a_form_that_is_not_whole_is_refused(reports: Reports, token: str, mark: str, matter: str, text: str):
    desk = Desk()
    with pytest.raises(FormatError):
        Intake(reports=reports, desk=desk).receive(token, mark, matter, text)
    assert desk.opened == []


def test_numbers_are_short_readable_and_never_the_same():
    drawn = iter(range(10_000))
    numbers = {case_number(lambda size: next(drawn).to_bytes(size, "big") if size else b"") for _ in range(10_000)}
    assert len(numbers) == 10_000
    assert all(len(number) == 11 and not set(number) & set("01ILOU") for number in numbers)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[LedgerDesk, Path]]:
    folder = copied(tmp_path)
    with quick_keys():
        key = unlocked(ledger_path(folder) / "keys" / "operator.key", PASSPHRASE)
        with ledger_desk(ledger_path(folder), operator_key=key, passphrase=PASSPHRASE) as opened:
            yield opened, folder


def test_a_case_is_sealed_by_the_operator_and_commits_to_the_words(desk: tuple[LedgerDesk, Path]):
    opened, folder = desk
    mark = marks(folder)[PACK]
    record = opened._ledger.logged(opened.open_case(mark, "safety", "it smells of smoke") or "").record
    stated = body(record, CaseOpened)
    assert record.issuer == stated.received_by == "https://association.example"
    assert stated.matter == MATTERS["safety"]
    assert b"smoke" not in record.jws
    salt, text = opened._reports.opening(stated.report or "")
    verify_commitment(stated.report or "", {"matter": "safety", "text": text}, salt)
    other = opened._ledger.logged(opened.open_case(mark, "safety", "it smells of smoke") or "").record
    assert body(other, CaseOpened).report != stated.report  # the same words under another salt


def test_a_case_about_what_was_not_issued_or_about_nothing_is_refused(desk: tuple[LedgerDesk, Path]):
    opened, folder = desk
    with pytest.raises(NotFoundError, match="not issued this mark"):
        opened.open_case(NOT_ISSUED, "defect", "words")
    with pytest.raises(FormatError, match="known are"):
        opened.open_case(marks(folder)[PACK], "nothing", "words")


def test_the_desk_opens_only_with_the_right_passphrase(tmp_path: Path):
    folder = copied(tmp_path)
    with quick_keys():
        key = unlocked(ledger_path(folder) / "keys" / "operator.key", PASSPHRASE)
        with (
            pytest.raises(RefusedError, match="passphrase is wrong"),
            ledger_desk(ledger_path(folder), operator_key=key, passphrase="wrong passphrase"),
        ):
            pass
