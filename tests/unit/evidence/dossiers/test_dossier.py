"""Dossiers: one file with one spelling; a change of a single bit anywhere is refused, and the failing step is named."""

import io
import struct
import zipfile
import zlib
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.app.dossiers import verified
from openqi.evidence.batching import batch_of
from openqi.evidence.canonical import canonical_bytes, parse_canonical
from openqi.evidence.dossiers.archive import MAX_FILES, archive, archived
from openqi.evidence.dossiers.dossier import parse_dossier
from openqi.evidence.dossiers.report import STEPS
from openqi.kernel.errors import FormatError, OpenQIError
from stage import Stage

PASSED = "passed"


def small() -> tuple[bytes, bytes]:
    """A dossier with a verdict, and the policy to judge it by."""
    stage = Stage()
    return stage.dossier(stage.judged()), stage.policy


DATA, POLICY = small()


def refused(data: bytes, policy: bytes) -> bool:
    """Whether a reader refuses a dossier that was changed, naming the step."""
    report = verified(data, policy=policy)
    return report.proved == "failed" and report.first_failure is not None and report.first_failure.name in STEPS.values()


@pytest.mark.parametrize("remainder", range(4))
def test_no_changed_bit_of_a_dossier_is_ever_proved(remainder):
    """Every byte, one bit of it here; all eight in the long run."""
    assert verified(DATA, policy=POLICY).proved == PASSED
    changed = bytearray(DATA)
    for place in range(remainder, len(DATA), 4):
        changed[place] ^= 1 << place // 4 % 8
        assert refused(bytes(changed), POLICY), place
        changed[place] = DATA[place]


@pytest.mark.long
@pytest.mark.parametrize("bit", range(8))
def test_no_bit_at_all_can_change(bit):
    changed = bytearray(DATA)
    for place in range(len(DATA)):
        changed[place] ^= 1 << bit
        assert refused(bytes(changed), POLICY), (place, bit)
        changed[place] = DATA[place]


def repaired(files: dict[str, bytes]) -> bytes:
    """The zip of files, with whatever its checksums and names must be: the change is all that is wrong with it."""
    return archive(files)


def inner_changes(name: str, content: bytes, step: int) -> list[tuple[str, bytes]]:
    """(name, content) of a file with single bits changed, under the name that the change gives it."""
    found = []
    for place in range(0, len(content), step):
        for bit in (0, 3, 6):
            changed = content[:place] + bytes([content[place] ^ 1 << bit]) + content[place + 1 :]
            folder, slash, _ = name.rpartition("/")
            named = f"{folder}{slash}{sha256(changed).hexdigest()}" if folder in ("records", "blobs") else name
            found.append((named, changed))
    return found


def test_no_bit_of_a_part_can_change_when_the_zip_around_it_is_made_again():
    """The checksum of the zip is no protection: a forger computes it again, and renames a record to its new hash."""
    files, checked = archived(DATA), 0
    for name, content in files.items():
        rest = {path: data for path, data in files.items() if path != name}
        for named, changed in inner_changes(name, content, 7):
            manifest = rest.get("manifest.json", b"").replace(name.rpartition("/")[2].encode(), named.rpartition("/")[2].encode())
            again = {**rest, named: changed}
            if "manifest.json" in rest and named != name:
                entries = parse_canonical(manifest, limit=10**6)
                entries["entries"].sort(key=lambda entry: (entry["origin"], entry["index"], entry["id"]))
                again["manifest.json"] = canonical_bytes(entries, limit=10**6)
            if name == "policy.txt":
                continue  # the maker's own policy is not what the reader believes
            assert refused(repaired(again), POLICY), (name, named)
            checked += 1
    assert checked > 1000


def test_a_dossier_reads_back_as_it_was_written():
    dossier = parse_dossier(DATA)
    assert dossier.encode() == DATA
    assert replace(dossier, entries=dossier.entries[::-1]).encode() == DATA


def test_a_dossier_with_blobs_and_an_item_reads_back():
    batch, content = batch_of([{"item": str(number)} for number in range(3)])
    dossier = parse_dossier(DATA)
    more = replace(dossier, blobs={batch.blob: content})
    assert parse_dossier(more.encode()) == more
    with pytest.raises(FormatError, match="blob"):
        parse_dossier(replace(dossier, blobs={"ab" * 32: content}).encode())


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest.pop("format"),
        lambda manifest: manifest.update(format="openqi-dossier/2"),
        lambda manifest: manifest.update(target="x"),
        lambda manifest: manifest.update(target=5),
        lambda manifest: manifest.update(remark="x"),
        lambda manifest: manifest.update(origins=[]),
        lambda manifest: manifest.update(origins=manifest["origins"] * 2),
        lambda manifest: manifest.update(origins="log.example/1"),
        lambda manifest: manifest.update(origins=5),
        lambda manifest: manifest.update(entries={}),
        lambda manifest: manifest.update(entries="abc"),
        lambda manifest: manifest["entries"].append(5),
        lambda manifest: manifest["entries"].append([]),
        lambda manifest: manifest["entries"].reverse(),
        lambda manifest: manifest["entries"][0].update(index=-1),
        lambda manifest: manifest["entries"][0].update(index=True),
        lambda manifest: manifest["entries"][0].update(index="0"),
        lambda manifest: manifest["entries"][0].update(origin=-1),
        lambda manifest: manifest["entries"][0].update(origin=1),
        lambda manifest: manifest["entries"][0].update(origin=[]),
        lambda manifest: manifest["entries"][0].update(withheld="yes"),
        lambda manifest: manifest["entries"][0].update(withheld=1),
        lambda manifest: manifest["entries"][0].update(withheld=[]),
        lambda manifest: manifest["entries"][0].update(path="x"),
        lambda manifest: manifest["entries"][0].update(path=[5]),
        lambda manifest: manifest["entries"][0].update(path=5),
        lambda manifest: manifest["entries"][0].update(path=["AB"]),
        lambda manifest: manifest["entries"][0].update(id=[]),
        lambda manifest: manifest["entries"][0].update(id="../../etc/passwd"),
        lambda manifest: manifest["entries"][0].update(place=0),
        lambda manifest: manifest["entries"][0].pop("withheld"),
    ],
)
def test_a_manifest_of_another_form_is_refused(change):
    files = archived(DATA)
    manifest = parse_canonical(files["manifest.json"], limit=10**6)
    change(manifest)
    files["manifest.json"] = canonical_bytes(manifest, limit=10**6)
    with pytest.raises(FormatError):
        parse_dossier(archive(files))


