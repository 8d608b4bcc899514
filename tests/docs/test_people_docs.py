"""What the pages about people say is what the program does: numbers, commands, addresses, in both languages."""

import re
from pathlib import Path

import pytest

from openqi.app.people.members import DAYS
from openqi.app.people.passwords import LEAST
from openqi.app.people.recovery import COUNT, HOURS, code_of
from openqi.app.people.webauthn import MINUTES
from openqi.app.settings import Limits
from openqi.interfaces.web.station.frame import WAYS

ROOT = Path(__file__).resolve().parents[2]
PAGES = {"people.md": "| challenge |", "people.zh.md": "| 挑战 |"}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_states_the_numbers_of_the_program(page):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    limits = Limits()
    bits = 5 * len(code_of(bytes(24)).replace("-", ""))
    numbers = {LEAST, limits.fresh_minutes, limits.session_minutes, limits.session_hours, HOURS, DAYS, MINUTES, bits}
    assert [number for number in numbers if not re.search(rf"\b{number}\b", text)] == []
    assert (limits.sign_ins_per_hour, COUNT) == (20, 10), "said in words"
    (challenge,) = [line for line in text.splitlines() if line.startswith(PAGES[page])]
    assert str(MINUTES) in challenge


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_addresses_settings_and_commands_that_there_are(page):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert f"`{WAYS}`" in text
    assert set(re.findall(r"`limits\.([a-z_]+)`", text)) <= set(Limits.__struct_fields__)
    commands = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    for command in set(re.findall(r"openqi (station [a-z]+)", text)):
        assert f"### `openqi {command} " in commands
