"""What a reader may not see is withheld on every page, and a name that somebody else gave is not believed."""

from openqi.app.reading.records import record_page
from openqi.records import Names
from openqi.records.conformity import ProductRegistered
from stage import ITEM, Stage, party
from web_stage import context_of

PRODUCT = "https://maker.example/product/1"


def test_of_a_private_record_only_its_id_and_place_are_told():
    stage = Stage()
    requirement = stage.requirement()
    hidden = stage.result(visible_to=(stage.assessor.party,))
    verdict = stage.verdict(hidden, requirement, visible_to=(stage.assessor.party,))
    context = context_of(stage.store)
    for record in (hidden, verdict):
        page = record_page(context, record.id, None)
        assert page.withheld
        assert (page.seen.state, page.seen.kind, page.seen.issuer.uri) == ("withheld", "", "")
        assert not page.body
        assert page.parts == ("", "", "")
        assert page.streams == page.resting == page.references == ()
        assert page.proof is not None
        node = context.tree(record.id)
        assert (node.state, node.kind, dict(node.told), node.children) == ("withheld", "", {}, ())
    assert context.stream(ITEM) == ()
    assert context.listed(hidden.kind, verdict.kind) == ()


def test_whoever_may_see_a_private_record_is_shown_it():
    stage = Stage()
    hidden = stage.result(visible_to=(stage.assessor.party,))
    for reader, withheld in ((stage.assessor.party, False), (hidden.issuer, False), (stage.operator.party, True), (None, True)):
        assert record_page(context_of(stage.store, reader=reader), hidden.id, None).withheld == withheld
    context = context_of(stage.store, reader=stage.assessor.party)
    assert record_page(context, hidden.id, None).body["item"] == ITEM
    assert [one.id for one in context.listed(hidden.kind)] == [hidden.id]


def test_what_came_later_is_not_on_a_page_of_an_earlier_size():
    stage = Stage()
    first = stage.result()
    context = context_of(stage.store)
    later = stage.result(value="2000")
    assert [one.record.id for one in context.stream(ITEM)] == [first.id]
    assert context.seen(later.id).state == "not here"


def test_whoever_registered_a_thing_first_may_rename_it_and_nobody_else():
    stage = Stage()
    maker, other = party("maker", 31), party("other", 32)
    for one in (maker, other):
        stage.welcome(one, "manufacturer")
    assert context_of(stage.store).named(PRODUCT).what == ""
    stage.ledger.state(ProductRegistered(product=PRODUCT, name=Names(en="First name")), maker)
    stage.ledger.state(ProductRegistered(product=PRODUCT, name=Names(en="Stolen name")), other)
    assert context_of(stage.store).named(PRODUCT).en == "First name"
    stage.ledger.state(ProductRegistered(product=PRODUCT, name=Names(en="Better name", zh="更好的名称")), maker)
    named = context_of(stage.store).named(PRODUCT)
    assert (named.en, named.zh, named.what) == ("Better name", "更好的名称", "product")


def test_a_record_that_only_mentions_a_thing_does_not_name_it():
    stage = Stage()
    stage.result()
    named = context_of(stage.store).named(ITEM)
    assert (named.zh, named.en, named.tail) == ("", "", "7")
