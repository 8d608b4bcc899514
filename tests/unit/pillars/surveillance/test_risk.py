"""Models, classes, comparisons, appeals and repairs as evidence: decided, replayed, refused."""

from collections import Counter

import pytest

from openqi.app.checking import Checker
from openqi.evidence.batch import Item
from openqi.kernel.errors import DomainError, FormatError, RefusedError
from openqi.pillars.governance.workflow import Withdraw
from openqi.pillars.surveillance.risk.changing import shown
from openqi.pillars.surveillance.risk.models import in_force
from openqi.pillars.surveillance.risk.schemes import PublishIndicatorTree
from openqi.pillars.surveillance.risk.standing_classes import check_classes_of_frame, check_classes_of_list, classes_of_objects
from openqi.records import body
from openqi.records.governance import Identifier, PartyRegistered
from openqi.records.risk import ModelsCompared, RiskSchemePublished
from openqi.records.risk_classes import AppealDecided, ClassAppealed, ObjectsClassified
from openqi.records.risk_rows import FeatureRow, IndicatorRow
from risk_models import DOCUMENT, TREE
from risk_stage import BLIND, KNOWS, NAMED, RULE, STATED, Risk, feature_rows, salt
from stage import outcome, party
from surveillance_stage import changed, firm

AUTUMN = "2023-10-01T00:00:00Z"


def refused(rule, act, *arguments, **named):
    """The rule by which an act is refused."""
    with pytest.raises(RefusedError) as raised:
        act(*arguments, **named)
    assert raised.value.rule == rule, str(raised.value)
    return str(raised.value)


@pytest.fixture
def stage():
    return Risk()


def scheme_of(stage, record):
    """The body of a scheme."""
    return body(record, RiskSchemePublished)


def current(stage, scheme):
    """The id of the model in force."""
    found = in_force(stage.ledger.view(), scheme, scheme_of(stage, scheme))
    return None if found is None else found[0].id


def test_objects_are_classified_by_the_model_in_force_with_reasons(stage):
    scheme, classified = stage.whole_classification()
    rows = {row.object: row for row in stage.class_rows(classified)}
    stated = body(classified, ObjectsClassified)
    assert {one.risk_class: one.objects for one in stated.classes} == Counter(row.risk_class for row in rows.values())
    # Seven complaints in retail: -2.5 + 0.1, in catering -2.5 + 0.4; one complaint: -2.5 - 0.1; by the calibration of the document.
    assert (rows[firm(3)].probability, rows[firm(3)].risk_class) == ("0.090000", "B")
    assert (rows[firm(6)].probability, rows[firm(6)].risk_class) == ("0.200000", "C")
    assert (rows[firm(1)].probability, rows[firm(1)].risk_class) == ("0.040000", "A")
    assert [(one.feature, one.value) for one in rows[firm(6)].reasons] == [("complaints", "7"), ("trade", "catering")]
    assert rows[firm(0)].missing == stated.incomplete == 1
    assert rows[firm(0)].reasons[0].value is None
    assert outcome(stage.verified(stage.dossier(classified)))[0] == "withheld"
    assert stated.model == current(stage, scheme)


def test_a_missing_value_goes_its_own_way_and_is_no_number(stage):
    scheme, classified = stage.whole_classification()
    row = stage.class_rows(classified)[0]
    assert row.probability == "0.040000"  # left, where the model sends what is missing: not as zero complaints by chance
    right = DOCUMENT | {"trees": [TREE | {"missing_left": [False, False]}]}
    other = Risk("log.example/other")
    scheme = other.scheme()
    other.model(scheme, right)
    assert other.class_rows(other.classified(scheme, other.features(scheme)))[0].probability == "0.200000"


def test_a_model_that_is_none_is_refused_before_anything_is_written(stage):
    scheme = stage.scheme()
    size = stage.store.size()
    falls = TREE | {"value": [(-0.1 * 700 - 0.5 * 300) / 1000, -0.5, -0.1, -0.5, -0.5]}
    with pytest.raises(FormatError, match="the risk falls while 'complaints' rises"):
        stage.model(scheme, DOCUMENT | {"trees": [falls]})
    assert stage.store.size() == size
    refused("trained-until", stage.model, scheme, trained_until="2024-01-01T00:00:00Z")