@pytest.mark.parametrize("manifest", [b"", b"5", b"[]", b'"x"', b"true", b"{}", b"{ }", b"[" * 2000, b'{"a":null}', b"\xff"])
def test_a_manifest_that_is_no_object_is_refused(manifest):
    with pytest.raises(FormatError):
        parse_dossier(archive({**archived(DATA), "manifest.json": manifest}))


def test_a_record_under_the_name_of_another_is_refused():
    files = archived(DATA)
    one, two = [name for name in files if name.startswith("records/")][:2]
    with pytest.raises(FormatError, match="another record"):
        parse_dossier(archive({**files, one: files[two], two: files[one]}))


@pytest.mark.parametrize(
    "path",
    ["", "/", "/etc/passwd", "../x", "a/../b", "a//b", "./a", "a/.", "a\\b", "a\nb", "ä", "x" * 201, "a/" * 50 + "\0", "C:\\x"],
)
def test_no_path_leads_out_of_a_dossier(path):
    with pytest.raises(FormatError):
        archive({path: b"x"})
    name = path.encode("utf-8")
    local = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 0, 0, 0x21, zlib.crc32(b"x"), 1, 1, len(name), 0) + name + b"x"
    with pytest.raises(FormatError):
        archived(local)


paths = st.from_regex(r"[a-z0-9.]{1,8}(/[a-z0-9]{1,8}){0,2}", fullmatch=True).filter(lambda path: ".." not in path and path != ".")


@given(st.dictionaries(paths, st.binary(max_size=50), max_size=5))
def test_an_archive_gives_back_its_files_and_a_library_reads_it_too(files):
    try:
        data = archive(files)
    except FormatError:
        return
    assert archived(data) == files
    with zipfile.ZipFile(io.BytesIO(data)) as library:
        assert library.testzip() is None
        assert {name: library.read(name) for name in library.namelist()} == files


@pytest.mark.parametrize(
    "how", ["deflated", "comment", "extra", "time", "order", "directory", "data descriptor", "zip64", "prefix"]
)
def test_a_second_spelling_of_the_same_files_is_refused(how):
    files = archived(DATA)
    names = sorted(files, reverse=how == "order")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED if how == "deflated" else zipfile.ZIP_STORED) as library:
        for name in names:
            entry = zipfile.ZipInfo(name, (1999 + 1, 1, 1, 0, 0, 0) if how == "time" else (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 0, 0
            entry.compress_type = library.compression
            if how == "extra":
                entry.extra = b"UT\x05\x00\x03\x00\x00\x00\x00"
            if how in ("zip64", "data descriptor"):
                with library.open(entry, "w", force_zip64=how == "zip64") as file:
                    file.write(files[name])
            else:
                library.writestr(entry, files[name])
        if how == "directory":
            library.writestr("records/", b"")
        if how == "comment":
            library.comment = b"hello"
    data = (b"#!/bin/sh\n" if how == "prefix" else b"") + buffer.getvalue()
    with zipfile.ZipFile(io.BytesIO(data)) as library:
        assert library.testzip() is None  # any other reader is content with it
    if how == "data descriptor" and data == DATA:
        pytest.skip("this library writes none here")
    with pytest.raises(OpenQIError):
        parse_dossier(data)


def test_two_files_of_one_name_are_refused():
    name = b"a"
    local = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 0, 0, 0x21, zlib.crc32(b"x"), 1, 1, 1, 0) + name + b"x"
    with pytest.raises(FormatError):
        archived(local + local + archive({"a": b"x"})[len(local) :])


def test_more_files_than_an_archive_may_hold_are_refused_before_they_are_all_read():
    local = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 0, 0, 0x21, 0, 0, 0, 5, 0)
    data = b"".join(local + f"{number:05d}".encode() for number in range(MAX_FILES + 5))
    with pytest.raises(FormatError):
        archived(data)


def test_a_size_that_is_larger_than_the_file_is_refused():
    local = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 0, 0, 0x21, 0, 2**32 - 1, 2**32 - 1, 2**16 - 1, 2**16 - 1)
    with pytest.raises(FormatError):
        archived(local)
