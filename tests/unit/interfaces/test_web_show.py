"""How numbers, units and instants look on pages: nothing is rounded, nothing changes its meaning."""

from fractions import Fraction

import pytest

from openqi.interfaces.web.limits import RateLimit
from openqi.interfaces.web.links import ServerLinks, SiteLinks, slug
from openqi.interfaces.web.show import instant, percent, quantity
from openqi.interfaces.web.units import shown_unit


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("A.h", "A·h"),
        ("Cel", "°C"),
        ("%", "%"),
        ("1", ""),
        ("m/s2", "m/s²"),
        ("mm2", "mm²"),
        ("s-1", "s⁻¹"),
        ("um", "µm"),
        ("Ohm", "Ω"),
        (r"\ampere", "A"),
        (r"\milli\metre\tothe{2}", "mm²"),
        (r"\metre\per\second\tothe{2}", "m·s⁻²"),
        (r"\degreecelsius", "°C"),
        (r"\one", ""),
        (r"\nothing\known", r"\nothing\known"),
        (r"\metre x", r"\metre x"),
    ],
)
def test_a_unit_is_shown_as_it_is_printed_and_one_that_is_not_known_as_it_was_stated(text: str, shown: str):
    assert shown_unit(text) == shown


def test_a_value_keeps_every_digit_and_never_parts_from_its_unit():
    assert quantity("2.0350", "A.h") == "2.0350\u00a0A·h"
    assert quantity("-0.10", "Cel") == "\u22120.10\u00a0°C"
    assert quantity("5", "1") == "5"


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (Fraction(1), "100.0 %"),
        (Fraction(0), "0.0 %"),
        (Fraction(9999, 10000), "> 99.9 %"),
        (Fraction(1, 10000), "< 0.1 %"),
        (Fraction(1, 4), "25.0 %"),
    ],
)
def test_a_chance_that_is_not_certain_is_never_shown_as_certain(share: Fraction, shown: str):
    assert percent(share) == shown


def test_an_instant_that_stands_for_a_day_is_shown_as_a_day():
    assert instant("2026-02-03T00:00:00Z") == instant("2026-02-03T23:59:59Z") == "2026-02-03"
    assert instant("2026-11-20T22:37:11Z") == "2026-11-20 22:37 UTC"
    assert instant("no instant") == "no instant"


def test_a_chosen_language_is_kept_in_every_link_and_a_preferred_one_is_not():
    kept = ServerLinks(language="en", kept=True, here="/lot", query=(("uri", "https://a.example/lot/1"), ("lang", "en")))
    assert kept.to("overview") == "/?lang=en"
    assert kept.subject("lot", "https://a.example/x?y=1&z") == "/lot?uri=https://a.example/x%3Fy%3D1%26z&lang=en"
    assert kept.other("zh") == "/lot?uri=https://a.example/lot/1&lang=zh"
    assert kept.subject("party", "https://a.example") is None
    free = ServerLinks(language="en", kept=False, here="/")
    assert free.record("ab") == "/record/ab"
    assert free.tree("ab", 3) == "/tree/ab?leaf=3"


def test_links_of_files_lead_up_and_down_again_and_never_to_a_page_that_is_not_there():
    links = SiteLinks(language="zh", here="zh/item/a.html", elsewhere="en/item/a.html", known=frozenset({"zh/record/ab.html"}))
    assert links.to("overview") == "../../zh/index.html"
    assert links.record("ab") == "../../zh/record/ab.html"
    assert links.record("cd") is None
    assert links.dossier("ab") is None
    assert links.other("en") == "../../en/item/a.html"


def test_two_subjects_never_share_a_file():
    uris = ["https://a.example/x", "https://b.example/x", "https://a.example/x/", "https://a.example/批", "urn:x"]
    assert len({slug(uri) for uri in uris}) == len(uris)
    assert all(name.replace("-", "").replace("_", "").isalnum() and name.isascii() for name in map(slug, uris))


def test_somebody_may_send_five_forms_in_ten_minutes_and_all_together_no_more_than_the_server_takes():
    now = [0.0]
    limit = RateLimit(clock=lambda: now[0], salt=bytes(16), most=5, most_together=7, seconds=600.0, remembered=3)
    assert [limit.allows("one") for _ in range(6)] == [True] * 5 + [False]
    assert [limit.allows(name) for name in ("two", "three", "four")] == [True, True, False]
    now[0] = 601.0
    assert limit.allows("one")
