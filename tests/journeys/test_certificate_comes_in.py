"""A digital certificate comes into a workspace: it is sealed and examined, what is measured rests on it, it can be corrected."""

import io
import json
import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from pypdf import PdfReader

from asgi_client import Client
from openqi.app.reading.due import due_list
from openqi.app.reading.reader import Reader
from openqi.app.workspace.build import build
from openqi.app.workspace.start import start
from openqi.evidence import keyfile
from openqi.formats.dcc.writer import write_dcc
from openqi.formats.dcc.writer.content_file import read_content
from openqi.interfaces.web.paper.printing import printable
from openqi.interfaces.web.server import application
from openqi.interfaces.web.site import export_site
from openqi.kernel.errors import FormatError
from openqi.records.certificates import CertificateExamined
from openqi.records.metrology import CalibrationCertifiedFully
from shared_data import shared
from unit.formats.dcc_signing import World, signed
from unit.interfaces.cli_world import openqi

SECRET = "correct horse battery staple"
SIGNED = "data/dcc/examples/good_practice/dcc_gp_temperature_typical_v12_v3.2.0_signed"
CALIPER = "https://company.example.org/instrument/caliper-12"
CERTIFICATE = "https://calibration.example.org/certificate/K-2026-311"


def content(reference: list[str], number: str = "K-2026-311") -> bytes:
    """A calibration of the caliper as the content file of a DCC."""
    told = {
        "identifier": number, "languages": ["zh", "en"], "country": "CN", "begin": "2026-03-09", "end": "2026-03-10",
        "issued": "2026-03-11", "due": "2027-03-10", "signers": ["Li"],
        "laboratory": {"name": {"zh": "示例校准实验室", "en": "Example laboratory"}, "city": "Beijing", "code": "CNAS L0000"},
        "customer": {"name": {"zh": "示例公司", "en": "Example company"}, "city": "Ningde"},
        "items": [
            {"name": {"zh": "卡尺", "en": "caliper"}, "identifications": [{"issuer": "manufacturer", "value": "12"}]}
        ],
        "methods": [{"name": {"zh": "比较法", "en": "comparison"}, "norm": "JJF 1253-2010"}],
        "conditions": [{"name": {"zh": "温度", "en": "temperature"}, "value": "20.0", "unit": "\\degreecelsius"}],
        "tables": [
            {
                "name": {"zh": "长度", "en": "length"},
                "columns": [
                    {
                        "name": {"zh": "示值", "en": "indicated"}, "refTypes": "basic_measuredValue", "unit": "\\milli\\metre",
                        "values": ["0.00", "10.00", "25.00", "50.00"],
                    },
                    {
                        "name": {"zh": "参考值", "en": "reference"}, "refTypes": "basic_referenceValue", "unit": "\\milli\\metre",
                        "values": reference, "expanded": ["0.012", "0.012", "0.012", "0.015"],
                    },
                ],
            }
        ],
    }  # fmt: skip
    return write_dcc(read_content(yaml.safe_dump(told, allow_unicode=True).encode(), name="content.yaml"))


RIGHT = ["0.000", "10.003", "25.005", "50.011"]