def test_the_first_model_is_in_force_and_a_second_is_not(stage):
    scheme = stage.scheme()
    assert current(stage, scheme) is None
    features = stage.features(scheme)
    refused("model-in-force", stage.classified, scheme, features)
    first = stage.model(scheme)
    assert current(stage, scheme) == first.id
    assert "takes over by a comparison" in refused("model-in-force", stage.model, scheme, BLIND, name="2")
    stage.model(scheme, BLIND, name="2", first=False)
    assert current(stage, scheme) == first.id


def test_what_strangers_register_under_the_same_name_does_not_count(stage):
    theirs = stage.scheme(by=stage.stranger)
    stage.model(theirs, BLIND, by=stage.stranger)
    scheme = stage.scheme()
    assert current(stage, scheme) is None
    own = stage.model(scheme)
    assert current(stage, scheme) == own.id
    refused("own-scheme", stage.model, scheme, BLIND, by=stage.stranger, first=False)
    refused("one-scheme", stage.classified, scheme, stage.features(scheme, by=stage.stranger))
    stage.classified(scheme, stage.features(scheme, by=stage.station), by=stage.station)


def test_a_withdrawn_first_model_is_in_force_no_more(stage):
    scheme = stage.scheme()
    first = stage.model(scheme)
    stage.ledger.perform(Withdraw(record=first.id, reason="wrong file"), stage.bureau)
    assert current(stage, scheme) is None
    assert current(stage, scheme) != stage.model(scheme).id == current(stage, scheme)


@pytest.mark.parametrize(
    ("rule", "rows"),
    [
        ("objects-once", [*feature_rows(count=2), feature_rows(count=1)[0]]),
        ("salts-once", [FeatureRow(object=name, salt=salt("a"), values=("retail", "1")) for name in ("a", "b")]),
        ("objects-there", []),
    ],
)
def test_features_that_name_nobody_or_somebody_twice_are_refused(stage, rule, rows):
    scheme = stage.scheme()
    stage.model(scheme)
    refused(rule, stage.classified, scheme, stage.features(scheme, rows))


@pytest.mark.parametrize("text", ["seven", "1e999", "nan", " 7", "0x7", "٣"])
def test_a_text_that_is_no_number_is_refused_and_never_becomes_one(stage, text):
    scheme = stage.scheme()
    stage.model(scheme)
    with pytest.raises(DomainError, match="'complaints', row 3"):
        stage.classified(scheme, stage.features(scheme, feature_rows({firm(3): text})))


def test_a_row_without_salt_is_refused(stage):
    scheme = stage.scheme()
    stage.model(scheme)
    with pytest.raises(FormatError, match="salt"):
        stage.classified(scheme, stage.features(scheme, [FeatureRow(object="a", salt="", values=("retail", "1"))]))


def test_a_classification_holds_as_long_as_the_scheme_says_at_most(stage):
    scheme = stage.scheme()
    stage.model(scheme)
    features = stage.features(scheme)
    refused("valid-days", stage.classified, scheme, features, valid_until="2025-01-01T00:00:00Z")
    refused("valid-days", stage.classified, scheme, features, valid_until="2023-01-01T00:00:00Z")
    classified = stage.classified(scheme, features)
    view = stage.ledger.view()
    assert classes_of_objects(view, classified.id, AUTUMN)[firm(6)] == "C"
    refused("classification-holds", classes_of_objects, view, classified.id, "2024-08-01T00:00:00Z")
    refused("classification-holds", classes_of_objects, view, classified.id, "2023-01-01T00:00:00Z")


