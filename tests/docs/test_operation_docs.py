"""The example configuration has every setting and loads; what the page about operation names is there."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from openqi.app.settings import FILE, Limits, Mail, OpenID, Operation, Retention, Scans, Settings, Webhooks, read_settings
from openqi.store.objects.address import ASKED, URL, credentials, parse_address

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples" / "operation"
PAGES = ["operation.md", "operation.zh.md"]


def test_the_example_configuration_has_every_setting_and_loads():
    stated = tomllib.loads((EXAMPLES / FILE).read_text(encoding="utf-8"))
    assert read_settings(EXAMPLES).host == "quality.example"
    assert set(stated) == {field.name for field in msgspec.structs.fields(Settings)}
    parts = {"mail": Mail, "limits": Limits, "operation": Operation, "webhooks": Webhooks, "retention": Retention, "scans": Scans}
    for name, kind in parts.items():
        assert set(stated[name]) == {field.name for field in msgspec.structs.fields(kind)}
    assert set(stated["openid"]["campus"]) == {field.name for field in msgspec.structs.fields(OpenID)}


def test_what_the_example_states_of_limits_is_the_default():
    assert read_settings(EXAMPLES).limits == Limits()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_files_that_are_there_and_settings_that_there_are(page: str):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    named = set(re.findall(r"`(tests/[a-z_/]+\.py)`", text))
    assert len(named) >= 5
    assert [name for name in named if not (ROOT / name).is_file()] == []
    settings = set(re.findall(r"`operation\.([a-z_]+)`", text))
    assert settings == {field.name for field in msgspec.structs.fields(Operation)}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_every_setting_of_the_objects(page: str):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert [name for name in ASKED if f"| `{name}` |" not in text] == []


def test_the_example_of_a_bucket_is_one_that_can_be_asked():
    address = parse_address((EXAMPLES / URL).read_text(encoding="utf-8"), {})
    assert (address.bucket, address.endpoint) == ("evidence", "https://s3.example")
    named = replace(address, credentials=EXAMPLES / "objects.credentials")
    assert credentials(named, {}).key.startswith("written-by")
