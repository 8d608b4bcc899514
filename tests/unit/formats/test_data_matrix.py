"""GS1 DataMatrix: another program reads every size as GS1, another encoder draws the same modules, damage is corrected."""

import random

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from openqi.formats.data_matrix import SEPARATOR, SIZES, gs1_matrix
from openqi.kernel.errors import DomainError, FormatError

GTIN = "09506000134352"
MATRIX = zxingcpp.BarcodeFormat.DataMatrix
serials = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZabcxyz-._", min_size=1, max_size=20)


def picture(rows: tuple[bytes, ...], *, quiet: int = 1, dots: int = 5) -> NDArray[np.uint8]:
    """The modules as dots, with a quiet zone."""
    modules = np.pad(np.array([[*row] for row in rows], dtype=np.uint8), quiet)
    return np.kron(255 * (1 - modules), np.ones((dots, dots), dtype=np.uint8)).astype(np.uint8)


def read(rows: tuple[bytes, ...]) -> zxingcpp.Barcode:
    (found,) = zxingcpp.read_barcodes(picture(rows), formats=MATRIX)
    return found


@settings(max_examples=60, deadline=None)
@given(serials)
def test_another_program_reads_every_mark_as_gs1(serial: str):
    found = read(gs1_matrix(f"01{GTIN}21{serial}"))
    assert (found.content_type, found.symbology_identifier) == (zxingcpp.ContentType.GS1, "]d2")
    assert bytes(found.bytes) == f"01{GTIN}21{serial}".encode()


def test_every_size_that_is_drawn_is_read():
    chance, seen = random.Random(1), set()
    for length in range(1, 61):
        text = "".join(chance.choice("ABCDEFGHJKMNPQRSTVWXYZ") for _ in range(length))
        rows = gs1_matrix(text)
        seen.add(len(rows))
        assert bytes(read(rows).bytes) == text.encode(), length
    assert seen == {size.side for size in SIZES} - {10} | {10}


def test_a_separator_ends_an_element_string_of_variable_length():
    found = read(gs1_matrix(f"10LOT-7{SEPARATOR}21ABC"))
    assert found.text == "(10)LOT-7(21)ABC"


@pytest.mark.parametrize("serial", ["a-b.c_9", "aB-3.dE_5", "q7"])
def test_another_encoder_draws_the_same_modules(serial: str):
    """Of contents for which it takes a square and the same encodation: most others it packs more densely, or in a rectangle."""
    other = zxingcpp.create_barcode(f"(01){GTIN}(21){serial}", MATRIX, gs1=True)
    drawn = np.array(zxingcpp.write_barcode_to_image(other, scale=1, add_quiet_zones=False)) == 0
    assert np.array_equal(drawn, np.array([[*row] for row in gs1_matrix(f"01{GTIN}21{serial}")], dtype=bool))


@pytest.mark.parametrize("count", [1, 5, 9])
def test_modules_that_are_wrong_are_corrected_as_far_as_ecc_200_promises(count: int):
    """A symbol of 22 x 22 has 20 error codewords, which correct 10; `count` modules spoil as many codewords at most."""
    rows = [bytearray(row) for row in gs1_matrix(f"01{GTIN}210CYZ4665ZSV42N58MM5E")]
    chance = random.Random(count)
    for _ in range(count):
        x, y = chance.randrange(1, len(rows) - 1), chance.randrange(1, len(rows) - 1)
        rows[y][x] ^= 1
    assert read(tuple(map(bytes, rows))).text == f"(01){GTIN}(21)0CYZ4665ZSV42N58MM5E"


@pytest.mark.parametrize("text", ["", SEPARATOR, f"{SEPARATOR}21A", f"21A{SEPARATOR}", "21é", "21A B", "21\n"])
def test_other_characters_are_refused(text: str):
    with pytest.raises(FormatError):
        gs1_matrix(text)


def test_what_does_not_fit_is_refused():
    with pytest.raises(DomainError, match="at most 62"):
        gs1_matrix("A" * 62)