def test_an_appeal_is_decided_once_and_its_class_counts_from_then_on(stage):
    _, classified = stage.whole_classification()
    appeal = stage.appealed(classified, 6)
    assert body(appeal, ClassAppealed).on_behalf
    refused("appealed-once", stage.appealed, classified, 6)
    refused("class-lower", stage.decided, appeal, risk_class="C")
    refused("class-known", stage.decided, appeal, risk_class="Z")
    refused("class-told", stage.decided, appeal, "rejected", risk_class="A")
    refused("own-scheme", stage.decided, appeal, by=stage.stranger)
    decided = stage.decided(appeal, risk_class="B")
    assert (body(decided, AppealDecided).before, body(decided, AppealDecided).risk_class) == ("C", "B")
    refused("decided-once", stage.decided, appeal)
    view = stage.ledger.view()
    assert classes_of_objects(view, classified.id, decided.valid_from)[firm(6)] == "B"
    assert classes_of_objects(view, classified.id, appeal.valid_from)[firm(6)] == "C"
    assert classes_of_objects(view, classified.id, decided.valid_from)[firm(12)] == "C"


def test_an_appeal_that_was_rejected_changes_nothing(stage):
    _, classified = stage.whole_classification()
    decided = stage.decided(stage.appealed(classified, 6), "rejected")
    assert classes_of_objects(stage.ledger.view(), classified.id, decided.valid_from)[firm(6)] == "C"


def test_a_firm_appeals_itself_with_its_number_and_no_stranger_does(stage):
    _, classified = stage.whole_classification()
    maker = party("maker", 70)
    stage.welcome(maker)
    refused("own-class", stage.appealed, classified, 6, by=maker)
    stage.ledger.state(
        PartyRegistered(party=maker.party, name=NAMED, identifiers=(Identifier(scheme="usci", value=firm(6)),)), stage.operator
    )
    appeal = stage.appealed(classified, 6, by=maker)
    assert not body(appeal, ClassAppealed).on_behalf
    refused("own-class", stage.appealed, classified, 9, by=maker)
    stage.decided(appeal)


def test_a_row_that_is_not_in_the_classification_is_refused(stage):
    _, classified = stage.whole_classification()
    item = stage.item(classified, 6)
    forged = Item(record=item.record, leaf=6, row=item.row.replace(b'"riskClass":"C"', b'"riskClass":"B"'), path=item.path)
    refused("row-proved", stage.appealed, classified, 6, **shown(forged))
    refused("row-proved", stage.appealed, classified, 6, leaf=7)


def test_a_repair_names_evidence_that_stands_and_a_lower_class(stage):
    _, classified = stage.whole_classification()
    evidence = stage.item_list()
    refused("repair-evidence", stage.repaired, classified, 6)
    refused("own-evidence", stage.repaired, classified, 6, stage.item_list(by=stage.stranger))
    refused("class-lower", stage.repaired, classified, 1, evidence)
    repaired = stage.repaired(classified, 6, evidence)
    assert classes_of_objects(stage.ledger.view(), classified.id, repaired.valid_from)[firm(6)] == "A"
    refused("class-lower", stage.repaired, classified, 6, evidence)


def test_a_withdrawn_decision_counts_no_more(stage):
    _, classified = stage.whole_classification()
    repaired = stage.repaired(classified, 6, stage.item_list())
    decided = stage.decided(stage.appealed(classified, 12))
    for record in (repaired, decided):
        stage.ledger.perform(Withdraw(record=record.id, reason="wrong firm"), stage.bureau)
    assert classes_of_objects(stage.ledger.view(), classified.id, AUTUMN)[firm(12)] == "C"
    assert classes_of_objects(stage.ledger.view(), classified.id, AUTUMN)[firm(6)] == "C"


def test_a_list_has_every_object_in_its_class_or_is_refused(stage):
    _, classified = stage.whole_classification()
    repaired = stage.repaired(classified, 6, stage.item_list())
    view = stage.ledger.view()
    listed = classes_of_objects(view, classified.id, repaired.valid_from)
    check_classes_of_list(view, classified.id, listed, repaired.valid_from)
    assert "is in class 'C' on the list and in 'A'" in refused(
        "classes-agree", check_classes_of_list, view, classified.id, listed | {firm(6): "C"}, repaired.valid_from
    )
    refused("classes-agree", check_classes_of_list, view, classified.id, listed | {"nobody": "A"}, repaired.valid_from)


