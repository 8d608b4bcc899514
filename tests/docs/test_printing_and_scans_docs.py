"""The pages on printing and on scans: numbers, settings and commands that they name are those of the program."""

import re
import tomllib

import msgspec
import pytest

from openqi.app.scans import keeping
from openqi.app.scans.board import ISSUING, WATCHING
from openqi.app.scans.kept import ENDS
from openqi.app.settings import Scans
from openqi.formats.codes import mark_matrix
from openqi.formats.sheets.layouts import LAYOUTS, LEAST_MODULE, MOST_MODULE, QUIET, USUAL_MODULE
from openqi.interfaces.web.marks.choosing import PATH
from openqi.interfaces.web.station import scan_signals
from shared_data import ROOT

PRINTING = (ROOT / "docs/marks/printing.md").read_text(encoding="utf-8")
SCANS = (ROOT / "docs/marks/scans.md").read_text(encoding="utf-8")
MARK = "https://{}/01/09506000134352/21/0CYZ4665ZSV42N58MM5E"


def test_sizes_of_codes_are_those_that_are_printed():
    sides = {len(mark_matrix(MARK.format(host), "qr")) for host in ("a.cn", "mark.maker-of-many-things.example")}
    assert sides == {33, 37} and "33 or 37 modules" in PRINTING
    assert len(mark_matrix(MARK.format("a.cn"), "datamatrix")) == 22 and "22 modules a side" in PRINTING
    shown = [round((side + 2 * QUIET["qr"]) * USUAL_MODULE, 1) for side in (33, 37)]
    assert f"{shown[0]} or {shown[1]} mm" in PRINTING
    assert f"| {(22 + 2 * QUIET['datamatrix']) * USUAL_MODULE:.1f} mm |" in PRINTING
    assert f"{LEAST_MODULE} to {MOST_MODULE:.3f} mm" in PRINTING.replace("0.990", f"{MOST_MODULE:.3f}")
    assert all(f"`{name}`" in PRINTING for name in LAYOUTS)
    assert round(USUAL_MODULE * 300 / 25.4) == 6 and round(USUAL_MODULE * 200 / 25.4) == 4


def test_the_settings_of_the_page_are_all_that_there_are():
    (block,) = re.findall(r"^```toml\n(.*?)^```", SCANS, re.MULTILINE | re.DOTALL)
    assert {*tomllib.loads(block)["scans"]} == {field.name for field in msgspec.structs.fields(Scans)}


def test_bounds_roles_ends_and_addresses_are_those_of_the_program():
    assert f"{keeping.PER_DEVICE} of a device and {keeping.PER_MARK} of a mark in a minute, and {keeping.WAITING:,}" in SCANS
    assert all(f"`{role}`" in SCANS for role in WATCHING) and {"mark-issuer", "manufacturer"} == ISSUING
    assert all(word in SCANS for word in ENDS)
    assert f"`{PATH}`" in SCANS and f"`{scan_signals.PATH}`" in SCANS


@pytest.mark.parametrize("page", [PRINTING, SCANS])
def test_nothing_is_called_what_scans_cannot_show(page: str):
    assert not re.search(r"\b(genuine|counterfeit)\b", page, re.IGNORECASE)
    assert "MEASURED" not in page
