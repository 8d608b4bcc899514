"""EPCIS events: what lineage needs is read exactly, everything else is named, and nothing is guessed."""

import json
from pathlib import Path

import pytest

from openqi.formats import epcis
from openqi.formats.epcis import Event, read_events
from openqi.kernel.errors import FormatError
from shared_data import shared

ITEM, OTHER, PALLET = (
    "https://id.example.org/01/09521141012345/21/1",
    "urn:epc:id:sgtin:952114.101234.2",
    "urn:epc:id:sscc:952114.1",
)


def event(**members) -> dict:
    """An object event in our own words, with some members changed; None takes one away."""
    whole = {
        "type": "ObjectEvent",
        "eventTime": "2026-01-02T08:00:00.250+08:00",
        "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE",
        "epcList": [ITEM, OTHER],
    } | members
    return {name: value for name, value in whole.items() if value is not None}


def document(*events: object, **members) -> bytes:
    return json.dumps({"type": "EPCISDocument", "epcisBody": {"eventList": events}, **members}).encode()


def read(*events: object) -> tuple[Event, ...]:
    return read_events(document(*events), name="e.json")


def refused(data: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        read_events(data, name="e.json")


def test_an_object_event_is_read_whole():
    (found,) = read(
        event(
            eventID="urn:uuid:1",
            bizStep="shipping",
            disposition="in_transit",
            readPoint={"id": "urn:epc:id:sgln:952114.1.0"},
            bizLocation={"id": "https://id.example.org/414/1"},
        )
    )
    assert found == Event(
        type="ObjectEvent",
        position=1,
        at="2026-01-02T00:00:00Z",
        event_time="2026-01-02T08:00:00.250+08:00",
        offset="+08:00",
        action="OBSERVE",
        event_id="urn:uuid:1",
        epcs=(ITEM, OTHER),
        business_step="shipping",
        disposition="in_transit",
        read_point="urn:epc:id:sgln:952114.1.0",
        business_location="https://id.example.org/414/1",
    )


def test_parents_children_inputs_and_outputs_are_read():
    packing = event(type="AggregationEvent", epcList=None, action="ADD", parentID=PALLET, childEPCs=[ITEM])
    fitting = packing | {"type": "AssociationEvent"}
    making = event(type="TransformationEvent", epcList=None, action=None, inputEPCList=[ITEM], outputEPCList=[OTHER])
    found = read(packing, fitting, making)
    assert [(one.type, one.position) for one in found] == [
        ("AggregationEvent", 1),
        ("AssociationEvent", 2),
        ("TransformationEvent", 3),
    ]
    assert [(one.parent, one.children, one.action) for one in found[:2]] == [(PALLET, (ITEM,), "ADD")] * 2
    assert (found[2].inputs, found[2].outputs, found[2].action) == ((ITEM,), (OTHER,), None)


def test_what_is_not_read_is_named():
    (found,) = read(
        {
            "@context": {"x": "https://x.example/"},
            **event(quantityList=[{"quantity": 4}], parentID=PALLET, inputEPCList=[ITEM]),
            "readPoint": {"id": "a:b", "x:floor": 3},
            "x:shift": {"deep": [1]},
        }
    )
    assert found.ignored == ("@context", "quantityList", "parentID", "inputEPCList", "x:shift", "readPoint.x:floor")
    assert (found.parent, found.inputs) == (None, ())
    (made,) = read(event(type="TransformationEvent", epcList=None, transformationID="urn:x:1"))
    assert made.ignored == ("action", "transformationID")


def test_an_event_that_was_declared_wrong_says_so():
    wrong = {"declarationTime": "2026-01-03T00:00:00Z", "reason": "incorrect_data"}
    (found,) = read(event(errorDeclaration=wrong))
    assert (found.declared_wrong, found.ignored) == ("2026-01-03T00:00:00Z", ("errorDeclaration.reason",))
    for declaration in ({}, {"declarationTime": "soon"}, "yes", {"declarationTime": 5}):
        refused(document(event(errorDeclaration=declaration)), "event 1: (errorDeclaration.declarationTime|time)")


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("shipping", "shipping"),
        ("https://ref.gs1.org/cbv/BizStep-shipping", "shipping"),
        ("urn:epcglobal:cbv:bizstep:shipping", "shipping"),
        ("cbv:BizStep-shipping", "shipping"),
        ("https://example.com/bizStep/inspecting", "https://example.com/bizStep/inspecting"),
        ("https://ref.gs1.org/cbv/BizStep-", "https://ref.gs1.org/cbv/BizStep-"),
        ("http://ref.gs1.org/cbv/BizStep-shipping", "http://ref.gs1.org/cbv/BizStep-shipping"),
    ],
)
def test_the_three_spellings_of_a_business_step_are_one_word(written, read_as):
    assert read(event(bizStep=written))[0].business_step == read_as


