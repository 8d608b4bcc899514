"""Every kind of record: it reads back as it was written, refuses what is foreign to it, and says what it is for machines."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from openqi.evidence.canonical import canonical_bytes
from openqi.evidence.record import parse_record
from openqi.evidence.sealing import seal
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.records import Body, Items, Names, Rows, as_json, body, check_kind, kinds, of_json, statement
from openqi.records.conformity import ResultJudged, ResultsReported
from openqi.records.governance import (
    Admitted,
    Countersigned,
    Delegated,
    Genesis,
    Identifier,
    KeyGranted,
    KeyRevoked,
    PartyRegistered,
    RoleEnded,
    RoleGranted,
    Withdrawn,
)
from stage import REQUIREMENT, RESULT, Stage, changed, key_of, stated

A, B, ID = "https://a.example", "https://b.example", "ab" * 32
KEY = stated(key_of(7))
SAMPLES: list[Body] = [
    Genesis(origin="log.example/1", operator=A, name=Names(en="A", zh="甲"), keys=(KEY,), log="vkey"),
    PartyRegistered(party=A, name=Names(zh="甲"), identifiers=(Identifier(scheme="usci", value="91350100M000100Y43"),)),
    KeyGranted(origin="log.example/1", party=A, key=KEY, replaces=stated(key_of(8)).kid),
    KeyRevoked(origin="log.example/1", party=A, kid=KEY.kid, since=3, reason="stolen"),
    RoleGranted(party=A, role="r", valid_from="2026-01-01T00:00:00Z", valid_until="2027-01-01T00:00:00Z"),
    RoleEnded(party=A, role="r", ended_at="2026-06-01T00:00:00Z", reason="left"),
    Delegated(party=A, to=B, role="r", valid_from="2026-01-01T00:00:00Z", valid_until="2027-01-01T00:00:00Z"),
    Countersigned(record=ID, key=KEY, signature="QUJD"),
    Withdrawn(record=ID, streams=(A, B), reason="wrong"),
    Admitted(record=ID, origin="other.example/1", index=2, path=("QUJD",), checkpoint="note"),
    REQUIREMENT,
    changed(REQUIREMENT, upper="3.000", valid_until="2027-01-01T00:00:00Z"),
    RESULT,
    changed(RESULT, instruments=(A,)),
    ResultsReported(
        lot=A, quantity="capacity", unit="A.h", expanded_uncertainty="0.01", coverage_factor="2", method="m",
        measured_at="2026-11-01T00:00:00Z",
        items=Items(count=1, root=ID, rows=Rows(media_type="application/x-ndjson", sha256=ID, size=9)),
    ),
    ResultJudged(
        item=A, result=ID, requirement=ID, rule="r/1", verdict="conforming", value="1.0", unit="A.h", acceptance_lower="0.5",
    ),
]  # fmt: skip
GOLDEN = Path(__file__).resolve().parents[3] / "vectors" / "golden" / "records"
SAMPLES += [
    of_json(record.body, kinds()[record.kind])
    for record in map(parse_record, (path.read_bytes() for path in sorted(GOLDEN.glob("*.jws"))))
    if record.kind not in {sample.KIND for sample in SAMPLES}
]
NAMES = [f"{sample.KIND}{number}" for number, sample in enumerate(SAMPLES)]
every = pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)


def members(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every member of a JSON value, however deep."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for name, inner in pairs for found in [(*path, name), *members(inner, (*path, name))]]


def with_member(value: Any, path: tuple[Any, ...], member: Any) -> Any:
    """A copy in which the member at a path is another one."""
    whole = json.loads(json.dumps(value))
    inner = whole
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = member
    return whole


def test_every_kind_has_a_sample_here():
    assert {sample.KIND for sample in SAMPLES} == set(kinds())


@every
def test_a_body_reads_back_as_it_was_written(sample):
    written = as_json(sample)
    assert of_json(written, type(sample)) == sample
    assert as_json(of_json(written, type(sample))) == written
    canonical_bytes(written)  # no null, no float


@every
def test_a_statement_lies_in_the_streams_of_its_subjects_and_is_of_its_kind(sample):
    said = statement(sample)
    assert set(said.streams) == set(sample.subjects())
    assert check_kind(said) == sample
    with pytest.raises(FormatError):
        check_kind(replace(said, streams=("https://elsewhere.example",)))


@every
def test_a_foreign_member_is_refused_at_every_depth(sample):
    written = as_json(sample)
    objects = [(), *(path for path in members(written) if isinstance(at(written, path), dict))]
    for path in objects:
        with pytest.raises(FormatError):
            of_json(with_member(written, (*path, "remark"), "hello"), type(sample))


def at(value: Any, path: tuple[Any, ...]) -> Any:
    """The member at a path."""
    for name in path:
        value = value[name]
    return value


@every
@pytest.mark.parametrize("wrong", [None, 1.5, -1, "", "\n", [], {}, [None], True], ids=repr)
def test_a_member_of_another_form_is_refused_or_reads_back_as_it_is(sample, wrong):
    """No member is coerced: text never becomes a number, a number never text, null never a missing member."""
    for path in members(as_json(sample)):
        stated_wrong = with_member(as_json(sample), path, wrong)
        try:
            typed = of_json(stated_wrong, type(sample))
        except FormatError:
            continue
        # What has its default may be written out, and is left out when it is written again.
        again = as_json(typed)
        left_out = path[0] not in again or (isinstance(path[-1], str) and path[-1] not in at(again, path[:-1]))
        assert again == stated_wrong or (left_out and wrong in ([], "", None))


@every
def test_a_missing_member_is_refused_or_was_never_there(sample):
    written = as_json(sample)
    for name in written:
        fewer = {key: value for key, value in written.items() if key != name}
        try:
            assert name not in as_json(of_json(fewer, type(sample)))
        except FormatError:
            continue


@every
def test_the_schema_for_machines_is_closed_and_names_what_must_be_there(sample):
    schema = msgspec.json.schema(type(sample))
    own = schema["$defs"][type(sample).__name__]
    assert own["additionalProperties"] is False
    assert set(own["required"]) <= set(as_json(sample)) <= set(own["properties"])
    for definition in schema["$defs"].values():
        assert definition.get("additionalProperties") is False


@pytest.mark.parametrize("tail", ["\n", " ", "\r\n", "\0", "\u2028"], ids=repr)
@every
def test_text_with_a_form_has_no_second_spelling(sample, tail):
    """A regular expression that ends with a dollar sign accepts a newline after it; these must not."""
    formed = ("kid", "party", "item", "lot", "record", "validFrom", "validUntil", "endedAt", "measuredAt", "value", "lower", "to")
    for name in formed:
        if isinstance(as_json(sample).get(name), str):
            with pytest.raises(FormatError):
                of_json(with_member(as_json(sample), (name,), as_json(sample)[name] + tail), type(sample))


@pytest.mark.parametrize(
    "text",
    [
        "2026-13-01T00:00:00Z",
        "2026-01-32T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:00",
        "2026-1-1T00:00:00Z",
        "२026-01-01T00:00:00Z",
    ],
)
def test_an_instant_that_never_comes_is_refused(text):
    with pytest.raises(FormatError):
        of_json({**as_json(RESULT), "measuredAt": text}, type(RESULT))


@pytest.mark.parametrize("text", ["-0", "-0.00", "01", "+1", "1e3", "1.", ".5", "1,5", "NaN", "٣", "1_000", "9" * 61])
def test_a_number_that_the_kernel_would_not_read_is_refused_when_it_is_stated(text):
    for name in ("value", "expandedUncertainty", "coverageFactor"):
        with pytest.raises(FormatError):
            of_json({**as_json(RESULT), name: text}, type(RESULT))


def test_a_name_without_any_language_and_a_requirement_without_any_limit_are_refused():
    with pytest.raises(FormatError):
        of_json({"party": A, "name": {}}, PartyRegistered)
    with pytest.raises(FormatError):
        of_json({name: value for name, value in as_json(REQUIREMENT).items() if name != "lower"}, type(REQUIREMENT))


def test_a_record_of_one_kind_is_not_read_as_another():
    with pytest.raises(FormatError):
        body(Stage(empty=True).genesis, PartyRegistered)


def test_an_unknown_kind_is_not_found():
    with pytest.raises(NotFoundError):
        check_kind(replace(statement(RESULT), kind="conformity.result-guessed/1"))


def test_a_statement_cannot_be_made_in_streams_that_are_no_uris():
    with pytest.raises(FormatError):
        seal(statement(changed(RESULT, item="https://a.example/ü")), issuer=A, key=key_of(1), now="2026-11-20T10:00:00Z")
