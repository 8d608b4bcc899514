"""`openqi mark issue`, `state` and `prove`: a private file and hashes in the log, states by who may, a unit that proves itself."""

import random
from pathlib import Path

import pytest

from licence_folder import BASE, GTIN, MAKER, UNION, LicenceFolder, licence_folder
from openqi.app.folder import ledger_folder
from openqi.evidence import keyfile
from openqi.formats.digital_link import check_mark
from openqi.formats.digital_link import new_serials as serials
from openqi.kernel.errors import DomainError
from unit.interfaces.cli_world import answer, openqi


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> LicenceFolder:
    with pytest.MonkeyPatch.context() as patch:  # as every test of commands has it
        patch.setitem(keyfile._COST, "n", 16)
        made = licence_folder(tmp_path_factory.mktemp("licensed"), most=500)
        issue(made, made.root / "marks.txt", 100)
    return made


def making(file: Path, count: int) -> tuple[object, ...]:
    return ("--count", count, "--base", BASE, "--gtin", GTIN, "-o", file)


def issue(world: LicenceFolder, file: Path, count: int, *more: object) -> dict[str, object]:
    return answer("mark", "issue", world.ledger, "L-2026-001", *making(file, count), *world.asked(), *more)


def marks(world: LicenceFolder) -> list[str]:
    return (world.root / "marks.txt").read_text().split()


def test_marks_stand_in_a_private_file_and_only_as_hashes_in_the_log(world):
    file = world.root / "marks.txt"
    assert file.stat().st_mode & 0o777 == 0o600
    found = marks(world)
    assert len({*found}) == 100
    assert all(check_mark(one).startswith(f"{BASE}/01/{GTIN}/21/") for one in found)
    serial = found[0].rpartition("/")[2].encode()
    with ledger_folder(world.ledger).reading() as store:
        assert not any(serial in one.record.jws for one in store.scan())
    for path in world.ledger.rglob("*"):
        assert not path.is_file() or serial not in path.read_bytes(), path


def test_serials_are_of_all_thirty_two_signs_alike_and_of_whole_chance():
    found = "".join(serials(random.Random(1).randbytes(20 * 20_000)))
    counts = [found.count(sign) for sign in "0123456789ABCDEFGHJKMNPQRSTVWXYZ"]
    assert sum(counts) == 400_000
    chi = sum((count - 12_500) ** 2 / 12_500 for count in counts)
    assert chi < 61.1  # 31 degrees of freedom: 99.9 % of honest ones stay below
    assert serials(bytes(40)) == ["0" * 20] * 2
    with pytest.raises(DomainError):
        serials(bytes(21))


def test_a_file_is_never_overwritten_and_its_marks_are_issued_once(world):
    file = world.root / "marks.txt"
    before = file.read_bytes()
    refused = openqi("mark", "issue", world.ledger, "L-2026-001", *making(file, 3), *world.asked(), "--json")
    assert (refused.status, refused.data["rule"]) == (2, "file-exists")
    assert "--from" in refused.err
    again = answer("mark", "issue", world.ledger, f"{UNION}/licence/1", "--from", file, *world.asked())
    assert again["issued_before"] is True
    assert file.read_bytes() == before
    shown = openqi("mark", "issue", world.ledger, world.licence.id, "--from", file, *world.asked(), "--lang", "zh")
    assert "此前已由同一文件签发" in shown.out