def test_dispositions_are_words_of_their_own():
    for written in ("active", "https://ref.gs1.org/cbv/Disp-active", "urn:epcglobal:cbv:disp:active", "cbv:Disp-active"):
        assert read(event(disposition=written))[0].disposition == "active"
    assert read(event(disposition="urn:epcglobal:cbv:bizstep:packing"))[0].disposition == "urn:epcglobal:cbv:bizstep:packing"
    assert read(event(bizStep="https://ref.gs1.org/cbv/Disp-active"))[0].business_step == "https://ref.gs1.org/cbv/Disp-active"


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-01-02T08:00:00Z", "2026-01-02T08:00:00Z"),
        ("2026-01-02T00:30:00+08:00", "2026-01-01T16:30:00Z"),
        ("2026-01-01T23:59:59.999999999-00:01", "2026-01-02T00:00:59Z"),
        ("2024-02-29T12:00:00.9-14:00", "2024-03-01T02:00:00Z"),
        ("0999-01-01T00:00:00Z", "0999-01-01T00:00:00Z"),
    ],
)
def test_times_are_seconds_of_utc_with_the_fraction_kept_beside(written, at):
    (found,) = read(event(eventTime=written))
    assert (found.at, found.event_time) == (at, written)


@pytest.mark.parametrize(
    "time",
    [
        "2026-01-02",
        "2026-01-02T08:00:00",
        "2026-02-30T00:00:00Z",
        "2026-01-02T24:00:00Z",
        "2026-01-02T00:00:60Z",
        "2026-01-02t00:00:00z",
        "2026-01-02T00:00:00+15:00",
        "2026-01-02T00:00:00+08",
        "0001-01-01T00:00:00+08:00",
        "9999-12-31T23:59:59-08:00",
        5,
        [],
        None,
    ],
)
def test_a_time_without_a_zone_or_that_never_was_is_refused(time):
    refused(document(event(), event(eventTime=time)), "e.json: event 2: (time|eventTime)")


def test_bare_events_lists_query_documents_and_marked_files_are_read():
    for whole in (
        event(),
        [event()],
        {"type": "EPCISDocument", "epcisBody": {"event": event()}},
        {"type": "EPCISQueryDocument", "epcisBody": {"queryResults": {"resultsBody": {"eventList": [event()]}}}},
    ):
        for mark in (b"", b"\xef\xbb\xbf"):
            assert [one.epcs for one in read_events(mark + json.dumps(whole).encode(), name="e.json")] == [(ITEM, OTHER)]
    assert read() == ()


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"type": "TransactionEvent"}, "an event of type 'TransactionEvent' is not read; ObjectEvent, "),
        ({"type": ["ObjectEvent"]}, "of type a list"),
        ({"type": None}, "of type None"),
        ({"action": None}, "action None is none of ADD, OBSERVE, DELETE"),
        ({"action": "add"}, "action 'add'"),
        ({"action": ["ADD"]}, "action a list"),
        ({"epcList": None}, "it is about nothing; give one of epcList"),
        ({"epcList": []}, "about nothing"),
        ({"epcList": ITEM}, "epcList is no list"),
        ({"epcList": [5]}, "epcList holds 5.0"),
        ({"epcList": [""]}, "epcList holds ''"),
        ({"epcList": ["a b"]}, "epcList holds 'a b'"),
        ({"epcList": ["a\u00a0b"]}, "without spaces"),
        ({"epcList": ["\ud800"]}, "epcList holds"),
        ({"epcList": ["a" * 2001]}, "1 to 2000 characters"),
        ({"epcList": [{}]}, "epcList holds an object"),
        ({"eventID": 5}, "eventID 5.0"),
        ({"bizStep": "a b"}, "bizStep 'a b' is no word"),
        ({"bizStep": {}}, "bizStep an object"),
        ({"disposition": ""}, "disposition ''"),
        ({"readPoint": "a:b"}, "readPoint is no object with an id"),
        ({"readPoint": {}}, "readPoint is no object"),
        ({"bizLocation": {"id": 5}}, "id 5.0"),
        ({"eventTimeZoneOffset": "+8"}, "eventTimeZoneOffset '\\+8'"),
        ({"eventTimeZoneOffset": 8}, "eventTimeZoneOffset 8.0"),
        ({"eventTimeZoneOffset": "+14:30"}, "eventTimeZoneOffset"),
        ({"type": "AggregationEvent", "action": "ADD", "childEPCs": [ITEM]}, "parentID is missing; something was put into it"),
        ({"type": "AggregationEvent", "action": "DELETE", "childEPCs": [ITEM]}, "something was taken out of it"),
        ({"type": "AssociationEvent", "childEPCs": [ITEM]}, "about nothing; give one of parentID"),
        ({"type": "AggregationEvent", "parentID": ["a"]}, "parentID a list"),
    ],
)
def test_what_is_not_as_it_must_be_is_refused_with_the_position_of_the_event(members, message):
    refused(document(event(), event(**members)), rf"^e\.json: event 2: .*{message}")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "e.json:1: not JSON"),
        (b'{\n"type": }', "e.json:2: not JSON: .* at character 9"),
        (b"\xff", "byte 0 is not UTF-8"),
        (b'{"type": "ObjectEvent", "type": "ObjectEvent"}', "the member 'type' stands twice"),
        (b"[NaN]", "NaN is no JSON number"),
        (b'[{"a": {"b": 1, "b": 1}}]', "the member 'b' stands twice"),
        (b"[Infinity]", "Infinity"),
        (b"[" * 100_000, "nested too deep"),
        (b"5", "this has the type None"),
        (b"{}", "this has the type None"),
        (b'{"type": {}}', "the type an object"),
        (b'{"type": "EPCISMasterDataDocument"}', "the type 'EPCISMaster"),
        (b'{"type": "EPCISDocument"}', "has no epcisBody.eventList"),
        (b'{"type": "EPCISDocument", "epcisBody": 5}', "has no epcisBody"),
        (b"[5]", "event 1: it is no object"),
        (b'{"type": "EPCISQueryDocument", "epcisBody": {"eventList": []}}', "no epcisBody.queryResults.resultsBody.eventList"),
        (b'{"type": "EPCISDocument", "epcisBody": {"eventList": {}}}', "has no epcisBody.eventList"),
        (b'[{"type": ' + b"[" * 900 + b"]" * 900 + b"}]", "of type a list"),
    ],
)
def test_what_is_no_document_is_refused(data, message):
    refused(data, message)


