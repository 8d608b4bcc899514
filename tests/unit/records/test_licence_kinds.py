"""Kinds of licensed marks: in which streams each lies, what it rests on, what contradicts itself; and rows without JSON."""

import json
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.evidence.canonical import canonical_bytes
from openqi.formats.digital_link import mark_name, named_hash
from openqi.kernel.errors import FormatError
from openqi.records import Items, Names, Rows, as_json, check_kind, of_json, statement
from openqi.records.licence_rows import LicensedMarkRow, MarkStateRow, digests, is_mark, mark_line, plain_hash
from openqi.records.licences import LicensedMarksIssued, MarkLicensed, MarkRulePublished, MarkStatesStated, SeriesStated
from openqi.records.rows import decoded

A, B, C, D = (f"https://{name}.example" for name in "abcd")
IDS = [f"{number:02x}" * 32 for number in range(6)]
NAMED = Names(en="example", zh="示例")
FROM, UNTIL = "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"
ITEMS = Items(count=1, root=IDS[0], rows=Rows(media_type="application/x-ndjson", sha256=IDS[0], size=9))
SERIES = SeriesStated(
    requirement=D, tests=3, first_day="2026-06-10", last_day="2026-08-20", laboratories=2, least_share="0.3684", confidence="0.95"
)
RULE = MarkRulePublished(
    rule=A, edition="1", name=NAMED, sort="consistently-passing", longest_days=365, valid_from=FROM, pledge=B, requirements=(D,),
    tests=3, over_days=60, newest_within=30, laboratories=2, valid_until=UNTIL, illustrative=True,
)  # fmt: skip
LICENSED = MarkLicensed(
    licence=A, number="1", rule=B, published=IDS[1], holder=C, product=D, valid_from=FROM, valid_until=UNTIL, most=9,
    markets=("CN",), issuers=(A,), signed=IDS[2], evidence=(IDS[3],), series=(SERIES,),
)  # fmt: skip
ISSUED = LicensedMarksIssued(licence=A, licensed=IDS[1], product=B, items=ITEMS, use_until="2026-12-31", lot=C)
STATED = MarkStatesStated(marks=IDS[1], product=A, state="sold", at=FROM, by="bearer", items=ITEMS)
RECALLED = MarkStatesStated(
    marks=IDS[1], product=A, state="recalled", at=FROM, by="recaller", reason=NAMED, whole=True, because=IDS[2]
)
SAMPLES: dict[Any, tuple[tuple[str, ...], list[tuple[str, str]]]] = {
    RULE: ((A,), []),
    LICENSED: ((A, D, f"{C}#licences"), [("rule of the mark", IDS[1]), ("signature", IDS[2]), ("test", IDS[3])]),
    ISSUED: ((f"{A}#issues", B, C), [("licence", IDS[1])]),
    STATED: ((f"urn:openqi:marks:{IDS[1]}",), [("marks", IDS[1])]),
    RECALLED: ((f"urn:openqi:marks:{IDS[1]}",), [("marks", IDS[1]), ("because of", IDS[2])]),
}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.KIND)
def test_a_kind_lies_in_its_streams_names_what_it_rests_on_and_reads_back(sample):
    streams, rests_on = SAMPLES[sample]
    said = statement(sample)
    assert said.streams == streams
    assert check_kind(said) == sample
    assert [tuple(one) for one in sample.references()] == rests_on
    assert of_json(as_json(sample), type(sample)) == sample
    canonical_bytes(as_json(sample))


@pytest.mark.parametrize(
    ("sample", "change", "says"),
    [
        (RULE, {"tests": 0}, "how many tests in a row"),
        (RULE, {"requirements": []}, "on which requirements"),
        (RULE, {"sort": "integrity-verification", "pledge": None}, "names the pledge"),
        (RULE, {"sort": "integrity-verification", "tests": 0}, "says how many in `tests`"),
        (RULE, {"longestDays": 0}, "ends after at most"),
        (RULE, {"longestDays": 3661}, "ends after at most"),
        (RULE, {"tests": 201}, "at most 200 tests"),
        (RULE, {"requirements": [f"{A}/{one}" for one in range(11)]}, "on 10 requirements"),
        (RULE, {"requirements": [A, A]}, "each requirement once"),
        (RULE, {"validUntil": FROM}, "after it begins"),
        (STATED, {"whole": True}, "not both"),
        (STATED, {"items": None}, "not neither"),
        (STATED, {"state": "revoked"}, "says why"),
        (RECALLED, {"because": None}, "names the recall"),
    ],
)
def test_what_contradicts_itself_is_refused(sample, change, says):
    told = {name: value for name, value in (as_json(sample) | change).items() if value is not None}
    with pytest.raises(FormatError, match=says):
        of_json(told, type(sample))


@given(st.binary(min_size=32, max_size=32))
def test_a_plain_row_has_the_hash_that_reading_it_as_json_gives(digest):
    name = named_hash(digest)
    line = mark_line(name)
    assert line == canonical_bytes({"mark": name})
    assert plain_hash(line) == digest
    assert [row.mark for row in decoded([line], MarkStateRow)] == [name]
    assert list(digests([line])) == [name[-43:].encode()]


def test_a_row_with_an_item_or_another_spelling_is_no_plain_one():
    name = mark_name("https://id.example/01/09506000134352/21/A")
    with_item = canonical_bytes({"item": A, "mark": name})
    assert plain_hash(with_item) is None
    assert list(digests([with_item])) == [name[-43:].encode()]
    assert decoded([with_item], LicensedMarkRow)[0].item == A
    twin = name[:-1] + chr(ord(name[-1]) + 1)  # the two last bits of the 43rd character are nothing
    assert is_mark(name)
    assert not is_mark(twin)
    assert plain_hash(mark_line(twin)) is None
    assert json.loads(with_item)["mark"] == name
    assert len(sha256(name.encode()).digest()) == 32