def test_a_mark_in_two_files_or_twice_in_one_is_refused_and_nothing_is_issued(world, tmp_path):
    some = marks(world)
    for name, lines in (
        ("other.txt", [*some[:2], f"{some[0][:-1]}{'A' if some[0][-1] != 'A' else 'B'}"]),
        ("twice.txt", [some[3]] * 2),
    ):
        (tmp_path / name).write_text("".join(f"{one}\n" for one in lines))
        with ledger_folder(world.ledger).reading() as store:
            size = store.size()
        refused = openqi("mark", "issue", world.ledger, "L-2026-001", "--from", tmp_path / name, *world.asked(), "--json")
        assert (refused.status, refused.data["rule"]) == (2, "marks-once")
        with ledger_folder(world.ledger).reading() as store:
            assert store.size() == size


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("--count", 5), "give --count, --base, --gtin and -o"),
        (("--from", "x.txt", "--count", 5), "give --count, --base, --gtin and -o"),
        (("--from", "nowhere.txt"), "there is no file"),
        (("--count", 5, "--base", "http://x", "--gtin", GTIN, "-o", "OUT"), "base"),
        (("--count", 5, "--base", BASE, "--gtin", "123", "-o", "OUT"), "GTIN"),
        (("--count", 0, "--base", BASE, "--gtin", GTIN, "-o", "OUT"), "--count"),
        (("--count", 1_000_001, "--base", BASE, "--gtin", GTIN, "-o", "OUT"), "--count"),
    ],
)
def test_what_cannot_be_issued_says_why_and_leaves_no_file(world, tmp_path, asked, says):
    told = [tmp_path / "out.txt" if one == "OUT" else one for one in asked]
    found = openqi("mark", "issue", world.ledger, "L-2026-001", *told, *world.asked())
    assert (found.status, says in found.err) == (2, True)
    assert not (tmp_path / "out.txt").exists()


def test_too_many_for_the_licence_are_refused_and_their_file_stays_for_another(world, tmp_path):
    found = openqi("mark", "issue", world.ledger, "L-2026-001", *making(tmp_path / "many.txt", 450), *world.asked(), "--json")
    assert (found.status, found.data["rule"]) == (2, "licence-number")
    wrong = openqi("mark", "issue", world.ledger, "no such licence", "--from", tmp_path / "many.txt", *world.asked())
    assert (wrong.status, "no licence is called" in wrong.err) == (2, True)


def test_a_state_is_told_of_marks_by_name_from_a_file_and_of_a_whole_issue(world, tmp_path):
    some = marks(world)
    said = answer("mark", "state", world.ledger, some[10], "--to", "activated", *world.asked())
    assert [one["count"] for one in said["records"]] == [1]
    file = tmp_path / "sold.txt"
    file.write_text(f"{some[10]}\n{some[11]}\n")
    answer("mark", "state", world.ledger, "--marks", file, "--to", "sold", *world.asked(MAKER))
    shown = answer("mark", "state", world.ledger, some[10], some[12])
    assert [one.get("state", {}).get("state") for one in shown["marks"]] == ["sold", None]
    assert "已售出" in openqi("mark", "state", world.ledger, some[10], "--lang", "zh").out
    unknown = openqi("mark", "state", world.ledger, f"{BASE}/01/{GTIN}/21/AAAA", "--to", "sold", *world.asked())
    assert (unknown.status, "was not issued here" in unknown.err) == (2, True)


def test_a_whole_issue_is_revoked_by_who_gave_the_licence_and_its_marks_say_so(tmp_path):
    world = licence_folder(tmp_path)
    record = issue(world, tmp_path / "marks.txt", 3)["record"]
    reason = ("--reason-zh", "印刷重复", "--reason-en", "printed twice")
    refused = openqi("mark", "state", world.ledger, "--whole", record, "--to", "revoked", *world.asked("https://union.example"))
    assert (refused.status, "says why" in refused.err) == (2, True)
    answer("mark", "state", world.ledger, "--whole", record, "--to", "revoked", *reason, *world.asked(UNION))
    told = answer("mark", "state", world.ledger, marks(world)[0])["marks"][0]
    assert (told["state"]["state"], told["state"]["reason"]["zh"]) == ("revoked", "印刷重复")
    proved = answer("mark", "prove", marks(world)[0], "--in", world.ledger, "-o", tmp_path / "u.openqi")
    assert proved["state"] == "revoked"


