"""fsck: a whole log is checked again from nothing, and a changed bit in any of its files is found and named."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from openqi.app.dossiers import admit
from openqi.app.ledger import Signer
from openqi.evidence.log.fsck import LogReport, fsck, log_entries
from openqi.evidence.log.merkle import leaf_hash, root_of
from openqi.evidence.log.note import Checkpoint, parse_checkpoint, parse_note
from openqi.evidence.log.policy import parse_policy
from openqi.evidence.log.prover import subtree_of
from openqi.evidence.log.tiles import encode_bundle, levels, tiles
from openqi.evidence.log.witness import signed
from openqi.evidence.record import Statement, log_entry, sealed_entry
from openqi.kernel.errors import FormatError, NotFoundError, OpenQIError
from openqi.records import Names
from openqi.records.governance import PartyRegistered
from stage import RESULT, Forge, Stage, key_of

Files = dict[str, bytes]


def files_of(stage: Stage) -> Files:
    """The static files of a log, as a mirror would copy them."""
    stage.store.publish()
    size = parse_checkpoint(parse_note(stage.store.read("checkpoint"))).size
    paths = ["checkpoint", *(tile.path for level in range(-1, levels(size)) for tile in tiles(size, level))]
    return {path: stage.store.read(path) for path in paths}


def reader(files: Files) -> Callable[[str], bytes]:
    """Reads files as a mirror serves them."""

    def read(path: str) -> bytes:
        if path not in files:
            raise NotFoundError(path)
        return files[path]

    return read


def static(entries: list[bytes], origin: str = "log.example/1") -> Files:
    """The static files of a log with any entries at all, under the key that readers of a stage believe."""
    hashes = [leaf_hash(entry) for entry in entries]
    note = signed(Checkpoint(origin=origin, size=len(entries), root=root_of(hashes)).note(), key_of(1), origin)
    files = {"checkpoint": note.encode()}
    subtree = subtree_of(hashes)
    for level in range(-1, levels(len(entries))):
        for tile in tiles(len(entries), level):
            step, start = 256 ** max(level, 0), tile.index * 256
            files[tile.path] = (
                encode_bundle(entries[start : start + tile.width])
                if level < 0
                else b"".join(subtree(place * step, (place + 1) * step) for place in range(start, start + tile.width))
            )
    return files


def checked(files: Files, policy: bytes | None) -> LogReport:
    """What fsck says."""
    return fsck(reader(files), policy=None if policy is None else parse_policy(policy))


@pytest.fixture(scope="module")
def stage() -> Stage:
    stage = Stage()
    stage.judged()
    stage.result(visible_to=())
    return stage


@pytest.fixture(scope="module")
def large() -> Stage:
    """A log of two levels of tiles."""
    stage = Stage()
    forge = Forge.of(stage)
    parties = [PartyRegistered(party=f"https://p{number}.example", name=Names(en="p")) for number in range(600)]
    made = [forge.state(body, stage.operator) for body in parties]
    stage.ledger.append_signed(made)
    return stage


def test_an_honest_log_has_no_findings(stage, large):
    for one in (stage, large):
        report = checked(files_of(one), one.policy)
        assert (report.findings, report.records_checked, report.policy_checked) == ((), True, True)
        assert report.size == one.store.size()
    assert checked(files_of(stage), stage.policy).sealed == 1


def test_what_was_not_checked_is_said_to_be_not_checked(stage):
    files = files_of(stage)
    report = checked(files, None)
    assert (report.findings, report.policy_checked, report.records_checked) == ((), False, True)
    report = fsck(reader(files), records=False)
    assert (report.findings, report.policy_checked, report.records_checked) == ((), False, False)


def finding(files: Files, policy: bytes) -> str:
    """The first finding; where there is nothing to begin with, the error."""
    try:
        findings = checked(files, policy).findings
    except OpenQIError as error:
        return f"checkpoint: {error}"
    return findings[0] if findings else ""


def test_a_changed_bit_in_any_file_of_a_log_is_found_in_that_file(stage):
    files = files_of(stage)
    policy = stage.policy
    for path, content in files.items():
        for place in range(len(content)):
            changed_one = content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :]
            found = finding({**files, path: changed_one}, policy)
            # A bit of an entry shows as a tile that is not the hash of what lies below it.
            expected = ("tile/0/", "tile/entries/") if path.startswith("tile/entries") else (path,)
            assert found.startswith(expected), (path, place, found)


def test_a_changed_bit_in_any_tile_of_a_larger_log_is_found(large):
    files = files_of(large)
    policy = parse_policy(large.policy)
    assert {path.split("/")[1] for path in files if path != "checkpoint"} == {"entries", "0", "1"}
    for path, content in files.items():
        for place in range(0, len(content), 7919 if path.startswith("tile/entries") else 499):
            changed_one = content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :]
            try:
                report = fsck(reader({**files, path: changed_one}), policy=policy, records=False)
            except OpenQIError:
                assert path == "checkpoint"
                continue
            assert report.findings, (path, place)


@pytest.mark.parametrize("how", ["missing", "empty", "short", "long", "swapped"])
def test_a_file_that_is_missing_cut_or_swapped_is_found(large, how):
    files = files_of(large)
    paths = [path for path in files if path != "checkpoint"]
    for place, path in enumerate(paths):
        broken = dict(files)
        match how:
            case "missing":
                del broken[path]
            case "empty":
                broken[path] = b""
            case "short":
                broken[path] = files[path][:-1]
            case "long":
                broken[path] = files[path] + b"\0"
            case "swapped":
                broken[path] = files[paths[place - 1]]
        assert fsck(reader(broken), policy=parse_policy(large.policy), records=False).findings, path


def test_without_a_checkpoint_there_is_nothing_to_begin_with(stage):
    for files in ({}, {"checkpoint": b""}, {"checkpoint": b"hello\n"}):
        with pytest.raises((NotFoundError, FormatError)):
            checked(files, stage.policy)


def test_an_empty_log_is_whole():
    report = checked(static([]), None)
    assert (report.size, report.findings) == (0, ())


def test_a_root_that_the_entries_do_not_reach_is_found(stage):
    files = files_of(stage)
    note = parse_note(files["checkpoint"])
    wrong = replace(parse_checkpoint(note), root=bytes(32)).note()
    files["checkpoint"] = signed(wrong, stage.log_key, stage.store.origin).encode()
    assert finding(files, stage.policy).startswith("checkpoint: the entries do not add up")


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("doubled", "second time"),
        ("doubled sealed", "second time"),
        ("garbage", "three base64url parts"),
        ("empty entry", "three base64url parts"),
        ("sealed in capitals", "lower-case hexadecimal"),
        ("private in the open", "sealed entry"),
        ("no genesis", "genesis"),
        ("sealed genesis", "genesis"),
        ("genesis of another log", "genesis"),
        ("second genesis", "genesis"),
        ("unpinned genesis", "genesis"),
        ("unknown key", "no record grants"),
        ("another party", "signed with a key of"),
        ("not admitted", "no record grants"),
    ],
)
def test_what_a_dishonest_operator_logs_is_found(stage, fault, says):
    """Files, tiles and root all add up: the operator made them. Only the records tell."""
    forge = Forge.of(stage)
    entries, policy = forge.entries, stage.policy
    match fault:
        case "doubled":
            entries.append(entries[7])
        case "doubled sealed":
            entries.append(sealed_entry(forge.records[7].id))
        case "garbage":
            entries.append(b"garbage")
        case "empty entry":
            entries.append(b"")
        case "sealed in capitals":
            entries.append(b"sealed\n" + b"AB" * 32 + b"\n")
        case "private in the open":
            private = next(record for record in forge.records if not record.public)
            entries.append(private.jws)
        case "no genesis":
            entries = entries[1:]
        case "sealed genesis":
            entries = [sealed_entry("ab" * 32)]
        case "genesis of another log":
            entries[0] = log_entry(Stage("other.example/1").genesis)
        case "second genesis":
            entries.append(log_entry(Stage("log.example/1", first_key=90).genesis))
        case "unpinned genesis":
            policy = policy.replace(stage.genesis.id.encode(), b"ab" * 32)
        case "unknown key":
            entries.append(log_entry(forge.state(RESULT, Signer(party=stage.laboratory.party, key=key_of(99)))))
        case "another party":
            entries.append(log_entry(forge.state(RESULT, Signer(party=stage.assessor.party, key=stage.laboratory.key))))
        case "not admitted":
            entries.append(log_entry(Stage("other.example/1", first_key=90).result()))
    report = checked(static(entries), policy)
    assert any(says in one for one in report.findings), report.findings
    assert not report.records_checked
    assert all(one.startswith("entry ") for one in report.findings)


def test_findings_go_on_after_the_first_one(stage):
    forge = Forge.of(stage)
    entries = [*forge.entries[:9], b"garbage", *forge.entries[9:], b"more garbage"]
    report = checked(static(entries), stage.policy)
    assert [one.split(":")[0] for one in report.findings] == ["entry 9", f"entry {len(entries) - 1}"]


def test_a_sealed_record_that_is_opened_is_judged_like_any_other(stage):
    forge = Forge.of(stage)
    bad = forge.state(
        Statement(kind="x.y/1", streams=("https://x.example",), body={}, visible_to=(), salt="A" * 22),
        Signer(party=stage.laboratory.party, key=key_of(99)),
    )
    files = static(forge.entries)
    assert checked(files, stage.policy).findings == ()
    report = fsck(reader(files), policy=parse_policy(stage.policy), opened={bad.id: bad})
    assert len(report.findings) == 1


def test_an_admitted_record_stands_right_after_its_admission():
    host, home = Stage(), Stage("home.example/1", first_key=101, names="-b")
    policy = home.policy.replace(b"quorum none\n", b"") + host.policy
    admit(host.ledger, home.dossier(home.result()), policy=policy, signer=host.operator)
    forge = Forge.of(host)
    entries = forge.entries
    assert checked(static(entries), policy).findings == ()
    first = next(place for place, record in enumerate(forge.records) if record.kind == "governance.admitted/1")
    for faulty in ([*entries[: first + 1], *entries[first + 2 :]], [*entries[:first], *entries[first + 1 :]]):
        report = checked(static(faulty), policy)
        assert report.findings
    moved = [*entries[: first + 1], *entries[first + 2 :], entries[first + 1]]
    assert any("must stand here" in one for one in checked(static(moved), policy).findings)
    # A reader who does not believe the home says so.
    assert any("home.example/1" in one for one in checked(static(entries), host.policy).findings)


def test_log_entries_come_out_in_order(large):
    large.store.publish()
    entries = list(log_entries(large.store.read, large.store.size()))
    assert entries == [log_entry(one.record) for one in large.store.scan()]
