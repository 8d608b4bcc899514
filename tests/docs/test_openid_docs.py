"""What the pages about OpenID Connect say of settings, steps, tests and bounds is what the program does."""

import re
from pathlib import Path

import msgspec
import pytest

from openqi.app.people.openid import discovery, flow, tokens
from openqi.app.settings import OpenID

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("page", ["openid.md", "openid.zh.md"])
def test_the_page_names_every_setting_step_and_bound(page: str):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    table = text.partition("| `issuer`")[2].partition("\n\n")[0]
    named = {"issuer", *re.findall(r"`([a-z_]+)`", "\n".join(line.split("|")[1] for line in table.splitlines()[1:]))}
    assert named == {field.name for field in msgspec.structs.fields(OpenID)}
    source = Path(str(tokens.__file__)).read_text(encoding="utf-8")
    steps = set(re.findall(r"""(?:_need\(|VerificationError\()\s*"(\w+)",""", source))
    assert len(steps) == 11
    assert {step for step in steps if f"`{step}`" not in text} == set()
    for bound in (f"{discovery._MOST:,}", f"{discovery._SECONDS:g}", f"{discovery._PAUSE.seconds}", f"{flow.LASTS.seconds // 60}"):
        assert bound in text, bound
    for name in re.findall(r"`(tests/[a-z_/.]+)`", text):
        assert (ROOT / name).exists(), name