@pytest.mark.parametrize(
    "asked", [(), ("--whole", "ab" * 32), ("x", "--whole", "ab" * 32, "--to", "sold"), ("https://a.example", "--to", "sold")]
)
def test_a_state_that_is_not_said_of_anything_or_by_nobody_is_a_question_again(world, asked):
    assert openqi("mark", "state", world.ledger, *asked).status == 2


def test_a_unit_proves_itself_without_the_ledger(world, tmp_path):
    some = marks(world)
    file, policy = tmp_path / "unit.openqi", tmp_path / "policy.txt"
    policy.write_bytes((world.ledger / "policy.txt").read_bytes())
    proved = answer("mark", "prove", some[50], "--in", world.ledger, "-o", file)
    assert (proved["leaf"], proved["standing"]) == (50, "issued")
    assert proved["size"] == file.stat().st_size < 40_000
    found = answer("verify", file, "--mark", some[50], "--policy", policy)
    states = {step["name"]: step["state"] for step in found["steps"]}
    assert found["first_failure"] is None
    assert {name for name, state in states.items() if state == "passed"} >= {
        "form",
        "policy",
        "inclusion",
        "key",
        "signature",
        "basis",
    }
    assert (found["replayed"], found["complete"]) == ("not checked", "not checked")
    other = openqi("verify", file, "--mark", some[51], "--policy", policy)
    assert (other.status, "is not about" in other.err) == (1, True)
    assert openqi("verify", world.ledger, "--mark", some[50]).status == 2
    absent = openqi("mark", "prove", f"{BASE}/01/{GTIN}/21/AAAA", "--in", world.ledger, "-o", tmp_path / "x")
    assert (absent.status, (tmp_path / "x").exists()) == (2, False)


def test_a_proof_in_which_any_byte_was_changed_is_refused(world, tmp_path):
    from openqi.app.examine import dossier_report

    answer("mark", "prove", marks(world)[5], "--in", world.ledger, "-o", tmp_path / "u.openqi")
    data, policy = (tmp_path / "u.openqi").read_bytes(), (world.ledger / "policy.txt").read_bytes()
    assert dossier_report(data, policy=policy).first_failure is None
    chance = random.Random(7)
    places = {*range(0, len(data), 131), *chance.sample(range(len(data)), 120)}
    for place in sorted(places):
        changed = bytearray(data)
        changed[place] ^= 1 << chance.randrange(8)
        enclosed = b"policy.txt" in data[max(0, place - 400) : place]  # the reader judges by a policy of their own
        report = dossier_report(bytes(changed), policy=policy)
        assert report.first_failure is not None or enclosed, place
    assert dossier_report(data[:-1], policy=policy).first_failure is not None


def test_a_proof_made_after_a_withdrawal_fails_and_says_which(tmp_path):
    world = licence_folder(tmp_path)
    issue(world, tmp_path / "marks.txt", 3)
    answer("record", "withdraw", world.ledger, world.licence.id, "--reason", "obtained by fraud", *world.asked(UNION))
    proved = answer("mark", "prove", marks(world)[0], "--in", world.ledger, "-o", tmp_path / "u.openqi")
    assert proved["standing"] == "withdrawn"
    found = openqi("verify", tmp_path / "u.openqi", "--policy", world.ledger / "policy.txt", "--json")
    assert found.status == 1
    assert found.data["first_failure"]["name"] == "complete"
    assert f"record {world.licence.id}, conformity.mark-licensed/1, was withdrawn" in found.data["first_failure"]["detail"]


def test_nobody_else_issues_under_the_licence(world, tmp_path):
    (tmp_path / "m.txt").write_text(f"{BASE}/01/{GTIN}/21/QQQQ\n")
    found = openqi("mark", "issue", world.ledger, "L-2026-001", "--from", tmp_path / "m.txt", *world.asked(UNION), "--json")
    assert (found.status, found.data["rule"]) == (2, "role-held")
