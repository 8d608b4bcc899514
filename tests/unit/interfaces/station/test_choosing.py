"""Fields that ask for a record: each has something that is offered for it, and a form offers no more than it may."""

import re

import pytest

from openqi.app.acts.acts import acts
from openqi.app.acts.fields import walk
from openqi.interfaces.web.station.act_forms import Drawing
from openqi.interfaces.web.station.choosing import FITTING, MOST, UNNAMED, Offer
from openqi.records import kinds

RECORDS = [
    (act.name, path)
    for act in acts().values()
    for path, field in walk(act.fields)
    if "record" in (field.form, field.item.form if field.item else "")
]
A, B = "a" * 64, "b" * 64


@pytest.mark.parametrize(("act", "path"), RECORDS)
def test_every_field_that_asks_for_a_record_is_known(act, path):
    name = path.rpartition(".")[2]
    assert name in UNNAMED or name in FITTING, "say in FITTING which kinds fit the new field, or name it in UNNAMED"


def test_what_fits_are_kinds_that_there_are():
    assert {kind for fitting in FITTING.values() for kind in fitting} <= set(kinds())
    assert MOST <= 50


def drawn(offer, flat=None):
    act = acts()["conformity.decide-lot/1"]
    fields = {one.path: one for one in Drawing(act, flat or {}, "en", offers={"lot": offer}).fields()}
    return fields["lot"]


def test_where_all_that_fit_are_known_one_of_them_is_chosen():
    field = drawn(Offer(records=((A, "Lot A"),), whole=True))
    assert (field.form, field.options) == ("choice", ((A, "Lot A"),))
    assert "newest first" in field.help


def test_an_id_that_is_none_of_them_is_kept_as_it_was_typed():
    field = drawn(Offer(records=((A, "Lot A"),), whole=True), {"lot": B})
    assert (field.form, field.value, field.offers) == ("record", B, ((A, "Lot A"),))


def test_where_there_are_more_they_are_offered_beside_the_field():
    field = drawn(Offer(records=((A, "Lot A"),), whole=False))
    assert (field.form, field.offers) == ("record", ((A, "Lot A"),))


def test_a_row_of_a_list_is_offered_the_same():
    act = acts()["conformity.issue-certificate/1"]
    fields = {
        one.path: one
        for one in Drawing(
            act, {"lots.0": "", "lots.1": ""}, "en", offers={"lots": Offer(records=((A, "Lot"),), whole=True)}
        ).fields()
    }
    forms = [inner.form for _, row in fields["lots"].rows for inner in row]
    assert set(forms) == {"choice"}
    assert re.fullmatch(r"lots\.\d+", fields["lots"].rows[0][0])
