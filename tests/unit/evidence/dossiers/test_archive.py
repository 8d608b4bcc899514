"""The one spelling of a zip: other readers read it, its own bytes come back, and any other zip is refused."""

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.evidence.dossiers import archive as archive_module
from openqi.evidence.dossiers.archive import MAX_FILES, archive, archived
from openqi.kernel.errors import FormatError

FILES = {"manifest.json": b"{}", "records/a.jws": b"a.b.c", "records/b.jws": b"", "policy.txt": b"quorum none\n"}
GOOD = archive(FILES)

parts = st.text("abcXYZ019-_. ", min_size=1, max_size=6).filter(lambda part: part not in (".", ".."))
paths = st.lists(parts, min_size=1, max_size=3)
files = st.dictionaries(paths.map("/".join), st.binary(max_size=50), max_size=6)


@given(files)
def test_an_archive_gives_its_files_back_and_packs_to_the_same_bytes(content):
    data = archive(content)
    assert archived(data) == content
    assert archive(dict(reversed(content.items()))) == data


@given(files)
def test_another_reader_of_zips_finds_the_same_stored_files_in_order(content):
    with zipfile.ZipFile(io.BytesIO(archive(content))) as found:
        assert found.testzip() is None
        assert {info.filename: found.read(info) for info in found.infolist()} == content
        assert [info.filename for info in found.infolist()] == sorted(content)
        for info in found.infolist():
            assert (info.compress_type, info.date_time, info.extra, info.comment) == (0, (1980, 1, 1, 0, 0, 0), b"", b"")


def zipped(content, compression=zipfile.ZIP_STORED, date=(1980, 1, 1, 0, 0, 0), comment=b""):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as target:
        target.comment = comment
        for path, data in content:
            target.writestr(zipfile.ZipInfo(path, date), data, compression)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        zipped(FILES.items()),
        zipped(sorted(FILES.items())),
        zipped(sorted(FILES.items()), zipfile.ZIP_DEFLATED),
        zipped(sorted(FILES.items()), date=(2026, 11, 20, 8, 0, 0)),
        zipped(sorted(FILES.items()), comment=b"comment"),
        zipped([("../evil", b"")]),
        GOOD + b"\0",
        b"\0" + GOOD,
        GOOD[:-1],
        GOOD + GOOD,
        GOOD[: GOOD.index(b"PK\1\2")],
        b"PK\3\4" * 20,
        b"PK",
        b"",
    ],
)
def test_any_other_zip_or_bytes_are_refused(data):
    with pytest.raises(FormatError):
        archived(data)


def test_the_archive_of_nothing_is_its_end_alone():
    assert archive({}) == b"PK\5\6" + bytes(18)
    assert archived(archive({})) == {}


def test_not_one_changed_bit_of_an_archive_is_read_as_the_same_files():
    for place in range(8 * len(GOOD)):
        changed = bytearray(GOOD)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(FormatError):
            archived(bytes(changed))


def unsorted_archive(*content):
    """A zip as `archive` writes it, but in the order given and with a path as often as it is given."""
    body, central = b"", b""
    for path, data in content:
        one = archive({path: data})
        place = one.index(b"PK\1\2")
        end = one.rindex(b"PK\5\6")
        central += one[place : end - len(path) - 4] + struct.pack("<I", len(body)) + path.encode()
        body += one[:place]
    return body + central + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, len(content), len(content), len(central), len(body), 0)


def test_files_out_of_order_or_twice_under_one_path_are_refused():
    assert unsorted_archive(("a", b"1"), ("b", b"2")) == archive({"a": b"1", "b": b"2"})
    for content in ((("b", b"2"), ("a", b"1")), (("a", b"1"), ("a", b"1")), (("a", b"1"), ("a", b"2"))):
        with pytest.raises(FormatError, match="not a dossier's zip"):
            archived(unsorted_archive(*content))


@pytest.mark.parametrize(
    "path",
    ["", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", "a\\b", "é", "a\0b", "a\nb", "a" * 201, "\x7f", "\ud800"],
)
def test_a_path_that_leads_elsewhere_is_neither_written_nor_read(path):
    with pytest.raises(FormatError, match="no path for a dossier"):
        archive({path: b""})
    named = path.encode("utf-8", "surrogatepass")
    if 0 < len(named) <= 200:
        with pytest.raises(FormatError):
            archived(archive({"n" * len(named): b""}).replace(b"n" * len(named), named))


def test_the_number_of_files_and_the_size_are_bounded(monkeypatch):
    many = {f"{number:05d}": b"" for number in range(MAX_FILES)}
    assert len(archived(archive(many))) == MAX_FILES
    with pytest.raises(FormatError, match="at most 60000"):
        archive(many | {"more": b""})
    monkeypatch.setattr(archive_module, "MAX_ARCHIVE", 151)
    exact = {"a": bytes(60), "b": bytes(60)}  # 31 bytes of header and name before each content
    assert archived(archive(exact)) == exact
    with pytest.raises(FormatError, match="more than 151 bytes"):
        archive({"a": bytes(60), "b": bytes(61)})


def test_the_longest_path_is_kept():
    assert archived(archive({"a" * 200: b"x"})) == {"a" * 200: b"x"}


def test_a_size_that_claims_gigabytes_costs_nothing():
    lying = bytearray(GOOD)
    lying[18:26] = b"\xff" * 8
    with pytest.raises(FormatError):
        archived(bytes(lying))


@given(st.binary(max_size=120), st.integers(0, len(GOOD)), st.integers(0, len(GOOD)))
def test_any_bytes_are_an_archive_that_writes_them_or_our_own_error(data, start, stop):
    for candidate in (data, b"PK\3\4" + data, GOOD[:start] + data + GOOD[stop:]):
        try:
            assert archive(archived(candidate)) == candidate
        except FormatError:
            continue