def test_limits_hold(monkeypatch):
    monkeypatch.setattr(epcis, "MAX_EVENTS", 1)
    refused(document(event(), event()), "2 events; at most 1")
    monkeypatch.setattr(epcis, "MAX_EPCS", 1)
    refused(document(event()), "epcList is no list of at most 1")
    monkeypatch.setattr(epcis, "MAX_BYTES", 10)
    refused(document(event()), "at most 10")
    monkeypatch.setattr(epcis, "MAX_BYTES", 100)
    monkeypatch.setattr(epcis, "_MAX_COMMAS", 10)
    refused(b"[" + b"0," * 20 + b"0]", "with 10 commas")


# Documents that others wrote, by what is the matter with those that are refused.
TRANSACTIONS = ("TransactionEvent.json", "TransactionEvent_with_userExtensions.json", "SensorData_with_combined_events.json")
NOT_VALID = {
    "CaptureDocument.json": "action None",
    "EpcisDocument.json": "eventTime 1666400400000.0",
    "IncorrectBareEvent.json": "CustomEvent",
}
NO_EVENTS = (
    "sch2.json",
    "ralph-bhavesh-sample-profile.json",
    "FSMA-1-Harvesting-Event-Schema.json",
    "EPCIS-2.0.postman_collection.json",
    "queryDocumentWithInvalidEventType.json",
    "Query_with_invalid_values.json",
)


def documents() -> list[Path]:
    folder = shared("data/trace/epcis")
    return [path for path in sorted(folder.rglob("*.json*")) if "spec" not in path.relative_to(folder).parts]


def test_every_document_meant_valid_is_read_and_the_others_are_refused_for_what_is_wrong():
    counts = {"read": 0, "events": 0}
    for path in documents():
        if "Invalid" in path.parts:
            continue
        try:
            found = read_events(path.read_bytes(), name=path.name)
        except FormatError as error:
            reason = "TransactionEvent" if path.name in TRANSACTIONS else NOT_VALID.get(path.name, "this has the type")
            assert reason in str(error), path
            assert path.name in (*TRANSACTIONS, *NOT_VALID, *NO_EVENTS), path
            continue
        counts["read"] += 1
        counts["events"] += len(found)
        raw = path.read_text(encoding="utf-8-sig")
        assert found, path
        for one in found:
            assert all(json.dumps(text)[1:-1] in raw for text in (*one.epcs, *one.children, *one.inputs, *one.outputs))
    assert counts["read"] >= 60
    assert counts["events"] >= 1000


def test_invalid_documents_are_refused_where_a_member_that_is_read_is_wrong():
    names = {path.name: path for path in documents() if "Invalid" in path.parts}
    for name, reason in (
        ("ObjectEvent_with_invalid_action.json", "event 1: action 'CREATE'"),
        ("QueryDocument_with_invalid_action.json", "action 'INVALID"),
        ("Combination_of_multiple_invalid_fields.json", "event 5: action"),
        ("ObjectEvent_without_identifier_list.json", "about nothing"),
    ):
        refused(names[name].read_bytes(), reason)