def test_a_frozen_list_is_held_against_the_classification_that_it_names(stage):
    _, classified = stage.whole_classification()
    rows = {row.object: row.risk_class for row in stage.class_rows(classified)}

    def frozen(classes, **more):
        listing = "".join(f"{name}\teast\t{risk_class}\t1\n" for name, risk_class in classes.items()).encode()
        return stage.frame(listing, None, as_of=classified.valid_from, **more)

    same, other = (frozen(one, classified=classified.id) for one in (rows, rows | {firm(6): "A"}))
    bare, view = frozen(rows), stage.ledger.view()
    assert check_classes_of_frame(view, same.id) == 40
    assert firm(6) in refused("classes-agree", check_classes_of_frame, view, other.id)
    assert "names no classification" in refused("classes-agree", check_classes_of_frame, view, bare.id)


def challenge(stage, first=BLIND, second=DOCUMENT, **more):
    """A scheme with a model in force, a challenger, features, and a draw whose visits were reported."""
    scheme = stage.scheme(**more)
    champion = stage.model(scheme, first)
    challenger = stage.model(scheme, second, name="2", first=False)
    features = stage.features(scheme)
    made = stage.held_out()
    stage.reported(made)
    return scheme, champion, challenger, features, made


def test_a_challenger_takes_over_by_a_comparison_that_it_wins(stage):
    scheme, champion, challenger, features, made = challenge(stage, second=KNOWS)
    assert current(stage, scheme) == champion.id
    compared = stage.compared(scheme, challenger, features, made)
    found = body(compared, ModelsCompared)
    assert (found.verdict, found.visits, found.champion) == ("takes-over", 40, champion.id)
    assert float(found.better.lower) > 0
    assert current(stage, scheme) == challenger.id
    assert outcome(stage.verified(stage.dossier(compared)))[0] == "withheld"
    classified = stage.classified(scheme, stage.features(scheme))
    assert classified.body["model"] == challenger.id


def test_a_challenger_that_is_not_better_stays_out_and_cannot_try_again(stage):
    scheme, champion, challenger, features, made = challenge(stage, first=KNOWS, second=BLIND)
    assert body(stage.compared(scheme, challenger, features, made), ModelsCompared).verdict == "stays"
    assert current(stage, scheme) == champion.id
    assert "compare it on visits of a new draw" in refused("compared-once", stage.compared, scheme, challenger, features, made)


def test_a_model_that_won_and_was_withdrawn_leaves_the_one_before_in_force(stage):
    scheme, champion, challenger, features, made = challenge(stage, second=KNOWS)
    compared = stage.compared(scheme, challenger, features, made)
    stage.ledger.perform(Withdraw(record=challenger.id, reason="wrong file"), stage.bureau)
    assert current(stage, scheme) == champion.id
    third = stage.model(scheme, KNOWS, name="3", first=False)
    stage.ledger.perform(Withdraw(record=compared.id, reason="by mistake"), stage.bureau)
    assert body(stage.compared(scheme, third, features, made), ModelsCompared).champion == champion.id
    assert current(stage, scheme) == third.id


def test_a_withdrawn_comparison_gives_no_second_try(stage):
    scheme, champion, challenger, features, made = challenge(stage, second=KNOWS)
    compared = stage.compared(scheme, challenger, features, made)
    stage.ledger.perform(Withdraw(record=compared.id, reason="by mistake"), stage.bureau)
    assert current(stage, scheme) == champion.id
    refused("compared-once", stage.compared, scheme, challenger, features, made)


def test_too_few_visits_leave_it_open(stage):
    scheme, champion, challenger, features, made = challenge(stage, second=KNOWS, rule=changed(RULE, least_visits=41))
    found = body(stage.compared(scheme, challenger, features, made), ModelsCompared)
    assert (found.verdict, found.reason) == ("open", "too-few")
    assert current(stage, scheme) == champion.id


