"""Kinds of declared standards: in which streams each lies, what it rests on, and what contradicts itself."""

from typing import Any

import pytest

from openqi.kernel.errors import FormatError
from openqi.records import Names, as_json, check_kind, of_json, statement
from openqi.records.own_standards import Indicator, IndicatorMeasured, OwnStandardDeclared, OwnStandardMeasured

FIRM, STANDARD, IDS = "https://maker.example", "https://maker.example/standard/1", [f"{number:02x}" * 32 for number in range(4)]
NAMED = Names(en="example", zh="示例")
INDICATOR = Indicator(code="1", name=NAMED, quantity="q", unit="mm", concerns="safety", method="m", lower="1")
DECLARED = OwnStandardDeclared(
    firm=FIRM, product=f"{FIRM}/product", standard=STANDARD, number="Q/EX 1", name=NAMED, indicators=(INDICATOR,),
    below_recommended=0, overstated=0, valid_from="2026-01-01T00:00:00Z", replaces=IDS[0],
)  # fmt: skip
MEASURED = OwnStandardMeasured(
    standard=STANDARD, declared=IDS[0], product=f"{FIRM}/product", unmeasured=("2",), lots=1,
    measured=(IndicatorMeasured(code="1", results=(IDS[1], IDS[2]), meet=1, fail=0, undecided=1),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("sample", "streams", "rests_on"),
    [
        (DECLARED, [STANDARD, f"{FIRM}#own-standards"], [("edition before", IDS[0])]),
        (MEASURED, [f"{STANDARD}#measured"], [("declared standard", IDS[0]), ("result", IDS[1]), ("result", IDS[2])]),
    ],
)
def test_a_declared_standard_stays_complete_however_often_it_is_measured(sample: Any, streams: list[str], rests_on: list[Any]):
    said = statement(sample)
    assert list(said.streams) == streams
    assert check_kind(said) == sample
    assert [tuple(one) for one in sample.references()] == rests_on


@pytest.mark.parametrize(
    "changes",
    [
        {"lower": None}, {"upper": "0.5"}, {"unit": "cubit"}, {"concerns": "beauty"}, {"grade": "A"},
        {"recommended": {"standard": "s", "clause": "c", "unit": "mm"}},
        {"recommended": {"standard": "s", "clause": "c", "unit": "mm", "lower": "1", "grades": [{"grade": "A"}]}},
        {"recommended": {
            "standard": "s", "clause": "c", "unit": "mm", "lower": "1",
            "grades": [{"grade": "A", "lower": "1"}, {"grade": "A", "lower": "2"}],
        }},
    ],
)  # fmt: skip
def test_limits_that_are_none_and_grades_that_nobody_knows_are_refused(changes: dict[str, Any]):
    told = {name: value for name, value in (as_json(INDICATOR) | changes).items() if value is not None}
    with pytest.raises(FormatError):
        of_json(as_json(DECLARED) | {"indicators": [told]}, OwnStandardDeclared)
