"""`openqi dcc`: certificates read, checked, verified and followed, for people and for programs, in both languages."""

import hashlib
import json
from pathlib import Path

import pytest

from shared_data import shared
from unit.formats.dcc_good import LINK, good, link
from unit.formats.dcc_signing import World, revocation_list, signed
from unit.interfaces.cli_world import answer, openqi

HUMIDITY = "data/dcc/examples/good_practice/dcc_gp_humidity_v1.0.xml"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A good certificate that rests on another one, which lies beside it."""
    (tmp_path / "below.xml").write_bytes(good(("GOOD-1", "BELOW")))
    digest = hashlib.sha256((tmp_path / "below.xml").read_bytes()).hexdigest()
    path = tmp_path / "good.xml"
    path.write_bytes(good((LINK, link("BELOW", "SHA-256", digest))))
    return path


def test_read_shows_what_a_certificate_says_and_that_nothing_was_verified(certificate: Path):
    data = answer("dcc", "read", certificate)
    assert (data["identifier"], data["schemaVersion"], data["signature"]) == ("GOOD-1", "3.3.0", "not-signed")
    assert [link["identifier"] for link in data["links"]] == ["BELOW"]
    assert data["values"][3]["points"][0] == {
        "value": "0.011",
        "uncertainty": {"kind": "expanded", "uncertainty": "0.011", "coverage_factor": "2", "coverage_probability": "0.95"},
    }
    shown = openqi("dcc", "read", certificate, "--lang", "zh").out
    assert "温度计" in shown
    assert "校准实验室" in shown


def test_check_finds_nothing_in_a_good_certificate_and_says_what_it_did_not_ask(certificate: Path):
    data = answer("dcc", "check", certificate)
    assert (data["structure"], data["xsd"], data["content"], data["signature"]) == ("passed", "not checked", "passed", "not-signed")
    assert data["findings"] == []
    assert [one["outcome"] for one in data["verdicts"]] == ["pass", "pass"]


def test_check_with_schemas_says_that_they_were_asked(certificate: Path):
    assert answer("dcc", "check", certificate, "--schemas", shared("data/dcc/schema"))["xsd"] == "passed"
    found = openqi("dcc", "check", certificate, "--schemas", certificate.parent)
    assert (found.status, "no XSD file" in found.err) == (2, True)


def test_check_of_the_public_humidity_certificate_has_exit_status_1_and_reports_verdicts_without_a_rule():
    found = openqi("dcc", "check", shared(HUMIDITY), "--lang", "zh")
    assert found.status == 1
    assert "decision-rule-stated" in found.out
    assert "内容规则  未通过" in found.out
    data = openqi("dcc", "check", shared(HUMIDITY), "--json").data
    assert [one["guardInU"] for one in data["verdicts"][1:]] == ["0.33", "0.25", "0.20", "0.18", "0.20", "0.25", "0.33"]
    assert {one["rule"] for one in data["findings"]} == {"decision-rule-stated", "verdict-for-each-value"}


def test_a_verdict_that_comes_out_otherwise_and_a_list_that_does_not_match_are_findings(certificate: Path):
    certificate.write_bytes(good(("0.011 -0.012", "0.030 -0.012")))
    data = openqi("dcc", "check", certificate, "--json").data
    assert [(one["rule"], "pass is stated, fail comes out" in one["text"]) for one in data["findings"]] == [("verdict", True)]
    certificate.write_bytes(good(("0.011 0.010", "0.011 0.010 0.009")))
    data = openqi("dcc", "check", certificate, "--json").data
    assert [(one["rule"], one["line"]) for one in data["findings"]] == [("readable", 48)]
    certificate.write_bytes(good(("GOOD-1", "")))
    data = openqi("dcc", "check", certificate, "--json").data
    assert (data["structure"], data["content"], data["signature"]) == ("failed", "not checked", "not checked")


def test_verify_tells_the_states_of_a_signature_apart(tmp_path: Path):
    world, path, roots = World(), tmp_path / "signed.xml", tmp_path / "root.der"
    roots.write_bytes(world.root.der)
    path.write_bytes(signed(good(), world.lab, world.middle, lists=(revocation_list(world.middle), revocation_list(world.root))))
    data = answer("dcc", "verify", path, "--roots", roots)
    assert (data["state"], data["timeSource"], data["revocation"]) == ("valid-then-expired-now", "claimed", "good")
    assert data["steps"][0] == {
        "name": "form",
        "state": "passed",
        "why": "one signature, directly below the root, of listed algorithms",
    }
    shown = openqi("dcc", "verify", path, "--roots", roots, "--lang", "zh")
    assert (shown.status, "签名时有效，证书现已过期" in shown.out) == (0, True)
    assert (openqi("dcc", "verify", path).status, openqi("dcc", "verify", path, "--json").data["state"]) == (1, "unknown-issuer")
    path.write_bytes(path.read_bytes().replace(b"0.011 -0.012", b"0.001 -0.002"))
    found = openqi("dcc", "verify", path, "--roots", roots, "--json")
    assert (found.status, found.data["state"]) == (1, "changed")
    path.write_bytes(good())
    found = openqi("dcc", "verify", path, "--json")
    assert (found.status, found.data["state"]) == (1, "not-signed")


def test_verify_believes_a_stamper_only_by_a_root_of_its_own(tmp_path: Path):
    world, path = World(), tmp_path / "signed.xml"
    for name, one in (("root", world.root), ("stamps", world.stamp_root)):
        (tmp_path / f"{name}.der").write_bytes(one.der)
    path.write_bytes(signed(good(), world.lab, world.middle, stamper=world.stamper))
    roots = ("--roots", tmp_path / "root.der")
    stamped = answer("dcc", "verify", path, *roots, "--tsa-roots", tmp_path / "stamps.der")
    assert (stamped["state"], stamped["timeSource"]) == ("valid-then-expired-now", "timestamp")
    assert [one["state"] for one in stamped["steps"] if one["name"] == "time"] == ["not checked"]
    assert answer("dcc", "verify", path, *roots, "--roots", tmp_path / "stamps.der")["timeSource"] == "claimed"


def test_chain_follows_to_the_file_beside_and_says_where_it_ends(certificate: Path, tmp_path: Path):
    data = answer("dcc", "chain", certificate, "--at", "2026-06-01")
    assert [(one["identifier"], one["state"], one["depth"]) for one in data["links"]] == [("BELOW", "matches", 1)]
    late = openqi("dcc", "chain", certificate, "--at", "2027-06-01", "--lang", "zh")
    assert (late.status, "已到期" in late.out) == (1, True)
    (tmp_path / "empty").mkdir()
    gone = openqi("dcc", "chain", certificate, "--files", tmp_path / "empty", "--at", "2026-06-01", "--json")
    assert (gone.status, gone.data["links"][0]["state"]) == (0, "missing")
    (tmp_path / "below.xml").write_bytes(good(("GOOD-1", "BELOW"), ("by hand", "by hand!")))
    wrong = openqi("dcc", "chain", certificate, "--at", "2026-06-01", "--json")
    assert (wrong.status, wrong.data["links"][0]["state"]) == (1, "wrong-hash")


@pytest.mark.parametrize("command", ["read", "check", "verify", "chain"])
def test_what_is_no_certificate_has_exit_status_2_and_no_traceback(command: str, tmp_path: Path):
    path = tmp_path / "x.xml"
    for data in (b"", b"<a", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"):
        path.write_bytes(data)
        found = openqi("dcc", command, path, "--json")
        assert (found.status, json.loads(found.out)["kind"]) == (2, "format"), found
    assert openqi("dcc", command, tmp_path / "nowhere.xml").status == 2
    assert openqi("dcc", "chain", path, "--at", "soon").status == 2


def test_what_checks_found_is_told_in_chinese_to_who_reads_chinese(tmp_path: Path):
    (tmp_path / "c.xml").write_bytes(good(("<dcc:mainSigner>true", "<dcc:mainSigner>false")))
    chinese = openqi("dcc", "check", tmp_path / "c.xml", "--lang", "zh").out
    assert "main-signer-named" in chinese
    assert "责任人中没有主签名人" in chinese
    assert "在接收限内；接收限在容许限以内 0.18 U" in chinese
    english = openqi("dcc", "check", tmp_path / "c.xml", "--lang", "en").out
    assert "main-signer-named" in english
    assert "no responsible person is the main signer" in english


def test_the_steps_of_a_signature_and_of_a_chain_are_told_in_chinese_to_who_reads_chinese(certificate: Path):
    assert "证书没有签名" in openqi("dcc", "verify", certificate, "--lang", "zh").out
    assert "哈希与文件一致" in openqi("dcc", "chain", certificate, "--lang", "zh").out


@pytest.mark.parametrize(("command", "name"), [("page", "c.pdf"), ("page", "c.xml"), ("pdf", "c.html"), ("pdf", "c")])
def test_a_document_is_not_written_under_the_name_of_another_kind_of_file(tmp_path: Path, command: str, name: str):
    (tmp_path / "c.xml").write_bytes(good())
    found = openqi("dcc", command, tmp_path / "c.xml", "--out", tmp_path / name)
    assert found.status == 2
    assert f"this writes {'.html or .htm' if command == 'page' else '.pdf'}" in found.err
    assert [one.name for one in tmp_path.iterdir()] == ["c.xml"]
    assert (tmp_path / "c.xml").read_bytes() == good()


def test_a_root_that_is_no_certificate_is_told_by_its_place(tmp_path: Path, certificate: Path):
    (tmp_path / "r.pem").write_bytes(b"nothing")
    found = openqi("dcc", "verify", certificate, "--roots", tmp_path / "r.pem")
    assert found.status == 2
    assert "root 1 of 1 is no X.509 certificate" in found.err


def test_a_folder_that_is_a_file_and_one_in_which_nothing_can_be_are_not_said_to_be_missing(tmp_path: Path, certificate: Path):
    found = openqi("dcc", "page", certificate, "--out", certificate / "c.html")
    assert "is a file, not a folder" in found.err
    if Path("/proc/version").exists():
        assert "there is no folder" not in openqi("dcc", "page", certificate, "--out", "/proc/c.html").err
