"""Scans as they come in: coarse, bounded, and by tokens that nobody can tell again after the month."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from openqi.app.scans import keeping as bounds
from openqi.app.scans.keeping import Keeping, cookies_in, token_of
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.store.scan_log import UNKNOWN, ScanLog

BEGIN = datetime(2026, 11, 29, 23, 30, 12, tzinfo=UTC)
COOKIE = b"AAAAAAAAAAAAAAAAAAAAAA"
BEIJING, SHANGHAI = "北京".encode(), "上海".encode()


def mark(number: int) -> bytes:
    return sha256(b"%d" % number).digest()


class Stage:
    def __init__(self, folder: Path, **more: int) -> None:
        self.at, self.log = BEGIN, ScanLog(folder / "log")
        self.keeping = Keeping(
            self.log, ["北京", "上海"], days=more.get("days", 30), clock=lambda: self.at, chance=lambda count: b"s" * count
        )

    def flush(self) -> None:
        while self.keeping.hand_over():
            self.keeping.write()

    def seen(self) -> list[tuple[int, bytes, int, int]]:
        self.flush()
        return [*self.log.rows()]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_a_scan_is_kept_as_a_minute_a_town_and_a_token(stage: Stage):
    assert stage.keeping.note(mark(1), BEIJING, COOKIE)
    ((at, digest, place, device),) = stage.seen()
    assert (at, digest) == (int(BEGIN.timestamp()) // 60 * 60, mark(1))
    assert stage.log.named_places()[place] == "北京"
    assert device == stage.keeping.token(COOKIE) >= 0
    assert COOKIE not in (stage.log._path).read_bytes()


def test_without_a_known_place_nothing_is_kept(stage: Stage):
    for place in (b"", "火星".encode(), b"\xff\xfe", b"x" * 10_000):
        assert not stage.keeping.note(mark(1), place, COOKIE)
    assert stage.seen() == []


def test_a_device_that_did_not_allow_it_is_not_known(stage: Stage):
    for number, cookie in enumerate((b"", b"short", COOKIE + b"x", b"!" * 22, b"\xff" * 22)):
        assert stage.keeping.note(mark(number), BEIJING, cookie)
    assert {device for *_, device in stage.seen()} == {UNKNOWN}


def test_the_same_scan_is_kept_once_an_hour(stage: Stage):
    for _ in range(100):
        stage.keeping.note(mark(1), BEIJING, COOKIE)
        stage.at += timedelta(seconds=10)
    assert len(stage.seen()) == 1
    stage.at += timedelta(hours=1)
    assert stage.keeping.note(mark(1), BEIJING, COOKIE)


def test_one_device_cannot_walk_through_all_marks(stage: Stage):
    kept = sum(stage.keeping.note(mark(number), BEIJING, COOKIE) for number in range(1000))
    assert kept == bounds.PER_DEVICE
    assert stage.keeping.note(mark(1), BEIJING, b"B" * 22)  # others go on


def test_many_devices_cannot_flood_one_mark(stage: Stage):
    kept = sum(stage.keeping.note(mark(1), BEIJING, b"%022d" % number) for number in range(1000))
    assert kept == bounds.PER_MARK
    assert stage.keeping.note(mark(2), BEIJING, COOKIE)


def test_what_waits_is_bounded_while_nothing_can_be_written(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bounds, "WAITING", 500)
    kept = sum(stage.keeping.note(mark(number), BEIJING, b"%022d" % number) for number in range(1000))
    assert kept == 500
    stage.flush()
    assert stage.keeping.note(mark(1001), BEIJING, COOKIE)


def test_what_is_remembered_against_repetition_is_bounded(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bounds, "REMEMBERED", 300)
    for number in range(2000):
        stage.keeping.note(mark(number), BEIJING, b"%022d" % number)
        if number % 100 == 0:
            stage.at += timedelta(seconds=60)
            stage.flush()
        assert len(stage.keeping._known) <= 300 + 101


def test_a_device_cannot_be_told_again_when_the_month_is_over(stage: Stage):
    before = stage.keeping.token(COOKIE)
    stage.at += timedelta(days=2)
    stage.keeping._chance = lambda count: b"t" * count
    stage.flush()
    assert stage.keeping.token(COOKIE) != before
    assert stage.log.salt_of("2026-11") is None


def test_what_is_old_goes_by_itself(tmp_path: Path):
    stage = Stage(tmp_path, days=30)
    stage.keeping.note(mark(1), BEIJING, COOKIE)
    assert len(stage.seen()) == 1
    stage.at += timedelta(days=29)
    assert len(stage.seen()) == 1
    stage.at += timedelta(days=2)
    assert stage.seen() == []


def test_a_device_is_forgotten_whether_its_scans_wait_or_are_written(stage: Stage):
    stage.keeping.note(mark(1), BEIJING, COOKIE)
    stage.flush()
    stage.keeping.note(mark(2), BEIJING, COOKIE)
    stage.keeping.note(mark(2), SHANGHAI, b"B" * 22)
    stage.keeping.forget_device(COOKIE)
    stage.flush()
    stage.keeping.forget()
    assert [device for *_, device in stage.seen()] == [stage.keeping.token(b"B" * 22)]


def test_a_command_finds_the_token_of_a_cookie(stage: Stage):
    assert token_of(stage.log, COOKIE, stage.at) == stage.keeping.token(COOKIE)
    with pytest.raises(FormatError):
        token_of(stage.log, b"x", stage.at)
    with pytest.raises(NotFoundError, match="no scan was kept this month"):
        token_of(stage.log, COOKIE, stage.at - timedelta(days=40))


@pytest.mark.parametrize(
    ("header", "device", "place"),
    [
        (b"", b"", b""),
        (b"a=b; openqi-device=AAAA; openqi-place=%E5%8C%97%E4%BA%AC", b"AAAA", "北京".encode()),
        (b"openqi-place=" + b"%41" * 1000, b"", b""),
        (b"openqi-place=%zz%; openqi-device", b"", b"%zz%"),
        (b"xopenqi-device=A", b"", b""),
        (b"; ".join([b"a=b"] * 60) + b"; openqi-device=late", b"", b""),
    ],
)
def test_cookies_are_read_whatever_else_stands_there(header: bytes, device: bytes, place: bytes):
    assert cookies_in(header) == (device, place)
