"""Whatever a record can state has words in both languages: its kind, its members, and what others are to it."""

import re
from pathlib import Path

import msgspec
import pytest

from openqi import records
from openqi.interfaces.web.words import phrases
from openqi.records import kinds

SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in Path(records.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_a_kind_and_its_members_have_words(kind):
    members = [f"field:{field.encode_name}" for field in msgspec.structs.fields(kinds()[kind])]
    assert [name for name in (f"kind:{kind}", *members) if name not in phrases()] == []


def test_what_a_record_is_to_another_has_words():
    found = set(re.findall(r'Reference\((?:capacity=)?"([^"]+)"', SOURCE)) | set(re.findall(r'\("(\w+)", self\.\w+\)', SOURCE))
    assert len(found) > 14
    assert sorted(name for name in found if f"step:{name}" not in phrases()) == []
