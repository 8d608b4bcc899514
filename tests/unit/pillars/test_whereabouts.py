"""Where things are: containment as intervals, places seen, contents, and histories that nobody ordered for us."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarm import seconds
from openqi.pillars.traceability.views import whereabouts
from openqi.records.rows import EventRow

CELL, OTHER, PACK, PALLET = (f"https://maker.example/{name}" for name in ("cell/1", "cell/2", "pack/1", "pallet/1"))
FACTORY, PORT, SHOP = (f"https://place.example/{name}" for name in ("factory", "port", "shop"))


def at(hour: int) -> str:
    return f"2026-11-01T{hour:02}:00:00Z"


def put(hour, parent, *children, place="", action="ADD", kind="AggregationEvent"):
    return EventRow(type=kind, at=at(hour), action=action, parent=parent, children=children, location=place)


def taken(hour, parent, *children, place=""):
    return put(hour, parent, *children, place=place, action="DELETE")


def saw(hour, place, *things, action="OBSERVE"):
    return EventRow(type="ObjectEvent", at=at(hour), action=action, things=things, location=place)


def made(hour, inputs, outputs, place=""):
    return EventRow(type="TransformationEvent", at=at(hour), inputs=inputs, outputs=outputs, location=place)


STORY = (
    saw(1, FACTORY, CELL, OTHER),
    put(2, PACK, CELL, OTHER),
    put(3, PALLET, PACK),
    saw(4, PORT, PALLET),
    taken(5, PALLET, PACK, place=PORT),
    saw(6, SHOP, PACK),
    taken(7, PACK, CELL, place=SHOP),
)


def test_a_thing_is_in_what_it_was_put_into_until_it_is_taken_out():
    within = {hour: whereabouts([STORY], at=at(hour)).within(CELL) for hour in range(1, 8)}
    assert within == {1: (), 2: (PACK,), 3: (PACK, PALLET), 4: (PACK, PALLET), 5: (PACK,), 6: (PACK,), 7: ()}
    assert whereabouts([STORY]).within(OTHER) == (PACK,)


def test_a_thing_is_where_its_whole_was_last_seen():
    places = {hour: whereabouts([STORY], at=at(hour)).place(CELL) for hour in range(1, 8)}
    factory, port = (at(1), FACTORY), (at(4), PORT)
    assert places == {1: factory, 2: factory, 3: factory, 4: port, 5: (at(5), PORT), 6: (at(6), SHOP), 7: (at(7), SHOP)}
    assert whereabouts([STORY]).place(PALLET) == port
    assert whereabouts([STORY]).place("https://maker.example/never") is None


def test_the_innermost_contents_are_found_and_a_thing_with_nothing_in_it_is_its_own():
    assert set(whereabouts([STORY], at=at(4)).contents(PALLET)) == {CELL, OTHER}
    assert whereabouts([STORY]).contents(PALLET) == (PALLET,)
    assert whereabouts([STORY]).contents(PACK) == (OTHER,)
    assert whereabouts([STORY]).contents(CELL) == (CELL,)


def test_contents_stand_in_the_order_in_which_they_went_in():
    assert whereabouts([[put(1, PACK, CELL, OTHER), put(2, PALLET, PACK, SHOP)]]).contents(PALLET) == (CELL, OTHER, SHOP)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_files_and_of_events_in_them_is_nothing_only_their_instants_count(order):
    parts = [STORY[5:], STORY[:2], STORY[2:5][::-1]]
    found = whereabouts([parts[place] for place in order])
    assert (found.parents, found.seen) == (whereabouts([STORY]).parents, whereabouts([STORY]).seen)


def test_events_of_one_instant_stay_in_the_order_of_their_file():
    assert whereabouts([[put(1, PACK, CELL), taken(1, PACK, CELL)]]).within(CELL) == ()
    assert whereabouts([[taken(1, PACK, CELL), put(1, PACK, CELL)]]).within(CELL) == (PACK,)


def test_the_instant_that_is_asked_for_is_included():
    assert whereabouts([STORY], at="2026-11-01T01:59:59Z").within(CELL) == ()
    assert whereabouts([STORY], at=at(2)).within(CELL) == (PACK,)
    assert whereabouts([STORY], at="2020-01-01T00:00:00Z").place(CELL) is None
    assert whereabouts([]).within(CELL) == ()


def test_taking_out_of_something_else_or_what_is_not_in_it_changes_nothing():
    found = whereabouts([[put(1, PACK, CELL), taken(2, PALLET, CELL), taken(3, PACK, OTHER)]])
    assert found.parents == {CELL: PACK}


def test_taking_out_without_saying_what_empties_the_whole():
    found = whereabouts([[put(1, PACK, CELL, OTHER), put(2, PALLET, PACK), taken(3, PACK)]])
    assert found.parents == {PACK: PALLET}


def test_what_was_taken_out_without_being_named_is_seen_where_that_was():
    found = whereabouts([[put(1, PACK, CELL, place=FACTORY), taken(3, PACK, place=SHOP)]])
    assert found.place(CELL) == (at(3), SHOP)


def test_what_was_taken_out_is_not_sent_back_to_where_it_was_before_it_travelled():
    found = whereabouts([[saw(1, FACTORY, CELL), put(2, PACK, CELL), saw(3, PORT, PACK), taken(4, PACK, CELL)]])
    assert found.place(CELL) == (at(3), PORT)


def test_a_thing_is_in_one_whole_at_a_time_and_what_is_observed_is_not_moved():
    assert whereabouts([[put(1, PACK, CELL), put(2, PALLET, CELL)]]).within(CELL) == (PALLET,)
    assert whereabouts([[put(1, PACK, CELL), put(2, PALLET, CELL, action="OBSERVE")]]).within(CELL) == (PACK,)


def test_associations_contain_like_aggregations_and_objects_do_not():
    assert whereabouts([[put(1, PACK, CELL, kind="AssociationEvent")]]).within(CELL) == (PACK,)
    assert whereabouts([[put(1, PACK, CELL, kind="ObjectEvent")]]).within(CELL) == ()


def test_what_was_transformed_is_in_its_outputs_for_ever():
    found = whereabouts([[made(1, (CELL,), (PACK,), FACTORY), made(2, (CELL,), (PALLET,)), taken(3, PACK, CELL)]])
    assert found.became == {CELL: (PACK, PALLET)}
    assert found.place(PACK) == (at(1), FACTORY)


def test_a_whole_in_itself_ends_the_way_up():
    found = whereabouts([[put(1, PACK, CELL), put(2, PALLET, PACK), put(3, PACK, PALLET)]])
    assert found.within(CELL) == (PACK, PALLET)
    assert found.place(CELL) is None


@pytest.mark.parametrize(
    ("events", "inside"),
    [([put(1, PACK, PACK)], PACK), ([put(1, PACK, CELL), put(2, CELL, PACK)], CELL)],
    ids=["itself", "each other"],
)
def test_contents_of_a_whole_in_itself_end_and_lose_nothing(events, inside):
    with seconds(0.3):
        assert whereabouts([events]).contents(PACK) == (inside,)


def test_a_child_that_is_named_twice_is_taken_out_once():
    assert whereabouts([[put(1, PACK, CELL), taken(2, PACK, CELL, CELL)]]).parents == {}


def test_what_is_destroyed_is_in_nothing_any_more():
    destroyed = saw(2, SHOP, CELL, action="DELETE")
    assert whereabouts([[put(1, PACK, CELL, OTHER), destroyed]]).parents == {OTHER: PACK}
    assert whereabouts([[put(1, PACK, CELL, OTHER), saw(2, SHOP, CELL)]]).within(CELL) == (PACK,)


def test_the_way_up_goes_on_through_what_something_became():
    found = whereabouts([[made(1, (CELL,), (OTHER,)), put(2, PACK, OTHER), put(3, PALLET, PACK), saw(4, PORT, PALLET)]])
    assert found.within(CELL) == (OTHER, PACK, PALLET)
    assert found.place(CELL) == (at(4), PORT)


things = st.sampled_from([CELL, OTHER, PACK, PALLET])
moves = st.lists(st.tuples(st.sampled_from(["ADD", "DELETE"]), things, st.lists(things, max_size=2)), max_size=12)


@given(moves)
def test_containment_is_as_its_plain_definition_says(told):
    """The last thing that happened to a child decides: it went into a parent, or out of the one it was in."""
    events = [put(hour, parent, *children, action=action) for hour, (action, parent, children) in enumerate(told)]
    found = whereabouts([events])
    for thing in (CELL, OTHER, PACK, PALLET):
        inside = None
        for action, parent, children in told:
            if action == "ADD" and thing in children:
                inside = parent
            if action == "DELETE" and (thing in children or not children) and inside == parent:
                inside = None
        assert found.parents.get(thing) == inside
        assert len(found.within(thing)) <= 5
