"""Cases: a form sent twice opens one, the words stay out of the log, and what cannot be sealed is kept."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from openqi.app.cases import MATTERS, Intake, LedgerDesk, Receipt, case_number, committed_report, ledger_desk
from openqi.app.files import unlocked
from openqi.app.same_sender import SameSender
from openqi.app.workspace.build import ledger_path
from openqi.evidence.commitment import verify_commitment
from openqi.formats.photos.photo import Photo, bare_photo
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError, VerificationError
from openqi.records import body
from openqi.records.surveillance import CaseOpened
from openqi.store.reports import Reports
from photo_files import saved
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
        self.photos: list[Photo | None] = []
        self.record = record

    def open_case(self, mark_uri: str, matter: str, text: str, photo: Photo | None = None) -> str | None:
        self.photos.append(photo)
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
        (TOKEN, NOT_ISSUED, "other", "   "),
        (TOKEN, NOT_ISSUED, "defect", "x" * 2001),
    ],
)
def test_a_form_that_is_not_whole_is_refused(reports: Reports, token: str, mark: str, matter: str, text: str):
    desk = Desk()
    with pytest.raises(FormatError):
        Intake(reports=reports, desk=desk).receive(token, mark, matter, text)
    assert desk.opened == []


class Clock:
    """Seconds that go by when they are told to."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def sent(intake: Intake, number: int, *, sender: str = "a telephone", mark: str = NOT_ISSUED) -> Receipt:
    return intake.receive(f"{number:032d}", mark, "defect", f"words {number}", sender=sender)


def test_what_the_same_sender_adds_within_a_day_about_the_same_mark_is_joined_and_counted_once(reports: Reports):
    clock, desk = Clock(), Desk()
    intake = Intake(reports=reports, desk=desk, same=SameSender(clock=clock, salt=b"salt"))
    first = sent(intake, 1)
    clock.at = 86_399.0
    again = sent(intake, 2)
    assert (again.number, again.joined, again.record, again.added) == (first.number, True, first.record, 1)
    assert [one.text for one in reports.added(first.number)] == ["words 2"]  # nothing of it is lost
    assert len(desk.opened) == 1
    others = [sent(intake, 3, sender="another telephone"), sent(intake, 4, mark=NOT_ISSUED[:-1]), sent(intake, 5, sender="")]
    clock.at = 86_401.0
    others.append(sent(intake, 6))
    assert not any(one.joined for one in others)
    assert len({first.number, *(one.number for one in others)}) == 5
    assert len(desk.opened) == 5


def test_a_sender_is_forgotten_when_too_many_others_came(reports: Reports):
    intake = Intake(reports=reports, same=SameSender(clock=Clock(), salt=b"salt", remembered=2))
    for number, sender in enumerate("abcb"):
        assert sent(intake, number, sender=sender).joined == (number == 3)
    assert not sent(intake, 9, sender="a").joined


def test_a_photo_goes_to_the_desk_once_also_when_it_could_not_be_sealed_at_first(reports: Reports):
    photo = bare_photo(saved("JPEG"))
    first = Intake(reports=reports).receive(TOKEN, NOT_ISSUED, "defect", "", photo)
    assert (first.photo, reports.photo(first.number)) == (True, ("image/jpeg", photo.data))
    desk = Desk()
    later = Intake(reports=reports, desk=desk).receive(TOKEN, NOT_ISSUED, "defect", "")
    assert (later.number, later.record, desk.photos) == (first.number, "ab" * 32, [photo])
    with pytest.raises(NotFoundError, match="erased"):
        reports.photo(first.number)


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
    photo = bare_photo(saved("PNG"))
    pictured = body(opened._ledger.logged(opened.open_case(mark, "safety", "look", photo) or "").record, CaseOpened)
    salt, text = opened._reports.opening(pictured.report or "")
    assert opened._reports.photo(pictured.report or "") == ("image/png", photo.data)
    verify_commitment(pictured.report or "", committed_report("safety", text, photo.data), salt)
    with pytest.raises(VerificationError):
        verify_commitment(pictured.report or "", committed_report("safety", text, photo.data + b"!"), salt)
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
