"""Every act, whoever adds it: fields and type say the same, a form loses nothing, schema and words are there, none is left out."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acts_stage import arguments_of, golden_arguments
from openqi.app.acts.acts import act_of, acts
from openqi.app.acts.fields import OURS, walk
from openqi.app.acts.forms import read_form, tidied, write_form
from openqi.app.acts.problems import FieldsError, built, check
from openqi.app.acts.schemas import schema_of
from openqi.app.acts.sealing.imports import importable, table_fields
from openqi.app.acts.uploads import Upload, rows_of
from openqi.app.workflow import commands
from openqi.records import kinds

ACTS = acts()
GOLDEN = golden_arguments()
every = pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
few = settings(max_examples=25 if settings.get_current_profile_name() == "thorough" else 8)
anything = st.none() | st.booleans() | st.integers() | st.text()
zones = st.sampled_from(["Z", "+08:00", "-05:00", "+05:45"])
ELSEWHERE = {
    "governance.genesis/1": "found a log", "governance.key-granted/1": "keys", "governance.key-revoked/1": "keys",
    "governance.countersigned/1": "a second signature is made over bytes", "governance.admitted/1": "comes with its dossier",
}  # fmt: skip
"""Kinds that no act states, each with the reason."""


def test_every_command_and_every_kind_that_may_be_stated_is_an_act():
    decided = {kind.KIND for kind in kinds().values() if kind.ROLE is None} - {"governance.delegated/1"}
    assert set(ACTS) == set(commands()) | (set(kinds()) - decided - set(ELSEWHERE))
    assert not set(ELSEWHERE) & set(ACTS)


@every
def test_an_act_is_found_by_its_name_and_by_its_slug(act):
    assert act_of(act.name) is act
    assert act_of(act.slug) is act
    assert "/" not in act.slug


@every
def test_the_fields_are_those_of_the_type_but_for_what_the_ledger_sets(act):
    members = {one.encode_name: one for one in msgspec.structs.fields(act.kind) if one.name not in OURS}
    assert {field.name for field in act.fields} == set(members)
    for field in act.fields:
        assert field.required == members[field.name].required, field.name
    names = {path.partition(".")[0] for path, _ in walk(act.fields)}
    assert not names & {"csrf", "token"}, "a form has its own fields of these names"
    assert not [name for name in names if name.startswith("_")]


@every
@few
@given(data=st.data(), zone=zones)
def test_a_form_that_is_written_out_and_read_again_means_the_same(act, data, zone):
    arguments = data.draw(arguments_of(act))
    flat = write_form(act.fields, arguments, zone)
    assert all(isinstance(text, str) for text in flat.values())
    assert read_form(act.fields, flat, zone) == arguments
    assert tidied(act.fields, flat) == flat


@every
@few
@given(data=st.data())
def test_well_formed_values_have_no_problem_and_build_the_type_or_break_a_rule_of_the_whole(act, data):
    arguments = data.draw(arguments_of(act))
    assert check(act.fields, arguments) == []
    try:
        made = built(act, arguments)
    except FieldsError as error:
        assert {problem.rule for problem in error.problems} == {"whole"}
    else:
        told = act.arguments(made)
        assert built(act, told) == made
        assert built(act, read_form(act.fields, write_form(act.fields, told, "+08:00"), "+08:00")) == made


@pytest.mark.parametrize("name", [name for name in ACTS if name in GOLDEN])
def test_what_golden_records_were_made_with_comes_through_a_form_unchanged(name):
    act = ACTS[name]
    for arguments in GOLDEN[name]:
        assert act.arguments(built(act, arguments)) == arguments
        assert built(act, read_form(act.fields, write_form(act.fields, arguments, "+08:00"), "+08:00")) == built(act, arguments)


def test_there_are_golden_values_of_every_act():
    assert set(GOLDEN) == set(ACTS)


@every
@few
@given(data=st.data())
def test_a_problem_names_the_field_that_is_wrong(act, data):
    arguments = data.draw(arguments_of(act))
    required = [field.name for field in act.fields if field.required]
    gone = data.draw(st.sampled_from(required))
    del arguments[gone]
    arguments["foreign"] = 1
    assert {(one.where, one.rule) for one in check(act.fields, arguments)} == {(gone, "missing"), ("foreign", "foreign")}


@every
@few
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_any_json_gives_problems_and_never_anything_else(act, value):
    with pytest.raises(FieldsError):
        built(act, value)


@every
def test_an_act_has_a_schema_that_says_what_its_fields_say(act):
    schema = schema_of(act)
    own = schema["$defs"][act.kind.__name__]
    assert set(own["properties"]) == {field.name for field in act.fields}
    assert set(own.get("required", [])) == {field.name for field in act.fields if field.required}
    assert json.loads(json.dumps(schema)) == schema


@every
def test_an_act_with_a_table_says_what_stands_in_its_rows(act):
    has_rows = any(field.form == "rows" for _, field in walk(act.fields))
    assert has_rows == (act.rows is not None)


@pytest.mark.parametrize("act", [act for act in ACTS.values() if act.rows is not None], ids=lambda act: act.name)
def test_a_table_of_rows_comes_in_by_the_names_of_their_members(act):
    members = [one.encode_name for one in msgspec.structs.fields(act.rows)]
    cells = {
        "item": "https://maker.example/cell/1", "value": "2.0350", "mark": f"ni:///sha-256;{'A' * 43}",
        "at": "2026-11-20T08:00:00Z", "day": "2026-11-20", "object": "firm 1", "east": "-1200", "type": "ObjectEvent",
        "salt": "0123456789abcdef" * 2, "values": "7 retail", "code": "1", "weight": "0.5",
        "things": "https://maker.example/cell/1; https://maker.example/cell/2", "state": "returned", "content": "ab" * 32,
        "header": "24158", "key": "24158", "place": "1",
    }  # fmt: skip
    text = ",".join(members) + "\n" + ",".join(cells.get(name, "") for name in members) + "\n"
    items, content = rows_of(act.rows, Upload(name="rows.csv", data=text.encode()))
    assert items.count == 1
    again, same = rows_of(act.rows, Upload(name="rows.ndjson", data=content))
    assert (again, same) == (items, content)


@pytest.mark.parametrize("act", [act for act in ACTS.values() if importable(act)], ids=lambda act: act.name)
def test_an_act_that_can_come_as_a_table_has_a_column_for_all_that_it_requires(act):
    columns = {path.partition(".")[0] for path, _ in table_fields(act)}
    assert {field.name for field in act.fields if field.required} <= columns


@every
def test_the_default_audience_is_on_the_safe_side(act):
    """What concerns one party, or tells what was measured or found, is never public by default."""
    assert act.audience in ("public", "parties", "private")
    if act.name != "surveillance.publish-results/1" and any(  # which is nothing but making them public, as the law asks
        word in act.name for word in ("result", "readings", "judge", "calibration", "verification", "transcribed", "case", "lot")
    ):
        assert act.audience != "public"


@every
@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_act_and_every_field_of_it_has_a_label_and_help_in_both_languages(act, language):
    from openqi.interfaces.web.station.act_words import act_help, act_label, field_help, field_label
    from openqi.interfaces.web.words import phrases

    assert act_label(act.name, language) != act.name
    assert act_help(act.name, language) != act.name
    rows = () if act.rows is None else tuple(one.encode_name for one in msgspec.structs.fields(act.rows))
    for path in (*(path for path, _ in walk(act.fields)), *rows):
        last = path.rpartition(".")[2]
        assert field_label(act.name, path, language) != last or f"label:{last}" in phrases(), path
        assert field_help(act.name, path, language), path
    for _, field in walk(act.fields):
        assert {f"value:{option}" for option in field.options} <= set(phrases())


@every
def test_the_columns_of_a_table_have_different_names_in_each_language(act):
    from openqi.interfaces.web.station.act_words import columns_of

    columns = columns_of(act)
    for language in ("zh", "en"):
        labels = [columns.label(path, language) for path, _ in table_fields(act)]
        assert len(set(labels)) == len(labels), labels
        folded = [label.casefold() for label in labels]
        for path, _ in table_fields(act):
            assert folded.count(path.casefold()) == 0 or columns.label(path, language).casefold() == path.casefold()


def test_every_rule_that_can_refuse_an_act_has_words_in_both_languages():
    import re
    from pathlib import Path

    import openqi
    from openqi.interfaces.web.words import phrases

    root = Path(openqi.__file__).parent
    files = [*(root / "pillars").rglob("*.py"), *(root / "app" / "acts").rglob("*.py")]
    files += [root / "app" / name for name in ("workflow.py", "prepared.py", "ledger.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    rules = set(re.findall(r'RefusedError\(\s*"([a-z0-9-]+)"', text))
    assert len(rules) > 50
    assert {f"rule:{rule}" for rule in rules} <= set(phrases())


def test_every_problem_of_a_field_has_words():
    from openqi.interfaces.web.words import phrases

    forms = {field.form for act in ACTS.values() for _, field in walk(act.fields)} - {"group", "names", "list"}
    rules = forms | {"missing", "foreign", "object", "list", "range", "long", "whole", "file", "party", "audience-parties", "twice"}
    assert {f"problem:{rule}" for rule in rules} <= set(phrases())
