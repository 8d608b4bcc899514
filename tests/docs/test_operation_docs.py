"""The example configuration has every setting and loads; what the page about operation names is there."""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from openqi.app.settings import FILE, Limits, Mail, OpenID, Operation, Settings, Webhooks, read_settings

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples" / "operation"
PAGES = ["operation.md", "operation.zh.md"]


def test_the_example_configuration_has_every_setting_and_loads():
    stated = tomllib.loads((EXAMPLES / FILE).read_text(encoding="utf-8"))
    assert read_settings(EXAMPLES).host == "quality.example"
    assert set(stated) == {field.name for field in msgspec.structs.fields(Settings)}
    for name, kind in (("mail", Mail), ("limits", Limits), ("operation", Operation), ("webhooks", Webhooks)):
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
