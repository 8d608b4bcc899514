"""Codes typed off a package: what changes no sign is taken out, and what may be another sign is told, never turned."""

import pytest

from openqi.formats.typed_code import typed_code

GTIN, SERIAL = "09521234543213", "7KQ2M9XW4TZ8RB3NCH5D"
LINK = f"https://mark.example/01/{GTIN}/21/{SERIAL}"


@pytest.mark.parametrize(
    "text",
    [
        LINK, f"  {LINK}\n", LINK.upper().replace("HTTPS", "https"), LINK.removeprefix("https://"), LINK + "?lang=zh#top",
        f"(01){GTIN}(21){SERIAL}", f"(01) {GTIN} (21) {SERIAL[:5]} {SERIAL[5:10]} {SERIAL[10:]}",
        f"https://mark.example/01/{GTIN[1:]}/21/{SERIAL.lower()}",
    ],
)  # fmt: skip
def test_an_address_and_what_stands_under_a_code_are_read_with_spaces_and_in_any_case(text: str):
    found = typed_code(text)
    assert (found.gtin, found.hint) == (GTIN, None)
    assert SERIAL in found.serials


@pytest.mark.parametrize("gtin", [GTIN, GTIN[1:], "9 521234 543213", "９５２１２３４５４３２１３"])
@pytest.mark.parametrize("serial", [SERIAL, SERIAL.lower(), "7KQ2M-9XW4T-Z8RB3-NCH5D", "７KQ2 M9XW 4TZ8 RB3N CH5D"])
def test_a_serial_and_its_gtin_are_read_from_two_fields(gtin: str, serial: str):
    found = typed_code(serial, gtin)
    assert (found.gtin, found.hint) == (GTIN, None)
    assert SERIAL in found.serials


@pytest.mark.parametrize(
    ("text", "gtin", "hint"),
    [
        ("O" + SERIAL[1:], GTIN, "confused"),
        (SERIAL[:-1] + "l", GTIN, "confused"),
        (SERIAL[:-1] + "I", GTIN, "confused"),
        (SERIAL[:-2], GTIN, "short"),
        (SERIAL + "AB", GTIN, "long"),
        ("电池", GTIN, "signs"),
        ("<script>", GTIN, "signs"),
        ("", GTIN, "empty"),
        (SERIAL, "", "no-gtin"),
        (SERIAL, "09521234543214", "gtin"),
        (SERIAL, "O9521234543213", "gtin"),
    ],
)
def test_what_may_be_another_sign_is_told_and_not_turned_into_it(text: str, gtin: str, hint: str):
    found = typed_code(text, gtin)
    assert found.hint == hint
    assert all("0" + SERIAL[1:] != one for one in found.serials)


def test_a_serial_of_another_maker_with_hyphens_keeps_them():
    assert typed_code("AB-12", GTIN).serials == ("AB-12",)
    assert typed_code("ab-12", GTIN).serials == ("ab-12", "AB-12")