def test_visits_from_which_a_model_learned_are_not_held_out(stage):
    scheme, _, _, features, made = challenge(stage)
    learned = stage.model(scheme, KNOWS, name="3", first=False, learned_from=(made.id,))
    assert "learned from draw" in refused("held-out", stage.compared, scheme, learned, features, made)
    late = stage.model(scheme, KNOWS, name="4", first=False, trained_until="2023-09-18T00:00:00Z")
    assert "was trained until" in refused("held-out", stage.compared, scheme, late, features, made)


def test_features_that_were_stated_after_the_visits_are_refused(stage):
    scheme, _, challenger, _, made = challenge(stage, second=KNOWS)
    late = stage.features(scheme, as_of="2023-09-01T00:00:00Z")
    refused("known-before", stage.compared, scheme, challenger, late, made)


def test_features_that_lack_an_examined_object_are_refused(stage):
    scheme = stage.scheme()
    stage.model(scheme, BLIND)
    challenger = stage.model(scheme, KNOWS, name="2", first=False)
    few = stage.features(scheme, feature_rows(count=5))
    made = stage.held_out()
    stage.reported(made)
    refused("features-stated", stage.compared, scheme, challenger, few, made)


def test_a_rule_that_came_after_the_draw_judges_nothing(stage):
    made = stage.held_out()
    scheme = stage.scheme()
    stage.model(scheme, BLIND)
    challenger, features = stage.model(scheme, KNOWS, name="2", first=False), stage.features(scheme)
    stage.reported(made)
    refused("rule-in-advance", stage.compared, scheme, challenger, features, made)


def test_who_was_not_found_is_counted_apart_and_passed_nothing(stage):
    scheme = stage.scheme()
    stage.model(scheme, BLIND)
    challenger, features = stage.model(scheme, KNOWS, name="2", first=False), stage.features(scheme)
    made = stage.held_out()
    stage.reported(made, outcome="not-found")
    found = body(stage.compared(scheme, challenger, features, made), ModelsCompared)
    assert (found.visits, found.found, found.verdict) == (13, 13, "open")
    assert found.not_examined == 27


def test_the_same_model_under_another_name_is_no_challenger(stage):
    scheme, _, _, features, made = challenge(stage)
    same = stage.model(scheme, BLIND, name="5", first=False)
    refused("two-models", stage.compared, scheme, same, features, made)


def test_an_indicator_tree_is_published_with_its_levels_and_refused_where_it_is_none(stage):
    rows = [IndicatorRow(code="1", weight="1", zh="一")]
    rows += [IndicatorRow(code=f"1.{one}", weight="0.2", parent="1", high="10") for one in range(5)]

    def publish(stated):
        command = PublishIndicatorTree(
            tree="https://bureau.example/tree", edition="1", name=NAMED, items=stage.rowed(stated), source=NAMED,
            valid_from="2023-01-01T00:00:00Z",
        )  # fmt: skip
        return stage.ledger.perform(command, stage.bureau)[0]

    assert publish(rows).body["levels"] == [1, 5]
    with pytest.raises(DomainError, match="add up to"):
        publish(rows[:-1])


def test_a_scheme_whose_classes_leave_somebody_out_is_followed_by_nobody(stage):
    scheme = stage.scheme(classes=(changed(STATED.classes[0], floor="0"),))
    with pytest.raises(DomainError, match="floor"):
        stage.model(scheme)


def test_everything_replays_where_its_rows_are(stage):
    scheme, _, challenger, features, made = challenge(stage, second=KNOWS)
    stage.compared(scheme, challenger, features, made)
    classified = stage.classified(scheme, stage.features(scheme))
    stage.decided(stage.appealed(classified, 6))
    stage.repaired(classified, 9, made)
    checker = Checker(store=stage.store)
    found = {one.record.kind: checker.check(one) for one in stage.store.scan() if one.record.kind.startswith("surveillance.")}
    assert {kind: why for kind, (state, why) in found.items() if state == "failed"} == {}
    decided = ("model-registered", "objects-classified", "models-compared", "class-appealed", "appeal-decided", "class-repaired")
    assert {found[f"surveillance.{kind}/1"][0] for kind in decided} == {"replayed"}
