"""Any bytes as a model of triage and any text as a complaint give a value or our own error."""

import json
import random
from contextlib import suppress

import pytest

from openqi.kernel.errors import FormatError
from openqi.science.triage.document import read_model
from openqi.science.triage.hazards.finding import LEVELS, hazard_in
from shared_data import ROOT

MODEL = (ROOT / "src" / "openqi" / "app" / "station" / "demo_triage.json").read_bytes()
ODD = ["\0", "\ud800", "\U0010ffff", "没有", "受伤", "no injury", "3岁", "9" * 30, "\u202e", "ﷺ", "İ", "e\u0301", "火" * 40]


@pytest.mark.parametrize("seed", range(60))
def test_a_model_with_bytes_changed_is_read_or_refused(seed):
    chance = random.Random(seed)
    data = bytearray(MODEL)
    for _ in range(chance.choice((1, 1, 3, 50))):
        place = chance.randrange(len(data))
        data[place : place + chance.randrange(3)] = bytes(chance.randrange(256) for _ in range(chance.randrange(3)))
    with suppress(FormatError):
        model, _ = read_model(bytes(data))
        list(model.suggestions(["牛奶过期", ""], reasons=2))


@pytest.mark.parametrize("seed", range(60))
def test_a_model_with_a_member_of_another_sort_is_refused_or_works(seed):
    chance = random.Random(seed)
    document = json.loads(MODEL)
    name = chance.choice(sorted(document))
    document[name] = chance.choice([None, [], {}, "", -1, 1e308, [[]], [None], True, document[chance.choice(sorted(document))]])
    with suppress(FormatError):
        model, _ = read_model(json.dumps(document).encode())
        list(model.suggestions(["牛奶过期"], reasons=2))


@pytest.mark.parametrize("seed", range(100))
def test_any_text_has_a_hazard_and_a_suggestion(seed):
    chance = random.Random(seed)
    text = "".join(chance.choice([*ODD, chr(chance.randrange(0x110000)), "手", " "]) for _ in range(chance.randrange(200)))
    assert hazard_in(text).level in LEVELS
    (said,) = read_model(MODEL)[0].suggestions([text], reasons=3)
    assert (said.label is None) == bool(said.why)