def put(folder: Path, *more: str) -> Path:
    """The workspace that `openqi init` makes, with the DCC of its caliper in the place of the paper."""
    start(folder)
    (folder / "certificates" / "caliper.xml").write_bytes(content(RIGHT))
    text = (folder / "openqi.yaml").read_text(encoding="utf-8")
    begin, end = text.index("  caliper-2026:\n"), text.index("# How it is measured.")
    entry = [
        "  caliper-2026:", f"    uri: {CERTIFICATE}", "    kind: calibration", "    file: certificates/caliper.xml",
        "    instrument: caliper", "    issued_by: calibration", "    quantities: {diameter: length}", "    form: 2",
        "    examined_by: laboratory", *more, "", "",
    ]  # fmt: skip
    party = (
        "  calibration:\n    uri: https://calibration.example.org\n"
        "    name: {zh: 示例校准实验室, en: Example calibration laboratory}\n"
        "    roles: [calibration-laboratory]\n"
    )
    text = text[:begin] + "\n".join(entry) + text[end:]
    text = text.replace("unit: mm", "unit: \\milli\\metre")
    text = text.replace("  quality:\n    uri", f"{party}  quality:\n    uri", 1)
    (folder / "openqi.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def quick() -> Iterator[None]:
    """Key files at a small cost."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(keyfile._COST, "n", 16)
        yield


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, quick: None) -> Path:
    """It was built; read it only."""
    folder = put(tmp_path_factory.mktemp("certificate") / "workspace")
    build(folder, passphrase=lambda _: SECRET)
    return folder


def records(folder: Path, kind: str) -> list[str]:
    with Reader(folder) as reader:
        return [one for one in reader.records() if reader.record_page(one).seen.kind == kind]


def test_the_certificate_and_its_examination_are_sealed(workspace: Path):
    (certificate,) = records(workspace, CalibrationCertifiedFully.KIND)
    (examined,) = records(workspace, CertificateExamined.KIND)
    with Reader(workspace) as reader:
        body, told = reader.record_page(certificate).body, reader.record_page(examined).body
        assert [seen.id for seen in reader.record_page(certificate).resting if seen.kind == CertificateExamined.KIND] == [examined]
    assert (body["procedures"], body["laboratoryCode"]) == (["JJF 1253-2010"], "CNAS L0000")
    assert body["customer"] == {"zh": "示例公司", "en": "Example company"}
    assert [point["reference"] for point in body["calibrated"][0]["points"]] == RIGHT
    assert (told["signature"], told["structure"], told["schema"], told["record"]) == (
        "not-signed", "passed", "not checked", certificate
    )  # fmt: skip
    assert told["document"] == body["document"]


def test_its_pages_show_it_and_lead_to_each_other(workspace: Path):
    (certificate,) = records(workspace, CalibrationCertifiedFully.KIND)
    (examined,) = records(workspace, CertificateExamined.KIND)
    with Client(application(workspace), headers={"accept": "text/html", "accept-language": "en"}) as client:
        page = client.get(f"/certificate/{certificate}").text
        for told in ("K-2026-311", "JJF 1253-2010", "CNAS L0000", "10.003", "2027-03-10", "The file is not signed", examined[:8]):
            assert told in page, told
        assert f'href="/certificate/{certificate}.xml"' in page
        for other in (f"/instrument?uri={CALIPER}", f"/record/{certificate}"):
            assert f'href="/certificate/{certificate}"' in client.get(other).text, other
        assert "由 DCC 3.3.0 文件生成" in client.get(f"/certificate/{certificate}?lang=zh").text
        file = client.get(f"/certificate/{certificate}.xml")
        assert (file.content, file.headers["content-type"]) == (content(RIGHT), "application/xml")
        assert file.headers["content-disposition"].startswith("attachment;")
        for wrong in (
            f"/certificate/{examined}",
            f"/certificate/{examined}.xml",
            f"/certificate/{certificate}.exe",
            "/certificate/no",
        ):
            assert client.get(wrong).status_code == 404, wrong


@pytest.mark.skipif(not printable(), reason="no typst or no Noto Sans for Chinese")
def test_its_pdf_carries_the_document_of_the_record(workspace: Path):
    (certificate,) = records(workspace, CalibrationCertifiedFully.KIND)
    with Client(application(workspace), headers={"accept": "text/html"}) as client:
        pdf = client.get(f"/certificate/{certificate}.pdf?lang=zh")
    reader = PdfReader(io.BytesIO(pdf.content))
    assert reader.attachments == {"certificate.xml": [content(RIGHT)]}
    assert "示例校准实验室" in reader.pages[0].extract_text()


def test_its_page_is_exported_with_its_document(workspace: Path, tmp_path: Path):
    (certificate,) = records(workspace, CalibrationCertifiedFully.KIND)
    export_site(workspace, tmp_path)
    assert (tmp_path / "certificate" / f"{certificate}.xml").read_bytes() == content(RIGHT)
    for language in ("zh", "en"):
        page = (tmp_path / language / "certificate" / f"{certificate}.html").read_text(encoding="utf-8")
        (link,) = re.findall(r'href="([^"]+\.xml)"', page)
        assert (tmp_path / language / "certificate" / link).resolve().is_file()


@pytest.mark.parametrize(("day", "left"), [("2026-03-11", 364), ("2027-03-10", 0), ("2027-03-12", -2)])
def test_it_is_due_after_the_interval_of_the_owner(workspace: Path, day: str, left: int):
    with Reader(workspace, clock=lambda: datetime.fromisoformat(f"{day}T08:00:00+00:00")) as reader:
        (due,) = due_list(reader.context())
        assert (due.instrument.uri, due.quantity, due.days_left, due.late) == (CALIPER, "diameter", left, left < 0)
        assert due_list(reader.context(), within=0) == ((due,) if left <= 0 else ())


def test_the_command_tells_what_is_due(workspace: Path):
    found = openqi("dcc", "due", "--in", workspace, "--json")
    (row,) = found.data["instruments"]
    assert (row["certificate"], row["servesUntil"], row["endStated"]) == ("K-2026-311", "2027-03-10", False)
    assert (found.status == 1) == row["late"]
    assert openqi("dcc", "due", "--in", workspace, "--within", "0").out.strip() != ""


def test_what_was_measured_rests_on_it_and_a_correction_shows_what_moves(workspace: Path, tmp_path: Path):
    (certificate,) = records(workspace, CalibrationCertifiedFully.KIND)
    (tmp_path / "corrected.xml").write_bytes(content(["0.030", "10.093", "25.095", "50.101"], number="K-2026-311a"))
    found = openqi("impact", certificate, "--correction", tmp_path / "corrected.xml", "--in", workspace, "--json")
    effect = found.data
    assert found.status == 1, effect
    assert effect["effects"]
    same = openqi("impact", certificate, "--correction", workspace / "certificates/caliper.xml", "--in", workspace, "--json")
    assert (same.status, same.data["flips"]) == (0, [])


def test_building_again_seals_nothing_new(workspace: Path, tmp_path: Path, quick: None):
    folder = shutil.copytree(workspace, tmp_path / "again")
    assert build(folder, passphrase=lambda _: SECRET).sealed == ()


@pytest.mark.parametrize("state", ["manipulated", "lt_revoked"])
def test_a_certificate_that_was_changed_is_not_taken_in(tmp_path: Path, quick: None, state: str):
    folder = put(tmp_path / "workspace")
    shutil.copy(shared(f"{SIGNED}_{state}.xml"), folder / "certificates" / "caliper.xml")
    expected = {"manipulated": "its signature is changed"}.get(state, "the certificate is of an item")
    with pytest.raises(FormatError, match=expected):
        build(folder, passphrase=lambda _: SECRET)
    assert not (folder / ".openqi" / "ledger").exists() or json.dumps(records(folder, CalibrationCertifiedFully.KIND)) == "[]"


def test_a_signed_certificate_is_examined_under_the_roots_that_the_entry_names(tmp_path: Path, quick: None):
    world = World()
    folder = put(tmp_path / "workspace", "    roots: [certificates/root.der]")
    (folder / "certificates" / "caliper.xml").write_bytes(signed(content(RIGHT), world.lab, world.middle))
    (folder / "certificates" / "root.der").write_bytes(world.root.der)
    build(folder, passphrase=lambda _: SECRET)
    (examined,) = records(folder, CertificateExamined.KIND)
    with Reader(folder) as reader:
        told = reader.record_page(examined).body
        assert (told["signature"].startswith("valid"), told["timeSource"]) == (True, "claimed")
        assert reader.store.blob(told["roots"][0]["sha256"]) == world.root.der


def test_a_correction_whose_signature_does_not_hold_shows_no_impact(workspace: Path):
    (certificate,) = records(workspace, CalibrationCertifiedFully.KIND)
    found = openqi("impact", certificate, "--correction", shared(f"{SIGNED}_manipulated.xml"), "--in", workspace)
    assert (found.status, "its signature is changed" in found.err) == (2, True)


def test_a_certificate_on_paper_is_not_examined(tmp_path: Path, quick: None):
    start(tmp_path / "w")
    text = (tmp_path / "w" / "openqi.yaml").read_text(encoding="utf-8")
    (tmp_path / "w" / "openqi.yaml").write_text(
        text.replace("    checked_by: quality\n", "    checked_by: quality\n    examined_by: quality\n", 1)
    )
    with pytest.raises(FormatError, match=r"openqi.yaml:\d+: .*a certificate on paper is not examined"):
        build(tmp_path / "w", passphrase=lambda _: SECRET)
